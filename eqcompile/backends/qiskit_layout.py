"""Undo the layout of a transpiled circuit: back to the qubits of the circuit before transpilation."""

from collections.abc import Sequence
from dataclasses import replace

from qiskit.exceptions import QiskitError
from qiskit.transpiler import TranspileLayout

from eqcompile.circuit.general import FixedUnitary, GeneralCircuit
from eqcompile.errors import BackendError
from eqcompile.exact.pauli import PauliSum

ROUTING = "final permutation of the layout"


def follow_layout(circuit: GeneralCircuit, layout: TranspileLayout | None) -> GeneralCircuit:
    """The circuit on its virtual qubits, with the ancillas that it uses as last qubits.

    Virtual qubit v starts on physical qubit ``initial[v]`` and ends on ``final[v]``. Physical qubits are renamed by
    where they start, and the permutation that is left at the end is undone by exact swaps.

    Args:
        circuit: on physical qubits.
        layout: of the transpiled circuit; ``None`` if there is none.

    Returns:
        The circuit before transpilation, up to its ancillas; ancillas that nothing touches are dropped.

    Raises:
        BackendError: the layout belongs to another circuit.
    """
    if layout is None:
        return circuit
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
    virtual = {physical: v for v, physical in enumerate(initial)}
    moved = circuit.relabelled([virtual[p] for p in range(circuit.num_qubits)])
    return _without_idle_ancillas(_with_swaps(moved, [virtual[p] for p in final]), num_virtual)


def _with_swaps(circuit: GeneralCircuit, ends: Sequence[int]) -> GeneralCircuit:
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


def _without_idle_ancillas(circuit: GeneralCircuit, num_virtual: int) -> GeneralCircuit:
    touched = {q for operation in circuit for q in operation.support}
    kept = [q for q in range(circuit.num_qubits) if q < num_virtual or q in touched]
    images = {q: number for number, q in enumerate(kept)}
    whole = [images.get(q, 0) for q in range(circuit.num_qubits)]
    return replace(circuit.relabelled(whole, len(kept)), num_ancillas=len(kept) - num_virtual)
