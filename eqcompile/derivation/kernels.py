"""Null spaces one constraint at a time: each is taken inside the last, so that no system is ever large.

Vectors are sparse. Those that share no entry of their images do not meet in any equation, so each connected
block is solved on its own.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from networkx.utils import UnionFind

from eqcompile.exact.linalg import null_space, reduced_rows
from eqcompile.exact.scalars import Real

Key = TypeVar("Key", bound=Hashable)
Entry = TypeVar("Entry", bound=Hashable)
Vector: TypeAlias = Mapping[Key, Real]
Solver: TypeAlias = Callable[[Iterable[Mapping[int, Any]], Sequence[int]], list[dict[int, Any]]]
"""Null space of sparse rows over the given columns."""


def kernel(
    vectors: Sequence[Vector[Key]],
    constraint: Callable[[Vector[Key]], Vector[Entry]],
    solve: Solver = null_space,
) -> list[dict[Key, Real]]:
    """Basis of the combinations of independent vectors that a linear map sends to zero.

    Args:
        vectors: linearly independent, sparse.
        constraint: the linear map.
        solve: null space over the field of the entries; by default over the rationals.

    >>> from flint import fmpq
    >>> kernel([{"a": fmpq(1)}, {"b": fmpq(1)}], lambda v: {0: sum(v.values())})
    [{'b': 1, 'a': -1}]
    """
    images = [constraint(vector) for vector in vectors]
    union = UnionFind(range(len(vectors)))
    entries: dict[Entry, dict[int, Real]] = {}
    for number, image in enumerate(images):
        for entry, value in image.items():
            row = entries.setdefault(entry, {})
            row[number] = value
            union.union(number, next(iter(row)))
    rows: dict[int, list[Mapping[int, Real]]] = {}
    for row in entries.values():
        rows.setdefault(union[next(iter(row))], []).append(row)
    out = []
    for block in sorted(sorted(block) for block in union.to_sets()):
        solutions = solve(rows.get(union[block[0]], []), block)
        out += [_combination(vectors, solution) for solution in solutions]
    return out


def echelon(vectors: Sequence[Vector[Key]], order: Callable[[Key], Any]) -> list[dict[Key, Real]]:
    """The unique reduced echelon basis of the span, by blocks of vectors that overlap; pivots in ``order``."""
    union = UnionFind(range(len(vectors)))
    owner: dict[Key, int] = {}
    for number, vector in enumerate(vectors):
        for key in vector:
            union.union(number, owner.setdefault(key, number))
    out: list[dict[Key, Real]] = []
    for block in union.to_sets():
        columns = sorted({key for number in block for key in vectors[number]}, key=order)
        out += reduced_rows([vectors[number] for number in sorted(block)], columns)
    return sorted(out, key=lambda row: min(map(order, row)))


def _combination(vectors: Sequence[Vector[Key]], coefficients: Mapping[int, Any]) -> dict[Key, Any]:
    total: dict[Key, Any] = {}
    for number, factor in coefficients.items():
        for key, value in vectors[number].items():
            total[key] = total[key] + factor * value if key in total else factor * value
    return {key: value for key, value in total.items() if value}
