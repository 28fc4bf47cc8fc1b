"""The molecular graph: which atoms are bonded, which may be exchanged, and from where each one is seen.

Every choice is made by what exchanges of equal atoms leave alone: the bonds, the parts that are connected, the centre
of a part. So whatever is built on it has all these exchanges as symmetries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from siqml.data.reading.bonds import bonds_of
from siqml.molecule.structures import Structures

if TYPE_CHECKING:
    import networkx as nx

Permutation = tuple[int, ...]
"""Atom a goes to ``images[a]``."""


@dataclass(frozen=True)
class Seen:
    """An atom and the atoms whose mean it is seen from.

    Attributes:
        atom: the atom.
        origin: its origin.
    """

    atom: int
    origin: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class MolecularGraph:
    """The bonds that most structures have.

    Attributes:
        species: chemical symbols.
        bonds: ``(n_atoms, n_atoms)``, whether two atoms are bonded.
    """

    species: tuple[str, ...]
    bonds: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"

    @classmethod
    def of(cls, structures: Structures) -> "MolecularGraph":
        """The graph of a set: of the different ones, that of most structures."""
        kinds, counts = np.unique(
            bonds_of(structures.species, structures.positions), axis=0, return_counts=True
        )
        return cls(structures.species, kinds[counts.argmax()])

    @cached_property
    def graph(self) -> "nx.Graph":
        """Atoms with their elements, in networkx."""
        import networkx as nx

        graph = nx.Graph()
        graph.add_nodes_from((atom, {"element": symbol}) for atom, symbol in enumerate(self.species))
        graph.add_edges_from((a, b) for a, b in np.argwhere(self.bonds).tolist() if a < b)
        return graph

    @cached_property
    def molecules(self) -> tuple[tuple[int, ...], ...]:
        """The connected parts, each in the order of its atoms, the part with the first atom first."""
        import networkx as nx

        return tuple(sorted(tuple(sorted(part)) for part in nx.connected_components(self.graph)))

    @cached_property
    def exchanges(self) -> tuple[Permutation, ...]:
        """Generators of the group of all exchanges that keep elements and bonds.

        For each atom there is one exchange that keeps all earlier atoms in place and takes it to each place where it
        can go. Together they generate the group, and those that the others generate are left out.

        >>> chain = np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], bool)
        >>> MolecularGraph(("O", "H", "H"), chain).exchanges
        ((0, 2, 1),)
        """
        found: list[Permutation] = []
        for atom in range(len(self.species)):
            reached = {atom}
            for other in range(atom + 1, len(self.species)):
                if other in reached:
                    continue
                images = self._exchange(atom, other)
                if images is not None:
                    found.append(images)
                    keeping = [one for one in found if all(one[k] == k for k in range(atom))]
                    reached = _orbit(atom, keeping)
        return _without_redundant(found)

    def orbit(self, atom: int) -> set[int]:
        """The atoms that an atom can be exchanged with, itself included."""
        return _orbit(atom, self.exchanges)

    def _exchange(self, atom: int, other: int) -> Permutation | None:
        """An exchange that keeps all earlier atoms in place and takes one atom to another, as simple as there is."""
        from networkx.algorithms.isomorphism import GraphMatcher

        first, second = self.graph.copy(), self.graph.copy()
        for k in range(atom):
            first.nodes[k]["element"] = second.nodes[k]["element"] = k
        first.nodes[atom]["element"] = (self.species[atom], "taken")
        second.nodes[other]["element"] = (self.species[other], "taken")
        if self.species[atom] != self.species[other]:
            return None
        matcher = GraphMatcher(first, second, node_match=lambda a, b: a["element"] == b["element"])
        candidates = (
            tuple(mapping[k] for k in range(len(self.species)))
            for mapping, _ in zip(matcher.isomorphisms_iter(), range(LOOKED_AT), strict=False)
        )
        return min(
            candidates, key=lambda images: (sum(k != i for k, i in enumerate(images)), images), default=None
        )

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """Every atom that gets a site, with its origin: the molecule is known once all of them are.

        In a molecule, an atom is seen from the atoms it is bonded to on the way to the root, so bonds are coordinates.
        The root is an atom that no exchange moves, which has no site of its own, or else all atoms at the centre, seen
        from their mean. The roots of several molecules are seen from the mean of all roots.
        """
        roots = [self._root(part) for part in self.molecules]
        whole = tuple(sorted(atom for root in roots for atom in root))
        found = [] if len(whole) == 1 else [Seen(atom, whole) for atom in whole]
        for part, root in zip(self.molecules, roots, strict=True):
            found += self._from(part, root)
        return tuple(sorted(found, key=lambda seen: seen.atom))

    def _from(self, part: Sequence[int], root: Sequence[int]) -> Iterator[Seen]:
        import networkx as nx

        away = nx.multi_source_dijkstra_path_length(self.graph, set(root))
        for atom in part:
            if atom not in root:
                nearer = [other for other in self.graph[atom] if away[other] < away[atom]]
                yield Seen(atom, tuple(sorted(nearer)))

    def _root(self, part: Sequence[int]) -> tuple[int, ...]:
        """The atoms from which a molecule is seen; alike in molecules that are alike."""
        import networkx as nx
        from ase.data import atomic_numbers

        inside = self.graph.subgraph(part)
        centre = sorted(nx.center(inside))
        within = {atom: self.orbit(atom) & set(part) for atom in part}
        fixed = [atom for atom in centre if len(within[atom]) == 1]
        if not fixed:
            return tuple(centre)
        degree = dict(inside.degree())
        best = max((degree[atom], atomic_numbers[self.species[atom]]) for atom in fixed)
        chosen = [atom for atom in fixed if (degree[atom], atomic_numbers[self.species[atom]]) == best]
        return tuple(chosen[:1]) if len(self.molecules) == 1 else tuple(chosen)


LOOKED_AT = 200
"""Exchanges among which the simplest is chosen: any of them generates the same group."""


def _without_redundant(generators: Sequence[Permutation]) -> tuple[Permutation, ...]:
    """Generators of the same group, none of which the others generate."""
    from sympy.combinatorics import Permutation as Cycles
    from sympy.combinatorics import PermutationGroup

    def order(some: Sequence[Permutation]) -> int:
        return int(PermutationGroup([Cycles(list(images)) for images in some]).order()) if some else 1

    kept, whole = list(generators), order(generators)
    for images in reversed(generators):
        others = [other for other in kept if other != images]
        if order(others) == whole:
            kept = others
    return tuple(kept)


def _orbit(atom: int, generators: Sequence[Permutation]) -> set[int]:
    orbit, new = {atom}, {atom}
    while new:
        new = {images[k] for images in generators for k in new} - orbit
        orbit |= new
    return orbit


def cycles(images: Permutation, names: Sequence[str]) -> str:
    """A permutation in the notation of a spec.

    >>> cycles((0, 2, 1, 4, 3), "ABCDE")
    '(B C)(D E)'
    """
    left, text = set(range(len(images))), ""
    while left:
        start = min(left)
        cycle = [start]
        while images[cycle[-1]] != start:
            cycle.append(images[cycle[-1]])
        left -= set(cycle)
        text += f"({' '.join(names[k] for k in cycle)})" if len(cycle) > 1 else ""
    return text
