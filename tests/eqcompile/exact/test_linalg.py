"""Laws of exact elimination over random rational matrices."""

from typing import Any

from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.exact.linalg import null_space, rank, reduced_rows

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
    assert len(null_space([], COLUMNS)) == len(COLUMNS)
    assert null_space([], []) == []
