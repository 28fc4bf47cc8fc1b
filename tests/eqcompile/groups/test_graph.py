"""Automorphisms of graphs: known groups, every automorphism by an independent search, and what is refused."""

from collections.abc import Callable
from math import factorial

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networkx.algorithms.isomorphism import GraphMatcher, categorical_edge_match, categorical_node_match

from eqcompile.errors import DimensionError, LimitError
from eqcompile.groups.graph import colored_graph, graph_automorphisms
from eqcompile.groups.permutation import PermutationGroup


def of(graph: nx.Graph) -> PermutationGroup:
    plain = nx.convert_node_labels_to_integers(graph)
    return graph_automorphisms(list(plain.edges), len(plain))


KNOWN = {
    "Petersen": (nx.petersen_graph(), 120),
    "Frucht": (nx.frucht_graph(), 1),
    "complete, 30": (nx.complete_graph(30), factorial(30)),
    "complete, 300, without edges": (nx.empty_graph(300), factorial(300)),
    "star": (nx.star_graph(40), factorial(40)),
    "6-cube": (nx.hypercube_graph(6), 2**6 * factorial(6)),
    "torus 3 x 3": (nx.grid_2d_graph(3, 3, periodic=True), 72),
    "torus 4 x 4, a 4-cube": (nx.grid_2d_graph(4, 4, periodic=True), 384),
    "torus 7 x 7": (nx.grid_2d_graph(7, 7, periodic=True), 8 * 49),
    "open 6 x 6": (nx.grid_2d_graph(6, 6), 8),
    "open 5 x 6": (nx.grid_2d_graph(5, 6), 4),
    "cycle": (nx.cycle_graph(50), 100),
    "path": (nx.path_graph(50), 2),
    "Paley 29": (nx.paley_graph(29).to_undirected(), 29 * 14),
    "Desargues": (nx.desargues_graph(), 240),
    "Tutte": (nx.tutte_graph(), 3),
    "rook 4 x 4": (nx.line_graph(nx.complete_bipartite_graph(4, 4)), 1152),
    "binary tree": (nx.balanced_tree(2, 4), 2**15),
    "30 pairs": (nx.disjoint_union_all([nx.complete_graph(2)] * 30), 2**30 * factorial(30)),
    "3 Petersens": (nx.disjoint_union_all([nx.petersen_graph()] * 3), 120**3 * 6),
}


@pytest.mark.parametrize(("graph", "order"), KNOWN.values(), ids=KNOWN)
def test_known_groups(graph: nx.Graph, order: int) -> None:
    group = of(graph)
    assert group.order == order
    colored = colored_graph(list(nx.convert_node_labels_to_integers(graph).edges), len(graph))
    assert all(colored.has_automorphism(images) for images in group.generators)


@st.composite
def colored_graphs(draw: st.DrawFn) -> nx.Graph:
    n = draw(st.integers(1, 7))
    graph = draw(st.sampled_from([nx.Graph, nx.DiGraph]))()
    for node in range(n):
        graph.add_node(node, color=draw(st.integers(0, 1)))
    pairs = [(a, b) for a in range(n) for b in range(n) if a < b or (graph.is_directed() and a != b)]
    for a, b in draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []:
        graph.add_edge(a, b, color=draw(st.integers(0, 1)))
    return graph


@settings(deadline=None)
@given(colored_graphs())
def test_every_automorphism_of_a_random_graph_and_no_other(graph: nx.Graph) -> None:
    """The same list that networkx finds."""
    edges = [(a, b, color) for a, b, color in graph.edges(data="color")]
    colors = dict(graph.nodes(data="color"))
    group = graph_automorphisms(edges, len(graph), colors, directed=graph.is_directed())
    kind = nx.isomorphism.DiGraphMatcher if graph.is_directed() else GraphMatcher
    matcher = kind(graph, graph, categorical_node_match("color", 0), categorical_edge_match("color", 0))
    listed = {tuple(m[node] for node in range(len(graph))) for m in matcher.isomorphisms_iter()}
    assert set(group.elements()) == listed


def test_colours_and_directions_make_the_group_smaller() -> None:
    square = [(0, 1), (1, 2), (2, 3), (3, 0)]
    assert graph_automorphisms(square).order == 8
    assert graph_automorphisms(square, colors={0: "red"}).order == 2
    assert graph_automorphisms(square, colors={0: "red", 1: "blue"}).order == 1
    assert graph_automorphisms(square, directed=True).order == 4
    assert graph_automorphisms([(0, 1, "long"), (1, 2), (2, 3, "long"), (3, 0)]).order == 4
    assert graph_automorphisms(square, num_nodes=6).order == 16


def test_a_swap_that_breaks_an_edge_is_no_automorphism() -> None:
    graph = colored_graph([(0, 1), (1, 2)])
    assert graph.has_automorphism((2, 1, 0))
    assert not graph.has_automorphism((1, 0, 2))
    assert not colored_graph([(0, 1), (1, 2)], colors={0: 1}).has_automorphism((2, 1, 0))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: graph_automorphisms([(0, 1, 2, 3)]),
            "an edge is (a, b) or (a, b, color) with nodes counted from 0; found (0, 1, 2, 3)",
        ),
        (
            lambda: graph_automorphisms([("A", "B")]),
            "an edge is (a, b) or (a, b, color) with nodes counted from 0; found ('A', 'B')",
        ),
        (
            lambda: graph_automorphisms([(0, 0)]),
            "the edge (0, 0) joins a node to itself; give the node a colour instead",
        ),
        (
            lambda: graph_automorphisms([(0, 1), (1, 0)]),
            "the edge (1, 0) is listed twice; give it a colour instead",
        ),
        (lambda: graph_automorphisms([(0, 3)], 3), "the edge (0, 3) leaves the nodes 0 to 2"),
    ],
)
def test_wrong_edges(make: Callable[[], object], message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        make()
    assert str(caught.value) == message


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LimitError, match=r"^a graph of 1001 nodes; the limit is 1000$"):
        graph_automorphisms([(0, 1000)])
    with pytest.raises(LimitError, match=r"^a graph of 44850 edges; the limit is 20000$"):
        of(nx.complete_graph(300))
    monkeypatch.setattr("eqcompile.groups.graph.MAX_STEPS", 3)
    with pytest.raises(LimitError, match=r"^the graph is too regular: .* more than 3 steps to find$"):
        of(nx.petersen_graph())
    assert graph_automorphisms([(0, 1), (2, 1)]).order == 2
