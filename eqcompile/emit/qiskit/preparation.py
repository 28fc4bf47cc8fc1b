"""Circuits that prepare the initial state from zeros."""

from functools import singledispatch

from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import StatePreparation

from eqcompile.declaration.spec import InitialState, ProductKet, Singlets, Superposition
from eqcompile.numeric.dense import amplitudes_of

_GATES = {
    "0": (),
    "1": (QuantumCircuit.x,),
    "+": (QuantumCircuit.h,),
    "-": (QuantumCircuit.x, QuantumCircuit.h),
    "r": (QuantumCircuit.h, QuantumCircuit.s),
    "l": (QuantumCircuit.h, QuantumCircuit.sdg),
}
"""Gates that take |0> to each letter."""


@singledispatch
def prepare(state: InitialState, circuit: QuantumCircuit) -> None:
    """Append gates that turn zeros into the state.

    Singlets take one CX each, and letters take single-qubit gates. What a superposition entangles takes Qiskit's own
    synthesis, whose gate count grows exponentially.

    >>> circuit = QuantumCircuit(3)
    >>> prepare(ProductKet("0+-"), circuit)
    >>> dict(circuit.count_ops())
    {'h': 2, 'x': 1}
    """
    raise NotImplementedError(type(state).__name__)


@prepare.register
def _(state: Singlets, circuit: QuantumCircuit) -> None:
    """|0_i 1_j> - |1_i 0_j> on every pair."""
    for i, j in state.pairs:
        circuit.x([i, j])
        circuit.h(i)
        circuit.cx(i, j)


@prepare.register
def _(state: ProductKet, circuit: QuantumCircuit) -> None:
    for qubit, letter in enumerate(state.letters):
        for gate in _GATES[letter]:
            gate(circuit, qubit)


@prepare.register
def _(state: Superposition, circuit: QuantumCircuit) -> None:
    letters, entangled = state.vector.split()
    prepare(ProductKet("".join(letters.get(q, "0") for q in range(state.vector.num_qubits))), circuit)
    if not entangled.num_qubits:
        return
    rest = QuantumCircuit(entangled.num_qubits)
    rest.append(StatePreparation(amplitudes_of(entangled)), rest.qubits)
    # In plain gates: OpenQASM would not read the synthesised gate back.
    plain = transpile(rest, basis_gates=["u", "cx"], optimization_level=0)
    others = [qubit for qubit in range(state.vector.num_qubits) if qubit not in letters]
    circuit.compose(plain, others, inplace=True)
