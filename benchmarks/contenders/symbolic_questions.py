"""Questions of ``benchmarks/symbolic.py``, asked of whichever version of the project is on the search path."""

import importlib
from collections.abc import Callable
from typing import Any


def ask(name: str) -> Callable[[], dict[str, Any]]:
    """The call that answers a question; what it gives is shown as text."""
    call = importlib.import_module("benchmarks.symbolic").QUESTIONS[name]()
    return lambda: {"answer": str(call())}
