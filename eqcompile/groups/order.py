"""The exact order of a permutation group, without listing the group if its structure shows the order.

Three steps, each exact. Orbits that only follow another orbit are left out. The symmetric and alternating groups that
generators of one transposition or one 3-cycle bring about are divided out. What is left permutes their components, and
may be divided again: this is how :math:`|S_2 \\wr S_m| = 2^m \\, m!` is read off for any m. The rest is listed if it is
short, or left to Schreier and Sims if it moves few points.
"""

from collections.abc import Sequence
from math import factorial, prod
from typing import TypeAlias

from eqcompile.budgets import check
from eqcompile.errors import LimitError

Images: TypeAlias = tuple[int, ...]

MAX_LISTED = 10_000_000
"""Elements times points that are listed to find the order of a permutation group: about a second, and a few hundred
megabytes. Beyond it, weaker: the order is not given; a derivation does not need it."""

MAX_CHAIN_POINTS = 64
"""Points for which the stabiliser chain of any permutation group takes seconds at most. Beyond it, weaker: the order
comes from the structure of the group if that is known; otherwise it is not given."""


def reduced(degree: int, generators: Sequence[Images]) -> tuple[Images, ...]:
    """The same group, restricted to enough orbits for it to be still faithful.

    An orbit is left out if a map from a larger orbit follows every permutation. Its points then move as that orbit
    dictates, as the qubits of a site do.

    >>> reduced(4, [(1, 0, 3, 2)])
    ((1, 0),)
    """
    kept: list[list[int]] = []
    for orbit in sorted(orbits(degree, generators), key=len, reverse=True):
        if len(orbit) > 1 and not any(_follows(orbit, other, generators) for other in kept):
            kept.append(orbit)
    points = sorted(point for orbit in kept for point in orbit)
    return _on_classes([[point] for point in points], generators)


def orbits(degree: int, generators: Sequence[Images]) -> list[list[int]]:
    """The orbits of the points, each beginning with its smallest point.

    >>> orbits(4, [(1, 0, 2, 3)])
    [[0, 1], [2], [3]]
    """
    seen: set[int] = set()
    out = []
    for start in range(degree):
        if start not in seen:
            orbit = [start]
            seen.add(start)
            for point in orbit:  # grows while it is walked
                fresh = dict.fromkeys(images[point] for images in generators if images[point] not in seen)
                seen.update(fresh)
                orbit.extend(fresh)
            out.append(orbit)
    return out


def group_order(degree: int, generators: Sequence[Images]) -> int:
    """Number of elements of the group that permutations of ``0 .. degree-1`` generate.

    Raises:
        LimitError: the group is neither short, nor on few points, nor built of symmetric and alternating groups.

    References:
        Dixon and Mortimer, Permutation Groups (1996), Sec. 3.3, for transpositions and 3-cycles.

    >>> group_order(4, [(1, 0, 2, 3), (2, 3, 0, 1)])
    8
    """
    moves = reduced(degree, generators)
    order = 1
    while moves:
        divisor, quotient = _divided(moves)
        if divisor == 1:
            return order * _order_of_the_rest(moves)
        order *= divisor
        moves = reduced(len(quotient[0]), quotient) if quotient else ()
    return order


