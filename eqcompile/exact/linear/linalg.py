"""Exact elimination over the available real numbers: reduced rows, rank, null space.

Rows are sparse, ``{column: value}``, because constraints from commutators are. If all values are rational,
python-flint eliminates; rows with cyclotomic numbers are eliminated here, sparsely, by the same steps.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from flint import fmpq, fmpq_mat

from eqcompile.budgets import check
from eqcompile.exact.arithmetic.scalars import ONE, Real, Scalar, is_rational

Column = TypeVar("Column", bound=Hashable)
Entry = TypeVar("Entry", Real, Scalar)
"""Entries are all real or all complex."""

Row: TypeAlias = Mapping[Column, Entry]


def reduced_rows(rows: Iterable[Row[Column, Real]], columns: Sequence[Column]) -> list[dict[Column, Real]]:
    """The unique reduced row-echelon basis of the row space, for this order of columns.

    Args:
        rows: sparse rows of real numbers; keys must be among ``columns``.
        columns: all columns, in pivot order.

    Returns:
        Independent rows with leading entry one; empty for the zero space.

    >>> reduced_rows([{"a": fmpq(2), "b": fmpq(4)}, {"a": fmpq(1), "b": fmpq(2)}], ["a", "b"])
    [{'a': 1, 'b': 2}]
    """
    listed = [dict(row) for row in rows]
    if not all(map(_is_rational_row, listed)):
        return _eliminated(listed, columns)
    matrix = _dense(listed, columns)
    if matrix is None:
        return []
    reduced, rank = matrix.rref()
    table = reduced.table()[:rank]
    return [{column: value for column, value in zip(columns, row, strict=True) if value} for row in table]


def null_space(rows: Iterable[Row[Column, Real]], columns: Sequence[Column]) -> list[dict[Column, Real]]:
    """Basis of ``{v : row . v = 0 for all rows}``, one vector per free column.

    >>> null_space([{"a": fmpq(1), "b": fmpq(-1)}], ["a", "b"])
    [{'b': 1, 'a': 1}]
    """
    return _kernel(reduced_rows(rows, columns), columns, fmpq(1))


def complex_null_space(
    rows: Iterable[Row[Column, Scalar]], columns: Sequence[Column]
) -> list[dict[Column, Scalar]]:
    """The same over the available complex numbers.

    >>> from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT
    >>> complex_null_space([{0: ONE, 1: IMAGINARY_UNIT}], [0, 1])
    [{1: QQ_I(1, 0), 0: QQ_I(0, -1)}]
    """
    return _kernel(_eliminated(rows, columns), columns, ONE)


def _kernel(
    reduced: Sequence[Row[Column, Entry]], columns: Sequence[Column], one: Entry
) -> list[dict[Column, Entry]]:
    order = {column: i for i, column in enumerate(columns)}
    pivots = [min(row, key=order.__getitem__) for row in reduced]
    taken = set(pivots)
    basis: dict[Column, dict[Column, Entry]] = {c: {c: one} for c in columns if c not in taken}
    for pivot, row in zip(pivots, reduced, strict=True):
        for column, value in row.items():
            if column != pivot:
                basis[column][pivot] = -value
    return list(basis.values())


def rank(rows: Iterable[Row[Column, Real]], columns: Sequence[Column]) -> int:
    """Dimension of the row space."""
    listed = [dict(row) for row in rows]
    if not all(map(_is_rational_row, listed)):
        return len(_eliminated(listed, columns))
    matrix = _dense(listed, columns)
    return 0 if matrix is None else int(matrix.rank())


def _is_rational_row(row: Row[Column, Real]) -> bool:
    return all(is_rational(value) for value in row.values())


def _eliminated(rows: Iterable[Row[Column, Entry]], columns: Sequence[Column]) -> list[dict[Column, Entry]]:
    """Gauss-Jordan elimination, row by row: each row is cleared of the known pivots, then clears the known rows."""
    order = {column: i for i, column in enumerate(columns)}
    found: dict[Column, dict[Column, Entry]] = {}
    for row in rows:
        check()
        rest = {column: value for column, value in row.items() if value}
        for column in [column for column in rest if column in found]:
            _subtract(rest, rest[column], found[column])
        if not rest:
            continue
        pivot = min(rest, key=order.__getitem__)
        monic = {column: value / rest[pivot] for column, value in rest.items()}
        # Known rows contain no pivot but their own, so one pass clears a new row of all of them.
        for other in found.values():
            if pivot in other:
                _subtract(other, other[pivot], monic)
        found[pivot] = monic
    return [found[pivot] for pivot in sorted(found, key=order.__getitem__)]


def _subtract(target: dict[Column, Entry], factor: Entry, row: Row[Column, Entry]) -> None:
    for column, value in row.items():
        target[column] = target[column] - factor * value if column in target else -factor * value
        if not target[column]:
            del target[column]


def _dense(rows: Sequence[Row[Column, Real]], columns: Sequence[Column]) -> fmpq_mat | None:
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
