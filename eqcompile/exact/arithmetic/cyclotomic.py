r"""Cyclotomic numbers: exact elements of :math:`Q(\zeta_N)`, :math:`\zeta_N = e^{2\pi i/N}`.

By the theorem of Kronecker and Weber these fields contain every number that a finite group's matrices and characters
need: roots of unity, cosines and sines of rational angles, square roots of rationals. Numbers of different N meet in
the field of their least common multiple, and every result goes back to the smallest field that contains it.

Numbers that are Gaussian rationals never stay here: every operation returns them as such. Equal numbers thus have
one form, and equality, hashes and text depend on the number alone.

The types of all exact numbers are here too. Real and complex numbers are kept apart, as their forms are: the rational
1 and the Gaussian rational 1 are different values, and only the former can be compared by size.
"""

from collections.abc import Callable
from fractions import Fraction
from functools import cache, total_ordering
from math import gcd
from operator import add, mul, sub
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, final, overload

from flint import arb, fmpq, fmpq_poly, fmpz

from eqcompile.errors import LimitError
from eqcompile.exact.arithmetic.cyclotomic_field import (
    as_gaussian,
    balls,
    common_order,
    deflated,
    imaginary_unit,
    inverse,
    mean_of_conjugates,
    modulus,
    with_powers,
)

_BITS = (64, 256, 1024, 4096, 16384)
"""Working precisions, tried one after another, for a number that is known not to be zero."""


class RealArithmetic:
    """The operations of a real number: no float takes part, and a ``Fraction`` must first be read by ``rational``.

    Declared only for type checkers. At run time the numbers have their own methods, and nothing is looked up here.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        def __add__(self, other: "Real | int") -> "Real": ...
        def __sub__(self, other: "Real | int") -> "Real": ...
        def __mul__(self, other: "Real | int") -> "Real": ...
        def __truediv__(self, other: "Real | int") -> "Real": ...
        def __radd__(self, other: int) -> "Real": ...
        def __rsub__(self, other: int) -> "Real": ...
        def __rmul__(self, other: int) -> "Real": ...
        def __rtruediv__(self, other: int) -> "Real": ...
        def __pow__(self, exponent: int) -> "Real": ...
        def __neg__(self) -> "Real": ...
        def __pos__(self) -> "Real": ...
        def __abs__(self) -> "Real": ...
        def __lt__(self, other: "Real | int") -> bool: ...
        def __le__(self, other: "Real | int") -> bool: ...
        def __gt__(self, other: "Real | int") -> bool: ...
        def __ge__(self, other: "Real | int") -> bool: ...


class ComplexArithmetic:
    """The operations of a complex number: with a real number on either side, the result is complex."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __add__(self, other: "Number | int | Fraction") -> "Scalar": ...
        def __sub__(self, other: "Number | int | Fraction") -> "Scalar": ...
        def __mul__(self, other: "Number | int | Fraction") -> "Scalar": ...
        def __truediv__(self, other: "Number | int | Fraction") -> "Scalar": ...
        def __radd__(self, other: "Real | int | Fraction") -> "Scalar": ...
        def __rsub__(self, other: "Real | int | Fraction") -> "Scalar": ...
        def __rmul__(self, other: "Real | int | Fraction") -> "Scalar": ...
        def __rtruediv__(self, other: "Real | int | Fraction") -> "Scalar": ...
        def __pow__(self, exponent: int) -> "Scalar": ...
        def __neg__(self) -> "Scalar": ...
        def __pos__(self) -> "Scalar": ...


if TYPE_CHECKING:

    @final
    class Rational(RealArithmetic):
        """FLINT's rational."""

        numerator: fmpz
        denominator: fmpz

        def __init__(self, numerator: int, denominator: int = 1) -> None: ...
        def __neg__(self) -> "Rational": ...
        def __eq__(self, other: object) -> bool: ...
        def __hash__(self) -> int: ...

    @final
    class GaussianRational(ComplexArithmetic):
        """See :mod:`eqcompile.exact.arithmetic.gaussian`."""

        x: Rational
        y: Rational

        @classmethod
        def new(cls, x: Rational, y: Rational) -> "GaussianRational": ...

else:
    from eqcompile.exact.arithmetic.gaussian import GaussianRational

    Rational = fmpq


