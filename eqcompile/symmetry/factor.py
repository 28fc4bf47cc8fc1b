"""The factors a symmetry is made of; each acts on the data and on the qubits at once."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.operators.pauli import pauli_key
from eqcompile.groups.lie import SU2
from eqcompile.groups.permutation import Images, PermutationGroup, cycles_of
from eqcompile.groups.rotation import IDENTITY_MATRIX, INVERSION_MATRIX
from eqcompile.symmetry.generators import UNIT_VECTORS, FiniteGenerator, LieGenerator, RotationGenerator
from eqcompile.symmetry.maps import PauliUnitary, QubitPermutation, SiteMap


@dataclass(frozen=True)
class Factor(ABC):
    """One factor of a symmetry, continuous or finite."""

    num_qubits: int

    @property
    @abstractmethod
    def name(self) -> str:
        """Name of the group, as the user would write it."""

    @property
    def order_text(self) -> str:
        """The dimension of a Lie group, or the order of a finite one where it is known, in words."""
        count = len(self.lie_generators)
        return f"Lie group of dimension {count}" if count else "finite"

    @property
    def is_local(self) -> bool:
        """Whether every element is a product of single-qubit unitaries, so that it acts on any set of qubits."""
        return True

    @property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """Generators of the continuous part; empty for a finite factor."""
        return ()

    @property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """Generators of the finite part; empty for a connected Lie group."""
        return ()

    @abstractmethod
    def restricted(self, support: Sequence[int]) -> "Factor | None":
        """The action on the named qubits alone, renumbered from 0; ``None`` if it does nothing there.

        Raises:
            MethodError: the factor does not act qubit by qubit.
        """


@dataclass(frozen=True)
class RotationFactor(Factor):
    r"""SU(2) on qubits by :math:`T_a = \tfrac12 \sum_q \sigma_a^{(q)}`, SO(3) on the sites they carry."""

    qubits: tuple[int, ...]
    sites: tuple[int, ...] = ()
    num_sites: int = 0
    group: SU2 = SU2()  # noqa: RUF009 - a frozen value

    @property
    def name(self) -> str:
        """Name of the group."""
        return self.group.name

    @cached_property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """T_x, T_y, T_z."""
        return tuple(
            RotationGenerator.about(axis, self.num_qubits, self.qubits, self.sites, self.num_sites)
            for axis in UNIT_VECTORS
        )

    def restricted(self, support: Sequence[int]) -> "RotationFactor | None":
        """The rotation of those qubits of the support that rotate."""
        inside = tuple(i for i, q in enumerate(support) if q in self._qubit_set)
        return RotationFactor(len(support), inside) if inside else None

    @cached_property
    def _qubit_set(self) -> frozenset[int]:
        return frozenset(self.qubits)


@dataclass(frozen=True)
class PermutationFactor(Factor):
    """A permutation group that moves qubits and sites together.

    Its points are the qubits ``0 .. num_qubits-1`` followed by the sites, so that one permutation says both.
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


@dataclass(frozen=True)
class InversionFactor(Factor):
    """x -> -x on every site, Z on the parity qubit."""

    parity: int
    num_sites: int

    @property
    def name(self) -> str:
        """Name of the group."""
        return "inversion"

    @property
    def order_text(self) -> str:
        """Two elements."""
        return "order 2"

    def restricted(self, support: Sequence[int]) -> "InversionFactor | None":
        """Z on the parity qubit, if it is in the support."""
        if self.parity not in support:
            return None
        return InversionFactor(len(support), tuple(support).index(self.parity), 0)

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The inversion itself."""
        on_qubits = PauliUnitary(self.num_qubits, pauli_key({self.parity: "Z"}))
        on_data = SiteMap(tuple(range(self.num_sites)), (INVERSION_MATRIX,) * self.num_sites)
        return (FiniteGenerator(f"inversion (Z{self.parity})", on_qubits, on_data),)


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
        """Not known, so no."""
        return False

    @property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """Those given."""
        return self.lie

    @property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """Those given."""
        return self.finite

    def restricted(self, support: Sequence[int]) -> "Factor | None":
        """Not defined: whether the elements act qubit by qubit is not known."""
        raise MethodError(f"{self.name} is known on the whole register only, not on {list(support)}")


def _cycle_text(cycles: Sequence[Sequence[object]]) -> str:
    return "".join("(" + " ".join(str(point) for point in cycle) + ")" for cycle in cycles) or "()"
