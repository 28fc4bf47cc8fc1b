"""A finite group given by its multiplication table: orders of elements, conjugacy classes, powers."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import lcm
from typing import Any

from eqcompile.budgets import check
from eqcompile.errors import LimitError
from eqcompile.groups.permutation import PermutationGroup, compose
from eqcompile.groups.point import PointGroup
from eqcompile.groups.rotation import ONE_QUATERNION, Orthogonal

MAX_ORDER = 500
"""Elements of a group whose multiplication table is written down: a quarter of a million products, a few tenths of a
second. Beyond it, refused: there is no character table; generators and dimensions do not need one."""


@dataclass(frozen=True)
class ConjugacyClass:
    """A class of conjugate elements.

    Attributes:
        representative: its first element in the order of the group.
        size: number of elements.
        order: order of each of these elements.
    """

    representative: Any
    size: int
    order: int

    def __str__(self) -> str:
        return f"{self.size} of order {self.order}"


@dataclass(frozen=True)
class FiniteGroup:
    """A group of listed elements.

    Attributes:
        elements: the elements, any values, with the identity first.
        products: ``products[a][b]`` is the number of the element a b, in which b acts first.

    >>> from eqcompile.groups.named import symmetric
    >>> [str(part) for part in finite_group(symmetric(3)).classes]
    ['1 of order 1', '3 of order 2', '2 of order 3']
    """

    elements: tuple[Any, ...]
    products: tuple[tuple[int, ...], ...]

    @property
    def order(self) -> int:
        """Number of elements."""
        return len(self.elements)

    @cached_property
    def inverses(self) -> tuple[int, ...]:
        """The number of every element's inverse."""
        return tuple(row.index(0) for row in self.products)

    def powers(self, element: int) -> list[int]:
        """Numbers of the identity, the element, its square and so on, as many as its order."""
        out = [0]
        while (power := self.products[element][out[-1]]) != 0:
            out.append(power)
        return out

    @cached_property
    def class_members(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the elements of every class: the identity first, then by order of the elements and by size."""
        seen: set[int] = set()
        out = []
        for element in range(self.order):
            if element not in seen:
                members = {self.products[self.products[g][element]][i] for g, i in enumerate(self.inverses)}
                seen |= members
                out.append(tuple(sorted(members)))
        return tuple(sorted(out, key=lambda members: (len(self.powers(members[0])), len(members), members)))

    @cached_property
    def class_of(self) -> tuple[int, ...]:
        """The number of the class that contains each element."""
        place = {element: number for number, members in enumerate(self.class_members) for element in members}
        return tuple(place[element] for element in range(self.order))

    @cached_property
    def classes(self) -> tuple[ConjugacyClass, ...]:
        """The conjugacy classes."""
        return tuple(
            ConjugacyClass(self.elements[members[0]], len(members), len(self.powers(members[0])))
            for members in self.class_members
        )

    @property
    def exponent(self) -> int:
        """The least common multiple of the orders of the elements."""
        return lcm(*(part.order for part in self.classes))


def finite_group(group: PermutationGroup | PointGroup, double: bool = False) -> FiniteGroup:
    """List a group and all its products.

    Args:
        group: the group, of permutations given by images, or of motions of space.
        double: for motions of space, whether to keep the two spin matrices of each apart: the double group.

    Raises:
        LimitError: more than ``MAX_ORDER`` elements.

    >>> from eqcompile.groups.point import point_group
    >>> finite_group(point_group("Td")).order, finite_group(point_group("O"), double=True).order
    (24, 48)
    """
    if isinstance(group, PermutationGroup):
        return listed(tuple(range(group.degree)), group.generators, lambda g, x: compose(x, g), lambda x: x)
    one = Orthogonal(ONE_QUATERNION)
    if double:
        return listed(one, (*group.generators, one.bar), lambda g, x: g * x, lambda x: x)
    return listed(one, group.generators, lambda g, x: g * x, lambda x: x.matrix)


def listed(
    identity: Any,
    generators: Sequence[Any],
    multiply: Callable[[Any, Any], Any],
    key: Callable[[Any], Hashable],
) -> FiniteGroup:
    """A group from its generators: each row of the table is that of an earlier element, followed by a generator.

    Args:
        identity: the identity, from which the walk starts.
        generators: generators of the group, of any type.
        multiply: multiplies a generator by an element.
        key: gives a key that distinguishes elements.

    Raises:
        LimitError: more than ``MAX_ORDER`` elements.
    """
    elements = [identity]
    numbers = {key(identity): 0}
    origin: list[tuple[int, int]] = [(0, 0)]
    moved: list[list[int]] = [[] for _ in generators]
    for element in elements:  # grows while it is walked
        check()
        for which, generator in enumerate(generators):
            target = multiply(generator, element)
            known = numbers.setdefault(key(target), len(elements))
            if known == len(elements):
                if known == MAX_ORDER:
                    raise LimitError(
                        f"a group of more than {MAX_ORDER} elements; its table is not written down"
                    )
                origin.append((which, len(moved[which])))
                elements.append(target)
            moved[which].append(known)
    products: list[tuple[int, ...]] = [tuple(range(len(elements)))]
    for which, before in origin[1:]:
        products.append(tuple(moved[which][x] for x in products[before]))
    return FiniteGroup(tuple(elements), tuple(products))
