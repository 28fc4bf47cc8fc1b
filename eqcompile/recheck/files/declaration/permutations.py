"""Permutation groups as a spec names them: cycles, S_n and its relatives, products, wreath products, grids.

A permutation is a tuple of images of the points 0, 1, 2, ...; the members of a group are its points in their order.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.files.unread import UnreadError

Images: TypeAlias = tuple[int, ...]

MAX_POINTS = 10_000
"""Qubits, or sites, that a permutation group in a spec acts on. Beyond it, refused: permute fewer qubits and sites,
or recheck without `--spec`."""

MAX_ENTRIES = 2_000_000
"""Generators of a permutation group times the points they act on. Beyond it, refused: write fewer generators, or
recheck without `--spec`."""

_NAME = re.compile(r"([SACD])_?([0-9]{1,4}|n)")
_WORDS = {"symmetric": "S", "alternating": "A", "cyclic": "C", "dihedral": "D"}
_SMALLEST = {"S": 2, "A": 3, "C": 2, "D": 3}


def read_cycles(text: str) -> list[list[str]]:
    """The names in a product of disjoint cycles.

    >>> read_cycles("(H1 H2)(A, B)")
    [['H1', 'H2'], ['A', 'B']]
    """
    if not re.fullmatch(r"\s*(\([^()]*\)[\s,]*)+", text):
        raise UnreadError(f"the cycles {quoted(text)}")
    cycles = [re.split(r"[\s,]+", inside.strip()) for inside in re.findall(r"\(([^()]*)\)", text)]
    names = [name for cycle in cycles for name in cycle]
    if len(set(names)) != len(names) or any(len(cycle) < 2 for cycle in cycles):
        raise UnreadError(f"the cycles {quoted(text)}")
    return cycles


def named_group(name: str, num_points: int) -> list[Images]:
    """Generators of S_n, A_n, C_n or D_n on all points.

    Raises:
        UnreadError: the name is unknown, or n does not fit.

    >>> named_group("D_4", 4)
    [(1, 2, 3, 0), (3, 2, 1, 0)]
    """
    match = _NAME.fullmatch(name)
    letter, n = (_WORDS[name], "n") if name in _WORDS else (match[1], match[2]) if match else ("", "")
    if not letter or n not in ("n", str(num_points)) or num_points < _SMALLEST[letter]:
        raise UnreadError(f"the permutation group {quoted(name)} on {num_points} members")
    _require_small(num_points, 2)
    everything = tuple(range(num_points))
    shift = (*everything[1:], 0)
    if letter == "S":
        return [(1, 0, *everything[2:]), shift]
    if letter == "C":
        return [shift]
    if letter == "D":
        return [shift, everything[::-1]]
    # Three-cycles of neighbours make every even permutation.
    _require_small(num_points, num_points)
    return [(*everything[:k], k + 1, k + 2, k, *everything[k + 3 :]) for k in range(num_points - 2)]


def wreath_product(inner: str, outer: str, num_blocks: int, width: int, carried: int) -> list[Images]:
    """Generators on ``num_blocks`` blocks of ``width`` points, followed by as many blocks of points that they carry.

    >>> wreath_product("S_2", "S_2", 2, 2, 1)[-1]
    (2, 3, 0, 1, 5, 4)
    """
    degree = num_blocks * (width + carried)
    inside, across = named_group(inner, width), named_group(outer, num_blocks)
    _require_small(degree, len(inside) * num_blocks + len(across))
    out = [placed(images, block * width, degree) for block in range(num_blocks) for images in inside]
    for images in across:
        main = [images[b] * width + k for b in range(num_blocks) for k in range(width)]
        rest = [
            num_blocks * width + images[b] * carried + k for b in range(num_blocks) for k in range(carried)
        ]
        out.append((*main, *rest))
    return out


def placed(images: Images, first: int, degree: int) -> Images:
    """The permutation on the points from ``first`` on, with the others fixed."""
    end = first + len(images)
    return (*range(first), *(first + image for image in images), *range(end, degree))


def grid_symmetries(shape: Sequence[int], group: str, periodic: bool) -> list[Images]:
    """Generators of the symmetries of a grid whose points are counted row by row.

    >>> grid_symmetries([3], "dihedral", False)
    [(2, 1, 0)]
    """
    axes = len(shape)
    _require_small(prod(shape), axes + 3)
    wanted = {"dihedral": 1, "p2": 2, "pmm": 2, "p4": 2, "p4m": 2}.get(group)
    if group not in ("translations", "p1") and wanted != axes:
        raise UnreadError(f"the lattice group {quoted(group)} on {axes} axes")
    if group in ("p4", "p4m") and shape[0] != shape[1]:
        raise UnreadError(f"{group} on a grid that is not square")
    points = list(product(*(range(length) for length in shape)))
    number = {point: k for k, point in enumerate(points)}
    out = []
    if periodic:
        for axis in range(axes):
            step = [(*p[:axis], (p[axis] + 1) % shape[axis], *p[axis + 1 :]) for p in points]
            out.append(tuple(number[p] for p in step))
    # Point symmetries of a periodic grid are taken about point 0, those of an open grid about its middle. Together with
    # the translations, those about point 0 generate the symmetries about every other point.
    for flips, exchanged in _point_symmetries(group):
        image = [
            tuple(
                _flipped(c, length, flip, periodic) for c, length, flip in zip(p, shape, flips, strict=True)
            )
            for p in points
        ]
        out.append(tuple(number[p[::-1] if exchanged else p] for p in image))
    # On one or two points along a periodic axis -c is c, and a mirror moves nothing.
    identity = tuple(range(len(points)))
    if not periodic and not out:
        raise UnreadError("an open grid without symmetries")
    return [images for images in out if images != identity]


def _point_symmetries(group: str) -> Iterator[tuple[tuple[bool, ...], bool]]:
    """Which coordinates change their sign, and whether the two axes change places afterwards."""
    if group == "dihedral":
        yield (True,), False
    if group == "p2":
        yield (True, True), False
    if group in ("pmm", "p4m"):
        yield (True, False), False
        yield (False, True), False
    if group in ("p4", "p4m"):
        yield (True, False), True


def _flipped(coordinate: int, length: int, flip: bool, periodic: bool) -> int:
    if not flip:
        return coordinate
    return -coordinate % length if periodic else length - 1 - coordinate


def _require_small(num_points: int, num_generators: int) -> None:
    if num_points > MAX_POINTS or num_points * num_generators > MAX_ENTRIES:
        raise UnreadError(f"a permutation group of {num_generators} generators on {num_points} points")
