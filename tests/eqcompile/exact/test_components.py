"""Parts on disjoint qubits: they add up, do not overlap, and cannot be split further."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum

N = 5
keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
sums = st.builds(lambda terms: PauliSum(N, terms), st.dictionaries(keys, st.integers(-2, 2), max_size=5))


@given(sums)
def test_parts_add_up_and_do_not_overlap(op: PauliSum) -> None:
    parts = components(op)
    assert sum(parts, start=PauliSum.zero(N)) == op.without_identity()
    assert all(not set(a.support) & set(b.support) for a, b in combinations(parts, 2))
    assert all(components(part) == (part,) for part in parts)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("H(0,1) + H(1,2)", ["X0 X1 + Y0 Y1 + Z0 Z1 + X1 X2 + Y1 Y2 + Z1 Z2"]),
        ("Z4 + Z0 + 3*I", ["Z0", "Z4"]),
        ("3*I", []),
    ],
)
def test_known_splits(text: str, parts: list[str]) -> None:
    assert [str(part) for part in components(PauliSum.parse(text, N))] == parts