class Cyclotomic:
    r"""A number :math:`\sum_k c_k \zeta_N^k` that is not a Gaussian rational.

    Made by :func:`root_of_unity` and by arithmetic, never directly.

    Attributes:
        order: N, the smallest multiple of 4 that suffices.
        polynomial: the :math:`c_k`, reduced modulo the N-th cyclotomic polynomial.
    """

    __slots__ = ("_hash", "order", "polynomial")

    def __init__(self, order: int, polynomial: fmpq_poly) -> None:
        self.order = order
        self.polynomial = polynomial
        self._hash: int | None = None

    @property
    def trace(self) -> fmpq:
        """Mean of the Galois conjugates, a rational."""
        return mean_of_conjugates(self.order, self.polynomial)

    def __add__(self, other: Any) -> Any:
        return self._combine(other, add)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._combine(other, sub)

    def __rsub__(self, other: Any) -> Any:
        return self._combine(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._combine(other, mul)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return self._combine(other, mul, invert_other=True)

    def __rtruediv__(self, other: Any) -> Any:
        return type(self)(self.order, inverse(self.order, self.polynomial)) * other

    def __pow__(self, exponent: int) -> Any:
        if not isinstance(exponent, int):
            return NotImplemented
        square: Any = self if exponent >= 0 else 1 / self
        result: Any = fmpq(1) if isinstance(self, RealCyclotomic) else GaussianRational.new(fmpq(1), fmpq(0))
        rest = abs(exponent)
        while rest:
            if rest & 1:
                result = square * result
            rest >>= 1
            if rest:
                square = square * square
        return result

    def __neg__(self) -> Any:
        return type(self)(self.order, -self.polynomial)

    def __pos__(self) -> Any:
        return self

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cyclotomic):
            return False
        return self.order == other.order and bool(self.polynomial == other.polynomial)

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.order, tuple(self.polynomial.coeffs())))
        return self._hash

    def __repr__(self) -> str:
        terms = [f"{c}*E({self.order})^{k}" for k, c in enumerate(self.polynomial.coeffs()) if c]
        return " + ".join(terms)

    def _combine(self, other: Any, operation: Callable[[Any, Any], Any], invert_other: bool = False) -> Any:
        real = isinstance(self, RealCyclotomic)
        order, left = self.order, self.polynomial
        if isinstance(other, Cyclotomic):
            real = real and isinstance(other, RealCyclotomic)
            if other.order == order:
                right = other.polynomial
            else:
                order = common_order(order, other.order)
                left, right = _lifted(self, order), _lifted(other, order)
        elif isinstance(other, GaussianRational):
            real = False
            right = other.x + other.y * imaginary_unit(order)
        elif isinstance(other, fmpq | int):
            right = fmpq_poly([other])
        elif isinstance(other, Fraction):
            right = fmpq_poly([fmpq(other.numerator, other.denominator)])
        else:
            return NotImplemented
        if invert_other:
            right = inverse(order, right)
        return make(order, operation(left, right) % modulus(order), real)


@final
class ComplexCyclotomic(ComplexArithmetic, Cyclotomic):
    """A cyclotomic number used as a complex one; results become Gaussian rationals if they can, never rationals."""

    __slots__ = ()

    def conjugate(self) -> "ComplexCyclotomic":
        """Complex conjugate."""
        return ComplexCyclotomic(self.order, with_powers(self.order, self.polynomial, -1))

    def real_part(self) -> "Real":
        """Half the sum with the conjugate, as a real number."""
        mirrored = with_powers(self.order, self.polynomial, -1)
        return make(self.order, (self.polynomial + mirrored) / 2, real=True)

    def imaginary_part(self) -> "Real":
        """Half the difference from the conjugate, divided by i, as a real number."""
        difference = (self.polynomial - with_powers(self.order, self.polynomial, -1)) / 2
        return make(self.order, -difference * imaginary_unit(self.order) % modulus(self.order), real=True)

    @property
    def is_real(self) -> bool:
        """Whether the number equals its conjugate."""
        return bool(with_powers(self.order, self.polynomial, -1) == self.polynomial)


