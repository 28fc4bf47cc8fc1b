"""Numbers as expressions of SymPy and back: values, round trips, refusals."""

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from eqcompile.errors import ArgumentError, LimitError
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ZERO,
    Scalar,
    cosine,
    scalar,
    square_root,
    to_complex,
)
from eqcompile.exact.arithmetic.symbolic import MAX_DEPTH, entries_of, from_sympy, matrix_of, to_sympy

ROUNDING = 1e-12

ORDERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 20, 24, 30, 40, 60]
fractions = st.fractions(-5, 5, max_denominator=9)


@st.composite
def numbers(draw: st.DrawFn, order: int | None = None) -> Scalar:
    """Sums of up to three terms: a fraction, times a root of unity of one order, times a square root."""
    order = draw(st.sampled_from(ORDERS)) if order is None else order
    total = ZERO
    for _ in range(draw(st.integers(0, 3))):
        surd = scalar(square_root(draw(st.sampled_from([1, 1, 2, 3, 5, Fraction(3, 2)]))))
        total = total + root_of_unity(order, draw(st.integers(0, order - 1))) * surd * draw(fractions)
    return total


pairs = st.sampled_from([1, 3, 4, 5, 7, 8, 12]).flatmap(
    lambda order: st.tuples(numbers(order), numbers(order))
)


@settings(max_examples=80, deadline=None)
@given(numbers())
def test_numbers_come_back(value: Scalar) -> None:
    expression = to_sympy(value)
    assert from_sympy(expression) == value
    assert abs(complex(sympy.N(expression, 30)) - to_complex(value)) < ROUNDING


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_arithmetic_is_that_of_sympy(pair: tuple[Scalar, Scalar]) -> None:
    left, right = pair
    a, b = to_sympy(left), to_sympy(right)
    assert from_sympy(a + b) == left + right
    assert from_sympy(a * b) == left * right
    assert from_sympy(sympy.expand(a * b)) == left * right
    assert from_sympy((a - b) ** 2) == (left - right) ** 2


@pytest.mark.parametrize("order", ORDERS)
def test_every_cosine_comes_back_with_the_nested_roots_of_sympy(order: int) -> None:
    for k in range(order):
        turns = Fraction(k, order)
        angle = 2 * sympy.pi * sympy.Rational(k, order)
        assert from_sympy(sympy.cos(angle)) == scalar(cosine(turns))
        assert from_sympy(to_sympy(scalar(cosine(turns)))) == scalar(cosine(turns))
        assert from_sympy(sympy.exp(sympy.I * angle)) == root_of_unity(order, k)


half, third = sympy.Rational(1, 2), sympy.Rational(1, 3)

READ: list[tuple[Any, str]] = [
    (3, "3"),
    (sympy.Integer(-2), "-2"),
    (sympy.sqrt(-3), "i*sqrt(3)"),
    (sympy.Integer(-1) ** third, "exp(i*pi/3)"),
    (sympy.Integer(8) ** half / 3, "2*sqrt(2)/3"),
    (sympy.sqrt(2) ** 5, "4*sqrt(2)"),
    (sympy.Integer(2) ** (-3 * half), "sqrt(2)/4"),
    (1 / (1 + sympy.sqrt(2)), "sqrt(2) - 1"),
    ((1 + sympy.I) ** -2, "-i/2"),
    (sympy.sqrt(2 + sympy.sqrt(2)) / 2, "cos(pi/8)"),
    (sympy.sqrt(3 * (2 + sympy.sqrt(2))) / 2, "sqrt(3)*cos(pi/8)"),
    (sympy.sqrt(sympy.cos(3 * sympy.pi / 7) + 1), "sqrt(2)*cos(3*pi/14)"),
    (sympy.sqrt(-2 - sympy.sqrt(2)), "2*i*cos(pi/8)"),
    (sympy.sin(sympy.pi / 7) * sympy.exp(sympy.I * sympy.pi / 5), "sin(pi/7)*exp(i*pi/5)"),
    (sympy.exp(sympy.I * (sympy.pi / 3 + sympy.pi / 4)), "exp(7*i*pi/12)"),
]


@pytest.mark.parametrize(("expression", "text"), READ, ids=str)
def test_what_sympy_writes_is_read(expression: Any, text: str) -> None:
    assert from_sympy(expression) == parse_scalar(text)


