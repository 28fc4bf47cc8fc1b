"""Finite subgroups of rotations."""

from collections.abc import Sequence
from dataclasses import dataclass

from eqcompile.errors import MethodError
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator


@dataclass(frozen=True)
class SubgroupFactor(Factor):
    """What is left of a group: the subgroup that some of its elements and one-parameter groups generate.

    Attributes:
        label: name of the subgroup.
        lie: its one-parameter groups.
        finite: its single elements.
    """

    label: str
    lie: tuple[LieGenerator, ...] = ()
    finite: tuple[FiniteGenerator, ...] = ()

    @property
    def name(self) -> str:
        """Name of the subgroup."""
        return self.label

    @property
    def is_local(self) -> bool:
        """False, because it is not known."""
        return False

    @property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """The given one-parameter groups."""
        return self.lie

    @property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The given elements."""
        return self.finite

    def restricted(self, support: Sequence[int]) -> "Factor | None":
        """Not defined: whether the elements act qubit by qubit is not known."""
        raise MethodError(f"{self.name} is known on the whole register only, not on {list(support)}")
