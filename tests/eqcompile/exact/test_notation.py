"""Shorthand is read back as the same operator."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum

N = 3
keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
rest = st.builds(lambda terms: PauliSum(N, terms), st.dictionaries(keys, st.integers(-2, 2), max_size=5))
pairs = st.lists(
    st.tuples(st.sampled_from([(0, 1), (0, 2), (1, 2)]), st.fractions(-2, 2, max_denominator=3)), max_size=3
)


@given(rest, pairs)
def test_round_trip(op: PauliSum, terms: list[tuple[tuple[int, int], object]]) -> None:
    for (i, j), factor in terms:
        op = op + PauliSum.heisenberg(N, i, j).scaled(factor)
    assert PauliSum.parse(shorthand(op), N) == op


@pytest.mark.parametrize(
    "text",
    ["H(0,1)", "-H(0,1)", "1/2*H(0,1) - H(1,2) + Z0", "i*H(0,2)", "H(0,1) - X0 X2", "0", "X0 X1 + Y0 Y1"],
)
def test_known_texts(text: str) -> None:
    assert shorthand(PauliSum.parse(text, N)) == text
