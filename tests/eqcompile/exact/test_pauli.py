"""PauliSum, compared with Kronecker products, and its text form."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, scalar
from eqcompile.exact.operators.pauli import PauliSum

N = 3
ROUNDING = 1e-12
"""Sums of a few dozen products of numbers of order one."""

Dense = Callable[[PauliSum], Any]

rationals = st.fractions(min_value=-3, max_value=3, max_denominator=7)
coefficients = st.builds(lambda a, b: scalar(a) + scalar(b) * IMAGINARY_UNIT, rationals, rationals)
keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
sums = st.builds(lambda terms: PauliSum(N, terms), st.dictionaries(keys, coefficients, max_size=6))


@given(sums, sums)
def test_product_sum_and_adjoint_are_those_of_matrices(dense: Dense, a: PauliSum, b: PauliSum) -> None:
    assert np.allclose(dense(a * b), dense(a) @ dense(b), atol=ROUNDING)
    assert np.allclose(dense(a - b), dense(a) - dense(b), atol=ROUNDING)
    assert np.allclose(dense(a.adjoint()), dense(a).conj().T, atol=ROUNDING)
    assert a.is_hermitian == np.allclose(dense(a), dense(a).conj().T, atol=ROUNDING)


@given(sums, sums)
def test_commutator_and_derivation_are_those_of_matrices(dense: Dense, a: PauliSum, b: PauliSum) -> None:
    commutator = dense(a) @ dense(b) - dense(b) @ dense(a)
    assert np.allclose(dense(a.commutator(b)), commutator, atol=ROUNDING)
    assert np.allclose(dense(a.derivation(b)), -1j * commutator, atol=ROUNDING)
    assert a.commutator(b) == a * b - b * a
    assert a.commutes_with(b) == np.allclose(commutator, 0, atol=ROUNDING)


@given(sums, st.permutations(range(N)))
def test_relabelling_is_conjugation_by_a_permutation(
    dense: Dense, swap_matrix: Callable[[tuple[int, ...]], Any], a: PauliSum, images: list[int]
) -> None:
    unitary = swap_matrix(tuple(images))
    assert np.allclose(dense(a.relabel(images)), unitary @ dense(a) @ unitary.T, atol=ROUNDING)


@given(sums)
def test_text_is_read_back(a: PauliSum) -> None:
    assert PauliSum.parse(str(a), N) == a


@given(sums, sums)
def test_equal_operators_are_equal_values(a: PauliSum, b: PauliSum) -> None:
    assert hash(a + b) == hash(b + a)
    assert a + b == b + a
    assert (a == b) == (str(a) == str(b))
    assert bool(a - b) == (a != b)


def test_literal_products() -> None:
    x, y = PauliSum.parse("X0", 1), PauliSum.parse("Y0", 1)
    assert str(x * y) == "i*Z0"
    assert str(y * x) == "-i*Z0"
    assert str(x * x) == "I"


def test_heisenberg_is_twice_the_swap_minus_one(
    dense: Dense, swap_matrix: Callable[[tuple[int, ...]], Any]
) -> None:
    assert np.array_equal(dense(PauliSum.heisenberg(2, 0, 1)), 2 * swap_matrix((1, 0)) - np.eye(4))


def test_support_and_locality() -> None:
    op = PauliSum.parse("X0 X3 + Z1", 5)
    assert op.support == (0, 1, 3)
    assert op.locality == 2
    assert PauliSum.zero(3).support == ()
    assert PauliSum.zero(3).locality == 0
    assert str(PauliSum.parse("X0 + 2*I", 1).without_identity()) == "X0"


def test_numbers_become_exact_scalars() -> None:
    assert PauliSum(1, {(1, 0): 2}) == PauliSum.parse("2*X0", 1)
    assert PauliSum(1, {(1, 0): Fraction(1, 2)}).is_hermitian


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: PauliSum(1, {(2, 0): 1}),
            "a Pauli string acts on qubit 1, but the register has qubits 0 to 0",
        ),
        (
            lambda: PauliSum(1, {(1, 0): 0.5}),
            "0.5 is not an exact rational number; write it as a fraction",
        ),
        (lambda: PauliSum.zero(1) + PauliSum.zero(2), "operators on 1 and 2 qubits cannot be combined"),
        (
            lambda: PauliSum.heisenberg(3, 1, 1),
            "H(1,1) couples a qubit to itself; name two different qubits",
        ),
    ],
)
def test_impossible_operators_are_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        make()
    assert str(caught.value) == message
