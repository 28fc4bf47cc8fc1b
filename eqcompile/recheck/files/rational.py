"""Which exact texts are rational numbers: looked up modulo random primes, and reconstructed."""

from fractions import Fraction
from functools import lru_cache
from random import SystemRandom

from eqcompile.errors import EqcompileError
from eqcompile.recheck.algebra.field import Field, order_of, random_field
from eqcompile.recheck.algebra.text import number
from eqcompile.recheck.files.exact_text import rational_text
from eqcompile.recheck.files.unread import UnreadError

NUM_FIELDS = 2
MAX_PART = 1 << 50
"""Numerator and denominator of a fraction that an exact number is simplified to; an irrational number passes for such
a fraction with probability below 2^-100, over two fields. Beyond it, weaker: the number stays as it is written; if
it has to be rational, the spec is not read."""


def rational_of(text: str) -> Fraction | None:
    """The small rational number that an exact text is; ``None`` if it is none.

    >>> rational_of("sqrt(2)*sqrt(2)/6"), rational_of("sqrt(2)")
    (Fraction(1, 3), None)
    """
    if text.isdecimal() and len(text) < 15:
        return Fraction(text)
    try:
        found = {_reconstructed(number(text, f), f.p) for f in _fields(order_of([text]))}
    except (EqcompileError, ValueError) as error:
        raise UnreadError(f"a number ({error})") from None
    return found.pop() if len(found) == 1 else None


def simple(text: str) -> str:
    """The text, or a shorter one if it is rational; a sign comes first, without brackets."""
    value = rational_of(text)
    return text if value is None else str(value)


def factor(text: str) -> str:
    """Like :func:`simple`, but safe inside a product."""
    value = rational_of(text)
    return f"({text})" if value is None else rational_text(value)


@lru_cache(maxsize=64)
def _fields(order: int) -> tuple[Field, ...]:
    source = SystemRandom()
    return tuple(random_field(order, source) for _ in range(NUM_FIELDS))


def _reconstructed(value: int, p: int) -> Fraction | None:
    """Wang's reconstruction: the first remainder of Euclid's algorithm below the bound."""
    a, b, u, v = p, value % p, 0, 1
    while b > MAX_PART:
        quotient = a // b
        a, b, u, v = b, a - quotient * b, v, u - quotient * v
    return Fraction(b, v) if 0 < abs(v) <= MAX_PART else None
