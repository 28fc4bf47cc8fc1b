"""Automorphisms of a coloured graph: strong generators by a search down a stabiliser chain, never a list.

Points are fixed one after another. From the last level upwards, every point of the level's cell that the generators
found so far do not reach is tried once. Either a search finds an automorphism that fixes all earlier points and brings
the level's point there, or there is none.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eqcompile.arguments import accepts, at_least, found, optional, printed, require_truth, whole_number
from eqcompile.budgets import check
from eqcompile.errors import ArgumentError, DimensionError, LimitError
from eqcompile.groups.order import orbits
from eqcompile.groups.permutation import Images, PermutationGroup, images_from_cycles

MAX_NODES = 1000
"""Nodes of a graph whose automorphisms are computed. Beyond it, refused: write the permutations as cycles."""

MAX_EDGES = 20_000
"""Edges of a graph whose automorphisms are computed. Beyond it, refused: write the permutations as cycles."""

MAX_STEPS = 5_000
"""Refinements of the colours in one search for automorphisms; graphs that need more are regular in a rare way. Beyond
it, refused: write the permutations as cycles."""

Colors = tuple[int, ...]
Trace = tuple[tuple[object, ...], ...]
"""What a refinement saw; equal for any two colourings that an automorphism exchanges."""


@dataclass(frozen=True)
class ColoredGraph:
    """A graph whose nodes and edges have colours.

    Args:
        colors: the colour of each node, as a number.
        edges: edges as (source, target, colour); an edge without direction is listed once.
        directed: whether edges have a direction.
    """

    colors: Colors
    edges: tuple[tuple[int, int, int], ...]
    directed: bool = False

    @cached_property
    def neighbors(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """For every node, its neighbours as (colour of the edge and its direction, neighbour)."""
        out: list[list[tuple[int, int]]] = [[] for _ in self.colors]
        for source, target, color in self.edges:
            out[source].append((2 * color, target))
            out[target].append((2 * color + self.directed, source))
        return tuple(tuple(sorted(entries)) for entries in out)

    def refined(self, colors: Colors) -> tuple[Colors, Trace]:
        """Split colours until nodes of the same colour have equally many neighbours of every colour.

        Returns:
            The colours, renumbered from 0 in an order that does not depend on the numbering of the nodes, and the
            trace of the splitting.

        References:
            McKay and Piperno, J. Symb. Comput. 60, 94 (2014), Sec. 2.
        """
        trace: list[tuple[object, ...]] = []
        num_colors = 0
        while True:
            seen = [
                (color, tuple(sorted([(kind, colors[q]) for kind, q in entries])))
                for color, entries in zip(colors, self.neighbors, strict=True)
            ]
            counts = sorted(Counter(seen).items())
            trace.append(tuple(counts))
            index = {signature: number for number, (signature, _) in enumerate(counts)}
            colors = tuple(index[signature] for signature in seen)
            if len(counts) == num_colors:
                return colors, tuple(trace)
            num_colors = len(counts)

    def has_automorphism(self, images: Sequence[int]) -> bool:
        """Whether the permutation keeps the colours of all nodes and edges."""
        return all(
            self.colors[image] == color for image, color in zip(images, self.colors, strict=True)
        ) and all(
            sorted((kind, images[q]) for kind, q in entries) == list(self.neighbors[image])
            for image, entries in zip(images, self.neighbors, strict=True)
        )

    def twins(self) -> list[tuple[int, ...]]:
        """Classes of nodes, ascending, any two of which can be exchanged while all others stay.

        Such nodes have the same neighbours if they are not joined; if they are, the same once each counts itself.
        """
        groups: dict[object, list[int]] = {}
        for node, entries in enumerate(self.neighbors):
            groups.setdefault((self.colors[node], entries), []).append(node)
            for kind in () if self.directed else {kind for kind, _ in entries}:
                joined = tuple(sorted([*entries, (kind, node)]))
                groups.setdefault((self.colors[node], kind, joined), []).append(node)
        large = {node: tuple(group) for group in groups.values() if len(group) > 1 for node in group}
        return list(dict.fromkeys(large.get(node, (node,)) for node in range(len(self.colors))))

    def contracted(self, classes: Sequence[tuple[int, ...]]) -> "ColoredGraph":
        """One node for each class of twins, coloured by the kind of the class."""
        number = {members[0]: index for index, members in enumerate(classes)}
        inside = [tuple(k for k, q in self.neighbors[m[0]] if q in m[1:2]) for m in classes]
        colors = [(self.colors[m[0]], len(m), kind) for m, kind in zip(classes, inside, strict=True)]
        edges = ((number[a], number[b], c) for a, b, c in self.edges if a in number and b in number)
        return ColoredGraph(tuple(_numbered(colors)), tuple(edges), self.directed)


@accepts(num_nodes=optional(at_least(0)), directed=require_truth)
def graph_automorphisms(
    edges: Iterable[Sequence[Hashable]],
    num_nodes: int | None = None,
    colors: Mapping[int, Hashable] | None = None,
    directed: bool = False,
) -> PermutationGroup:
    """The automorphism group of a graph on the nodes 0, 1, 2, ...

    Args:
        edges: ``(a, b)``, or ``(a, b, color)`` for edges that are only exchanged with edges of the same colour; or a
            graph of NetworkX whose nodes are whole numbers counted from 0, with its directions.
        num_nodes: number of nodes; by default as many as the edges name. Nodes without an edge are exchanged with
            each other like all others.
        colors: colours of nodes, which are only exchanged with nodes of the same colour; all other nodes share one
            colour.
        directed: whether an edge goes only from a to b.

    Returns:
        The group, given by strong generators; it has none if only the identity is left.

    Raises:
        ArgumentError: the edges are something else, or the colours are not a mapping.
        DimensionError: an edge has no two ends, is named twice, or names a node that does not exist; or a colour does.
        LimitError: the nodes, edges or steps of the search exceed the limits.

    >>> graph_automorphisms([(0, 1), (1, 2), (2, 3), (3, 0)]).order
    8
    >>> graph_automorphisms([(0, 1), (1, 2), (2, 3), (3, 0)], colors={0: "red"}).generators
    ((0, 3, 2, 1),)
    """
    if hasattr(edges, "is_directed") and hasattr(edges, "number_of_nodes"):  # a graph of NetworkX
        if num_nodes is not None or directed:
            raise ArgumentError(
                "edges: a graph of NetworkX has its own nodes and directions; leave out num_nodes and directed"
            )
        edges, num_nodes, directed = _parts_of(edges)
    return automorphism_group(colored_graph(edges, num_nodes, colors, directed))


def _parts_of(graph: Any) -> tuple[list[tuple[int, int]], int, bool]:
    """Edges of a NetworkX graph, its number of nodes, and whether the edges have directions."""
    count = graph.number_of_nodes()
    if set(graph.nodes) != set(range(count)):
        raise ArgumentError(
            f"edges: the nodes of the graph are not the numbers 0 to {count - 1}; "
            "networkx.convert_node_labels_to_integers makes them so"
        )
    return list(graph.edges()), count, graph.is_directed()


def colored_graph(
    edges: Iterable[Sequence[Hashable]],
    num_nodes: int | None = None,
    colors: Mapping[int, Hashable] | None = None,
    directed: bool = False,
) -> ColoredGraph:
    """The graph of :func:`graph_automorphisms`, with its colours numbered."""
    if isinstance(edges, str | bytes | dict) or not isinstance(edges, Iterable):
        raise ArgumentError(
            f"edges: a list of edges is needed, such as [(0, 1), (1, 2)]; found {found(edges)}"
        )
    if colors is not None and not isinstance(colors, Mapping):
        raise ArgumentError(f'colors: a mapping is needed, such as {{0: "red"}}; found {found(colors)}')
    listed = [_ends(edge) for edge in edges]
    largest = max((max(a, b) for a, b, _ in listed), default=-1)
    count = largest + 1 if num_nodes is None else num_nodes
    _require_within(count, len(listed))
    if strange := [node for node in colors or () if node not in range(count)]:
        raise DimensionError(f"colors name the node {strange[0]!r}; the nodes are 0 to {count - 1}")
    _require_simple(listed, count, directed)
    node_colors = _numbered([(colors or {}).get(node) for node in range(count)])
    edge_colors = _numbered([color for _, _, color in listed])
    numbered = tuple((a, b, color) for (a, b, _), color in zip(listed, edge_colors, strict=True))
    return ColoredGraph(tuple(node_colors), numbered, directed)


def automorphism_group(graph: ColoredGraph) -> PermutationGroup:
    """The automorphism group of a coloured graph, given by strong generators."""
    classes = graph.twins()
    if len(classes) == len(graph.colors):
        return PermutationGroup(len(classes), tuple(_strong_generators(graph)))
    rest = automorphism_group(graph.contracted(classes)).generators
    inside = (cycles for members in classes for cycles in _all_permutations(members))
    generators = [images_from_cycles(cycles, len(graph.colors)) for cycles in inside]
    return PermutationGroup(len(graph.colors), (*generators, *(_spread(images, classes) for images in rest)))


def _all_permutations(members: tuple[int, ...]) -> list[list[tuple[int, ...]]]:
    """Cycles that generate all permutations of the members."""
    return [[cycle] for cycle in dict.fromkeys([members[:2], members]) if len(cycle) > 1]


def _spread(images: Images, classes: Sequence[tuple[int, ...]]) -> Images:
    """A permutation of classes as a permutation of their members, which keep their order."""
    target = {p: q for c, image in enumerate(images) for p, q in zip(classes[c], classes[image], strict=True)}
    return tuple(target[node] for node in range(len(target)))


def _strong_generators(graph: ColoredGraph) -> list[Images]:
    search = _Search(graph)
    generators: list[Images] = []
    for level in reversed(_levels(graph)):
        generators += search.new_generators(level, generators)
    return generators


@dataclass(frozen=True)
class _Level:
    """One step of the chain: the refined colours above it, the point it fixes, and the colours after fixing it."""

    colors: Colors
    point: int
    cell: tuple[int, ...]
    fixed: Colors
    trace: Trace


def _levels(graph: ColoredGraph) -> list[_Level]:
    """Fix one point of the first cell after another until every node has its own colour."""
    colors, _ = graph.refined(graph.colors)
    out = []
    while cell := _first_cell(colors):
        fixed, trace = graph.refined(_individualized(colors, cell[0]))
        out.append(_Level(colors, cell[0], cell, fixed, trace))
        colors = fixed
    return out


def _first_cell(colors: Colors) -> tuple[int, ...]:
    """The nodes of the first colour that several nodes share; empty if there is none."""
    counts = Counter(colors)
    shared = min((color for color, count in counts.items() if count > 1), default=None)
    return tuple(node for node, color in enumerate(colors) if color == shared)


def _individualized(colors: Colors, point: int) -> Colors:
    return tuple(2 * color + (node == point) for node, color in enumerate(colors))


class _Search:
    """Counts the steps of a search through one graph."""

    def __init__(self, graph: ColoredGraph) -> None:
        self.graph = graph
        self.steps = 0

    def new_generators(self, level: _Level, known: Sequence[Images]) -> list[Images]:
        """Automorphisms that bring the level's point to every place of its cell that it can reach."""
        found: list[Images] = []
        refused: set[int] = set()
        for target in level.cell[1:]:
            parts = {p: part for part in orbits(len(level.colors), [*known, *found]) for p in part}
            if target in parts[level.point] or refused.intersection(parts[target]):
                continue
            image = self._image(level, target)
            if image is None:
                refused.add(target)
            else:
                found.append(image)
        return found

    def _image(self, level: _Level, target: int) -> Images | None:
        colors, trace = self._refined(_individualized(level.colors, target))
        return self._match(level.fixed, colors) if trace == level.trace else None

    def _match(self, source: Colors, target: Colors) -> Images | None:
        """An automorphism that respects two refined colourings of equal trace, or ``None``."""
        cell = _first_cell(source)
        if not cell:
            place = {color: node for node, color in enumerate(target)}
            images = tuple(place[color] for color in source)
            return images if self.graph.has_automorphism(images) else None
        fixed, trace = self._refined(_individualized(source, cell[0]))
        for candidate in (node for node, color in enumerate(target) if color == source[cell[0]]):
            colors, other = self._refined(_individualized(target, candidate))
            found = self._match(fixed, colors) if other == trace else None
            if found is not None:
                return found
        return None

    def _refined(self, colors: Colors) -> tuple[Colors, Trace]:
        self.steps += 1
        check()
        if self.steps > MAX_STEPS:
            raise LimitError(
                f"the graph is too regular: its automorphisms take more than {MAX_STEPS} steps to find"
            )
        return self.graph.refined(colors)


