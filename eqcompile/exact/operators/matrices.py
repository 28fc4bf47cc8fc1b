r"""Sums of Pauli strings as matrices, and back: index bit q is the value of qubit q, as in Qiskit.

.. math:: \langle b \oplus x | A | b \rangle = \sum_z c_{xz}\, i^{|x \wedge z|} (-1)^{|z \wedge b|}, \qquad
          c_P = 2^{-n}\,\mathrm{Tr}(P A)

For every x, the sum over z is a Walsh-Hadamard transform, in both directions.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from eqcompile.budgets import check
from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import ZERO, Scalar, scalar, times_power_of_i
from eqcompile.exact.arithmetic.symbolic import entries_of, matrix_of, require_matrix
from eqcompile.exact.operators.strings import PauliKey

if TYPE_CHECKING:
    import sympy

MAX_MATRIX_QUBITS = 10
"""Qubits of an operator, a map or a state that is written as a matrix of SymPy, or read from one; SymPy multiplies
sparse ones of this size at once, and full ones of six qubits in half a minute. Beyond it, refused: keep the operator as
a PauliSum, whose products and commutators are exact too."""

MAX_MATRIX_ENTRIES = 1 << 16
"""Entries of a matrix of SymPy that need not be zero, 2^n for every set of qubits that the strings flip: all operators
on 8 qubits, local ones on 10. Beyond it, refused: keep the operator as a PauliSum, or a part of it."""


def to_matrix(num_qubits: int, terms: Mapping[PauliKey, Scalar]) -> "sympy.Matrix":
    """The matrix of a sum of Pauli strings, of shape ``(2**n, 2**n)``; see :meth:`PauliSum.to_sympy`.

    >>> to_matrix(1, {(1, 1): scalar(1)})
    Matrix([
    [0, -I],
    [I,  0]])
    """
    require_few_qubits(num_qubits)
    size = 1 << num_qubits
    by_flip: dict[int, list[Scalar]] = {}
    for (x, z), value in terms.items():
        by_flip.setdefault(x, [ZERO] * size)[z] = times_power_of_i(value, (x & z).bit_count())
        _require_few_entries(size, by_flip)
    entries = {}
    for x, values in by_flip.items():
        check()
        for b, value in enumerate(walsh_hadamard(values)):
            if value:
                entries[b ^ x, b] = value
    return matrix_of(size, size, entries)


def from_matrix(matrix: "sympy.Matrix") -> tuple[int, dict[PauliKey, Scalar]]:
    """The number of qubits and the terms of a matrix of SymPy; see :meth:`PauliSum.from_sympy`."""
    require_matrix("matrix", matrix)
    rows, columns = matrix.shape
    if rows != columns:
        raise DimensionError(f"the matrix has {rows} rows and {columns} columns; an operator is square")
    num_qubits = qubits_of(rows)
    by_flip: dict[int, list[Scalar]] = {}
    for (row, column), value in entries_of(matrix).items():
        by_flip.setdefault(row ^ column, [ZERO] * rows)[column] = value
        _require_few_entries(rows, by_flip)
    terms: dict[PauliKey, Scalar] = {}
    for x, diagonal in by_flip.items():
        check()
        terms |= terms_of_diagonal(x, diagonal)
    return num_qubits, terms


def terms_of_diagonal(x: int, diagonal: Sequence[Scalar]) -> dict[PauliKey, Scalar]:
    """The strings that flip the qubits of x, from the entries ``(b ^ x, b)``; zeros may be among them.

    >>> terms_of_diagonal(0, [scalar(1), scalar(-1)])
    {(0, 0): QQ_I(0, 0), (0, 1): QQ_I(1, 0)}
    """
    size = scalar(len(diagonal))
    return {
        (x, z): times_power_of_i(value, -(x & z).bit_count()) / size
        for z, value in enumerate(walsh_hadamard(diagonal))
    }


def walsh_hadamard(values: Sequence[Scalar]) -> list[Scalar]:
    """Sums with signs ``(-1)**|z & b|`` over b."""
    out, step = list(values), 1
    while step < len(out):
        for start in range(0, len(out), 2 * step):
            for b in range(start, start + step):
                out[b], out[b + step] = out[b] + out[b + step], out[b] - out[b + step]
        step *= 2
    return out


def qubits_of(size: int) -> int:
    """The n of a space of dimension ``2**n``.

    Raises:
        DimensionError: the size is not a power of two.
        LimitError: n is beyond ``MAX_MATRIX_QUBITS``.
    """
    if size < 1 or size & (size - 1):
        raise DimensionError(f"the matrix has {size} rows; n qubits need 2**n of them")
    num_qubits = size.bit_length() - 1
    require_few_qubits(num_qubits)
    return num_qubits


def require_few_qubits(num_qubits: int) -> None:
    """Refuse a register whose matrices are too large for SymPy.

    Raises:
        LimitError: there are more than ``MAX_MATRIX_QUBITS`` qubits.
    """
    if num_qubits > MAX_MATRIX_QUBITS:
        raise LimitError(f"a matrix of SymPy on {num_qubits} qubits; the limit is {MAX_MATRIX_QUBITS}")


def _require_few_entries(size: int, by_flip: Collection[int]) -> None:
    if size * len(by_flip) > MAX_MATRIX_ENTRIES:
        raise LimitError(
            f"a matrix of SymPy with more than {MAX_MATRIX_ENTRIES} entries that are not zero, which is the limit"
        )