def _divided(moves: Sequence[Images]) -> tuple[int, tuple[Images, ...]]:
    """The order of a normal subgroup, and the quotient by it as permutations; 1 and the group itself if none is found.

    Connected transpositions generate the symmetric group of what they connect, connected 3-cycles the alternating
    group. Modulo the former only the classes are left; modulo the latter, the classes with a sign.
    """
    degree = len(moves[0])
    moved = [[p for p in range(degree) if images[p] != p] for images in moves]
    for size in (2, 3):
        seeds = [points for points in moved if len(points) == size]
        if seeds:
            classes = smallest_blocks(degree, seeds, moves)
            divisor = prod(factorial(len(c)) // (size - 1) for c in classes if len(c) > 1)
            quotient = _on_classes(classes, moves) if size == 2 else _on_signed_classes(classes, moves)
            return divisor, quotient
    return 1, tuple(moves)


def smallest_blocks(
    degree: int, together: Sequence[Sequence[int]], moves: Sequence[Images]
) -> list[list[int]]:
    """The finest classes that the permutations map to classes and that keep the named points together.

    References:
        Atkinson, Math. Comp. 29, 911 (1975).

    >>> smallest_blocks(4, [(0, 2)], [(1, 2, 3, 0)])
    [[0, 2], [1, 3]]
    """
    parent = list(range(degree))

    def root(point: int) -> int:
        while parent[point] != point:
            parent[point] = parent[parent[point]]
            point = parent[point]
        return point

    pairs = [(points[0], point) for points in together for point in points[1:]]
    while pairs:
        p, q = pairs.pop()
        if root(p) != root(q):
            parent[root(q)] = root(p)
            pairs.extend((images[p], images[q]) for images in moves)
    classes: dict[int, list[int]] = {}
    for point in range(degree):
        classes.setdefault(root(point), []).append(point)
    return list(classes.values())


def _on_signed_classes(classes: Sequence[Sequence[int]], moves: Sequence[Images]) -> tuple[Images, ...]:
    """The permutations of the classes, each class in two copies that odd maps between classes exchange."""
    index = {point: number for number, members in enumerate(classes) for point in members}
    out: dict[Images, None] = {}
    for images in moves:
        induced: list[int] = []
        for members in classes:
            targets = [images[point] for point in members]
            first, odd = 2 * index[targets[0]], _is_odd(targets)
            induced += (first + 1, first) if odd else (first, first + 1)
        out[tuple(induced)] = None
    out.pop(tuple(range(2 * len(classes))), None)
    return tuple(out)


def _is_odd(values: Sequence[int]) -> bool:
    """Whether an odd number of exchanges sorts the values."""
    ranks = {value: rank for rank, value in enumerate(sorted(values))}
    images = [ranks[value] for value in values]
    seen: set[int] = set()
    odd = False
    for start in range(len(images)):
        point, length = start, 0
        while point not in seen:
            seen.add(point)
            point = images[point]
            length += 1
        odd ^= length > 0 and length % 2 == 0
    return odd


def _on_classes(classes: Sequence[Sequence[int]], moves: Sequence[Images]) -> tuple[Images, ...]:
    """The permutations of whole classes, without those that move none and without repetitions."""
    index = {point: number for number, members in enumerate(classes) for point in members}
    induced = (tuple(index[images[members[0]]] for members in classes) for images in moves)
    identity = tuple(range(len(classes)))
    return tuple(images for images in dict.fromkeys(induced) if images != identity)


def _follows(orbit: Sequence[int], other: Sequence[int], generators: Sequence[Images]) -> bool:
    """Whether a map from ``other`` onto ``orbit`` commutes with every generator."""
    if len(other) % len(orbit):
        return False
    return any(_extends(other[0], target, generators) for target in orbit)


def _extends(point: int, target: int, generators: Sequence[Images]) -> bool:
    """Whether sending ``point`` to ``target``, and images of the one to the same images of the other, is consistent."""
    image = {point: target}
    queue = [point]
    for p in queue:  # grows while it is walked
        for images in generators:
            moved, wanted = images[p], images[image[p]]
            if moved not in image:
                image[moved] = wanted
                queue.append(moved)
            elif image[moved] != wanted:
                return False
    return True


def _order_of_the_rest(moves: Sequence[Images]) -> int:
    degree = len(moves[0])
    if degree <= MAX_CHAIN_POINTS:
        return _order_by_chain(moves)
    most = MAX_LISTED // degree
    found = {tuple(range(degree))}
    queue = list(found)
    for element in queue:  # grows while it is walked
        check()
        for images in moves:
            product = tuple(map(images.__getitem__, element))
            if product not in found:
                found.add(product)
                queue.append(product)
                if len(found) > most:
                    raise LimitError(
                        f"the order of a permutation group on {degree} points is beyond the limits: {most} elements, "
                        f"or {MAX_CHAIN_POINTS} points, or a group of symmetric and alternating groups"
                    )
    return len(found)


def _order_by_chain(moves: Sequence[Images]) -> int:
    from sympy.combinatorics import Permutation, PermutationGroup

    return int(PermutationGroup([Permutation(list(images)) for images in moves]).order())
