"""Permutation groups: laws, known orders, and the stabiliser chain compared with plain listing."""

from itertools import permutations, product
from math import prod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy.combinatorics import Permutation
from sympy.combinatorics.named_groups import AlternatingGroup, CyclicGroup, DihedralGroup, SymmetricGroup

from eqcompile.errors import ArgumentError, DimensionError
from eqcompile.groups.named import alternating, cyclic, dihedral, symmetric
from eqcompile.groups.permutation import (
    Images,
    PermutationGroup,
    compose,
    cycles_of,
    images_from_cycles,
    inverse,
    require_permutation,
)

N = 6
perms = st.permutations(range(N)).map(tuple)


def closure(degree: int, generators: tuple[Images, ...]) -> set[Images]:
    """All products of the generators, by breadth-first search."""
    found = {tuple(range(degree))}
    frontier = list(found)
    while frontier:
        element = frontier.pop()
        for generator in generators:
            image = tuple(generator[point] for point in element)
            if image not in found:
                found.add(image)
                frontier.append(image)
    return found


GROUPS = {
    "trivial": (4, [], 1),
    "S_2": (2, [[(0, 1)]], 2),
    "S_3": (3, [[(0, 1)], [(0, 1, 2)]], 6),
    "S_5": (5, [[(0, 1)], [(0, 1, 2, 3, 4)]], 120),
    "A_4": (4, [[(0, 1, 2)], [(1, 2, 3)]], 12),
    "C_6": (6, [[(0, 1, 2, 3, 4, 5)]], 6),
    "D_4": (4, [[(0, 1, 2, 3)], [(0, 2)]], 8),
    "D_5": (5, [[(0, 1, 2, 3, 4)], [(1, 4), (2, 3)]], 10),
    "S_2 wr S_2": (4, [[(0, 1)], [(0, 2), (1, 3)]], 8),
    "two waters": (6, [[(1, 2)], [(4, 5)], [(0, 3), (1, 4), (2, 5)]], 8),
    "redundant": (3, [[(0, 1)], [(0, 1)], []], 2),
}


@pytest.mark.parametrize(("degree", "cycles", "order"), GROUPS.values(), ids=GROUPS)
def test_order_elements_and_chain(degree: int, cycles: list[list[tuple[int, ...]]], order: int) -> None:
    generators = tuple(images_from_cycles(c, degree) for c in cycles)
    group = PermutationGroup(degree, generators)
    listed = closure(degree, generators)
    assert group.order == len(listed) == order
    assert sorted(group.elements()) == sorted(listed)
    assert prod(len(transversal) for transversal in group.coset_chain) == order
    assert sorted(chain_products(group)) == sorted(listed)


def chain_products(group: PermutationGroup) -> list[Images]:
    """One member of every transversal, the last transversal acting first."""
    out = []
    for members in product(*reversed(group.coset_chain)):
        element = tuple(range(group.degree))
        for member in members:
            element = compose(element, member)
        out.append(element)
    return out


@given(st.lists(st.permutations(range(5)).map(tuple), max_size=3))
def test_the_chain_lists_every_element_of_a_random_group_once(generators: list[Images]) -> None:
    group = PermutationGroup(5, tuple(generators))
    assert sorted(chain_products(group)) == sorted(closure(5, tuple(generators)))


@given(perms, perms, perms)
def test_group_laws(a: Images, b: Images, c: Images) -> None:
    identity = tuple(range(N))
    assert compose(compose(a, b), c) == compose(a, compose(b, c))
    assert compose(a, inverse(a)) == compose(inverse(a), a) == identity
    assert compose(a, b)[0] == b[a[0]]


@given(perms)
def test_cycles_round_trip(a: Images) -> None:
    assert images_from_cycles(cycles_of(a), N) == a
    assert all(len(cycle) > 1 for cycle in cycles_of(a))


def test_every_permutation_is_one_of_the_symmetric_group() -> None:
    group = PermutationGroup(4, (images_from_cycles([(0, 1)], 4), images_from_cycles([(0, 1, 2, 3)], 4)))
    assert set(group.elements()) == set(permutations(range(4)))


def test_what_is_no_permutation() -> None:
    for images in ([0, 0], [1, 2], [0, 2, 1, 4]):
        with pytest.raises(DimensionError, match="is not a permutation of 0 to"):
            require_permutation(images)
    with pytest.raises(DimensionError, match=r"^\[1, 2, 1\] is not a permutation of 0 to 2$"):
        images_from_cycles([(0, 1), (1, 2)], 3)
    with pytest.raises(DimensionError, match=r"^the permutation \(1, 0\) moves 2 points, the group 3$"):
        PermutationGroup(3, ((1, 0),))


@given(st.lists(st.permutations(range(5)).map(tuple), max_size=3))
def test_groups_come_back_from_sympy(generators: list[Images]) -> None:
    group = PermutationGroup(5, tuple(generators))
    theirs = group.to_sympy()
    assert theirs.order() == group.order == len(closure(5, tuple(generators)))
    again = PermutationGroup.from_sympy(theirs)
    assert again.degree == 5
    assert again.order == group.order
    assert all(group.holds(images) for images in again.generators)


@given(perms, perms)
def test_products_of_sympy_apply_the_left_factor_first(a: Images, b: Images) -> None:
    assert tuple((Permutation(list(a)) * Permutation(list(b))).array_form) == compose(a, b)


@pytest.mark.parametrize(("ours", "theirs"), [
    (symmetric(5), SymmetricGroup(5)), (alternating(5), AlternatingGroup(5)), (cyclic(6), CyclicGroup(6)),
    (dihedral(6), DihedralGroup(6)),
], ids=str)  # fmt: skip
def test_named_groups_are_those_of_sympy(ours: PermutationGroup, theirs: Any) -> None:
    assert ours.to_sympy().equals(theirs)
    assert PermutationGroup.from_sympy(theirs).order == ours.order
    assert not ours.to_sympy().equals(PermutationGroup(ours.degree, ()).to_sympy()), "the control"


@pytest.mark.parametrize("wrong", [0, [(1, 0)], "S_3", Permutation([1, 0]), symmetric(3)], ids=str)
def test_what_is_no_group_of_sympy(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^group: a permutation group of SymPy is needed; found \S+ "):
        PermutationGroup.from_sympy(wrong)
