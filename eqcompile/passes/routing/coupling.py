"""Which qubits of a device are neighbours."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import networkx as nx

from eqcompile.errors import BackendError


@dataclass(frozen=True)
class Coupling:
    """An undirected graph of qubits ``0 .. num_qubits-1``.

    Attributes:
        num_qubits: number of qubits of the device.
        edges: pairs ``(a, b)`` with a < b that a two-qubit gate can act on, in either direction.
    """

    num_qubits: int
    edges: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, num_qubits: int, pairs: Iterable[tuple[int, int]]) -> "Coupling":
        """The graph with these pairs, in any order.

        Raises:
            BackendError: a pair names a qubit that does not exist.
        """
        edges = frozenset((min(a, b), max(a, b)) for a, b in pairs if a != b)
        for a, b in edges:
            if not 0 <= a < b < num_qubits:
                raise BackendError(
                    f"the coupling ({a}, {b}) is outside the {num_qubits} qubits of the device"
                )
        return cls(num_qubits, edges)

    @classmethod
    def line(cls, num_qubits: int) -> "Coupling":
        """Every qubit next to the following one."""
        return cls.of(num_qubits, ((q, q + 1) for q in range(num_qubits - 1)))

    @classmethod
    def full(cls, num_qubits: int) -> "Coupling":
        """Every qubit next to every other one."""
        return cls.of(num_qubits, ((a, b) for b in range(num_qubits) for a in range(b)))

    @property
    def is_full(self) -> bool:
        """Whether all pairs are neighbours."""
        return len(self.edges) == self.num_qubits * (self.num_qubits - 1) // 2

    @cached_property
    def graph(self) -> nx.Graph:
        """The coupling as a networkx graph."""
        graph = nx.Graph()
        graph.add_nodes_from(range(self.num_qubits))
        graph.add_edges_from(sorted(self.edges))
        return graph

    @cached_property
    def distances(self) -> tuple[tuple[int, ...], ...]:
        """Steps between every two qubits; ``num_qubits`` where there is no path.

        >>> Coupling.line(3).distances
        ((0, 1, 2), (1, 0, 1), (2, 1, 0))
        """
        lengths = dict(nx.all_pairs_shortest_path_length(self.graph))
        size = range(self.num_qubits)
        return tuple(tuple(lengths[a].get(b, self.num_qubits) for b in size) for a in size)

    @cached_property
    def neighbours(self) -> tuple[tuple[int, ...], ...]:
        """Neighbours of every qubit, ascending."""
        return tuple(tuple(sorted(self.graph[q])) for q in range(self.num_qubits))
