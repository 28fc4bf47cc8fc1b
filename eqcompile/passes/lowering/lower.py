r"""Exact lowering of equivariant gates.

An orbit sum is never emitted as a flat sum of Pauli terms, which a synthesiser may reorder and so break the
symmetry. Its parts on disjoint qubits commute and are lowered one by one: an exchange on a pair to two or three CX, a
commuting family of strings to a product, anything else on few qubits by diagonalisation.
"""

from collections.abc import Iterator
from fractions import Fraction
from functools import singledispatch
from itertools import combinations, pairwise

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import Evolve, Operation, PauliRotation, Singlet, Swapped, VectorRotation
from eqcompile.errors import MethodError
from eqcompile.exact.arithmetic.scalars import Real
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey, anticommute, letter, pauli_key, support_of
from eqcompile.groups.rotation import IDENTITY_MATRIX
from eqcompile.passes.lowering.pairs import exact_factor, exchange, is_exchange, string_and_swap, swap
from eqcompile.passes.lowering.primitives import (
    Angle,
    AxisRotation,
    ControlledX,
    FrameRotation,
    GlobalPhase,
    NormRotation,
    Primitive,
    SpectralGate,
)
from eqcompile.passes.lowering.solvable import lower_solvable, tapered

MAX_DIAGONALISED_QUBITS = 6
"""Qubits of a gate whose strings do not commute and that is compiled exactly, through its eigenbasis; on more it
would take thousands of CX. Beyond it, refused: split the generator, or take a product formula with `--trotter`."""


@singledispatch
def lower(operation: Operation) -> Iterator[Primitive]:
    """Primitive gates whose product is the gate, global phase included, in the order in which they act.

    Raises:
        MethodError: a generator acts on too many qubits without splitting into commuting parts, or the operation is a
            fixed unitary or an opaque gate of a circuit that was read.

    >>> gate = Evolve.by(PauliSum.parse("H(0,1)", 2), "w")
    >>> sum(isinstance(p, ControlledX) for p in lower(gate))
    3
    """
    raise MethodError(
        f"{operation} has no lowering to primitive gates; emit the circuit that it was read from"
    )


@lower.register
def _(operation: VectorRotation) -> Iterator[Primitive]:
    """Turn the vector's direction onto x, rotate by its length, turn back; X on the parity qubit adds two CX."""
    yield FrameRotation(operation.site, operation.qubit, inverse=True)
    if operation.parity is None:
        yield _turn(operation)
    else:
        yield ControlledX(operation.qubit, operation.parity)
        yield _turn(operation)
        yield ControlledX(operation.qubit, operation.parity)
    yield FrameRotation(operation.site, operation.qubit, inverse=False)


def _turn(gate: VectorRotation) -> Primitive:
    """The turn about x: by 2 alpha |x| in a model, or by the exact turn in a circuit that was read."""
    if gate.matrix != IDENTITY_MATRIX:
        raise MethodError(
            f"{gate} turns about the image of a vector, which has no lowering to primitive gates"
        )
    if gate.has_scale:
        return NormRotation(gate.site, gate.qubit, gate.scale)
    return AxisRotation("x", gate.qubit, Angle(gate.turn))


@lower.register
def _(operation: PauliRotation) -> Iterator[Primitive]:
    if operation.key == IDENTITY:
        yield GlobalPhase(Angle(operation.angle, Fraction(-1, 2)))
    else:
        yield from _pauli_rotation(operation.key, Angle(operation.angle))


@lower.register
def _(operation: Evolve) -> Iterator[Primitive]:
    identity = operation.generator.coefficient(IDENTITY)
    if identity:
        yield GlobalPhase(Angle(operation.angle, -exact_factor(identity)))
    for part in components(operation.generator):
        yield from _part(part, operation.angle)


@lower.register
def _(operation: Singlet) -> Iterator[Primitive]:
    """Both to one, the first to |->, then a CX: |01> - |10>."""
    i, j = operation.qubits
    yield from (AxisRotation("x", q, Angle.of_pi(Fraction(1))) for q in (i, j))
    yield AxisRotation("y", i, Angle.of_pi(Fraction(1, 2)))
    yield ControlledX(i, j)


@lower.register
def _(operation: Swapped) -> Iterator[Primitive]:
    """The gate and the exchange behind it, together where that is cheaper."""
    gate, (i, j) = operation.gate, operation.qubits
    if isinstance(gate, Singlet):
        yield from lower(Singlet(gate.second, gate.first))
    elif isinstance(gate, VectorRotation):
        yield from _encoding_and_swap(gate, i if j == gate.qubit else j)
    elif isinstance(gate, Evolve) and is_exchange(gate.generator):
        yield from exchange(gate.generator, gate.angle, swap=True)
    elif isinstance(gate, Evolve) and len(gate.generator) == 1 and len(gate.qubits) == 2:
        ((key, value),) = gate.generator.terms.items()
        yield from string_and_swap(key, (i, j), Angle(gate.angle, 2 * exact_factor(value)))
    elif isinstance(gate, PauliRotation) and len(gate.qubits) == 2:
        yield from string_and_swap(gate.key, (i, j), Angle(gate.angle))
    else:
        if gate is not None:
            yield from lower(gate)
        yield from swap(i, j)


def _encoding_and_swap(gate: VectorRotation, other: int) -> Iterator[Primitive]:
    yield FrameRotation(gate.site, gate.qubit, inverse=True)
    if gate.parity is None:
        yield _turn(gate)
        yield from swap(gate.qubit, other)
    else:
        yield ControlledX(gate.qubit, gate.parity)
        yield _turn(gate)
        yield from (ControlledX(gate.parity, gate.qubit), ControlledX(gate.qubit, gate.parity))
    yield FrameRotation(gate.site, other, inverse=False)


def _part(part: PauliSum, angle: ExactAngle) -> Iterator[Primitive]:
    if is_exchange(part):
        yield from exchange(part, angle)
    elif not any(anticommute(a, b) for a, b in combinations(part.terms, 2)):
        for key, value in sorted(part.terms.items()):
            yield from _pauli_rotation(key, Angle(angle, 2 * exact_factor(value)))
    elif (solvable := lower_solvable(part, angle)) is not None:
        yield from solvable
    elif len(part.support) > MAX_DIAGONALISED_QUBITS:
        raise MethodError(
            f"no exact circuit for a generator on {len(part.support)} qubits whose terms do not commute; "
            f"the limit is {MAX_DIAGONALISED_QUBITS} qubits: "
            "choose a product formula, --trotter ORDER,STEPS or trotter=(order, steps)"
        )
    elif (smaller := tapered(part)) is not None:
        yield from smaller.frame
        yield from lower(Evolve(smaller.operator, angle))
        yield from reversed(smaller.frame)
    else:
        yield SpectralGate(part, angle)


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
    return exact_factor(value)


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
            yield AxisRotation("y", qubit, Angle.of_pi(-quarter))
        elif letter(key, qubit) == "Y":
            yield AxisRotation("x", qubit, Angle.of_pi(quarter))
