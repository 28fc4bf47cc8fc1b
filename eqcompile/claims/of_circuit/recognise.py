r"""Find vector encodings in a circuit that takes the spherical angles of each site.

Our own circuits turn the direction of a vector onto an axis, rotate by its length, and turn back. Under a rotation of
space these angles do not change polynomially, but the whole is :math:`e^{-i\,\mathrm{turn}/2\; n \cdot \sigma}`. So
pieces that hold all angles of one site are compared with that, exactly, and replaced by it.
"""

from collections.abc import Sequence
from dataclasses import replace

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import OpaqueGate, Operation, PauliRotation, VectorRotation
from eqcompile.claims.field.simulator import FieldPoint, Simulator
from eqcompile.claims.of_circuit.motion import all_powers
from eqcompile.exact.operators.strings import IDENTITY, pauli_key

MAX_PIECE = 60
"""Operations of one encoding of a vector that is recognised in a foreign circuit; our own have about ten. Beyond it,
weaker: its angles are independent parameters."""


def with_vectors(circuit: Circuit, site_names: Sequence[str], seed: str) -> Circuit:
    """The circuit with its vector encodings recognised as such.

    Args:
        circuit: an exact circuit.
        site_names: names of the sites; site H1 has the angles ``H1_azimuth``, ``H1_elevation`` and ``H1_turn``.
        seed: seed for the random point at which pieces are compared.

    Returns:
        The same circuit where it has no such angles, or where a piece is something else.
    """
    operations = list(circuit.operations)
    for site, name in enumerate(site_names):
        operations = _replaced(operations, site, angle_names(name), seed)
    return replace(circuit, operations=tuple(operations))


def leftover_angles(circuit: Circuit, site_names: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Sites and their directions that still stand outside of vector encodings; rotations move them in no known way."""
    known = set(circuit.parameters)
    return tuple(
        (site, angle)
        for site, name in enumerate(site_names)
        for angle in angle_names(name)[:2]
        if angle in known
    )


def _replaced(
    operations: list[Operation], site: int, names: tuple[str, str, str], seed: str
) -> list[Operation]:
    out: list[Operation] = []
    place = 0
    while place < len(operations):
        found = _piece(operations, place, names)
        vector = [] if found is None else _as_vector(found[0], site, names, seed)
        if found is None or not vector:
            out.append(operations[place])
            place += 1
        else:
            _, others, place = found
            out += [*vector, *others]
    return out


def _piece(
    operations: Sequence[Operation], start: int, names: tuple[str, str, str]
) -> tuple[list[Operation], list[Operation], int] | None:
    """Operations from one that holds the azimuth to the next that does, on one qubit and its parity qubit.

    Operations in between that touch neither are set aside; they commute with the piece.
    """
    first = operations[start]
    azimuth = names[0]
    if not isinstance(first, PauliRotation) or azimuth not in first.parameters or len(first.support) != 1:
        return None
    piece: list[Operation] = [first]
    others: list[Operation] = []
    touched = set(first.support)
    for end in range(start + 1, min(start + MAX_PIECE, len(operations))):
        operation = operations[end]
        support = set(operation.support)
        if first.support[0] not in support:
            # It would have to be carried across a gate of the piece on the same qubit.
            if support & touched:
                return None
            others.append(operation)
            continue
        if isinstance(operation, OpaqueGate) or not _may_belong(operation, names):
            return None
        # What was set aside goes behind the whole piece, which is allowed only past gates on other qubits.
        if any(set(o.support) & support for o in others):
            return None
        piece.append(operation)
        touched |= support
        if azimuth in operation.parameters:
            return (piece, others, end + 1) if len(touched) <= 2 else None
    return None


def _may_belong(operation: Operation, names: tuple[str, str, str]) -> bool:
    """Whether it holds only angles of the site, is fixed, or turns by the length, perhaps with factors of its own."""
    return operation.parameters <= set(names) or (
        names[2] in operation.parameters and not operation.parameters & set(names[:2])
    )


def _turn(piece: Sequence[Operation], names: tuple[str, str, str]) -> ExactAngle | None:
    """The one angle in the piece that depends on the length, and not on the direction."""
    turns = {o.angle for o in piece if isinstance(o, PauliRotation) and names[2] in o.parameters}
    return turns.pop() if len(turns) == 1 and not any(t.parameters & set(names[:2]) for t in turns) else None


def _as_vector(
    piece: Sequence[Operation], site: int, names: tuple[str, str, str], seed: str
) -> list[Operation]:
    """The vector rotation that the piece equals, and a power of i as a phase; nothing if it equals none."""
    qubit = piece[0].support[0]
    others = sorted({q for operation in piece for q in operation.support} - {qubit})
    parity = others[0] if others else None
    turn = _turn(piece, names)
    if turn is None:
        return []
    candidate = VectorRotation(site, qubit, parity, turn, origin=piece[0].origin)
    number = {qubit: 0} | ({} if parity is None else {parity: 1})
    local = [operation.relabelled(number, len(number)) for operation in piece]
    point = FieldPoint([*local, all_powers(names)], (), seed)
    simulator = Simulator(point, len(number))
    vector = point.random_vector(len(number))
    direction = point.spherical(*names[:2])
    unit, inverse = point.exponential(turn)
    p = point.field.p
    # The gate is cos a - i P sin a, with the involution P = n.sigma at a random direction n. Equal images of a random
    # vector mean equal operators, but for the error probability of the field.
    cosine, sine = (unit + inverse) * point.half % p, (unit - inverse) * point.half % p
    wanted = [cosine * value % p for value in vector]
    for axis, component in enumerate(direction):
        letters = {0: "XYZ"[axis]} | ({} if parity is None else {1: "X"})
        term = simulator.string(pauli_key(letters), sine * component % p, vector)
        wanted = [(a + b) % p for a, b in zip(wanted, term, strict=True)]
    # A product of rotations may equal the gate up to a power of i only, which is kept as a phase of its own.
    found = simulator.run(local, vector)
    for quarters in range(4):
        phase = PauliRotation(IDENTITY, ExactAngle.of_pi(quarters), candidate.origin)
        if simulator.apply(phase, wanted) == found:
            return [candidate, phase] if quarters else [candidate]
    return []