def _ends(edge: Any) -> tuple[int, int, Hashable]:
    if callable(listed := getattr(edge, "tolist", None)):  # a row of an array
        edge = listed()
    ends = edge[:2] if isinstance(edge, tuple | list) else ()
    try:
        ends = [whole_number("node", end, least=0) for end in ends]
    except ArgumentError:
        ends = []
    if len(ends) != 2 or len(edge) > 3 or not isinstance(edge[-1], Hashable):
        raise DimensionError(
            f"an edge is (a, b) or (a, b, color) with nodes counted from 0; found {printed(edge)}"
        )
    a, b = ends
    if a == b:
        raise DimensionError(f"the edge ({a}, {b}) joins a node to itself; give the node a colour instead")
    return a, b, edge[2] if len(edge) == 3 else None


def _require_within(num_nodes: int, num_edges: int) -> None:
    if num_nodes > MAX_NODES:
        raise LimitError(f"a graph of {num_nodes} nodes; the limit is {MAX_NODES}")
    if num_edges > MAX_EDGES:
        raise LimitError(f"a graph of {num_edges} edges; the limit is {MAX_EDGES}")


def _require_simple(edges: Iterable[tuple[int, int, Hashable]], num_nodes: int, directed: bool) -> None:
    seen: set[tuple[int, int]] = set()
    for a, b, _ in edges:
        if max(a, b) >= num_nodes:
            raise DimensionError(f"the edge ({a}, {b}) leaves the nodes 0 to {num_nodes - 1}")
        ends = (a, b) if directed else (min(a, b), max(a, b))
        if ends in seen:
            raise DimensionError(f"the edge ({a}, {b}) is listed twice; give it a colour instead")
        seen.add(ends)


def _numbered(colors: Sequence[Hashable]) -> list[int]:
    index = {color: number for number, color in enumerate(dict.fromkeys(colors))}
    return [index[color] for color in colors]
