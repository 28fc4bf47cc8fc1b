"""Finite permutation groups, as thin values over ``sympy.combinatorics``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from eqcompile.arguments import found, whole_number, whole_numbers
from eqcompile.budgets import check
from eqcompile.errors import ArgumentError, DimensionError, LimitError
from eqcompile.groups.order import MAX_CHAIN_POINTS, group_order, reduced

if TYPE_CHECKING:
    from sympy.combinatorics import PermutationGroup as SympyGroup

Images: TypeAlias = tuple[int, ...]
"""A permutation in image form: point p goes to ``images[p]``."""

MAX_DEGREE = 10_000
"""Points of a permutation group, qubits and sites together; enough for a thousand of each. Beyond it, refused: permute
fewer qubits and sites."""

MAX_CHAIN_ORDER = 100_000
"""Permutations of a group on more than 64 points for which a stabiliser chain takes seconds at most. Beyond it,
refused: methods that need a chain do not apply; use the null space, which needs none."""


def images_from_cycles(cycles: Iterable[Sequence[int]], degree: int) -> Images:
    """Image form of a product of disjoint cycles.

    >>> images_from_cycles([(0, 1), (2, 3)], 4)
    (1, 0, 3, 2)
    """
    images = list(range(degree))
    for cycle in cycles:
        for point, target in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            images[point] = target
    return require_permutation(images)


def require_permutation(images: Sequence[int]) -> Images:
    """The images as a tuple; an error if a point is hit twice or missed."""
    if sorted(images) != list(range(len(images))):
        raise DimensionError(f"{list(images)} is not a permutation of 0 to {len(images) - 1}")
    return tuple(images)


def require_degree(degree: int) -> None:
    """Raise an error if a group would move more points than any register with its sites has."""
    if degree > MAX_DEGREE:
        raise LimitError(f"a permutation group on {degree} points; the limit is {MAX_DEGREE}")


def compose(first: Images, then: Images) -> Images:
    """The permutation that applies ``first`` and then ``then``.

    >>> compose((1, 2, 0), (1, 0, 2))
    (0, 2, 1)
    """
    return tuple(then[point] for point in first)


def inverse(images: Images) -> Images:
    """The inverse permutation."""
    out = [0] * len(images)
    for point, target in enumerate(images):
        out[target] = point
    return tuple(out)


def cycles_of(images: Images) -> list[tuple[int, ...]]:
    """Disjoint cycles of length two or more.

    >>> cycles_of((1, 0, 3, 2))
    [(0, 1), (2, 3)]
    """
    seen: set[int] = set()
    out = []
    for start in range(len(images)):
        cycle = []
        point = start
        while point not in seen:
            seen.add(point)
            cycle.append(point)
            point = images[point]
        if len(cycle) > 1:
            out.append(tuple(cycle))
    return out


@dataclass(frozen=True)
class PermutationGroup:
    """The group of permutations of ``0 .. degree-1`` that the generators generate.

    Raises:
        DimensionError: a generator is not a permutation of these points.
        LimitError: there are more than 10000 points.

    >>> PermutationGroup(3, ((1, 0, 2), (1, 2, 0))).order
    6
    """

    degree: int
    generators: tuple[Images, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "degree", whole_number("degree", self.degree, least=0))
        require_degree(self.degree)
        if not isinstance(self.generators, tuple | list):
            raise ArgumentError(f"generators: a tuple of images is needed; found {found(self.generators)}")
        generators = tuple(whole_numbers("generators", images) for images in self.generators)
        object.__setattr__(self, "generators", generators)
        for images in generators:
            if len(require_permutation(images)) != self.degree:
                raise DimensionError(
                    f"the permutation {images} moves {len(images)} points, the group {self.degree}"
                )

    @classmethod
    def from_sympy(cls, group: "SympyGroup") -> "PermutationGroup":
        """The group with the generators of a permutation group of SymPy, on as many points.

        Raises:
            ArgumentError: not a permutation group of SymPy.
            LimitError: there are more than 10000 points.

        >>> from sympy.combinatorics.named_groups import DihedralGroup
        >>> PermutationGroup.from_sympy(DihedralGroup(4)).order
        8
        """
        # SymPy need not be loaded to see that something else was given.
        generators, degree = getattr(group, "generators", None), getattr(group, "degree", None)
        if isinstance(generators, list | tuple) and isinstance(degree, int):
            images = [getattr(generator, "array_form", None) for generator in generators]
            if all(isinstance(image, list) for image in images):
                return cls(degree, tuple(tuple(image) for image in images if image))
        raise ArgumentError(f"group: a permutation group of SymPy is needed; found {found(group)}")

    def to_sympy(self) -> "SympyGroup":
        """The group in ``sympy.combinatorics``, with the same generators in the same order.

        Both sides write a permutation by its images, ``p(i) = images[i]``. In a product ``p*q`` of SymPy p acts
        first, as in ``compose(p, q)``.

        >>> PermutationGroup(3, ((1, 0, 2), (1, 2, 0))).to_sympy().order()
        6
        """
        return self._sympy

    @cached_property
    def _sympy(self) -> Any:
        from sympy.combinatorics import Permutation
        from sympy.combinatorics import PermutationGroup as SympyGroup

        generators = [Permutation(list(images)) for images in self.generators]
        return SympyGroup(generators or [Permutation(list(range(self.degree)))])

    @cached_property
    def order(self) -> int:
        """Number of elements; large groups are not listed.

        Raises:
            LimitError: the order cannot be computed within the limits of :func:`group_order`.
        """
        return group_order(self.degree, self.generators)

    def holds(self, images: Images) -> bool:
        """Whether a permutation is an element: if so, the group with it as a further generator is no larger.

        Raises:
            LimitError: as for :attr:`order`.

        >>> PermutationGroup(3, ((1, 2, 0),)).holds((2, 0, 1)), PermutationGroup(3, ((1, 2, 0),)).holds((1, 0, 2))
        (True, False)
        """
        return PermutationGroup(self.degree, (*self.generators, images)).order == self.order

    @cached_property
    def coset_chain(self) -> tuple[tuple[Images, ...], ...]:
        r"""Transversals :math:`U_1, \dots, U_m` of a stabiliser chain.

        Every element is a unique product of one member from each, so a sum over the group is a
        product of sums over the transversals: :math:`\sum_i |U_i|` steps instead of :math:`\prod_i |U_i|`.
        The members of :math:`U_m`, the smallest stabiliser, act first.

        Raises:
            LimitError: the group moves many points and has many elements.

        References:
            Sims, in Computational Problems in Abstract Algebra (1970), 169-183.
        """
        moved = reduced(self.degree, self.generators)
        if moved and len(moved[0]) > MAX_CHAIN_POINTS and self.order > MAX_CHAIN_ORDER:
            raise LimitError(
                f"a stabiliser chain of {len(moved[0])} points is beyond the limits: {MAX_CHAIN_POINTS} points, "
                f"or {MAX_CHAIN_ORDER} permutations; the null space needs no chain"
            )
        return tuple(
            tuple(tuple(element.array_form) for element in transversal.values())
            for transversal in self._sympy.basic_transversals
        )

    def elements(self) -> Iterable[Images]:
        """All elements, lazily."""
        for element in self._sympy.generate():
            check()
            yield tuple(element.array_form)
