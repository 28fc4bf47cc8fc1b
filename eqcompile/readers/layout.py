"""Undo the layout of a transpiled circuit: back to the qubits of the circuit before transpilation."""

from collections.abc import Sequence
from dataclasses import replace

from qiskit.exceptions import QiskitError
from qiskit.transpiler import TranspileLayout

from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.circuits.operations import FixedUnitary
from eqcompile.errors import BackendError
from eqcompile.exact.operators.pauli import PauliSum

ROUTING = "final permutation of the layout"


PHYSICAL = (
    "the circuit names qubits of a device and does not say where the qubits of the model start and end: qubit k is "
    "taken to be $k at the start and at the end, and a permutation by routing is not undone"
)
"""What is assumed about OpenQASM 3 with physical qubits, which has no place for a layout."""


def follow_layout(circuit: Circuit, layout: TranspileLayout | Placement | None) -> Circuit:
    """The circuit on its virtual qubits, with the ancillas that it uses as the last qubits.

    Virtual qubit v starts on physical qubit ``initial[v]`` and ends on ``final[v]``. Physical qubits are renamed by
    where they start. The permutation that is left at the end is undone by exact swaps.

    Args:
        circuit: a circuit on physical qubits.
        layout: layout of the transpiled circuit, or what a file says in its place; ``None`` if there is none.

    Returns:
        The circuit before transpilation, up to its ancillas; ancillas that nothing touches are dropped. If a layout
        says only that qubits are physical, the circuit with a note about it.

    Raises:
        BackendError: the layout belongs to a different circuit.
    """
    if layout is None:
        return circuit
    if isinstance(layout, Placement):
        size = max(circuit.num_qubits, *(q + 1 for q in (*layout.start, *layout.end)))
        initial, final = (_completed(places, layout, size) for places in (layout.start, layout.end))
        return _undone(circuit.relabelled(range(size), size), initial, final, len(layout.start))
    if _says_nothing(layout, circuit.num_qubits):
        return replace(circuit, notes=(*circuit.notes, PHYSICAL))
    try:
        initial = layout.initial_index_layout(filter_ancillas=False)
        final = layout.final_index_layout(filter_ancillas=False)
        num_virtual = len(layout.initial_index_layout(filter_ancillas=True))
    except (QiskitError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise BackendError(f"the layout of the circuit cannot be read: {error!r}") from None
    everything = set(range(circuit.num_qubits))
    if set(initial) != everything or set(final) != everything:
        raise BackendError(
            f"the layout of the circuit is for {len(initial)} qubits, but the circuit has {circuit.num_qubits}; "
            "verify the circuit as the transpiler returned it"
        )
    return _undone(circuit, initial, final, num_virtual)


def _says_nothing(layout: TranspileLayout, num_qubits: int) -> bool:
    """Whether a reader of OpenQASM 3 gave this layout to physical qubits: in order, with no earlier circuit."""
    if layout.final_layout is not None or getattr(layout, "_input_qubit_count", None) is not None:
        return False
    try:
        return bool(layout.initial_index_layout(filter_ancillas=False) == list(range(num_qubits)))
    except (KeyError, IndexError, TypeError, AttributeError):
        return False


def _completed(places: Sequence[int], layout: Placement, size: int) -> list[int]:
    """Places for the ancillas too. They are in zero where they start and end, so any order will do. Ancillas that
    no qubit of the model uses stay where they are."""
    alone = [q for q in range(size) if q not in {*layout.start, *layout.end}]
    others = [q for q in range(size) if q not in {*places, *alone}]
    return [*places, *others, *alone]


def _undone(circuit: Circuit, initial: Sequence[int], final: Sequence[int], num_virtual: int) -> Circuit:
    virtual = {physical: v for v, physical in enumerate(initial)}
    moved = circuit.relabelled([virtual[p] for p in range(circuit.num_qubits)])
    return _without_idle_ancillas(_with_swaps(moved, [virtual[p] for p in final]), num_virtual)


def _with_swaps(circuit: Circuit, ends: Sequence[int]) -> Circuit:
    """Bring the content of qubit ``ends[v]`` to qubit v."""
    place, swaps = list(ends), []
    for v in range(len(place)):
        if (source := place[v]) != v:
            text = f"(1 + X{v} X{source} + Y{v} Y{source} + Z{v} Z{source})/2"
            operator = PauliSum.parse(text, circuit.num_qubits)
            swaps.append(FixedUnitary(operator, len(circuit.gate_names)))
            place[place.index(v)] = source
            place[v] = v
    if not swaps:
        return circuit
    names = (*circuit.gate_names, ROUTING)
    return replace(circuit, operations=(*circuit.operations, *swaps), gate_names=names)


def _without_idle_ancillas(circuit: Circuit, num_virtual: int) -> Circuit:
    touched = {q for operation in circuit for q in operation.support}
    kept = [q for q in range(circuit.num_qubits) if q < num_virtual or q in touched]
    images = {q: number for number, q in enumerate(kept)}
    whole = [images.get(q, 0) for q in range(circuit.num_qubits)]
    return replace(circuit.relabelled(whole, len(kept)), num_ancillas=len(kept) - num_virtual)
