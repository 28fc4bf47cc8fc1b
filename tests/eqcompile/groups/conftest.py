"""Exact matrices as arrays."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from eqcompile.exact.arithmetic.scalars import to_float


@pytest.fixture(scope="session")
def floats() -> Callable[[Any], Any]:
    """A matrix or vector of exact real numbers as an array."""
    return lambda rows: np.vectorize(to_float, otypes=[float])(np.array(rows, dtype=object))
