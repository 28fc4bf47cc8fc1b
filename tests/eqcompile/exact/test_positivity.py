"""Positivity is decided exactly, and a refusal comes with a vector that shows it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import scalar
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.positivity import expectation, negative_direction, positive_rank
from eqcompile.exact.states.state import ExactState

MARGIN = 1e-9
"""Rounding of eigenvalues of small integer matrices; exact zeros lie inside, no other eigenvalue does."""

N = 2
coefficients = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(-2, 2), min_size=1, max_size=6
)


def parse(text: str, num_qubits: int = 2) -> PauliSum:
    return PauliSum.parse(text, num_qubits)


@given(coefficients)
def test_agrees_with_eigenvalues(dense: Callable[[PauliSum], Any], terms: dict[tuple[int, int], int]) -> None:
    op = PauliSum(N, {key: scalar(value) for key, value in terms.items()})
    direction = negative_direction(op)
    if direction is None:
        values = np.linalg.eigvalsh(dense(op))
        assert values.min() > -MARGIN
        assert positive_rank(op) == (values > MARGIN).sum()
    else:
        assert expectation(op, direction) < 0


@given(coefficients)
def test_squares_are_positive(terms: dict[tuple[int, int], int]) -> None:
    """Singular ones too; minus a square is not, unless it is zero."""
    op = PauliSum(N, {key: scalar(value) for key, value in terms.items()})
    assert negative_direction(op * op) is None
    assert (negative_direction(-(op * op)) is None) == (not op)


@pytest.mark.parametrize(
    ("text", "rank"), [("1 + Z0", 2), ("3 + H(0,1)", 3), ("1 - H(0,1)", 1), ("2", 4), ("0", 0)]
)
def test_ranks_of_projectors(text: str, rank: int) -> None:
    assert positive_rank(parse(text)) == rank


def test_an_edge_is_told_from_its_other_side() -> None:
    """The least eigenvalue is 0, then -1/10^40: no rounding could see it."""
    assert negative_direction(parse("3 + H(0,1)")) is None
    below = parse("3 + H(0,1)") - PauliSum.identity(2) / 10**40
    assert expectation(below, negative_direction(below) or ExactState(2, {})) < 0
    with pytest.raises(DimensionError, match="has a negative eigenvalue; only positive operators"):
        positive_rank(below)


@pytest.mark.parametrize("text", ["X0", "Y0", "X0 Y1 + 1/2*Z0 - 1/2*Z1", "H(0,1) + 1", "Z0 - 1 + X1"])
def test_zero_and_negative_pivots(text: str) -> None:
    direction = negative_direction(parse(text))
    assert direction is not None
    assert expectation(parse(text), direction) < 0


def test_what_is_refused() -> None:
    with pytest.raises(
        DimensionError, match=r"^positivity is defined for Hermitian operators; i\*X0 is not one$"
    ):
        negative_direction(parse("i*X0"))
    with pytest.raises(LimitError, match=r"^positivity of 7 qubits at once; the limit is 6$"):
        negative_direction(parse("X0", 7))
