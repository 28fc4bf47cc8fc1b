"""Exact eigenvalues, compared with a dense eigensolver."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import eigenvalues, minimal_polynomial

SOLVER = 1e-8
"""Beyond the error of a dense eigensolver at double eigenvalues; gaps in these examples are far wider."""

keys = st.tuples(st.integers(0, 3), st.integers(0, 3))
hermitian = st.builds(
    lambda terms: PauliSum(2, terms), st.dictionaries(keys, st.integers(-2, 2), min_size=1, max_size=4)
)


@given(hermitian)
def test_spectrum_is_that_of_the_matrix(dense: Callable[[PauliSum], Any], op: PauliSum) -> None:
    exact = np.array([float(value) for value in eigenvalues(op)])
    numeric = np.linalg.eigvalsh(dense(op))
    nearest = np.abs(numeric[:, None] - exact[None, :])
    assert nearest.min(axis=1).max() < SOLVER
    assert nearest.min(axis=0).max() < SOLVER
    assert np.all(np.diff(exact) > 0)


@given(hermitian)
def test_the_minimal_polynomial_annihilates(op: PauliSum) -> None:
    total, power = PauliSum.zero(2), PauliSum.identity(2)
    for coefficient in minimal_polynomial(op):
        total, power = total + power.scaled(coefficient), power * op
    assert not total


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("H(0,1)", (-3, 1)),
        ("H(0,1) Z2", (-3, -1, 1, 3)),
        ("H(0,1) + H(1,2)", (-4, 0, 2)),
        ("H(0,1) + H(1,2) + H(0,2)", (-3, 3)),
        ("Z0/2 + Z1/2", (-1, 0, 1)),
        ("X0 + Z0", (-sympy.sqrt(2), sympy.sqrt(2))),
        ("0", (0,)),
        ("3*I", (3,)),
    ],
)
def test_known_spectra(text: str, values: tuple[object, ...]) -> None:
    assert eigenvalues(PauliSum.parse(text, 3)) == values


def test_rational_values_are_fractions() -> None:
    assert all(type(value) is Fraction for value in eigenvalues(PauliSum.parse("H(0,1)/2", 2)))


def test_limits() -> None:
    with pytest.raises(
        DimensionError, match=r"^the spectrum is defined here for Hermitian operators; i\*X0 is"
    ):
        eigenvalues(PauliSum.parse("i*X0", 1))
    binary = " + ".join(f"{2**q}*Z{q}" for q in range(7))
    with pytest.raises(LimitError, match=r"^the operator has more than 64 distinct eigenvalues$"):
        eigenvalues(PauliSum.parse(binary, 7))


def test_powers_are_counted_before_they_are_multiplied() -> None:
    """A ring of exchange gates on twelve qubits: too many for the matrix, and too many strings for the powers."""
    ring = PauliSum.parse(" + ".join(f"H({q},{(q + 1) % 12})" for q in range(12)), 12)
    with pytest.raises(
        LimitError, match=r"the operator has 36 Pauli strings and its power 4 has \d+; the limit for"
    ):
        minimal_polynomial(ring)
