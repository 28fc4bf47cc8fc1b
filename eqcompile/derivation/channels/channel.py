r"""Linear maps of operators, exact, as Choi operators in the Pauli basis.

The Choi operator of E is :math:`J = \sum_{ij} |i\rangle\langle j| \otimes E(|i\rangle\langle j|)`, so that
:math:`E(\rho) = \mathrm{Tr}_{in}[J (\rho^T \otimes 1)]`. Its qubits are those of the input, then those of the
output. Over Pauli strings it reads :math:`J = 2^{-n} \sum_P P^T \otimes E(P)`; transposition flips the sign
of Y.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from eqcompile.arguments import found, whole_number
from eqcompile.errors import ArgumentError, DimensionError
from eqcompile.exact.arithmetic.scalars import ONE, Real, Scalar, rational
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, support_of
from eqcompile.exact.spectra.positivity import negative_direction, positive_rank
from eqcompile.exact.states.state import ExactState


@dataclass(frozen=True)
class Channel:
    """A Hermiticity-preserving map from operators on some qubits to operators on others.

    It is a quantum channel if it is also trace preserving and completely positive, which it decides exactly.

    Attributes:
        num_in: qubits of the input.
        num_out: qubits of the output.
        choi: Choi operator on ``num_in + num_out`` qubits, the input first.

    Raises:
        DimensionError: the operator has the wrong number of qubits, or is not Hermitian.

    References:
        Choi, Linear Algebra Appl. 10, 285 (1975), doi:10.1016/0024-3795(75)90075-0.

    >>> half = Channel.from_map(lambda op: trace_out(op, [1]), num_in=2, num_out=1)
    >>> half(PauliSum.parse("Z0 + X0 X1", 2)), half.is_channel, half.kraus_rank
    (2*Z0, True, 2)
    """

    num_in: int
    num_out: int
    choi: PauliSum

    def __post_init__(self) -> None:
        for name in ("num_in", "num_out"):
            object.__setattr__(self, name, whole_number(name, getattr(self, name), least=0))
        if not isinstance(self.choi, PauliSum):
            raise ArgumentError(f"choi: a PauliSum is needed; found {found(self.choi)}")
        if self.choi.num_qubits != self.num_in + self.num_out:
            raise DimensionError(
                f"a Choi operator from {self.num_in} to {self.num_out} qubits needs "
                f"{self.num_in + self.num_out} qubits, it has {self.choi.num_qubits}"
            )
        if not self.choi.is_hermitian:
            raise DimensionError(f"the Choi operator must be Hermitian; {self.choi} is not")

    @classmethod
    def from_map(cls, function: Callable[[PauliSum], PauliSum], num_in: int, num_out: int) -> "Channel":
        """The channel that acts on every Pauli string as the function does; the function must be linear."""
        total = PauliSum.zero(num_in + num_out)
        for key in _all_strings(num_in):
            string = PauliSum(num_in, {key: ONE})
            total = total + tensor(transpose(string), function(string))
        return cls(num_in, num_out, total / (1 << num_in))

    @classmethod
    def depolarizing(cls, num_in: int, num_out: int) -> "Channel":
        r"""The completely depolarising channel :math:`\rho \mapsto \mathrm{Tr}(\rho)\, 1 / 2^n`."""
        return cls(num_in, num_out, PauliSum.identity(num_in + num_out) / (1 << num_out))

    def __call__(self, op: PauliSum) -> PauliSum:
        r"""The image of an operator, :math:`\sum_{PQ} J_{PQ} \mathrm{Tr}(P^T A)\, Q`.

        Raises:
            DimensionError: the number of qubits of the operator is not that of the input.
        """
        if op.num_qubits != self.num_in:
            raise DimensionError(f"the operator has {op.num_qubits} qubits, the input {self.num_in}")
        transposed = transpose(op)
        out: dict[PauliKey, Scalar] = {}
        for key, value in self.choi.terms.items():
            source, target = split(key, self.num_in)
            if weight := transposed.coefficient(source):
                out[target] = out.get(target, rational(0)) + value * weight * (1 << self.num_in)
        return PauliSum(self.num_out, out)

    @property
    def is_trace_preserving(self) -> bool:
        """Whether the partial trace of the Choi operator over the output is the identity, exactly."""
        return self._reduced == PauliSum.identity(self.num_in)

    @cached_property
    def negative_direction(self) -> ExactState | None:
        """A vector on which the Choi operator is negative: why the map is not completely positive."""
        return negative_direction(self.choi)

    @property
    def is_completely_positive(self) -> bool:
        """Whether the Choi operator is positive semidefinite, exactly (Choi's theorem)."""
        return self.negative_direction is None

    @property
    def is_channel(self) -> bool:
        """Whether the map is trace preserving and completely positive."""
        return self.is_trace_preserving and self.is_completely_positive

    @cached_property
    def kraus_rank(self) -> int:
        """Least number of Kraus operators, the exact rank of the Choi operator; one for an isometry.

        Raises:
            DimensionError: the map is not completely positive.
        """
        return positive_rank(self.choi)

    @property
    def _reduced(self) -> PauliSum:
        """Partial trace of the Choi operator over the output."""
        return trace_out(self.choi, range(self.num_in, self.num_in + self.num_out))


def transpose(op: PauliSum) -> PauliSum:
    """Transpose in the computational basis.

    >>> transpose(PauliSum.parse("Y0 + Y0 Y1 + Z0", 2))
    -Y0 + Z0 + Y0 Y1
    """
    flipped = {key: -c if (key[0] & key[1]).bit_count() % 2 else c for key, c in op.terms.items()}
    return PauliSum(op.num_qubits, flipped)


def tensor(first: PauliSum, second: PauliSum) -> PauliSum:
    """The tensor product, on a register that lists the qubits of ``first`` before those of ``second``.

    >>> tensor(PauliSum.parse("X0", 1), PauliSum.parse("Z0", 1))
    X0 Z1
    """
    n, total = first.num_qubits, first.num_qubits + second.num_qubits
    return first.relabel(range(n), total) * second.relabel(range(n, total), total)


def split(key: PauliKey, num_in: int) -> tuple[PauliKey, PauliKey]:
    """The input part and the output part of a Pauli string of a Choi operator."""
    (x, z), mask = key, (1 << num_in) - 1
    return (x & mask, z & mask), (x >> num_in, z >> num_in)


def trace_out(op: PauliSum, qubits: Sequence[int]) -> PauliSum:
    """Partial trace over some qubits; the remaining qubits are renumbered from 0.

    >>> trace_out(PauliSum.parse("Z0 + Z2 + X0 X1", 3), [0])
    2*Z1
    """
    kept = [q for q in range(op.num_qubits) if q not in qubits]
    images = {q: i for i, q in enumerate(kept)}
    alive = {key: value for key, value in op.terms.items() if all(q in images for q in support_of(key))}
    targets = [images.get(q, 0) for q in range(op.num_qubits)]
    return PauliSum(op.num_qubits, alive).relabel(targets, len(kept)) * (1 << len(qubits))


def combination(coefficients: Sequence[Real], ops: Sequence[PauliSum], num_qubits: int) -> PauliSum:
    """A rational linear combination of operators.

    Raises:
        DimensionError: there is not one coefficient for every operator.
    """
    if len(coefficients) != len(ops):
        raise DimensionError(f"{len(ops)} coefficients are needed, {len(coefficients)} are given")
    total = PauliSum.zero(num_qubits)
    for coefficient, op in zip(coefficients, ops, strict=True):
        total = total + op.scaled(rational(coefficient))
    return total


def _all_strings(num_qubits: int) -> list[PauliKey]:
    masks = range(1 << num_qubits)
    return list(product(masks, masks))