@pytest.mark.parametrize(("text", "shown"), [
    ("1/2", "1/2"), ("sqrt(3)/2", "sqrt(3)/2"), ("1/4 - sqrt(5)/4", "1/4 - sqrt(5)/4"), ("2*i", "2*I"),
    ("exp(2*pi*i/3)", "-1/2 + sqrt(3)*I/2"), ("cos(pi/7)", "cos(pi/7)"), ("-sqrt(2)*i", "-sqrt(2)*I"),
])  # fmt: skip
def test_the_form_is_the_one_that_sympy_prints(text: str, shown: str) -> None:
    assert str(to_sympy(parse_scalar(text))) == shown


def nested(levels: int) -> Any:
    expression: Any = sympy.cos(sympy.pi / 7)
    for _ in range(levels):
        expression = sympy.Add(sympy.Mul(2, expression, evaluate=False), 1, evaluate=False)
    return expression


unknown = "is not known to be a sum of roots of unity; allowed: rational numbers, I, their square roots, powers of -1, "
unknown += "cos, sin and exp of rational multiples of pi, and sums, products and whole powers of these"

ROUNDED = "0.500000000000000 has been rounded; write it exactly, such as Rational(1, 2) or sqrt(2)/2"
ORDER = "an exact number needs roots of unity of order 400012; the limit is 5040"

REFUSED: list[tuple[Any, type[Exception], str]] = [
    (sympy.Float("0.5"), ArgumentError, ROUNDED),
    (1 + sympy.Float("0.5") * sympy.I, ArgumentError, ROUNDED),
    (sympy.Symbol("theta") + 1, ArgumentError, '"theta" is a symbol; substitute numbers for symbols first'),
    (sympy.Integer(2) ** third, ArgumentError, f'"2**(1/3)" {unknown}'),
    (sympy.pi, ArgumentError, f'"pi" {unknown}'),
    (sympy.E, ArgumentError, f'"E" {unknown}'),
    (sympy.nan, ArgumentError, f'"nan" {unknown}'),
    (sympy.zoo, ArgumentError, f'"zoo" {unknown}'),
    (sympy.cos(1), ArgumentError, f'"cos(1)" {unknown}'),
    (sympy.sqrt(1 + sympy.sqrt(2)), ArgumentError, f'"sqrt(1 + sqrt(2))" {unknown}'),
    (sympy.sqrt(1 + sympy.I), ArgumentError, f'"sqrt(1 + I)" {unknown}'),
    (sympy.Integer(2) ** sympy.sqrt(2), ArgumentError, f'"2**(sqrt(2))" {unknown}'),
    (sympy.Pow(0, -1, evaluate=False), ArgumentError, f'"1/0" {unknown}'),
    (sympy.true, ArgumentError, "a number of SymPy is needed; found BooleanTrue True"),
    (0.5, ArgumentError, "a number of SymPy is needed; found float 0.5"),
    ("1/2", ArgumentError, 'a number of SymPy is needed; found str "1/2"'),
    (sympy.exp(sympy.I * sympy.pi / 100003), LimitError, ORDER),
    ((1 + sympy.sqrt(2)) ** 1000, LimitError, 'the power "(1 + sqrt(2))**1000" is too large; exponents are 64 at most, '
                                              "and numbers 2**1024"),
    (nested(MAX_DEPTH), LimitError, "an expression of more than 100 levels; expand() makes it flat"),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "kind", "message"), REFUSED, ids=range(len(REFUSED)))
def test_anything_else_is_refused_in_one_line(expression: Any, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        from_sympy(expression)
    assert str(caught.value) == message


def test_long_numbers_come_back() -> None:
    value = scalar(Fraction(10**400 + 1, 3**500)) * IMAGINARY_UNIT + scalar(square_root(2)) * 10**400
    assert from_sympy(to_sympy(value)) == value


def test_matrices_keep_their_entries_and_their_shape() -> None:
    entries = {(0, 2): IMAGINARY_UNIT, (1, 0): scalar(square_root(2))}
    matrix = matrix_of(2, 3, entries)
    assert matrix == sympy.Matrix([[0, 0, sympy.I], [sympy.sqrt(2), 0, 0]])
    for kind in (sympy.Matrix, sympy.ImmutableMatrix, sympy.SparseMatrix, sympy.ImmutableSparseMatrix):
        assert entries_of(kind(matrix)) == entries
    assert (
        entries_of(
            sympy.Matrix([[sympy.sqrt(2) ** 2 - 2, 1 - sympy.cos(sympy.pi / 7) / sympy.cos(sympy.pi / 7)]])
        )
        == {}
    )
