"""Exact scalars: Gaussian rationals where they suffice, cyclotomic numbers where a group needs them.

FLINT and :mod:`eqcompile.exact.arithmetic.gaussian` do the rational arithmetic,
:mod:`eqcompile.exact.arithmetic.cyclotomic` does the rest. The two kinds mix freely, and a result that is rational
always has the rational form.

The types ``Real``, ``Scalar`` (complex) and ``Number`` (either) are offered here as well. They are checked: a float, or
a real number where a complex one is needed, is a mypy error. :func:`scalar` makes a real number complex.
"""

from fractions import Fraction
from math import isqrt

from flint import fmpz

from eqcompile.errors import MAX_SHOWN, DimensionError, LimitError
from eqcompile.exact.arithmetic.cyclotomic import (
    ComplexCyclotomic,
    Cyclotomic,
    GaussianRational,
    Rational,
    RealCyclotomic,
    gauss_sum,
    root_of_unity,
)
from eqcompile.exact.arithmetic.cyclotomic import Number as Number
from eqcompile.exact.arithmetic.cyclotomic import Real as Real
from eqcompile.exact.arithmetic.cyclotomic import RealLike as RealLike
from eqcompile.exact.arithmetic.cyclotomic import Scalar as Scalar
from eqcompile.exact.arithmetic.cyclotomic import ScalarLike as ScalarLike
from eqcompile.exact.arithmetic.cyclotomic_field import MAX_ORDER, common_order

ZERO: Scalar = GaussianRational.new(Rational(0), Rational(0))
ONE: Scalar = GaussianRational.new(Rational(1), Rational(0))
IMAGINARY_UNIT: Scalar = GaussianRational.new(Rational(0), Rational(1))

_POWERS_OF_I: tuple[Scalar, ...] = (ONE, IMAGINARY_UNIT, -ONE, -IMAGINARY_UNIT)

_ACCURATE_BITS = 60
"""Binary digits known before a number is rounded to a double: 53 and a few more, so that the last one is right."""


def rational(value: RealLike) -> Rational:
    """Read an ``int``, ``Fraction`` or rational element as an exact rational.

    Floats are refused: a number that has been rounded is no longer exact.

    >>> rational(Fraction(1, 3))
    1/3
    """
    if isinstance(value, int):
        return Rational(value)
    if isinstance(value, Fraction):
        return Rational(value.numerator, value.denominator)
    if isinstance(value, Rational):
        return value
    raise DimensionError(f"{value!r} is not an exact rational number; write it as a fraction")


def real(value: RealLike) -> Real:
    """Read an exact real number: rational, or real cyclotomic.

    >>> real(2), real(square_root(2)) == square_root(2)
    (2, True)
    """
    return value if isinstance(value, RealCyclotomic) else rational(value)


def scalar(value: ScalarLike) -> Scalar:
    """Read an exact real or complex number as a scalar.

    >>> scalar(2) * IMAGINARY_UNIT
    QQ_I(0, 2)
    """
    if isinstance(value, GaussianRational):
        return value
    if isinstance(value, RealCyclotomic):
        return ComplexCyclotomic(value.order, value.polynomial)
    if isinstance(value, ComplexCyclotomic):
        return value
    return GaussianRational.new(rational(value), Rational(0))


def cosine(turns: Fraction) -> Real:
    """Cosine of an angle given in full turns.

    >>> cosine(Fraction(1, 3)), cosine(Fraction(1, 8)) == square_root(Fraction(1, 2))
    (-1/2, True)
    """
    return real_part(root_of_unity(turns.denominator, turns.numerator))


def sine(turns: Fraction) -> Real:
    """Sine of an angle given in full turns."""
    return imaginary_part(root_of_unity(turns.denominator, turns.numerator))


def square_root(value: RealLike) -> Real:
    r"""The non-negative square root of a rational number.

    Every :math:`\sqrt p` is a Gauss sum, :math:`\sum_k \left(\frac{k}{p}\right) \zeta_p^k` up to a power of i.

    Raises:
        DimensionError: the number is negative or not rational.
        LimitError: the square-free part of the number needs roots of unity beyond ``MAX_ORDER``.

    >>> square_root(Fraction(9, 4)), format_scalar(scalar(square_root(12)))
    (3/2, '2*sqrt(3)')
    """
    number = rational(value)
    if number < 0:
        raise DimensionError(f"the square root of {number} is not real")
    whole = int(number.numerator * number.denominator)
    outside, inside = _square_part(whole)
    common_order(4, *(prime if prime > 2 else 8 for prime in inside))  # refuse before the work is done
    root: Real = Rational(outside, int(number.denominator))
    for prime in inside:
        root = root * _root_of_prime(prime)
    return root


