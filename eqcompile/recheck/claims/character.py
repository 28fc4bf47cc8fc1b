"""Phases that a certificate names, compared with those that are found over a field."""

from eqcompile.errors import quoted
from eqcompile.recheck.algebra.field import Field, prime_factors
from eqcompile.recheck.algebra.text import number

MAX_ORDER = 360
"""Largest order of a root of unity that needs a name. Beyond it, weaker: a certificate may leave the phase without a
name."""

MAX_PART = 1 << 20
"""Numerator and denominator of a fraction that needs a name. Beyond it, weaker: a certificate may leave the rate of a
phase without a name."""


def misnamed(name: object, found: int, continuous: bool, field: Field) -> str:
    """Why the name of a character does not fit; empty if it does.

    Args:
        name: exact text of the phase; ``None`` for a phase without a name.
        found: the phase of a single element, or the rate of a one-parameter group.
        continuous: which of the two.
        field: field in which it was found.
    """
    if name is None:
        named = is_small_fraction(found, field) if continuous else is_root_of_unity(found, field)
        return "the character has a name, and the certificate gives none" if named else ""
    return "" if number(str(name), field) == found % field.p else f"the character is not {quoted(str(name))}"


def is_trivial(found: int, continuous: bool) -> bool:
    """Whether the phase is one, or its rate zero."""
    return found == (0 if continuous else 1)


def is_root_of_unity(value: int, field: Field) -> bool:
    """Whether a field element is a root of unity of a small order that the field was made to contain.

    >>> is_root_of_unity(5, Field(13, 4, 5)), is_root_of_unity(2, Field(13, 4, 5))
    (True, False)
    """
    if pow(value, field.order, field.p) != 1:
        return False
    order = field.order
    for prime in prime_factors(order):
        if order % prime == 0 and pow(value, order // prime, field.p) == 1:
            order //= prime
    return order <= MAX_ORDER


def is_small_fraction(value: int, field: Field) -> bool:
    """Whether a field element is a fraction of small numbers (Wang's reconstruction)."""
    a, b, u, v = field.p, value % field.p, 0, 1
    while b > MAX_PART:
        quotient = a // b
        a, b, u, v = b, a - quotient * b, v, u - quotient * v
    return 0 < abs(v) <= MAX_PART
