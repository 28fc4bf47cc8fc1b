r"""Random prime fields in which the numbers of a certificate have a meaning.

The field has p elements with p = 1 modulo N, and so it has a root of unity of order N. Sending :math:`e^{2\pi i/N}` to
it sends every cosine, every square root and i to elements that obey the same equations. What is equal stays equal, and
what is not becomes equal with probability below 2^-100 only.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from random import Random

from eqcompile.errors import EqcompileError, quoted

PRIME_BITS = 160
MAX_ORDER = 1 << 45
"""Order of the roots of unity for all numbers of a certificate; a larger one leaves too few primes of 160 bits. Beyond
it, refused: the certificate is not rechecked; use fewer different fractions of pi."""

MAX_PRIME = 5040
"""Largest prime factor under a square root, because its root is a sum of that many terms; the product's own numbers
have no larger one. Beyond it, refused: the certificate is not rechecked; write the number without that root."""

MILLER_RABIN_ROUNDS = 40
"""A composite number passes with probability below 4^-40."""

_SQUARE_ROOT = re.compile(r"sqrt\((\d{1,12})\)")
_COSINE = re.compile(r"cos\(-?(?:(\d+)(?:/(0*[1-9]\d*))?\*)?pi\)")


@dataclass(frozen=True)
class Field:
    """The field of p elements and a root of unity of the given order, a multiple of 4."""

    p: int
    order: int
    root: int

    @property
    def i(self) -> int:
        """The imaginary unit."""
        return pow(self.root, self.order // 4, self.p)

    @property
    def conjugated(self) -> "Field":
        """The same field, in which every text means the complex conjugate."""
        return Field(self.p, self.order, pow(self.root, -1, self.p))

    def fraction(self, value: Fraction) -> int:
        """A rational number.

        >>> Field(13, 4, 5).fraction(Fraction(1, 2))
        7
        """
        return value.numerator * pow(value.denominator, -1, self.p) % self.p

    def exponential(self, turns: Fraction) -> int:
        r""":math:`e^{2\pi i t}`; the order must be divisible by the denominator."""
        exponent = turns * self.order
        if exponent.denominator != 1:
            raise EqcompileError(f"the field has no root of unity of order {turns.denominator}")
        return pow(self.root, exponent.numerator % self.order, self.p)

    def cosine(self, turns: Fraction) -> int:
        """The cosine of an angle in full turns."""
        return (self.exponential(turns) + self.exponential(-turns)) * pow(2, -1, self.p) % self.p

    def square_root(self, number: int) -> int:
        """The positive square root of a whole number, by Gauss sums over the primes in it."""
        value = 1 if number else 0
        for prime in _small_primes(number):
            value = value * _root_of_prime(self, prime) % self.p
        return value

    def random(self, source: Random) -> int:
        """A random element, not zero."""
        return source.randrange(1, self.p)


@lru_cache(maxsize=4096)
def _root_of_prime(field: Field, prime: int) -> int:
    """The root, by a Gauss sum. It is cached, because a text may repeat a root a hundred thousand times."""
    if prime == 2:
        return (field.exponential(Fraction(1, 8)) + field.exponential(Fraction(-1, 8))) % field.p
    step, total = field.exponential(Fraction(1, prime)), 0
    for k in range(prime):
        total += pow(step, k * k % prime, field.p)
    return total % field.p if prime % 4 == 1 else -field.i * total % field.p


def random_field(order: int, source: Random, bits: int = PRIME_BITS) -> Field:
    """A random prime p = 1 modulo ``order`` of the given length, and a primitive root of unity.

    >>> field = random_field(24, Random(1), bits=40)
    >>> field.square_root(6) ** 2 % field.p, field.i ** 2 % field.p == field.p - 1
    (6, True)
    """
    _require_small(order)
    low = (1 << (bits - 1)) // order
    while True:
        p = source.randrange(low, 2 * low) * order + 1
        if is_prime(p, source):
            break
    primes = set(prime_factors(order))
    while True:
        root = pow(source.randrange(2, p), (p - 1) // order, p)
        if all(pow(root, order // q, p) != 1 for q in primes):
            return Field(p, order, root)


def root_of(field: Field, value: int) -> int | None:
    """A square root in the field, if there is one (Tonelli and Shanks).

    >>> root_of(Field(13, 4, 5), 10) in (6, 7), root_of(Field(13, 4, 5), 2)
    (True, None)
    """
    p = field.p
    if pow(value, (p - 1) // 2, p) != 1:
        return None if value % p else 0
    odd, twos = p - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    other = next(n for n in range(2, p) if pow(n, (p - 1) // 2, p) != 1)
    step, rest, root = pow(other, odd, p), pow(value, odd, p), pow(value, (odd + 1) // 2, p)
    while rest != 1:
        height, square = 0, rest
        while square != 1:
            height, square = height + 1, square * square % p
        factor = pow(step, 1 << (twos - height - 1), p)
        twos, step = height, factor * factor % p
        rest, root = rest * step % p, root * factor % p
    return root


def order_of(texts: Iterable[str]) -> int:
    """The order of the roots of unity that the square roots and cosines in these texts need.

    >>> order_of(["1/2*sqrt(3)*X0", "cos(2/7*pi)"])
    84
    """
    order, seen = 4, set[str]()
    for text in texts:
        for match in _SQUARE_ROOT.finditer(text):
            if match[0] not in seen:
                seen.add(match[0])
                order = lcm(order, *(8 if q == 2 else 4 * q for q in _small_primes(int(match[1]))))
        for match in _COSINE.finditer(text):
            if match[0] not in seen:
                seen.add(match[0])
                _require_short(match[2] or "1")
                order = lcm(order, 2 * int(match[2] or 1))
                _require_small(order)
    return order


def _require_small(order: int) -> None:
    if order > MAX_ORDER:
        raise EqcompileError(f"roots of unity of order {quoted(str(order))} are needed; the limit is 2^45")


def _require_short(digits: str) -> None:
    if len(digits) > MAX_ORDER.bit_length():
        raise EqcompileError(
            f"roots of unity of an order of {len(digits)} digits are needed; the limit is 2^45"
        )


def _small_primes(number: int) -> list[int]:
    """The primes of a number, with multiplicity.

    Raises:
        EqcompileError: a prime is beyond ``MAX_PRIME``.
    """
    found, rest = [], number
    for divisor in range(2, MAX_PRIME + 1):
        if rest == 1 or (divisor * divisor > rest and rest <= MAX_PRIME):
            break
        while rest and rest % divisor == 0:
            found.append(divisor)
            rest //= divisor
    if rest > MAX_PRIME:
        raise EqcompileError(
            f"sqrt({number}) has a prime factor beyond {MAX_PRIME}, which is the limit for square roots"
        )
    return [*found, rest] if rest > 1 else found


def prime_factors(number: int) -> list[int]:
    """The primes of a number, with multiplicity."""
    found, rest, divisor = [], number, 2
    while divisor * divisor <= rest:
        while rest % divisor == 0:
            found.append(divisor)
            rest //= divisor
        divisor += 1
    return [*found, rest] if rest > 1 else found


def is_prime(number: int, source: Random) -> bool:
    """Miller and Rabin's test.

    >>> [n for n in range(2, 30) if is_prime(n, Random(0))]
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
    """
    small = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if number < 38 or any(gcd(number, q) > 1 for q in small):
        return number in small
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(
        _passes(source.randrange(2, number - 1), odd, twos, number) for _ in range(MILLER_RABIN_ROUNDS)
    )


def _passes(base: int, odd: int, twos: int, number: int) -> bool:
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
