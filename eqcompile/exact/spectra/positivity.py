r"""Decide exactly whether a Hermitian operator is positive semidefinite, by :math:`L D L^\dagger`."""

from typing import TypeAlias

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Real, Scalar, conjugate, rational, real_part, scalar
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState

MAX_POSITIVITY_QUBITS = 6
"""Qubits of an operator whose positivity is decided: a matrix of 64 rows takes a second or two over the Gaussian
rationals, a matrix of 128 rows takes eight times as long. Beyond it, refused: test a channel between fewer qubits."""

Row: TypeAlias = dict[int, Scalar]


def negative_direction(op: PauliSum) -> ExactState | None:
    r"""A vector v with :math:`\langle v | A | v \rangle < 0`, or ``None`` if A is positive semidefinite.

    Elimination needs no reordering: with pivot d and column b, the matrix is positive semidefinite exactly if
    d > 0 and the Schur complement :math:`C - b b^\dagger / d` is, or d = 0, b = 0 and C is.

    Raises:
        DimensionError: A is not Hermitian.
        LimitError: more than ``MAX_POSITIVITY_QUBITS`` qubits.

    References:
        Golub and Van Loan, Matrix Computations, 4th ed. (2013), Ch. 4.

    >>> negative_direction(PauliSum.parse("3 + H(0,1)", 2)) is None
    True
    >>> negative_direction(PauliSum.parse("1 + H(0,1)", 2))
    |01> - 1/2*|10>
    """
    columns, pivots = _eliminate(op)
    if _all_positive(columns, pivots):
        return None
    direction = _failing_direction(columns, pivots[-1])
    for k in reversed(pivots[:-1]):
        column = columns[k]
        overlap = sum((conjugate(column[j]) * value for j, value in direction.items() if j in column), ZERO)
        direction[k] = -overlap / column[k]
    return ExactState(op.num_qubits, direction)


def positive_rank(op: PauliSum) -> int:
    """Rank of a positive semidefinite operator, from the same elimination.

    Raises:
        DimensionError: the operator is not Hermitian, or has a negative eigenvalue.
        LimitError: more than ``MAX_POSITIVITY_QUBITS`` qubits.

    >>> positive_rank(PauliSum.parse("3 + H(0,1)", 2))
    3
    """
    columns, pivots = _eliminate(op)
    if not _all_positive(columns, pivots):
        raise DimensionError(f"{op} has a negative eigenvalue; only positive operators have a positive rank")
    return len(pivots)


def expectation(op: PauliSum, state: ExactState) -> Real:
    r""":math:`\langle v | A | v \rangle` of a Hermitian operator, without dividing by the norm."""
    image = state.apply(op).amplitudes
    terms = (conjugate(a) * image[bits] for bits, a in state.amplitudes.items() if bits in image)
    return real_part(sum(terms, ZERO))


def _eliminate(op: PauliSum) -> tuple[list[Row], list[int]]:
    """Lower columns after elimination, and the columns that were pivots; elimination stops at the first bad pivot."""
    if not op.is_hermitian:
        raise DimensionError(f"positivity is defined for Hermitian operators; {op} is not one")
    if op.num_qubits > MAX_POSITIVITY_QUBITS:
        raise LimitError(
            f"positivity of {op.num_qubits} qubits at once; the limit is {MAX_POSITIVITY_QUBITS}"
        )
    columns = [_lower_column(op, k) for k in range(1 << op.num_qubits)]
    pivots = []
    for k, column in enumerate(columns):
        if not column:
            continue
        pivots.append(k)
        if real_part(column.get(k, ZERO)) <= 0:
            break
        for j in (j for j in column if j != k):
            _subtract(columns[j], conjugate(column[j]) / column[k], column, from_row=j)
    return columns, pivots


def _all_positive(columns: list[Row], pivots: list[int]) -> bool:
    """Whether all pivots are positive: elimination stops at a bad one, so only the last can be bad."""
    return not pivots or real_part(columns[pivots[-1]].get(pivots[-1], ZERO)) > 0


def _lower_column(op: PauliSum, k: int) -> Row:
    column = ExactState(op.num_qubits, {k: ONE}).apply(op).amplitudes
    return {row: value for row, value in column.items() if row >= k}


def _subtract(target: Row, factor: Scalar, column: Row, from_row: int) -> None:
    for row, value in column.items():
        if row >= from_row:
            target[row] = target.get(row, ZERO) - factor * value
            if not target[row]:
                del target[row]


def _failing_direction(columns: list[Row], k: int) -> Row:
    """A negative direction of the remaining matrix, whose pivot k is negative, or is zero in a nonzero column."""
    pivot = real_part(columns[k].get(k, ZERO))
    if pivot < 0:
        return {k: ONE}
    j, value = next((j, value) for j, value in columns[k].items() if j != k)
    diagonal = real_part(columns[j].get(j, ZERO))
    weight = scalar(_enough(diagonal)) / (value * conjugate(value))
    return {k: -weight * conjugate(value), j: ONE}


def _enough(diagonal: Real) -> Real:
    """A number above half of a diagonal entry, so that twice this number outweighs the entry."""
    return max((rational(1), rational(1) + diagonal))
