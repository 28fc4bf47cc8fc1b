r"""Qiskit's parameter expressions as polynomials, read by following the operations that made them.

An expression may be declared to be a symbol: wherever the very same operations occur, the symbol stands for them. This
is how the angles of a vector, which are not polynomials in its coordinates, are read in the circuits that we write.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, pi
from typing import Any, TypeAlias

import numpy as np
from qiskit.circuit import ParameterExpression

from eqcompile.circuits.angle import Monomial
from eqcompile.errors import BackendError, one_line

MAX_EXPRESSION = 80
"""Characters of an expression that a message repeats. Beyond it, shortened: the text is cut and ends with dots."""

MAX_TERMS = 1000
"""Terms of an angle as a polynomial in the parameters; longer ones come from powers of sums. Beyond it, weaker: the
gate has no exact form; its defect is measured, and nothing is proven about it."""

Polynomial: TypeAlias = dict[tuple[Monomial, int], Fraction]
"""Coefficient of each product of parameters and power of pi."""


class NoExactFormError(Exception):
    """An expression or matrix has no exact form; the text says why."""


@dataclass(frozen=True)
class _Step:
    """What one operation made.

    Attributes:
        node: number of the operation together with its operands; equal numbers mean equal operations.
        polynomial: the result as a polynomial.
        failure: why the result is not a polynomial; then ``polynomial`` has no meaning.
    """

    node: int
    polynomial: Polynomial
    failure: NoExactFormError | None = None


class ExpressionReader:
    """Reads expressions as polynomials in parameters and declared symbols.

    Args:
        number: gives the exact form of a float.

    Attributes:
        met: symbols whose expressions were found.
    """

    def __init__(self, number: Callable[[float], Polynomial]) -> None:
        self._number = number
        self._nodes: dict[tuple[object, ...], int] = {}
        self._symbols: dict[int, Polynomial] = {}
        self._declared: dict[str, tuple[ParameterExpression, Mapping[str, str]]] = {}
        self.met: set[str] = set()

    def declare(self, symbol: str, expression: ParameterExpression, names: Mapping[str, str]) -> None:
        """Let a symbol stand for an expression.

        Args:
            symbol: name of the symbol; no parameter has this name.
            expression: the expression, made by the operations that are looked for.
            names: names of its parameters in the expressions that will be read.
        """
        for sign in (1, -1):  # Qiskit moves a sign into the expression
            node = self._follow(sign * expression, names).node
            self._symbols[node] = {((symbol,), 0): Fraction(sign)}
        self._declared[symbol] = expression, names

    def polynomial(self, expression: Any) -> Polynomial:
        """The polynomial that an expression is.

        Raises:
            NoExactFormError: the expression is not a polynomial.
        """
        found = self._follow(expression, {})
        if found.failure is not None:
            raise found.failure
        self.met |= {name for monomial, _ in found.polynomial for name in monomial} & self._declared.keys()
        return found.polynomial

    def evaluated(self, polynomial: Polynomial, values: Mapping[str, float]) -> float:
        """The value of a polynomial, rounded; symbols have the values of their expressions."""
        names = {name for monomial, _ in polynomial for name in monomial}
        known = dict(values)
        for symbol in names & self._declared.keys():
            expression, called = self._declared[symbol]
            bound = {p: values[called.get(p.name, p.name)] for p in expression.parameters}
            known[symbol] = real_number(expression.bind(bound))
        return evaluated(polynomial, known)

    def _follow(self, value: Any, names: Mapping[str, str]) -> _Step:
        """Follow the operations; each works on the results before it."""
        if not isinstance(value, ParameterExpression) or not value.parameters:
            number = real_number(value)
            return self._step(("number", number), self._number(number))
        if hasattr(value, "uuid"):
            name = names.get(value.name, value.name)
            return self._step(("parameter", name), {((name,), 0): Fraction(1)})
        stack: list[_Step] = []
        for operation in value._qpy_replay:
            # Operands that are not given are earlier results, with the right operand on top.
            kind = str(operation.op).rpartition(".")[2]
            right = None if operation.rhs is None else self._follow(operation.rhs, names)
            if right is None and kind in _BINARY:
                right = _pop(stack, value)
            left = _pop(stack, value) if operation.lhs is None else self._follow(operation.lhs, names)
            stack.append(self._applied(kind, left, right, value))
        if len(stack) != 1:
            raise NoExactFormError(f"the expression {shown(value)} was not understood")
        return stack[0]

    def _applied(self, kind: str, left: _Step, right: _Step | None, expression: object) -> _Step:
        key = kind, left.node, None if right is None else right.node
        failure = left.failure or (right.failure if right else None)
        if failure is not None:
            return self._step(key, {}, failure)
        try:
            second = None if right is None else right.polynomial
            return self._step(key, _applied(kind, left.polynomial, second, expression))
        except NoExactFormError as error:
            return self._step(key, {}, error)

    def _step(
        self, key: tuple[object, ...], polynomial: Polynomial, failure: NoExactFormError | None = None
    ) -> _Step:
        node = self._nodes.setdefault(key, len(self._nodes))
        if node in self._symbols:
            return _Step(node, self._symbols[node])
        return _Step(node, polynomial, failure)


_BINARY = ("ADD", "SUB", "MUL", "DIV", "POW", "RSUB", "RDIV", "RPOW")


def _pop(stack: list[_Step], expression: object) -> _Step:
    if not stack:
        raise NoExactFormError(f"the expression {shown(expression)} was not understood")
    return stack.pop()


def _applied(operation: str, left: Polynomial, right: Polynomial | None, expression: object) -> Polynomial:
    if operation in ("CONJ", "CONJUGATE") and right is None:
        return left  # parameters are real
    if right is None or operation not in _BINARY:
        raise NoExactFormError(f"the angle {shown(expression)} is no polynomial in its parameters")
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


def without_zeros(terms: Polynomial) -> Polynomial:
    """The same polynomial, without its zero terms."""
    return {key: value for key, value in terms.items() if value}


def _sum(left: Polynomial, right: Polynomial, sign: int) -> Polynomial:
    out = dict(left)
    for key, value in right.items():
        out[key] = out.get(key, Fraction(0)) + sign * value
    return without_zeros(out)


def _product(left: Polynomial, right: Polynomial) -> Polynomial:
    if len(left) * len(right) > MAX_TERMS:
        raise NoExactFormError(f"the angle is a polynomial of more than {MAX_TERMS} terms")
    out: Polynomial = {}
    for (a, k), x in left.items():
        for (b, m), y in right.items():
            key = tuple(sorted((*a, *b))), k + m
            out[key] = out.get(key, Fraction(0)) + x * y
    return without_zeros(out)


def _inverse(divisor: Polynomial, expression: object) -> Polynomial:
    if len(divisor) != 1 or next(iter(divisor))[0]:
        raise NoExactFormError(f"the angle {shown(expression)} is no polynomial in its parameters")
    (((_, power), value),) = divisor.items()
    return {((), -power): 1 / value}


def _power(base: Polynomial, exponent: Polynomial, expression: object) -> Polynomial:
    whole = exponent.get(((), 0), Fraction(0))
    if exponent.keys() - {((), 0)} or whole.denominator != 1 or not 0 <= whole <= MAX_TERMS:
        raise NoExactFormError(f"the angle {shown(expression)} is no polynomial in its parameters")
    out: Polynomial = {((), 0): Fraction(1)}
    for _ in range(int(whole)):
        out = _product(out, base)
    return out


def evaluated(polynomial: Polynomial, values: Mapping[str, float]) -> float:
    """The value of a polynomial, rounded."""
    total = 0.0
    for (monomial, power), coefficient in polynomial.items():
        total += float(coefficient) * pi**power * float(np.prod([values[name] for name in monomial]))
    return total


def real_number(value: Any) -> float:
    """A number given by Qiskit, as a float.

    Raises:
        BackendError: the value is not finite, not real, or not a number.
    """
    try:
        number = complex(value)
    except OverflowError:
        raise BackendError("a gate parameter is an integer too large for a finite real number") from None
    except (TypeError, ValueError, RuntimeError):
        raise BackendError(f"the gate parameter {shown(repr(value))} is not a number") from None
    if number.imag or not isfinite(number.real):
        raise BackendError(f"the gate parameter {shown(repr(value))} is not a finite real number")
    return number.real


def shown(expression: object) -> str:
    """The text of an expression, on one line and cut."""
    text = one_line(str(expression))
    return text if len(text) <= MAX_EXPRESSION else text[:MAX_EXPRESSION] + "..."
