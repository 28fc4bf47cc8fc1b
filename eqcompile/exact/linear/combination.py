"""Linear combinations of named vectors with rational coefficients: ``(O1 - O2)/2`` of the sites O1 and O2."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

Combination: TypeAlias = tuple[tuple[int, Fraction], ...]
r"""A vector :math:`\sum_s c_s x_s` as pairs (s, c_s), in the order of the sites and without zeros."""


MAX_COEFFICIENT = 1_000_000
"""Numerator and denominator of a coefficient in a combination of sites. Beyond it, refused: choose other units. What is
proven is about exact numbers, and programs take the nearest doubles: up to here, both agree to nine digits."""


def too_large(vector: Combination) -> Fraction | None:
    """A coefficient beyond `MAX_COEFFICIENT`, if there is one."""
    sizes = ((max(abs(value.numerator), value.denominator), value) for _, value in vector)
    return next((value for size, value in sizes if size > MAX_COEFFICIENT), None)


def combination(coefficients: Mapping[int, Fraction]) -> Combination:
    """The combination with these coefficients, by site.

    >>> combination({1: Fraction(1, 2), 0: Fraction(-1, 2), 2: Fraction(0)})
    ((0, Fraction(-1, 2)), (1, Fraction(1, 2)))
    """
    return tuple(sorted((site, value) for site, value in coefficients.items() if value))


def single(site: int) -> Combination:
    """One site alone, with coefficient one."""
    return ((site, Fraction(1)),)


def negated(vector: Combination) -> Combination:
    """The opposite vector."""
    return tuple((site, -value) for site, value in vector)


def total(vector: Combination) -> Fraction:
    """The sum of the coefficients; where it is zero, a shift of all sites leaves the vector as it is."""
    return sum((value for _, value in vector), start=Fraction(0))


def row_of(vector: Combination, num_sites: int) -> tuple[Fraction, ...]:
    """All coefficients, one for each site.

    >>> [str(value) for value in row_of(((0, Fraction(-1, 2)),), 2)]
    ['-1/2', '0']
    """
    found = dict(vector)
    return tuple(found.get(site, Fraction(0)) for site in range(num_sites))


def combination_text(vector: Combination, names: Sequence[str]) -> str:
    """The combination as a spec writes it; what is added comes before what is subtracted.

    >>> combination_text(((0, Fraction(-1)), (1, Fraction(1, 2)), (2, Fraction(3))), ["O", "A", "B"])
    '1/2*A + 3*B - O'
    """
    text = ""
    for site, value in sorted(vector, key=lambda pair: (pair[1] < 0, pair[0])):
        size = abs(value)
        sign = ("-" if value < 0 else "") if not text else (" - " if value < 0 else " + ")
        text += sign + (names[site] if size == 1 else f"{size}*{names[site]}")
    return text or "0"
