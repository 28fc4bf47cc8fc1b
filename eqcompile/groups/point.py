"""Point groups by Schoenflies symbol: generators, elements, order; single and double groups."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from eqcompile.arguments import accepts, found, require_text
from eqcompile.budgets import check
from eqcompile.errors import ArgumentError, DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import RealLike, rational, real, square_root
from eqcompile.groups.rotation import (
    ONE_QUATERNION,
    X_AXIS,
    Y_AXIS,
    Z_AXIS,
    Matrix,
    Orthogonal,
    Quaternion,
    Vector,
    mirror,
    rotation,
    seen_from,
    spun,
)

MAX_ORDER = 1440
"""Elements of a point group; D_360h has this many. Beyond it, refused: use U(1): no molecule can tell the two apart."""

MAX_AXIS_ORDER = 360
"""Largest n of a point group such as C_n. Beyond it, refused: use U(1)."""

DIAGONAL: Vector = (rational(1), rational(1), rational(1))
INVERSION = Orthogonal(ONE_QUATERNION, improper=True)

_SYMBOL = re.compile(r"([CDSTOI])_?(\d{1,4}|s|i)?([hvd])?")
KNOWN = ("C_1", "C_s", "C_i", "C_n", "C_nv", "C_nh", "D_n", "D_nh", "D_nd", "S_2n", "T", "T_h", "T_d", "O", "O_h",
         "I", "I_h")  # fmt: skip


@dataclass(frozen=True)
class PointGroup:
    """A finite group of rotations and reflections about a point, given by generators in the double cover of O(3).

    Attributes:
        name: Schoenflies symbol, such as ``C_3v``.
        generators: elements that generate it.
        axis: the main axis that it was built about, or the normal of a mirror; ``None`` for a group given by
            generators.

    >>> point_group("Td").order, point_group("I_h").order, point_group("D3h").order
    (24, 120, 12)
    """

    name: str
    generators: tuple[Orthogonal, ...]
    axis: Vector | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        require_text("name", self.name)
        if not isinstance(self.generators, tuple) or not all(
            isinstance(g, Orthogonal) for g in self.generators
        ):
            raise ArgumentError(
                f"generators: a tuple of elements of O(3) is needed; eq.point_group makes a group of its symbol; found "
                f"{found(self.generators)}"
            )
        if self.axis is not None:
            _vector(self.axis)

    @cached_property
    def elements(self) -> tuple[Orthogonal, ...]:
        """One spin rotation for each motion of space, the identity first.

        Raises:
            LimitError: there are more than ``MAX_ORDER``.
        """
        found: dict[Matrix, Orthogonal] = {}
        frontier = [Orthogonal(ONE_QUATERNION)]
        for element in frontier:  # grows while it is walked
            check()
            if element.matrix not in found:
                found[element.matrix] = element
                frontier += [generator * element for generator in self.generators]
                if len(found) > MAX_ORDER:
                    raise LimitError(f"{self.name} has more than {MAX_ORDER} elements, which is the limit")
        return tuple(found.values())

    @property
    def order(self) -> int:
        """Number of motions of space; the double group has twice as many."""
        return len(self.elements)

    @property
    def is_proper(self) -> bool:
        """Whether it has only rotations."""
        return not any(generator.improper for generator in self.generators)


@accepts(symbol=require_text)
def point_group(symbol: str, axis: Sequence[RealLike] = Z_AXIS) -> PointGroup:
    """A point group by its Schoenflies symbol.

    The main axis is z. Of the groups with vertical mirrors or twofold axes, C_nv has one mirror that contains x, and
    D_n, D_nh and D_nd have x as one twofold axis. Cubic groups have their fourfold or twofold axes along x, y and z;
    icosahedral groups have twofold axes there.

    Args:
        symbol: the symbol, such as ``C3v``, ``C_3v``, ``D_6h``, ``Td``, ``S4``.
        axis: main axis, if not z; the group is turned there along the shortest way.

    Raises:
        DimensionError: the symbol is unknown, or the axis has no direction.
        LimitError: n is beyond ``MAX_AXIS_ORDER``.
    """
    name, generators = _generators(symbol)
    if (towards := _vector(axis)) == Z_AXIS:
        return PointGroup(name, generators, towards)
    frame = spun(axis)
    return PointGroup(name, tuple(seen_from(frame, generator) for generator in generators), towards)


def _vector(axis: Sequence[RealLike]) -> Vector:
    components = axis if isinstance(axis, tuple | list) else ()
    try:
        x, y, z = (real(component) for component in components)
    except (TypeError, ValueError):
        raise DimensionError(
            f"an axis has three exact components, such as (1, 1, 0); found {found(axis)}"
        ) from None
    return x, y, z


def _generators(symbol: str) -> tuple[str, tuple[Orthogonal, ...]]:
    match = _SYMBOL.fullmatch(symbol)
    family, number, suffix = match.groups() if match else ("", None, None)
    key = (family, number or "", suffix or "")
    if key in _SPECIAL:
        return family + (f"_{key[1]}{key[2]}" if key[1] or key[2] else ""), _SPECIAL[key]()
    if number is None or not number.isdigit() or (family, suffix or "") not in _AXIAL:
        raise DimensionError(f"unknown point group {symbol!r}; known: {', '.join(KNOWN)}")
    n = int(number)
    if not 1 <= n <= MAX_AXIS_ORDER:
        raise LimitError(f"the axis of {symbol} is {n}-fold; the limit is 1 to {MAX_AXIS_ORDER}")
    if family == "S" and n % 2:
        raise DimensionError(f"S_n needs an even n; for S_{n} write C_{n}h")
    return f"{family}_{n}{suffix or ''}", _AXIAL[family, suffix or ""](n)


def _turn(n: int) -> Orthogonal:
    return rotation(Z_AXIS, Fraction(1, n))


def _turn_reflection(n: int) -> Orthogonal:
    return mirror(Z_AXIS) * _turn(n)


def _golden() -> Orthogonal:
    """A fifth of a turn of the icosahedron whose twofold axes are x, y, z: an icosian."""
    phi = (1 + square_root(5)) / 2
    half = rational(1) / 2
    return Orthogonal(Quaternion(phi / 2, (phi - 1) / 2, half, rational(0)))


_TWO_X = rotation(X_AXIS, Fraction(1, 2))
_TWO_Z = rotation(Z_AXIS, Fraction(1, 2))
_THREE = rotation(DIAGONAL, Fraction(1, 3))

_AXIAL: dict[tuple[str, str], Callable[[int], tuple[Orthogonal, ...]]] = {
    ("C", ""): lambda n: (_turn(n),),
    ("C", "v"): lambda n: (_turn(n), mirror(Y_AXIS)),
    ("C", "h"): lambda n: (_turn(n), mirror(Z_AXIS)),
    ("D", ""): lambda n: (_turn(n), _TWO_X),
    ("D", "h"): lambda n: (_turn(n), _TWO_X, mirror(Z_AXIS)),
    ("D", "d"): lambda n: (_turn_reflection(2 * n), _TWO_X),
    ("S", ""): lambda n: (_turn_reflection(n),),
}

_SPECIAL: dict[tuple[str, str, str], Callable[[], tuple[Orthogonal, ...]]] = {
    ("C", "s", ""): lambda: (mirror(Z_AXIS),),
    ("C", "i", ""): lambda: (INVERSION,),
    ("T", "", ""): lambda: (_TWO_Z, _THREE),
    ("T", "", "h"): lambda: (_TWO_Z, _THREE, INVERSION),
    ("T", "", "d"): lambda: (_turn_reflection(4), _THREE),
    ("O", "", ""): lambda: (_turn(4), _THREE),
    ("O", "", "h"): lambda: (_turn(4), _THREE, INVERSION),
    ("I", "", ""): lambda: (_golden(), _THREE),
    ("I", "", "h"): lambda: (_golden(), _THREE, INVERSION),
}
