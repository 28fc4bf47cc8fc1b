"""Running the line of Python that a counterexample carries."""

from collections.abc import Callable
from typing import Any

import pytest

import eqcompile as eq


@pytest.fixture(scope="session")
def run_line() -> Callable[..., Any]:
    """Value of the last expression of a line, with nothing in scope but ``eq`` and what is named."""

    def value(line: str, **names: Any) -> Any:
        *statements, last = line.split("; ")
        scope: dict[str, Any] = {"eq": eq, **names}
        for statement in statements:
            exec(statement, scope)  # noqa: S102 - the line under test
        return eval(last, scope)  # noqa: S307 - the line under test

    return value
