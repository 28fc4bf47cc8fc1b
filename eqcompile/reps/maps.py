"""Single group elements as exact maps: on operators by conjugation, on states, and on the data."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from eqcompile.errors import DimensionError
from eqcompile.exact.pauli import PauliKey, PauliSum, anticommute, letter, support_of
from eqcompile.exact.scalars import ONE, Rational, rational
from eqcompile.exact.state import ExactState
from eqcompile.groups.lie import levi_civita
from eqcompile.groups.permutation import Images

DataIndex: TypeAlias = tuple[int, int]
"""Coordinate ``axis`` of site ``site``, as ``(site, axis)``."""

Matrix: TypeAlias = tuple[tuple[Rational, ...], ...]
"""A 3 x 3 matrix with exact entries, by rows."""


class QubitMap(ABC):
    """A unitary R on the register, known exactly."""

    @abstractmethod
    def conjugate(self, op: PauliSum) -> PauliSum:
        r""":math:`R\, A\, R^\dagger`."""

    @abstractmethod
    def apply(self, state: ExactState) -> ExactState:
        r""":math:`R\,|\psi\rangle`."""


@dataclass(frozen=True)
class QubitPermutation(QubitMap):
    """Moves the content of qubit q to qubit ``images[q]``."""

    images: Images

    def conjugate(self, op: PauliSum) -> PauliSum:
        """Relabel the qubits."""
        return op.relabel(self.images)

    def apply(self, state: ExactState) -> ExactState:
        """Relabel the qubits."""
        return state.relabel(self.images)


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


@dataclass(frozen=True)
class QubitRotation(QubitMap):
    r"""The same rotation on several qubits, given by its SO(3) matrix r with rational entries.

    Conjugation sends :math:`\sigma_b` to :math:`\sum_c r_{cb} \sigma_c` on each qubit. Operators stay
    rational under it; states would need square roots.
    """

    matrix: Matrix
    qubits: tuple[int, ...]

    def conjugate(self, op: PauliSum) -> PauliSum:
        """Rotate the letters on the named qubits."""
        total = PauliSum.zero(op.num_qubits)
        for key, coefficient in op.terms.items():
            rotated = PauliSum.identity(op.num_qubits).scaled(coefficient)
            for qubit in support_of(key):
                rotated = rotated * self._image(op.num_qubits, qubit, letter(key, qubit))
            total = total + rotated
        return total

    def apply(self, state: ExactState) -> ExactState:
        """Not available: the spin matrix of a rational rotation is not rational."""
        raise DimensionError("a rotation acts on states through its generators, not through this map")

    def _image(self, num_qubits: int, qubit: int, name: str) -> PauliSum:
        if qubit not in self.qubits:
            return PauliSum.string(num_qubits, {qubit: name})
        column = "XYZ".index(name)
        total = PauliSum.zero(num_qubits)
        for row, target in enumerate("XYZ"):
            total = total + PauliSum.string(num_qubits, {qubit: target}).scaled(self.matrix[row][column])
        return total


def rational_rotation(axis: int, cosine: Rational, sine: Rational) -> Matrix:
    """Right-handed rotation matrix about a coordinate axis, with rational cosine and sine.

    >>> rational_rotation(2, 0, 1)
    ((0, -1, 0), (1, 0, 0), (0, 0, 1))
    """
    b, c = (axis + 1) % 3, (axis + 2) % 3
    rows: list[list[Rational]] = [[rational(int(i == j)) for j in range(3)] for i in range(3)]
    cosine, sine = rational(cosine), rational(sine)
    rows[b][b], rows[b][c] = cosine, -sine
    rows[c][b], rows[c][c] = sine, cosine
    return tuple(tuple(row) for row in rows)


def irrational_turn(axis: Sequence[Rational]) -> Matrix:
    r"""A right-handed rotation of infinite order about any rational axis, with rational entries.

    The quaternion :math:`w + v` gives the matrix
    :math:`[(w^2 - v^2) 1 + 2 v v^T + 2 w [v]_\times] / (w^2 + v^2)`. Its powers are dense in the rotations about
    v, unless the angle is a rational multiple of pi; by Niven's theorem a rational cosine then is
    0, 1/2 or 1 up to sign, and w is chosen to avoid these.

    >>> irrational_turn([0, 0, 1])
    ((3/5, -4/5, 0), (4/5, 3/5, 0), (0, 0, 1))
    """
    v = [rational(component) for component in axis]
    square = sum((component * component for component in v), start=rational(0))
    w = next(w for w in (2, 3, 4, 5) if abs(w * w - square) * 2 not in (0, w * w + square))
    scale = w * w + square
    return tuple(
        tuple(
            ((w * w - square) * int(i == j) + 2 * v[i] * v[j] - 2 * w * _cross(v, i, j)) / scale
            for j in range(3)
        )
        for i in range(3)
    )


def _cross(v: Sequence[Rational], i: int, j: int) -> Rational:
    """Entry (i, j) of minus the matrix of ``v x .``: epsilon_ijk v_k."""
    return sum((levi_civita(i, j, k) * v[k] for k in range(3)), start=rational(0))


@dataclass(frozen=True)
class SiteMap:
    """A linear map of the data: the vector of site s, times ``matrices[s]``, goes to site ``images[s]``."""

    images: Images
    matrices: tuple[Matrix, ...]

    def image_of(self, index: DataIndex) -> dict[DataIndex, Rational]:
        """The image of one coordinate vector, as a sparse combination of coordinate vectors."""
        site, axis = index
        column = [row[axis] for row in self.matrices[site]]
        return {(self.images[site], c): rational(value) for c, value in enumerate(column) if value}


IDENTITY_MATRIX: Matrix = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
INVERSION_MATRIX: Matrix = ((-1, 0, 0), (0, -1, 0), (0, 0, -1))


def lift_site_permutation(
    images: Mapping[int, int], encode: Sequence[Sequence[int]], num_qubits: int
) -> Images:
    """Qubit permutation that moves every copy of site s to the same copy of site ``images[s]``.

    Args:
        images: where each site goes; sites not named stay.
        encode: qubits that carry each site, one list per site.
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
