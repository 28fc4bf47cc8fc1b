"""From a spec to its circuit."""

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Operation, Singlet, VectorRotation
from eqcompile.declaration.lift import require_explicit
from eqcompile.declaration.spec import InitialState, Singlets, Spec


def ansatz_of(spec: Spec) -> ReuploadingAnsatz:
    """The declared circuit; without data, layers with nothing between them.

    Raises:
        SpecError: the spec has no ansatz, or parts of it are left to the compiler and not derived yet.
    """
    require_explicit(spec)
    if spec.ansatz is None:
        raise spec.error("the spec has no 'ansatz', which a circuit needs; add it", ())
    ansatz = spec.ansatz
    return ReuploadingAnsatz(
        num_qubits=spec.qubits,
        site_names=spec.data.sites if spec.data else (),
        encoding=encoding_of(spec),
        layer=ansatz.layer,
        depth=ansatz.depth,
        blocks=ansatz.blocks,
        breaking=ansatz.breaking.generator if ansatz.breaking else None,
        scale_names=tuple(name for name, _ in spec.data.scales) if spec.data else (),
    )


def encoding_of(spec: Spec) -> tuple[VectorRotation, ...]:
    """One gate for every copy of every site, all first copies before all second ones."""
    if spec.data is None:
        return ()
    scale_of = {site: name for name, sites in spec.data.scales for site in sites}
    copies = max(len(qubits) for qubits in spec.data.encode)
    return tuple(
        VectorRotation.scaled(index, spec.data.encode[index][copy], scale_of[site], spec.parity)
        for copy in range(copies)
        for index, site in enumerate(spec.data.sites)
        if copy < len(spec.data.encode[index])
    )


def model_circuit(ansatz: ReuploadingAnsatz, state: InitialState | None) -> Circuit:
    """The circuit of a model in whole gates, preparation of singlets included.

    Args:
        ansatz: encodings and layers.
        state: initial state; all qubits in zero by default.
    """
    singlets = state.pairs if isinstance(state, Singlets) else ()
    operations: list[Operation] = [Singlet(i, j) for i, j in singlets]
    start = None if isinstance(state, Singlets) else state
    return Circuit(ansatz.num_qubits, (*operations, *ansatz.gates()), start=start)
