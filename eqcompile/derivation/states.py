r"""Invariant states, derived: joint eigenvectors of all generators of the group.

:math:`T_a |\psi\rangle = 0` for every Lie generator (a semisimple group has no other one-dimensional
representation) and :math:`R_s |\psi\rangle = \chi_s |\psi\rangle` for every finite one. Characters with values
+1 and -1 are looked for; complex ones, of generators of higher order, are not.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from eqcompile.derivation.kernels import kernel
from eqcompile.derivation.singlets import (
    Character,
    SingletProduct,
    character_text,
    rotating_qubits,
    singlet_products,
)
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.linalg import complex_null_space
from eqcompile.exact.scalars import ONE, ZERO, Scalar
from eqcompile.exact.state import ExactState
from eqcompile.reps.generators import LieGenerator
from eqcompile.reps.maps import QubitMap
from eqcompile.reps.symmetry import Symmetry

MAX_QUBITS = 10
"""The space of all states is searched; more qubits are left to products of singlets."""

MAX_PRODUCTS = 100
"""Products of singlets that are listed."""


@dataclass(frozen=True)
class InvariantSpace:
    """All states with one character.

    Attributes:
        character: the eigenvalues.
        states: a basis, not normalised.
    """

    character: Character
    states: tuple[ExactState, ...]

    @property
    def dim(self) -> int:
        """Number of independent states."""
        return len(self.states)


@dataclass(frozen=True)
class InvariantStates:
    """The states that a symmetry leaves alone, up to a character.

    Attributes:
        products: products of singlets, which a short circuit prepares; at most ``MAX_PRODUCTS``.
        spaces: all invariant states, one space for each character that occurs.
    """

    products: tuple[SingletProduct, ...]
    spaces: tuple[InvariantSpace, ...]


def derive_states(symmetry: Symmetry) -> InvariantStates:
    """Every state that the symmetry leaves alone up to a character, products of singlets first.

    Raises:
        MethodError: there is none; the message says why and what to change.
        LimitError: more than ``MAX_QUBITS`` qubits.

    >>> from eqcompile.reps.factors import RotationFactor
    >>> states = derive_states(Symmetry(2, factors=(RotationFactor(2, (0, 1)),)))
    >>> states.products[0].pairs, [space.states for space in states.spaces]
    (((0, 1),), [(|01> - |10>,)])
    """
    products = tuple(islice(singlet_products(symmetry), MAX_PRODUCTS))
    start = annihilated_states(symmetry)
    spaces = tuple(_spaces(start, symmetry))
    if not products and not spaces:
        raise MethodError(_why_none(symmetry, len(start)))
    return InvariantStates(products, spaces)


def prepared_state(symmetry: Symmetry) -> SingletProduct:
    """The first invariant product of singlets.

    Raises:
        MethodError: there is none; the message says why and what to change.
        LimitError: too many qubits to decide.
    """
    if (product := next(singlet_products(symmetry), None)) is not None:
        return product
    spaces = derive_states(symmetry).spaces
    found = "; ".join(f"{space.dim} with {character_text(space.character)}" for space in spaces)
    raise MethodError(
        f"no product of singlets is invariant under {symmetry}, so there is no preparation circuit; other "
        f"invariant states exist ({found}); {_cure(symmetry)}"
    )


def annihilated_states(symmetry: Symmetry) -> tuple[ExactState, ...]:
    """Basis of the states that every Lie generator sends to zero; all basis states for a finite group.

    Raises:
        LimitError: more than ``MAX_QUBITS`` qubits.
    """
    n = symmetry.num_qubits
    if n > MAX_QUBITS:
        raise LimitError(f"invariant states of {n} qubits; the limit is {MAX_QUBITS}, so use fewer qubits")
    states = tuple(ExactState(n, {bits: ONE}) for bits in range(1 << n))
    for generator in sorted(symmetry.lie_generators, key=_flips_qubits):
        states = _kernel(states, partial(ExactState.apply, op=generator.operator))
    return states


def _flips_qubits(generator: LieGenerator) -> bool:
    """Diagonal generators go first: they cut the space to a sector at no cost."""
    return any(x for x, _ in generator.operator)


def _spaces(start: Sequence[ExactState], symmetry: Symmetry) -> Iterator[InvariantSpace]:
    """Split a space by the sign under one finite generator after the other."""
    lie: Character = tuple((g.name, ZERO) for g in symmetry.lie_generators)
    branches: list[tuple[Character, tuple[ExactState, ...]]] = [(lie, tuple(start))]
    for generator in symmetry.finite_generators:
        branches = [
            ((*character, (generator.name, sign)), part)
            for character, states in branches
            for sign in (ONE, -ONE)
            if (part := _kernel(states, partial(_change, element=generator.on_qubits, sign=sign)))
        ]
    return (InvariantSpace(character, states) for character, states in branches if states)


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


def _change(state: ExactState, element: QubitMap, sign: Scalar) -> ExactState:
    """``R |state> - sign |state>``."""
    amplitudes = dict(element.apply(state).amplitudes)
    for bits, value in state.amplitudes.items():
        amplitudes[bits] = amplitudes.get(bits, ZERO) - sign * value
    return ExactState(state.num_qubits, amplitudes)


def _why_none(symmetry: Symmetry, num_annihilated: int) -> str:
    rotating = rotating_qubits(symmetry)
    continuous = " x ".join(f.name for f in symmetry.factors if f.lie_generators)
    finite = ", ".join(g.name for g in symmetry.finite_generators)
    if num_annihilated:
        space = f"the {num_annihilated}-dimensional space that {continuous} leaves alone"
        reason = f"{space if continuous else 'the register'} holds none that {finite} keep up to a sign"
    elif len(rotating) % 2:
        reason = f"{continuous} rotates {len(rotating)} qubits, an odd number, whose total spin is never zero"
    else:
        reason = f"no state of {symmetry.num_qubits} qubits is sent to zero by all of {continuous}"
    return f"no invariant state: {reason}; {_cure(symmetry)}"


def _cure(symmetry: Symmetry) -> str:
    copies = (
        "upload every site to two qubits"
        if symmetry.site_names
        else "give every qubit a copy that moves along"
    )
    return f"{copies}: the singlets between the copies are invariant"
