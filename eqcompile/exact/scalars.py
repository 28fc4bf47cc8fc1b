"""Exact scalars: Gaussian rationals ``a + b i``, and the rationals that Hermitian operators need.

SymPy's domains ``QQ`` and ``QQ_I`` do the arithmetic, with python-flint underneath.
Everything that knows how a scalar is represented stands in this file.
"""

from fractions import Fraction
from typing import Any, TypeAlias

from sympy.polys.domains import QQ, QQ_I

from eqcompile.errors import DimensionError

Rational: TypeAlias = Any
"""Element of SymPy's ``QQ``: exact, hashable, closed under ``+ - * /``."""

Scalar: TypeAlias = Any
"""Element of SymPy's ``QQ_I``, a Gaussian rational."""

ZERO: Scalar = QQ_I(0, 0)
ONE: Scalar = QQ_I(1, 0)
IMAGINARY_UNIT: Scalar = QQ_I(0, 1)

_POWERS_OF_I: tuple[Scalar, ...] = (QQ_I(1, 0), QQ_I(0, 1), QQ_I(-1, 0), QQ_I(0, -1))


def rational(value: object) -> Rational:
    """Read an ``int``, ``Fraction`` or rational element as an exact rational.

    Floats are refused: a number that has been rounded is no longer exact.

    >>> rational(Fraction(1, 3))
    1/3
    """
    if isinstance(value, int):
        return QQ(value)
    if isinstance(value, Fraction):
        return QQ(value.numerator, value.denominator)
    if isinstance(value, QQ.dtype):
        return value
    raise DimensionError(f"{value!r} is not an exact rational number; write it as a fraction")


def scalar(value: object) -> Scalar:
    """Read a rational or a Gaussian rational as a scalar.

    >>> scalar(2) * IMAGINARY_UNIT == QQ_I(0, 2)
    True
    """
    if isinstance(value, QQ_I.dtype):
        return value
    return QQ_I.dtype.new(rational(value), QQ(0))


def conjugate(value: Scalar) -> Scalar:
    """Complex conjugate."""
    return QQ_I.dtype.new(value.x, -value.y)


def is_real(value: Scalar) -> bool:
    """Whether the imaginary part is exactly zero."""
    return not value.y


def real_part(value: Scalar) -> Rational:
    """Real part, as a rational."""
    return value.x


def imaginary_part(value: Scalar) -> Rational:
    """Imaginary part, as a rational."""
    return value.y


def times_power_of_i(value: Scalar, exponent: int) -> Scalar:
    """``value * i**exponent``."""
    exponent %= 4
    return value if exponent == 0 else value * _POWERS_OF_I[exponent]


def to_fraction(value: Rational) -> Fraction:
    """The same rational as a standard-library ``Fraction``."""
    return Fraction(int(value.numerator), int(value.denominator))


def to_complex(value: Scalar) -> complex:
    """Nearest double-precision complex number; for back ends only.

    >>> to_complex(QQ_I(1, 2) / QQ_I(2, 0))
    (0.5+1j)
    """
    return complex(float(to_fraction(value.x)), float(to_fraction(value.y)))


def format_scalar(value: Scalar) -> str:
    """Text that the operator parser reads back: ``1/2``, ``-3*i``, ``(1/2 + 3*i)``.

    >>> format_scalar(QQ_I(1, -2) / QQ_I(2, 0))
    '(1/2 - i)'
    """
    if is_real(value):
        return str(value.x)
    imaginary = _format_imaginary(value.y)
    if not value.x:
        return imaginary
    sign = " - " if value.y < 0 else " + "
    return f"({value.x}{sign}{imaginary.removeprefix('-')})"


def _format_imaginary(value: Rational) -> str:
    if value == 1:
        return "i"
    if value == -1:
        return "-i"
    return f"{value}*i"
