"""From a spec to mathematics: its symmetry on data and qubits, and its state."""

from eqcompile.budgets import stage
from eqcompile.declaration.spec import InitialState, ProductKet, Singlets, Spec
from eqcompile.errors import LimitError
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.symmetry import Symmetry


def require_explicit(spec: Spec) -> None:
    """Refuse a spec that still leaves parts to the compiler.

    Raises:
        SpecError: the spec does; :func:`eqcompile.derivation.resolve.resolve` fills them in.
    """
    for part in spec.derived:
        raise spec.error("this part is left to the compiler; compile the spec, which derives it", part.place)


@stage("building the group")
def symmetry_of(spec: Spec) -> Symmetry:
    """The declared group, lifted from the sites to the qubits that carry them."""
    names = spec.data.sites if spec.data else ()
    factors = (
        factor
        for place, entry in enumerate(spec.symmetry)
        for factor in entry.lift(spec, ("symmetry", place))
    )
    return Symmetry(spec.qubits, names, tuple(factors))


def state_of(spec: Spec) -> ExactState:
    """The declared initial state, or all qubits in zero if there is none.

    Raises:
        SpecError: parts of the spec are left to the compiler and not derived yet, or the state has more amplitudes than
            can be held.
    """
    require_explicit(spec)
    try:
        return _amplitudes(spec.state or ProductKet("0" * spec.qubits), spec.qubits)
    except LimitError as error:
        raise spec.error(str(error), ("state",)) from None


def _amplitudes(state: InitialState, num_qubits: int) -> ExactState:
    if isinstance(state, Singlets):
        return ExactState.singlets(num_qubits, state.pairs)
    return ExactState.product(state.letters) if isinstance(state, ProductKet) else state.vector
