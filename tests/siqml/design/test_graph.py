"""The molecular graph, its exchanges and origins, on molecules whose answers are known."""

import math

import numpy as np
import pytest
from ase.build import molecule
from sympy.combinatorics import Permutation, PermutationGroup

from siqml.design.graph import MolecularGraph, cycles
from siqml.molecule.structures import Structures


def graph_of(*names: str) -> MolecularGraph:
    """Some molecules side by side, far apart."""
    atoms = molecule(names[0])
    for number, name in enumerate(names[1:], 1):
        other = molecule(name)
        other.translate([6.0 * number, 0, 0])
        atoms += other
    positions = atoms.get_positions()[None]
    return MolecularGraph.of(
        Structures(tuple(atoms.get_chemical_symbols()), positions, np.zeros(1), None, "x")
    )


def order(graph: MolecularGraph) -> int:
    generators = [Permutation(list(images)) for images in graph.exchanges]
    return int(PermutationGroup(generators).order()) if generators else 1


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("H2O",), 2),
        (("HCN",), 1),
        (("CO2",), 2),
        (("NH3",), 6),
        (("CH4",), 24),
        (("C2H4",), 8),
        (("H2CO",), 2),
        (("HCOOH",), 1),
        (("C2H6",), 72),
        (("C6H6",), 12),
        (("H2O", "H2O"), 8),
        (("H2O", "H2O", "H2O"), 48),
        (("H2O", "NH3"), 12),
    ],
)
def test_the_group_of_exchanges_is_that_of_the_bonds(names: tuple[str, ...], expected: int) -> None:
    graph = graph_of(*names)
    assert order(graph) == expected
    for images in graph.exchanges:
        places = np.ix_(images, images)
        assert np.array_equal(graph.bonds, graph.bonds[places])
        assert all(graph.species[k] == graph.species[image] for k, image in enumerate(images))


@pytest.mark.parametrize(
    "names", [("H2O",), ("C2H4",), ("C2H6",), ("C6H6",), ("H2O", "H2O"), ("HCOOH",), ("H2O", "NH3"), ("H2",)]
)
def test_origins_are_exchanged_as_their_atoms_are(names: tuple[str, ...]) -> None:
    graph = graph_of(*names)
    origins = {seen.atom: set(seen.origin) for seen in graph.seen}
    for images in graph.exchanges:
        for atom, origin in origins.items():
            assert origins[images[atom]] == {images[other] for other in origin}


@pytest.mark.parametrize("names", [("H2O",), ("C2H4",), ("C6H6",), ("HCOOH",), ("H2O", "NH3"), ("H2",)])
def test_the_sites_determine_the_molecule(names: tuple[str, ...]) -> None:
    graph = graph_of(*names)
    matrix = np.zeros((len(graph.seen), len(graph.species)))
    for row, seen in enumerate(graph.seen):
        matrix[row, seen.atom] += 1
        matrix[row, list(seen.origin)] -= 1 / len(seen.origin)
    assert np.linalg.matrix_rank(matrix) == len(graph.species) - 1
    assert np.abs(matrix.sum(axis=1)).max() < 1e-12


def test_bonds_are_sites() -> None:
    """Formic acid from its carbon: two oxygens and a hydrogen from it, the other hydrogen from its own oxygen."""
    graph = graph_of("HCOOH")
    for seen in graph.seen:
        assert len(seen.origin) == 1
        assert graph.bonds[seen.atom, seen.origin[0]]
    assert sorted(graph.species[seen.origin[0]] for seen in graph.seen) == ["C", "C", "C", "O"]


def test_cycles_of_a_permutation() -> None:
    assert cycles((0, 1, 2), "ABC") == ""
    assert cycles((1, 2, 0, 4, 3), "ABCDE") == "(A B C)(D E)"


def test_the_bonds_of_most_structures_decide() -> None:
    near, far = molecule("H2O").get_positions(), molecule("H2O").get_positions()
    far[1] += 5
    structures = Structures(("O", "H", "H"), np.array([far, near, near]), np.zeros(3), None, "x")
    assert MolecularGraph.of(structures).molecules == ((0, 1, 2),)
    assert math.isclose(MolecularGraph.of(structures).bonds.sum(), 4)
