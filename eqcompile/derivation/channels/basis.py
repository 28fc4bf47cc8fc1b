r"""Equivariant channels between registers, derived exactly through their Choi operators.

A map E is equivariant, :math:`E(R_{in}\, \rho\, R_{in}^\dagger) = R_{out}\, E(\rho)\, R_{out}^\dagger`, exactly if
its Choi operator commutes with :math:`R_{in}^* \otimes R_{out}`. This is one linear equation for every
generator of the group: the commutator with :math:`-T_{in}^T \otimes 1 + 1 \otimes T_{out}` for the continuous
part, the change under conjugation for the finite part. Trace preservation is affine, and positivity is decided
for each point of the family.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from eqcompile.arguments import accepts
from eqcompile.derivation.channels.channel import Channel, combination, split, tensor, transpose
from eqcompile.derivation.generators.basis import ordered_keys, reduced
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, Real, real_part, scalar
from eqcompile.exact.linear.linalg import rank
from eqcompile.exact.linear.sparse import sparse_kernel
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey
from eqcompile.symmetry.maps import QubitMap
from eqcompile.symmetry.symmetry import SYMMETRY, Symmetry

MAX_CHANNEL_QUBITS = 6
"""Qubits of a channel's input and output together: 4^6 = 4096 Pauli strings. Beyond it, refused: derive a channel
between fewer qubits."""

Constraint: TypeAlias = Callable[[PauliSum], PauliSum]
"""A linear map that vanishes exactly on the Choi operators that one group generator leaves invariant."""


@dataclass(frozen=True)
class ChannelBasis:
    """Linearly independent equivariant maps, as Choi operators, and the trace-preserving ones among them.

    Attributes:
        num_in: qubits of the input.
        num_out: qubits of the output.
        elements: basis of the Hermiticity-preserving equivariant maps, a reduced echelon basis.
        directions: basis of the equivariant maps whose images have no trace; the trace-preserving maps are the
            completely depolarising channel plus any combination of these.
    """

    num_in: int
    num_out: int
    elements: tuple[PauliSum, ...]
    directions: tuple[PauliSum, ...]

    @property
    def dim(self) -> int:
        """Number of independent equivariant maps."""
        return len(self.elements)

    @property
    def free_parameters(self) -> int:
        """Dimension of the affine space of trace-preserving equivariant maps."""
        return len(self.directions)

    @cached_property
    def particular(self) -> Channel:
        """The completely depolarising channel, which is equivariant under every group."""
        return Channel.depolarizing(self.num_in, self.num_out)

    def channel(self, coefficients: Sequence[Real]) -> Channel:
        """A trace-preserving point: the depolarising channel plus a combination of the directions.

        The result need not be completely positive; the channel itself can tell.

        Raises:
            DimensionError: there is not one coefficient for every direction, or one is a float.
        """
        shift = combination(coefficients, self.directions, self.num_in + self.num_out)
        return Channel(self.num_in, self.num_out, self.particular.choi + shift)

    def contains(self, channel: Channel) -> bool:
        """Whether a map is equivariant, that is, in the span.

        Raises:
            DimensionError: the map has different registers.
        """
        if (channel.num_in, channel.num_out) != (self.num_in, self.num_out):
            raise DimensionError(
                f"the map goes from {channel.num_in} to {channel.num_out} qubits, "
                f"the basis from {self.num_in} to {self.num_out}"
            )
        rows = [{k: real_part(c) for k, c in op.terms.items()} for op in (*self.elements, channel.choi)]
        return rank(rows, sorted({key for row in rows for key in row})) == self.dim


@accepts(source=SYMMETRY, target=SYMMETRY)
def derive_channels(source: Symmetry, target: Symmetry) -> ChannelBasis:
    r"""All equivariant maps from one representation of a group to another.

    Args:
        source: the group on the input's qubits.
        target: the same group on the output's qubits, with its generators in the same order; a generator that
            does nothing there is still named, as a rotation of no qubits or the identity permutation.

    Returns:
        The maps that every pair of generators leaves invariant; the depolarising channel is always one of them.

    Raises:
        MethodError: the generators do not pair up.
        LimitError: more than ``MAX_CHANNEL_QUBITS`` qubits of input and output together.

    References:
        Choi, Linear Algebra Appl. 10, 285 (1975).
        Nguyen et al., PRX Quantum 5, 020328 (2024) (Choi operator method), doi:10.1103/PRXQuantum.5.020328.

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> pair, one = (Symmetry(n, factors=(RotationFactor(n, tuple(range(n))),)) for n in (2, 1))
    >>> pooling = derive_channels(pair, one)
    >>> pooling.dim, pooling.free_parameters
    (5, 3)
    """
    _require_feasible(source.num_qubits + target.num_qubits)
    constraints = _constraints(source, target)
    total = source.num_qubits + target.num_qubits
    masks = range(1 << total)
    images = {
        key: _image(PauliSum(total, {key: ONE}), constraints)
        for key in ordered_keys((x, z) for x in masks for z in masks)
    }
    elements = _operators(sparse_kernel(images), total)
    return ChannelBasis(
        source.num_qubits, target.num_qubits, elements, _traceless(elements, source.num_qubits)
    )


def _require_feasible(num_qubits: int) -> None:
    if num_qubits > MAX_CHANNEL_QUBITS:
        raise LimitError(
            f"a channel between {num_qubits} qubits in all; the limit is {MAX_CHANNEL_QUBITS}, "
            "so pool fewer qubits at once"
        )


def _constraints(source: Symmetry, target: Symmetry) -> list[Constraint]:
    """One linear map for each pair of generators."""
    _require_same_group(source, target)
    continuous: list[Constraint] = [
        _pair_operator(a.operator, b.operator).derivation
        for a, b in zip(source.lie_generators, target.lie_generators, strict=True)
    ]
    return continuous + [
        _change_under(a.on_qubits, b.on_qubits, source.num_qubits, target.num_qubits)
        for a, b in zip(source.finite_generators, target.finite_generators, strict=True)
    ]


def _require_same_group(source: Symmetry, target: Symmetry) -> None:
    """The continuous generators must have the same names, the finite generators must be equally many."""
    names = [[g.name for g in symmetry.lie_generators] for symmetry in (source, target)]
    counts = [len(symmetry.finite_generators) for symmetry in (source, target)]
    if names[0] != names[1] or counts[0] != counts[1]:
        found = [", ".join(symmetry.generator_names) or "none" for symmetry in (source, target)]
        raise MethodError(
            f"input and output need the same generators in the same order; the input has {found[0]}, "
            f"the output {found[1]}; where a generator does nothing, give a factor on no qubits"
        )


def _pair_operator(on_input: PauliSum, on_output: PauliSum) -> PauliSum:
    r"""The generator of :math:`R_{in}^* \otimes R_{out}`."""
    one_in, one_out = (PauliSum.identity(op.num_qubits) for op in (on_input, on_output))
    return tensor(one_in, on_output) - tensor(transpose(on_input), one_out)


def _change_under(on_input: QubitMap, on_output: QubitMap, num_in: int, num_out: int) -> Constraint:
    r"""The change under conjugation by :math:`R_{in}^* \otimes R_{out}`; :math:`R^* P R^T = (R P^T R^\dagger)^T`."""

    def change(op: PauliSum) -> PauliSum:
        total = -op
        for key, value in op.terms.items():
            left, right = split(key, num_in)
            moved = transpose(on_input.conjugate(transpose(PauliSum(num_in, {left: ONE}))))
            total = total + tensor(moved, on_output.conjugate(PauliSum(num_out, {right: value})))
        return total

    return change


def _image(string: PauliSum, constraints: Sequence[Constraint]) -> dict[tuple[int, PauliKey], Real]:
    return {
        (index, key): real_part(value)
        for index, constraint in enumerate(constraints)
        for key, value in constraint(string).terms.items()
    }


def _operators(vectors: Sequence[dict[PauliKey, Real]], num_qubits: int) -> tuple[PauliSum, ...]:
    ops = [PauliSum(num_qubits, {k: scalar(v) for k, v in vector.items()}) for vector in vectors]
    return reduced(ops, num_qubits)


def _traceless(elements: Sequence[PauliSum], num_in: int) -> tuple[PauliSum, ...]:
    """Combinations whose partial trace over the output is zero: no string is the identity on the output."""
    traces = {
        number: {k: real_part(c) for k, c in op.terms.items() if split(k, num_in)[1] == IDENTITY}
        for number, op in enumerate(elements)
    }
    total = elements[0].num_qubits
    ops = [
        combination(list(vector.values()), [elements[number] for number in vector], total)
        for vector in sparse_kernel(traces)
    ]
    return reduced(ops, total)
