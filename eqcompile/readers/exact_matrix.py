r"""Which exact number a rounded one stands for, and which exact unitary a matrix stands for.

Three kinds of numbers are recognised: fractions, square roots of fractions, and cosines of simple fractions of a turn.
They may be real and imaginary parts, or a modulus with a root of unity. They lie far apart compared with the tolerance.
For a matrix, the exact product with its adjoint must also be one.
"""

from cmath import phase
from collections.abc import Sequence
from fractions import Fraction
from math import acos, cos, pi

import numpy as np
from numpy.typing import NDArray

from eqcompile.errors import BackendError, LimitError
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    ZERO,
    RealLike,
    Scalar,
    conjugate,
    cosine,
    format_scalar,
    scalar,
    square_root,
    to_complex,
)
from eqcompile.exact.operators.matrices import terms_of_diagonal
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey
from eqcompile.readers.expressions import NoExactFormError
from eqcompile.readers.readings import Readings

ENTRY_TOLERANCE = 1e-14
"""Rounding error of a few products of numbers of size one; recognised numbers lie more than 1e-8 apart."""

MAX_DENOMINATOR = 64
"""Denominator of a fraction, and of the square of a root, that is recognised in an entry of a matrix of floats.
Beyond it, weaker: the gate has no exact form; its defect is measured, and nothing is proven about it."""

MAX_TURN_DENOMINATOR = 48
"""Denominator n of a phase exp(2 pi i/n) that is recognised in an entry of a matrix of floats. Beyond it, weaker: the
gate has no exact form; its defect is measured, and nothing is proven about it."""


def exact_unitary(matrix: NDArray[np.complex128], readings: Readings | None = None) -> PauliSum:
    """The unitary that a matrix of rounded numbers stands for.

    Args:
        matrix: shape ``(2**n, 2**n)``; index bit q is the value of qubit q.
        readings: collects the entries that are not the doubles next to their exact numbers.

    Raises:
        NoExactFormError: an entry stands for nothing simple, or the exact matrix is not unitary.
        BackendError: an entry is not finite.

    >>> exact_unitary(np.array([[0, 1], [1, 0]]))
    X0
    """
    if not np.isfinite(np.asarray(matrix, complex)).all():
        raise BackendError("the matrix has entries that are not finite numbers")
    known: dict[complex, Scalar] = {}
    for value in np.unique(np.asarray(matrix, complex)).tolist():
        known[value] = exact_number(value, ENTRY_TOLERANCE)
    rows = [[known[value] for value in row] for row in np.asarray(matrix, complex).tolist()]
    if not _is_unitary(rows):
        raise NoExactFormError("its matrix is unitary only up to rounding")
    for value, exact in known.items():
        note_number(value, exact, "a matrix entry is an exact number up to rounding", readings)
    return from_matrix(rows)


def note_number(value: complex, exact: Scalar, kind: str, readings: Readings | None) -> None:
    """Note that a rounded number was read as an exact one, unless it is the double next to the exact number."""
    if readings is not None and to_complex(exact) != value:
        readings.note(kind, number_text(value), format_scalar(exact))


def from_matrix(rows: Sequence[Sequence[Scalar]]) -> PauliSum:
    r"""The operator with given exact entries: :math:`c_P = 2^{-n}\,\mathrm{Tr}(P A)`.

    >>> from_matrix([[ONE, ZERO], [ZERO, -ONE]])
    Z0
    """
    size = len(rows)
    terms: dict[PauliKey, Scalar] = {}
    for x in range(size):
        diagonal = [rows[b ^ x][b] for b in range(size)]
        if any(diagonal):
            terms |= terms_of_diagonal(x, diagonal)
    return PauliSum(size.bit_length() - 1, terms)


def exact_number(value: complex, tolerance: float) -> Scalar:
    """The simple exact number next to a rounded one.

    Raises:
        NoExactFormError: there is none within the tolerance.

    >>> exact_number(0.7071067811865475j, 1e-14) == IMAGINARY_UNIT * scalar(square_root(Fraction(1, 2)))
    True
    """
    real, imaginary = _exact_real(value.real, tolerance), _exact_real(value.imag, tolerance)
    if real is not None and imaginary is not None:
        return scalar(real) + IMAGINARY_UNIT * scalar(imaginary)
    modulus = _exact_real(abs(value), tolerance)
    angle = Fraction(phase(value) / (2 * pi)).limit_denominator(MAX_TURN_DENOMINATOR)
    if modulus is None or abs(phase(value) - 2 * pi * float(angle)) * abs(value) > tolerance:
        raise NoExactFormError(f"the number {number_text(value)} has no simple exact form")
    return scalar(modulus) * root_of_unity(angle.denominator, angle.numerator)


def _exact_real(value: float, tolerance: float) -> RealLike | None:
    if abs(value) <= tolerance:
        return 0
    fraction = Fraction(value).limit_denominator(MAX_DENOMINATOR)
    if abs(float(fraction) - value) <= tolerance:
        return fraction
    square = Fraction(value * value).limit_denominator(MAX_DENOMINATOR)
    if abs(float(square) ** 0.5 - abs(value)) <= tolerance:
        try:
            return square_root(square) if value > 0 else -square_root(square)
        except LimitError:
            return None
    if abs(value) > 1:
        return None
    turns = Fraction(acos(value) / (2 * pi)).limit_denominator(MAX_TURN_DENOMINATOR)
    return cosine(turns) if abs(cos(2 * pi * float(turns)) - value) <= tolerance else None


def _is_unitary(rows: Sequence[Sequence[Scalar]]) -> bool:
    sparse = [{k: value for k, value in enumerate(row) if value} for row in rows]
    return all(
        sum((left[k] * conjugate(right[k]) for k in left.keys() & right.keys()), start=ZERO)
        == (ONE if i == j else ZERO)
        for i, left in enumerate(sparse)
        for j, right in enumerate(sparse[: i + 1])
    )


def number_text(value: complex) -> str:
    """All digits of a number, so that 1 and 1 + 1e-9 look different.

    >>> number_text(1 + 1e-9), number_text(0.5 - 1j)
    ('1.000000001', '0.5-1j')
    """
    return repr(value.real) if not value.imag else str(value).strip("()")
