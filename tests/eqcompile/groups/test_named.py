"""Named groups and their products: known orders, group laws over random ones, and what is refused."""

from collections.abc import Callable
from math import factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eqcompile.errors import DimensionError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.named import alternating, cyclic, dihedral, direct_product, symmetric, wreath
from eqcompile.groups.permutation import Images, PermutationGroup, compose, inverse
from eqcompile.symmetry.maps import QubitPermutation

ORDERS: dict[Callable[[int], PermutationGroup], Callable[[int], int]] = {
    symmetric: factorial,
    alternating: lambda n: factorial(n) // 2,
    cyclic: lambda n: n,
    dihedral: lambda n: 2 * n,
}

simple = st.builds(lambda make, n: make(n), st.sampled_from(list(ORDERS)), st.integers(3, 4))
groups = st.one_of(
    simple,
    st.builds(direct_product, simple, simple),
    st.builds(wreath, st.just(symmetric(2)), simple, st.integers(0, 1)),
)
"""Small enough to list."""


@pytest.mark.parametrize("make", ORDERS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("n", [3, 4, 5, 6, 9])
def test_orders(make: Callable[[int], PermutationGroup], n: int) -> None:
    assert make(n).order == ORDERS[make](n)


@given(simple, simple)
def test_orders_of_products(inner: PermutationGroup, outer: PermutationGroup) -> None:
    assert direct_product(inner, outer).order == inner.order * outer.order
    for carried in (0, 2):
        product = wreath(inner, outer, carried)
        assert product.degree == outer.degree * (inner.degree + carried)
        assert product.order == inner.order**outer.degree * outer.order


def test_an_outer_group_of_several_orbits_still_reaches_every_block() -> None:
    outer = direct_product(symmetric(2), cyclic(3))
    assert wreath(symmetric(2), outer).order == 2**5 * 6
    fixed = PermutationGroup(2, ())
    assert wreath(symmetric(2), fixed).order == 4


def test_carried_points_follow_their_block() -> None:
    group = wreath(symmetric(2), symmetric(3), carried=1)
    for images in group.elements():
        assert [images[2 * b] // 2 for b in range(3)] == [images[6 + b] - 6 for b in range(3)]
    loose = PermutationGroup(9, (*group.generators, (*range(6), 7, 6, 8)))
    assert loose.order > group.order  # control


@settings(max_examples=25, deadline=None)
@given(groups, st.data())
def test_group_laws(group: PermutationGroup, data: st.DataObject) -> None:
    """Closed under products and inverses; its action on qubits is a homomorphism."""
    listed = sorted(group.elements())
    assert len(listed) == group.order
    members = set(listed)
    a, b = (data.draw(st.sampled_from(listed)) for _ in range(2))
    assert tuple(range(group.degree)) in members
    assert {compose(a, b), inverse(a), *group.generators} <= members
    letters = data.draw(st.dictionaries(st.integers(0, group.degree - 1), st.sampled_from("XYZ")))
    op = PauliSum.string(group.degree, letters)
    assert moved(compose(a, b), op) == moved(b, moved(a, op))


def moved(images: Images, op: PauliSum) -> PauliSum:
    return QubitPermutation(images).conjugate(op)


@pytest.mark.parametrize(
    ("make", "n", "message"),
    [
        (symmetric, 1, "S_1 is too small; S_n begins at n = 2"),
        (alternating, 2, "A_2 is too small; A_n begins at n = 3"),
        (cyclic, 0, "C_0 is too small; C_n begins at n = 2"),
        (dihedral, 2, "D_2 is too small; D_n begins at n = 3"),
    ],
)
def test_too_small(make: Callable[[int], PermutationGroup], n: int, message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        make(n)
    assert str(caught.value) == message
