"""Models on a back end: transpiled to its couplings and gates, and certified again.

The parametrised circuit is transpiled, once for all values. In the form of angles every angle is linear in the
parameters, so what comes back is decided exactly: it prepares the same state as the certified circuit, or a group
element shows that it does not. A circuit that was bound before, or of which a pass synthesised a part anew, holds
rounded numbers, about which nothing can be proven; what they break is then measured.
"""

from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError
from qiskit.transpiler import generate_preset_pass_manager

from eqcompile.devices.devices import Device, gates_of, require_executable
from eqcompile.devices.recertify import Wanted, recertified
from eqcompile.devices.routed import Model, can_be_routed, routed_circuit, translated
from eqcompile.errors import BackendError, one_line
from eqcompile.passes.routing.coupling import Coupling
from eqcompile.readers.circuit import general_circuit

OPTIMIZATION_LEVELS = (0, 1, 2, 3)

EXACT_LEVEL = 1
"""Above this level, Qiskit may synthesise blocks of two qubits anew, with rounded numbers where it had exact ones."""


def transpiled(
    circuit: QuantumCircuit,
    model: Model,
    device: Device,
    claim: Wanted,
    optimization_level: int | None,
    seed: int | None,
) -> QuantumCircuit:
    """The circuit on the back end's qubits, with the observable moved along and a new certificate.

    Args:
        circuit: circuit with its observable as ``.observable``.
        model: the model that it was made from.
        device: device on which it is to run.
        claim: what is proven again.
        optimization_level: level of Qiskit's passes, 0 to 3; by default the highest that leaves exact numbers exact.
        seed: seed for their random choices.

    Returns:
        A circuit with ``.layout``, ``.observable`` on physical qubits, and ``.certificate``.

    Raises:
        BackendError: too few qubits, gates that cannot be expressed, an unknown level, or the form ``"vectors"``.
    """
    if device.backend is None:
        placed = circuit.copy()
    elif claim.data == "vectors":
        raise BackendError(
            'the form "vectors" has no gates of a back end before its parameters have values; choose "angles" or '
            '"positions", or bind the circuit first'
        )
    else:
        placed = _exactly_placed(circuit, model, device, optimization_level, seed)
        require_executable(placed, device)
    placed.observable = circuit.observable.apply_layout(placed.layout, placed.num_qubits)
    placed.certificate = recertified(placed, circuit, claim)
    return placed


def _exactly_placed(
    circuit: QuantumCircuit, model: Model, device: Device, optimization_level: int | None, seed: int | None
) -> QuantumCircuit:
    _require_qubits(circuit, device)
    coupling = coupling_of(device)
    routed = None
    if coupling is not None and optimization_level in (*OPTIMIZATION_LEVELS, None) and can_be_routed(model):
        routed = routed_circuit(model, coupling)

    def placed(level: int) -> QuantumCircuit:
        return _placed(circuit, routed, device, level, seed)

    if optimization_level is not None:
        return placed(optimization_level)
    best = placed(max(OPTIMIZATION_LEVELS))
    if general_circuit(best).literals and not general_circuit(circuit).literals:
        return placed(EXACT_LEVEL)
    return best


def coupling_of(device: Device) -> Coupling | None:
    """Which qubits are neighbours; ``None`` where all are, or where the back end does not say."""
    couplings = device.target.build_coupling_map()
    if couplings is None:
        return None
    coupling = Coupling.of(couplings.size(), couplings.get_edges())
    return None if coupling.is_full else coupling


def _require_qubits(circuit: QuantumCircuit, device: Device) -> None:
    available = device.target.num_qubits
    if available is not None and available < circuit.num_qubits:
        qubits = f"{available} qubit{'s' if available > 1 else ''}"
        raise BackendError(
            f"{device.name} has {qubits}, the model needs {circuit.num_qubits}; choose a larger back end"
        )


def _placed(
    circuit: QuantumCircuit,
    routed: QuantumCircuit | None,
    device: Device,
    optimization_level: int,
    seed: int | None,
) -> QuantumCircuit:
    """Routed by our own passes and translated, or all of it by Qiskit's preset passes.

    Raises:
        BackendError: gates that cannot be expressed, or an unknown level.
    """
    if optimization_level not in OPTIMIZATION_LEVELS:
        raise BackendError(f"unknown optimisation level {optimization_level!r}; known: 0, 1, 2, 3")
    try:
        if routed is not None:
            return translated(routed, device.target, optimization_level, seed)
        passes = generate_preset_pass_manager(
            optimization_level, backend=device.backend, seed_transpiler=seed
        )
        return passes.run(circuit)
    except QiskitError as error:
        reason = one_line(str(getattr(error, "message", error)).strip().splitlines()[0])
        raise BackendError(
            f"{device.name} cannot run the model: {reason}; its gates are {gates_of(device)}"
        ) from None
