"""Symmetries of a grid: translations of a periodic one, and the point symmetries that its shape allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from eqcompile.arguments import accepts, require_text, require_truth, whole_numbers
from eqcompile.errors import DimensionError
from eqcompile.groups.permutation import Images, PermutationGroup, require_degree


@dataclass(frozen=True)
class AxisMap:
    """A signed permutation of the axes: coordinate a of the image is ``signs[a] * x[axes[a]]``."""

    axes: tuple[int, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True)
class LatticeGroup:
    """A named group: its number of axes, or ``None`` for any number, and what it adds to the translations."""

    num_axes: int | None
    point_group: Callable[[int], tuple[AxisMap, ...]]


def _half_turn(d: int) -> AxisMap:
    return AxisMap(tuple(range(d)), (-1,) * d)


def _mirrors(d: int) -> tuple[AxisMap, ...]:
    """x_a -> -x_a for every axis."""
    return tuple(AxisMap(tuple(range(d)), tuple(-1 if b == a else 1 for b in range(d))) for a in range(d))


_QUARTER_TURN = AxisMap((1, 0), (-1, 1))

LATTICE_GROUPS = {
    "translations": LatticeGroup(None, lambda d: ()),
    "p1": LatticeGroup(None, lambda d: ()),
    "dihedral": LatticeGroup(1, lambda d: (_half_turn(1),)),
    "p2": LatticeGroup(2, lambda d: (_half_turn(2),)),
    "pmm": LatticeGroup(2, lambda d: _mirrors(2)),
    "p4": LatticeGroup(2, lambda d: (_QUARTER_TURN,)),
    "p4m": LatticeGroup(2, lambda d: (_QUARTER_TURN, _mirrors(2)[0])),
}  # fmt: skip
"""The groups by name; p1 is another name for the translations."""


@accepts(shape=whole_numbers, group=require_text, periodic=require_truth)
def lattice(shape: Sequence[int], group: str = "translations", periodic: bool = True) -> PermutationGroup:
    """A symmetry group of a grid, on its points in row-major order.

    Args:
        shape: number of points along each axis; ``(3, 4)`` has 12 points, and point 4 is the first of the second row.
        group: ``translations`` (or ``p1``) in any dimension; ``dihedral`` of a chain, with reflections; on two axes
            ``p2`` with half turns, ``pmm`` with mirrors, and on squares ``p4`` with quarter turns and ``p4m`` with
            quarter turns and mirrors.
        periodic: whether the grid closes on itself; an open one keeps only the point symmetries about its middle.

    Returns:
        The group; on a grid of one or two points along an axis, some of its operations coincide.

    Raises:
        DimensionError: the shape is empty, the group is unknown or for another shape, or an open grid has no
            symmetry.
        LimitError: there are more points than a group may have.

    >>> lattice((5, 5), "p4m").order
    200
    >>> lattice((3,), "dihedral", periodic=False).generators
    ((2, 1, 0),)
    """
    if not shape or min(shape) < 1:
        raise DimensionError(f"the shape of a grid is a list of lengths such as [3, 4]; found {list(shape)}")
    require_degree(prod(shape))
    maps = _point_group(shape, group)
    if not periodic and not maps:
        raise DimensionError(f"an open grid has no translations; choose a group other than {group}")
    moves = [*_translations(shape)] if periodic else []
    moves += [_moved(shape, axis_map, periodic) for axis_map in maps]
    identity = tuple(range(prod(shape)))
    return PermutationGroup(len(identity), tuple(m for m in dict.fromkeys(moves) if m != identity))


def _point_group(shape: Sequence[int], group: str) -> tuple[AxisMap, ...]:
    if group not in LATTICE_GROUPS:
        known = ", ".join(LATTICE_GROUPS)
        raise DimensionError(f"unknown lattice group {group!r}; known: {known}")
    named = LATTICE_GROUPS[group]
    if named.num_axes not in (None, len(shape)):
        axes = "axis" if named.num_axes == 1 else "axes"
        raise DimensionError(f"{group} is a group of grids with {named.num_axes} {axes}; found {len(shape)}")
    maps = named.point_group(len(shape))
    if any(shape[a] != shape[b] for m in maps for a, b in enumerate(m.axes)):
        raise DimensionError(
            f"{group} turns rows into columns and needs a square grid; found {' x '.join(map(str, shape))}"
        )
    return maps


def _translations(shape: Sequence[int]) -> list[Images]:
    """One step along each axis."""
    return [
        _images(shape, lambda x, axis=axis: tuple(c + (a == axis) for a, c in enumerate(x)))  # type: ignore[misc]
        for axis in range(len(shape))
    ]


def _moved(shape: Sequence[int], axis_map: AxisMap, periodic: bool) -> Images:
    """The point symmetry about a grid point if the grid is periodic, else about the middle of the grid."""

    def image(x: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            x[axis] if sign == 1 else -x[axis] if periodic else shape[axis] - 1 - x[axis]
            for axis, sign in zip(axis_map.axes, axis_map.signs, strict=True)
        )

    return _images(shape, image)


def _images(shape: Sequence[int], move: Callable[[tuple[int, ...]], tuple[int, ...]]) -> Images:
    return tuple(_number(shape, move(x)) for x in product(*(range(length) for length in shape)))


def _number(shape: Sequence[int], x: Sequence[int]) -> int:
    number = 0
    for length, coordinate in zip(shape, x, strict=True):
        number = number * length + coordinate % length
    return number
