"""A circuit: operations in the order in which they act, whole or elementary, exact or opaque.

Readers make one from any circuit, the compiler makes one from a model, and passes rewrite it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import OpaqueGate, Operation
from eqcompile.declaration.spec import ProductKet, Superposition
from eqcompile.errors import MethodError
from eqcompile.names import renamed


@dataclass(frozen=True)
class Placement:
    """Where the qubits of a circuit are on a larger register, such as a device; all other qubits start in zero.

    Attributes:
        start: the qubit of the register on which each qubit of the circuit starts.
        end: the qubit of the register on which each qubit of the circuit ends.
    """

    start: tuple[int, ...]
    end: tuple[int, ...]


@dataclass(frozen=True)
class Circuit:
    """Operations in the order in which they act.

    Attributes:
        num_qubits: size of the register.
        operations: whole gates of a model, or elementary operations of any circuit.
        gate_names: what the gates of the given circuit are called, such as ``rzz(w_0) on 0, 1``.
        name: name of the circuit.
        num_ancillas: number of the last qubits that are ancillas and start in zero; claims are about them too.
        notes: which rounded numbers were taken for which exact ones, one line for each kind.
        literals: rounded numbers that stand for no simple exact one; angles hold their exact binary values.
        start: what the qubits hold at the start; zeros by default. Singlets are operations instead.
        placement: where the qubits of the declared circuit start and end; by default qubit q on qubit q.
    """

    num_qubits: int
    operations: tuple[Operation, ...]
    gate_names: tuple[str, ...] = ()
    name: str = "circuit"
    num_ancillas: int = 0
    notes: tuple[str, ...] = ()
    literals: tuple[float, ...] = ()
    start: ProductKet | Superposition | None = None
    placement: Placement | None = None

    @property
    def initial(self) -> tuple[int, ...]:
        """The qubit of this register on which each qubit of the declared circuit starts."""
        return tuple(range(self.num_qubits)) if self.placement is None else self.placement.start

    @property
    def final(self) -> tuple[int, ...]:
        """The qubit of this register on which each qubit of the declared circuit ends."""
        return tuple(range(self.num_qubits)) if self.placement is None else self.placement.end

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of all parameters, sorted."""
        return tuple(sorted({name for operation in self.operations for name in operation.parameters}))

    @property
    def angles(self) -> tuple[ExactAngle, ...]:
        """The angle of every operation that has one."""
        found = (operation.exact_angle for operation in self.operations)
        return tuple(angle for angle in found if angle is not None)

    @property
    def multiplied(self) -> frozenset[str]:
        """Parameters that stand in products of parameters."""
        return frozenset(name for a in self.angles for m, _ in a.terms if len(m) > 1 for name in m)

    @property
    def opaque(self) -> tuple[OpaqueGate, ...]:
        """Gates without an exact form."""
        return tuple(operation for operation in self.operations if isinstance(operation, OpaqueGate))

    def substituted(self, images: Mapping[str, ExactAngle]) -> "Circuit":
        """The circuit with parameters replaced by linear combinations of others."""
        return replace(self, operations=tuple(o.substituted(images) for o in self.operations))

    def relabelled(self, places: Sequence[int], num_qubits: int | None = None) -> "Circuit":
        """The circuit with qubit q moved to ``places[q]``.

        Raises:
            MethodError: it has a start or a placement, which are about the qubits as they are.
        """
        if self.start is not None or self.placement is not None:
            raise MethodError(
                "a circuit with a start or a placement is not renumbered; make it elementary first"
            )
        size = self.num_qubits if num_qubits is None else num_qubits
        moved = tuple(operation.relabelled(places, size) for operation in self.operations)
        return replace(self, num_qubits=size, operations=moved)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __str__(self) -> str:
        return "\n".join(map(str, self.operations))


__getattr__ = renamed(__name__)