@final
@total_ordering
class RealCyclotomic(RealArithmetic, Cyclotomic):
    """A cyclotomic number used as a real one: it can be compared, and results become rational if they can."""

    __slots__ = ()

    def conjugate(self) -> "RealCyclotomic":
        """The number itself."""
        return self

    def real_part(self) -> "RealCyclotomic":
        """The number itself."""
        return self

    def imaginary_part(self) -> Rational:
        """Zero."""
        return Rational(0)

    @property
    def is_real(self) -> bool:
        """True."""
        return True

    @property
    def sign(self) -> int:
        """1 or -1: the number is known not to be zero, so enough digits decide."""
        return 1 if self.enclosure(1) > 0 else -1

    def enclosure(self, accurate_bits: int) -> arb:
        """An interval around the number that does not contain zero, with this many binary digits known.

        (A ``__float__`` would let SymPy round the number silently.)
        """
        for bits in _BITS:
            real, _ = balls(self.order, self.polynomial, bits)
            if real.rel_accuracy_bits() >= accurate_bits and not real.contains(0):
                return real
        raise LimitError(f"a number is so close to zero that more than {_BITS[-1]} binary digits are needed")

    @property
    def cosines(self) -> dict[int, fmpq]:
        r"""The nonzero :math:`a_k` of :math:`\sum_k a_k \cos(2\pi k/N)`, :math:`0 \le k < \varphi(N)/2`.

        The number is :math:`\sum_{|k|<h} b_k \zeta^k` with :math:`b_k = b_{-k}` and :math:`h = \varphi(N)/2`;
        times :math:`\zeta^{h-1}` it is a polynomial that needs no reduction, so the :math:`b_k` can be read off.
        """
        half = modulus(self.order).degree() // 2
        shifted = self.polynomial * fmpq_poly([0] * (half - 1) + [1]) % modulus(self.order)
        found = {k: shifted[half - 1 + k] * (2 if k else 1) for k in range(half)}
        return {k: value for k, value in found.items() if value}

    def __abs__(self) -> "Real":
        return self if self.sign > 0 else -self

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, RealCyclotomic | fmpq | int | Fraction):
            return NotImplemented
        difference = self._combine(other, sub)
        return bool(difference.sign < 0 if isinstance(difference, RealCyclotomic) else difference < 0)

    __eq__ = Cyclotomic.__eq__
    __hash__ = Cyclotomic.__hash__


Real: TypeAlias = Rational | RealCyclotomic
"""An exact real number: hashable, ordered, closed under ``+ - * /``."""

Scalar: TypeAlias = GaussianRational | ComplexCyclotomic
"""An exact complex number: hashable, closed under ``+ - * /``; the function ``scalar`` makes a real number complex."""

Number: TypeAlias = Real | Scalar
"""An exact number of either kind."""

RealLike: TypeAlias = Real | int | Fraction
"""What the function ``real`` reads."""

ScalarLike: TypeAlias = Number | int | Fraction
"""What the function ``scalar`` reads."""


def root_of_unity(order: int, exponent: int = 1) -> Scalar:
    r""":math:`e^{2\pi i k/n}`, for k = ``exponent`` and n = ``order``.

    Raises:
        LimitError: the order is beyond ``MAX_ORDER``.

    >>> root_of_unity(4), root_of_unity(8) ** 2, root_of_unity(3) ** 3
    (QQ_I(0, 1), QQ_I(0, 1), QQ_I(1, 0))
    """
    shared = gcd(order, exponent)
    field = common_order(order // shared, 4)
    power = fmpq_poly([0] * (exponent // shared * (field * shared // order) % field) + [1])
    return make(field, power % modulus(field), real=False)


@cache
def gauss_sum(prime: int) -> Scalar:
    r""":math:`\sum_k \zeta_p^{k^2}`: the root of p if p = 1 modulo 4, and i times the root if p = 3 modulo 4.

    Raises:
        LimitError: 4 p is beyond ``MAX_ORDER``.
    """
    field = common_order(prime, 4)
    counts = [0] * field
    for k in range(prime):
        counts[4 * k * k % field] += 1
    return make(field, fmpq_poly(counts) % modulus(field), real=False)


@overload
def make(order: int, polynomial: fmpq_poly, real: Literal[True]) -> Real: ...
@overload
def make(order: int, polynomial: fmpq_poly, real: Literal[False]) -> Scalar: ...
@overload
def make(order: int, polynomial: fmpq_poly, real: bool) -> Number: ...
def make(order: int, polynomial: fmpq_poly, real: bool) -> Number:
    """The number in its unique form: rational or Gaussian rational if it is one, else in its smallest field.

    Args:
        order: N, a multiple of 4.
        polynomial: an element of the field, reduced.
        real: whether the number is known to be real, and wanted as a real number.
    """
    if (gaussian := as_gaussian(order, polynomial)) is not None:
        return gaussian[0] if real else GaussianRational.new(*gaussian)
    order, polynomial = deflated(order, polynomial)
    return (RealCyclotomic if real else ComplexCyclotomic)(order, polynomial)


def _lifted(value: Cyclotomic, order: int) -> fmpq_poly:
    """The number as a polynomial in the root of unity of a multiple of its order."""
    return with_powers(order, value.polynomial, order // value.order)
