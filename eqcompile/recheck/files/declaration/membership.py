"""Is a permutation an element of a group? It is shown by a product of the group's elements, or not shown.

A stabiliser chain is filled with random products of the generators. Whatever sifts through it to the identity is a
product of elements of the group, whether or not the chain is complete. So the answer yes is a proof, and no is not.
"""

from collections.abc import Sequence
from random import Random
from typing import TypeAlias

Images: TypeAlias = tuple[int, ...]

MAX_POINTS = 200
"""Qubits and sites of a group whose permutations in spec and certificate are compared, if they have different
generators. Beyond it, refused: the groups are not shown to be equal; recheck without `--spec`."""

NUM_QUIET = 20
"""Random elements that must sift in a row; if the chain is not complete, each fails with probability 1/2 or more."""
MAX_RANDOM = 2000
"""Random products that fill the stabiliser chain of a permutation group. Beyond it, weaker: the chain may be
incomplete, and then two equal groups are not shown to be equal; nothing false is confirmed."""


def contains(generators: Sequence[Images], others: Sequence[Images]) -> bool:
    """Whether all the others are shown to be products of the generators.

    >>> contains([(1, 0, 2), (0, 2, 1)], [(1, 2, 0)]), contains([(1, 0, 2)], [(1, 2, 0)])
    (True, False)
    """
    missing = [
        images for images in dict.fromkeys(others) if images not in {*generators} and not _is_one(images)
    ]
    if not missing:
        return True
    if not generators or len(missing[0]) > MAX_POINTS:
        return False
    chain = _Chain(len(missing[0]), generators)
    return all(chain.holds(images) for images in missing)


class _Chain:
    def __init__(self, size: int, generators: Sequence[Images]) -> None:
        self._size = size
        self._bases: list[int] = []
        self._strong: list[list[Images]] = []
        self._transversals: list[dict[int, Images]] = []
        source = Random(1)
        pool = [*generators] + [tuple(range(size))] * max(0, 10 - len(generators))
        for images in generators:
            self._insert(images)
        quiet = 0
        for _ in range(MAX_RANDOM):
            # Product replacement: one member of the pool is multiplied by another.
            a, b = source.sample(range(len(pool)), 2)
            pool[a] = _after(pool[a], pool[b]) if source.getrandbits(1) else _after(pool[b], pool[a])
            quiet = 0 if self._insert(pool[a]) else quiet + 1
            if quiet >= NUM_QUIET:
                break

    def holds(self, images: Images) -> bool:
        """Whether the permutation sifts to the identity."""
        return _is_one(self._sifted(images, 0)[0])

    def _insert(self, images: Images) -> bool:
        rest, level = self._sifted(images, 0)
        if _is_one(rest):
            return False
        if level == len(self._bases):
            moved = next(p for p in range(self._size) if rest[p] != p)
            self._bases.append(moved)
            self._strong.append([])
            self._transversals.append({moved: tuple(range(self._size))})
        for k in range(level + 1):
            self._strong[k].append(rest)
            self._grow(k)
        return True

    def _sifted(self, images: Images, level: int) -> tuple[Images, int]:
        while level < len(self._bases):
            found = self._transversals[level].get(images[self._bases[level]])
            if found is None:
                return images, level
            images = _after(_inverse(found), images)
            level += 1
        return images, level

    def _grow(self, level: int) -> None:
        known = self._transversals[level]
        frontier = list(known)
        for point in frontier:
            for images in self._strong[level]:
                if (image := images[point]) not in known:
                    known[image] = _after(images, known[point])
                    frontier.append(image)


def _after(second: Images, first: Images) -> Images:
    return tuple(second[point] for point in first)


def _inverse(images: Images) -> Images:
    out = [0] * len(images)
    for point, image in enumerate(images):
        out[image] = point
    return tuple(out)


def _is_one(images: Images) -> bool:
    return all(point == image for point, image in enumerate(images))
