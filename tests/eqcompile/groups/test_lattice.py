"""Symmetries of grids: known orders, the torus graph as an independent witness, and what is refused."""

from itertools import product
from math import prod

import networkx as nx
import pytest

from eqcompile.errors import DimensionError, LimitError
from eqcompile.groups.graph import graph_automorphisms
from eqcompile.groups.lattice import LATTICE_GROUPS, lattice


@pytest.mark.parametrize("size", [3, 4, 5, 6, 30])
def test_p4m_has_eight_operations_a_point(size: int) -> None:
    assert lattice((size, size), "p4m").order == 8 * size**2


def test_on_small_grids_operations_coincide() -> None:
    """On two points, x -> -x is the identity; on one point, everything is."""
    assert lattice((2, 2), "p4m").order == 8
    assert lattice((1, 1), "p4m").order == 1
    assert lattice((1, 1), "p4m").generators == ()
    assert lattice((2,), "dihedral").order == 2


@pytest.mark.parametrize(
    ("shape", "group", "periodic", "order"),
    [
        ((6,), "translations", True, 6),
        ((6,), "dihedral", True, 12),
        ((6,), "dihedral", False, 2),
        ((3, 4), "p1", True, 12),
        ((3, 4, 5), "translations", True, 60),
        ((3, 4), "p2", True, 24),
        ((3, 4), "p2", False, 2),
        ((3, 4), "pmm", True, 48),
        ((3, 4), "pmm", False, 4),
        ((5, 5), "p4", True, 100),
        ((5, 5), "p4", False, 4),
        ((4, 4), "p4m", False, 8),
        ((2, 2), "p4m", False, 8),
    ],
)
def test_orders(shape: tuple[int, ...], group: str, periodic: bool, order: int) -> None:
    assert lattice(shape, group, periodic).order == order


def grid_edges(shape: tuple[int, int], periodic: bool) -> list[tuple[int, int]]:
    graph = nx.grid_2d_graph(*shape, periodic=periodic)
    return [(a * shape[1] + b, c * shape[1] + d) for (a, b), (c, d) in graph.edges]


@pytest.mark.parametrize(
    ("shape", "group", "periodic"),
    [((5, 5), "p4m", True), ((5, 6), "pmm", True), ((4, 4), "p4m", False), ((3, 5), "pmm", False)],
)
def test_the_grid_as_a_graph_has_the_same_symmetry(
    shape: tuple[int, int], group: str, periodic: bool
) -> None:
    """A quarter turn, a mirror and a row-major number each keep neighbours neighbours, and nothing else does."""
    ours = lattice(shape, group, periodic)
    theirs = graph_automorphisms(grid_edges(shape, periodic), prod(shape))
    assert set(ours.elements()) == set(theirs.elements())
    smaller = lattice(shape, "p2", periodic)
    assert set(smaller.elements()) < set(theirs.elements())  # control


def test_numbering_is_row_major() -> None:
    down, right = lattice((2, 3)).generators
    assert down == (3, 4, 5, 0, 1, 2)
    assert right == (1, 2, 0, 4, 5, 3)


@pytest.mark.parametrize(
    ("shape", "group", "periodic", "message"),
    [
        ((), "p1", True, "the shape of a grid is a list of lengths such as [3, 4]; found []"),
        ((2, 0), "p1", True, "the shape of a grid is a list of lengths such as [3, 4]; found [2, 0]"),
        ((2,), "p1", False, "an open grid has no translations; choose a group other than p1"),
        ((2, 3), "p4", True, "p4 turns rows into columns and needs a square grid; found 2 x 3"),
        ((2,), "p4", True, "p4 is a group of grids with 2 axes; found 1"),
        ((2, 2), "dihedral", True, "dihedral is a group of grids with 1 axis; found 2"),
        ((2,), "p6", True, f"unknown lattice group 'p6'; known: {', '.join(LATTICE_GROUPS)}"),
    ],
)
def test_what_is_refused(shape: tuple[int, ...], group: str, periodic: bool, message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        lattice(shape, group, periodic)
    assert str(caught.value) == message


def test_too_many_points() -> None:
    with pytest.raises(LimitError, match=r"^a permutation group on 1000000 points; the limit is 10000$"):
        lattice((1000, 1000))


def test_every_operation_of_every_group_is_a_permutation_of_the_grid() -> None:
    for (name, group), periodic in product(LATTICE_GROUPS.items(), (True, False)):
        shape = (4,) * (group.num_axes or 2)
        if periodic or name not in ("translations", "p1"):
            assert lattice(shape, name, periodic).order > 1
