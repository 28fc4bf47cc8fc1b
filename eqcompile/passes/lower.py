r"""Exact lowering of equivariant gates.

An orbit sum is never emitted as a flat sum of Pauli terms, which a synthesiser may reorder and so break the
symmetry. Its parts on disjoint qubits commute and are lowered one by one: a Heisenberg pair to three CX, a
commuting family of strings to a product, anything else on few qubits by diagonalisation.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise

from eqcompile.circuit.gates import EncodingGate, Gate
from eqcompile.errors import MethodError
from eqcompile.exact.components import components
from eqcompile.exact.pauli import IDENTITY, PauliKey, PauliSum, anticommute, letter, pauli_key, support_of
from eqcompile.exact.scalars import Real, Scalar, is_rational, real_part, to_fraction
from eqcompile.passes.primitives import (
    Angle,
    AxisRotation,
    ControlledX,
    FrameRotation,
    GlobalPhase,
    NormRotation,
    Primitive,
    SpectralGate,
)

MAX_DIAGONALISED_QUBITS = 6
"""A dense eigenbasis on more qubits would compile to thousands of CX."""


def lower(gate: Gate) -> Iterator[Primitive]:
    """Primitive gates whose product is the gate, global phase included, in the order in which they act.

    Raises:
        MethodError: a generator acts on too many qubits without splitting into commuting parts.

    >>> from eqcompile.circuit.gates import EvolutionGate
    >>> gate = EvolutionGate(PauliSum.parse("H(0,1)", 2), "w")
    >>> sum(isinstance(p, ControlledX) for p in lower(gate))
    3
    """
    if isinstance(gate, EncodingGate):
        yield from _encoding(gate)
        return
    identity = gate.generator.coefficient(IDENTITY)
    if identity:
        yield GlobalPhase(Angle(gate.parameter, -_exact(identity)))
    for part in components(gate.generator):
        yield from _part(part, gate.parameter)


def _encoding(gate: EncodingGate) -> Iterator[Primitive]:
    """Turn the vector's direction onto x, rotate by its length, turn back; X on the parity qubit adds two CX."""
    yield FrameRotation(gate.site, gate.qubit, inverse=True)
    if gate.parity is None:
        yield NormRotation(gate.site, gate.qubit, gate.scale)
    else:
        yield ControlledX(gate.qubit, gate.parity)
        yield NormRotation(gate.site, gate.qubit, gate.scale)
        yield ControlledX(gate.qubit, gate.parity)
    yield FrameRotation(gate.site, gate.qubit, inverse=False)


def _part(part: PauliSum, parameter: str) -> Iterator[Primitive]:
    if (strength := heisenberg_strength(part)) is not None:
        yield from _heisenberg(part.support, strength, parameter)
    elif not any(anticommute(a, b) for a, b in combinations(part.terms, 2)):
        for key, value in sorted(part.terms.items()):
            yield from _pauli_rotation(key, Angle(parameter, 2 * _exact(value)))
    elif len(part.support) <= MAX_DIAGONALISED_QUBITS:
        yield SpectralGate(part, parameter)
    else:
        raise MethodError(
            f"no exact circuit for a generator on {len(part.support)} qubits whose terms do not commute; "
            f"the limit is {MAX_DIAGONALISED_QUBITS} qubits"
        )


def heisenberg_strength(part: PauliSum) -> Fraction | Real | None:
    """The factor c if the operator is c H(i,j), else ``None``.

    >>> heisenberg_strength(PauliSum.parse("1/2*H(0,2)", 3))
    Fraction(1, 2)
    """
    if len(part.support) != 2 or len(part) != 3:
        return None
    i, j = part.support
    values = {part.coefficient(pauli_key({i: name, j: name})) for name in "XYZ"}
    if len(values) != 1 or not (value := values.pop()):
        return None
    return _exact(value)


def _exact(value: Scalar) -> Fraction | Real:
    """A real coefficient, as a fraction where it is rational."""
    number = real_part(value)
    return to_fraction(number) if is_rational(number) else number


def _heisenberg(pair: tuple[int, ...], strength: Fraction | Real, parameter: str) -> Iterator[Primitive]:
    r"""Three CX for :math:`e^{-i\theta c\,\sigma\cdot\sigma}`.

    References:
        Vatan and Williams, Phys. Rev. A 69, 032315 (2004), Fig. 6, with all three angles equal.
    """
    i, j = pair
    half = Fraction(1, 2)
    positive = Angle(parameter, 2 * strength, half)
    negative = Angle(parameter, -2 * strength, -half)
    yield AxisRotation("z", j, Angle(None, Fraction(0), -half))
    yield ControlledX(j, i)
    yield AxisRotation("z", i, positive)
    yield AxisRotation("y", j, negative)
    yield ControlledX(i, j)
    yield AxisRotation("y", j, positive)
    yield ControlledX(j, i)
    yield AxisRotation("z", i, Angle(None, Fraction(0), half))
    yield GlobalPhase(Angle(None, Fraction(0), Fraction(1, 4)))


def _pauli_rotation(key: PauliKey, angle: Angle) -> Iterator[Primitive]:
    """exp(-i angle P / 2) by a ladder of CX between basis changes."""
    qubits = support_of(key)
    if len(qubits) == 1:
        yield AxisRotation(letter(key, qubits[0]).lower(), qubits[0], angle)
        return
    yield from _basis_change(key, qubits, sign=1)
    ladder = list(pairwise(qubits))
    yield from (ControlledX(a, b) for a, b in ladder)
    yield AxisRotation("z", qubits[-1], angle)
    yield from (ControlledX(a, b) for a, b in reversed(ladder))
    yield from _basis_change(key, qubits, sign=-1)


def _basis_change(key: PauliKey, qubits: tuple[int, ...], sign: int) -> Iterator[Primitive]:
    """Turn X and Y onto Z (sign 1) or back (sign -1)."""
    quarter = Fraction(sign, 2)
    for qubit in qubits:
        if letter(key, qubit) == "X":
            yield AxisRotation("y", qubit, Angle(None, Fraction(0), -quarter))
        elif letter(key, qubit) == "Y":
            yield AxisRotation("x", qubit, Angle(None, Fraction(0), quarter))
