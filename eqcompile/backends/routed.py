"""A model routed by our own passes, as a Qiskit circuit on the qubits of a device."""

from dataclasses import dataclass, replace

from qiskit import QuantumCircuit, QuantumRegister
from qiskit.passmanager import ConditionalController
from qiskit.transpiler import Layout, PassManager, Target, TranspileLayout
from qiskit.transpiler.passes import ApplyLayout, VF2PostLayout
from qiskit.transpiler.preset_passmanagers import generate_preset_pass_manager

from eqcompile.backends.binding import DataForm
from eqcompile.backends.preparation import prepare
from eqcompile.backends.qiskit import Emitter
from eqcompile.circuit.ansatz import ReuploadingAnsatz
from eqcompile.circuit.sequence import EquivariantCircuit, sequence_of
from eqcompile.passes.coupling import Coupling
from eqcompile.passes.merge import MergeRepeats
from eqcompile.passes.order import Schedule
from eqcompile.passes.pipeline import Observer, Pipeline
from eqcompile.passes.region import RouteOnDevice
from eqcompile.passes.split import SplitOrbits
from eqcompile.spec.model import InitialState, ProductKet, Superposition

STAGES = ("translation", "pre_optimization", "optimization")
"""Of Qiskit's preset passes, those that come after routing."""

MAX_PLACES = 2000
"""Places on the device that are compared by their noise."""


@dataclass(frozen=True)
class Model:
    """What is emitted: a circuit, how it starts, and the form of its data parameters."""

    ansatz: ReuploadingAnsatz
    state: InitialState | None
    name: str
    data: DataForm = "angles"


def can_be_routed(model: Model) -> bool:
    """Whether our passes apply: gates on one or two qubits, from an initial state without further entanglement."""
    if isinstance(model.state, Superposition) and model.state.vector.split()[1].num_qubits:
        return False
    circuit = SplitOrbits().run(sequence_of(model.ansatz, model.state))
    return all(len(operation.qubits) <= 2 for operation in circuit)


def routed_circuit(
    model: Model,
    coupling: Coupling,
    observe: Observer | None = None,
) -> QuantumCircuit:
    """Split orbit sums, fuse repeats, order, route, and emit primitive gates on physical qubits.

    Args:
        model: see :func:`can_be_routed`.
        coupling: of the device.
        observe: is told the circuit after every pass.

    Returns:
        A circuit with a ``TranspileLayout``; its two-qubit gates are CX between neighbours.

    Raises:
        BackendError: too few connected qubits.
        MethodError: a gate acts on more than two qubits.
    """
    passes = (SplitOrbits(), MergeRepeats(), Schedule(), RouteOnDevice(coupling))
    circuit = Pipeline(passes).run(sequence_of(model.ansatz, model.state), observe)
    return _emitted(circuit, model)


def translated(
    circuit: QuantumCircuit, target: Target, optimization_level: int, seed: int | None
) -> QuantumCircuit:
    """A circuit on physical qubits in the gates of a target, on the part of it with the least noise.

    Args:
        circuit: with a layout, between neighbours of the target.
        target: of the back end.
        optimization_level: of Qiskit's passes, 0 to 3; at 0 every qubit stays where it is.
        seed: of their random choices.
    """
    preset = generate_preset_pass_manager(optimization_level, target=target, seed_transpiler=seed)
    passes = PassManager()
    if optimization_level:
        passes.append(VF2PostLayout(target, seed=seed, strict_direction=False, max_trials=MAX_PLACES))
        passes.append(
            ConditionalController(ApplyLayout(), condition=lambda found: found["post_layout"] is not None)
        )
    for stage in map(preset.__getattribute__, STAGES):
        passes.append(stage.to_flow_controller()) if stage else None
    properties: dict[str, object] = {}
    if circuit.layout is not None:
        circuit.layout.write_into_property_set(properties)
    return passes.run(circuit, property_set=properties)


def _emitted(circuit: EquivariantCircuit, model: Model) -> QuantumCircuit:
    register = QuantumRegister(circuit.num_qubits, "q")
    emitter = Emitter(QuantumCircuit(register, name=model.name), model.ansatz.site_names, model.data)
    if isinstance(circuit.start, ProductKet):
        letters = dict(zip(circuit.initial, circuit.start.letters, strict=True))
        whole = "".join(letters.get(q, "0") for q in range(circuit.num_qubits))
        prepare(replace(circuit.start, letters=whole), emitter.circuit)
    elif circuit.start is not None:
        prepare(circuit.start, emitter.circuit)
    for operation in circuit:
        emitter.gate(operation)
    emitter.circuit._layout = _layout(circuit, model.ansatz.num_qubits, register)
    return emitter.circuit


def _layout(circuit: EquivariantCircuit, num_virtual: int, register: QuantumRegister) -> TranspileLayout:
    """Virtual qubits and ancillas to where they start, and from there to where they end."""
    virtual = QuantumRegister(num_virtual, "model")
    idle = sorted(set(range(circuit.num_qubits)) - set(circuit.initial))
    ancilla = QuantumRegister(len(idle), "ancilla")
    starts = [*circuit.initial, *idle]
    qubits = [*virtual, *ancilla]
    initial = Layout(dict(zip(qubits, starts, strict=True)))
    for part in (virtual, *((ancilla,) if idle else ())):
        initial.add_register(part)
    ends = [*circuit.final, *_idle_ends(circuit, idle)]
    final = Layout({register[start]: end for start, end in zip(starts, ends, strict=True)})
    return TranspileLayout(
        initial_layout=initial,
        input_qubit_mapping={qubit: number for number, qubit in enumerate(qubits)},
        final_layout=final,
        _input_qubit_count=num_virtual,
        _output_qubit_list=list(register),
    )


def _idle_ends(circuit: EquivariantCircuit, idle: list[int]) -> list[int]:
    """Where qubits that hold nothing end: swaps move them too."""
    from eqcompile.circuit.sequence import Swapped

    place = {q: q for q in idle}
    for operation in circuit:
        if isinstance(operation, Swapped):
            a, b = operation.qubits
            place = {q: b if p == a else a if p == b else p for q, p in place.items()}
    return [place[q] for q in idle]
