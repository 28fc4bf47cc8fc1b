r"""Rotations and reflections of space as unit quaternions with a sign, exact.

A unit quaternion :math:`w + x i + y j + z k` is the spin matrix :math:`w - i (x X + y Y + z Z)` and covers a rotation
twice: q and -q turn space alike. Every orthogonal matrix is a rotation, or a rotation times the inversion.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.cyclotomic import RealCyclotomic
from eqcompile.exact.arithmetic.scalars import (
    Real,
    RealLike,
    cosine,
    is_rational,
    rational,
    real,
    sine,
    square_root,
    to_fraction,
)
from eqcompile.exact.arithmetic.symbolic import matrix_of

if TYPE_CHECKING:
    import sympy

Vector: TypeAlias = tuple[Real, Real, Real]
Matrix: TypeAlias = tuple[tuple[Real, ...], ...]
"""A 3 x 3 matrix with exact entries, row by row."""

X_AXIS: Vector = (rational(1), rational(0), rational(0))
Y_AXIS: Vector = (rational(0), rational(1), rational(0))
Z_AXIS: Vector = (rational(0), rational(0), rational(1))

IDENTITY_MATRIX: Matrix = (X_AXIS, Y_AXIS, Z_AXIS)
INVERSION_MATRIX: Matrix = tuple(tuple(-value for value in row) for row in IDENTITY_MATRIX)


@dataclass(frozen=True)
class Quaternion:
    """A unit quaternion; its four components are exact real numbers."""

    w: Real
    x: Real
    y: Real
    z: Real

    def __mul__(self, other: "Quaternion") -> "Quaternion":
        """The rotation ``other`` first, then this one."""
        a, b = self, other
        return Quaternion(
            a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
            a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
            a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
            a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
        )

    def __neg__(self) -> "Quaternion":
        return Quaternion(-self.w, -self.x, -self.y, -self.z)

    @property
    def inverse(self) -> "Quaternion":
        """The conjugate: the same axis, the opposite angle."""
        return Quaternion(self.w, -self.x, -self.y, -self.z)

    @property
    def vector(self) -> Vector:
        """The axis, times the sine of half the angle."""
        return self.x, self.y, self.z

    @property
    def matrix(self) -> Matrix:
        r"""The right-handed rotation :math:`(w^2 - v^2) 1 + 2 v v^T + 2 w [v]_\times`."""
        w, (x, y, z) = self.w, self.vector
        return (
            (w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)),
            (2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)),
            (2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z),
        )


ONE_QUATERNION = Quaternion(rational(1), rational(0), rational(0), rational(0))


@dataclass(frozen=True)
class Orthogonal:
    """An element of the double cover of O(3): a spin rotation, with or without the inversion.

    >>> mirror([0, 0, 1]).matrix
    ((1, 0, 0), (0, 1, 0), (0, 0, -1))
    """

    turn: Quaternion
    improper: bool = False

    def __mul__(self, other: "Orthogonal") -> "Orthogonal":
        """The element ``other`` first, then this one; the inversion commutes with everything."""
        return Orthogonal(self.turn * other.turn, self.improper != other.improper)

    @property
    def inverse(self) -> "Orthogonal":
        """The inverse element."""
        return Orthogonal(self.turn.inverse, self.improper)

    @property
    def bar(self) -> "Orthogonal":
        """The same motion of space with the other spin matrix: a full turn more."""
        return Orthogonal(-self.turn, self.improper)

    @property
    def matrix(self) -> Matrix:
        """The orthogonal matrix."""
        rotation = self.turn.matrix
        return tuple(tuple(-v for v in row) for row in rotation) if self.improper else rotation

    def to_sympy(self) -> "sympy.Matrix":
        """The orthogonal matrix in SymPy, shape ``(3, 3)``."""
        return matrix_of(
            3, 3, {(i, j): v for i, row in enumerate(self.matrix) for j, v in enumerate(row) if v}
        )


def rotation(axis: Sequence[RealLike], turns: Fraction) -> Orthogonal:
    """The right-handed rotation about an axis of any length, by an angle in full turns.

    Raises:
        DimensionError: the axis is zero, or its length squared is irrational.

    >>> rotation([0, 0, 1], Fraction(1, 2)).matrix
    ((-1, 0, 0), (0, -1, 0), (0, 0, 1))
    """
    half = turns / 2
    factor = sine(half) / length(axis)
    x, y, z = (factor * real(component) for component in axis)
    return Orthogonal(Quaternion(cosine(half), x, y, z))


def mirror(normal: Sequence[RealLike]) -> Orthogonal:
    """The reflection in the plane through the origin: half a turn about the normal, times the inversion."""
    return Orthogonal(rotation(normal, Fraction(1, 2)).turn, improper=True)


def irrational_turn(axis: Sequence[RealLike]) -> Orthogonal:
    r"""A rotation of infinite order about an axis; its powers are dense in the rotations about it.

    The square of :math:`w + v`, divided by :math:`w^2 + v^2`, is a unit quaternion and needs no square root. Twice the
    cosine of a rational multiple of pi is an algebraic integer (Niven); w is chosen so that here it is not one, and
    larger than v, so the angle is below pi.

    Raises:
        DimensionError: the axis is zero.

    >>> irrational_turn([0, 0, 1]).matrix
    ((-7/25, -24/25, 0), (24/25, -7/25, 0), (0, 0, 1))
    """
    square = _square_of(axis)
    for w in count(2):
        norm = w * w + square
        half = (w * w - square) / norm
        if w * w > square and not _is_algebraic_integer(4 * half * half - 2):
            break
    return Orthogonal(Quaternion(half, *(2 * w * real(component) / norm for component in axis)))


def _is_algebraic_integer(value: Real) -> bool:
    """Whether a number is an algebraic integer: in a cyclotomic field, an integer combination of roots of unity."""
    coefficients = value.polynomial.coeffs() if isinstance(value, RealCyclotomic) else [value]
    return all(to_fraction(coefficient).denominator == 1 for coefficient in coefficients)


def _square_of(axis: Sequence[RealLike]) -> Real:
    square = sum((real(component) * real(component) for component in axis), start=rational(0))
    if not square:
        raise DimensionError("an axis of length zero has no direction; give at least one component")
    return square


def length(axis: Sequence[RealLike]) -> Real:
    """Length of a vector.

    Raises:
        DimensionError: the length is zero, or its square is irrational.
    """
    square = _square_of(axis)
    if not is_rational(square):
        raise DimensionError("an axis needs a rational squared length; choose rational components")
    return square_root(square)


def spun(axis: Sequence[RealLike]) -> Quaternion:
    """A quaternion, not normalised, that turns the z axis onto the given one along the shortest way.

    Conjugation by it needs no normalisation: :func:`seen_from` divides by its square.
    """
    x, y, z = (real(component) for component in axis)
    size = length(axis)
    if not x and not y and z < 0:
        return Quaternion(rational(0), rational(1), rational(0), rational(0))
    return Quaternion(size + z, -y, x, rational(0))


def seen_from(frame: Quaternion, element: Orthogonal) -> Orthogonal:
    """The element, with its axes turned along by the frame's rotation."""
    square = frame.w * frame.w + sum((c * c for c in frame.vector), start=rational(0))
    factor = 1 / square  # inverted in its own small field, not in that of the product
    product = frame * element.turn * frame.inverse
    return Orthogonal(
        Quaternion(product.w * factor, product.x * factor, product.y * factor, product.z * factor),
        element.improper,
    )
