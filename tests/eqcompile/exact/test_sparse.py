"""The kernel by blocks is the kernel of the whole matrix."""

from itertools import product

from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.exact.linear.linalg import null_space, reduced_rows
from eqcompile.exact.linear.sparse import sparse_kernel

entries = st.dictionaries(st.integers(0, 4), st.integers(-2, 2).filter(bool).map(fmpq), max_size=3)


@given(st.lists(entries, min_size=1, max_size=6))
def test_agrees_with_dense_elimination(columns: list[dict[int, fmpq]]) -> None:
    images = dict(enumerate(columns))
    rows = [{u: image[equation] for u, image in images.items() if equation in image} for equation in range(5)]
    expected = null_space(rows, list(images))
    assert reduced_rows(sparse_kernel(images), list(images)) == reduced_rows(expected, list(images))


def test_a_chain_of_forced_zeros() -> None:
    """x0 = 0 makes x0 + x1 = 0 an equation for x1 alone, and so on."""
    images = {k: {k: fmpq(1), k + 1: fmpq(1)} for k in range(5)}
    assert sparse_kernel(images) == []
    del images[0][0], images[4][5]
    (vector,) = sparse_kernel(images)
    assert [vector[k] / vector[0] for k in range(5)] == [1, -1, 1, -1, 1]


def test_repeated_equations_are_one() -> None:
    images = {u: {e: fmpq((e + 1) * (u + 1)) for e in range(3)} for u in range(2)}
    assert sparse_kernel(images) == [{0: -2, 1: 1}]


def test_blocks_do_not_mix() -> None:
    images = {(b, u): {b: fmpq(1)} for b, u in product(range(3), range(2))}
    assert [sorted(vector) for vector in sparse_kernel(images)] == [[(b, 0), (b, 1)] for b in range(3)]
