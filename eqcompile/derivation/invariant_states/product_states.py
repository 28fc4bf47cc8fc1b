"""Products of single-qubit states that a symmetry leaves unchanged: invariant states that need no entangling gate."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

from eqcompile.derivation.invariant_states.singlets import Character, character_of, character_text
from eqcompile.exact.linear.union_find import UnionFind
from eqcompile.exact.states.state import ExactState
from eqcompile.symmetry.maps import QubitPermutation
from eqcompile.symmetry.symmetry import Symmetry

LETTERS = "0+r1-l"
"""Eigenstates of Z, X and Y: ``0 1``, ``+ -``, ``r l``."""

MAX_LETTER_QUBITS = 10
"""Qubits of a register on which product states of all six letters 0 1 + - r l are tried. Beyond it, weaker: only
states of 0 and 1 are tried; write any other yourself."""

MAX_CANDIDATES = 5000
"""Assignments of letters that are tried; a letter is the same along an orbit of qubits. Beyond it, weaker: only the
first ones are tried; write any other state yourself."""


@dataclass(frozen=True)
class ProductState:
    """A letter for every qubit, qubit 0 first.

    Attributes:
        letters: the letters, such as ``++0``.
        state: the product, not normalised.
        character: eigenvalues of the state.
    """

    letters: str
    state: ExactState
    character: Character

    def __str__(self) -> str:
        return f"|{self.letters}>, {character_text(self.character)}"


def product_states(symmetry: Symmetry) -> Iterator[ProductState]:
    """Invariant products of single-qubit states, equal along every orbit of qubits, one by one.

    >>> from eqcompile.symmetry.make import pauli_symmetry, permutations
    >>> group = pauli_symmetry(2, "X0 X1") * permutations(2, [(0, 1)])
    >>> next(product_states(group)).letters
    '++'
    """
    n = symmetry.num_qubits
    orbits = _orbits(symmetry)
    alphabet = LETTERS if n <= MAX_LETTER_QUBITS else "01"
    for choice in islice(product(alphabet, repeat=len(orbits)), MAX_CANDIDATES):
        of_qubit = {q: letter for letter, orbit in zip(choice, orbits, strict=True) for q in orbit}
        letters = "".join(of_qubit[q] for q in range(n))
        state = ExactState.product(letters)
        if (character := character_of(state, symmetry)) is not None:
            yield ProductState(letters, state, character)


def _orbits(symmetry: Symmetry) -> list[list[int]]:
    union = UnionFind(range(symmetry.num_qubits))
    for generator in symmetry.finite_generators:
        if isinstance(generator.on_qubits, QubitPermutation):
            for qubit, image in enumerate(generator.on_qubits.images):
                union.union(qubit, image)
    return sorted(sorted(orbit) for orbit in union.to_sets())
