"""From a spec to mathematics: its symmetry on data and qubits, and its state."""

from collections.abc import Iterator, Sequence

from eqcompile.budgets import stage
from eqcompile.declaration.spec import (
    Charge,
    InitialState,
    Inversion,
    Path,
    Pauli,
    Permutation,
    PointSymmetry,
    ProductKet,
    Rotation,
    Singlets,
    Spec,
)
from eqcompile.errors import LimitError, SpecError
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.permutation import Images, PermutationGroup, images_from_cycles
from eqcompile.symmetry.charge import ChargeFactor
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.maps import UnitaryMap, lift_site_permutation
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.symmetry import Symmetry
from eqcompile.symmetry.unitary import UnitaryFactor


def spec_error(spec: Spec, message: str, path: Path) -> SpecError:
    """An error about one part of a spec, with its place in the file."""
    line, column = spec.source.locate(path)
    return SpecError(message, spec.source.path, line, column)


def require_explicit(spec: Spec) -> None:
    """Refuse a spec that still leaves parts to the compiler.

    Raises:
        SpecError: it does; :func:`eqcompile.derivation.resolve.resolve` fills them in.
    """
    for part in spec.derived:
        raise spec_error(
            spec, "this part is left to the compiler; compile the spec, which derives it", part.place
        )


@stage("building the group")
def symmetry_of(spec: Spec) -> Symmetry:
    """The declared group, lifted from the sites to the qubits that carry them."""
    names = spec.data.sites if spec.data else ()
    factors = (factor for index in range(len(spec.symmetry)) for factor in _factors(spec, index))
    return Symmetry(spec.qubits, names, tuple(factors))


def state_of(spec: Spec) -> ExactState:
    """The declared initial state, all qubits in zero if there is none.

    Raises:
        SpecError: parts of the spec are left to the compiler and not derived yet, or the state has more amplitudes
            than are held.
    """
    require_explicit(spec)
    try:
        return _amplitudes(spec.state or ProductKet("0" * spec.qubits), spec.qubits)
    except LimitError as error:
        raise spec_error(spec, str(error), ("state",)) from None


def _amplitudes(state: InitialState, num_qubits: int) -> ExactState:
    if isinstance(state, Singlets):
        return ExactState.singlets(num_qubits, state.pairs)
    return ExactState.product(state.letters) if isinstance(state, ProductKet) else state.vector


def _factors(spec: Spec, index: int) -> Iterator[Factor]:
    entry = spec.symmetry[index]
    place: Path = ("symmetry", index)
    n, num_sites = spec.qubits, len(spec.data.sites) if spec.data else 0
    if isinstance(entry, Permutation):
        yield _permutation(spec, entry, place)
    elif isinstance(entry, Rotation):
        sites = _sites_turned_by(spec, entry.qubits, place)
        if entry.group == "U(1)":
            yield AxialFactor(n, entry.axis, entry.qubits, sites, num_sites)
        else:
            yield RotationFactor(n, entry.qubits, sites, num_sites)
        if entry.parity is not None:
            yield InversionFactor(n, entry.parity, num_sites)
    elif isinstance(entry, PointSymmetry):
        sites = _sites_turned_by(spec, entry.qubits, place)
        yield PointFactor(n, entry.group, entry.qubits, entry.parity, sites, num_sites)
    elif isinstance(entry, Inversion):
        if entry.parity is None:
            raise spec_error(spec, "inversion needs a parity qubit; write inversion: {parity: N}", place)
        yield InversionFactor(n, entry.parity, num_sites)
    elif isinstance(entry, Pauli):
        yield PauliFactor(n, tuple(next(iter(op)) for op in entry.strings), num_sites)
    elif isinstance(entry, Charge):
        yield ChargeFactor(n, entry.operator, num_sites)
    else:
        yield UnitaryFactor(n, ((entry.name, UnitaryMap(n, entry.factors)),), num_sites)


def _sites_turned_by(spec: Spec, turning: Sequence[int], place: Path) -> tuple[int, ...]:
    """Sites whose qubits all turn."""
    sites = []
    for index, qubits in enumerate(spec.data.encode if spec.data else ()):
        inside = set(qubits) & set(turning)
        if inside and inside != set(qubits):
            raise spec_error(
                spec,
                f"the rotation acts on qubits {sorted(inside)} but not on all of {list(qubits)}, "
                "which carry the same site; name all of them or none",
                place,
            )
        if inside:
            sites.append(index)
    return tuple(sites)


def _permutation(spec: Spec, entry: Permutation, place: Path) -> PermutationFactor:
    names = spec.data.sites if spec.data else ()
    generators = tuple(_points(spec, entry, cycles, place) for cycles in entry.cycles)
    group = PermutationGroup(spec.qubits + len(names), generators)
    return PermutationFactor(spec.qubits, group, entry.label, names)


def _points(spec: Spec, entry: Permutation, cycles: tuple[tuple[str | int, ...], ...], place: Path) -> Images:
    """One permutation of the points: the qubits, then the sites."""
    if spec.data is None:
        return images_from_cycles([[int(q) for q in cycle] for cycle in cycles], spec.qubits)
    if entry.on == "sites":
        index = {name: i for i, name in enumerate(spec.data.sites)}
        on_sites = images_from_cycles([[index[str(s)] for s in cycle] for cycle in cycles], len(index))
        on_qubits = lift_site_permutation(dict(enumerate(on_sites)), spec.data.encode, spec.qubits)
    else:
        on_qubits = images_from_cycles([[int(q) for q in cycle] for cycle in cycles], spec.qubits)
        on_sites = _sites_moved_by(spec, on_qubits, place)
    return on_qubits + tuple(spec.qubits + site for site in on_sites)


def _sites_moved_by(spec: Spec, on_qubits: Images, place: Path) -> Images:
    """The permutation of the sites that a permutation of their qubits implies."""
    assert spec.data is not None
    carriers = {frozenset(qubits): site for site, qubits in enumerate(spec.data.encode)}
    images = []
    for site, qubits in zip(spec.data.sites, spec.data.encode, strict=True):
        moved = frozenset(on_qubits[q] for q in qubits)
        if moved not in carriers:
            raise spec_error(
                spec,
                f"the permutation moves the qubits {list(qubits)} of site {site} to {sorted(moved)}, "
                "which carry no single site; permute all copies of a site together",
                place,
            )
        images.append(carriers[moved])
    return tuple(images)
