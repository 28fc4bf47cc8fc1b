"""Generators of a symmetry: one-parameter groups and single elements, on the qubits and on the data at once."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING, TypeAlias

from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    Real,
    RealLike,
    Scalar,
    format_real,
    real,
    real_part,
    scalar,
    to_fraction,
)
from eqcompile.exact.arithmetic.symbolic import matrix_of
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey
from eqcompile.groups.lie import AXES, so3_generator
from eqcompile.groups.rotation import (
    IDENTITY_MATRIX,
    X_AXIS,
    Y_AXIS,
    Z_AXIS,
    Matrix,
    Orthogonal,
    Vector,
    irrational_turn,
    rotation,
)
from eqcompile.symmetry.maps import DataIndex, QubitMap, QubitRotation, SiteMap, UnitaryMap

if TYPE_CHECKING:
    import sympy

UNIT_VECTORS: tuple[Vector, Vector, Vector] = (X_AXIS, Y_AXIS, Z_AXIS)


@dataclass(frozen=True)
class FiniteGenerator:
    """One element of a group, on the qubits and on the data."""

    name: str
    on_qubits: QubitMap
    on_data: SiteMap


@dataclass(frozen=True)
class LieGenerator(ABC):
    r"""A one-parameter subgroup: :math:`R = e^{-i\phi T}` on qubits, :math:`V = e^{\phi L}` on sites.

    Attributes:
        name: name of the generator, such as ``T_x``.
        operator: the Hermitian operator T.
        num_sites: number of all sites.
    """

    name: str
    operator: PauliSum
    num_sites: int

    @abstractmethod
    def data_image_of(self, index: DataIndex) -> dict[DataIndex, Real]:
        """``L`` applied to one coordinate vector of the data."""

    def data_to_sympy(self) -> "sympy.Matrix":
        """L as an exact antisymmetric matrix.

        Returns:
            Shape ``(3 * sites, 3 * sites)``; axis a of site s has index 3 s + a.
        """
        size = 3 * self.num_sites
        entries = {
            (3 * site + axis, column): value
            for column in range(size)
            for (site, axis), value in self.data_image_of((column // 3, column % 3)).items()
        }
        return matrix_of(size, size, entries)

    @abstractmethod
    def quarter_turn(self) -> FiniteGenerator:
        """A simple element of the subgroup, for messages."""

    @abstractmethod
    def irrational_turn(self) -> FiniteGenerator:
        """An element whose powers are dense in the subgroup: the whole subgroup leaves invariant what it does."""


@dataclass(frozen=True)
class RotationGenerator(LieGenerator):
    r"""Rotations about an axis v, of spins by :math:`T = \frac12 \sum_q v \cdot \sigma^{(q)}` and of sites.

    Attributes:
        axis: v; its length sets the scale of the angle.
        qubits: qubits it acts on.
        sites: sites that rotate along.
    """

    axis: Vector
    qubits: tuple[int, ...]
    sites: tuple[int, ...]

    @classmethod
    def about(
        cls,
        axis: Sequence[RealLike],
        num_qubits: int,
        qubits: Sequence[int],
        sites: Sequence[int],
        num_sites: int,
    ) -> "RotationGenerator":
        """The generator about an axis with exact real components.

        >>> RotationGenerator.about((0, 0, 1), 2, (0, 1), (), 0).operator
        1/2*Z0 + 1/2*Z1
        """
        terms = {
            key: scalar(component / 2)
            for qubit in qubits
            for component, key in zip(map(real, axis), _letters_of(qubit), strict=True)
            if component
        }
        x, y, z = map(real, axis)
        return cls(
            f"T_{axis_text(axis)}",
            PauliSum(num_qubits, terms),
            num_sites,
            (x, y, z),
            tuple(qubits),
            tuple(sites),
        )

    def data_image_of(self, index: DataIndex) -> dict[DataIndex, Real]:
        """The cross product of the axis with the coordinate vector."""
        site, column = index
        if site not in self.sites:
            return {}
        image = {}
        for row in range(3):
            value = sum((v * so3_generator(a)[row][column] for a, v in enumerate(self.axis)), start=real(0))
            if value:
                image[site, row] = value
        return image

    def quarter_turn(self) -> FiniteGenerator:
        """The rotation by pi/2."""
        return self.moved_by(
            rotation(self.axis, Fraction(1, 4)), f"the rotation by pi/2 about {self._axis_text}"
        )

    def irrational_turn(self) -> FiniteGenerator:
        """A rotation by an angle that is not a rational multiple of pi."""
        turn = irrational_turn(self.axis)
        cosine = text_of(2 * turn.turn.w * turn.turn.w - 1)
        return self.moved_by(turn, f"the rotation by arccos({cosine}) about {self._axis_text}")

    def moved_by(self, element: Orthogonal, name: str) -> FiniteGenerator:
        """The element that moves the same qubits and sites by a rotation."""
        on_data = site_map(element.matrix, self.sites, self.num_sites)
        return FiniteGenerator(name, QubitRotation(element.turn, self.qubits), on_data)

    @property
    def _axis_text(self) -> str:
        return axis_text(self.axis)


@dataclass(frozen=True)
class ChargeGenerator(LieGenerator):
    r"""An internal U(1), :math:`e^{-i\phi Q}` for a sum Q of commuting Pauli strings; the data are left unchanged."""

    def data_image_of(self, index: DataIndex) -> dict[DataIndex, Real]:
        """Empty: nothing moves."""
        return {}

    def quarter_turn(self) -> FiniteGenerator:
        r""":math:`e^{-i\phi Q}` with :math:`\phi / d = \pi / 2`, d the common denominator of the coefficients."""
        return self._element(root_of_unity(4), f"exp(-i*{Fraction(self._denominator, 2)}*pi*Q)")

    def irrational_turn(self) -> FiniteGenerator:
        r""":math:`e^{-i\phi Q}` with :math:`e^{i\phi/d} = (3 + 4i)/5`."""
        unit = scalar(Fraction(3, 5)) + scalar(Fraction(4, 5)) * IMAGINARY_UNIT
        return self._element(unit, f"exp(-i*{self._denominator}*arccos(3/5)*Q)")

    @cached_property
    def _coefficients(self) -> dict[PauliKey, Fraction]:
        return {key: to_fraction(real_part(value)) for key, value in self.operator.terms.items()}

    @property
    def _denominator(self) -> int:
        return lcm(*(value.denominator for value in self._coefficients.values()))

    def _element(self, unit: Scalar, name: str) -> FiniteGenerator:
        """The product of cos - i sin P over the strings P, each for a multiple of the unit's angle."""
        n = self.operator.num_qubits
        factors = []
        for key, coefficient in self._coefficients.items():
            power = unit ** int(coefficient * self._denominator)
            cosine, sine = (power + 1 / power) / 2, (1 / power - power) / 2
            factors.append(PauliSum.identity(n).scaled(cosine) + PauliSum(n, {key: sine}))
        return FiniteGenerator(name, UnitaryMap(n, tuple(factors)), identity_map(self.num_sites))


