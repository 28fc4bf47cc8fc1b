"""Automorphisms of a coloured graph, by a stabiliser chain: nodes are fixed one after another.

Backwards from the last node, each node of the same colour falls into one of three cases. The automorphisms found so far
reach it, or one backtracking search finds an automorphism that goes there, or there is none.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from eqcompile.recheck.files.unread import UnreadError

MAX_NODES = 1000
"""Nodes of a graph in a spec. Beyond it, refused: write the permutations as cycles, or recheck without `--spec`."""

MAX_EDGES = 20_000
"""Edges of a graph in a spec. Beyond it, refused: write the permutations as cycles, or recheck without `--spec`."""

MAX_STEPS = 5_000
"""Refinements of the colours in one search for the automorphisms of a graph. Beyond it, refused: write the
permutations as cycles, or recheck without `--spec`."""


@dataclass(frozen=True)
class Graph:
    """Nodes 0, 1, 2, ... with colours, and edges with colours.

    Attributes:
        colors: colours of the nodes.
        edges: edges as (a, b, colour).
        directed: whether an edge leads only from a to b.
    """

    colors: Sequence[Hashable]
    edges: Sequence[tuple[int, int, Hashable]]
    directed: bool = False


def automorphism_generators(graph: Graph) -> list[tuple[int, ...]]:
    """Generators of the automorphism group.

    Raises:
        UnreadError: more nodes, edges or steps than the limits.

    >>> automorphism_generators(Graph((0, 0, 0, 1), ((0, 1, 0), (1, 2, 0), (3, 1, 0))))
    [(2, 1, 0, 3)]
    """
    if len(graph.colors) > MAX_NODES or len(graph.edges) > MAX_EDGES:
        raise UnreadError(f"a graph of {len(graph.colors)} nodes and {len(graph.edges)} edges")
    return _Search(graph).generators()


class _Search:
    def __init__(self, graph: Graph) -> None:
        self._size = len(graph.colors)
        self._start = _numbered(graph.colors)
        kinds = _numbered([color for _, _, color in graph.edges])
        self._edges: list[dict[int, int]] = [{} for _ in range(self._size)]
        for (a, b, _), kind in zip(graph.edges, kinds, strict=True):
            # An edge is seen from both ends; if it has a direction, as two different things.
            self._see(a, b, 1 << 2 * kind)
            self._see(b, a, 1 << 2 * kind + graph.directed)
        self._steps = 0

    def _see(self, here: int, there: int, kind: int) -> None:
        self._edges[here][there] = self._edges[here].get(there, 0) | kind

    def generators(self) -> list[tuple[int, ...]]:
        chain = []
        colors, _ = self._refined(self._start)
        while (node := _first_shared(colors)) is not None:
            chain.append((node, colors))
            colors, _ = self._refined(_marked(colors, node))
        found: list[tuple[int, ...]] = []
        for node, before in reversed(chain):
            refused: set[int] = set()
            orbits = _orbit_numbers(self._size, found)
            for other in range(self._size):
                if before[other] != before[node] or orbits[other] == orbits[node]:
                    continue
                if orbits[other] in {orbits[r] for r in refused}:
                    continue
                exchanged = _exchange(self._size, node, other)
                images = (
                    exchanged  # there are often many nodes that see the same
                    if self._is_automorphism(exchanged)
                    else self._matched(_marked(before, node), _marked(before, other))
                )
                if images is None:
                    refused.add(other)
                else:
                    found.append(images)
                    orbits = _orbit_numbers(self._size, found)
        return found

    def _matched(self, source: list[int], target: list[int]) -> tuple[int, ...] | None:
        """An automorphism that takes one colouring to the other."""
        (source, one), (target, other_trace) = self._refined(source), self._refined(target)
        if one != other_trace:
            return None
        node = _first_shared(source)
        if node is None:
            place = {color: n for n, color in enumerate(target)}
            images = tuple(place[color] for color in source)
            return images if self._is_automorphism(images) else None
        for other in range(self._size):
            if target[other] == source[node]:
                found = self._matched(_marked(source, node), _marked(target, other))
                if found is not None:
                    return found
        return None

    def _is_automorphism(self, images: Sequence[int]) -> bool:
        return all(self._start[i] == self._start[n] for n, i in enumerate(images)) and all(
            {images[there]: kind for there, kind in seen.items()} == self._edges[images[here]]
            for here, seen in enumerate(self._edges)
        )

    def _refined(self, colors: list[int]) -> tuple[list[int], int]:
        """Colours split by what each node sees, until nothing splits, and a trace of the splitting.

        The numbers of the colours do not depend on those of the nodes: an automorphism that takes one colouring to
        another takes the refined one to the refined one, with the same trace.
        """
        trace = 0
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise UnreadError(f"a graph whose automorphisms take more than {MAX_STEPS} steps")
        while True:
            seen = [
                (color, tuple(sorted((kind, colors[there]) for there, kind in self._edges[here].items())))
                for here, color in enumerate(colors)
            ]
            counts = sorted(Counter(seen).items())
            order = {signature: k for k, (signature, _) in enumerate(counts)}
            split, trace = [order[signature] for signature in seen], hash((trace, tuple(counts)))
            if len(order) == len(set(colors)):
                return split, trace
            colors = split


def _marked(colors: list[int], node: int) -> list[int]:
    return [2 * color + (n == node) for n, color in enumerate(colors)]


def _exchange(size: int, a: int, b: int) -> tuple[int, ...]:
    return tuple(b if n == a else a if n == b else n for n in range(size))


def _first_shared(colors: list[int]) -> int | None:
    """The first node that shares its colour; ``None`` if no node does."""
    counts = Counter(colors)
    return next((n for n, color in enumerate(colors) if counts[color] > 1), None)


def _orbit_numbers(size: int, generators: Sequence[Sequence[int]]) -> list[int]:
    """For every node the smallest one of its orbit."""
    root = list(range(size))

    def find(node: int) -> int:
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for images in generators:
        for node, image in enumerate(images):
            a, b = find(node), find(image)
            root[max(a, b)] = min(a, b)
    return [find(node) for node in range(size)]


def _numbered(values: Sequence[Hashable]) -> list[int]:
    index = {value: k for k, value in enumerate(dict.fromkeys(values))}
    return [index[value] for value in values]
