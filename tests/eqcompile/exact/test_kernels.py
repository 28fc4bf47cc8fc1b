"""Null spaces inside a span, by blocks, compared with one dense elimination of the whole."""

from collections.abc import Mapping

from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ONE, ZERO, Scalar, scalar
from eqcompile.exact.linear.kernels import echelon, kernel
from eqcompile.exact.linear.linalg import complex_null_space, null_space, rank, reduced_rows

ENTRIES = st.sampled_from([0, 0, 0, 1, -1, 2])
MATRICES = st.lists(st.lists(ENTRIES, min_size=5, max_size=5), min_size=1, max_size=6)


def sparse(row: list[int]) -> dict[int, fmpq]:
    return {column: fmpq(value) for column, value in enumerate(row) if value}


def image(rows: list[list[int]], vector: Mapping[int, Scalar]) -> dict[int, Scalar]:
    """The matrix times a vector, with zeros left out."""
    out = {
        i: sum((row[column] * v for column, v in vector.items()), start=fmpq(0)) for i, row in enumerate(rows)
    }
    return {i: value for i, value in out.items() if value}


@given(MATRICES)
def test_kernel_is_the_null_space_of_the_whole(rows: list[list[int]]) -> None:
    units = [{column: fmpq(1)} for column in range(5)]
    found = kernel(units, lambda vector: image(rows, vector))
    assert all(not image(rows, vector) for vector in found)
    wanted = null_space([sparse(row) for row in rows], range(5))
    assert echelon(found, order=int) == reduced_rows(wanted, range(5))


@given(MATRICES, MATRICES)
def test_one_constraint_after_the_other(first: list[list[int]], second: list[list[int]]) -> None:
    """A kernel inside a kernel is the null space of both together."""
    units = [{column: fmpq(1)} for column in range(5)]
    inside = kernel(kernel(units, lambda v: image(first, v)), lambda v: image(second, v))
    wanted = null_space([sparse(row) for row in [*first, *second]], range(5))
    assert echelon(inside, order=int) == reduced_rows(wanted, range(5))


@given(MATRICES)
def test_gaussian_and_rational_null_spaces_agree(rows: list[list[int]]) -> None:
    real = [sparse(row) for row in rows]
    found = complex_null_space([{c: scalar(v) for c, v in row.items()} for row in real], range(5))
    assert len(found) == 5 - rank(real, range(5))
    for vector in found:
        assert not any(sum((scalar(row.get(c, 0)) * v for c, v in vector.items()), ZERO) for row in real)


def test_complex_coefficients_are_not_split_into_parts() -> None:
    """v0 + i v1 = 0 has a solution over the Gaussian rationals and none over the rationals."""
    (vector,) = complex_null_space([{0: ONE, 1: IMAGINARY_UNIT}], range(2))
    assert vector[0] + IMAGINARY_UNIT * vector[1] == ZERO
    assert vector[0] != ZERO


def test_no_vectors_and_no_constraints() -> None:
    assert kernel([], lambda vector: vector) == []
    assert kernel([{0: fmpq(1)}], lambda vector: {}) == [{0: fmpq(1)}]
    assert complex_null_space([], range(2)) == [{0: ONE}, {1: ONE}]
    assert echelon([], order=int) == []
