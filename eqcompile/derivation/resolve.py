"""Fill in the parts that a spec leaves to the compiler: encoding, state, observable, layer."""

from collections.abc import Callable
from dataclasses import replace

from eqcompile.arguments import accepts, one_of
from eqcompile.declaration.lift import symmetry_of
from eqcompile.declaration.parts.data import DEFAULT_SCALE
from eqcompile.declaration.spec import Path, ProductKet, Singlets, Spec, Superposition
from eqcompile.declaration.yaml.forms import MAX_LAYER
from eqcompile.derivation.compare import derive_basis
from eqcompile.derivation.invariant_states.product_states import ProductState
from eqcompile.derivation.invariant_states.singlets import SingletProduct
from eqcompile.derivation.invariant_states.states import prepared_state
from eqcompile.derivation.observables import choose_observable
from eqcompile.derivation.uploads.encodings import site_orbits
from eqcompile.derivation.uploads.upload import require_equivariant, upload
from eqcompile.derivation.witness.by_weight import why_none
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.symmetry.symmetry import Symmetry


@accepts(spec=one_of("a spec, such as eq.load returns, is needed", Spec))
def resolve(spec: Spec) -> Spec:
    """The same spec with everything explicit.

    The encoding is x.sigma on every copy of a site, proven to intertwine, with a scale for each orbit of sites. The
    state is the first invariant product of singlets, else of single-qubit states, else any invariant state. The
    observable is the invariant one of lowest weight and fewest terms that acts on data. The layer has all gate
    generators that the symmetry allows.

    Args:
        spec: a spec from :func:`eqcompile.load`.

    Returns:
        The spec itself if it leaves nothing to the compiler.

    Raises:
        SpecError: the symmetry does not allow such a part, or there is too much to derive. The message gives the place
            in the file, the reason, and what to change.

    >>> from eqcompile.declaration.loader import loads
    >>> spec = loads("{name: pair, qubits: 2, symmetry: [{rotation: SU(2)}], state: derive, observable: derive}")
    >>> explicit = resolve(spec)
    >>> explicit.state, explicit.observable
    (Singlets(pairs=((0, 1),)), X0 X1 + Y0 Y1 + Z0 Z1)
    """
    if not spec.derived:
        return spec
    symmetry = symmetry_of(spec)
    for part in spec.derived:
        try:
            spec = _FILL[part.place](spec, symmetry, part.locality)
        except (DimensionError, LimitError, MethodError) as error:
            raise spec.error(str(error), part.place) from None
    return replace(spec, derived=())


def _fill_state(spec: Spec, symmetry: Symmetry, _: int) -> Spec:
    found = prepared_state(symmetry)
    if isinstance(found, SingletProduct):
        return replace(spec, state=Singlets(found.pairs))
    if isinstance(found, ProductState):
        return replace(spec, state=ProductKet(found.letters))
    return replace(spec, state=Superposition(found))


def _fill_observable(spec: Spec, symmetry: Symmetry, locality: int) -> Spec:
    carriers = spec.data.qubits if spec.data else ()
    return replace(spec, observable=choose_observable(symmetry, locality, carriers).operator)


def _fill_layer(spec: Spec, symmetry: Symmetry, locality: int) -> Spec:
    assert spec.ansatz is not None
    basis = derive_basis(symmetry, locality)
    if not basis.dim:
        raise MethodError(f"no gate generator for {symmetry}: {why_none(symmetry, locality)}")
    if basis.dim > MAX_LAYER:
        raise LimitError(
            f"{symmetry} allows {basis.dim} gate generators on up to {locality} qubits; the limit of a layer is "
            f"{MAX_LAYER}, so list those you want"
        )
    return replace(spec, ansatz=replace(spec.ansatz, layer=tuple(basis.elements)))


def _fill_encode(spec: Spec, symmetry: Symmetry, _: int) -> Spec:
    """Prove that the upload is equivariant; one free scale for each orbit of sites, unless scales are declared."""
    assert spec.data is not None
    require_equivariant(upload(spec.data, spec.qubits, spec.parity), symmetry)
    if ("data", "scales") in spec.source.positions:
        return spec
    sites, orbits = spec.data.sites, site_orbits(symmetry)
    names = [f"{DEFAULT_SCALE}_{sites[orbit[0]]}" for orbit in orbits] if len(orbits) > 1 else [DEFAULT_SCALE]
    scales = tuple(
        (name, tuple(sites[site] for site in orbit)) for name, orbit in zip(names, orbits, strict=True)
    )
    return replace(spec, data=replace(spec.data, scales=scales))


_FILL: dict[Path, Callable[[Spec, Symmetry, int], Spec]] = {
    ("data", "encode"): _fill_encode,
    ("state",): _fill_state,
    ("observable",): _fill_observable,
    ("ansatz", "layer"): _fill_layer,
}
