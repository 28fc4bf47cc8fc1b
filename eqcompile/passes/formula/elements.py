"""Elements of a group that map the pieces of a gate generator to each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import lcm

from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import Images, compose, cycles_of
from eqcompile.passes.formula.pieces import Piece
from eqcompile.symmetry.generators import FiniteGenerator
from eqcompile.symmetry.maps import QubitMap, QubitPermutation

MAX_ELEMENTS = 256
"""Products of generators that are tried to find what a product formula can keep. Beyond it, weaker: longer products
are not tried; a formula may keep less of the group, and what it breaks is measured."""

MAX_IMAGES = 32_768
"""Images of all terms under those products. Beyond it, weaker: fewer products are tried; a formula may keep less of
the group, and what it breaks is measured."""

MAX_EXPONENT = 1000
"""Powers of a generator that are tried; a product of cycles of many lengths has an astronomical order. Beyond it,
weaker: higher powers are not tried; a formula may keep less of the group, and what it breaks is measured."""


@dataclass(frozen=True)
class Element:
    """A word in the finite generators of a group; the first one acts first.

    Attributes:
        word: places of the generators in the list of generators.
        names: their names.
        maps: maps of the qubits that act one after the other.
        images: what becomes of each piece.
        moved: where each qubit goes, if all maps are permutations of qubits; else empty.
    """

    word: tuple[int, ...]
    names: tuple[str, ...]
    maps: tuple[QubitMap, ...]
    images: Images
    moved: Images

    @property
    def name(self) -> str:
        """The word as text, such as ``(0 1 2 3)^2``, or ``r^2 * s`` for r twice and then s."""
        runs = [(name, len(list(run))) for name, run in groupby(self.names)]
        return " * ".join(_power_name(name, length) for name, length in runs)

    @property
    def is_generator(self) -> bool:
        """Whether it is a single generator."""
        return len(self.word) == 1

    @property
    def is_identity(self) -> bool:
        """Whether it moves no piece and no qubit."""
        return not cycles_of(self.images) and not cycles_of(self.moved)

    def conjugate(self, op: PauliSum) -> PauliSum:
        r""":math:`R\,A\,R^\dagger`."""
        for single in self.maps:
            op = single.conjugate(op)
        return op

    def then(self, other: "Element") -> "Element":
        """The product in which this element acts first."""
        moved = compose(self.moved, other.moved) if self.moved and other.moved else ()
        maps = (QubitPermutation(moved),) if moved else self.maps + other.maps
        images = compose(self.images, other.images)
        return Element(self.word + other.word, self.names + other.names, maps, images, moved)


def _power_name(name: str, exponent: int) -> str:
    if exponent == 1:
        return name
    is_one_cycle = name.startswith("(") and name.count("(") == 1
    return f"{name}^{exponent}" if is_one_cycle or " " not in name else f"({name})^{exponent}"


def candidates(pieces: Sequence[Piece], generators: Sequence[FiniteGenerator]) -> list[Element]:
    """The generators that map pieces to pieces, then their powers, then short words in them."""
    index = {piece.operator: place for place, piece in enumerate(pieces)}
    found: list[Element] = []
    for place, generator in enumerate(generators):
        images = [index.get(generator.on_qubits.conjugate(piece.operator)) for piece in pieces]
        if None not in images:
            action = generator.on_qubits
            moved = action.images if isinstance(action, QubitPermutation) else ()
            kept = tuple(image for image in images if image is not None)
            found.append(Element((place,), (generator.name,), (action,), kept, moved))
    powers = [power for element in found for power in _powers(element)]
    return list(_distinct([*found, *powers, *_words(found)]))


def _powers(element: Element) -> Iterator[Element]:
    """Powers that generate the different subgroups, smallest exponent first."""
    order = lcm(*(len(cycle) for cycle in cycles_of(element.images)))
    power = element
    for exponent in range(2, min(order, MAX_EXPONENT) + 1):
        power = power.then(element)
        if order % exponent == 0:
            yield power


def _words(generators: Sequence[Element]) -> Iterator[Element]:
    """Distinct products of generators, short ones first."""
    known = {(element.images, element.moved) for element in generators}
    queue = list(generators)
    limit = min(MAX_ELEMENTS, MAX_IMAGES // max([1, *(len(element.images) for element in generators)]))
    for element in queue:
        for generator in generators:
            if len(queue) >= limit:
                return
            word = element.then(generator)
            if (word.images, word.moved) not in known:
                known.add((word.images, word.moved))
                queue.append(word)
                yield word


def _distinct(elements: Iterable[Element]) -> Iterator[Element]:
    """Each action once, under its first name; elements that do nothing are left out, unless they are generators."""
    known: set[tuple[Images, Images]] = set()
    for element in elements:
        action = element.images, element.moved
        if element.is_generator or (action not in known and not element.is_identity):
            known.add(action)
            yield element


def independent(elements: Iterable[Element]) -> Iterator[Element]:
    """Those that are not products of the ones before, as far as ``MAX_ELEMENTS`` products tell."""
    group: set[tuple[Images, Images]] = set()
    basis: list[Element] = []
    for element in elements:
        if (element.images, element.moved) not in group:
            basis.append(element)
            group = {(e.images, e.moved) for e in (*basis, *_words(basis))}
            yield element
