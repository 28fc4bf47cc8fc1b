"""Run the line of Python that a counterexample carries."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import eqcompile as eq


@pytest.fixture(scope="session")
def run_line() -> Callable[..., Any]:
    """Value of the last expression of a line, with nothing in scope except ``eq`` and what is named."""

    def value(line: str, **names: Any) -> Any:
        *statements, last = line.split("; ")
        scope: dict[str, Any] = {"eq": eq, **names}
        for statement in statements:
            exec(statement, scope)  # noqa: S102 - the line under test
        return eval(last, scope)  # noqa: S307 - the line under test

    return value


@pytest.fixture(scope="session")
def shallow(models: Path) -> Callable[[str], eq.Program]:
    """``shallow("water")``: a model of the paper with two layers and without symmetry breaking."""

    def compiled(name: str) -> eq.Program:
        text = (models / f"{name}.yaml").read_text(encoding="utf-8")
        text = re.sub(r"\n  symmetry_breaking:.*", "", re.sub(r"depth: \d+", "depth: 2", text))
        return eq.compile(eq.loads(text, f"{name}.yaml"))

    return cache(compiled)
