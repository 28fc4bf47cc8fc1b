r"""Prime fields that hold the roots of unity a model needs, for polynomial identity tests without rounding."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from random import Random

from flint import fmpz

from eqcompile.exact.arithmetic.cyclotomic import Cyclotomic
from eqcompile.exact.arithmetic.cyclotomic_field import prime_factors
from eqcompile.exact.arithmetic.scalars import Number, Real, Scalar, real_part, scalar, to_fraction
from eqcompile.exact.arithmetic.scalars import imaginary_part as imaginary
from eqcompile.exact.operators.pauli import PauliSum

PRIME_BITS = 160
"""Binary digits of a prime, with which degree over p stays below 2^-100 for every model of fewer than 2^59 gates."""

Vector = tuple[int, int, int]


def prime_with_root(order: int, source: Random, bits: int = PRIME_BITS) -> int:
    """A random prime p = 1 mod ``order`` of the given length: its field has all roots of unity of that order.

    >>> prime_with_root(12, Random(1), bits=20) % 12
    1
    """
    while True:
        smallest = (1 << (bits - 1)) // order + 1
        candidate = source.randrange(smallest, 2 * smallest - 1) * order + 1
        if fmpz(candidate).is_prime():
            return candidate


def common_order(values: Iterable[Number]) -> int:
    """The least order, a multiple of 4, whose roots of unity express all these numbers."""
    return lcm(4, *(value.order for value in values if isinstance(value, Cyclotomic)))


def coefficients_of(ops: Iterable[PauliSum]) -> Iterable[Scalar]:
    """All coefficients."""
    return (value for op in ops for value in op.terms.values())


@dataclass(frozen=True)
class Field:
    """The prime field of p elements with a fixed primitive root of unity of the given order, a multiple of 4."""

    p: int
    source: Random
    order: int = 4
    root: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self._primitive_root())

    @property
    def i(self) -> int:
        """The square root of -1 that stands for the imaginary unit."""
        return pow(self.root, self.order // 4, self.p)

    def random(self) -> int:
        """A random non-zero element."""
        return self.source.randrange(1, self.p)

    def unit_vector(self) -> Vector:
        """A random point of the sphere n.n = 1, by stereographic projection."""
        while True:
            a, b = self.random(), self.random()
            if denominator := (a * a + b * b + 1) % self.p:
                inverse = pow(denominator, -1, self.p)
                return (
                    2 * a * inverse % self.p,
                    2 * b * inverse % self.p,
                    (a * a + b * b - 1) * inverse % self.p,
                )

    def turn(self, axis: tuple[Real, Real, Real]) -> tuple[Vector, Vector, Vector]:
        """The matrix of a random rotation about an axis of any length, by its quaternion w + v."""
        x, y, z = (self.real(component) for component in axis)
        while True:
            w = self.random()
            if square := (w * w + x * x + y * y + z * z) % self.p:
                s = pow(square, -1, self.p)
                rows = (
                    (w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)),
                    (2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)),
                    (2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z),
                )
                first, second, third = ((a * s % self.p, b * s % self.p, c * s % self.p) for a, b, c in rows)
                return first, second, third

    def fraction(self, value: Fraction) -> int:
        """A rational as a field element."""
        return value.numerator * pow(value.denominator, -1, self.p) % self.p

    def real(self, value: Real) -> int:
        """An exact real number as a field element."""
        return self.scalar(scalar(value))

    def scalar(self, value: Scalar) -> int:
        """An exact number as a field element: the root of unity goes to the fixed root."""
        if isinstance(value, Cyclotomic):
            # Otherwise another number would silently take the root's place.
            assert self.order % value.order == 0
            total, root = 0, pow(self.root, self.order // value.order, self.p)
            for coefficient in reversed(value.polynomial.coeffs()):
                total = (total * root + self.fraction(to_fraction(coefficient))) % self.p
            return total
        parts = (to_fraction(real_part(value)), to_fraction(imaginary(value)))
        return (self.fraction(parts[0]) + self.i * self.fraction(parts[1])) % self.p

    def _primitive_root(self) -> int:
        while True:
            root = pow(self.random(), (self.p - 1) // self.order, self.p)
            if all(pow(root, self.order // q, self.p) != 1 for q in prime_factors(self.order)):
                return root
