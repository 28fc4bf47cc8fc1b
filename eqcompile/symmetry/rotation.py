"""Rotations: SU(2) on qubits with SO(3) on sites, and U(1) about an axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eqcompile.groups.lie import SU2
from eqcompile.groups.rotation import Vector
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import UNIT_VECTORS, LieGenerator, RotationGenerator, axis_text
from eqcompile.symmetry.point import _positions


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

    @property
    def turning_qubits(self) -> tuple[int, ...]:
        """The qubits that it rotates."""
        return self.qubits

    def restricted(self, support: Sequence[int]) -> "RotationFactor | None":
        """The rotation of the qubits of the support that rotate."""
        inside = tuple(i for i, q in enumerate(support) if q in self._qubit_set)
        return RotationFactor(len(support), inside) if inside else None

    @cached_property
    def _qubit_set(self) -> frozenset[int]:
        return frozenset(self.qubits)


@dataclass(frozen=True)
class AxialFactor(Factor):
    r"""U(1), the rotations about one axis: :math:`e^{-i\phi T}` with :math:`T = \frac12 \sum_q v \cdot \sigma^{(q)}`.

    Attributes:
        axis: the axis v, of any length.
        qubits: qubits that it rotates.
        sites: sites that they carry.
        num_sites: number of all sites.
    """

    axis: Vector
    qubits: tuple[int, ...]
    sites: tuple[int, ...] = ()
    num_sites: int = 0

    @property
    def name(self) -> str:
        """Name of the group."""
        return f"U(1) about {axis_text(self.axis)}"

    @cached_property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """The single generator."""
        return (RotationGenerator.about(self.axis, self.num_qubits, self.qubits, self.sites, self.num_sites),)

    @property
    def turning_qubits(self) -> tuple[int, ...]:
        """The qubits that it rotates."""
        return self.qubits

    def restricted(self, support: Sequence[int]) -> "AxialFactor | None":
        """The rotation of the qubits of the support that rotate."""
        inside = _positions(support, self._inside)
        return AxialFactor(len(support), self.axis, inside) if inside else None

    @cached_property
    def _inside(self) -> frozenset[int]:
        return frozenset(self.qubits)
