"""Spin matrices and products of them, by NumPy alone."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np
import pytest

from eqcompile.exact.arithmetic.scalars import to_float
from eqcompile.groups.rotation import Quaternion

SIGMA = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])


@pytest.fixture(scope="session")
def sigma() -> Any:
    """X, Y and Z, stacked."""
    return SIGMA


@pytest.fixture(scope="session")
def floats() -> Callable[[Any], Any]:
    """A matrix or vector of exact real numbers as an array."""
    return lambda rows: np.vectorize(to_float, otypes=[float])(np.array(rows, dtype=object))


@pytest.fixture(scope="session")
def spin_rotation() -> Callable[[Quaternion, Sequence[int], int], Any]:
    """``spin_rotation(turn, qubits, n)``: w - i v.sigma on the named qubits; qubit 0 is the last factor."""

    def matrix(turn: Quaternion, qubits: Sequence[int], num_qubits: int) -> Any:
        w, *v = (to_float(c) for c in (turn.w, *turn.vector))
        spin = w * np.eye(2) - 1j * np.einsum("a,aij->ij", v, SIGMA)
        factors = [spin if q in qubits else np.eye(2) for q in reversed(range(num_qubits))]
        return reduce(np.kron, factors, np.eye(1))

    return matrix
