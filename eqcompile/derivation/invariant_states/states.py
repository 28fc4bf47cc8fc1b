r"""Invariant states, derived: joint eigenvectors of all generators of the group.

:math:`T |\psi\rangle = \lambda |\psi\rangle` for every Lie generator, with :math:`\lambda = 0` for SU(2), which has no
other one-dimensional representation, and :math:`R_s |\psi\rangle = \chi_s |\psi\rangle` for every finite generator.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from eqcompile.arguments import accepts
from eqcompile.derivation.invariant_states.product_states import ProductState, product_states
from eqcompile.derivation.invariant_states.singlets import Character, SingletProduct, singlet_products
from eqcompile.derivation.witness.character_values import finite_values, lie_values
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar
from eqcompile.exact.linear.kernels import kernel
from eqcompile.exact.linear.linalg import complex_null_space
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.generators import GroupGenerator, LieGenerator
from eqcompile.symmetry.projective import projective_phases
from eqcompile.symmetry.symmetry import SYMMETRY, Symmetry

MAX_STATE_QUBITS = 10
"""Qubits of a register whose invariant states are all derived. Beyond it, refused: a spec's `derive` still finds
products of singlets and of single qubits; write any other state yourself."""

MAX_PRODUCTS = 100
"""Products of singlets that `eq.derive_states` lists. Beyond it, weaker: only the first ones are listed; write any
other state yourself."""


@dataclass(frozen=True)
class InvariantSpace:
    """All states with one character.

    Attributes:
        character: eigenvalues of the states.
        states: a basis of them, not normalised.
    """

    character: Character
    states: tuple[ExactState, ...]

    @property
    def dim(self) -> int:
        """Number of independent states."""
        return len(self.states)


@dataclass(frozen=True)
class InvariantStates:
    """The states that a symmetry leaves unchanged, up to a character.

    Attributes:
        products: products of singlets, which a short circuit prepares; at most ``MAX_PRODUCTS``.
        spaces: all invariant states, one space for each character that occurs.
    """

    products: tuple[SingletProduct, ...]
    spaces: tuple[InvariantSpace, ...]


@accepts(symmetry=SYMMETRY)
def derive_states(symmetry: Symmetry) -> InvariantStates:
    """Every state that the symmetry leaves unchanged up to a character, with products of singlets first.

    Raises:
        MethodError: there is no such state; the message says why and what to change.
        LimitError: more than ``MAX_STATE_QUBITS`` qubits.

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> states = derive_states(Symmetry(2, factors=(RotationFactor(2, (0, 1)),)))
    >>> states.products[0].pairs, [space.states for space in states.spaces]
    (((0, 1),), [(|01> - |10>,)])
    """
    if projective_phases(symmetry):
        raise MethodError(_why_none(symmetry))
    products = tuple(islice(singlet_products(symmetry), MAX_PRODUCTS))
    spaces = _spaces(symmetry)
    if not products and not spaces:
        raise MethodError(_why_none(symmetry))
    return InvariantStates(products, spaces)


def prepared_state(symmetry: Symmetry) -> SingletProduct | ProductState | ExactState:
    """The state to start a model from: invariant up to a character, and as simple to prepare as possible.

    This is a product of singlets if there is one, else a product of single-qubit states, else the first invariant state
    that linear algebra finds, trivial characters first.

    Raises:
        MethodError: there is no such state; the message says why and what to change.
        LimitError: too many qubits to decide.
    """
    if projective_phases(symmetry):
        raise MethodError(_why_none(symmetry))
    if (product := next(singlet_products(symmetry), None)) is not None:
        return product
    if (ket := next(product_states(symmetry), None)) is not None:
        return ket
    return derive_states(symmetry).spaces[0].states[0]


def _spaces(symmetry: Symmetry) -> tuple[InvariantSpace, ...]:
    """Split the space of all states by the eigenvalues of one generator after another.

    Raises:
        LimitError: more than ``MAX_STATE_QUBITS`` qubits.
    """
    n = symmetry.num_qubits
    if n > MAX_STATE_QUBITS:
        raise LimitError(
            f"invariant states of {n} qubits; the limit is {MAX_STATE_QUBITS}, so use fewer qubits"
        )
    branches: list[tuple[Character, tuple[ExactState, ...]]] = [
        ((), tuple(ExactState(n, {bits: ONE}) for bits in range(1 << n)))
    ]
    for generator, values in _generators_with_values(symmetry):
        branches = [
            ((*character, (generator.name, value)), part)
            for character, states in branches
            for value in values
            if (part := _kernel(states, partial(_defect, generator=generator, value=value)))
        ]
    return tuple(InvariantSpace(character, states) for character, states in branches if states)


def _generators_with_values(symmetry: Symmetry) -> Iterator[tuple[GroupGenerator, list[Scalar]]]:
    """Every generator with its possible eigenvalues; diagonal ones first, because they cut the space at no cost."""
    lie = [(g, lie_values(factor, g)) for factor in symmetry.factors for g in factor.lie_generators]
    yield from sorted(lie, key=lambda pair: any(x for x, _ in pair[0].operator))
    for finite in symmetry.finite_generators:
        yield finite, finite_values(finite, symmetry.num_qubits)


def _moved_by(state: ExactState, generator: GroupGenerator) -> ExactState:
    """``T |state>`` or ``R |state>``."""
    if isinstance(generator, LieGenerator):
        return state.apply(generator.operator)
    return generator.on_qubits.apply(state)


def _defect(state: ExactState, generator: GroupGenerator, value: Scalar) -> ExactState:
    """``T |state> - value |state>``, or the same with R."""
    image = _moved_by(state, generator)
    amplitudes = dict(image.amplitudes)
    for bits, amplitude in state.amplitudes.items():
        amplitudes[bits] = amplitudes.get(bits, ZERO) - value * amplitude
    return ExactState(state.num_qubits, amplitudes)


def _kernel(
    states: Sequence[ExactState], constraint: Callable[[ExactState], ExactState]
) -> tuple[ExactState, ...]:
    """Combinations of the states that a linear map sends to zero."""
    if not states:
        return ()
    n = states[0].num_qubits
    vectors = kernel(
        [state.amplitudes for state in states],
        lambda amplitudes: constraint(ExactState(n, amplitudes)).amplitudes,
        complex_null_space,
    )
    return tuple(ExactState(n, vector) for vector in vectors)


def _why_none(symmetry: Symmetry) -> str:
    rotating = {q for g in symmetry.lie_generators for q in g.operator.support}
    continuous = " x ".join(f.name for f in symmetry.factors if f.lie_generators)
    if any(len(f.lie_generators) > 1 for f in symmetry.factors) and len(rotating) % 2:
        reason = f"{continuous} rotates {len(rotating)} qubits, an odd number, whose total spin is never zero"
    elif phases := projective_phases(symmetry):
        reason = f"the representation is projective, because {phases[0]}, and a phase cannot be a character"
    elif not continuous:
        reason = f"the register has none that {', '.join(symmetry.generator_names)} all keep up to a phase"
    else:
        reason = f"no state of {symmetry.num_qubits} qubits is kept by all of {', '.join(symmetry.generator_names)}"
    return f"no invariant state: {reason}; {_cure(symmetry)}"


def _cure(symmetry: Symmetry) -> str:
    copies = (
        "upload every site to two qubits"
        if symmetry.site_names
        else "give every qubit a copy that moves along"
    )
    return f"{copies}: the singlets between the copies are invariant"
