"""Kernel of a large sparse system that falls apart into small ones, exactly."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, overload

from eqcompile.exact.arithmetic.scalars import Real
from eqcompile.exact.linear.linalg import Entry, null_space
from eqcompile.exact.linear.union_find import UnionFind

Unknown = TypeVar("Unknown", bound=Hashable)
Equation = TypeVar("Equation", bound=Hashable)


class Solver(Protocol[Entry]):
    """Null space of sparse rows over the given columns; real or complex."""

    def __call__(
        self, rows: Iterable[Mapping[Unknown, Entry]], columns: Sequence[Unknown], /
    ) -> list[dict[Unknown, Entry]]: ...


@overload
def sparse_kernel(images: Mapping[Unknown, Mapping[Equation, Real]]) -> list[dict[Unknown, Real]]: ...


@overload
def sparse_kernel(
    images: Mapping[Unknown, Mapping[Equation, Entry]], solve: Solver[Entry]
) -> list[dict[Unknown, Entry]]: ...


def sparse_kernel(
    images: Mapping[Unknown, Mapping[Equation, Any]], solve: Solver[Any] = null_space
) -> list[dict[Unknown, Any]]:
    r"""Basis of the :math:`c` with :math:`\sum_u c_u \, \mathrm{image}_u = 0`.

    Unknowns that stand alone in an equation are zero and leave the system. Unknowns that share no equation, directly or
    through others, are solved separately.

    Args:
        images: for every unknown, the equations it enters, with its coefficient there; no stored zeros.
        solve: null space over the field of the coefficients; by default over the real numbers.

    Returns:
        Independent vectors; empty if only zero solves the system.

    >>> from eqcompile.exact.arithmetic.scalars import rational
    >>> one = rational(1)
    >>> sparse_kernel({"a": {0: one}, "b": {0: -one}, "c": {1: one}, "d": {}})
    [{'b': 1, 'a': 1}, {'d': 1}]
    """
    rows: dict[Equation, dict[Unknown, Any]] = {}
    for unknown, image in images.items():
        for equation, value in image.items():
            rows.setdefault(equation, {})[unknown] = value
    zero = _drop_zeros(rows, images)
    union = UnionFind(unknown for unknown in images if unknown not in zero)
    for row in rows.values():
        union.union(*row)
    blocks: dict[Unknown, list[Unknown]] = {}
    for unknown in images:
        if unknown not in zero:
            blocks.setdefault(union[unknown], []).append(unknown)
    # Rows that are multiples of one another are one equation. There are many of them, and each would cost an
    # elimination.
    of_block: dict[Unknown, dict[frozenset[tuple[Unknown, Any]], dict[Unknown, Any]]] = {}
    for row in rows.values():
        if row:
            owner = union[next(iter(row))]
            of_block.setdefault(owner, {})[frozenset(_monic(row).items())] = row
    return [
        vector
        for owner, columns in blocks.items()
        for vector in solve(of_block.get(owner, {}).values(), columns)
    ]


def _drop_zeros(
    rows: dict[Equation, dict[Unknown, Entry]], images: Mapping[Unknown, Mapping[Equation, Entry]]
) -> set[Unknown]:
    """Remove unknowns that an equation forces to be zero from all rows, until none is left."""
    zero: set[Unknown] = set()
    alone = [row for row in rows.values() if len(row) == 1]
    for row in alone:  # grows while it is walked
        for unknown in tuple(row):
            zero.add(unknown)
            for equation in images[unknown]:
                rows[equation].pop(unknown, None)
                if len(rows[equation]) == 1:
                    alone.append(rows[equation])
    return zero


def _monic(row: Mapping[Unknown, Entry]) -> dict[Unknown, Entry]:
    """The row up to a factor, so that repeated equations are recognised."""
    leading = next(iter(row.values()))
    return {unknown: value / leading for unknown, value in row.items()}
