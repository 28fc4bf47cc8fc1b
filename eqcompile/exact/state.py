"""Pure states with exact amplitudes, up to normalisation."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.scalars import (
    ONE,
    ZERO,
    Rational,
    Scalar,
    format_scalar,
    rational,
    scalar,
    times_power_of_i,
)

MAX_AMPLITUDES = 1 << 16


class ExactState:
    r"""A state :math:`\sum_b a_b |b\rangle` with exact amplitudes, not normalised.

    Basis states are integers whose bit q is the value of qubit q.

    Args:
        num_qubits: size of the register.
        amplitudes: amplitude of each basis state; zeros are dropped.

    Raises:
        DimensionError: a basis state outside the register.

    >>> ExactState.singlets(2, [(0, 1)])
    |01> - |10>
    """

    __slots__ = ("_amplitudes", "num_qubits")

    num_qubits: int

    def __init__(self, num_qubits: int, amplitudes: Mapping[int, Scalar]) -> None:
        self.num_qubits = num_qubits
        self._amplitudes = {bits: scalar(value) for bits, value in amplitudes.items() if value}
        if outside := [bits for bits in self._amplitudes if not 0 <= bits < 1 << num_qubits]:
            raise DimensionError(f"basis state {outside[0]} is not one of 0 to {(1 << num_qubits) - 1}")

    @classmethod
    def singlets(cls, num_qubits: int, pairs: Sequence[tuple[int, int]]) -> "ExactState":
        r"""Singlets :math:`|0_i 1_j\rangle - |1_i 0_j\rangle` on pairs (i, j), Eq. 4; others zero.

        Raises:
            DimensionError: a qubit outside the register, or in two pairs.
            LimitError: more than ``MAX_AMPLITUDES`` amplitudes.
        """
        qubits = [q for pair in pairs for q in pair]
        if len(set(qubits)) < len(qubits) or any(not 0 <= q < num_qubits for q in qubits):
            raise DimensionError(
                f"singlet pairs {list(pairs)} must be disjoint, on qubits 0 to {num_qubits - 1}"
            )
        if 1 << len(pairs) > MAX_AMPLITUDES:
            most = MAX_AMPLITUDES.bit_length() - 1
            raise LimitError(f"{len(pairs)} singlets; the limit is {most}, because all amplitudes are held")
        amplitudes = {0: ONE}
        for i, j in pairs:
            up = {bits | 1 << j: value for bits, value in amplitudes.items()}
            down = {bits | 1 << i: -value for bits, value in amplitudes.items()}
            amplitudes = up | down
        return cls(num_qubits, amplitudes)

    @property
    def amplitudes(self) -> Mapping[int, Scalar]:
        """Read-only amplitudes of the basis states, without zeros."""
        return MappingProxyType(self._amplitudes)

    @property
    def norm_squared(self) -> Rational:
        """Squared norm, an exact rational."""
        return sum((a.x * a.x + a.y * a.y for a in self._amplitudes.values()), start=rational(0))

    def apply(self, op: PauliSum) -> "ExactState":
        """``op |state>``."""
        if op.num_qubits != self.num_qubits:
            raise DimensionError(f"operator on {op.num_qubits} qubits, state on {self.num_qubits}")
        out: dict[int, Scalar] = {}
        for (x, z), coefficient in op.terms.items():
            ys = (x & z).bit_count()
            for bits, value in self._amplitudes.items():
                phase = ys + 2 * (z & bits).bit_count()
                term = times_power_of_i(coefficient * value, phase)
                out[bits ^ x] = out.get(bits ^ x, ZERO) + term
        return ExactState(self.num_qubits, out)

    def relabel(self, images: Iterable[int]) -> "ExactState":
        """Move qubit q to ``images[q]``."""
        targets = tuple(images)
        moved = {
            sum(1 << target for q, target in enumerate(targets) if bits >> q & 1): value
            for bits, value in self._amplitudes.items()
        }
        return ExactState(self.num_qubits, moved)

    def eigenvalue_of(self, image: "ExactState") -> Scalar | None:
        """The number c with ``image == c * self``, or ``None`` if there is none.

        Raises:
            DimensionError: this is the zero vector, of which every multiple is zero.
        """
        if not self._amplitudes:
            raise DimensionError("the zero vector is no state; give at least one amplitude")
        bits, amplitude = next(iter(sorted(self._amplitudes.items())))
        ratio = image._amplitudes.get(bits, ZERO) / amplitude
        return ratio if self.scaled(ratio) == image else None

    def scaled(self, factor: object) -> "ExactState":
        """``factor * state``."""
        value = scalar(factor)
        return ExactState(self.num_qubits, {bits: a * value for bits, a in self._amplitudes.items()})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ExactState):
            return NotImplemented
        return self.num_qubits == other.num_qubits and self._amplitudes == other._amplitudes

    def __hash__(self) -> int:
        return hash((self.num_qubits, frozenset(self._amplitudes.items())))

    def __str__(self) -> str:
        """Kets list qubit 0 first."""
        parts = [_format_amplitude(value) + _ket(bits, self.num_qubits) for bits, value in self._ordered()]
        return " + ".join(parts).replace("+ -", "- ") or "0"

    __repr__ = __str__

    def _ordered(self) -> list[tuple[int, Scalar]]:
        return sorted(self._amplitudes.items(), key=lambda item: _ket(item[0], self.num_qubits))


def _ket(bits: int, num_qubits: int) -> str:
    return "|" + "".join(str(bits >> q & 1) for q in range(num_qubits)) + ">"


def _format_amplitude(value: Scalar) -> str:
    return {ONE: "", -ONE: "-"}.get(value, f"{format_scalar(value)}*")
