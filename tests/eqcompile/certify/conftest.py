"""Running the line of Python that a counterexample carries."""

from collections.abc import Callable
from typing import Any

import pytest

import eqcompile as eq


@pytest.fixture(scope="session")
def run_line() -> Callable[[str], Any]:
    """Value of the last expression of a line, with nothing but ``eq`` in scope, as its reader would have."""

    def value(line: str) -> Any:
        *statements, last = line.split("; ")
        scope: dict[str, Any] = {"eq": eq}
        for statement in statements:
            exec(statement, scope)  # noqa: S102 - the line under test
        return eval(last, scope)  # noqa: S307 - the line under test

    return value
