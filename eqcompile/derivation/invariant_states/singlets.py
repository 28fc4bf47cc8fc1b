"""Products of singlets that a symmetry leaves unchanged: invariant states that two gates per pair prepare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from eqcompile.errors import LimitError
from eqcompile.exact.arithmetic.scalars import Scalar, format_scalar
from eqcompile.exact.operators.strings import support_of
from eqcompile.exact.states.kets import MAX_AMPLITUDES
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.permutation import Images
from eqcompile.symmetry.generators import LieGenerator
from eqcompile.symmetry.maps import QubitPermutation
from eqcompile.symmetry.symmetry import Symmetry

Pair: TypeAlias = tuple[int, int]
Character: TypeAlias = tuple[tuple[str, Scalar], ...]
"""The eigenvalue of a state under every group generator, keyed by the generator's name; 0 is trivial for a Lie
generator, 1 for a finite one."""


@dataclass(frozen=True)
class SingletProduct:
    """Singlets on pairs, |0> elsewhere: invariant up to a character.

    Attributes:
        pairs: pairs of qubits, in the order of their first qubits.
        state: the product, not normalised.
        character: eigenvalues of the state.
    """

    pairs: tuple[Pair, ...]
    state: ExactState
    character: Character

    def __str__(self) -> str:
        return f"singlets {[list(pair) for pair in self.pairs]}, {character_text(self.character)}"


def character_text(character: Character) -> str:
    """The eigenvalues in words.

    >>> from eqcompile.exact.arithmetic.scalars import ONE
    >>> character_text((("(0 1)", -ONE),))
    '(0 1) -> -1'
    """
    return ", ".join(f"{name} -> {format_scalar(value)}" for name, value in character) or "trivial group"


def character_of(state: ExactState, symmetry: Symmetry) -> Character | None:
    """The eigenvalues of a state under every generator, or ``None`` if it is not a joint eigenvector."""
    character: list[tuple[str, Scalar]] = []
    for generator in symmetry.generators:
        if isinstance(generator, LieGenerator):
            image = state.apply(generator.operator)
        else:
            image = generator.on_qubits.apply(state)
        if (value := state.eigenvalue_of(image)) is None:
            return None
        character.append((generator.name, value))
    return tuple(character)


def singlet_products(symmetry: Symmetry) -> Iterator[SingletProduct]:
    """Invariant products of singlets on all rotating qubits, with |0> on the others, one by one.

    Raises:
        LimitError: more pairs than an exact state can hold.

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> su2 = Symmetry(4, factors=(RotationFactor(4, (0, 1, 2, 3)),))
    >>> [product.pairs for product in singlet_products(su2)]
    [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
    """
    qubits = rotating_qubits(symmetry)
    if not qubits:
        return
    if 1 << len(qubits) // 2 > MAX_AMPLITUDES:
        limit = 2 * (MAX_AMPLITUDES.bit_length() - 1)
        raise LimitError(
            f"singlets on {len(qubits)} rotating qubits; the limit is {limit}, so write the state yourself"
        )
    moves = [
        g.on_qubits.images for g in symmetry.finite_generators if isinstance(g.on_qubits, QubitPermutation)
    ]
    candidates = _matchings(qubits, _kinds(symmetry), moves)
    for pairs in candidates:
        state = ExactState.singlets(symmetry.num_qubits, pairs)
        if (character := character_of(state, symmetry)) is not None:
            yield SingletProduct(pairs, state, character)


def rotating_qubits(symmetry: Symmetry) -> tuple[int, ...]:
    """Qubits on which a continuous group or a point group acts, ascending."""
    continuous = {q for g in symmetry.lie_generators for q in g.operator.support}
    turning = {q for f in symmetry.factors for q in f.turning_qubits}
    return tuple(sorted(continuous | turning))


def _kinds(symmetry: Symmetry) -> list[tuple[object, ...]]:
    """Equal for qubits on which every Lie generator acts alike, and that both turn or both do not: possible pairs."""
    turning = [f.turning_qubits for f in symmetry.factors if f.finite_generators and f.turning_qubits]
    kinds: list[list[object]] = [[q in qubits for qubits in turning] for q in range(symmetry.num_qubits)]
    for generator in symmetry.lie_generators:
        parts: Mapping[int, list[object]] = {q: [] for q in range(symmetry.num_qubits)}
        for x, z in generator.operator:
            for q in support_of((x, z)):
                parts[q].append((x >> q & 1, z >> q & 1, generator.operator.coefficient((x, z))))
        for q, part in parts.items():
            kinds[q].append(tuple(part))
    return [tuple(kind) for kind in kinds]


def _matchings(
    qubits: Sequence[int], kinds: Sequence[object], moves: Sequence[Images]
) -> Iterator[tuple[Pair, ...]]:
    """Perfect matchings that every move maps to themselves, in lexicographic order.

    A product of singlets fixes its matching, so a permutation that changes the matching changes the state.
    """
    if len(qubits) % 2 == 0:
        for partner in _extensions({}, qubits, kinds, moves):
            yield tuple((q, partner[q]) for q in qubits if q < partner[q])


def _extensions(
    partner: dict[int, int], qubits: Sequence[int], kinds: Sequence[object], moves: Sequence[Images]
) -> Iterator[dict[int, int]]:
    free = [q for q in qubits if q not in partner]
    if not free:
        yield partner
        return
    first, *others = free
    for other in others:
        if kinds[first] == kinds[other]:
            grown = _with_orbit(partner, (first, other), moves)
            if grown is not None and grown.keys() <= set(qubits):
                yield from _extensions(grown, qubits, kinds, moves)


def _with_orbit(partner: dict[int, int], pair: Pair, moves: Sequence[Images]) -> dict[int, int] | None:
    """The matching with the pair and all its images, or ``None`` if two of them overlap."""
    grown, new = dict(partner), [pair]
    for i, j in new:  # grows while it is walked
        if grown.get(i, j) != j or grown.get(j, i) != i:
            return None
        if i not in grown:
            grown[i], grown[j] = j, i
            new += [(move[i], move[j]) for move in moves]
    return grown
