"""A circuit file as the operations of a certificate: every gate read by the table, or by its own definition."""

import warnings
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from eqcompile.errors import quoted
from eqcompile.recheck.algebra.angles import Angle
from eqcompile.recheck.files.circuit.circuit_file import MALFORMED, CircuitFile, load_circuit
from eqcompile.recheck.files.circuit.exact_entries import operator_of_matrix, simple_cosine
from eqcompile.recheck.files.circuit.expressions import ExpressionReader
from eqcompile.recheck.files.circuit.gates import (
    CONSTANT,
    PARAMETRISED,
    ZERO_ANGLE,
    Fixed,
    Operation,
    Rotation,
    about,
    controlled,
    inverse,
    moved,
    phase,
)
from eqcompile.recheck.files.circuit.placement import kept_qubits, support, undone
from eqcompile.recheck.files.unread import UnreadError

Plain: TypeAlias = dict[str, Any]
Coordinates: TypeAlias = Mapping[str, tuple[int, int]]
"""Parameters that are coordinates, each with site and axis."""

MAX_OPERATIONS = 200_000
"""Operations of a circuit, and instructions visited on the way. Counting both refuses doubling definitions in time.
Beyond it, refused: verify and recheck a part of the circuit, or recheck without `--circuit`."""

MAX_LEVELS = 50
"""Composite gates within composite gates. Beyond it, refused: open them with `circuit.decompose()`, or recheck
without `--circuit`."""

MAX_POWER = 10_000
"""Exponent of a gate under `pow`. Beyond it, refused: write the gate with a larger angle, or recheck without
`--circuit`."""

MAX_RADIANS_DENOMINATOR = 1000
"""Denominator of a rounded angle that counts as a simple fraction of radians. Beyond it, weaker: the angle is tried
first as one with a simple cosine; otherwise it is an independent number."""

MAX_COMPARED_QUBITS = 9
"""Qubits of a controlled gate whose definition is compared with its base gate. Beyond it, weaker: the gate is read by
its definition."""

MAX_COMPARED_INSTRUCTIONS = 2000
"""Instructions of a controlled gate's definition, all gates opened, that are compared with its base gate. Beyond it,
weaker: the gate is read by its definition."""

CLOSE = 1e-7


@dataclass(frozen=True)
class CircuitReading:
    """What a circuit file says.

    Attributes:
        num_qubits: number of qubits, ancillas included.
        num_ancillas: how many of the last qubits are ancillas, which start in zero.
        operations: the operations, in the form of a certificate.
        data: coordinates that the circuit takes as they are: name, site, axis.
        vectors: sites whose coordinates it takes all together, as one vector.
        parameters: names of all parameters.
        notes: how rounded numbers were read.
    """

    num_qubits: int
    num_ancillas: int
    operations: list[list[Any]]
    data: list[list[Any]]
    vectors: frozenset[str]
    parameters: frozenset[str]
    notes: tuple[str, ...]


