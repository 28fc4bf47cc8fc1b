"""Angles of Qiskit gates, exact: what a float stands for, and which parameter expressions are polynomials.

A float is read as a multiple of pi or as a simple fraction where it is one up to rounding, and as its exact binary
value otherwise; floats that are simple fractions of each other up to rounding are tied. What was identified is kept.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import isfinite, pi, ulp
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from qiskit.circuit import ParameterExpression
from qiskit.exceptions import QiskitError

from eqcompile.circuit.angles import ExactAngle, Monomial
from eqcompile.errors import BackendError, one_line

PI_TOLERANCE = 1e-14
"""Error of an angle, absolute below one radian and relative above, that some sums and products of floats make."""

MAX_PI_DENOMINATOR, MAX_PI_BINARY = 360, 1 << 20
"""Multiples of pi that are recognised; powers of two go further, because Fourier transforms need them."""

ULPS = 4
"""Rounding errors that a ratio, or a decimal fraction, may carry."""

MAX_FRACTION, MAX_RATIO = 1000, 64
"""Decimal fractions have denominators up to 1000; tied floats have ratios of numbers up to 64."""

MAX_EXPRESSION = 80
"""Longer expressions are cut in messages."""

MAX_TERMS = 1000
"""Terms of a polynomial; longer ones come from powers of sums, and no gate has them."""

CHECK_TOLERANCE = 1e-9
"""Between a polynomial and Qiskit's value of the expression: far above rounding, far below a misreading."""

Polynomial: TypeAlias = dict[tuple[Monomial, int], Fraction]
"""Coefficient of each product of parameters and power of pi."""


class NoExactFormError(Exception):
    """An expression or matrix has no exact form; the text says why."""


