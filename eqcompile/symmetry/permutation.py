"""Permutations of qubits and sites."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from eqcompile.errors import LimitError, MethodError
from eqcompile.groups.permutation import Images, PermutationGroup, cycles_of
from eqcompile.groups.rotation import IDENTITY_MATRIX
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator
from eqcompile.symmetry.maps import QubitPermutation, SiteMap


@dataclass(frozen=True)
class PermutationFactor(Factor):
    """A permutation group that moves qubits and sites together.

    Its points are the qubits ``0 .. num_qubits-1`` followed by the sites, so one permutation describes both.
    """

    group: PermutationGroup
    label: str
    site_names: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the group."""
        return self.label

    @property
    def order_text(self) -> str:
        """Number of permutations."""
        try:
            return f"order {self.group.order}"
        except LimitError:
            return "finite, of an order beyond the limits"

    @property
    def only_moves(self) -> bool:
        """True: it does nothing else."""
        return True

    def joined(self, other: Factor) -> "PermutationFactor | None":
        """All permutations generate one group."""
        if not isinstance(other, PermutationFactor):
            return None
        generators = tuple(dict.fromkeys((*self.group.generators, *other.group.generators)))
        group = PermutationGroup(self.group.degree, generators)
        return replace(self, group=group, label=f"{self.label}, {other.label}")

    def element(self, images: Images) -> FiniteGenerator:
        """The action of one permutation of the points."""
        on_qubits = images[: self.num_qubits]
        on_sites = tuple(point - self.num_qubits for point in images[self.num_qubits :])
        return FiniteGenerator(
            self._element_name(on_qubits, on_sites),
            QubitPermutation(on_qubits),
            SiteMap(on_sites, (IDENTITY_MATRIX,) * len(on_sites)),
        )

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The action of the group's generators."""
        return tuple(self.element(images) for images in self.group.generators)

    def restricted(self, support: Sequence[int]) -> "Factor | None":
        """Not defined: a permutation moves qubits out of a support."""
        raise MethodError(f"{self.name} moves qubits and cannot be restricted to {list(support)}")

    def _element_name(self, on_qubits: Images, on_sites: Images) -> str:
        if any(site != image for site, image in enumerate(on_sites)):
            return _cycle_text([[self.site_names[s] for s in cycle] for cycle in cycles_of(on_sites)])
        return _cycle_text(cycles_of(on_qubits))


def _cycle_text(cycles: Sequence[Sequence[object]]) -> str:
    return "".join("(" + " ".join(str(point) for point in cycle) + ")" for cycle in cycles) or "()"
