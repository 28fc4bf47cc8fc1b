r"""Angles of gates over a field: every monomial of parameters has its own random exponential.

Products of parameters, pi and 1 are linearly independent over the rationals. Their exponentials therefore obey no
equation but that of the roots of unity: whatever holds at random values holds for all angles.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from random import Random
from typing import Any, TypeAlias

from eqcompile.errors import EqcompileError, quoted
from eqcompile.recheck.algebra.field import Field

Monomial: TypeAlias = tuple[str, ...]

MAX_DIGITS = 1000
"""Digits of a numerator or a denominator; the denominator of the smallest double has 324. Beyond it, refused: the claim
is not rechecked; write the angle as a shorter fraction."""

_RATIONAL = re.compile(rf"[-+]?\d{{1,{MAX_DIGITS}}}(?:/(?!0+\Z)\d{{1,{MAX_DIGITS}}})?", re.ASCII)

MAX_FACTORS = 16
"""Parameters that one term of an angle multiplies. Beyond it, refused: the claim is not rechecked; introduce a
parameter for the product."""

MAX_POWER = 1 << 100
"""A coefficient in an angle times the common denominator of all coefficients. Under this limit, a thousand gates have a
degree below 2^111, and a false claim passes over two fields of 160 bits with probability below 2^-90. Beyond it,
refused: the claim is not rechecked; round the coefficients to simpler fractions."""


@dataclass(frozen=True)
class Angle:
    """A rational combination of monomials, and a multiple of pi."""

    terms: Mapping[Monomial, Fraction]
    pi: Fraction

    def substituted(self, images: Mapping[str, Mapping[str, Fraction]]) -> "Angle":
        """The angle with parameters replaced by linear combinations of parameters."""
        total: dict[Monomial, Fraction] = {}
        for monomial, value in self.terms.items():
            grown: dict[Monomial, Fraction] = {(): value}
            for name in monomial:
                grown = _multiplied(grown, images.get(name, {name: Fraction(1)}))
            for key, part in grown.items():
                total[key] = total.get(key, Fraction(0)) + part
        return Angle({key: value for key, value in total.items() if value}, self.pi)

    @property
    def names(self) -> set[str]:
        """Names of the parameters in it."""
        return {name for monomial in self.terms for name in monomial}


def _multiplied(
    sums: Mapping[Monomial, Fraction], factor: Mapping[str, Fraction]
) -> dict[Monomial, Fraction]:
    out: dict[Monomial, Fraction] = {}
    for monomial, value in sums.items():
        for name, other in factor.items():
            key = tuple(sorted((*monomial, name)))
            out[key] = out.get(key, Fraction(0)) + value * other
    return out


def rational(value: object) -> Fraction:
    """A rational number from its text; powers of ten are not read, because a short one may have any size.

    Raises:
        EqcompileError: the text is not a whole number or a fraction, or has more than ``MAX_DIGITS`` digits.

    >>> rational("-3/8")
    Fraction(-3, 8)
    """
    text = str(value)
    if type(value) not in (str, int) or _RATIONAL.fullmatch(text) is None:
        raise EqcompileError(
            f"{quoted(text)} is not a number such as 3/8, of at most {MAX_DIGITS} digits above and below"
        )
    return Fraction(text)


def angle_of(data: Sequence[Any]) -> Angle:
    """An angle from its plain data: ``[[[["a"], "1/2"]], "1/4"]`` is a/2 + pi/4."""
    terms: dict[Monomial, Fraction] = {}
    for names, value in data[0]:
        if len(names) > MAX_FACTORS:
            raise EqcompileError(f"an angle with a product of {len(names)} parameters")
        key = tuple(sorted(str(name) for name in names))
        terms[key] = terms.get(key, Fraction(0)) + rational(value)
    return Angle({key: value for key, value in terms.items() if value}, rational(data[1]))


class Point:
    """Random values: one exponential for every monomial, one value for every parameter.

    Args:
        field: field in which the values lie.
        source: source of randomness.
        angles: all angles that will be asked for.
    """

    def __init__(self, field: Field, source: Random, angles: Iterable[Angle]) -> None:
        self._field, self._source = field, source
        self._denominators: dict[Monomial, int] = {}
        self._units: dict[Monomial, int] = {}
        self._values: dict[str, int] = {"": 1}
        for angle in angles:
            for monomial, value in angle.terms.items():
                known = self._denominators.get(monomial, 1)
                self._denominators[monomial] = lcm(known, value.denominator)

    def exponential(self, angle: Angle) -> int:
        r""":math:`e^{-i\,\mathrm{angle}/2}`."""
        p, total = self._field.p, self._field.exponential(-angle.pi / 4)
        for monomial, value in angle.terms.items():
            power = value * self._denominators[monomial]
            if abs(power) > MAX_POWER:
                raise EqcompileError(
                    "an angle of more than 100 binary digits, which a field of 160 bits does not decide"
                )
            total = total * pow(self._unit(monomial), int(power), p) % p
        return total

    def whole(self, name: str) -> int:
        r""":math:`e^{-i\,a}` of one parameter."""
        monomial = (name,)
        return pow(self._unit(monomial), 2 * self._denominators.get(monomial, 1), self._field.p)

    def half(self, name: str) -> int:
        r""":math:`e^{-i\,a/2}` of one parameter."""
        monomial = (name,)
        return pow(self._unit(monomial), self._denominators.get(monomial, 1), self._field.p)

    def draw(self, name: str) -> None:
        """Forget the exponential of a parameter and draw another."""
        self._units[name,] = self._field.random(self._source)

    def fix(self, name: str, half: int) -> None:
        r"""Give a parameter its :math:`e^{-i\,a/2}`.

        Raises:
            EqcompileError: the parameter is part of a product, or is divided.
        """
        if any(name in monomial and len(monomial) > 1 for monomial in self._denominators):
            raise EqcompileError("an angle of a vector multiplies another parameter")
        if self._denominators.get((name,), 1) != 1:
            raise EqcompileError("an angle of a vector is divided")
        self._units[name,] = half

    def _unit(self, monomial: Monomial) -> int:
        if monomial not in self._units:
            self._units[monomial] = self._field.random(self._source)
        return self._units[monomial]

    def value(self, name: str) -> int:
        """The value of a parameter, independent of all exponentials; the value of the empty name is one."""
        if name not in self._values:
            self._values[name] = self._field.random(self._source)
        return self._values[name]

    def rate(self, angle: Angle, velocity: Mapping[str, Mapping[str, int]]) -> int:
        """Derivative of the angle when every parameter changes at a rate that is a linear combination of parameters."""
        p, total = self._field.p, 0
        for monomial, coefficient in angle.terms.items():
            for place, name in enumerate(monomial):
                product = self._field.fraction(coefficient)
                for other in monomial[:place] + monomial[place + 1 :]:
                    product = product * self.value(other) % p
                total += product * sum(v * self.value(o) for o, v in velocity.get(name, {}).items())
        return total % p