class AngleReader:
    """Reads all angles of one circuit; keeps which floats are tied, and what was identified.

    >>> from qiskit.circuit import Parameter
    >>> AngleReader().angle(2 * Parameter("a") / 3 + 1.5707963267948966)
    2/3*a + 1/2*pi
    """

    def __init__(self) -> None:
        self._bases: NDArray[np.float64] = np.empty(0)
        self._known: dict[float, Fraction] = {}
        self._identified: dict[str, dict[str, None]] = {}
        self._parameters: dict[str, Any] = {}

    @property
    def literals(self) -> tuple[float, ...]:
        """Floats that are nothing simple: taken as their exact binary values."""
        return tuple(self._bases.tolist())

    @property
    def notes(self) -> tuple[str, ...]:
        """What was identified, one line for each kind."""
        return tuple(_note(kind, list(examples)) for kind, examples in self._identified.items())

    def angle(self, value: object) -> ExactAngle:
        """The exact form of a gate parameter.

        Raises:
            NoExactFormError: the expression is not a polynomial.
            BackendError: the number is not finite or not real.
        """
        if isinstance(value, ParameterExpression) and value.parameters:
            return _as_angle(self._checked_polynomial(value))
        return _as_angle(self._constant(_real(value)))

    def _constant(self, value: float) -> Polynomial:
        if value and abs(value) <= PI_TOLERANCE:
            self._identify("an angle below the rounding of one radian is zero", value, "0")
            return {}
        return self._number(value)

    def _number(self, value: float) -> Polynomial:
        """A float as a fraction, or as a fraction of pi."""
        exact = Fraction(value)
        if exact.denominator <= MAX_FRACTION:
            return _polynomial({((), 0): exact})
        if (multiple := multiple_of_pi(value)) is not None:
            if float(multiple) * pi != value:
                self._identify("a float is a multiple of pi up to rounding", value, f"{multiple}*pi")
            return {((), 1): multiple}
        if (fraction := near_fraction(value, MAX_FRACTION)) is not None:
            return {((), 0): fraction}
        return {((), 0): self._tied(value)}

    def _tied(self, value: float) -> Fraction:
        if value not in self._known:
            self._known[value] = self._new_literal(value)
        return self._known[value]

    def _new_literal(self, value: float) -> Fraction:
        ratios = value / self._bases
        multiples = np.arange(1, MAX_RATIO + 1)[:, None] * ratios
        close = np.abs(multiples - np.rint(multiples)) <= ULPS * np.spacing(np.abs(multiples))
        for index in np.flatnonzero(close.any(axis=0)):
            ratio = near_fraction(float(ratios[index]), MAX_RATIO)
            if ratio is not None and abs(ratio.numerator) <= MAX_RATIO:
                base = float(self._bases[index])
                if ratio * Fraction(base) != Fraction(value):
                    self._identify("floats are tied up to rounding", value, f"{ratio}*{base!r}")
                return ratio * Fraction(base)
        self._bases = np.append(self._bases, value)
        return Fraction(value)

    def _identify(self, kind: str, value: float, form: str) -> None:
        self._identified.setdefault(kind, {})[f"{value!r} = {form}"] = None

    def _checked_polynomial(self, expression: Any) -> Polynomial:
        for parameter in expression.parameters:
            if self._parameters.setdefault(parameter.name, parameter) != parameter:
                raise BackendError(
                    f"two different parameters are both called {parameter.name!r}; rename one of them"
                )
        polynomial = self._polynomial(expression)
        values = {
            p: 0.7 + 0.37 * k for k, p in enumerate(sorted(expression.parameters, key=lambda p: p.name))
        }
        try:
            expected = _real(expression.bind(values))
        except (QiskitError, TypeError, ValueError) as error:
            raise NoExactFormError(
                f"the expression {_shown(expression)} has no value: {_shown(error)}"
            ) from None
        found = evaluated(polynomial, {p.name: value for p, value in values.items()})
        if not abs(found - expected) <= CHECK_TOLERANCE * (1 + abs(expected)):
            raise NoExactFormError(f"the expression {_shown(expression)} was not understood")
        constant = polynomial.get(((), 0), Fraction(0))
        if 0 < abs(constant) <= PI_TOLERANCE:  # what is left where a transpiler adds and subtracts
            polynomial = {key: value for key, value in polynomial.items() if key != ((), 0)}
            polynomial |= self._constant(float(constant))
        return polynomial

    def _polynomial(self, value: Any) -> Polynomial:
        """Follow the operations that made the expression; each works on the results before it."""
        if not isinstance(value, ParameterExpression):
            return self._number(_real(value))
        if not value.parameters:
            return self._number(_real(value))
        if hasattr(value, "uuid"):
            return {((value.name,), 0): Fraction(1)}
        stack: list[Polynomial] = []
        for step in value._qpy_replay:
            # Operands that are not given are earlier results, the right one on top.
            right = self._operand(step.rhs, stack) if step.rhs is not None else None
            operation = str(step.op).rpartition(".")[2]
            if right is None and operation in _BINARY:
                right = _pop(stack, value)
            left = self._operand(step.lhs, stack) if step.lhs is not None else _pop(stack, value)
            stack.append(_applied(operation, left, right, value))
        if len(stack) != 1:
            raise NoExactFormError(f"the expression {_shown(value)} was not understood")
        return stack[0]

    def _operand(self, operand: Any, stack: list[Polynomial]) -> Polynomial:
        return self._polynomial(operand)


_BINARY = ("ADD", "SUB", "MUL", "DIV", "POW", "RSUB", "RDIV", "RPOW")


def _pop(stack: list[Polynomial], expression: object) -> Polynomial:
    if not stack:
        raise NoExactFormError(f"the expression {_shown(expression)} was not understood")
    return stack.pop()


def _applied(operation: str, left: Polynomial, right: Polynomial | None, expression: object) -> Polynomial:
    if operation in ("CONJ", "CONJUGATE") and right is None:
        return left  # parameters are real
    if right is None or operation not in _BINARY:
        raise NoExactFormError(f"the angle {_shown(expression)} is no polynomial in its parameters")
    if operation.startswith("R"):
        operation, left, right = operation[1:], right, left
    if operation == "ADD":
        return _sum(left, right, 1)
    if operation == "SUB":
        return _sum(left, right, -1)
    if operation == "MUL":
        return _product(left, right)
    if operation == "DIV":
        return _product(left, _inverse(right, expression))
    return _power(left, right, expression)


def _polynomial(terms: Polynomial) -> Polynomial:
    return {key: value for key, value in terms.items() if value}