GroupGenerator: TypeAlias = LieGenerator | FiniteGenerator


def axis_text(axis: Sequence[RealLike]) -> str:
    """``x``, ``y``, ``z``, or the components.

    >>> axis_text((0, 0, 1)), axis_text((1, 1, 0))
    ('z', '(1, 1, 0)')
    """
    components = tuple(map(real, axis))
    for name, unit in zip(AXES, UNIT_VECTORS, strict=True):
        if components == unit:
            return name
    return f"({', '.join(map(format_real, components))})"


def text_of(value: RealLike) -> str:
    """A real number as it is printed in operators."""
    return format_real(real(value))


def site_map(matrix: Matrix, sites: Sequence[int], num_sites: int) -> SiteMap:
    """The map with this matrix on the named sites and the identity on the others."""
    moved = set(sites)
    matrices = tuple(matrix if site in moved else IDENTITY_MATRIX for site in range(num_sites))
    return SiteMap(tuple(range(num_sites)), matrices)


def identity_map(num_sites: int) -> SiteMap:
    """The map that moves nothing."""
    return site_map(IDENTITY_MATRIX, (), num_sites)


def _letters_of(qubit: int) -> tuple[PauliKey, PauliKey, PauliKey]:
    bit = 1 << qubit
    return (bit, 0), (bit, bit), (0, bit)
