"""Fill in the parts that a spec leaves to the compiler: state, observable, layer."""

from collections.abc import Callable
from dataclasses import replace

from eqcompile.derivation.methods import derive_basis
from eqcompile.derivation.observables import choose_observable
from eqcompile.derivation.states import prepared_state
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.reps.symmetry import Symmetry
from eqcompile.spec.lift import spec_error, symmetry_of
from eqcompile.spec.model import Path, Singlets, Spec
from eqcompile.spec.schema import MAX_LAYER


def resolve(spec: Spec) -> Spec:
    """The same spec with everything explicit.

    The state is the first invariant product of singlets, the observable the invariant one of lowest weight and
    fewest terms, the layer all gate generators that the symmetry allows.

    Args:
        spec: from :func:`eqcompile.load`.

    Returns:
        The spec itself if it leaves nothing to the compiler.

    Raises:
        SpecError: the symmetry does not allow such a part, or there is too much to derive; with the place in the
            file, the reason, and what to change.

    >>> from eqcompile.spec.loader import loads
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
            raise spec_error(spec, str(error), part.place) from None
    return replace(spec, derived=())


def _fill_state(spec: Spec, symmetry: Symmetry, _: int) -> Spec:
    return replace(spec, state=Singlets(prepared_state(symmetry).pairs))


def _fill_observable(spec: Spec, symmetry: Symmetry, locality: int) -> Spec:
    return replace(spec, observable=choose_observable(symmetry, locality).operator)


def _fill_layer(spec: Spec, symmetry: Symmetry, locality: int) -> Spec:
    assert spec.ansatz is not None
    basis = derive_basis(symmetry, locality)
    if not basis.dim:
        raise MethodError(
            f"no gate generator of locality {locality} commutes with {symmetry}; allow a larger locality"
        )
    if basis.dim > MAX_LAYER:
        raise LimitError(
            f"{symmetry} allows {basis.dim} gate generators on up to {locality} qubits; the limit of a layer is "
            f"{MAX_LAYER}, so list those you want"
        )
    return replace(spec, ansatz=replace(spec.ansatz, layer=tuple(basis.elements)))


_FILL: dict[Path, Callable[[Spec, Symmetry, int], Spec]] = {
    ("state",): _fill_state,
    ("observable",): _fill_observable,
    ("ansatz", "layer"): _fill_layer,
}
