r"""Is the action on the qubits a representation, or one only up to phases that no choice of phases removes?

Conjugation of operators does not see phases, so generators are derived from a projective representation as well as from
any other. States do see them: if two commuting elements act by unitaries that commute only up to a phase,
:math:`R_s R_t = \lambda R_t R_s`, no state is invariant under both. An odd number of spins under a group of rotations
is the standard case, where a full turn is -1.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Protocol, Self, TypeVar

from eqcompile.arguments import accepts
from eqcompile.budgets import check
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar, format_scalar
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import anticommute
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.rotation import ONE_QUATERNION, Orthogonal
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator
from eqcompile.symmetry.maps import QubitMap
from eqcompile.symmetry.molecular import MolecularFactor
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import SYMMETRY, Symmetry

FULL_TURN = Orthogonal(ONE_QUATERNION).bar
"""The rotation by 360 degrees, -1 on a spin."""

MAX_COMPARED_QUBITS = 10
"""Qubits on which elements that are not products of single-qubit unitaries are compared, on a state. Beyond it,
weaker: it is not said whether the representation is projective; operators do not depend on it."""


class Invertible(Protocol):
    """A motion of spins, alone or together with whatever else moves."""

    def __mul__(self, other: Self) -> Self: ...

    def __hash__(self) -> int: ...

    @property
    def inverse(self) -> Self:
        """The inverse element."""
        ...


M = TypeVar("M", bound=Invertible)


@dataclass(frozen=True)
class ProjectivePhase:
    """A phase that distinguishes a projective representation from a linear one.

    Attributes:
        relation: the element that should be the identity, in words.
        phase: the phase that it is instead.
    """

    relation: str
    phase: Scalar

    def __str__(self) -> str:
        return f"{self.relation} is {format_scalar(self.phase)}, not 1"


@accepts(symmetry=SYMMETRY)
def projective_phases(symmetry: Symmetry) -> tuple[ProjectivePhase, ...]:
    """The phases that no other choice of phases for the unitaries removes; empty for a representation.

    >>> from eqcompile.symmetry.make import pauli_symmetry, point_symmetry
    >>> for group in (pauli_symmetry(1, "X0", "Z0"), point_symmetry(3, "D_2"), point_symmetry(3, "C_4")):
    ...     print(*projective_phases(group))
    the commutator of X0 and Z0 is -1, not 1
    a full turn of D_2 on 3 spins is -1, not 1
    <BLANKLINE>
    """
    return tuple(_phases(symmetry))


def _phases(symmetry: Symmetry) -> Iterator[ProjectivePhase]:
    # A full turn is -1 on each spin 1/2, and so on an odd number of spins. Other phases for the elements of a finite
    # group remove it, unless it is a product of commutators, in which phases cancel.
    for factor in symmetry.factors:
        yield from OWN_PHASES.get(type(factor), phases_of_generators)(factor)
    for one, other in combinations(symmetry.factors, 2):
        for first in one.finite_generators:
            for second in other.finite_generators:
                yield from _commutator(first, second, symmetry.num_qubits)


def _full_turn(name: str, count: int) -> ProjectivePhase:
    return ProjectivePhase(f"a full turn of {name} on {count} spin{'s' if count > 1 else ''}", -ONE)


def phases_of_generators(factor: Factor) -> Iterator[ProjectivePhase]:
    """Commutators of generators that are phases, for a factor of any kind; the group may have more."""
    for first, second in combinations(factor.finite_generators, 2):
        yield from _commutator(first, second, factor.num_qubits)


def phases_of_spins(factor: Factor, generators: Sequence[M], full_turn: M) -> Iterator[ProjectivePhase]:
    """The full turn of an odd number of spins, if it is a product of commutators of the generators."""
    count = len(factor.turning_qubits)
    if count % 2 and _full_turn_is_commutator(generators, full_turn):
        yield _full_turn(factor.name, count)


def _of_rotations(factor: RotationFactor) -> Iterator[ProjectivePhase]:
    if len(factor.qubits) % 2:
        yield _full_turn(factor.name, len(factor.qubits))


def _of_strings(factor: PauliFactor) -> Iterator[ProjectivePhase]:
    named = zip(factor.keys, factor.finite_generators, strict=True)
    for (a, first), (b, second) in combinations(named, 2):
        if anticommute(a, b):
            yield ProjectivePhase(f"the commutator of {first.name} and {second.name}", -ONE)


OWN_PHASES: Mapping[type[Factor], Callable[[Any], Iterator[ProjectivePhase]]] = {
    RotationFactor: _of_rotations,
    PointFactor: lambda factor: phases_of_spins(factor, factor.group.generators, FULL_TURN),
    MolecularFactor: lambda factor: phases_of_spins(factor, factor.generators, factor.full_turn),
    PauliFactor: _of_strings,
    PermutationFactor: lambda factor: iter(()),
}
"""Kinds whose own phases are known in full; for any other kind, only the generators are compared."""


def _full_turn_is_commutator(generators: Sequence[M], full_turn: M) -> bool:
    """Whether -1 lies in the commutator subgroup of the double group, where every character is trivial."""
    # The conjugates of the generators' commutators generate the commutator subgroup; products alone close a finite set.
    seeds = _closed(
        [a * b * a.inverse * b.inverse for a, b in combinations(generators, 2)],
        lambda element: [g * element * g.inverse for g in generators],
        full_turn,
    )
    return full_turn in _closed(seeds, lambda element: [element * seed for seed in seeds], full_turn)


def _closed(start: Sequence[M], images: Callable[[M], list[M]], sought: M) -> list[M]:
    """Everything reached from the start by taking images; the search ends when the sought element is found."""
    frontier = list(dict.fromkeys(start))
    found = set(frontier)
    for element in frontier:  # grows while it is walked
        check()
        if sought in found:
            break
        for image in images(element):
            if image not in found:
                found.add(image)
                frontier.append(image)
    return frontier


def _commutator(
    first: FiniteGenerator, second: FiniteGenerator, num_qubits: int
) -> Iterator[ProjectivePhase]:
    phase = _commutator_phase(first.on_qubits, second.on_qubits, num_qubits)
    if phase is not None and phase != ONE:
        yield ProjectivePhase(f"the commutator of {first.name} and {second.name}", phase)


def _commutator_phase(a: QubitMap, b: QubitMap, num_qubits: int) -> Scalar | None:
    r"""The :math:`\lambda` in :math:`ab = \lambda ba`; ``None`` if there is none, or the two are not compared."""
    locals_ = [_single_qubit_unitaries(single, num_qubits) for single in (a, b)]
    if None not in locals_:
        left, right = (part for part in locals_ if part is not None)
        phase = ONE
        for qubit in left.keys() & right.keys():
            factor = _ratio(left[qubit] * right[qubit], right[qubit] * left[qubit])
            if factor is None:
                return None
            phase = phase * factor
        return phase
    if num_qubits > MAX_COMPARED_QUBITS:
        return None
    letters = [PauliSum.string(num_qubits, {q: name}) for q in range(num_qubits) for name in "XZ"]
    # The products ab and ba agree up to a phase if and only if they conjugate all X and Z alike (Schur's lemma).
    if any(a.conjugate(b.conjugate(op)) != b.conjugate(a.conjugate(op)) for op in letters):
        return None
    start = ExactState(num_qubits, {0: ONE})
    return b.apply(a.apply(start)).eigenvalue_of(a.apply(b.apply(start)))


def _single_qubit_unitaries(single: QubitMap, num_qubits: int) -> dict[int, PauliSum] | None:
    """The unitary of the map on every qubit that it touches, if it is a product of single-qubit unitaries."""
    unitaries = single.unitaries(num_qubits)
    if unitaries is None:
        return None
    out: dict[int, PauliSum] = {}
    for op in unitaries:
        if len(op.support) > 1:
            if len(op) > 1:
                return None
            (key,) = op
            parts = {q: PauliSum(num_qubits, {(key[0] & 1 << q, key[1] & 1 << q): ONE}) for q in op.support}
        else:
            parts = dict.fromkeys(op.support, op)
        for qubit, part in parts.items():
            out[qubit] = part * out[qubit] if qubit in out else part
    return out


def _ratio(left: PauliSum, right: PauliSum) -> Scalar | None:
    key = next(iter(right))
    ratio = left.terms.get(key, ZERO) / right.terms[key]
    return ratio if right.scaled(ratio) == left else None