def read_circuit(
    path: Path,
    sites: Sequence[str],
    coordinates: Coordinates | None = None,
    needed: Sequence[str] = (),
    register: int | None = None,
) -> CircuitReading:
    """The circuit in a file.

    Args:
        path: the file: OpenQASM 2 or 3, or QPY.
        sites: names of the vectors.
        coordinates: parameters that are coordinates of the vectors, each with site and axis; none by default.
        needed: coordinates that the circuit must have.
        register: number of qubits that it should have; idle ones after them are left out. By default all are kept.

    Raises:
        EqcompileError: the file cannot be read.
        UnreadError: a gate or an angle has no exact form here.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # definitions of old gates use deprecated code
        return _reading(load_circuit(path), sites, coordinates or {}, needed, register)


def _reading(
    file: CircuitFile,
    sites: Sequence[str],
    coordinates: Coordinates,
    needed: Sequence[str],
    register: int | None,
) -> CircuitReading:
    circuit = file.circuit
    names = {parameter.name for parameter in circuit.parameters}
    for name in needed:
        if name not in names:
            raise UnreadError(f"a coordinate {quoted(name)}, which the circuit does not have,")
    vectors = _vectors(sites, coordinates, names)
    while True:
        reading = _Reader(circuit, vectors)
        operations = reading.operations()
        left = {name for o in operations if isinstance(o, Rotation) for name in o.angle.names}
        # In a circuit that took a vector both by its angles and by its coordinates, these would be two inputs.
        kept = {site: pair for site, pair in vectors.items() if not left & {*pair[0]}}
        if kept == vectors:
            break
        vectors = kept
    operations, size, ancillas, placed = _on_own_qubits(file, operations, register)
    explained = [new for old in operations for new in _with_simple_cosine(old)]
    data = [[name, *coordinates[name]] for name in sorted(coordinates.keys() & left)]
    notes = tuple(f"read by the recheck: {text}" for text in (*reading.notes(), *placed))
    plain = [_plain(operation, size) for operation in explained]
    return CircuitReading(size, ancillas, plain, data, frozenset(vectors), frozenset(left), notes)


def _vectors(
    sites: Sequence[str], coordinates: Coordinates, names: set[str]
) -> dict[str, tuple[tuple[str, str, str], tuple[str, str, str]]]:
    """Sites all of whose coordinates are parameters, with names for their angles that are not parameters."""
    out = {}
    place = {index: name for name, index in coordinates.items()}
    if len(place) != len(coordinates):
        raise UnreadError("two parameters for one coordinate")
    for k, site in enumerate(sites):
        own = [place.get((k, axis)) for axis in range(3)]
        angles = (f"{site}_azimuth", f"{site}_elevation", f"{site}_turn")
        if own[0] in names and own[1] in names and own[2] in names and not names & {*angles}:
            x, y, z = (str(name) for name in own)
            out[site] = (x, y, z), angles
    return out


class _Reader:
    """Reads one circuit, counting what it visits."""

    def __init__(
        self, circuit: Any, vectors: Mapping[str, tuple[tuple[str, str, str], tuple[str, str, str]]]
    ) -> None:
        self._circuit, self._vectors = circuit, vectors
        self._angles = ExpressionReader(vectors)
        self._visited = 0

    def operations(self) -> list[Operation]:
        """Operations of the whole circuit, on its own qubits; measurements at its end are left out."""
        return self._of(self._circuit, 0, _without_final_measurements(self._circuit))

    def notes(self) -> list[str]:
        """What was taken for exact."""
        found = list(self._angles.floats.notes)
        if sites := sorted(self._angles.met):
            found.append(
                f"azimuth, elevation and length of {', '.join(sites)}, by the expressions for positions"
            )
        return found

    def _of(self, circuit: Any, level: int, instructions: Sequence[Any]) -> list[Operation]:
        if level > MAX_LEVELS:
            raise UnreadError(f"gates within gates, deeper than {MAX_LEVELS} levels,")
        out: list[Operation] = []
        for item in instructions:
            self._visited += 1
            qubits = [circuit.find_bit(qubit).index for qubit in item.qubits]
            out += [moved(o, qubits) for o in self._read(item.operation, level)]
            if self._visited + len(out) > MAX_OPERATIONS:
                raise UnreadError(f"a circuit of more than {MAX_OPERATIONS} operations")
        angle = self._angles.angle(circuit.global_phase)
        return out if angle == ZERO_ANGLE else [*out, phase(angle)]

    def _read(self, operation: Any, level: int) -> list[Operation]:
        from qiskit.circuit import AnnotatedOperation, Barrier, ControlledGate, Delay, Instruction
        from qiskit.circuit.library import CUGate, RVGate, UnitaryGate

        if isinstance(operation, Barrier | Delay):
            return []
        if isinstance(operation, AnnotatedOperation):
            return self._annotated(operation, level)
        if not isinstance(operation, Instruction):
            raise UnreadError(f"the operation {quoted(operation.name)}")
        # The class decides, never the name: a user-defined gate may be called x and be anything.
        kind = operation.base_class
        if kind.__module__.startswith("qiskit.circuit.library.standard_gates."):
            if kind.__name__ in CONSTANT:
                return CONSTANT[kind.__name__]
            if kind.__name__ in PARAMETRISED:
                return PARAMETRISED[kind.__name__]([self._angles.angle(value) for value in operation.params])
            if kind is CUGate:
                # The fourth angle is a phase behind the control, which the base gate does not have.
                *turns, gamma = (self._angles.angle(value) for value in operation.params)
                return controlled([*PARAMETRISED["UGate"](turns), phase(gamma)], 1, operation.ctrl_state, 1)
        if isinstance(operation, ControlledGate) and _is_plainly_controlled(operation):
            base = operation.base_gate
            inside = self._read(base, level + 1)
            return controlled(inside, operation.num_ctrl_qubits, operation.ctrl_state, base.num_qubits)
        if isinstance(operation, UnitaryGate):
            # A text has a conjugate only in a field, so the adjoint is read from the numbers as well.
            rows = operation.params[0].tolist()
            text = operator_of_matrix(rows)
            return [
                Fixed(text, operator_of_matrix([[v.conjugate() for v in c] for c in zip(*rows, strict=True)]))
            ]
        if kind is RVGate and (found := self._vector(operation)) is not None:
            return found
        # With numbers an rv gate has a definition; with parameters Qiskit writes none.
        if kind is RVGate and operation.is_parameterized():
            names = ", ".join("_".join((site, axis)) for site in list(self._vectors)[:1] for axis in "xyz")
            like = f", which are called like {names}" if names else ""
            raise UnreadError(f"an rv of other parameters than the coordinates of a site{like},")
        return self._by_definition(operation, level)

    def _by_definition(self, operation: Any, level: int) -> list[Operation]:
        from qiskit.circuit import ControlFlowOp, Measure, Reset, Store
        from qiskit.exceptions import QiskitError

        if isinstance(operation, ControlFlowOp | Measure | Reset | Store):
            raise UnreadError(f"the operation {quoted(operation.name)}, which is not unitary,")
        if level > MAX_LEVELS:
            raise UnreadError(f"gates within gates, deeper than {MAX_LEVELS} levels,")
        try:
            definition = operation.definition
        except (QiskitError, TypeError, ValueError, AttributeError, NotImplementedError):
            definition = None
        if definition is None:
            raise UnreadError(f"the gate {quoted(operation.name)}, which has no definition,")
        return self._of(definition, level + 1, definition.data)

    def _annotated(self, operation: Any, level: int) -> list[Operation]:
        from qiskit.circuit import ControlModifier, InverseModifier, PowerModifier

        found, width = self._read(operation.base_op, level + 1), operation.base_op.num_qubits
        for modifier in operation.modifiers:
            if isinstance(modifier, ControlModifier):
                found = controlled(found, modifier.num_ctrl_qubits, modifier.ctrl_state, width)
                width += modifier.num_ctrl_qubits
            elif isinstance(modifier, InverseModifier):
                found = inverse(found)
            elif isinstance(modifier, PowerModifier) and modifier.power == int(modifier.power):
                count = abs(int(modifier.power))
                if count > MAX_POWER or count * len(found) > MAX_OPERATIONS:
                    raise UnreadError(f"the power {count} of a gate")
                found = (found if modifier.power > 0 else inverse(found)) * count
            else:
                raise UnreadError(f"the modifier {quoted(str(modifier))}")
        return found

    def _vector(self, operation: Any) -> list[Operation] | None:
        r"""Qiskit's :math:`e^{-i\,v \cdot \sigma/2}` for v along an axis, or a multiple of the vector of a site."""
        components = [self._angles.angle(value) for value in operation.params]
        along = [axis for axis in range(3) if components[axis] != ZERO_ANGLE]
        if len(along) < 2:
            return [about("XYZ"[axis], components[axis]) for axis in along]
        for site, (names, (azimuth, elevation, length)) in self._vectors.items():
            factors = [_factor(angle, name) for angle, name in zip(components, names, strict=True)]
            if factors[0] is None or factors.count(factors[0]) < 3:
                continue
            self._angles.met.add(site)
            turn = Angle(
                {tuple(sorted((*rest, length))): value for rest, value in factors[0].items()}, Fraction(0)
            )
            inwards = [
                about("Z", Angle({(azimuth,): Fraction(-1)}, Fraction(0))),
                about("Y", Angle({(elevation,): Fraction(1)}, Fraction(0))),
            ]
            return [*inwards, about("X", turn), *inverse(inwards)]
        return None


