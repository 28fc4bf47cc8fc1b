r"""Colour the pieces of a gate generator so that pieces of one colour commute and much of the group keeps each colour.

A group element that maps pieces to pieces keeps every colour when colours are unions of its orbits. That is possible as
long as no two pieces of one orbit clash. Elements are therefore taken up one after the other while this holds, and then
the orbits are coloured. On a ring, a translation by one site maps a bond to its neighbour and drops out; a translation
by two sites stays.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import TypeAlias

import networkx as nx

from eqcompile.exact.linear.union_find import UnionFind
from eqcompile.passes.formula.elements import Element
from eqcompile.passes.formula.pieces import Piece

MAX_STARTS = 24
"""Orders in which the elements of a product formula are tried: each of the first ones goes first once. Beyond it,
weaker: no other order is tried; a formula may keep less of the group, and what it breaks is measured."""

STRATEGIES = ("DSATUR", "largest_first", "smallest_last")
"""Greedy colourings that give the same result every time; DSATUR needs two colours where two are enough."""

Edge: TypeAlias = tuple[int, int]


def clashes(pieces: Sequence[Piece]) -> list[Edge]:
    """Pairs of pieces that cannot have one colour."""
    at_qubit: dict[int, list[int]] = {}
    for place, piece in enumerate(pieces):
        for qubit in piece.support:
            at_qubit.setdefault(qubit, []).append(place)
    near = {pair for places in at_qubit.values() for pair in combinations(places, 2)}
    return sorted(pair for pair in near if not pieces[pair[0]].goes_with(pieces[pair[1]]))


def coloured(pieces: Sequence[Piece], elements: Sequence[Element]) -> tuple[tuple[Piece, ...], ...]:
    """Classes of pieces that commute, chosen so that many elements map every class to itself.

    Of several ways, the one that keeps the most generators is taken. Among equals it is the one with the fewest orbits,
    that is, the largest subgroup, and then the one with the fewest colours.
    """
    edges = clashes(pieces)
    best: tuple[int, int, int] | None = None
    chosen: dict[int, int] = {}
    for start in range(max(1, min(len(elements), MAX_STARTS))):
        order = [*elements[start : start + 1], *elements[:start], *elements[start + 1 :]]
        orbits, count = _orbits(len(pieces), edges, order)
        colours = _colours(orbits, edges)
        score = (-count, len(set(orbits)), len(set(colours.values())))
        if best is None or score < best:
            best, chosen = score, {place: colours[orbit] for place, orbit in enumerate(orbits)}
    classes: dict[int, list[Piece]] = {}
    for place, colour in sorted(chosen.items()):
        classes.setdefault(colour, []).append(pieces[place])
    return tuple(map(tuple, classes.values()))


def _orbits(size: int, edges: Sequence[Edge], elements: Iterable[Element]) -> tuple[list[int], int]:
    """Orbits of a greedily grown set of elements, as one representative for each piece; and how many are generators."""
    orbits, count = list(range(size)), 0
    for element in elements:
        joined = UnionFind(range(size))
        for place, image in enumerate(element.images):
            joined.union(orbits[place], orbits[image])
        trial = [joined[orbits[place]] for place in range(size)]
        if all(trial[a] != trial[b] for a, b in edges):
            orbits, count = trial, count + element.is_generator
    return orbits, count


def _colours(orbits: Sequence[int], edges: Iterable[Edge]) -> dict[int, int]:
    """A colouring of the orbits with few colours."""
    graph = nx.Graph()
    graph.add_nodes_from(sorted(set(orbits)))
    graph.add_edges_from(sorted({(orbits[a], orbits[b]) for a, b in edges}))
    found = [dict(nx.greedy_color(graph, strategy)) for strategy in STRATEGIES]
    return min(found, key=lambda colours: len(set(colours.values())))
