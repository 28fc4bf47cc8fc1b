"""Disguises: other circuits for the same unitary, up to a phase. Right and wrong circuits alike wear them."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TypeAlias

from campaign.catalogue import Entry
from campaign.right import fixed_angle, random_fraction
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, Operation, PauliRotation, VectorRotation, undone
from eqcompile.exact.arithmetic.scalars import ONE
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute, pauli_key
from eqcompile.symmetry.maps import QubitPermutation

Disguise: TypeAlias = Callable[[Circuit, Entry, Random], Circuit]

_CLIFFORDS = (
    "sqrt(2)/2*X{0} + sqrt(2)/2*Z{0}",
    "(1 + i)/2 + (1 - i)/2*Z{0}",
    "1/2 + 1/2*Z{0} + 1/2*X{1} - 1/2*Z{0} X{1}",
    "(1 + X{0} X{1} + Y{0} Y{1} + Z{0} Z{1})/2",
)
"""H, S, CX, SWAP."""


def none(circuit: Circuit, entry: Entry, source: Random) -> Circuit:
    """The circuit as it is."""
    return circuit


def reordered(circuit: Circuit, entry: Entry, source: Random) -> Circuit:
    """Neighbours that commute change places."""
    operations = list(circuit.operations)
    for _ in range(3 * len(operations)):
        place = source.randrange(max(1, len(operations) - 1))
        pair = operations[place : place + 2]
        if len(pair) == 2 and commute(*pair):
            operations[place : place + 2] = reversed(pair)
    return replace(circuit, operations=tuple(operations))


def renamed(circuit: Circuit, entry: Entry, source: Random) -> Circuit:
    """Trainable parameters get other names, become multiples or sums of two, or are shifted."""
    images = {}
    for name in circuit.parameters:
        if name.startswith("p"):
            image = ExactAngle.parameter(f"{source.choice('stuv')}_{name}") * random_fraction(source)
            if source.random() < 0.3:
                image = image + ExactAngle.parameter("common") * random_fraction(source)
            images[name] = image
    return circuit.substituted(images)


def shifted(circuit: Circuit, entry: Entry, source: Random) -> Circuit:
    """Angles are shifted by multiples of two pi: the unitary is the same up to a sign."""
    return _each(
        circuit, source, lambda o, s: [replace(o, angle=o.angle + ExactAngle.of_pi(2 * s.randrange(-3, 4)))]
    )


def split(circuit: Circuit, entry: Entry, source: Random) -> Circuit:
    """An angle a becomes (a - b) and b, where b is another parameter, a part of a, or a fixed angle."""

    def cut(operation: PauliRotation, source: Random) -> list[Operation]:
        b = source.choice((ExactAngle.parameter("b"), operation.angle * Fraction(1, 3), fixed_angle(source)))
        return [replace(operation, angle=operation.angle - b), replace(operation, angle=b)]

    return _each(circuit, source, cut)


def padded(circuit: Circuit, entry: Entry, source: Random) -> Circuit:
    """Pairs of a gate and its inverse are inserted, sometimes around an operation that commutes with them."""
    operations = list(circuit.operations)
    for _ in range(source.randrange(1, 4)):
        place = source.randrange(len(operations) + 1)
        gate = _random_gate(circuit.num_qubits, source)
        inside = operations[place : place + 1]
        kept = inside if inside and commute(gate, inside[0]) else []
        operations[place : place + len(kept)] = [gate, *kept, gate.inverse()]
    return replace(circuit, operations=tuple(operations))


def framed(circuit: Circuit, entry: Entry, source: Random) -> Circuit:
    """A rotation becomes another rotation between a Clifford gate and its inverse."""

    def frame(operation: PauliRotation, source: Random) -> list[Operation]:
        gate = _clifford(circuit.num_qubits, source)
        string = PauliSum(circuit.num_qubits, {operation.key: ONE})
        image = gate.operator * string * gate.operator.adjoint()
        ((key, value),) = image.terms.items()
        moved = replace(operation, key=key, angle=operation.angle if value == ONE else -operation.angle)
        return [
            replace(gate, origin=operation.origin),
            moved,
            replace(gate.inverse(), origin=operation.origin),
        ]

    return _each(circuit, source, frame)


def conjugated(circuit: Circuit, entry: Entry, source: Random) -> Circuit:
    """R U R^-1 for a generator R of the group that leaves the data alone: the same unitary if the circuit is right.

    A wrong circuit becomes another wrong one: U commutes with the group exactly when its conjugate does.
    """
    if entry.encode:
        return padded(circuit, entry, source)
    finite = [*entry.group.finite_generators, *(lie.quarter_turn() for lie in entry.group.lie_generators)]
    element = source.choice(finite).on_qubits
    if isinstance(element, QubitPermutation):
        return circuit.relabelled(element.images)
    unitaries = element.unitaries(circuit.num_qubits)
    assert unitaries is not None
    gates: list[Operation] = [FixedUnitary(unitary) for unitary in unitaries]
    return replace(circuit, operations=(*undone(gates), *circuit.operations, *gates))


DISGUISES: dict[str, Disguise] = {
    "none": none,
    "reordered": reordered,
    "re-parametrised": renamed,
    "shifted by 2 pi": shifted,
    "angles split": split,
    "V V^-1 inserted": padded,
    "gates framed": framed,
    "conjugated by the group": conjugated,
}


def disguised(circuit: Circuit, entry: Entry, source: Random) -> tuple[Circuit, str]:
    """The circuit in one to three disguises, one on top of the other."""
    names = source.choices(list(DISGUISES), k=source.choice((1, 1, 1, 2, 2, 3)))
    for name in names:
        circuit = DISGUISES[name](circuit, entry, source)
    worn = dict.fromkeys(name for name in names if name != "none")
    return circuit, " + ".join(worn) or "none"


def commute(first: Operation, second: Operation) -> bool:
    """Whether two operations certainly commute; ``False`` does not mean that they do not."""
    if not set(first.support) & set(second.support):
        return True
    ops = [operator_of(first), operator_of(second)]
    return all(not anticommute(a, b) for a in ops[0] for b in ops[1])


def operator_of(operation: Operation) -> list[PauliKey]:
    """The Pauli strings in an operation."""
    if isinstance(operation, PauliRotation):
        return [operation.key]
    if isinstance(operation, FixedUnitary):
        return list(operation.operator)
    assert isinstance(operation, VectorRotation)
    return [operation.string(axis) for axis in range(3)]


def _each(
    circuit: Circuit, source: Random, change: Callable[[PauliRotation, Random], list[Operation]]
) -> Circuit:
    """Replace about every second rotation."""
    out: list[Operation] = []
    for operation in circuit.operations:
        if isinstance(operation, PauliRotation) and operation.support and source.random() < 0.5:
            out += change(operation, source)
        else:
            out.append(operation)
    return replace(circuit, operations=tuple(out))


def _random_gate(num_qubits: int, source: Random) -> Operation:
    if source.random() < 0.4:
        return _clifford(num_qubits, source)
    angle = source.choice((ExactAngle.parameter("b"), ExactAngle.parameter("p0"), fixed_angle(source)))
    return PauliRotation(random_key(num_qubits, source), angle)


def random_key(num_qubits: int, source: Random) -> PauliKey:
    """A Pauli string on one or two qubits."""
    qubits = source.sample(range(num_qubits), source.choice((1, 2)))
    return pauli_key({q: source.choice("XYZ") for q in qubits})


def _clifford(num_qubits: int, source: Random) -> FixedUnitary:
    text = source.choice(_CLIFFORDS).format(*source.sample(range(num_qubits), 2))
    return FixedUnitary(PauliSum.parse(text, num_qubits))
