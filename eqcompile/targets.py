"""What can be verified: our own objects, Qiskit's, and files, each in exact form."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from eqcompile.budgets import stage
from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.elementary import elementary, with_lengths
from eqcompile.circuits.operations import VectorRotation
from eqcompile.circuits.sound import require_sound
from eqcompile.claims.of_circuit.data_action import coordinates_by_index
from eqcompile.declaration.lift import symmetry_of
from eqcompile.declaration.loader import load
from eqcompile.declaration.spec import Spec
from eqcompile.declaration.sums.sum_spec import SumSpec
from eqcompile.declaration.yaml.wording import near_miss
from eqcompile.errors import DimensionError, LimitError, MethodError, one_line, quoted
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.parameter_roles import data_names, listed
from eqcompile.symmetry.maps import DataIndex
from eqcompile.symmetry.symmetry import Symmetry

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp, Statevector

Exact: TypeAlias = PauliSum | ExactState | Circuit
Foreign: TypeAlias = "QuantumCircuit | SparsePauliOp | Statevector | str | os.PathLike[str]"

Places: TypeAlias = Mapping[str, tuple[str, str] | str]
"""For parameters that are coordinates: site and axis, as ``("H1", "x")`` or ``"H1.x"``."""

KNOWN = (
    "a Spec, a Program, or, together with a spec, a PauliSum, an ExactState, a Circuit, a QuantumCircuit, "
    "a SparsePauliOp, a Statevector, a matrix of SymPy, or the name of an OpenQASM or QPY file"
)


LAYOUT_HINT = (
    "if these are the qubits of a device, give the circuit as the transpiler returned it, or as QPY, which hold the "
    'layout, or say in the OpenQASM file where the qubits of the spec are: "// eqcompile layout: start 3 4, end 4 3"'
)


@stage("reading the circuit")
def exact_target(target: Any, coordinates: Mapping[str, tuple[str, str, str]] | None = None) -> Exact:
    """The exact form of an operator, a state or a circuit; see :func:`read_target`."""
    return read_target(target, coordinates)[0]


def read_target(
    target: Any, coordinates: Mapping[str, tuple[str, str, str]] | None = None
) -> tuple[Exact, tuple[str, ...]]:
    """The exact form of an operator, a state or a circuit, and what was assumed when it was read.

    Args:
        target: what is to be verified.
        coordinates: parameters of a circuit that are the components of vectors, by site.

    Raises:
        MethodError: the kind of target is not known.
        BackendError: a file or a Qiskit object cannot be read.
        ArgumentError, DimensionError: a matrix of SymPy is not an exact operator, nor one column of amplitudes.
    """
    if isinstance(target, Circuit):
        return _elementary(target), target.notes
    if isinstance(target, PauliSum | ExactState):
        return target, ()
    if isinstance(target, str | os.PathLike):
        from eqcompile.readers.circuit_file import read_circuit

        read = read_circuit(target, coordinates)
        return read, read.notes
    library = type(target).__module__.split(".")[0]
    if library == "qiskit":
        return _from_qiskit(target, coordinates)
    if library == "sympy" and hasattr(target, "todok"):
        column = target.cols == 1 and target.rows > 1
        return (ExactState if column else PauliSum).from_sympy(target), ()
    raise MethodError(f"cannot verify {type(target).__name__}; give {KNOWN}")


@contextmanager
def naming(target: Any) -> Iterator[None]:
    """Put the name of the file in front of what is refused about it; objects have no name."""
    try:
        yield
    except (DimensionError, LimitError, MethodError) as error:
        if isinstance(target, str | os.PathLike):
            raise type(error)(f"{one_line(os.fspath(target))}: {error}") from None
        raise


def _elementary(circuit: Circuit) -> Circuit:
    """The circuit in elementary operations, back on its own qubits if it was placed on others."""
    require_sound(circuit)
    found = elementary(circuit)
    if found.placement is None:
        return found
    from eqcompile.readers.layout import follow_layout

    return follow_layout(replace(found, placement=None), found.placement)


def _from_qiskit(
    target: Any, coordinates: Mapping[str, tuple[str, str, str]] | None
) -> tuple[Exact, tuple[str, ...]]:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Pauli, SparsePauliOp, Statevector

    from eqcompile.readers.readings import Readings

    readings = Readings()
    exact: Exact
    if isinstance(target, QuantumCircuit):
        from eqcompile.readers.circuit import general_circuit

        exact = general_circuit(target, coordinates)
        return exact, exact.notes
    if isinstance(target, Pauli):
        target = SparsePauliOp(target)
    if isinstance(target, SparsePauliOp):
        from eqcompile.readers.operators import sparse_pauli_sum

        exact = sparse_pauli_sum(target, readings)
    elif isinstance(target, Statevector):
        from eqcompile.readers.operators import exact_state

        exact = exact_state(target, readings)
    else:
        raise MethodError(f"cannot verify {type(target).__name__}; give {KNOWN}")
    return exact, readings.notes


def exact_observable(observable: Any) -> PauliSum | None:
    """The exact form of an observable, if there is one; see :func:`read_observable`."""
    return read_observable(observable)[0]


def read_observable(observable: Any) -> tuple[PauliSum | None, tuple[str, ...]]:
    """The exact form of an observable, if there is one, and what was assumed when it was read.

    Raises:
        MethodError: the observable is not an operator, or not Hermitian.
    """
    if observable is None:
        return None, ()
    exact, notes = (None, ()) if isinstance(observable, str | os.PathLike) else read_target(observable)
    if not isinstance(exact, PauliSum):
        raise MethodError(
            f"the observable is a {type(observable).__name__}; a PauliSum or SparsePauliOp is needed"
        )
    if not exact.is_hermitian:
        raise MethodError("the observable is not Hermitian; its expectation values would not be real")
    return exact, tuple(f"of the observable, {note}" for note in notes)


def on_register(target: Exact, symmetry: Symmetry) -> Exact:
    """The target on as many qubits as the group has; see :func:`circuit_on_register`.

    Raises:
        DimensionError: the target acts on a different number of qubits, ancillas aside.
    """
    if isinstance(target, Circuit):
        return circuit_on_register(target, symmetry)
    if target.num_qubits != symmetry.num_qubits:
        raise DimensionError(f"the target has {target.num_qubits} qubits, the spec {symmetry.num_qubits}")
    return target


def circuit_on_register(circuit: Circuit, symmetry: Symmetry) -> Circuit:
    """The circuit without the idle qubits at its end beyond those of the group; a note says so.

    Raises:
        DimensionError: the circuit acts on a different number of qubits, ancillas aside.
    """
    circuit = with_lengths(circuit, symmetry.site_names)
    own, wanted = circuit.num_qubits - circuit.num_ancillas, symmetry.num_qubits
    if own == wanted:
        return circuit
    used = {q for operation in circuit for q in operation.support}
    if own > wanted and not circuit.num_ancillas and max(used, default=-1) < wanted:
        which, verb = (
            (f"qubits {wanted} to {own - 1}", "are") if own > wanted + 1 else (f"qubit {wanted}", "is")
        )
        notes = (*circuit.notes, f"{which}, on which no gate acts, {verb} left out")
        return replace(circuit.relabelled(range(own), wanted), notes=notes)
    found = f"{own} qubits" + (f" and {circuit.num_ancillas} ancillas" if circuit.num_ancillas else "")
    hint = f"; {LAYOUT_HINT}" if own > wanted else ""
    raise DimensionError(f"the target has {found}, the spec {wanted}{hint}")


NEEDS_CIRCUIT = (
    "{} is a sum of circuits, which has no qubits of its own; give the spec of one of its circuits"
)


def declared(spec: object) -> Spec | SumSpec | Symmetry:
    """A spec, or the spec in a file of this name, or a group that was built in Python.

    Raises:
        MethodError: it is none of these.
        SpecError: the file cannot be read or has a mistake.
    """
    if isinstance(spec, str | os.PathLike):
        return load(spec)
    if isinstance(spec, Spec | SumSpec | Symmetry):
        return spec
    raise MethodError(
        "the group is given by a Spec, such as eq.load returns, by the name of its file, or built in Python; "
        f"found {type(spec).__name__}"
    )


def declared_circuit(spec: object) -> Spec | Symmetry:
    """As :func:`declared`, for one register of qubits.

    Raises:
        MethodError: also a sum of circuits, which has none.
    """
    found = declared(spec)
    if isinstance(found, SumSpec):
        raise MethodError(NEEDS_CIRCUIT.format(found.name))
    return found


def declared_model(spec: object) -> Spec | SumSpec:
    """A spec, or the spec in a file of this name.

    Raises:
        MethodError: it is neither.
        SpecError: the file cannot be read or has a mistake.
    """
    found = declared(spec)
    if not isinstance(found, Symmetry):
        return found
    raise MethodError(
        "a spec is needed, which declares data, state, observable and ansatz; found a symmetry alone"
    )


def declared_spec(spec: object) -> Spec:
    """As :func:`declared_model`, for one circuit.

    Raises:
        MethodError: also a sum of circuits.
    """
    found = declared_model(spec)
    if isinstance(found, SumSpec):
        raise MethodError(NEEDS_CIRCUIT.format(found.name))
    return found


def declared_symmetry(spec: object) -> Symmetry:
    """The group of a spec, or of a file, or a group that was built in Python.

    Raises:
        MethodError: it is none of these.
    """
    return found if isinstance(found := declared_circuit(spec), Symmetry) else symmetry_of(found)


def target_hash(target: Any, exact: Exact) -> str:
    """Hash of a file's bytes, or of the exact form of an object."""
    if isinstance(target, str | os.PathLike):
        with open(target, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    text = repr(exact.operations) if isinstance(exact, Circuit) else str(exact)
    return hashlib.sha256(text.encode()).hexdigest()


def checked_data(data: Places | None, symmetry: Symmetry) -> dict[str, DataIndex]:
    """The parameters that are coordinates: by default by name, else as declared, ``{"theta": ("H1", "x")}``.

    Raises:
        DimensionError: the data are not a mapping to pairs, a site or an axis does not exist, or a coordinate occurs
            twice.
    """
    if data is None:
        return data_names(symmetry)
    out = {}
    for name, (site, axis) in _pairs(data):
        if site not in symmetry.site_names or axis not in ("x", "y", "z"):
            known = ", ".join(symmetry.site_names) or "none"
            hint = (
                "" if site in symmetry.site_names else near_miss(site, symmetry.site_names).replace("; ", " ")
            )
            raise DimensionError(
                f"{name}: no coordinate {axis!r} of site {site!r};{hint} sites: {known}; axes: x, y, z"
            )
        out[name] = (symmetry.site_names.index(site), "xyz".index(axis))
    coordinates_by_index(out, symmetry)
    return out


def require_known(data: Mapping[str, Any] | None, exact: Exact, symmetry: Symmetry) -> None:
    """Refuse names of data that the circuit lacks, and parameters that are data by name but are left out.

    A coordinate under a wrong name would count as one more weight, and the claim would say nothing about the data.

    Args:
        data: the data as the user gave them; by default coordinates have their usual names.
        exact: the target that is verified.
        symmetry: the group.

    Raises:
        DimensionError: there is such a name.
        MethodError: the target is not a circuit.
    """
    if not isinstance(exact, Circuit):
        if data is not None:
            kind = "an operator" if isinstance(exact, PauliSum) else "a state"
            raise MethodError(f"data names parameters of a circuit, and {kind} has none; leave it out")
        return
    names = checked_data(data, symmetry)
    used = {*exact.parameters}
    vectors = {symmetry.site_names[o.site] for o in exact if isinstance(o, VectorRotation)}
    for site, coordinates in whole_vectors(names, symmetry).items():
        # A vector that was recognised is represented by its direction and turn, and its coordinates are gone.
        if site in vectors or not used.isdisjoint(angle_names(site)):
            used.update(coordinates)
    if data is None:
        _refuse_alike(used, symmetry)
        return
    for name in names:
        if name not in used:
            raise DimensionError(
                f"data: the circuit does not depend on {quoted(name)}{near_miss(name, sorted(used)) or ';'}"
                f" parameters: {listed(sorted(used)) or 'none'}"
            )
    left_out = sorted((used & data_names(symmetry).keys()) - names.keys())
    if names and left_out:
        number, axis = data_names(symmetry)[left_out[0]]
        raise DimensionError(
            f"{left_out[0]} is a coordinate by its name, and the data leave it out: add it, as "
            f"{symmetry.site_names[number]}.{'xyz'[axis]}, or rename it if it is a weight"
        )


def _refuse_alike(used: Iterable[str], symmetry: Symmetry) -> None:
    """Refuse names that differ from those of coordinates only by case or separators, such as ``h1_x`` or ``H1[0]``."""
    exact_names = {*data_names(symmetry), *(a for site in symmetry.site_names for a in angle_names(site))}
    alike = {_plain(name): name for name in exact_names}
    for name, (site, axis) in data_names(symmetry).items():
        alike[_plain(f"{symmetry.site_names[site]}[{axis}]")] = name
    for name in sorted(used):
        meant = alike.get(_plain(name))
        if name not in exact_names and meant is not None:
            raise DimensionError(
                f"the parameter {name} is named almost like {meant}, and would count as a weight: rename it to {meant} "
                "or to something else, or declare which parameters are data"
            )


def _plain(name: str) -> str:
    return re.sub(r"[\s.\-\[_]+", "_", name.casefold().rstrip("]"))


def _pairs(data: object) -> list[tuple[str, tuple[str, str]]]:
    """The entries of a mapping of names to pairs of names; anything else that a user writes is refused."""
    entries = list(data.items()) if isinstance(data, Mapping) else [("", None)]
    pairs = [(_parameter_name(name), pair) for name, place in entries if (pair := _pair(place)) is not None]
    if len(pairs) < len(entries):
        raise DimensionError(
            'data names coordinates of sites: write them as {"theta": ("H1", "x")} or "H1.x"'
        )
    return pairs


def _parameter_name(name: object) -> str:
    """The name, given as text or by an object that has one, such as Qiskit's parameters."""
    return str(getattr(name, "name", name))


def _pair(place: object) -> tuple[str, str] | None:
    """Site and axis, from a pair or from a text such as ``H1.x``; ``None`` for anything else."""
    if isinstance(place, str):
        site, _, axis = place.rpartition(".")
        return (site, axis) if site else None
    if isinstance(place, tuple | list) and len(place) == 2 and all(isinstance(p, str) for p in place):
        return place[0], place[1]
    return None


def whole_vectors(data: Mapping[str, DataIndex], symmetry: Symmetry) -> dict[str, tuple[str, str, str]]:
    """The names of the coordinates of every site whose coordinates are all parameters."""
    names = coordinates_by_index(data, symmetry)
    return {
        site: (names[k, 0], names[k, 1], names[k, 2])
        for k, site in enumerate(symmetry.site_names)
        if all((k, axis) in names for axis in range(3))
    }
