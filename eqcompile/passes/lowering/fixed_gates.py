"""Gates with fixed exact angles, and phases of single basis states, from which exactly solvable sums are made."""

from collections.abc import Iterator
from fractions import Fraction
from typing import TypeAlias

from eqcompile.circuits.angle import ExactAngle
from eqcompile.exact.arithmetic.scalars import Real, real, square_root
from eqcompile.passes.lowering.primitives import (
    Angle,
    AxisRotation,
    ControlledX,
    FixedRotation,
    GlobalPhase,
    Primitive,
)

Number: TypeAlias = Fraction | Real

COSINE, SINE = square_root(Fraction(2, 3)), square_root(Fraction(1, 3))
r"""Cosine and sine of the one fixed angle that is not a fraction of a turn: half of :math:`\arccos(1/3)`."""


def times(number: Number, factor: Fraction | int) -> Number:
    """The product; a rational number stays a fraction."""
    return number * Fraction(factor) if isinstance(number, Fraction) else number * real(Fraction(factor))


def plus(number: Number, other: Number) -> Number:
    """The sum; the sum of two fractions is a fraction."""
    if isinstance(number, Fraction) and isinstance(other, Fraction):
        return number + other
    return real(number) + real(other)


def y_turn(qubit: int, pi_multiple: Fraction) -> AxisRotation:
    """A rotation about y by a fraction of pi."""
    return AxisRotation("y", qubit, Angle.of_pi(pi_multiple))


def z_turn(qubit: int, pi_multiple: Fraction) -> AxisRotation:
    """A rotation about z by a fraction of pi."""
    return AxisRotation("z", qubit, Angle.of_pi(pi_multiple))


def linear(axis: str, qubit: int, angle: ExactAngle, factor: Number) -> AxisRotation:
    """A rotation by ``factor * angle``."""
    return AxisRotation(axis, qubit, Angle(angle, factor))


def phase(angle: ExactAngle, factor: Number) -> GlobalPhase:
    """A global phase by ``factor * angle``."""
    return GlobalPhase(Angle(angle, factor))


def bell_labels(a: int, b: int) -> Iterator[Primitive]:
    """Take the four Bell states to basis states; the singlet goes to ``11``."""
    yield ControlledX(a, b)
    yield y_turn(a, Fraction(-1, 2))


def controlled_reflection(control: int, target: int, axis: Fraction) -> Iterator[Primitive]:
    r"""The reflection :math:`R_y(\mu) Z R_y(-\mu)` where the control is one; mu is ``axis * pi``."""
    yield y_turn(target, Fraction(1, 2) - axis)
    yield ControlledX(control, target)
    yield y_turn(target, axis - Fraction(1, 2))


def tilted_reflection(control: int, target: int) -> Iterator[Primitive]:
    r"""The reflection :math:`\sqrt{2/3}\, Z + \sqrt{1/3}\, X` of the target where the control is one; one CX.

    A turn about y would take X to that axis, but half its angle has nested roots. Three turns avoid them: by pi/3 about
    z, by :math:`\arccos(1/3)` about x and by -pi/6 about z. Half of each has simple roots.
    """
    third, sixth, half = Fraction(1, 3), Fraction(1, 6), Fraction(1, 2)
    turn: list[Primitive] = [
        z_turn(target, third + half),
        FixedRotation(target, COSINE, SINE),
        z_turn(target, -sixth - half),
    ]
    yield from map(inverse, reversed(turn))
    yield ControlledX(control, target)
    yield from turn


def corner_phase(a: int, b: int, angle: ExactAngle, strength: Number, ones: bool) -> Iterator[Primitive]:
    r""":math:`e^{i\theta\,\mathrm{strength}}` on :math:`|11\rangle`, or on :math:`|00\rangle`; two CX."""
    half = Fraction(1, 2)
    yield phase(angle, times(strength, Fraction(1, 4)))
    yield linear("z", a, angle, times(strength, half if ones else -half))
    yield linear("z", b, angle, times(strength, half if ones else -half))
    yield ControlledX(a, b)
    yield linear("z", b, angle, times(strength, -half))
    yield ControlledX(a, b)


def inverse(gate: Primitive) -> Primitive:
    """The inverse of a gate without parameters."""
    if isinstance(gate, FixedRotation):
        return FixedRotation(gate.qubit, gate.cosine, -gate.sine)
    if isinstance(gate, AxisRotation):
        return AxisRotation(gate.axis, gate.qubit, -gate.angle)
    return gate
