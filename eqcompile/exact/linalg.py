"""Exact elimination over the rationals: reduced rows, rank, null space.

Rows are sparse, ``{column: value}``, because constraints from commutators are; python-flint eliminates.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from flint import fmpq, fmpq_mat

from eqcompile.exact.scalars import Rational

Column = TypeVar("Column", bound=Hashable)
Row: TypeAlias = Mapping[Column, Rational]


def reduced_rows(rows: Iterable[Row[Column]], columns: Sequence[Column]) -> list[dict[Column, Rational]]:
    """The unique reduced row-echelon basis of the row space, for this order of columns.

    Args:
        rows: sparse rational rows; keys must be among ``columns``.
        columns: all columns, in pivot order.

    Returns:
        Independent rows with leading entry one; empty for the zero space.

    >>> reduced_rows([{"a": fmpq(2), "b": fmpq(4)}, {"a": fmpq(1), "b": fmpq(2)}], ["a", "b"])
    [{'a': 1, 'b': 2}]
    """
    matrix = _dense(rows, columns)
    if matrix is None:
        return []
    reduced, rank = matrix.rref()
    table = reduced.table()[:rank]
    return [{column: value for column, value in zip(columns, row, strict=True) if value} for row in table]


def null_space(rows: Iterable[Row[Column]], columns: Sequence[Column]) -> list[dict[Column, Rational]]:
    """Basis of ``{v : row . v = 0 for all rows}``, one vector per free column.

    >>> null_space([{"a": fmpq(1), "b": fmpq(-1)}], ["a", "b"])
    [{'b': 1, 'a': 1}]
    """
    reduced = reduced_rows(rows, columns)
    order = {column: i for i, column in enumerate(columns)}
    pivots = [min(row, key=order.__getitem__) for row in reduced]
    free = [column for column in columns if column not in set(pivots)]
    basis: dict[Column, dict[Column, Rational]] = {column: {column: fmpq(1)} for column in free}
    for pivot, row in zip(pivots, reduced, strict=True):
        for column, value in row.items():
            if column != pivot:
                basis[column][pivot] = -value
    return list(basis.values())


def rank(rows: Iterable[Row[Column]], columns: Sequence[Column]) -> int:
    """Dimension of the row space."""
    matrix = _dense(rows, columns)
    return 0 if matrix is None else int(matrix.rank())


def _dense(rows: Iterable[Row[Column]], columns: Sequence[Column]) -> fmpq_mat | None:
    index = {column: i for i, column in enumerate(columns)}
    table = []
    for row in rows:
        dense = [fmpq(0)] * len(columns)
        for column, value in row.items():
            dense[index[column]] = value
        table.append(dense)
    if not table or not columns:
        return None
    return fmpq_mat(table)
