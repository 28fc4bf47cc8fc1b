"""A basis of the gate generators that a symmetry allows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.scalars import Real, real_part, scalar
from eqcompile.exact.linear.linalg import rank, reduced_rows
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, support_of

if TYPE_CHECKING:
    import sympy


@dataclass(frozen=True)
class GeneratorBasis:
    """Linearly independent Hermitian operators that commute with a symmetry, the identity left out.

    Attributes:
        num_qubits: size of the register.
        locality: no term acts on more qubits than this.
        method: how the basis was derived.
        elements: the basis, smallest weight first.
    """

    num_qubits: int
    locality: int
    method: str
    elements: Sequence[PauliSum]

    @property
    def dim(self) -> int:
        """Number of independent generators, the identity not counted."""
        return len(self.elements)

    @property
    def by_weight(self) -> dict[int, int]:
        """How many generators act on exactly that many qubits; weight 0 is the identity.

        Weight k counts what k qubits allow beyond k - 1 qubits; entangling groups have elements of mixed weight.
        """
        weights = getattr(self.elements, "weights", None) or _weights_of(self.elements)
        counts = Counter(weights)
        return {0: 1} | {weight: counts[weight] for weight in range(1, self.locality + 1)}

    @cached_property
    def span(self) -> tuple[PauliSum, ...]:
        """The unique reduced echelon basis of the same space; equal spans have equal values."""
        return reduced(self.elements, self.num_qubits)

    def spans_same(self, other: "GeneratorBasis") -> bool:
        """Whether two bases span the same space; bases by orbits are compared without writing them out."""
        return self.elements == other.elements or self.span == other.span

    def contains(self, op: PauliSum) -> bool:
        """Whether a Hermitian operator lies in the span, up to a multiple of the identity.

        Raises:
            DimensionError: the operator has the wrong number of qubits.
        """
        if op.num_qubits != self.num_qubits:
            raise DimensionError(f"the operator has {op.num_qubits} qubits, the basis {self.num_qubits}")
        return op.is_hermitian and not independent_part([op], self)

    def to_sympy(self) -> "tuple[sympy.Matrix, ...]":
        """Every generator as an exact matrix, in the order of the basis; see :meth:`PauliSum.to_sympy`.

        Raises:
            LimitError: the register is too large for matrices of SymPy.
        """
        return tuple(op.to_sympy() for op in self.elements)

    def __iter__(self) -> Iterator[PauliSum]:
        return iter(self.elements)

    def __getitem__(self, place: int) -> PauliSum:
        return self.elements[place]

    def __len__(self) -> int:
        return len(self.elements)


def reduced(ops: Iterable[PauliSum], num_qubits: int) -> tuple[PauliSum, ...]:
    """Reduced echelon basis of the real span of Hermitian operators, in print order.

    >>> reduced([PauliSum.parse("2*X0 + 2*X1", 2), PauliSum.parse("X0 + X1", 2)], 2)
    (X0 + X1,)
    """
    rows = [_row(op) for op in ops if op]
    columns = ordered_keys({key for row in rows for key in row})
    return tuple(
        PauliSum(num_qubits, {key: scalar(value) for key, value in row.items()})
        for row in reduced_rows(rows, columns)
    )


def independent_part(ops: Sequence[PauliSum], basis: GeneratorBasis) -> list[PauliSum]:
    """The operators that are not in the span of the basis and of the operators before them.

    >>> basis = GeneratorBasis(2, 1, "by hand", (PauliSum.parse("X0 + X1", 2),))
    >>> independent_part([PauliSum.parse("3*X0 + 3*X1", 2), PauliSum.parse("X0", 2)], basis)
    [X0]
    """
    spanned = [_row(op) for op in reduced((op.without_identity() for op in basis.elements), basis.num_qubits)]
    out = []
    for op in ops:
        candidate = [*spanned, _row(op.without_identity())]
        columns = ordered_keys({key for row in candidate for key in row})
        if rank(candidate, columns) > len(spanned):
            spanned = candidate
            out.append(op)
    return out


def _weights_of(ops: Sequence[PauliSum]) -> list[int]:
    """Weights of a basis of the same span that is as local as possible: the heaviest strings are eliminated first."""
    if all(len({_weight(key) for key in op.terms}) == 1 for op in ops):
        return [op.locality for op in ops]
    rows = [_row(op) for op in ops]
    columns = sorted({key for row in rows for key in row}, key=_weight, reverse=True)
    return [max(map(_weight, row)) for row in reduced_rows(rows, columns)]


def _weight(key: PauliKey) -> int:
    return (key[0] | key[1]).bit_count()


def ordered_keys(keys: Iterable[PauliKey]) -> list[PauliKey]:
    """Pauli strings by weight, then support, then letters: the order of all bases."""
    return sorted(keys, key=lambda key: ((key[0] | key[1]).bit_count(), support_of(key), key[1], key[0]))


def _row(op: PauliSum) -> dict[PauliKey, Real]:
    return {key: real_part(value) for key, value in op.terms.items()}
