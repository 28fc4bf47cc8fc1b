"""Null spaces, one constraint at a time: each is taken inside the last, so no system is ever large.

Vectors are sparse. Vectors that share no entry of their images never occur in the same equation, so each connected
block is solved on its own.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar, overload

from eqcompile.exact.arithmetic.scalars import Real
from eqcompile.exact.linear.linalg import Entry, null_space, reduced_rows
from eqcompile.exact.linear.sparse import Solver, sparse_kernel
from eqcompile.exact.linear.union_find import UnionFind

Key = TypeVar("Key", bound=Hashable)
Equation = TypeVar("Equation", bound=Hashable)
Vector: TypeAlias = Mapping[Key, Real]


@overload
def kernel(
    vectors: Sequence[Vector[Key]], constraint: Callable[[Vector[Key]], Vector[Equation]]
) -> list[dict[Key, Real]]: ...


@overload
def kernel(
    vectors: Sequence[Mapping[Key, Entry]],
    constraint: Callable[[Mapping[Key, Entry]], Mapping[Equation, Entry]],
    solve: Solver[Entry],
) -> list[dict[Key, Entry]]: ...


def kernel(
    vectors: Sequence[Mapping[Key, Any]],
    constraint: Callable[[Mapping[Key, Any]], Mapping[Equation, Any]],
    solve: Solver[Any] = null_space,
) -> list[dict[Key, Any]]:
    """Basis of the combinations of independent vectors that a linear map sends to zero.

    Args:
        vectors: linearly independent sparse vectors.
        constraint: the linear map.
        solve: null space over the field of the entries; by default over the rationals.

    >>> from flint import fmpq
    >>> kernel([{"a": fmpq(1)}, {"b": fmpq(1)}], lambda v: {0: sum(v.values())})
    [{'b': 1, 'a': -1}]
    """
    images = {number: constraint(vector) for number, vector in enumerate(vectors)}
    return [_combination(vectors, solution) for solution in sparse_kernel(images, solve)]


def echelon(vectors: Sequence[Vector[Key]], order: Callable[[Key], Any]) -> list[dict[Key, Real]]:
    """The unique reduced echelon basis of the span, computed by blocks of vectors that overlap; pivots in ``order``."""
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


def _combination(
    vectors: Sequence[Mapping[Key, Entry]], coefficients: Mapping[int, Entry]
) -> dict[Key, Entry]:
    total: dict[Key, Entry] = {}
    for number, factor in coefficients.items():
        for key, value in vectors[number].items():
            total[key] = total[key] + factor * value if key in total else factor * value
    return {key: value for key, value in total.items() if value}
