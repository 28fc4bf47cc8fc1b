"""What can be verified: our own objects, Qiskit's, and files, each brought into exact form."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from eqcompile.certify.data_action import coordinates_by_index
from eqcompile.circuit.ansatz import coordinate_names
from eqcompile.circuit.general import GeneralCircuit
from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.state import ExactState
from eqcompile.reps.maps import DataIndex
from eqcompile.reps.symmetry import Symmetry

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp, Statevector

Exact: TypeAlias = PauliSum | ExactState | GeneralCircuit
Foreign: TypeAlias = "QuantumCircuit | SparsePauliOp | Statevector | str | os.PathLike[str]"

KNOWN = (
    "a Spec, a Program, or, together with a spec, a PauliSum, an ExactState, a QuantumCircuit, a SparsePauliOp, "
    "a Statevector, or the name of an OpenQASM or QPY file"
)


def exact_target(target: Any) -> Exact:
    """The exact form of an operator, a state or a circuit.

    Raises:
        MethodError: a kind of target that is not known.
        BackendError: a file or a Qiskit object that cannot be read.
    """
    if isinstance(target, PauliSum | ExactState | GeneralCircuit):
        return target
    if isinstance(target, str | os.PathLike):
        from eqcompile.backends.circuit_files import load_circuit
        from eqcompile.backends.qiskit_reader import general_circuit

        name = os.path.basename(os.fspath(target))
        return replace(general_circuit(load_circuit(target)), name=name)
    if type(target).__module__.split(".")[0] == "qiskit":
        return _from_qiskit(target)
    raise MethodError(f"cannot verify {type(target).__name__}; give {KNOWN}")


def _from_qiskit(target: Any) -> Exact:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp, Statevector

    if isinstance(target, QuantumCircuit):
        from eqcompile.backends.qiskit_reader import general_circuit

        return general_circuit(target)
    if isinstance(target, SparsePauliOp):
        from eqcompile.backends.qiskit_operators import sparse_pauli_sum

        return sparse_pauli_sum(target)
    if isinstance(target, Statevector):
        from eqcompile.backends.qiskit_operators import exact_state

        return exact_state(target)
    raise MethodError(f"cannot verify {type(target).__name__}; give {KNOWN}")


def exact_observable(observable: Any) -> PauliSum | None:
    """The exact form of an observable, if there is one.

    Raises:
        MethodError: it is no operator.
    """
    if observable is None:
        return None
    exact = exact_target(observable)
    if not isinstance(exact, PauliSum):
        raise MethodError(
            f"the observable is a {type(observable).__name__}; a PauliSum or SparsePauliOp is needed"
        )
    return exact


def data_names(symmetry: Symmetry) -> dict[str, DataIndex]:
    """The parameters that are taken for data: ``H1_x``, ``H1_y``, ``H1_z`` for a site H1."""
    names = coordinate_names(symmetry.site_names)
    return {name: (site, axis) for site, triple in enumerate(names) for axis, name in enumerate(triple)}


def require_same_register(target: Exact, symmetry: Symmetry) -> None:
    """Refuse a target with another number of qubits than the group, ancillas aside.

    Raises:
        DimensionError: it has.
    """
    ancillas = target.num_ancillas if isinstance(target, GeneralCircuit) else 0
    if target.num_qubits - ancillas != symmetry.num_qubits:
        found = f"{target.num_qubits - ancillas} qubits" + (f" and {ancillas} ancillas" if ancillas else "")
        raise DimensionError(f"the target has {found}, the spec {symmetry.num_qubits}")


def target_hash(target: Any, exact: Exact) -> str:
    """Hash of a file's bytes, or of the exact form of an object."""
    if isinstance(target, str | os.PathLike):
        with open(target, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    text = repr(exact.operations) if isinstance(exact, GeneralCircuit) else str(exact)
    return hashlib.sha256(text.encode()).hexdigest()


def checked_data(data: Mapping[str, tuple[str, str]] | None, symmetry: Symmetry) -> dict[str, DataIndex]:
    """The parameters that are coordinates: by default by name, else as declared, ``{"theta": ("H1", "x")}``.

    Raises:
        DimensionError: a site or an axis that does not exist, or the same coordinate twice.
    """
    if data is None:
        return data_names(symmetry)
    out = {}
    for name, (site, axis) in data.items():
        if site not in symmetry.site_names or axis not in ("x", "y", "z"):
            known = ", ".join(symmetry.site_names) or "none"
            raise DimensionError(
                f"{name}: no coordinate {axis!r} of site {site!r}; sites: {known}; axes: x, y, z"
            )
        out[name] = (symmetry.site_names.index(site), "xyz".index(axis))
    coordinates_by_index(out, symmetry)
    return out
