"""Read any Qiskit circuit into the exact form: gates by what they do, not by what they are called.

Standard gates are read directly, and so are their controlled, inverted and repeated forms. Composite gates are read
through their definitions, which is how they will be synthesised. What cannot be read exactly is kept as an opaque gate,
with the reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import singledispatchmethod
from math import isfinite
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import (
    AnnotatedOperation,
    Barrier,
    BoxOp,
    ControlFlowOp,
    ControlledGate,
    ControlModifier,
    Delay,
    Gate,
    Instruction,
    InverseModifier,
    Measure,
    PowerModifier,
    Reset,
    Store,
)
from qiskit.circuit.library import CUGate, RVGate, UGate, UnitaryGate
from qiskit.exceptions import QiskitError
from qiskit.qasm2 import QASM2Error
from qiskit.quantum_info import Clifford

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.circuits.controls import ExactOperation, controlled, power
from eqcompile.circuits.operations import (
    FixedUnitary,
    OpaqueGate,
    Operation,
    PauliRotation,
    undone,
)
from eqcompile.errors import MAX_SHOWN, BackendError, one_line, without_classes
from eqcompile.readers.angles import AngleReader
from eqcompile.readers.exact_matrix import exact_unitary
from eqcompile.readers.expressions import NoExactFormError, shown
from eqcompile.readers.files.program_size import MAX_DEFINITIONS, MAX_OPERATIONS
from eqcompile.readers.gate_definitions import base_agrees, matrix_contradicts
from eqcompile.readers.gates import is_standard, num_angles, phase, standard_gate
from eqcompile.readers.layout import follow_layout
from eqcompile.readers.simple_cosines import with_simple_cosines
from eqcompile.readers.vectors import (
    Coordinates,
    assumption,
    found_in,
    vector_rotation,
    vector_symbols,
    wholly_read,
    without,
)

MAX_CONTROLS = 10
"""Controls of a gate whose projector is written out, with 2^c Pauli strings for c controls. Beyond it, weaker: the gate
is read by its definition; an annotated one has no exact form, and its defect is measured."""

MAX_NESTING = 50
"""Composite gates within composite gates. Beyond it, refused: open them with `circuit.decompose()`."""

MAX_GATE_OPERATIONS = 100_000
"""Operations of one gate, powers and nested definitions unrolled. Beyond it, refused: verify a part of the
circuit."""

MAX_LISTED = 8
"""Measured qubits that a note names. Beyond it, shortened: the list ends with dots."""

MAX_READ_MATRIX_QUBITS = 5
"""Qubits of a gate that is given as a matrix and read entry by entry. Beyond it, weaker: the gate has no exact form;
its defect is measured, and nothing is proven about it."""


def general_circuit(
    circuit: QuantumCircuit, coordinates: Coordinates | None = None, placement: Placement | None = None
) -> Circuit:
    """The exact form of a circuit.

    Args:
        circuit: bound or parametrised, with composite, controlled and annotated gates. If it was transpiled, its
            layout, routing and ancillas are followed back to the qubits of the original circuit. Measurements at
            its end are removed, and a note says so.
        coordinates: parameters that are components of vectors, by site. Where the circuit takes them through the
            expressions of our own circuits, these are read as the angles and the length of the vector.
        placement: where the qubits of the original circuit start and end, in place of a layout.

    Returns:
        The same unitary, global phase included; gates without an exact form are kept as opaque gates.

    Raises:
        BackendError: a measurement before the end, a reset or classical control, another instruction that is not a
            gate, or more operations than can be read.

    >>> circuit = QuantumCircuit(2)
    >>> _ = circuit.rzz(0.5, 0, 1)
    >>> general_circuit(circuit).operations
    (PauliRotation(key=(0, 3), angle=1/2, origin=0),)
    """
    names = [parameter.name for parameter in circuit.parameters]
    taken = without(coordinates or {}, found_in(coordinates or {}, names))  # a name has one meaning
    while True:
        found = _read_with(circuit, taken)
        kept = wholly_read(taken, found.parameters)
        if kept == taken:
            return follow_layout(found, circuit.layout if placement is None else placement)
        taken = kept


def _read_with(circuit: QuantumCircuit, coordinates: Coordinates) -> Circuit:
    reader = _Reader(coordinates)
    operations: list[Operation] = []
    names = []
    measured = final_measurements(circuit)
    for number, (operation, qubits) in enumerate(instructions(circuit)):
        names.append(f"{reader.name_of(operation)} on {', '.join(map(str, qubits))}")
        if number in measured:
            continue
        reader.place = f"instruction {number} ({one_line(operation.name)})"
        read = _on(reader.read_gate(operation), qubits, circuit.num_qubits)
        operations += [replace(own, origin=number) for own in read]
        if len(operations) > MAX_OPERATIONS:
            raise BackendError(f"the circuit unrolls into more than {MAX_OPERATIONS} operations")
    reader.place = "the global phase"
    if (angle := reader.angle(circuit.global_phase)) != ExactAngle():
        operations.append(replace(phase(angle), origin=len(names)))
        names.append("global phase")
    found = Circuit(circuit.num_qubits, tuple(operations), tuple(names), circuit.name)
    notes = (*reader.angles.notes, *assumption(found_in(coordinates, reader.angles.symbols_met)))
    if measured:
        notes = (*notes, _taken_off(sorted(set(measured.values()))))
    return with_simple_cosines(replace(found, notes=notes, literals=reader.angles.literals))


def final_measurements(circuit: QuantumCircuit) -> dict[int, int]:
    """The measurements whose qubits later meet nothing but barriers, delays and measurements.

    Returns:
        The qubit of each, keyed by the number of the instruction.

    >>> circuit = QuantumCircuit(2, 2)
    >>> _ = circuit.measure(0, 0), circuit.measure(1, 1), circuit.x(1)
    >>> final_measurements(circuit)
    {0: 0}
    """
    found: dict[int, int] = {}
    used: set[int] = set()
    for number, (operation, qubits) in reversed(list(enumerate(instructions(circuit)))):
        if isinstance(operation, Measure) and not used.intersection(qubits):
            found[number] = qubits[0]
        elif not isinstance(operation, Barrier | Delay):
            used.update(qubits)
    return found


def instructions(circuit: QuantumCircuit) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """The operations of a circuit with the numbers of their qubits.

    Raises:
        BackendError: an operation cannot be constructed, as may happen with a damaged file.
    """
    for number, item in enumerate(circuit.data):
        try:
            operation = item.operation
        except (QiskitError, TypeError, ValueError, AttributeError) as error:
            reason = shown(without_classes(str(getattr(error, "message", error))))
            raise BackendError(f"instruction {number} is damaged: {reason}") from None
        yield operation, tuple(circuit.find_bit(qubit).index for qubit in item.qubits)


def _taken_off(qubits: Sequence[int]) -> str:
    shown = ", ".join(map(str, qubits[:MAX_LISTED])) + (", ..." if len(qubits) > MAX_LISTED else "")
    which = f"qubit{'s' if len(qubits) > 1 else ''} {shown}"
    return f"the measurements at the end, of {which}, are taken off: the claims are about the circuit before them"


def _on(operations: Sequence[Operation], qubits: Sequence[int], num_qubits: int) -> list[Operation]:
    if len(qubits) == num_qubits and all(image == q for q, image in enumerate(qubits)):
        return list(operations)
    return [operation.relabelled(qubits, num_qubits) for operation in operations]


class _Reader:
    """Reads one circuit; ``place`` says where the reader is, for messages."""

    def __init__(self, coordinates: Coordinates) -> None:
        self.angles = AngleReader()
        self._coordinates = coordinates
        for symbol in vector_symbols(coordinates):
            self.angles.declare(*symbol)
        self.place = ""
        self._depth = 0
        self._opened = 0

    def angle(self, value: object) -> ExactAngle:
        """The exact form of a gate parameter; errors say where it stands."""
        try:
            return self.angles.angle(value)
        except BackendError as error:
            raise BackendError(f"{self.place}: {error}") from None

    def name_of(self, operation: Any) -> str:
        """Name and parameters, for messages."""
        texts = [_text(value) for value in getattr(operation, "params", ()) if _is_short(value)]
        return one_line(operation.name + (f"({', '.join(texts)})" if texts else ""))

    def read_gate(self, operation: Any) -> Sequence[Operation]:
        """Read an instruction of the circuit itself, for which definitions are counted anew."""
        self._opened = 0
        return self.read(operation)

    def read(self, operation: Any) -> Sequence[Operation]:
        """Operations on the gate's own qubits ``0 .. num_qubits-1``."""
        try:
            return self._read(operation)
        except NoExactFormError as error:
            return [self._opaque(operation, str(error))]

    @singledispatchmethod
    def _read(self, operation: Any) -> Sequence[Operation]:
        raise BackendError(f"{self.place} is not a unitary gate; remove it from the circuit")

    @_read.register
    def _(self, operation: Instruction) -> Sequence[Operation]:
        kind = operation.base_class
        if is_standard(kind):
            if not _is_well_formed(operation):
                raise BackendError(
                    f"{self.place} has {len(operation.params)} parameters; gates of its kind have {num_angles(kind)}"
                )
            found = standard_gate(kind, [self.angle(value) for value in operation.params])
            return found if found is not None else ()
        return self._by_definition(operation)

    @_read.register(Barrier)
    @_read.register(Delay)
    def _(self, operation: Any) -> Sequence[Operation]:
        return ()

    @_read.register
    def _(self, operation: Measure) -> Sequence[Operation]:
        raise BackendError(
            f"{self.place} is a measurement before the end; only unitary circuits have a symmetry to verify: "
            "remove it, or move it to the end"
        )

    @_read.register
    def _(self, operation: Reset) -> Sequence[Operation]:
        raise BackendError(f"{self.place} resets a qubit, which is not unitary; remove it from the circuit")

    @_read.register(ControlFlowOp)
    @_read.register(Store)
    def _(self, operation: Any) -> Sequence[Operation]:
        raise BackendError(
            f"{self.place} is classical control; only circuits without classical control can be verified: "
            "remove it, or unroll it into gates"
        )

    @_read.register
    def _(self, operation: BoxOp) -> Sequence[Operation]:
        return self._circuit(operation.blocks[0])

    @_read.register
    def _(self, operation: Clifford) -> Sequence[Operation]:
        return self._circuit(operation.to_circuit())

    @_read.register
    def _(self, operation: UnitaryGate) -> Sequence[Operation]:
        return self._by_matrix(operation)

    @_read.register
    def _(self, operation: RVGate) -> Sequence[Operation]:
        if operation.base_class is RVGate:
            components = [self.angle(value) for value in operation.params]
            if (found := vector_rotation(components, self._coordinates)) is not None:
                return found
        return self._by_definition(operation)

    @_read.register
    def _(self, operation: CUGate) -> Sequence[Operation]:
        *rotation, gamma = (self.angle(value) for value in operation.params)
        base = standard_gate(UGate, rotation) or ()
        return self._controlled(operation, [phase(gamma), *base], 1, operation.ctrl_state)

    @_read.register
    def _(self, operation: ControlledGate) -> Sequence[Operation]:
        base, controls = operation.base_gate, operation.num_ctrl_qubits
        own_kind = operation.base_class is not ControlledGate and not _is_of_qiskit(operation.base_class)
        # Gates with ancillas count them among their qubits. CUGate(...).control() has the phase of CU among the
        # parameters of its base, a U. And a definition may have been set to something else, in a QPY file too. In these
        # cases the definition alone says what they do.
        if (
            own_kind
            or controls > MAX_CONTROLS
            or base is None
            or not _is_well_formed(base)
            or base.num_qubits + controls != operation.num_qubits
            or not base_agrees(operation)
        ):
            return self._by_definition(operation)
        return self._controlled(operation, self.read(base), controls, operation.ctrl_state)

    @_read.register
    def _(self, operation: AnnotatedOperation) -> Sequence[Operation]:
        powers = [m.power for m in operation.modifiers if isinstance(m, PowerModifier)]
        if not all(isfinite(exponent) for exponent in powers):
            raise BackendError(f"{self.place} has a power that is not a finite number")
        if any(exponent != int(exponent) for exponent in powers):
            if _parameters_of(operation):
                raise NoExactFormError("it is a fractional power with free parameters")
            return self._by_matrix(operation)
        found, size = self.read(operation.base_op), operation.base_op.num_qubits
        for modifier in operation.modifiers:
            if isinstance(modifier, ControlModifier):
                if modifier.num_ctrl_qubits > MAX_CONTROLS:
                    raise NoExactFormError(f"it has more than {MAX_CONTROLS} controls")
                found = self._controlled(
                    operation, found, modifier.num_ctrl_qubits, modifier.ctrl_state, size
                )
                size += modifier.num_ctrl_qubits
            elif isinstance(modifier, InverseModifier):
                found = undone(_exact(found))
            elif isinstance(modifier, PowerModifier):
                found = self._power(_exact(found), modifier.power)
            else:
                raise NoExactFormError(f"its modifier {modifier!r} is unknown")
        return found

    def _power(self, operations: Sequence[ExactOperation], exponent: float) -> Sequence[Operation]:
        self._require_short(abs(exponent) * len(operations))
        return power(operations, int(exponent))

    def _controlled(
        self, operation: Any, base: Sequence[Operation], controls: int, state: int, size: int | None = None
    ) -> Sequence[Operation]:
        self._require_short(len(base) << controls)
        targets = operation.num_qubits - controls if size is None else size
        return controlled(_exact(base), controls, targets, state)

    def _by_definition(self, operation: Instruction) -> Sequence[Operation]:
        definition = self._definition_of(operation)
        if definition is not None:
            if matrix_contradicts(operation, definition):
                raise BackendError(
                    f"{self.place} has a matrix and a definition that differ; replace it with gates that say one thing"
                )
            return self._circuit(definition)
        if not isinstance(operation, Gate):
            raise BackendError(f"{self.place} is not a unitary gate and has no definition; remove it")
        if parameters := _parameters_of(operation):
            raise NoExactFormError(f"it has no definition before {', '.join(sorted(parameters))} have values")
        return self._by_matrix(operation)

    def _definition_of(self, operation: Instruction) -> QuantumCircuit | None:
        self._opened += 1
        if self._opened > MAX_DEFINITIONS:
            raise BackendError(f"{self.place} is made of more than {MAX_DEFINITIONS} gates within gates")
        try:
            return operation.definition
        except QASM2Error as error:  # a gate of a program whose angles cannot be computed, such as ln(0)
            raise BackendError(f"{self.place}: {shown(getattr(error, 'message', error))}") from None
        except (QiskitError, TypeError, ValueError, AttributeError, NotImplementedError):
            return None  # some gates have none until their parameters have values
        except (RuntimeError, LookupError, ArithmeticError, AssertionError, NameError, OSError) as error:
            # the failure of a gate's own code
            raise BackendError(
                f"{self.place}: its definition fails with {type(error).__name__}: {shown(error)}"
            ) from None

    def _by_matrix(self, operation: Any) -> Sequence[Operation]:
        if operation.num_qubits > MAX_READ_MATRIX_QUBITS:
            raise NoExactFormError(f"it is a matrix on more than {MAX_READ_MATRIX_QUBITS} qubits")
        try:
            matrix = operation.to_matrix()
        except (QiskitError, TypeError, ValueError, AttributeError, NotImplementedError):
            raise BackendError(
                f"{self.place} has neither a definition nor a matrix; replace it with gates that have"
            ) from None
        try:
            return (FixedUnitary(exact_unitary(matrix, self.angles.readings)),)
        except BackendError as error:
            raise BackendError(f"{self.place}: {error}") from None

    def _circuit(self, circuit: QuantumCircuit) -> Sequence[Operation]:
        if self._depth >= MAX_NESTING:
            raise BackendError(
                f"{self.place} is made of gates within gates, deeper than {MAX_NESTING} levels"
            )
        self._depth += 1
        out: list[Operation] = []
        for operation, qubits in instructions(circuit):
            out += _on(self.read(operation), qubits, circuit.num_qubits)
            self._require_short(len(out))
        self._depth -= 1
        angle = self.angle(circuit.global_phase)
        return out if angle == ExactAngle() else [*out, phase(angle)]

    def _require_short(self, length: float) -> None:
        if length > MAX_GATE_OPERATIONS:
            raise BackendError(f"{self.place} unrolls into more than {MAX_GATE_OPERATIONS} operations")

    def _opaque(self, operation: Any, reason: str) -> OpaqueGate:
        return OpaqueGate(
            name=self.name_of(operation),
            qubits=tuple(range(operation.num_qubits)),
            reason=reason,
            gate=operation,
            names=_parameters_of(operation),
        )


