"""Derive locally and spread over orbits: the cost of a k-local basis is proportional to its size.

The factors of a symmetry act qubit by qubit, or move qubits. So an allowed operator is determined by its terms on one
support of every orbit of supports, its root. On the root it must be invariant under the factors that act qubit by
qubit, and under the permutations of the root's qubits that the moves bring about. These are found by walking the orbit
along a spanning tree: every edge outside the tree closes a loop at the root (Schreier).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from eqcompile.budgets import check
from eqcompile.derivation.generators.strings import MAX_WEIGHT
from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import Images, PermutationGroup
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.symmetry import Symmetry

MAX_SUPPORTS = 2_000_000
"""Sets of qubits that a derivation visits, each about a microsecond and a hundred bytes. Beyond it, refused: choose a
smaller locality."""

LocalSolver = Callable[[Symmetry], tuple[PauliSum, ...]]
"""Invariant operators on all qubits of a small register: every term acts on every qubit."""


@dataclass(frozen=True)
class SupportOrbit:
    """An orbit of sets of qubits under a permutation group.

    Attributes:
        images: ordered images of the root, one for each member of the orbit; the root itself comes first.
        loops: permutations of the root's positions; they generate all that its stabiliser brings about.
    """

    images: tuple[tuple[int, ...], ...]
    loops: frozenset[Images]

    @property
    def root(self) -> tuple[int, ...]:
        """The first member in lexicographic order."""
        return self.images[0]


def support_orbits(num_qubits: int, weight: int, moves: Sequence[Images]) -> Iterator[SupportOrbit]:
    """Orbits of the sets of ``weight`` qubits, in the order of their roots.

    >>> [orbit.images for orbit in support_orbits(3, 2, [(1, 2, 0)])]
    [((0, 1), (1, 2), (2, 0))]
    """
    if not moves:
        yield from (SupportOrbit((root,), frozenset()) for root in combinations(range(num_qubits), weight))
        return
    reached: dict[tuple[int, ...], tuple[int, ...]] = {}
    for root in combinations(range(num_qubits), weight):
        if root not in reached:
            yield _walk(root, moves, reached)


def _walk(
    root: tuple[int, ...], moves: Sequence[Images], reached: dict[tuple[int, ...], tuple[int, ...]]
) -> SupportOrbit:
    images = [root]
    loops: set[Images] = set()
    reached[root] = root
    for image in images:  # grows while it is walked
        check()
        for move in moves:
            target = tuple([move[q] for q in image])
            known = reached.setdefault(tuple(sorted(target)), target)
            if known is target:
                images.append(target)
            elif known != target:
                loops.add(tuple(known.index(q) for q in target))
    return SupportOrbit(tuple(images), frozenset(loops))


class OrbitElements(Sequence[PauliSum]):
    """Operators that are sums of one local operator over an orbit of supports; each is written out on demand.

    Args:
        num_qubits: size of the register.
        parts: each orbit with its independent local operators, on as many qubits as a support has.
    """

    def __init__(self, num_qubits: int, parts: Sequence[tuple[SupportOrbit, tuple[PauliSum, ...]]]) -> None:
        self.num_qubits = num_qubits
        self.parts = tuple((orbit, local) for orbit, local in parts if local)
        self._index = [(orbit, op) for orbit, local in self.parts for op in local]

    @property
    def weights(self) -> Iterator[int]:
        """The weight of every element."""
        return (len(orbit.root) for orbit, _ in self._index)

    def summary(self, index: int) -> tuple[PauliSum, int]:
        """The element's terms on the root of its orbit, and the number of supports in the orbit."""
        orbit, local = self._index[index]
        return local.relabel(orbit.root, self.num_qubits), len(orbit.images)

    def __len__(self) -> int:
        return len(self._index)

    def __getitem__(self, index: int | slice) -> "PauliSum | list[PauliSum]":  # type: ignore[override]
        if isinstance(index, slice):
            return [self._write_out(*entry) for entry in self._index[index]]
        return self._write_out(*self._index[index])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OrbitElements):
            return NotImplemented
        return self.num_qubits == other.num_qubits and self.parts == other.parts

    def __hash__(self) -> int:
        return hash((self.num_qubits, self.parts))

    def _write_out(self, orbit: SupportOrbit, local: PauliSum) -> PauliSum:
        terms = {
            key: value
            for image in orbit.images
            for key, value in local.relabel(image, self.num_qubits).terms.items()
        }
        return PauliSum(self.num_qubits, terms)


def derive_by_orbits(symmetry: Symmetry, locality: int, solve: LocalSolver) -> OrbitElements:
    """Spread the local solutions over all orbits of supports on 1 to ``locality`` qubits.

    Args:
        symmetry: a symmetry whose factors act qubit by qubit or move qubits.
        locality: largest number of qubits a term may act on.
        solve: finds the invariants on one support.

    Raises:
        DimensionError: the locality is not between 1 and the number of qubits.
        LimitError: more than ``MAX_SUPPORTS`` sets of qubits.
    """
    n = symmetry.num_qubits
    _require_feasible(n, locality)
    moves, onsite = symmetry.moves, symmetry.in_place
    kinds = _kinds(onsite, n)
    solutions: dict[object, tuple[PauliSum, ...]] = {}
    parts = []
    for weight in range(1, locality + 1):
        for orbit in support_orbits(n, weight, moves):
            places = {tuple([kinds[q] for q in image]): image for image in reversed(orbit.images)}
            kind = (frozenset(places), orbit.loops)
            if kind not in solutions:
                solutions[kind] = solve(_local_symmetry(onsite, list(places.values()), orbit.loops))
            parts.append((orbit, solutions[kind]))
    return OrbitElements(n, parts)


def _kinds(onsite: Sequence[Factor], num_qubits: int) -> list[int]:
    """Equal numbers for qubits on which every factor acts alike; supports of equal kinds share a solution."""
    numbers: dict[tuple[Factor | None, ...], int] = {}
    return [
        numbers.setdefault(tuple(factor.restricted((q,)) for factor in onsite), len(numbers))
        for q in range(num_qubits)
    ]


def _require_feasible(num_qubits: int, locality: int) -> None:
    if not 1 <= locality <= num_qubits:
        raise DimensionError(
            f"locality {locality} is not between 1 and the {num_qubits} qubits of the register"
        )
    if locality > MAX_WEIGHT:
        raise LimitError(
            f"operators on {locality} qubits at once; the limit is {MAX_WEIGHT}, so choose a smaller locality"
        )
    count = sum(comb(num_qubits, weight) for weight in range(1, locality + 1))
    if count > MAX_SUPPORTS:
        raise LimitError(
            f"{count} sets of up to {locality} of {num_qubits} qubits; the limit is {MAX_SUPPORTS}, "
            "so choose a smaller locality"
        )


def _local_symmetry(
    onsite: Sequence[Factor], places: Sequence[tuple[int, ...]], loops: frozenset[Images]
) -> Symmetry:
    """What acts on the root: the on-site factors at every place to which the moves take it, and the loops.

    The places differ only if a move takes a qubit to one on which the on-site factors act differently.
    """
    weight = len(places[0])
    factors: list[Factor] = [
        restricted
        for factor in onsite
        for restricted in dict.fromkeys(factor.restricted(place) for place in places)
        if restricted is not None
    ]
    if loops:
        factors.append(PermutationFactor(weight, PermutationGroup(weight, tuple(sorted(loops))), "loops"))
    return Symmetry(weight, factors=tuple(factors))
