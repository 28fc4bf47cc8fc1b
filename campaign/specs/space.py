"""Motions of space according to docs/spec.md: textbook generators of every group, on spins and as 3 x 3 matrices."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

import numpy as np

from campaign.specs.text import LETTERS, ONE, Array, number

X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
DIAGONAL = (1.0, 1.0, 1.0)
GOLDEN = (0.0, 1.0, (1 + sqrt(5)) / 2)

Axis = Sequence[float]


@dataclass(frozen=True)
class Motion:
    """A right-handed turn about an axis, in full turns, combined with x -> -x if it is improper."""

    axis: tuple[float, float, float]
    turns: float
    improper: bool = False

    @property
    def spin(self) -> Array:
        """exp(-i phi/2 n.sigma): the inversion does nothing to a spin."""
        x, y, z = unit(self.axis)
        dot = x * LETTERS["X"] + y * LETTERS["Y"] + z * LETTERS["Z"]
        return np.asarray(cos(pi * self.turns) * ONE - 1j * sin(pi * self.turns) * dot)

    @property
    def matrix(self) -> Array:
        """The matrix on vectors, by Rodrigues' formula."""
        turn = rotation_matrix(self.axis, 2 * pi * self.turns)
        return -turn if self.improper else turn


def unit(axis: Axis) -> Array:
    """The axis, scaled to length one."""
    vector = np.array(axis, dtype=float)
    return np.asarray(vector / np.sqrt(vector @ vector))


def cross_matrix(axis: Axis) -> Array:
    """The matrix of the cross product with a vector: the rate of change of a right-handed turn about it."""
    x, y, z = axis
    return np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])


def rotation_matrix(axis: Axis, angle: float) -> Array:
    """The matrix of a rotation, by Rodrigues' formula."""
    cross = cross_matrix(unit(axis))
    return np.asarray(np.eye(3) + sin(angle) * cross + (1 - cos(angle)) * (cross @ cross))


def read_axis(axis: object) -> tuple[float, float, float]:
    """An axis from x, y, z or three components; z by default.

    Raises:
        ValueError: the axis has another form.
    """
    if axis is None or isinstance(axis, str):
        return {"x": X, "y": Y, "z": Z, None: Z}[axis]
    if not isinstance(axis, list) or len(axis) != 3:
        raise ValueError(f"{axis} is not an axis")
    x, y, z = (number(component).real for component in axis)
    return x, y, z


def framed(motions: Sequence[Motion], axis: Axis) -> list[Motion]:
    """The group, turned so that its z axis lies along the given one, by the shortest path; onto -z about x."""
    target = unit(axis)
    across = np.cross(Z, target)
    if np.allclose(across, 0):
        turn = np.eye(3) if target[2] > 0 else rotation_matrix(X, pi)
    else:
        turn = rotation_matrix(across.tolist(), float(np.arccos(np.clip(target[2], -1, 1))))
    out = []
    for motion in motions:
        x, y, z = turn @ np.array(motion.axis)
        out.append(Motion((float(x), float(y), float(z)), motion.turns, motion.improper))
    return out


INVERSION = Motion(Z, 0, True)


def reflection(normal: tuple[float, float, float]) -> Motion:
    """Half a turn about the normal, combined with the inversion."""
    return Motion(normal, 1 / 2, True)


def rotary_reflection(order: int) -> Motion:
    """A turn about z by a full turn over ``order``, and the reflection in the plane normal to z."""
    return Motion(Z, 1 / order + 1 / 2, True)


_T = [Motion(Z, 1 / 2), Motion(X, 1 / 2), Motion(DIAGONAL, 1 / 3)]
_O = [Motion(Z, 1 / 4), Motion(X, 1 / 4)]
_I = [Motion(GOLDEN, 1 / 5), Motion(Z, 1 / 2), Motion(DIAGONAL, 1 / 3)]
FIXED: dict[str, list[Motion]] = {
    "Cs": [reflection(Z)],
    "Ci": [INVERSION],
    "T": _T,
    "Th": [*_T, INVERSION],
    "Td": [*_T, reflection((1.0, -1.0, 0.0))],
    "O": _O,
    "Oh": [*_O, INVERSION],
    "I": _I,
    "Ih": [*_I, INVERSION],
}
FAMILIES: dict[str, Callable[[int], list[Motion]]] = {
    "C": lambda n: [Motion(Z, 1 / n)],
    "Cv": lambda n: [Motion(Z, 1 / n), reflection(Y)],
    "Ch": lambda n: [Motion(Z, 1 / n), reflection(Z)],
    "D": lambda n: [Motion(Z, 1 / n), Motion(X, 1 / 2)],
    "Dh": lambda n: [Motion(Z, 1 / n), Motion(X, 1 / 2), reflection(Z)],
    "Dd": lambda n: [Motion(Z, 1 / n), Motion(X, 1 / 2), rotary_reflection(2 * n)],
    "S": lambda n: [rotary_reflection(n)],
}
"""Generators, with the main axis along z, a mirror of C_nv that contains x, and a twofold axis of D_n, D_nh and D_nd
along x."""


def motions_of(symbol: str) -> list[Motion]:
    """Generators of a point group about z, by its Schoenflies symbol.

    Raises:
        ValueError: the symbol is unknown.
    """
    plain = symbol.replace("_", "")
    if plain in FIXED:
        return FIXED[plain]
    match = re.fullmatch(r"([CDS])(\d+)([hvd]?)", plain)
    if match is None or match[1] + match[3] not in FAMILIES:
        raise ValueError(f"unknown group {symbol}")
    return FAMILIES[match[1] + match[3]](int(match[2]))
