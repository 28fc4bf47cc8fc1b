"""Exact angles of Qiskit gates: what a float stands for, and which parameter expressions are polynomials.

A float is read as a multiple of pi or as a simple fraction if it is one up to rounding, and as its exact binary value
otherwise. Floats that are simple fractions of each other up to rounding are tied. What was identified is kept.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from math import pi, ulp
from typing import Any

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ParameterExpression
from qiskit.exceptions import QiskitError

from eqcompile.circuits.angle import ExactAngle, Monomial
from eqcompile.errors import BackendError
from eqcompile.readers.expressions import (
    ExpressionReader,
    NoExactFormError,
    Polynomial,
    real_number,
    shown,
    without_zeros,
)
from eqcompile.readers.readings import Readings

PI_TOLERANCE = 1e-14
"""Error of an angle that comes from some sums and products of floats; absolute below one radian, relative above."""

MAX_PI_DENOMINATOR = 360
"""Denominator of a multiple of pi that is recognised in a float. Beyond it, weaker: only powers of two are
recognised; any other float is an independent number."""

MAX_PI_BINARY = 1 << 20
"""Power of two as the denominator of a multiple of pi that is recognised, as Fourier transforms need. Beyond it,
weaker: the float is an independent number."""

ULPS = 4
"""Rounding errors, in units in the last place, that a ratio or a decimal fraction may carry."""

MAX_FRACTION = 1000
"""Denominator of a decimal fraction that is recognised in a float. Beyond it, weaker: the float is an independent
number."""

MAX_RATIO = 64
"""Numerator and denominator of the ratio of two floats that are tied to each other. Beyond it, weaker: the float is
an independent number."""

MAX_SHIFTED = 64
"""Earlier floats of a circuit to which a float may be tied with added quarter turns. Beyond it, weaker: a float is
tied only to the first ones; any other is an independent number."""

MAX_QUARTERS = 16
"""Quarter turns between two floats that are tied to each other. Beyond it, weaker: the float is an independent
number."""

RATIOS = np.array([1.0, -1.0, 2.0, -2.0, 0.5, -0.5])
"""Ratios of two floats that are looked for together with quarter turns. Transpilers add these to the angles that they
are given; sums with few of them are recognised."""

MAX_RADIANS = 20
"""Radians added to a multiple of pi in a sum that is recognised in a float. Beyond it, weaker: the float is an
independent number."""

MAX_MIXED = 20
"""Denominator of the radians added to a multiple of pi in a sum that is recognised in a float. Beyond it, weaker: the
float is an independent number."""

MIXED_DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24)
"""Denominators that are looked for in sums of a number and a multiple of pi: of radians, and of half turns. The sums
lie 1e-5 apart on average, so one is within rounding of another number by chance less often than once in 10^8."""

CHECK_TOLERANCE = 1e-9
"""Allowed between a polynomial and Qiskit's value of the expression: far above rounding, far below a misreading."""


