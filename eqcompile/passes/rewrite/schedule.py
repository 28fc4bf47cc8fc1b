"""Which gates must wait for which, and the order in which the fewest two-qubit gates follow one another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import (
    Evolve,
    Operation,
    PauliRotation,
    Singlet,
    Swapped,
    VectorRotation,
    all_commute,
)
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.passes.lowering.pairs import is_exchange


def dependencies(operations: Sequence[Operation]) -> list[set[int]]:
    """For each operation, the earlier ones on its qubits that it cannot be exchanged with."""
    families = [operation.generators() for operation in operations]
    kinds: dict[tuple[PauliSum, ...], int] = {}
    kind_of = [None if family is None else kinds.setdefault(family, len(kinds)) for family in families]
    known: dict[tuple[int, int], bool] = {}

    def clash(k: int, number: int) -> bool:
        left, right = kind_of[k], kind_of[number]
        # A singlet or a gate with a swap is not compared, and keeps its place.
        if left is None or right is None:
            return True
        if (left, right) not in known:
            first, second = families[k], families[number]
            assert first is not None
            assert second is not None
            known[left, right] = not all_commute(first, second)
        return known[left, right]

    on_qubit: dict[int, list[int]] = {}
    out: list[set[int]] = []
    for number, operation in enumerate(operations):
        earlier = {k for qubit in operation.qubits for k in on_qubit.get(qubit, ())}
        out.append({k for k in earlier if clash(k, number)})
        for qubit in operation.qubits:
            on_qubit.setdefault(qubit, []).append(number)
    return out


def two_qubit_gates(operation: Operation) -> int:
    """CX of the exact circuit; a routing estimate where there is no closed form."""
    if isinstance(operation, Swapped):
        return _with_swap(operation)
    if isinstance(operation, Singlet):
        return 1
    if isinstance(operation, VectorRotation):
        return 0 if operation.parity is None else 2
    support = len(operation.qubits)
    if support < 2:
        return 0
    if isinstance(operation, Evolve) and is_exchange(operation.generator):
        return len(operation.generator)
    single = isinstance(operation, PauliRotation) or (
        isinstance(operation, Evolve) and len(operation.generator) == 1
    )
    return 2 * (support - 1) if single else 4**support


def _with_swap(operation: Swapped) -> int:
    gate = operation.gate
    if isinstance(gate, Singlet):
        return 1
    if gate is None or isinstance(gate, VectorRotation):
        return 3
    if isinstance(gate, Evolve) and (is_exchange(gate.generator) or len(gate.generator) == 1):
        return 3
    if isinstance(gate, PauliRotation):
        return 3
    return two_qubit_gates(gate) + 3


@dataclass(frozen=True)
class Schedule:
    """Order gates so that the longest chain of two-qubit gates is short: list scheduling by the longest tail.

    Exact: only gates that commute change places.

    References:
        T. C. Hu, Oper. Res. 9, 841 (1961).
    """

    name: ClassVar[str] = "schedule"

    def run(self, circuit: Circuit) -> Circuit:
        """The same gates, each as early as its qubits and the gates it waits for allow."""
        operations = circuit.operations
        needed = dependencies(operations)
        followers = successors(needed)
        tails = _tails(operations, followers)
        waiting = [len(before) for before in needed]
        ready = [k for k, count in enumerate(waiting) if not count]
        earliest = [0] * len(operations)
        free = dict.fromkeys(range(circuit.num_qubits), 0)
        order: list[tuple[int, int]] = []
        while ready:
            starts = {k: max([earliest[k], *(free[q] for q in operations[k].qubits)]) for k in ready}
            chosen = min(ready, key=lambda k: (starts[k], -tails[k], k))
            ready.remove(chosen)
            end = starts[chosen] + two_qubit_gates(operations[chosen])
            free.update(dict.fromkeys(operations[chosen].qubits, end))
            order.append((starts[chosen], chosen))
            for k in followers[chosen]:
                earliest[k] = max(earliest[k], end)
                waiting[k] -= 1
                if not waiting[k]:
                    ready.append(k)
        return replace(circuit, operations=tuple(operations[k] for _, k in order))


def successors(needed: Sequence[set[int]]) -> list[list[int]]:
    """For each operation, those that wait for it."""
    out: list[list[int]] = [[] for _ in needed]
    for number, before in enumerate(needed):
        for k in before:
            out[k].append(number)
    return out


def _tails(operations: Sequence[Operation], followers: Sequence[Sequence[int]]) -> list[int]:
    """Two-qubit gates on the longest path from each operation to the end, its own included."""
    tails = [0] * len(operations)
    for number in range(len(operations) - 1, -1, -1):
        behind = max((tails[k] for k in followers[number]), default=0)
        tails[number] = two_qubit_gates(operations[number]) + behind
    return tails
