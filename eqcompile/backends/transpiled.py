"""Models on a back end: transpiled to its couplings and gates, and certified again.

The parametrised circuit is transpiled, once for all values. In the form of angles every angle is linear in the
parameters, so that what comes back is decided exactly: it prepares the same state as the certified circuit, or a
group element shows that it does not. A circuit that was bound before, or of which a pass synthesised a part anew,
holds rounded numbers, about which nothing can be proven; what they break is then measured.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.transpiler import generate_preset_pass_manager

from eqcompile.backends.devices import Device
from eqcompile.backends.measured import measured, spared
from eqcompile.backends.qiskit_reader import general_circuit
from eqcompile.certify.certificate import Certificate, Finding
from eqcompile.certify.equivalence import same_state
from eqcompile.certify.evidence import circuit_target
from eqcompile.certify.foreign import CLAIMS, check_circuit
from eqcompile.certify.model import certificate_of
from eqcompile.circuit.general import GeneralCircuit
from eqcompile.errors import BackendError, one_line
from eqcompile.exact.pauli import PauliSum
from eqcompile.reps.symmetry import Symmetry

OPTIMIZATION_LEVELS = (0, 1, 2, 3)

EXACT_LEVEL = 1
"""Above it, Qiskit may synthesise blocks of two qubits anew, with rounded numbers where it had exact ones."""


@dataclass(frozen=True)
class Claim:
    """What a circuit must be proven to be.

    Attributes:
        name: of the model.
        symmetry: the group under which the model is invariant.
        observable: what is measured.
        spec_sha256: hash of the spec's text.
    """

    name: str
    symmetry: Symmetry
    observable: PauliSum
    spec_sha256: str


def transpiled(
    circuit: QuantumCircuit, device: Device, claim: Claim, optimization_level: int | None, seed: int | None
) -> QuantumCircuit:
    """The circuit on the back end's qubits, with the observable moved along and a new certificate.

    Args:
        circuit: with its observable as ``.observable``.
        device: where it is to run.
        claim: what is proven again.
        optimization_level: of Qiskit's passes, 0 to 3; by default the highest that leaves exact numbers exact.
        seed: of their random choices.

    Returns:
        A circuit with ``.layout``, ``.observable`` on physical qubits, and ``.certificate``.

    Raises:
        BackendError: too few qubits, gates that cannot be expressed, or an unknown level.
    """
    if device.backend is None:
        placed = circuit.copy()
    else:
        placed = _exactly_placed(circuit, device, optimization_level, seed)
        _require_executable(placed, device)
    placed.observable = circuit.observable.apply_layout(placed.layout, placed.num_qubits)
    placed.certificate = recertified(placed, circuit, claim)
    return placed


def _exactly_placed(
    circuit: QuantumCircuit, device: Device, optimization_level: int | None, seed: int | None
) -> QuantumCircuit:
    if optimization_level is not None:
        return place_and_route(circuit, device, optimization_level, seed)
    best = place_and_route(circuit, device, max(OPTIMIZATION_LEVELS), seed)
    if general_circuit(best).literals and not general_circuit(circuit).literals:
        return place_and_route(circuit, device, EXACT_LEVEL, seed)
    return best


def place_and_route(
    circuit: QuantumCircuit, device: Device, optimization_level: int, seed: int | None
) -> QuantumCircuit:
    """Layout, routing and translation, by Qiskit's preset passes.

    Whatever stands here must return a circuit with a ``TranspileLayout``; that it is right is certified afterwards.

    Raises:
        BackendError: too few qubits, gates that cannot be expressed, or an unknown level.
    """
    if optimization_level not in OPTIMIZATION_LEVELS:
        raise BackendError(f"unknown optimisation level {optimization_level!r}; known: 0, 1, 2, 3")
    available = device.target.num_qubits
    if available is not None and available < circuit.num_qubits:
        raise BackendError(
            f"{device.name} has {available} qubits, the model needs {circuit.num_qubits}; choose a larger back end"
        )
    try:
        passes = generate_preset_pass_manager(
            optimization_level, backend=device.backend, seed_transpiler=seed
        )
        return passes.run(circuit)
    except QiskitError as error:
        reason = one_line(str(getattr(error, "message", error)).strip().splitlines()[0])
        raise BackendError(
            f"{device.name} cannot run the model: {reason}; its gates are {_gates_of(device)}"
        ) from None


def _require_executable(circuit: QuantumCircuit, device: Device) -> None:
    for item in circuit.data:
        qubits = tuple(circuit.find_bit(qubit).index for qubit in item.qubits)
        if not device.target.instruction_supported(item.operation.name, qubits):
            raise BackendError(
                f"{device.name} has no gate {item.operation.name!r} on qubits {', '.join(map(str, qubits))}; "
                f"its gates are {_gates_of(device)}"
            )


def _gates_of(device: Device) -> str:
    return ", ".join(sorted(device.target.operation_names))


def recertified(circuit: QuantumCircuit, reference: QuantumCircuit, claim: Claim) -> Certificate:
    """Decide again, for a transpiled circuit, that the model is invariant.

    First it is compared with the circuit that was transpiled: equal states, up to a phase and for all parameters,
    have equal expectation values. Where they differ, or this cannot be decided, every generator of the group is
    tested on the circuit alone, and measured in floating point where that is not exact either.

    Args:
        circuit: on physical qubits, with its layout.
        reference: the certified circuit, with parameters of the same names.
        claim: the group and the observable.

    Returns:
        One finding for every generator of the group.
    """
    found = general_circuit(circuit)
    seed = hashlib.sha256(repr(found.operations).encode()).hexdigest()
    findings = tuple(_findings(found, general_circuit(reference), claim, seed))
    plain = circuit_target(found, claim.symmetry, {}, "model", claim.observable)
    certificate = certificate_of(claim.name, claim.symmetry, findings, claim.spec_sha256, plain)
    return replace(certificate, target_sha256=seed)


def _findings(found: GeneralCircuit, known: GeneralCircuit, claim: Claim, seed: str) -> Iterator[Finding]:
    answer = same_state(found, known, seed)
    if answer.holds:
        for number, name in enumerate(claim.symmetry.generator_names):
            yield Finding(
                CLAIMS["model"],
                f"{claim.name} under {name}",
                "proven",
                answer.method,
                f"for all values of its {len(found.parameters)} parameters, error probability below "
                f"2^-{answer.exponent}",
                key=f"generator {number}",
                error_exponent=answer.exponent,
            )
        return
    symmetry, observable = claim.symmetry, claim.observable
    for finding in check_circuit(found, symmetry, {}, seed, "circuit, spec", "model", observable):
        check = measured if finding.verdict == "not decided" else spared
        yield check(finding, found, symmetry, {}, "model", observable)
