"""Gaussian rationals: exact complex numbers x + y i with rational x and y."""

from fractions import Fraction
from typing import Any, final

from flint import fmpq, fmpz


@final
class GaussianRational:
    """The number x + y i.

    Made from rationals by :meth:`new`; arithmetic takes rationals, whole numbers and fractions on either side, and
    leaves what it does not know, such as cyclotomic numbers, to the other operand.

    >>> half = GaussianRational.new(fmpq(1, 2), fmpq(1))
    >>> half * half, 1 / half, half - Fraction(1, 2)
    (QQ_I(-3/4, 1), QQ_I(2/5, -4/5), QQ_I(0, 1))
    """

    __slots__ = ("x", "y")

    def __init__(self, x: fmpq, y: fmpq) -> None:
        self.x, self.y = x, y

    @classmethod
    def new(cls, x: fmpq, y: fmpq) -> "GaussianRational":
        """The number with this real and imaginary part."""
        return cls(x, y)

    def __add__(self, other: Any) -> Any:
        if type(other) is GaussianRational:
            return GaussianRational(self.x + other.x, self.y + other.y)
        value = _rational(other)
        return NotImplemented if value is None else GaussianRational(self.x + value, self.y)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if type(other) is GaussianRational:
            return GaussianRational(self.x - other.x, self.y - other.y)
        value = _rational(other)
        return NotImplemented if value is None else GaussianRational(self.x - value, self.y)

    def __rsub__(self, other: Any) -> Any:
        value = _rational(other)
        return NotImplemented if value is None else GaussianRational(value - self.x, -self.y)

    def __mul__(self, other: Any) -> Any:
        x, y = self.x, self.y
        if type(other) is GaussianRational:
            a, b = other.x, other.y
            if not y and not b:
                return GaussianRational(x * a, y)
            return GaussianRational(x * a - y * b, x * b + y * a)
        value = _rational(other)
        return NotImplemented if value is None else GaussianRational(x * value, y * value)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        if type(other) is GaussianRational:
            return self * other._inverse()
        value = _rational(other)
        return NotImplemented if value is None else GaussianRational(self.x / value, self.y / value)

    def __rtruediv__(self, other: Any) -> Any:
        value = _rational(other)
        return NotImplemented if value is None else self._inverse() * value

    def __pow__(self, exponent: int) -> Any:
        if not isinstance(exponent, int):
            return NotImplemented
        square = self if exponent >= 0 else self._inverse()
        result = GaussianRational(fmpq(1), fmpq(0))
        rest = abs(exponent)
        while rest:
            if rest & 1:
                result = result * square
            rest >>= 1
            if rest:
                square = square * square
        return result

    def __neg__(self) -> "GaussianRational":
        return GaussianRational(-self.x, -self.y)

    def __pos__(self) -> "GaussianRational":
        return self

    def __bool__(self) -> bool:
        return bool(self.x) or bool(self.y)

    def __eq__(self, other: object) -> bool:
        if type(other) is not GaussianRational:
            return NotImplemented
        return bool(self.x == other.x and self.y == other.y)

    def __hash__(self) -> int:
        return hash((self.x, self.y))

    def __repr__(self) -> str:
        return f"QQ_I({self.x}, {self.y})"

    def __str__(self) -> str:
        """As a sum with SymPy's ``I``, such as ``1/2 - 3*I/4``."""
        if not self.y:
            return str(self.x)
        size, below = abs(self.y.numerator), self.y.denominator
        imaginary = ("I" if size == 1 else f"{size}*I") + ("" if below == 1 else f"/{below}")
        if not self.x:
            return imaginary if self.y > 0 else f"-{imaginary}"
        return f"{self.x} {'+' if self.y > 0 else '-'} {imaginary}"

    def _inverse(self) -> "GaussianRational":
        square = self.x * self.x + self.y * self.y
        if not square:
            raise ZeroDivisionError("division by zero")
        return GaussianRational(self.x / square, -self.y / square)


def _rational(value: Any) -> fmpq | int | None:
    """A rational of any type; ``None`` for anything else, floats included."""
    if isinstance(value, fmpq | int):
        return value
    if isinstance(value, fmpz):
        return fmpq(value)
    return fmpq(value.numerator, value.denominator) if isinstance(value, Fraction) else None