def _is_plainly_controlled(operation: Any) -> bool:
    """Whether a gate is its base behind controls, and nothing else. A gate with ancillas is its definition."""
    own = operation.base_class.__module__
    standard = own.startswith("qiskit.circuit.library.standard_gates.")
    base = operation.base_gate
    if base is None or base.num_qubits + operation.num_ctrl_qubits != operation.num_qubits:
        return False
    # A file brings the definition and the base of a gate, and they may differ. What runs is the definition.
    stored = getattr(operation, "_definition", None) is not None and not hasattr(operation, "__array__")
    return (standard or own == "qiskit.circuit.controlledgate") and not (stored and _differs(operation))


def _differs(operation: Any) -> bool:
    """Whether a definition is a matrix other than the base behind controls; true also if this cannot be determined."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import AnnotatedOperation, ControlModifier
    from qiskit.circuit.library import UnitaryGate
    from qiskit.exceptions import QiskitError
    from qiskit.quantum_info import Operator

    if operation.num_qubits > MAX_COMPARED_QUBITS:
        return True
    try:
        base = QuantumCircuit(operation.base_gate.num_qubits)
        base.append(operation.base_gate, range(base.num_qubits), copy=False)
        definition = operation._definition  # with closed controls
        if _is_long(base) or _is_long(definition):
            return True
        inside, own = (Operator(_at_some_point(circuit)) for circuit in (base, definition))
        controls = ControlModifier(operation.num_ctrl_qubits)
        outside = Operator(AnnotatedOperation(UnitaryGate(inside), [controls]))
    except (QiskitError, *MALFORMED):
        return True
    return bool((abs(own.data - outside.data) > CLOSE).any())


def _at_some_point(circuit: Any) -> Any:
    """The circuit with a number for every parameter, the same for the same name."""
    values = {p: 0.5 + zlib.crc32(p.name.encode()) / (1 << 32) for p in circuit.parameters}
    return circuit.assign_parameters(values) if values else circuit


def _is_long(circuit: Any) -> bool:
    left, open_ = MAX_COMPARED_INSTRUCTIONS, [circuit]
    while open_:
        for item in open_.pop().data:
            left -= 1
            if left < 0:
                return True
            operation = item.operation
            if hasattr(operation, "__array__"):
                continue
            inner = getattr(operation, "_definition", None)
            inner = operation.definition if inner is None else inner
            if inner is not None:
                open_.append(inner)
    return False


def _factor(angle: Angle, name: str) -> dict[tuple[str, ...], Fraction] | None:
    """The factor of a parameter, if the angle is such a product."""
    if angle.pi or any(monomial.count(name) != 1 for monomial in angle.terms):
        return None
    return {
        tuple(other for other in monomial if other != name): value for monomial, value in angle.terms.items()
    }


def _without_final_measurements(circuit: Any) -> list[Any]:
    """All instructions except the measurements after which nothing happens to their qubits."""
    from qiskit.circuit import Barrier, Measure

    out: list[Any] = []
    touched: set[Any] = set()
    for item in reversed(circuit.data):
        if isinstance(item.operation, Measure) and not touched & {*item.qubits}:
            continue
        if not isinstance(item.operation, Barrier):
            touched |= {*item.qubits}
        out.append(item)
    return out[::-1]


def _on_own_qubits(
    file: CircuitFile, operations: list[Operation], register: int | None
) -> tuple[list[Operation], int, int, list[str]]:
    """The operations on the qubits of the circuit before it was placed; the numbers of qubits and ancillas; notes.

    Idle qubits after those of the register are left out.
    """
    size, notes = file.circuit.num_qubits, list[str]()
    if file.placement is not None:
        notes.append(f"where the qubits are on the device, by a comment: {file.placement}")
        whole = max(size, file.placement.size)
        operations, size, ancillas = undone(
            operations, *file.placement.completed(whole), len(file.placement.start)
        )
    elif file.circuit.layout is not None:
        operations, size, ancillas = undone(operations, *_of_transpiler(file.circuit))
    else:
        ancillas = 0
        if file.is_physical:
            notes.append("qubit k is taken to be $k of the device at the start and at the end")
    if register is None or ancillas or size <= register:
        return operations, size, ancillas, notes
    if any(q >= register for o in operations for q in support(o)):
        return operations, size, ancillas, notes
    notes.append(f"{size - register} idle qubits behind the first {register} are left out")
    operations, size, ancillas = kept_qubits(operations, register)
    return operations, size, ancillas, notes


def _of_transpiler(circuit: Any) -> tuple[list[int], list[int], int]:
    """Where all qubits start and end, and how many of them the circuit had before it was placed."""
    from qiskit.exceptions import QiskitError

    everything = list(range(circuit.num_qubits))
    try:
        initial = circuit.layout.initial_index_layout(filter_ancillas=False)
        final = circuit.layout.final_index_layout(filter_ancillas=False)
        own = len(circuit.layout.initial_index_layout(filter_ancillas=True))
    except (QiskitError, KeyError, IndexError, TypeError, AttributeError):
        raise UnreadError("the layout of the circuit") from None
    if sorted(initial) != everything or sorted(final) != everything:
        raise UnreadError("the layout of the circuit")
    return initial, final, own


def _with_simple_cosine(operation: Operation) -> list[Operation]:
    """A rotation by a rounded number with a simple cosine as a fixed unitary, and a rotation by the rest."""
    if isinstance(operation, Fixed) or not operation.letters:
        return [operation]
    radians = operation.angle.terms.get((), Fraction(0))
    if radians.denominator <= MAX_RADIANS_DENOMINATOR or (found := simple_cosine(radians / 2)) is None:
        return [operation]
    cosine, sine, shift = found
    terms = {key: value for key, value in operation.angle.terms.items() if key}
    rest = Rotation(operation.letters, Angle(terms, operation.angle.pi + 2 * shift))
    string = "*".join(f"{letter}{{{q}}}" for q, letter in sorted(operation.letters.items()))
    fixed = Fixed(f"{cosine} - i*{sine}*{string}", f"{cosine} + i*{sine}*{string}")
    return [fixed] if rest.angle == ZERO_ANGLE else [rest, fixed]


def _plain(operation: Operation, num_qubits: int) -> list[Any]:
    if isinstance(operation, Fixed):
        return ["unitary", operation.text.format(*range(num_qubits))]
    string = " ".join(f"{letter}{q}" for q, letter in sorted(operation.letters.items())) or "1"
    terms = [[list(key), str(value)] for key, value in sorted(operation.angle.terms.items())]
    return ["rotation", string, [terms, str(operation.angle.pi)]]
