"""Laws of exact elimination over random matrices: rational, real cyclotomic and complex."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    ZERO,
    conjugate,
    cosine,
    root_of_unity,
    scalar,
    sine,
    square_root,
    to_complex,
)
from eqcompile.exact.linear.linalg import complex_null_space, null_space, rank, reduced_rows

COLUMNS = ["a", "b", "c", "d"]
entries = st.fractions(min_value=-3, max_value=3, max_denominator=4).map(
    lambda f: fmpq(f.numerator, f.denominator)
)
rows = st.dictionaries(st.sampled_from(COLUMNS), entries, max_size=4)
matrices = st.lists(rows, max_size=5)

Row = dict[str, Any]


def apply(row: Row, vector: Row) -> fmpq:
    return sum((value * vector.get(column, 0) for column, value in row.items()), start=fmpq(0))


@given(matrices)
def test_matrix_times_null_space_is_zero(matrix: list[Row]) -> None:
    assert all(apply(row, vector) == 0 for row in matrix for vector in null_space(matrix, COLUMNS))


@given(matrices)
def test_rank_and_nullity_add_up(matrix: list[Row]) -> None:
    vectors = null_space(matrix, COLUMNS)
    assert rank(matrix, COLUMNS) + len(vectors) == len(COLUMNS)
    assert rank(vectors, COLUMNS) == len(vectors)


@given(matrices, st.randoms(use_true_random=False))
def test_reduced_rows_depend_on_the_row_space_alone(matrix: list[Row], source: Any) -> None:
    shuffled = [{column: 3 * value for column, value in row.items()} for row in matrix]
    if len(shuffled) > 1:
        first, second = shuffled[0], shuffled[1]
        shuffled[0] = {c: first.get(c, fmpq(0)) - second.get(c, fmpq(0)) for c in COLUMNS}
    source.shuffle(shuffled)
    assert reduced_rows(shuffled, COLUMNS) == reduced_rows(matrix, COLUMNS)


@given(matrices)
def test_reduced_rows_are_reduced(matrix: list[Row]) -> None:
    reduced = reduced_rows(matrix, COLUMNS)
    pivots = [min(row, key=COLUMNS.index) for row in reduced]
    assert pivots == sorted(set(pivots), key=COLUMNS.index)
    assert all(row[pivot] == 1 for row, pivot in zip(reduced, pivots, strict=True))
    assert all(
        pivot not in row for pivot in pivots for row in reduced if min(row, key=COLUMNS.index) != pivot
    )
    assert reduced_rows(reduced, COLUMNS) == reduced


def test_different_row_spaces_differ() -> None:
    one, two = [{"a": fmpq(1)}], [{"a": fmpq(1), "b": fmpq(1)}]
    assert reduced_rows(one, COLUMNS) != reduced_rows(two, COLUMNS)


def test_nothing_has_an_empty_row_space() -> None:
    assert reduced_rows([], COLUMNS) == []
    assert reduced_rows([{}], COLUMNS) == []
    assert rank([], COLUMNS) == 0
    assert complex_null_space([], []) == []
    assert len(complex_null_space([{"a": ZERO}], COLUMNS)) == len(COLUMNS)
    assert len(null_space([], COLUMNS)) == len(COLUMNS)
    assert null_space([], []) == []


FACTORS = (square_root(2), -square_root(3) / 2, 2 * cosine(Fraction(1, 5)), cosine(Fraction(1, 7)))

irrational_entries = st.builds(
    lambda a, b, root: a + b * root,
    entries,
    entries,
    st.sampled_from((square_root(2), cosine(Fraction(1, 5)))),
)
irrational_matrices = st.lists(
    st.dictionaries(st.sampled_from(COLUMNS), irrational_entries, max_size=4), max_size=5
)
gaussian_entries = st.builds(lambda a, b: scalar(a) + scalar(b) * IMAGINARY_UNIT, entries, entries)
complex_entries = st.builds(
    lambda a, b, root: a + b * root,
    gaussian_entries,
    gaussian_entries,
    st.sampled_from((ZERO, root_of_unity(3), root_of_unity(8))),
)
complex_matrices = st.lists(
    st.dictionaries(st.sampled_from(COLUMNS), complex_entries, max_size=4), max_size=5
)


def floats(matrix: list[Row]) -> np.ndarray:
    table = [[to_complex(scalar(row.get(column, fmpq(0)))) for column in COLUMNS] for row in matrix]
    return np.array(table, dtype=complex).reshape(len(matrix), len(COLUMNS))


def in_doubt(matrix: list[Row]) -> bool:
    """Whether a singular value is neither zero by rounding nor clearly not: floats cannot tell the rank."""
    values = np.linalg.svd(floats(matrix), compute_uv=False)
    return bool(np.any((values > 1e-13) & (values < 1e-6)))


@given(matrices, st.lists(st.sampled_from(FACTORS), min_size=5, max_size=5))
def test_irrational_factors_leave_the_row_space(matrix: list[Row], factors: list[Any]) -> None:
    scaled = [
        {c: value * factor for c, value in row.items()} for row, factor in zip(matrix, factors, strict=False)
    ]
    assert reduced_rows(scaled, COLUMNS) == reduced_rows(matrix, COLUMNS)
    assert rank(scaled, COLUMNS) == rank(matrix, COLUMNS)
    assert null_space(scaled, COLUMNS) == null_space(matrix, COLUMNS)


@given(matrices, st.sampled_from([Fraction(1, 8), Fraction(1, 5), Fraction(1, 7), Fraction(1, 24)]))
def test_rotated_rows_span_the_same_space(matrix: list[Row], turns: Fraction) -> None:
    if len(matrix) < 2:
        return
    c, s = cosine(turns), sine(turns)
    first, second = ({k: row.get(k, fmpq(0)) for k in COLUMNS} for row in matrix[:2])
    rotated = [
        {k: c * first[k] - s * second[k] for k in COLUMNS},
        {k: s * first[k] + c * second[k] for k in COLUMNS},
        *matrix[2:],
    ]
    reduced = reduced_rows(rotated, COLUMNS)
    assert reduced == reduced_rows(matrix, COLUMNS)
    assert all(type(value) is fmpq for row in reduced for value in row.values())


@given(irrational_matrices)
def test_laws_hold_over_irrational_numbers(matrix: list[Row]) -> None:
    vectors = null_space(matrix, COLUMNS)
    assert all(apply(row, vector) == 0 for row in matrix for vector in vectors)
    assert rank(matrix, COLUMNS) + len(vectors) == len(COLUMNS)
    assert rank(vectors, COLUMNS) == len(vectors)
    reduced = reduced_rows(matrix, COLUMNS)
    assert reduced_rows(reversed(matrix), COLUMNS) == reduced
    assert rank([*matrix, *reduced], COLUMNS) == len(reduced)
    assert reduced_rows(reduced, COLUMNS) == reduced


@given(irrational_matrices)
def test_rank_is_that_of_numpy(matrix: list[Row]) -> None:
    if not in_doubt(matrix):
        assert rank(matrix, COLUMNS) == (np.linalg.matrix_rank(floats(matrix), tol=1e-9) if matrix else 0)


@given(complex_matrices)
def test_complex_null_space(matrix: list[Row]) -> None:
    vectors = complex_null_space(matrix, COLUMNS)
    assert not any(apply(row, vector) != ZERO for row in matrix for vector in vectors if row)
    assert len(complex_null_space(vectors, COLUMNS)) == len(COLUMNS) - len(vectors)
    if not in_doubt(matrix):
        expected = np.linalg.matrix_rank(floats(matrix), tol=1e-9) if matrix else 0
        assert len(vectors) == len(COLUMNS) - expected


def test_complex_null_space_is_not_that_of_the_conjugate() -> None:
    """Row . vector is bilinear: no number is conjugated."""
    root = root_of_unity(3)
    assert complex_null_space([{"a": ONE, "b": -root}], ["a", "b"]) == [{"b": ONE, "a": root}]
    assert complex_null_space([{"a": ONE, "b": -root}], ["a", "b"]) != [{"b": ONE, "a": conjugate(root)}]


def test_numbers_that_are_nearly_dependent_are_told_apart() -> None:
    """A continued fraction of the root of two: in doubles the two rows are equal."""
    p, q = 1, 1
    for _ in range(60):
        p, q = p + 2 * q, p + q
    near, exact = {"a": square_root(2), "b": fmpq(1)}, {"a": fmpq(p, q), "b": fmpq(1)}
    assert rank([near, exact], ["a", "b"]) == 2
    assert rank([near, {"a": fmpq(2), "b": square_root(2)}], ["a", "b"]) == 1
    assert np.linalg.matrix_rank(np.array([[2**0.5, 1], [p / q, 1]])) == 1


@pytest.mark.parametrize("order", [3, 5, 7, 8, 12])
def test_the_only_invariant_vectors_of_a_cyclic_shift_are_constant(order: int) -> None:
    """The eigenvectors to a root of unity are its powers."""
    root = root_of_unity(order)
    columns = list(range(order))
    rows = [{k: -root, (k + 1) % order: ONE} for k in columns]
    (vector,) = complex_null_space(rows, columns)
    assert vector == {k: root ** (k + 1) if k < order - 1 else ONE for k in columns}
