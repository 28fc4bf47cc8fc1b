r"""Qiskit's standard gates as Pauli rotations and fixed unitaries, global phases included.

Qubit q of a gate is qubit q here; words of Pauli letters begin with qubit 0.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from inspect import signature
from typing import TypeAlias

from qiskit.circuit.library import standard_gates as gates

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import FixedUnitary, Operation, PauliRotation
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, pauli_key

Rule: TypeAlias = Callable[..., tuple[Operation, ...]]
"""Takes the angles of a gate to its operations, in the order in which they act."""

_HALF = Fraction(1, 2)
_CX = "1/2 + 1/2*Z0 + 1/2*X1 - 1/2*Z0 X1"
_CX_REVERSED = "1/2 + 1/2*Z1 + 1/2*X0 - 1/2*X0 Z1"

_CONSTANT: dict[type, tuple[int, tuple[str, ...]]] = {
    gates.IGate: (1, ()),
    gates.XGate: (1, ("X0",)),
    gates.YGate: (1, ("Y0",)),
    gates.ZGate: (1, ("Z0",)),
    gates.HGate: (1, ("sqrt(2)/2*X0 + sqrt(2)/2*Z0",)),
    gates.SGate: (1, ("(1 + i)/2 + (1 - i)/2*Z0",)),
    gates.SdgGate: (1, ("(1 - i)/2 + (1 + i)/2*Z0",)),
    gates.TGate: (1, ("(1 + exp(i*pi/4))/2 + (1 - exp(i*pi/4))/2*Z0",)),
    gates.TdgGate: (1, ("(1 + exp(-i*pi/4))/2 + (1 - exp(-i*pi/4))/2*Z0",)),
    gates.SXGate: (1, ("(1 + i)/2 + (1 - i)/2*X0",)),
    gates.SXdgGate: (1, ("(1 - i)/2 + (1 + i)/2*X0",)),
    gates.SwapGate: (2, ("(1 + X0 X1 + Y0 Y1 + Z0 Z1)/2",)),
    gates.iSwapGate: (2, ("(1 + i*X0 X1 + i*Y0 Y1 + Z0 Z1)/2",)),
    gates.DCXGate: (2, (_CX, _CX_REVERSED)),
    gates.ECRGate: (2, ("sqrt(2)/2*X0 - sqrt(2)/2*Y0 X1",)),
}
"""Number of qubits of each gate, and its factors in the order in which they act."""


def rotation(word: str, angle: ExactAngle) -> PauliRotation:
    """Rotation about the string that has letter ``word[q]`` on qubit q."""
    return PauliRotation(pauli_key({q: name for q, name in enumerate(word) if name != "I"}), angle)


def phase(angle: ExactAngle) -> PauliRotation:
    r"""The global phase :math:`e^{i\,\mathrm{angle}}`."""
    return PauliRotation(IDENTITY, angle * -2)


def _u(theta: ExactAngle, phi: ExactAngle, lam: ExactAngle) -> tuple[Operation, ...]:
    outer = PauliRotation(IDENTITY, -(phi + lam))
    return outer, rotation("Z", lam), rotation("Y", theta), rotation("Z", phi)


def _u2(phi: ExactAngle, lam: ExactAngle) -> tuple[Operation, ...]:
    return _u(ExactAngle.of_pi(1) * _HALF, phi, lam)


def _p(lam: ExactAngle) -> tuple[Operation, ...]:
    return PauliRotation(IDENTITY, -lam), rotation("Z", lam)


def _r(theta: ExactAngle, phi: ExactAngle) -> tuple[Operation, ...]:
    return rotation("Z", -phi), rotation("X", theta), rotation("Z", phi)


def _xx_plus_yy(theta: ExactAngle, beta: ExactAngle) -> tuple[Operation, ...]:
    half = theta * _HALF
    return rotation("Z", beta), rotation("XX", half), rotation("YY", half), rotation("Z", -beta)


def _xx_minus_yy(theta: ExactAngle, beta: ExactAngle) -> tuple[Operation, ...]:
    half = theta * _HALF
    return rotation("IZ", -beta), rotation("XX", half), rotation("YY", -half), rotation("IZ", beta)


def _about(word: str) -> Rule:
    return lambda theta: (rotation(word, theta),)


_PARAMETRISED: dict[type, Rule] = {
    gates.RXGate: _about("X"),
    gates.RYGate: _about("Y"),
    gates.RZGate: _about("Z"),
    gates.RXXGate: _about("XX"),
    gates.RYYGate: _about("YY"),
    gates.RZZGate: _about("ZZ"),
    gates.RZXGate: _about("ZX"),
    gates.PhaseGate: _p,
    gates.U1Gate: _p,
    gates.U2Gate: _u2,
    gates.U3Gate: _u,
    gates.UGate: _u,
    gates.RGate: _r,
    gates.XXPlusYYGate: _xx_plus_yy,
    gates.XXMinusYYGate: _xx_minus_yy,
    gates.GlobalPhaseGate: lambda angle: (phase(angle),),
}


def standard_gate(kind: type, angles: Sequence[ExactAngle]) -> tuple[Operation, ...] | None:
    """Operations of a standard gate that is not a controlled one; ``None`` for any other class.

    >>> standard_gate(gates.RZZGate, [ExactAngle.parameter("w")])
    (PauliRotation(key=(0, 3), angle=w, origin=0),)
    """
    if kind in _CONSTANT:
        return _constant(kind)
    return _PARAMETRISED[kind](*angles) if kind in _PARAMETRISED else None


def is_standard(kind: type) -> bool:
    """Whether :func:`standard_gate` knows the class."""
    return kind in _CONSTANT or kind in _PARAMETRISED


@cache
def num_angles(kind: type) -> int:
    """How many angles :func:`standard_gate` takes for a class that it knows.

    >>> num_angles(gates.UGate), num_angles(gates.HGate)
    (3, 0)
    """
    return len(signature(_PARAMETRISED[kind]).parameters) if kind in _PARAMETRISED else 0


@cache
def _constant(kind: type) -> tuple[Operation, ...]:
    size, factors = _CONSTANT[kind]
    return tuple(FixedUnitary(PauliSum.parse(text, size)) for text in factors)