def _sum(left: Polynomial, right: Polynomial, sign: int) -> Polynomial:
    out = dict(left)
    for key, value in right.items():
        out[key] = out.get(key, Fraction(0)) + sign * value
    return _polynomial(out)


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) * len(right) > MAX_TERMS:
        raise NoExactFormError(f"the angle is a polynomial of more than {MAX_TERMS} terms")
    out: Polynomial = {}
    for (a, k), x in left.items():
        for (b, m), y in right.items():
            key = tuple(sorted((*a, *b))), k + m
            out[key] = out.get(key, Fraction(0)) + x * y
    return _polynomial(out)


def _inverse(divisor: Polynomial, expression: object) -> Polynomial:
    if len(divisor) != 1 or next(iter(divisor))[0]:
        raise NoExactFormError(f"the angle {_shown(expression)} is no polynomial in its parameters")
    (((_, power), value),) = divisor.items()
    return {((), -power): 1 / value}


def _power(base: Polynomial, exponent: Polynomial, expression: object) -> Polynomial:
    whole = exponent.get(((), 0), Fraction(0))
    if exponent.keys() - {((), 0)} or whole.denominator != 1 or not 0 <= whole <= MAX_TERMS:
        raise NoExactFormError(f"the angle {_shown(expression)} is no polynomial in its parameters")
    out: Polynomial = {((), 0): Fraction(1)}
    for _ in range(int(whole)):
        out = _product(out, base)
    return out


def _as_angle(polynomial: Polynomial) -> ExactAngle:
    """Powers of pi stay symbols in the constant term alone; beside a parameter they are floats, tied to pi."""
    terms: dict[Monomial, Fraction] = {}
    for (monomial, power), value in polynomial.items():
        if (monomial, power) != ((), 1):
            terms[monomial] = terms.get(monomial, Fraction(0)) + value * Fraction(pi) ** power
    return ExactAngle.of(terms, polynomial.get(((), 1), Fraction(0)))


def evaluated(polynomial: Polynomial, values: Mapping[str, float]) -> float:
    """The value of a polynomial, rounded."""
    total = 0.0
    for (monomial, power), coefficient in polynomial.items():
        total += float(coefficient) * pi**power * float(np.prod([values[name] for name in monomial]))
    return total


def multiple_of_pi(value: float) -> Fraction | None:
    """The simple fraction of pi that a float stands for, if it does.

    >>> multiple_of_pi(0.7853981633974483), multiple_of_pi(0.7853981633)
    (Fraction(1, 4), None)
    """
    tolerance = PI_TOLERANCE * max(1.0, abs(value))
    turns = Fraction(value / pi)
    for candidate in (
        turns.limit_denominator(MAX_PI_DENOMINATOR),
        Fraction(round(turns * MAX_PI_BINARY), MAX_PI_BINARY),
    ):
        if candidate and abs(float(candidate) * pi - value) <= tolerance:
            return candidate
    return None


def near_fraction(value: float, max_denominator: int) -> Fraction | None:
    """The fraction that a float is up to rounding, if its denominator is small.

    >>> near_fraction(0.1 + 0.2, 1000), near_fraction(0.30001234, 1000)
    (Fraction(3, 10), None)
    """
    exact = Fraction(value)
    candidate = exact.limit_denominator(max_denominator)
    return candidate if candidate and abs(candidate - exact) <= ULPS * Fraction(ulp(value)) else None


def _real(value: Any) -> float:
    try:
        number = complex(value)
    except (TypeError, ValueError, RuntimeError):
        raise BackendError(f"the gate parameter {_shown(repr(value))} is not a number") from None
    if number.imag or not isfinite(number.real):
        raise BackendError(f"the gate parameter {_shown(repr(value))} is not a finite real number")
    return number.real


def _shown(expression: object) -> str:
    """The text of an expression, on one line and cut."""
    text = one_line(str(expression))
    return text if len(text) <= MAX_EXPRESSION else text[:MAX_EXPRESSION] + "..."


def _note(kind: str, examples: list[str]) -> str:
    shown = ", ".join(examples[:3])
    return f"{kind}: {shown}" + (f" and {len(examples) - 3} more" if len(examples) > 3 else "")
