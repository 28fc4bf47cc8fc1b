"""Orbits of supports, compared with brute force, and bases that are written out on demand."""

from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.derivation.compare import derive_basis
from eqcompile.derivation.generators.orbits import support_orbits
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import Images, PermutationGroup
from eqcompile.symmetry.symmetry import Symmetry

N = 5
groups = st.lists(st.permutations(range(N)).map(tuple), max_size=2)
Family = Callable[[str, int], Symmetry]


@given(groups, st.integers(1, 4))
def test_orbits_and_stabilisers_are_those_of_the_listed_group(moves: list[Images], weight: int) -> None:
    elements = list(PermutationGroup(N, tuple(moves)).elements())
    orbits = list(support_orbits(N, weight, moves))
    members = [tuple(sorted(image)) for orbit in orbits for image in orbit.images]
    assert sorted(members) == list(combinations(range(N), weight))
    for orbit in orbits:
        reached = {tuple(sorted(g[q] for q in orbit.root)) for g in elements}
        assert {tuple(sorted(image)) for image in orbit.images} == reached
        fixing = [g for g in elements if {g[q] for q in orbit.root} == set(orbit.root)]
        induced = {tuple(orbit.root.index(g[q]) for q in orbit.root) for g in fixing}
        loops = PermutationGroup(weight, tuple(orbit.loops))
        assert set(loops.elements()) == induced
        assert all(any(tuple(g[q] for q in orbit.root) == image for g in elements) for image in orbit.images)


def test_elements_are_a_sequence(family: Family) -> None:
    elements = derive_basis(family("C_n shifts", 4), 2).elements
    listed = list(elements)
    assert len(elements) == len(listed) == 18
    assert elements[0] == listed[0] == PauliSum.parse("X0 + X1 + X2 + X3", 4)
    assert elements[-1] == listed[-1]
    assert elements[3:5] == listed[3:5]
    with pytest.raises(IndexError):
        elements[18]


def test_equal_bases_are_equal_values(family: Family) -> None:
    one, two = (derive_basis(family("SU(2) x S_n", 4), 4, m).elements for m in ("nullspace", "twirl"))
    assert one == two
    assert hash(one) == hash(two)
    assert one != derive_basis(family("SU(2)", 4), 4).elements


def test_many_qubits_are_an_ordinary_call(family: Family) -> None:
    basis = derive_basis(family("SU(2) x S_n", 60), 2)
    (element,) = basis
    assert len(element) == 3 * 60 * 59 // 2
    assert element == sum(
        (PauliSum.heisenberg(60, i, j) for i, j in combinations(range(60), 2)), PauliSum.zero(60)
    )
    assert derive_basis(family("C_n shifts", 40), 2).by_weight == {0: 1, 1: 3, 2: 9 * 20 - 3}
