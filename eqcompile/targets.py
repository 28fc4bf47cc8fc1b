"""What can be verified: our own objects, Qiskit's, and files, each brought into exact form."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from eqcompile.budget import stage
from eqcompile.certify.data_action import coordinates_by_index
from eqcompile.circuit.ansatz import coordinate_names
from eqcompile.circuit.general import GeneralCircuit
from eqcompile.errors import BackendError, DimensionError, MethodError, one_line
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.state import ExactState
from eqcompile.reps.maps import DataIndex
from eqcompile.reps.symmetry import Symmetry
from eqcompile.spec.lift import symmetry_of
from eqcompile.spec.model import Spec

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp, Statevector

Exact: TypeAlias = PauliSum | ExactState | GeneralCircuit
Foreign: TypeAlias = "QuantumCircuit | SparsePauliOp | Statevector | str | os.PathLike[str]"

KNOWN = (
    "a Spec, a Program, or, together with a spec, a PauliSum, an ExactState, a QuantumCircuit, a SparsePauliOp, "
    "a Statevector, or the name of an OpenQASM or QPY file"
)


@stage("reading the circuit")
def exact_target(target: Any, coordinates: Mapping[str, tuple[str, str, str]] | None = None) -> Exact:
    """The exact form of an operator, a state or a circuit.

    Args:
        target: what is to be verified.
        coordinates: parameters of a circuit that are the components of vectors, by site.

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
        circuit = load_circuit(target)
        try:
            return replace(general_circuit(circuit, coordinates), name=name)
        except BackendError as error:
            raise BackendError(f"{one_line(os.fspath(target))}: {error}") from None
    if type(target).__module__.split(".")[0] == "qiskit":
        return _from_qiskit(target, coordinates)
    raise MethodError(f"cannot verify {type(target).__name__}; give {KNOWN}")


def _from_qiskit(target: Any, coordinates: Mapping[str, tuple[str, str, str]] | None) -> Exact:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp, Statevector

    if isinstance(target, QuantumCircuit):
        from eqcompile.backends.qiskit_reader import general_circuit

        return general_circuit(target, coordinates)
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
        MethodError: it is no operator, or not Hermitian.
    """
    if observable is None:
        return None
    exact = None if isinstance(observable, str | os.PathLike) else exact_target(observable)
    if not isinstance(exact, PauliSum):
        raise MethodError(
            f"the observable is a {type(observable).__name__}; a PauliSum or SparsePauliOp is needed"
        )
    if not exact.is_hermitian:
        raise MethodError("the observable is not Hermitian; its expectation values would not be real")
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


def declared_symmetry(spec: object) -> Symmetry:
    """The group of a spec, or a group that was built in Python.

    Raises:
        MethodError: neither.
    """
    if isinstance(spec, Symmetry):
        return spec
    if isinstance(spec, Spec):
        return symmetry_of(spec)
    raise MethodError(
        f"the group is given by a Spec, such as eq.load returns, or built in Python; found a {type(spec).__name__}"
    )


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
        DimensionError: no mapping to pairs, a site or an axis that does not exist, or the same coordinate twice.
    """
    if data is None:
        return data_names(symmetry)
    out = {}
    for name, (site, axis) in _pairs(data):
        if site not in symmetry.site_names or axis not in ("x", "y", "z"):
            known = ", ".join(symmetry.site_names) or "none"
            raise DimensionError(
                f"{name}: no coordinate {axis!r} of site {site!r}; sites: {known}; axes: x, y, z"
            )
        out[name] = (symmetry.site_names.index(site), "xyz".index(axis))
    coordinates_by_index(out, symmetry)
    return out


def _pairs(data: object) -> list[tuple[str, tuple[str, str]]]:
    """The entries of a mapping of names to pairs of names; users write other things too."""
    entries = list(data.items()) if isinstance(data, Mapping) else None
    if entries is None or not all(_is_pair(place) for _, place in entries):
        raise DimensionError('data names coordinates of sites: write them as {"theta": ("H1", "x")}')
    return [(str(name), (place[0], place[1])) for name, place in entries]


def _is_pair(place: object) -> bool:
    return isinstance(place, tuple | list) and len(place) == 2 and all(isinstance(p, str) for p in place)


def whole_vectors(data: Mapping[str, DataIndex], symmetry: Symmetry) -> dict[str, tuple[str, str, str]]:
    """The names of the coordinates of every site of which all three are parameters."""
    names = coordinates_by_index(data, symmetry)
    return {
        site: (names[k, 0], names[k, 1], names[k, 2])
        for k, site in enumerate(symmetry.site_names)
        if all((k, axis) in names for axis in range(3))
    }
