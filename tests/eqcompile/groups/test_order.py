"""Orders of permutation groups: the structural count, compared with Schreier-Sims and with known formulas."""

from math import factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy.combinatorics import Permutation, PermutationGroup

from eqcompile.errors import LimitError
from eqcompile.groups import permutation
from eqcompile.groups.named import alternating, cyclic, dihedral, direct_product, symmetric, wreath
from eqcompile.groups.order import Images, group_order, orbits, reduced, smallest_blocks
from eqcompile.groups.permutation import images_from_cycles

N = 8


@st.composite
def short_permutations(draw: st.DrawFn) -> Images:
    """Transpositions, 3-cycles, and products of two cycles: what makes or hides symmetric and alternating groups."""
    points = draw(st.permutations(range(N)))
    first, second = draw(st.sampled_from([(2, 0), (3, 0), (2, 2), (3, 2), (2, 3), (4, 0), (4, 4), (N, 0)]))
    cycles = [tuple(points[:first]), tuple(points[first : first + second])]
    return images_from_cycles([c for c in cycles if len(c) > 1], N)


def by_sympy(generators: list[Images]) -> int:
    return int(PermutationGroup([Permutation(list(images)) for images in generators]).order())


@given(st.lists(short_permutations(), min_size=1, max_size=4))
def test_the_count_is_that_of_schreier_and_sims(generators: list[Images]) -> None:
    assert group_order(N, generators) == by_sympy(generators)


@given(st.lists(short_permutations(), min_size=1, max_size=3))
def test_points_that_follow_others_do_not_count(generators: list[Images]) -> None:
    """Every point doubled, as the qubits of a site are: the same group."""
    doubled = [(*images, *(N + point for point in images)) for images in generators]
    assert group_order(2 * N, doubled) == by_sympy(generators)
    assert len(reduced(2 * N, doubled)) <= len(generators)
    assert all(len(images) <= N for images in reduced(2 * N, doubled))


def test_control_points_that_move_on_their_own_count() -> None:
    apart = [(1, 0, 2, 3), (0, 1, 3, 2)]
    assert group_order(4, apart) == 4
    assert group_order(4, [(1, 0, 3, 2)]) == 2


@pytest.mark.parametrize(
    ("group", "order"),
    [
        (symmetric(1000), factorial(1000)),
        (alternating(1000), factorial(1000) // 2),
        (cyclic(1000), 1000),
        (dihedral(1000), 2000),
        (wreath(symmetric(2), symmetric(50)), 2**50 * factorial(50)),
        (wreath(symmetric(2), symmetric(333), carried=1), 2**333 * factorial(333)),
        (wreath(alternating(4), symmetric(40)), 12**40 * factorial(40)),
        (wreath(symmetric(5), cyclic(60)), 120**60 * 60),
        (direct_product(symmetric(500), alternating(300), cyclic(200)), factorial(500) * factorial(300) // 2 * 200),
    ],
    ids=["S_1000", "A_1000", "C_1000", "D_1000", "waters", "carried", "A_4 wr S_40", "S_5 wr C_60", "product"],
)  # fmt: skip
def test_large_groups_by_formula(group: permutation.PermutationGroup, order: int) -> None:
    assert group.order == order


def test_a_group_beyond_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eqcompile.groups.order.MAX_LISTED", 10_000)
    assert wreath(cyclic(5), cyclic(2)).order == 50
    with pytest.raises(LimitError) as caught:
        _ = wreath(cyclic(5), cyclic(20)).order
    assert str(caught.value) == (
        "the order of a permutation group on 100 points is beyond the limits: 100 elements, or 64 points, "
        "or a group of symmetric and alternating groups"
    )


def test_a_long_chain_is_refused_and_a_short_one_is_not() -> None:
    assert sum(map(len, cyclic(1000).coset_chain)) == 1000
    with pytest.raises(LimitError) as caught:
        _ = symmetric(1000).coset_chain
    assert str(caught.value) == (
        "a stabiliser chain of 1000 points is beyond the limits: 64 points, or 100000 permutations; "
        "the null space needs no chain"
    )


def test_too_many_points() -> None:
    for make in (
        lambda: symmetric(10_001),
        lambda: wreath(symmetric(101), symmetric(100)),
        lambda: permutation.PermutationGroup(10_001, ()),
    ):
        with pytest.raises(LimitError, match=r"^a permutation group on \d+ points; the limit is 10000$"):
            make()


def test_orbits_and_blocks() -> None:
    turn = [(1, 2, 3, 4, 5, 0, 6)]
    assert orbits(7, turn) == [[0, 1, 2, 3, 4, 5], [6]]
    assert smallest_blocks(7, [(0, 3)], turn) == [[0, 3], [1, 4], [2, 5], [6]]
    assert smallest_blocks(7, [(0, 2)], turn) == [[0, 2, 4], [1, 3, 5], [6]]
    assert smallest_blocks(7, [(0, 1)], turn) == [[0, 1, 2, 3, 4, 5], [6]]
