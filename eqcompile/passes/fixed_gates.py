"""Gates by fixed exact angles, and phases of single basis states, of which exactly solvable sums are made."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from eqcompile.circuit.angles import ExactAngle
from eqcompile.exact.scalars import Real, real
from eqcompile.passes.primitives import Angle, AxisRotation, ControlledX, GlobalPhase, Primitive

Number: TypeAlias = Fraction | Real


@dataclass(frozen=True)
class FixedRotation:
    r"""The rotation :math:`\begin{pmatrix}\cos\beta & -\sin\beta\\ \sin\beta & \cos\beta\end{pmatrix}` about y.

    Attributes:
        qubit: that turns.
        cosine: :math:`\cos\beta`, exact; the angle is no fraction of a turn.
        sine: :math:`\sin\beta`, exact.
    """

    qubit: int
    cosine: Real
    sine: Real


@dataclass(frozen=True)
class ControlledReflection:
    r"""The reflection :math:`\begin{pmatrix}c & s\\ s & -c\end{pmatrix}` where the control is one; it costs one CX.

    Attributes:
        control: the controlling qubit.
        target: the reflected qubit.
        cosine: c, exact.
        sine: s, exact.
    """

    control: int
    target: int
    cosine: Real
    sine: Real


FixedGate: TypeAlias = Primitive | FixedRotation | ControlledReflection


def times(number: Number, factor: Fraction | int) -> Number:
    """The product; a number that is rational stays a fraction."""
    return number * Fraction(factor) if isinstance(number, Fraction) else number * real(Fraction(factor))


def y_turn(qubit: int, pi_multiple: Fraction) -> AxisRotation:
    """A rotation about y by a fraction of pi."""
    return AxisRotation("y", qubit, Angle.of_pi(pi_multiple))


def linear(axis: str, qubit: int, angle: ExactAngle, factor: Number) -> AxisRotation:
    """A rotation by ``factor * angle``."""
    return AxisRotation(axis, qubit, Angle(angle, factor))


def phase(angle: ExactAngle, factor: Number) -> GlobalPhase:
    """A global phase by ``factor * angle``."""
    return GlobalPhase(Angle(angle, factor))


def bell_labels(a: int, b: int) -> Iterator[FixedGate]:
    """The four Bell states to basis states; the singlet goes to ``11``."""
    yield ControlledX(a, b)
    yield y_turn(a, Fraction(-1, 2))


def controlled_reflection(control: int, target: int, axis: Fraction) -> Iterator[FixedGate]:
    r"""The reflection :math:`R_y(\mu) Z R_y(-\mu)` where the control is one; mu is ``axis * pi``."""
    yield y_turn(target, Fraction(1, 2) - axis)
    yield ControlledX(control, target)
    yield y_turn(target, axis - Fraction(1, 2))


def corner_phase(a: int, b: int, angle: ExactAngle, strength: Number, ones: bool) -> Iterator[FixedGate]:
    r""":math:`e^{i\theta\,\mathrm{strength}}` on :math:`|11\rangle`, or on :math:`|00\rangle`; two CX."""
    half = Fraction(1, 2)
    yield phase(angle, times(strength, Fraction(1, 4)))
    yield linear("z", a, angle, times(strength, half if ones else -half))
    yield linear("z", b, angle, times(strength, half if ones else -half))
    yield ControlledX(a, b)
    yield linear("z", b, angle, times(strength, -half))
    yield ControlledX(a, b)


def inverse(gate: FixedGate) -> FixedGate:
    """The inverse of a gate without parameters."""
    if isinstance(gate, FixedRotation):
        return FixedRotation(gate.qubit, gate.cosine, -gate.sine)
    if isinstance(gate, AxisRotation):
        return y_turn(gate.qubit, -gate.angle.pi_multiple)
    return gate