def _square_part(whole: int) -> tuple[int, list[int]]:
    """s and the primes of d in ``whole = s^2 d``, d square-free."""
    outside, inside, rest = 1, [], whole
    for prime in filter(_is_prime, range(2, MAX_ORDER // 4 + 1)):
        if isqrt(rest) ** 2 == rest:
            break
        while rest % (prime * prime) == 0:
            rest //= prime * prime
            outside *= prime
        if rest % prime == 0:
            rest //= prime
            inside.append(prime)
    if isqrt(rest) ** 2 != rest:
        raise LimitError(f"the square root of {_short(whole)} needs roots of unity beyond order {MAX_ORDER}")
    return outside * isqrt(rest), inside


def _is_prime(number: int) -> bool:
    return bool(fmpz(number).is_prime())


def _short(whole: int) -> str:
    digits = str(whole)
    return digits if len(digits) <= MAX_SHOWN else f"a number of {len(digits)} digits"


def _root_of_prime(prime: int) -> Real:
    if prime == 2:
        return real_part(root_of_unity(8) + root_of_unity(8, -1))
    return real_part(gauss_sum(prime) if prime % 4 == 1 else gauss_sum(prime) * -IMAGINARY_UNIT)


def conjugate(value: Scalar) -> Scalar:
    """Complex conjugate."""
    if isinstance(value, Cyclotomic):
        return value.conjugate()
    return GaussianRational.new(value.x, -value.y)


def is_real(value: Scalar) -> bool:
    """Whether the imaginary part is exactly zero."""
    return value.is_real if isinstance(value, Cyclotomic) else not value.y


def is_rational(value: Number) -> bool:
    """Whether a real number is rational, or a scalar is a Gaussian rational."""
    return not isinstance(value, Cyclotomic)


def real_part(value: Scalar) -> Real:
    """Real part, as a real number."""
    return value.real_part() if isinstance(value, Cyclotomic) else value.x


def imaginary_part(value: Scalar) -> Real:
    """Imaginary part, as a real number."""
    return value.imaginary_part() if isinstance(value, Cyclotomic) else value.y


def times_power_of_i(value: Scalar, exponent: int) -> Scalar:
    """``value * i**exponent``."""
    exponent %= 4
    return value if exponent == 0 else value * _POWERS_OF_I[exponent]


def to_fraction(value: RealLike) -> Fraction:
    """A rational as a standard-library ``Fraction``.

    Raises:
        DimensionError: the number is irrational.
    """
    number = rational(value)
    return Fraction(int(number.numerator), int(number.denominator))


def to_complex(value: Scalar) -> complex:
    """Nearest double-precision complex number; for back ends only.

    >>> to_complex((1 + 2 * IMAGINARY_UNIT) / 2)
    (0.5+1j)
    """
    return complex(to_float(real_part(value)), to_float(imaginary_part(value)))


def to_float(value: RealLike) -> float:
    """Nearest double-precision number; for back ends only."""
    if isinstance(value, RealCyclotomic):
        return float(value.enclosure(_ACCURATE_BITS))
    return float(to_fraction(value))


def format_scalar(value: Scalar) -> str:
    """Text that the operator parser can read back: ``1/2``, ``-3*i``, ``(1/2 + 3*i)``, ``1/2*sqrt(3)``.

    >>> format_scalar((1 - 2 * IMAGINARY_UNIT) / 2)
    '(1/2 - i)'
    """
    if is_real(value):
        return format_real(real_part(value))
    imaginary = _format_imaginary(imaginary_part(value))
    if not (real_value := real_part(value)):
        return imaginary
    sign = " - " if imaginary.startswith("-") else " + "
    return f"({format_real(real_value)}{sign}{imaginary.removeprefix('-')})"


def format_real(value: Real) -> str:
    """Text of an exact real number: with one square root if it has that form, else as a sum of cosines.

    >>> format_real(cosine(Fraction(1, 5))), format_real(cosine(Fraction(1, 7)))
    ('(-1/4 + 1/4*sqrt(5))', 'cos(2/7*pi)')
    """
    if isinstance(value, Rational):
        return str(value)
    offset = value.trace
    surd = value - offset
    square = surd * surd
    if isinstance(square, Rational):
        terms = ([str(offset)] if offset else []) + [_format_surd(square, surd > 0)]
    else:
        terms = [_format_term(str(c), _format_cosine(value.order, k)) for k, c in value.cosines.items()]
    text = " + ".join(terms).replace("+ -", "- ")
    return f"({text})" if len(terms) > 1 else text


def _format_surd(square: Rational, positive: bool) -> str:
    outside, inside = _square_part(int(square.numerator * square.denominator))
    factor = Rational(outside if positive else -outside, int(square.denominator))
    radicand = 1
    for prime in inside:
        radicand *= prime
    return _format_term(str(factor), f"sqrt({radicand})")


def _format_cosine(order: int, exponent: int) -> str:
    turns = Fraction(2 * exponent, order)
    return f"cos({_format_term(str(turns), 'pi')})" if turns else ""


def _format_term(factor: str, symbol: str) -> str:
    if not symbol:
        return factor
    return {"1": symbol, "-1": f"-{symbol}"}.get(factor, f"{factor}*{symbol}")


def _format_imaginary(value: Real) -> str:
    return _format_term(format_real(value), "i")