def _parameters_of(operation: Any) -> frozenset[str]:
    """Names of the free parameters; annotated gates keep them in their base."""
    while isinstance(operation, AnnotatedOperation):
        operation = operation.base_op
    values = getattr(operation, "params", ())
    return frozenset(p.name for value in values for p in getattr(value, "parameters", ()))


def _exact(operations: Sequence[Operation]) -> list[ExactOperation]:
    for operation in operations:
        if isinstance(operation, OpaqueGate):
            raise NoExactFormError(f"it contains {operation.name}: {operation.reason}")
    return [operation for operation in operations if isinstance(operation, PauliRotation | FixedUnitary)]


def _is_well_formed(operation: Any) -> bool:
    """Whether a standard gate has as many parameters as gates of its kind take; true for any other gate."""
    kind: type = getattr(operation, "base_class", type(operation))
    return not is_standard(kind) or len(operation.params) == num_angles(kind)


def _is_of_qiskit(kind: type) -> bool:
    return kind.__module__.split(".")[0] == "qiskit"


def _is_short(value: object) -> bool:
    return not hasattr(value, "shape") or getattr(value, "shape", None) == ()


def _text(value: object) -> str:
    try:
        text = str(value)
    except ValueError:  # Python does not write integers of more than a few thousand digits
        text = "..."
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
