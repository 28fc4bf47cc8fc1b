"""Is a permutation in the group that others generate? By a stabiliser chain (Schreier and Sims)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Images: TypeAlias = tuple[int, ...]

MAX_POINTS, MAX_GENERATORS = 32, 100
"""Larger groups are not compared; every generator of theirs is checked on its own."""


@dataclass
class _Level:
    """Stabiliser of all base points before, by the orbit of the next one: an element for every point of it."""

    base: int
    elements: dict[int, Images]
    generators: list[Images] = field(default_factory=list)
    done: set[tuple[int, int]] = field(default_factory=set)


def generates(generators: Sequence[Images], wanted: Sequence[Images]) -> bool:
    """Whether the group of the first permutations holds all of the second.

    >>> generates([(1, 2, 3, 0), (3, 2, 1, 0)], [(2, 3, 0, 1)]), generates([(1, 2, 3, 0)], [(1, 0, 2, 3)])
    (True, False)
    """
    chain: list[_Level] = []
    for generator in generators:
        _add(chain, generator, 0)
    return all(_sifted(chain, images, 0)[0] == tuple(range(len(images))) for images in wanted)


def _add(chain: list[_Level], images: Images, start: int) -> None:
    """Make the levels from ``start`` on hold one more permutation, which leaves the base points before alone."""
    rest, place = _sifted(chain, images, start)
    identity = tuple(range(len(images)))
    if rest == identity:
        return
    if place == len(chain):
        base = next(point for point, image in enumerate(rest) if point != image)
        chain.append(_Level(base, {base: identity}))
    # The element leaves the base points before ``place`` alone, so that it belongs to all levels up to there.
    for number in range(place, start - 1, -1):
        level = chain[number]
        level.generators.append(rest)
        orbit = list(level.elements)
        for point in orbit:
            for generator in level.generators:
                if generator[point] not in level.elements:
                    level.elements[generator[point]] = _after(generator, level.elements[point])
                    orbit.append(generator[point])
        for point, which in [(point, which) for point in orbit for which in range(len(level.generators))]:
            # Elements of the orbit never change, so that a pair gives the same permutation every time.
            if (point, which) not in level.done:
                level.done.add((point, which))
                generator = level.generators[which]
                whole = _after(generator, level.elements[point])
                _add(chain, _after(_inverse(level.elements[generator[point]]), whole), number + 1)


def _sifted(chain: Sequence[_Level], images: Images, start: int) -> tuple[Images, int]:
    """What is left of a permutation after it is divided by elements of the levels, and where that ended."""
    for number in range(start, len(chain)):
        element = chain[number].elements.get(images[chain[number].base])
        if element is None:
            return images, number
        images = _after(_inverse(element), images)
    return images, len(chain)


def _after(second: Images, first: Images) -> Images:
    return tuple(second[image] for image in first)


def _inverse(images: Images) -> Images:
    out = [0] * len(images)
    for point, image in enumerate(images):
        out[image] = point
    return tuple(out)
