"""Primitive gates with exact angles: what a back end has to know how to emit."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from eqcompile.circuits.angle import ExactAngle
from eqcompile.exact.arithmetic.scalars import Real
from eqcompile.exact.operators.pauli import PauliSum


@dataclass(frozen=True)
class Angle:
    """``factor * base + pi_multiple * pi``; the factor may be irrational."""

    base: ExactAngle
    factor: Fraction | Real = Fraction(1)
    pi_multiple: Fraction = Fraction(0)

    @classmethod
    def of_pi(cls, multiple: Fraction) -> "Angle":
        """A constant, in units of pi."""
        return cls(ExactAngle(), Fraction(0), multiple)

    def shifted(self, pi_multiple: Fraction) -> "Angle":
        """The angle plus a multiple of pi."""
        return Angle(self.base, self.factor, self.pi_multiple + pi_multiple)

    def __neg__(self) -> "Angle":
        return Angle(self.base, -self.factor, -self.pi_multiple)


@dataclass(frozen=True)
class AxisRotation:
    r""":math:`e^{-i\,\mathrm{angle}\,\sigma/2}` about ``x``, ``y`` or ``z``."""

    axis: str
    qubit: int
    angle: Angle


@dataclass(frozen=True)
class ControlledX:
    """CX."""

    control: int
    target: int


@dataclass(frozen=True)
class GlobalPhase:
    r""":math:`e^{i\,\mathrm{angle}}`."""

    angle: Angle


@dataclass(frozen=True)
class FixedRotation:
    r"""The rotation :math:`\begin{pmatrix}\cos\beta & -\sin\beta\\ \sin\beta & \cos\beta\end{pmatrix}` about y.

    Attributes:
        qubit: the qubit that turns.
        cosine: :math:`\cos\beta`, exact; the angle is not a fraction of a turn.
        sine: :math:`\sin\beta`, exact.
    """

    qubit: int
    cosine: Real
    sine: Real


@dataclass(frozen=True)
class FrameRotation:
    """The rotation that takes the x axis to the direction of a site's vector, or its inverse."""

    site: int
    qubit: int
    inverse: bool


@dataclass(frozen=True)
class NormRotation:
    r""":math:`e^{-i \alpha |x| X}` with the length of a site's vector."""

    site: int
    qubit: int
    scale: str


@dataclass(frozen=True)
class SpectralGate:
    """``exp(-i angle G)`` on the support of G, to be emitted by exact diagonalisation."""

    generator: PauliSum
    angle: ExactAngle


Primitive: TypeAlias = (
    AxisRotation | FixedRotation | ControlledX | GlobalPhase | FrameRotation | NormRotation | SpectralGate
)
