"""Dense forms, compared with Kronecker products."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import eqcompile as eq
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, scalar
from eqcompile.numeric.dense import amplitudes_of, matrix_of, pauli_action

N = 3
numbers = st.builds(
    lambda a, b: scalar(a) + scalar(b) * IMAGINARY_UNIT, st.integers(-3, 3), st.integers(-3, 3)
)
keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
operators = st.builds(lambda terms: eq.PauliSum(N, terms), st.dictionaries(keys, numbers, max_size=6))


@given(operators)
def test_matrices_and_actions(dense: Callable[[eq.PauliSum], Any], op: eq.PauliSum) -> None:
    exact = dense(op)
    assert np.array_equal(matrix_of(op), exact)
    psi = np.arange(2**N) + 1j
    assert np.allclose(
        sum((phase * psi[source] for source, phase in pauli_action(op)), start=0 * psi), exact @ psi
    )


def test_amplitudes_are_normalised() -> None:
    state = eq.ExactState.singlets(3, [(0, 2)])
    assert np.allclose(amplitudes_of(state), np.array([0, -1, 0, 0, 1, 0, 0, 0]) / np.sqrt(2))
