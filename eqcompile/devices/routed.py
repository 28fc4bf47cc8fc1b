"""A model routed by our own passes, as a Qiskit circuit on the qubits of a device."""

from dataclasses import dataclass, replace

from qiskit import QuantumCircuit, QuantumRegister
from qiskit.passmanager import ConditionalController
from qiskit.transpiler import Layout, PassManager, Target, TranspileLayout
from qiskit.transpiler.passes import ApplyLayout, VF2PostLayout
from qiskit.transpiler.preset_passmanagers import generate_preset_pass_manager

from eqcompile.circuits.ansatz import ReuploadingAnsatz, occurrence_name
from eqcompile.circuits.build import model_circuit
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Operation, Swapped, VectorRotation
from eqcompile.declaration.spec import InitialState, ProductKet, Superposition
from eqcompile.emit.binding import DataForm
from eqcompile.emit.qiskit.circuit import QiskitEmitter
from eqcompile.emit.qiskit.parameters import PLAIN, ParameterNames
from eqcompile.emit.qiskit.preparation import prepare
from eqcompile.passes.formula.product_formula import ProductFormulas
from eqcompile.passes.rewrite.merge import MergeRepeats
from eqcompile.passes.rewrite.pipeline import Observer, Pass, Pipeline
from eqcompile.passes.rewrite.schedule import Schedule
from eqcompile.passes.rewrite.split import SplitOrbits
from eqcompile.passes.routing.coupling import Coupling
from eqcompile.passes.routing.region import RouteOnDevice

STAGES = ("translation", "pre_optimization", "optimization")
"""Those of Qiskit's preset passes that come after routing."""

MAX_PLACES = 2000
"""Places on a device that are compared by their noise. Beyond it, weaker: only the first ones are compared; the
circuit is right, and may be placed on noisier qubits."""


@dataclass(frozen=True)
class Model:
    """What is emitted.

    Attributes:
        ansatz: the circuit.
        state: how it starts.
        name: name of the Qiskit circuit.
        data: form of the data parameters, see :func:`eqcompile.emit.qiskit.circuit.qiskit_circuit`.
        names: names of all parameters.
        formulas: product formulas for gates without an exact circuit.
    """

    ansatz: ReuploadingAnsatz
    state: InitialState | None
    name: str
    data: DataForm = "angles"
    names: ParameterNames = PLAIN
    formulas: ProductFormulas | None = None

    def sequence(self) -> tuple[Circuit, tuple[str, ...]]:
        """The circuit and the names of its sites: with ``data="gates"``, every encoding gate is a site of its own."""
        circuit = model_circuit(self.ansatz, self.state)
        if self.formulas is not None:
            circuit = self.formulas.run(circuit)
        if self.data != "gates":
            return circuit, self.ansatz.site_names
        names: list[str] = []
        operations: list[Operation] = []
        for operation in circuit:
            if isinstance(operation, VectorRotation):
                encoding = len(names) // len(self.ansatz.encoding)
                site = self.ansatz.site_names[operation.site]
                operation = operation.at_site(len(names))
                names.append(occurrence_name(site, encoding, operation.qubit))
            operations.append(operation)
        return replace(circuit, operations=tuple(operations)), tuple(names)


def can_be_routed(model: Model) -> bool:
    """Whether our passes apply: gates on one or two qubits, from an initial state without further entanglement."""
    if isinstance(model.state, Superposition) and model.state.vector.split()[1].num_qubits:
        return False
    circuit = SplitOrbits().run(model.sequence()[0])
    return all(len(operation.qubits) <= 2 for operation in circuit)


def routed_circuit(
    model: Model,
    coupling: Coupling,
    observe: Observer | None = None,
) -> QuantumCircuit:
    """Split orbit sums, fuse repeats, order, route, and emit primitive gates on physical qubits.

    Args:
        model: a model for which :func:`can_be_routed` holds.
        coupling: coupling of the device.
        observe: a function that is told the circuit after every pass.

    Returns:
        A circuit with a ``TranspileLayout``; its two-qubit gates are CX between neighbours.

    Raises:
        BackendError: too few connected qubits.
        MethodError: a gate acts on more than two qubits.
    """
    circuit, site_names = model.sequence()
    return emitted(pipeline(coupling).run(circuit, observe), site_names, model)


def pipeline(coupling: Coupling | None) -> Pipeline:
    """Our passes for a device; without one, the passes that need no device."""
    passes: tuple[Pass, ...] = (SplitOrbits(), MergeRepeats(), Schedule())
    return Pipeline(passes if coupling is None else (*passes, RouteOnDevice(coupling)))


def translated(
    circuit: QuantumCircuit, target: Target, optimization_level: int, seed: int | None
) -> QuantumCircuit:
    """A circuit on physical qubits in the gates of a target, on the part of it with the least noise.

    Args:
        circuit: circuit with a layout, between neighbours of the target.
        target: target of the back end.
        optimization_level: level of Qiskit's passes, 0 to 3; at 0 every qubit stays where it is.
        seed: seed for their random choices.
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


def emitted(circuit: Circuit, site_names: tuple[str, ...], model: Model) -> QuantumCircuit:
    """A circuit of whole gates as primitive ones, with a layout from the model's qubits to where they are."""
    register = QuantumRegister(circuit.num_qubits, "q")
    form: DataForm = "positions" if model.data == "positions" else "angles"
    emitter = QiskitEmitter(QuantumCircuit(register, name=model.name), site_names, form, model.names)
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


def _layout(circuit: Circuit, num_virtual: int, register: QuantumRegister) -> TranspileLayout:
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


def _idle_ends(circuit: Circuit, idle: list[int]) -> list[int]:
    """Where qubits that hold nothing end: swaps move them too."""
    place = {q: q for q in idle}
    for operation in circuit:
        if isinstance(operation, Swapped):
            a, b = operation.qubits
            place = {q: b if p == a else a if p == b else p for q, p in place.items()}
    return [place[q] for q in idle]
