"""Matrices of rounded numbers as exact operators: entries that are square roots of simple fractions, or phases."""

from collections.abc import Sequence
from fractions import Fraction
from math import atan2, cos, pi
from typing import Any

from eqcompile.recheck.files.circuit.float_angles import exact_value
from eqcompile.recheck.files.exact_text import cosine, rational_text, sine, square_root
from eqcompile.recheck.files.unread import UnreadError

TOLERANCE = Fraction(1, 10**14)
MAX_DENOMINATOR = 64
"""Denominator of a fraction, and of the square of a root, that is recognised in an entry of a matrix of floats.
Beyond it, refused: build the gate from standard ones, or recheck without `--circuit`."""

MAX_FOLD = 48
"""Denominator n of a phase exp(2 pi i/n) that is recognised in an entry of a matrix of floats. Beyond it, refused:
build the gate from standard ones, or recheck without `--circuit`."""

MAX_MATRIX_QUBITS = 5
"""Qubits of a gate that is given as a matrix. Beyond it, refused: build the gate from smaller ones, or recheck
without `--circuit`."""


def operator_of_matrix(rows: Sequence[Sequence[Any]]) -> str:
    """A matrix as a sum over matrix units, with ``{q}`` for qubit q; index bit q is the value of qubit q.

    Whether it is unitary is decided where the text is read, exactly.

    Raises:
        UnreadError: an entry is not a simple number.
    """
    size = len(rows)
    num_qubits = size.bit_length() - 1
    if num_qubits > MAX_MATRIX_QUBITS:
        raise UnreadError(f"a matrix on {num_qubits} qubits")
    terms = []
    for a, row in enumerate(rows):
        for b, value in enumerate(row):
            if (text := number_of(complex_parts(value))) != "0":
                units = [_unit(q, a >> q & 1, b >> q & 1) for q in range(num_qubits)]
                terms.append("*".join([f"({text})", *units]))
    return " + ".join(terms)


def complex_parts(value: Any) -> tuple[Fraction, Fraction]:
    """Real and imaginary part of a number, unrounded."""
    return exact_value(value.real), exact_value(value.imag)


def number_of(parts: tuple[Fraction, Fraction]) -> str:
    """The exact text of a rounded complex number.

    >>> number_of((Fraction(0.7071067811865476), Fraction(-0.5)))
    '(1/2*sqrt(2)) + (-1/2)*i'

    Raises:
        UnreadError: the number stands for nothing simple.
    """
    real, imaginary = (_real(part) for part in parts)
    if real is not None and imaginary is not None:
        return real if imaginary == "0" else f"{imaginary}*i" if real == "0" else f"{real} + {imaginary}*i"
    square = (parts[0] ** 2 + parts[1] ** 2).limit_denominator(MAX_DENOMINATOR)
    turns = (exact_value(atan2(*_rounded(parts[::-1]))) / exact_value(pi)).limit_denominator(MAX_FOLD // 2)
    length = _rounded((square,))[0] ** (1 / 2)
    close = (abs(exact_value(length * cos(pi * t)) - part) for t, part in (
        (_rounded((turns,))[0], parts[0]), (_rounded((turns - Fraction(1, 2),))[0], parts[1])))  # fmt: skip
    if any(error > TOLERANCE for error in close):
        raise UnreadError("a matrix with an entry that is nothing simple")
    return f"{square_root(square).text}*({cosine(turns).text} + i*{sine(turns).text})"


def simple_cosine(half: Fraction) -> tuple[str, str, Fraction] | None:
    """Texts of cosine and sine of an angle minus a multiple of pi/8, and that multiple in units of pi.

    >>> from math import acos
    >>> simple_cosine(Fraction(acos((2 / 3) ** 0.5)))
    ('(1/3*sqrt(6))', '(1/3*sqrt(3))', Fraction(0, 1))
    """
    for k in range(4):
        rest = _rounded((half,))[0] - k * pi / 8
        c, s = exact_value(cos(rest)), exact_value(cos(rest - pi / 2))
        square = (c * c).limit_denominator(MAX_DENOMINATOR)
        if 0 < square < 1 and _is_root(c, square) and _is_root(s, 1 - square):
            return _signed_root(c, square), _signed_root(s, 1 - square), Fraction(k, 8)
    return None


def _is_root(value: Fraction, square: Fraction) -> bool:
    """Whether the absolute value is the square root up to rounding."""
    low, high = max(abs(value) - TOLERANCE, Fraction(0)), abs(value) + TOLERANCE
    return low * low <= square <= high * high


def _signed_root(value: Fraction, square: Fraction) -> str:
    root = square_root(square).text
    return root if value > 0 else f"(-{root})"


def _real(value: Fraction) -> str | None:
    if abs(value) <= TOLERANCE:
        return "0"
    simple = value.limit_denominator(MAX_DENOMINATOR)
    if abs(simple - value) <= TOLERANCE:
        return rational_text(simple)
    square = (value * value).limit_denominator(MAX_DENOMINATOR)
    return _signed_root(value, square) if square and _is_root(value, square) else None


def _rounded(values: Sequence[Fraction]) -> tuple[Any, ...]:
    return tuple(value.numerator / value.denominator for value in values)


def _unit(qubit: int, row: int, column: int) -> str:
    """|row><column| on one qubit."""
    if row == column:
        return f"1/2*(1 {'-' if row else '+'} Z{{{qubit}}})"
    return f"1/2*(X{{{qubit}}} {'-' if row else '+'} i*Y{{{qubit}}})"