class AngleReader:
    """Reads all angles of one circuit; keeps which floats are tied, and what was identified.

    Attributes:
        readings: what floats were read as.

    >>> from qiskit.circuit import Parameter
    >>> AngleReader().angle(2 * Parameter("a") / 3 + 1.5707963267948966)
    2/3*a + 1/2*pi
    """

    def __init__(self) -> None:
        self._bases: NDArray[np.float64] = np.empty(0)
        self._known: dict[float, Polynomial] = {}
        self.readings = Readings()
        self._parameters: dict[str, Any] = {}
        self._expressions = ExpressionReader(self._number)

    @property
    def literals(self) -> tuple[float, ...]:
        """Floats that stand for nothing simple: they are taken as their exact binary values."""
        return tuple(self._bases.tolist())

    @property
    def notes(self) -> tuple[str, ...]:
        """What was identified, one line for each kind."""
        return self.readings.notes

    @property
    def symbols_met(self) -> frozenset[str]:
        """Declared symbols whose expressions occur in the circuit."""
        return frozenset(self._expressions.met)

    def declare(self, symbol: str, expression: ParameterExpression, names: Mapping[str, str]) -> None:
        """Read an expression as a separate parameter; see :meth:`ExpressionReader.declare`."""
        self._expressions.declare(symbol, expression, names)

    def angle(self, value: object) -> ExactAngle:
        """The exact form of a gate parameter.

        Raises:
            NoExactFormError: the expression is not a polynomial.
            BackendError: the number is not finite or not real.
        """
        if isinstance(value, ParameterExpression) and value.parameters:
            return _as_angle(self._checked_polynomial(value))
        return _as_angle(self._constant(real_number(value)))

    def _constant(self, value: float) -> Polynomial:
        if value and abs(value) <= PI_TOLERANCE:
            self._identify("an angle below the rounding of one radian is zero", value, "0")
            return {}
        return self._number(value)

    def _number(self, value: float) -> Polynomial:
        """A float as a fraction, or as a fraction of pi."""
        exact = Fraction(value)
        if exact.denominator <= MAX_FRACTION:
            return without_zeros({((), 0): exact})
        if (multiple := multiple_of_pi(value)) is not None:
            if float(multiple) * pi != value:
                self._identify("a float is a multiple of pi up to rounding", value, f"{multiple}*pi")
            return {((), 1): multiple}
        if (fraction := near_fraction(value, MAX_FRACTION)) is not None:
            if float(fraction) != value:
                self._identify("a float is a fraction up to rounding", value, str(fraction))
            return {((), 0): fraction}
        if (pair := radians_and_turns(value)) is not None:
            radians, turns = pair
            self._identify("a float is a fraction plus a multiple of pi", value, f"{radians} + {turns}*pi")
            return {((), 0): radians, ((), 1): turns}
        return self._tied(value)

    def _tied(self, value: float) -> Polynomial:
        if value not in self._known:
            self._known[value] = self._as_multiple(value) or self._as_shifted(value) or self._new(value)
        return self._known[value]

    def _as_multiple(self, value: float) -> Polynomial | None:
        """The float as a simple fraction of an earlier one."""
        denominators = np.arange(1, MAX_RATIO + 1)[:, None]
        numerators = np.rint(denominators * (value / self._bases))
        close = np.abs(value - numerators / denominators * self._bases) <= rounding(value)
        for row, column in np.argwhere(close & (numerators != 0) & (np.abs(numerators) <= MAX_RATIO)):
            base, ratio = float(self._bases[column]), Fraction(int(numerators[row, column]), int(row) + 1)
            if ratio * Fraction(base) != Fraction(value):
                self._identify("floats are tied up to rounding", value, f"{ratio}*{base!r}")
            return {((), 0): ratio * Fraction(base)}
        return None

    def _as_shifted(self, value: float) -> Polynomial | None:
        """The float as an earlier one, its double, its half or a negative of these, plus quarter turns."""
        multiples = np.multiply.outer(RATIOS, self._bases[:MAX_SHIFTED])
        quarters = np.rint((value - multiples) * 2 / pi)
        close = np.abs(value - multiples - quarters * pi / 2) <= rounding(value)
        for row, column in np.argwhere(close & (quarters != 0) & (np.abs(quarters) <= MAX_QUARTERS)):
            base, ratio = float(self._bases[column]), Fraction(float(RATIOS[row]))
            turns = Fraction(int(quarters[row, column]), 2)
            self._identify("floats are tied up to multiples of pi", value, f"{ratio}*{base!r} + {turns}*pi")
            return {((), 0): ratio * Fraction(base), ((), 1): turns}
        return None

    def _new(self, value: float) -> Polynomial:
        self._bases = np.append(self._bases, value)
        return {((), 0): Fraction(value)}

    def _identify(self, kind: str, value: float, form: str) -> None:
        self.readings.note(kind, repr(value), form)

    def _checked_polynomial(self, expression: Any) -> Polynomial:
        for parameter in expression.parameters:
            if self._parameters.setdefault(parameter.name, parameter) != parameter:
                raise BackendError(
                    f"two different parameters are both called {parameter.name!r}; rename one of them"
                )
        polynomial = self._expressions.polynomial(expression)
        values = {
            p: 0.7 + 0.37 * k for k, p in enumerate(sorted(expression.parameters, key=lambda p: p.name))
        }
        try:
            expected = real_number(expression.bind(values))
            found = self._expressions.evaluated(polynomial, {p.name: value for p, value in values.items()})
        except (QiskitError, TypeError, ValueError) as error:
            raise NoExactFormError(
                f"the expression {shown(expression)} has no value: {shown(error)}"
            ) from None
        if not abs(found - expected) <= CHECK_TOLERANCE * (1 + abs(expected)):
            raise NoExactFormError(f"the expression {shown(expression)} was not understood")
        constant = polynomial.get(((), 0), Fraction(0))
        if 0 < abs(constant) <= PI_TOLERANCE:  # a residue where a transpiler adds and subtracts
            polynomial = {key: value for key, value in polynomial.items() if key != ((), 0)}
            polynomial |= self._constant(float(constant))
        return polynomial


