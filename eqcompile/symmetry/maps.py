"""Single group elements as exact maps: on operators by conjugation, on states, and on the data."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from eqcompile.budgets import check
from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ONE, ZERO, Real, Scalar, rational, real
from eqcompile.exact.arithmetic.symbolic import matrix_of
from eqcompile.exact.operators.matrices import require_few_qubits
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey, anticommute, letter, pauli_key, support_of
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.permutation import Images, cycles_of
from eqcompile.groups.rotation import Matrix, Quaternion

if TYPE_CHECKING:
    import sympy

DataIndex: TypeAlias = tuple[int, int]
"""Coordinate ``axis`` of site ``site``, as ``(site, axis)``."""


Step: TypeAlias = PauliSum | Images
"""A small unitary, or the images of the qubits under a permutation."""


class QubitMap(ABC):
    """A unitary R on the register, known exactly."""

    @abstractmethod
    def conjugate(self, op: PauliSum) -> PauliSum:
        r""":math:`R\, A\, R^\dagger`."""

    @abstractmethod
    def apply(self, state: ExactState) -> ExactState:
        r""":math:`R\,|\psi\rangle`."""

    @abstractmethod
    def steps(self, num_qubits: int) -> "tuple[Step, ...]":
        """Small unitaries and permutations of qubits whose product is R, the first one acting first."""

    def unitaries(self, num_qubits: int) -> tuple[PauliSum, ...] | None:
        """The steps, if all of them are small unitaries; ``None`` if qubits move."""
        unitaries = tuple(step for step in self.steps(num_qubits) if isinstance(step, PauliSum))
        return unitaries if len(unitaries) == len(self.steps(num_qubits)) else None

    def operator_on(self, num_qubits: int) -> PauliSum:
        """R as an operator, a sum of up to :math:`4^n` strings; a permutation as a product of swaps (1 + H)/2."""
        total = PauliSum.identity(num_qubits)
        for step in self.steps(num_qubits):
            for op in (step,) if isinstance(step, PauliSum) else _swaps(step, num_qubits):
                total = op * total
        return total

    def to_sympy(self, num_qubits: int) -> "sympy.Matrix":
        """R as an exact matrix, column by column.

        Args:
            num_qubits: size of the register.

        Returns:
            Shape ``(2**n, 2**n)``; index bit q is the value of qubit q.

        Raises:
            LimitError: the register is too large for matrices of SymPy.

        >>> QubitPermutation((1, 0)).to_sympy(2)
        Matrix([
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1]])
        """
        require_few_qubits(num_qubits)
        size = 1 << num_qubits
        columns = [ExactState(num_qubits, {bits: ONE}) for bits in range(size)]
        for step in self.steps(num_qubits):
            check()
            columns = [c.apply(step) if isinstance(step, PauliSum) else c.relabel(step) for c in columns]
        entries = {(row, k): value for k, c in enumerate(columns) for row, value in c.amplitudes.items()}
        return matrix_of(size, size, entries)


def _swaps(images: Images, num_qubits: int) -> Iterator[PauliSum]:
    one = PauliSum.identity(num_qubits)
    for first, *others in cycles_of(images):
        for other in others:
            yield (one + PauliSum.heisenberg(num_qubits, first, other)) / 2


@dataclass(frozen=True)
class QubitPermutation(QubitMap):
    """The permutation that moves the content of qubit q to qubit ``images[q]``."""

    images: Images

    def conjugate(self, op: PauliSum) -> PauliSum:
        """Relabel the qubits."""
        return op.relabel(self.images)

    def apply(self, state: ExactState) -> ExactState:
        """Relabel the qubits."""
        return state.relabel(self.images)

    def steps(self, num_qubits: int) -> tuple[Step, ...]:
        """The permutation."""
        return (self.images,)


@dataclass(frozen=True)
class PauliUnitary(QubitMap):
    """A Pauli string as a unitary; conjugation flips the sign of the strings that anticommute with it."""

    num_qubits: int
    key: PauliKey

    def conjugate(self, op: PauliSum) -> PauliSum:
        """Flip the sign of anticommuting terms."""
        signed = {key: -c if anticommute(self.key, key) else c for key, c in op.terms.items()}
        return PauliSum(op.num_qubits, signed)

    def apply(self, state: ExactState) -> ExactState:
        """Apply the string."""
        return state.apply(self.as_operator())

    def as_operator(self) -> PauliSum:
        """The string as an operator."""
        return PauliSum(self.num_qubits, {self.key: ONE})

    def steps(self, num_qubits: int) -> tuple[Step, ...]:
        """The string."""
        return (self.as_operator(),)


@dataclass(frozen=True)
class QubitRotation(QubitMap):
    r"""The same rotation on several qubits, given by its unit quaternion.

    Conjugation sends :math:`\sigma_b` to :math:`\sum_c r_{cb} \sigma_c` on each qubit; a state is multiplied by
    the spin matrix :math:`w - i (x X + y Y + z Z)` of each.
    """

    turn: Quaternion
    qubits: tuple[int, ...]

    def conjugate(self, op: PauliSum) -> PauliSum:
        """Rotate the letters on the named qubits."""
        total: dict[PauliKey, Scalar] = {}
        for key, coefficient in op.terms.items():
            for image, value in self._images(key):
                total[image] = total.get(image, ZERO) + coefficient * value
        return PauliSum(op.num_qubits, total)

    def apply(self, state: ExactState) -> ExactState:
        """Multiply by the spin matrix of every qubit in turn."""
        return UnitaryMap(state.num_qubits, self.steps(state.num_qubits)).apply(state)

    def steps(self, num_qubits: int) -> tuple[PauliSum, ...]:
        """The spin matrix of every qubit."""
        return tuple(self._spin_matrix(num_qubits, qubit) for qubit in self.qubits)

    @cached_property
    def _inside(self) -> frozenset[int]:
        return frozenset(self.qubits)

    @cached_property
    def _columns(self) -> dict[str, list[tuple[str, Real]]]:
        """The image of each letter, without zeros."""
        matrix = self.turn.matrix
        return {
            name: [(target, matrix[row][column]) for row, target in enumerate("XYZ") if matrix[row][column]]
            for column, name in enumerate("XYZ")
        }

    def _images(self, key: PauliKey) -> list[tuple[PauliKey, Real]]:
        """The image of a string, built letter by letter."""
        images: list[tuple[PauliKey, Real]] = [(IDENTITY, rational(1))]
        for qubit in support_of(key):
            name = letter(key, qubit)
            column = self._columns[name] if qubit in self._inside else [(name, rational(1))]
            images = [
                ((x | bit_x, z | bit_z), value * factor)
                for (x, z), value in images
                for target, factor in column
                for bit_x, bit_z in (pauli_key({qubit: target}),)
            ]
        return images

    def _spin_matrix(self, num_qubits: int, qubit: int) -> PauliSum:
        total = PauliSum.identity(num_qubits).scaled(self.turn.w)
        for name, component in zip("XYZ", self.turn.vector, strict=True):
            total = total - PauliSum.string(num_qubits, {qubit: name}).scaled(component).scaled(
                IMAGINARY_UNIT
            )
        return total


@dataclass(frozen=True)
class UnitaryMap(QubitMap):
    """A product of small unitaries, the first one acting first.

    Raises:
        DimensionError: a factor is not unitary, or has the wrong number of qubits.
    """

    num_qubits: int
    factors: tuple[PauliSum, ...]

    def __post_init__(self) -> None:
        for factor in self.factors:
            if factor * factor.adjoint() != PauliSum.identity(self.num_qubits):
                raise DimensionError(f"{factor} is not unitary")

    def conjugate(self, op: PauliSum) -> PauliSum:
        """Conjugate by one factor after another; terms that a factor does not touch are left unchanged."""
        for factor, mask in zip(self.factors, self._masks, strict=True):
            touched = {key: value for key, value in op.terms.items() if (key[0] | key[1]) & mask}
            if touched:
                image = factor * PauliSum(op.num_qubits, touched) * factor.adjoint()
                op = op - PauliSum(op.num_qubits, touched) + image
        return op

    def apply(self, state: ExactState) -> ExactState:
        """Apply one factor after another."""
        for factor in self.factors:
            state = state.apply(factor)
        return state

    def steps(self, num_qubits: int) -> tuple[Step, ...]:
        """The factors."""
        return self.factors

    @cached_property
    def _masks(self) -> tuple[int, ...]:
        return tuple(sum(1 << q for q in factor.support) for factor in self.factors)


@dataclass(frozen=True)
class MapSequence(QubitMap):
    """Several maps, the first one acting first."""

    maps: tuple[QubitMap, ...]

    def conjugate(self, op: PauliSum) -> PauliSum:
        """Conjugate by one map after another."""
        for single in self.maps:
            op = single.conjugate(op)
        return op

    def apply(self, state: ExactState) -> ExactState:
        """Apply one map after another."""
        for single in self.maps:
            state = single.apply(state)
        return state

    def steps(self, num_qubits: int) -> tuple[Step, ...]:
        """The steps of every map."""
        return tuple(step for single in self.maps for step in single.steps(num_qubits))


@dataclass(frozen=True)
class SiteMap:
    """A linear map of the data: the vector of site s, times ``matrices[s]``, goes to site ``images[s]``."""

    images: Images
    matrices: tuple[Matrix, ...]

    def image_of(self, index: DataIndex) -> dict[DataIndex, Real]:
        """The image of one coordinate vector, as a sparse combination of coordinate vectors."""
        site, axis = index
        column = [row[axis] for row in self.matrices[site]]
        return {(self.images[site], c): real(value) for c, value in enumerate(column) if value}

    def to_sympy(self) -> "sympy.Matrix":
        """The map as an exact orthogonal matrix.

        Returns:
            Shape ``(3 * sites, 3 * sites)``; axis a of site s has index 3 s + a.
        """
        size = 3 * len(self.images)
        entries = {
            (3 * image + row, column): value
            for column in range(size)
            for (image, row), value in self.image_of((column // 3, column % 3)).items()
        }
        return matrix_of(size, size, entries)


def lift_site_permutation(
    images: Mapping[int, int], encode: Sequence[Sequence[int]], num_qubits: int
) -> Images:
    """Qubit permutation that moves every copy of site s to the same copy of site ``images[s]``.

    Args:
        images: where each site goes; sites that are not named stay.
        encode: the qubits that carry each site, one list per site.
        num_qubits: size of the register; qubits without a site stay.

    >>> lift_site_permutation({0: 1, 1: 0}, [(0, 2), (1, 3)], 4)
    (1, 0, 3, 2)
    """
    out = list(range(num_qubits))
    for site, target in images.items():
        if len(encode[site]) != len(encode[target]):
            raise DimensionError(
                f"site {site} is uploaded to {len(encode[site])} qubits, its image {target} "
                f"to {len(encode[target])}"
            )
        for qubit, image in zip(encode[site], encode[target], strict=True):
            out[qubit] = image
    return tuple(out)
