r"""Circuits between the ansatz and the hardware: gates that are still whole, in an order, on given qubits.

Passes rewrite these circuits. A gate is :math:`e^{-i\,\mathrm{angle}\,G}` with an exact angle, an encoding, the
preparation of a singlet, or one of them followed by the exchange of its two qubits, which routing needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import TypeAlias

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.circuits.gates import EncodingGate, EvolutionGate, Gate
from eqcompile.declaration.spec import InitialState, ProductKet, Singlets, Superposition
from eqcompile.exact.operators.pauli import PauliSum


@dataclass(frozen=True)
class Evolve:
    r""":math:`e^{-i\,\mathrm{angle}\,G}` with a Hermitian generator G and an exact angle."""

    generator: PauliSum
    angle: ExactAngle

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return self.generator.support

    def __str__(self) -> str:
        return f"exp(-i ({self.angle}) ({self.generator}))"


@dataclass(frozen=True)
class Singlet:
    r"""Prepares :math:`(|01\rangle - |10\rangle)/\sqrt 2` from zeros, ``first`` being the left factor."""

    first: int
    second: int

    @property
    def qubits(self) -> tuple[int, ...]:
        """Qubits it acts on."""
        return self.first, self.second

    def __str__(self) -> str:
        return f"singlet({self.first}, {self.second})"


Whole: TypeAlias = EncodingGate | Evolve | Singlet


@dataclass(frozen=True)
class Swapped:
    """A gate on two qubits followed by their exchange; the exchange alone if there is no gate."""

    gate: Whole | None
    qubits: tuple[int, int]

    def __str__(self) -> str:
        return f"swap{self.qubits}" + ("" if self.gate is None else f" after {text_of(self.gate)}")


Operation: TypeAlias = Whole | Swapped


@dataclass(frozen=True)
class EquivariantCircuit:
    """Operations in the order in which they act.

    Attributes:
        num_qubits: size of the register.
        operations: gates, still whole.
        start: what the qubits hold before, singlets apart, which are operations; zeros by default.
        initial: qubit of the declared circuit -> qubit of this register where it starts.
        final: where it ends.
    """

    num_qubits: int
    operations: tuple[Operation, ...]
    start: ProductKet | Superposition | None = None
    initial: tuple[int, ...] = ()
    final: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.initial:
            object.__setattr__(self, "initial", tuple(range(self.num_qubits)))
        if not self.final:
            object.__setattr__(self, "final", self.initial)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __str__(self) -> str:
        return "\n".join(text_of(operation) for operation in self.operations)


def sequence_of(ansatz: ReuploadingAnsatz, state: InitialState | None) -> EquivariantCircuit:
    """The circuit of a model, preparation of singlets included.

    Args:
        ansatz: encodings and layers.
        state: initial state; all qubits in zero by default.
    """
    operations: list[Operation] = []
    start = None
    if isinstance(state, Singlets):
        operations += [Singlet(i, j) for i, j in state.pairs]
    else:
        start = state
    operations += [operation_of(gate) for gate in ansatz.gates()]
    return EquivariantCircuit(ansatz.num_qubits, tuple(operations), start)


def operation_of(gate: Gate) -> Whole:
    """A gate of an ansatz as an operation."""
    if isinstance(gate, EvolutionGate):
        return Evolve(gate.generator, ExactAngle.parameter(gate.parameter))
    return gate


def moved(operation: Operation, places: tuple[int, ...], num_qubits: int) -> Operation:
    """The operation with qubit q at ``places[q]``, on a register of ``num_qubits``.

    >>> str(moved(Singlet(0, 1), (2, 0), 3))
    'singlet(2, 0)'
    """
    if isinstance(operation, EncodingGate):
        parity = None if operation.parity is None else places[operation.parity]
        return replace(operation, qubit=places[operation.qubit], parity=parity)
    if isinstance(operation, Evolve):
        return replace(operation, generator=operation.generator.relabel(places, num_qubits))
    if isinstance(operation, Singlet):
        return Singlet(places[operation.first], places[operation.second])
    inner = None if operation.gate is None else moved(operation.gate, places, num_qubits)
    assert inner is None or not isinstance(inner, Swapped)
    first, second = operation.qubits
    return Swapped(inner, (places[first], places[second]))


def commute(left: Operation, right: Operation) -> bool:
    """Whether two operations on one register surely commute, for all angles and data.

    Operations on disjoint qubits do; others if every operator that generates one commutes with every one that
    generates the other. Preparations and exchanges do not.

    >>> first, second = EncodingGate(0, 0, "alpha", parity=2), EncodingGate(1, 1, "alpha", parity=2)
    >>> commute(first, second), commute(first, Singlet(0, 1))
    (True, False)
    """
    if set(left.qubits).isdisjoint(right.qubits):
        return True
    first, second = generators_of(left), generators_of(right)
    return first is not None and second is not None and all_commute(first, second)


def generators_of(operation: Operation) -> tuple[PauliSum, ...] | None:
    """Operators that generate it, on the smallest register that holds them; ``None`` of what has none."""
    if isinstance(operation, Singlet | Swapped):
        return None
    size = max(operation.qubits, default=0) + 1
    if isinstance(operation, Evolve):
        return (PauliSum(size, operation.generator.terms),)
    return tuple(operation.generator(size, axis) for axis in range(3))


@lru_cache(maxsize=10_000)
def all_commute(first: tuple[PauliSum, ...], second: tuple[PauliSum, ...]) -> bool:
    """Whether every operator of one family commutes with every one of the other."""
    return all(_commute(a, b) for a, b in product(first, second))


def text_of(operation: Operation) -> str:
    """One line that says what the operation is, for before and after texts."""
    if isinstance(operation, EncodingGate):
        parity = "" if operation.parity is None else f" X{operation.parity}"
        return f"encode(site {operation.site}, {operation.scale}) on {operation.qubit}{parity}"
    return str(operation)


def _commute(left: PauliSum, right: PauliSum) -> bool:
    size = max(left.num_qubits, right.num_qubits)
    return PauliSum(size, left.terms).commutes_with(PauliSum(size, right.terms))