def _as_angle(polynomial: Polynomial) -> ExactAngle:
    """Powers of pi stay symbols only in the constant term. Next to a parameter they are floats, tied to pi."""
    terms: dict[Monomial, Fraction] = {}
    for (monomial, power), value in polynomial.items():
        if (monomial, power) != ((), 1):
            terms[monomial] = terms.get(monomial, Fraction(0)) + value * Fraction(pi) ** power
    return ExactAngle.of(terms, polynomial.get(((), 1), Fraction(0)))


def multiple_of_pi(value: float) -> Fraction | None:
    """The simple fraction of pi that a float stands for, or ``None``.

    >>> multiple_of_pi(0.7853981633974483), multiple_of_pi(0.7853981633)
    (Fraction(1, 4), None)
    """
    turns = Fraction(value / pi)
    for candidate in (
        turns.limit_denominator(MAX_PI_DENOMINATOR),
        Fraction(round(turns * MAX_PI_BINARY), MAX_PI_BINARY),
    ):
        if candidate and abs(float(candidate) * pi - value) <= rounding(value):
            return candidate
    return None


def radians_and_turns(value: float) -> tuple[Fraction, Fraction] | None:
    """The simple fraction and the simple multiple of pi whose sum a float is, up to rounding; neither is zero.

    >>> radians_and_turns(3 * pi - 1.2), radians_and_turns(3 * pi - 1.2000000001)
    ((Fraction(-6, 5), Fraction(3, 1)), None)
    """
    turns, floats = _turns()
    rest, denominators = value - floats, np.arange(1, MAX_MIXED + 1)[:, None]
    numerators = np.rint(denominators * rest)
    close = np.abs(rest - numerators / denominators) <= rounding(value)
    for row, column in np.argwhere(close & (numerators != 0) & (np.abs(rest) <= MAX_RADIANS)):
        return Fraction(int(numerators[row, column]), int(row) + 1), turns[column]
    return None


def rounding(value: float) -> float:
    """The error that a number may carry, never more than 1e-12 of it: the number may be the factor of a parameter."""
    return PI_TOLERANCE * max(min(1.0, 100 * abs(value)), abs(value))


@cache
def _turns() -> tuple[list[Fraction], NDArray[np.float64]]:
    found = sorted({Fraction(k, d) for d in MIXED_DENOMINATORS for k in range(-4 * d, 4 * d + 1) if k})
    return found, np.array([float(turn) * pi for turn in found])


def near_fraction(value: float, max_denominator: int) -> Fraction | None:
    """The fraction that a float equals up to rounding, if its denominator is small.

    >>> near_fraction(0.1 + 0.2, 1000), near_fraction(0.30001234, 1000)
    (Fraction(3, 10), None)
    """
    exact = Fraction(value)
    candidate = exact.limit_denominator(max_denominator)
    return candidate if candidate and abs(candidate - exact) <= ULPS * Fraction(ulp(value)) else None
