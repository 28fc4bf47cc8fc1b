r"""Motions of space as texts: a rotation about an axis by Rodrigues' formula, its spin matrix, the inversion.

A motion turns by :math:`2\pi t` about the unit vector n, optionally followed by :math:`x \to -x`. On vectors it
is :math:`\pm(\cos 2\pi t + (1 - \cos 2\pi t)\, n n^T + \sin 2\pi t\, [n]_\times)`, on every qubit
:math:`\cos \pi t - i \sin \pi t\; n \cdot \sigma`: a spin does not see the inversion.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.files.exact_text import cosine, sine, square_root
from eqcompile.recheck.files.rational import factor, rational_of, simple
from eqcompile.recheck.files.unread import UnreadError

Vector: TypeAlias = tuple[str, str, str]
Rows: TypeAlias = list[list[str]]

X, Y, Z = ("1", "0", "0"), ("0", "1", "0"), ("0", "0", "1")
MAX_FOLD = 360
"""Largest n of a point group such as C_n in a spec. Beyond it, refused: the product does not read a larger one either;
use U(1)."""

_SYMBOL = re.compile(r"([CDSTOI])_?([0-9]{1,4}|s|i)?([hvd])?")


@dataclass(frozen=True)
class Motion:
    """A rotation by a number of full turns about a unit vector, with or without the inversion.

    Attributes:
        name: name in words.
        axis: a vector of length one.
        turns: angle divided by 2 pi; zero for the identity.
        improper: whether the inversion follows.
    """

    name: str
    axis: Vector
    turns: Fraction
    improper: bool = False

    def matrix(self) -> Rows:
        """The matrix that multiplies the vectors."""
        sign = "-" if self.improper else ""
        c, s = factor(cosine(2 * self.turns).text), factor(sine(2 * self.turns).text)
        n = [factor(component) for component in self.axis]
        cross = (("0", f"-{n[2]}", n[1]), (n[2], "0", f"-{n[0]}"), (f"-{n[1]}", n[0], "0"))
        return [
            [
                simple(f"{sign}((1 - {c})*{n[i]}*{n[j]} + {s}*({cross[i][j]}){f' + {c}' if i == j else ''})")
                for j in range(3)
            ]
            for i in range(3)
        ]

    def on_qubit(self, qubit: int) -> str:
        """The spin matrix on one qubit."""
        c, s = cosine(self.turns).text, factor(sine(self.turns).text)
        terms = [
            f"{factor(n)}*{p}{qubit}" for n, p in zip(self.axis, "XYZ", strict=True) if rational_of(n) != 0
        ]
        return f"{c} - i*{s}*({' + '.join(terms)})"


def unit_vector(components: Sequence[str]) -> Vector:
    """The direction of a vector.

    Raises:
        UnreadError: the vector is zero, or its squared length is irrational.

    >>> unit_vector(("1", "1", "0"))
    ('(1)*(1/2*sqrt(2))', '(1)*(1/2*sqrt(2))', '0')
    """
    if len(components) != 3:
        raise UnreadError(f"an axis of {len(components)} components")
    square = rational_of(" + ".join(f"({c})*({c})" for c in components))
    if square is None or square <= 0:
        raise UnreadError("an axis that is zero or has an irrational squared length")
    inverse = square_root(1 / square).text
    x, y, z = (simple(f"({c})*{inverse}") for c in components)
    return x, y, z


def group_motions(symbol: str, axis: Vector) -> list[Motion]:
    """Generators of a point group by its Schoenflies symbol, about a unit vector as main axis.

    With z as main axis, C_nv has a mirror that contains x, and D_n has a twofold axis along x. T and O have their
    twofold and fourfold axes along x, y and z. So has I, whose fivefold axes are (1, phi, 0) and what follows from it.

    Raises:
        UnreadError: the symbol is unknown, or n is beyond 360.
    """
    match = _SYMBOL.fullmatch(symbol) if symbol.isascii() else None
    if match is None:
        raise UnreadError(f"the point group {quoted(symbol)}")
    letter, number, suffix = match[1], match[2] or "", match[3] or ""
    fold = int(number) if number.isdigit() else 0
    if fold > MAX_FOLD or (number.isdigit() and not fold):
        raise UnreadError(f"the point group {quoted(symbol)}")
    motions = _named(letter, number, suffix, fold)
    if motions is None:
        raise UnreadError(f"the point group {quoted(symbol)}")
    return [_tilted(motion, axis) for motion in motions]


def turn(axis: Vector, turns: Fraction, name: str) -> Motion:
    """A rotation."""
    return Motion(name, axis, turns)


def mirror(normal: Vector, name: str) -> Motion:
    """The reflection in the plane of a normal: half a turn about the normal, and the inversion."""
    return Motion(name, normal, Fraction(1, 2), improper=True)


def _named(letter: str, number: str, suffix: str, fold: int) -> list[Motion] | None:
    half, third = Fraction(1, 2), Fraction(1, 3)
    inversion = Motion("inversion", Z, Fraction(0), improper=True)
    two_x, two_z = turn(X, half, "half a turn about x"), turn(Z, half, "half a turn about z")
    three = turn(unit_vector(("1", "1", "1")), third, "a third of a turn about (1, 1, 1)")
    if letter in "TOI":
        first = {
            "T": two_z,
            "O": turn(Z, Fraction(1, 4), "a quarter of a turn about z"),
            "I": turn(_fivefold_axis(), Fraction(1, 5), "a fifth of a turn"),
        }[letter]
        if number:
            return None
        if suffix == "d" and letter == "T":
            return [_rotoreflection(4), three]
        return {"": [first, three], "h": [first, three, inversion]}.get(suffix)
    if letter == "C" and number in ("s", "i"):
        return None if suffix else [mirror(Z, "mirror z")] if number == "s" else [inversion]
    if not fold:
        return None
    main = turn(Z, Fraction(1, fold), f"1/{fold} of a turn about the axis")
    if letter == "S":
        return [_rotoreflection(fold)] if not suffix and fold % 2 == 0 else None
    if letter == "C":
        return {"": [main], "v": [main, mirror(Y, "mirror y")], "h": [main, mirror(Z, "mirror z")]}.get(
            suffix
        )
    if letter == "D":
        flat = [main, two_x, mirror(Z, "mirror z")]
        return {"": [main, two_x], "h": flat, "d": [_rotoreflection(2 * fold), two_x]}.get(suffix)
    return None


def _rotoreflection(fold: int) -> Motion:
    """A rotation about z and the mirror z: half a turn more, and the inversion."""
    return Motion(
        f"rotation-reflection of order {fold}", Z, Fraction(1, fold) + Fraction(1, 2), improper=True
    )


def _fivefold_axis() -> Vector:
    """(1, phi, 0) divided by its length: the sine and cosine of half the angle whose cosine is 1/sqrt(5)."""
    golden = "(1/2 + 1/2*sqrt(5))"
    # 1 + phi^2 = 2 + phi is irrational; its root is twice the cosine of pi/10, by which both components are divided.
    length = "(2*cos(1/10*pi))"
    return f"1/{length}", f"{golden}/{length}", "0"


def _tilted(motion: Motion, axis: Vector) -> Motion:
    r"""The motion with z turned onto the main axis along the shortest way, about :math:`w = z \times n`.

    :math:`S a = a + w \times a + w \times (w \times a) / (1 + n_z)`; onto -z it is half a turn about x.
    """
    if [rational_of(c) for c in axis] == [0, 0, 1]:
        return motion
    a = [factor(c) for c in motion.axis]
    if rational_of(axis[2]) == -1:
        return Motion(motion.name, (a[0], f"-{a[1]}", f"-{a[2]}"), motion.turns, motion.improper)
    w = (f"-{factor(axis[1])}", factor(axis[0]), "0")
    once = _cross(w, a)
    twice = _cross(w, once)
    x, y, z = (
        simple(f"{p} + {q} + {r}/(1 + {factor(axis[2])})") for p, q, r in zip(a, once, twice, strict=True)
    )
    return Motion(motion.name, (x, y, z), motion.turns, motion.improper)


def _cross(a: Sequence[str], b: Sequence[str]) -> list[str]:
    pairs = ((1, 2), (2, 0), (0, 1))
    return [factor(f"({a[i]})*({b[j]}) - ({a[j]})*({b[i]})") for i, j in pairs]
