"""The pipeline made visible: what each pass left, how large it is, and that it was certified again."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from qiskit import QuantumCircuit
from qiskit.providers import BackendV2

from eqcompile.budgets import stage
from eqcompile.circuits.circuit import Circuit
from eqcompile.claims.certificate import Certificate
from eqcompile.devices.devices import Device, find_backend
from eqcompile.devices.recertify import Wanted, recertified
from eqcompile.devices.routed import Model, can_be_routed, emitted, pipeline
from eqcompile.devices.transpile import coupling_of
from eqcompile.emit.compiled import CURE, Compiled
from eqcompile.emit.qiskit.circuit import circuit_of
from eqcompile.emit.qiskit.parameters import ParameterNames
from eqcompile.passes.rewrite.pipeline import Pipeline


@dataclass(frozen=True)
class Stage:
    """A circuit after a pass.

    Attributes:
        name: name of the pass; ``declared`` before the first one.
        circuit: gates that are still whole; as text, one line each.
        num_gates: number of these gates.
        two_qubit_gates: CX after lowering.
        two_qubit_depth: depth counted in these CX.
        certificate: certificate of the lowered circuit.
    """

    name: str
    circuit: Circuit
    num_gates: int
    two_qubit_gates: int
    two_qubit_depth: int
    certificate: Certificate


@stage("the passes", CURE)
def stages_of(program: Compiled, backend: str | BackendV2 | Device | None = None) -> tuple[Stage, ...]:
    """The stages of a program's circuit in the form ``"angles"``.

    Args and Raises: as for :meth:`eqcompile.program.Program.stages`.
    """
    device = None if backend is None else find_backend(backend)
    spec, names = program.spec, ParameterNames.of(program.spec)
    model = Model(program.ansatz, spec.state, spec.name, "angles", names)
    return tuple(stages(model, circuit_of(program, "angles"), Wanted.of(program, "angles"), device))


def stages(model: Model, reference: QuantumCircuit, claim: Wanted, device: Device | None) -> Iterator[Stage]:
    """Run pass after pass, lower what it left, and certify it again.

    Args:
        model: what is compiled.
        reference: its certified circuit.
        claim: what is proven of every stage.
        device: device to whose couplings the circuit is routed, if any. A model with gates on more than two qubits is
            not routed by us.
    """
    coupling = None if device is None or device.backend is None else coupling_of(device)
    whole = pipeline(coupling if can_be_routed(model) else None)
    circuit, site_names = model.sequence()
    for step in chain([None], whole.passes):
        if step is not None:
            circuit = Pipeline((step,)).run(circuit)
        lowered = emitted(circuit, site_names, model)
        yield Stage(
            "declared" if step is None else step.name,
            circuit,
            len(circuit.operations),
            lowered.num_nonlocal_gates(),
            lowered.depth(lambda item: len(item.qubits) == 2),
            recertified(lowered, reference, claim),
        )
