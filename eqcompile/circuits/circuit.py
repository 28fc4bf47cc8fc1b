r"""Circuits of any origin, exact: Pauli rotations by exact angles, fixed unitaries with exact entries.

Every gate of the usual gate sets is a product of these: a controlled rotation, for example, of two commuting
Pauli rotations. What has no such form is kept as an opaque gate, which only numbers can decide.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from eqcompile.circuits.angle import ExactAngle
from eqcompile.errors import MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, letter, pauli_key, support_of
from eqcompile.groups.rotation import IDENTITY_MATRIX, Matrix


@dataclass(frozen=True)
class PauliRotation:
    r""":math:`e^{-i\,\mathrm{angle}\,P/2}` for a Pauli string P; the identity string is a global phase.

    Attributes:
        key: the string, by masks over the whole register.
        angle: exact.
        origin: number of the gate of the given circuit that it comes from.
    """

    key: PauliKey
    angle: ExactAngle
    origin: int = 0

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return support_of(self.key)

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters it depends on."""
        return self.angle.parameters


@dataclass(frozen=True)
class FixedUnitary:
    """A unitary with exact entries on a few qubits.

    Attributes:
        operator: the unitary, on the whole register.
        origin: number of the gate of the given circuit that it comes from.
    """

    operator: PauliSum
    origin: int = 0

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return self.operator.support

    @property
    def parameters(self) -> frozenset[str]:
        """None."""
        return frozenset()


@dataclass(frozen=True)
class VectorRotation:
    r""":math:`e^{-i\,\mathrm{turn}/2\; n \cdot \sigma}`, n the direction of a site's vector; times X on a parity qubit.

    Attributes:
        site: number of the site.
        qubit: that turns.
        parity: the parity qubit, or ``None``.
        turn: exact; twice the scale times the length of the vector.
        matrix: what acts on the vector before, by rows.
        origin: number of the gate of the given circuit that it comes from.
    """

    site: int
    qubit: int
    parity: int | None
    turn: ExactAngle
    matrix: Matrix = IDENTITY_MATRIX
    origin: int = 0

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return tuple(sorted({self.qubit} if self.parity is None else {self.qubit, self.parity}))

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters of the turn."""
        return self.turn.parameters

    def string(self, axis: int) -> PauliKey:
        """The Pauli string that the axis' component multiplies."""
        return pauli_key({self.qubit: "XYZ"[axis]} | ({} if self.parity is None else {self.parity: "X"}))


@dataclass(frozen=True)
class OpaqueGate:
    """A gate without exact form.

    Attributes:
        name: as the user knows it.
        qubits: its qubits.
        reason: why it has no exact form.
        gate: what a numerical back end evaluates.
        names: parameters it depends on.
        origin: number of the gate of the given circuit.
    """

    name: str
    qubits: tuple[int, ...]
    reason: str
    gate: Any
    names: frozenset[str] = frozenset()
    origin: int = 0

    @property
    def support(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return tuple(sorted(self.qubits))

    @property
    def parameters(self) -> frozenset[str]:
        """Parameters it depends on."""
        return self.names


Operation: TypeAlias = PauliRotation | FixedUnitary | VectorRotation | OpaqueGate


@dataclass(frozen=True)
class GeneralCircuit:
    """Operations in the order in which they act.

    Attributes:
        num_qubits: size of the register.
        operations: exact ones, or opaque.
        gate_names: what the gates of the given circuit are called, such as ``rzz(w_0) on 0, 1``.
        name: of the circuit.
        num_ancillas: how many of the last qubits start in zero; claims are about them, too.
        notes: which rounded numbers were taken for which exact ones, a line for each kind.
        literals: rounded numbers that are nothing simple; angles hold their exact binary values.
    """

    num_qubits: int
    operations: tuple[Operation, ...]
    gate_names: tuple[str, ...] = ()
    name: str = "circuit"
    num_ancillas: int = 0
    notes: tuple[str, ...] = ()
    literals: tuple[float, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of all parameters, sorted."""
        return tuple(sorted({name for operation in self.operations for name in operation.parameters}))

    @property
    def multiplied(self) -> frozenset[str]:
        """Parameters that stand in products of parameters."""
        angles = [o.angle for o in self.operations if isinstance(o, PauliRotation)]
        angles += [o.turn for o in self.operations if isinstance(o, VectorRotation)]
        return frozenset(name for a in angles for m, _ in a.terms if len(m) > 1 for name in m)

    @property
    def opaque(self) -> tuple[OpaqueGate, ...]:
        """Gates without exact form."""
        return tuple(operation for operation in self.operations if isinstance(operation, OpaqueGate))

    def substituted(self, images: Mapping[str, ExactAngle]) -> "GeneralCircuit":
        """The circuit with parameters replaced by linear combinations of others."""
        return replace(self, operations=tuple(_substituted(o, images) for o in self.operations))

    def relabelled(self, images: Sequence[int], num_qubits: int | None = None) -> "GeneralCircuit":
        """The circuit with qubit q moved to ``images[q]``."""
        size = self.num_qubits if num_qubits is None else num_qubits
        moved = tuple(relabelled(operation, images, size) for operation in self.operations)
        return replace(self, num_qubits=size, operations=moved)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)


def relabelled(operation: Operation, images: Sequence[int] | Mapping[int, int], num_qubits: int) -> Operation:
    """The operation with qubit q moved to ``images[q]``."""
    if isinstance(operation, PauliRotation):
        moved = {images[q]: letter(operation.key, q) for q in operation.support}
        return replace(operation, key=pauli_key(moved))
    if isinstance(operation, FixedUnitary):
        terms = {
            pauli_key({images[q]: letter(key, q) for q in support_of(key)}): value
            for key, value in operation.operator.terms.items()
        }
        return replace(operation, operator=PauliSum(num_qubits, terms))
    if isinstance(operation, VectorRotation):
        parity = None if operation.parity is None else images[operation.parity]
        return replace(operation, qubit=images[operation.qubit], parity=parity)
    return replace(operation, qubits=tuple(images[q] for q in operation.qubits))


def inverse(operation: Operation) -> Operation:
    """The inverse of an exact operation.

    Raises:
        MethodError: an opaque gate.
    """
    if isinstance(operation, PauliRotation):
        return replace(operation, angle=-operation.angle)
    if isinstance(operation, VectorRotation):
        return replace(operation, turn=-operation.turn)
    if isinstance(operation, FixedUnitary):
        return replace(operation, operator=operation.operator.adjoint())
    raise MethodError(f"{operation.name} has no exact form: {operation.reason}")


def undone(operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """The inverse of a product of exact operations.

    Raises:
        MethodError: an opaque gate.

    >>> undone([PauliRotation((1, 0), ExactAngle.parameter("a"))])
    (PauliRotation(key=(1, 0), angle=-a, origin=0),)
    """
    return tuple(inverse(operation) for operation in reversed(operations))


def _substituted(operation: Operation, images: Mapping[str, ExactAngle]) -> Operation:
    if isinstance(operation, PauliRotation) and operation.parameters & images.keys():
        return replace(operation, angle=operation.angle.substituted(images))
    if isinstance(operation, VectorRotation) and operation.parameters & images.keys():
        return replace(operation, turn=operation.turn.substituted(images))
    return operation
