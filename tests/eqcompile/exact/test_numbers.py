"""Number expressions: exact values, a whitelist, and limits that are checked before the work is done."""

import contextlib
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import ExpressionError
from eqcompile.spec import parse_scalar


def refusal(text: str) -> tuple[int, str]:
    with pytest.raises(ExpressionError) as caught:
        parse_scalar(text)
    return caught.value.offset, str(caught.value)


def outcome(text: str) -> tuple[Any, ExpressionError | None]:
    try:
        return parse_scalar(text), None
    except ExpressionError as error:
        return None, error


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", sympy.Integer(3)),
        ("0.1", sympy.Rational(1, 10)),
        ("-1.50", sympy.Rational(-3, 2)),
        ("1e-3", sympy.Rational(1, 1000)),
        ("1e300", sympy.Integer(10) ** 300),
        ("1/3 - 1/2", sympy.Rational(-1, 6)),
        ("2*pi/3", 2 * sympy.pi / 3),
        ("sqrt(3)/2", sympy.sqrt(3) / 2),
        ("sqrt(-4)", 2 * sympy.I),
        ("2**(1/2)", sympy.sqrt(2)),
        ("2**-3", sympy.Rational(1, 8)),
        ("-2**2", sympy.Integer(-4)),
        ("2**3**2", sympy.Integer(512)),
        ("i*I", sympy.Integer(-1)),
        ("(1 + sqrt(2))**2", 3 + 2 * sympy.sqrt(2)),
        ("cos(pi/3)", sympy.Rational(1, 2)),
        ("sin(0)", sympy.Integer(0)),
        ("exp(i*pi/3)", sympy.Rational(1, 2) + sympy.sqrt(3) * sympy.I / 2),
        ("exp(0)", sympy.Integer(1)),
        (" 1 +\n 1 ", sympy.Integer(2)),
    ],
)
def test_values_are_exact(text: str, value: sympy.Expr) -> None:
    number = parse_scalar(text)
    assert number == value
    assert not number.atoms(sympy.Float)


def test_numbers_as_the_reader_delivers_them() -> None:
    assert parse_scalar(7) == 7
    assert parse_scalar(Decimal("0.1")) == sympy.Rational(1, 10)
    assert parse_scalar(Decimal("0.1")) != sympy.Rational(0.1)


@given(st.fractions(max_denominator=10**9), st.fractions(max_denominator=10**9))
def test_agrees_with_rational_arithmetic(a: Fraction, b: Fraction) -> None:
    """An independent evaluator of the same expression."""
    number = parse_scalar(f"({a}) * ({b}) - ({a}) + ({b})/7")
    assert Fraction(int(number.p), int(number.q)) == a * b - a + b / 7


@given(st.integers(-360, 360), st.integers(1, 60))
def test_agrees_with_floating_point_on_the_circle(p: int, q: int) -> None:
    tolerance = 1e-12  # the double-precision reference is rounded
    for name, function in (("cos", math.cos), ("sin", math.sin)):
        assert abs(float(parse_scalar(f"{name}({p}*pi/{q})")) - function(p * math.pi / q)) < tolerance


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("open('x')", 0, "function 'open' is not allowed; allowed: cos, exp, sin, sqrt"),
        ("1 + eval('x')", 4, "function 'eval' is not allowed; allowed: cos, exp, sin, sqrt"),
        ("__import__('os')", 0, "function '__import__' is not allowed; allowed: cos, exp, sin, sqrt"),
        ("sqrt.__class__(2)", 0, "function 'sqrt.__class__' is not allowed; allowed: cos, exp, sin, sqrt"),
        ("(lambda: 1)()", 0, "function 'lambda: 1' is not allowed; allowed: cos, exp, sin, sqrt"),
        ("x + 1", 0, "name 'x' is not allowed; allowed: I, i, pi"),
        ("1 + e", 4, "name 'e' is not allowed; allowed: I, i, pi"),
        ("sqrt(sqrt)", 5, "name 'sqrt' is not allowed; allowed: I, i, pi"),
        ("'text'", 0, "\"'text'\" is not an exact number"),
        ("True", 0, '"True" is not an exact number'),
        ("1 + 2j", 4, '"2j" is not an exact number; write i for the imaginary unit'),
        ("7 // 2", 0, "only the operations + - * / ** are allowed"),
        ("7 % 2", 0, "only the operations + - * / ** are allowed"),
        ("sqrt(2, 3)", 0, "sqrt takes one number"),
        ("sqrt(x=2)", 0, "sqrt takes one number"),
        ("", 0, "the expression is empty; write a number such as 1/2"),
        ("  ", 0, "the expression is empty; write a number such as 1/2"),
        ("1 2", 2, '"1 2" is not a number expression'),
        ("(1", 0, '"(1" is not a number expression'),
        ("\0", 0, '"\\x00" is not a number expression'),
        ("1/0", 2, "division by zero"),
        ("  1/(1 - 1)", 5, "division by zero"),
        ("0**-1", 0, "division by zero"),
        ("1/(sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2))", 3, "division by zero"),
        ("cos(1)", 4, "cos takes a rational multiple of pi with denominator up to 360"),
        ("cos(pi/361)", 4, "cos takes a rational multiple of pi with denominator up to 360"),
        ("exp(1)", 4, "exp takes a rational multiple of i*pi with denominator up to 360"),
        ("sqrt(pi)", 5, "a root is taken of an algebraic number only, not of pi"),
        ("2**pi", 3, "an exponent here is a rational number up to 64"),
        ("2**65", 3, "an exponent here is a rational number up to 64"),
        ("(1 + sqrt(2))**5", 15, "an exponent here is a rational number up to 4"),
        ("9**9**9", 3, "an exponent here is a rational number up to 64"),
        ("(10**30)**30", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("1e999999999", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("1e-99999999999999999999", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("1e300 * 1e300", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("-" * 40 + "1", 31, "nested deeper than 30 levels"),
        ("1" * 201, 0, "expression of 201 characters; the limit is 200"),
        (
            "(sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13))**4",
            0,
            "a number of more than 100 operations; write a shorter one",
        ),
    ],
)
def test_refusals(text: str, offset: int, message: str) -> None:
    assert refusal(text) == (offset, message)


@pytest.mark.parametrize(
    "text",
    [
        "a.b", "[1]", "(1, 2)", "{1: 2}", "[x for x in (1,)]", "lambda: 1", "1 if 2 else 3", "1 < 2", "not 1",
        "~1", "f'{1}'", "(yield)", "sqrt(*[1])", "1 and 2", "pi[0]",
    ],
)  # fmt: skip
def test_every_other_piece_of_syntax_is_refused(text: str) -> None:
    _, message = refusal(text)
    assert message.endswith(
        "is not allowed in a number; allowed: digits, + - * / **, I, i, pi, cos, exp, sin, sqrt"
    )


MKDIR = "__import__('os').mkdir('ran')"


@pytest.mark.parametrize(
    "text",
    [
        MKDIR,
        f"1 + {MKDIR}",
        f"[{MKDIR} for _ in (1,)]",
        f"sqrt({MKDIR})",
        f"(lambda: {MKDIR})()",
        f'f"{{{MKDIR}}}"',
        f"({MKDIR}, pi)[1]",
    ],
)
def test_nothing_is_executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The control: the same text leaves a folder behind when it is executed."""
    monkeypatch.chdir(tmp_path)
    refusal(text)
    assert not list(tmp_path.iterdir())
    with contextlib.suppress(TypeError):
        eval(text, {"sqrt": abs, "pi": 3})  # noqa: S307
    assert [entry.name for entry in tmp_path.iterdir()] == ["ran"]


@given(st.text(max_size=40))
def test_random_text_is_a_number_or_an_expression_error(text: str) -> None:
    number, error = outcome(text)
    if error is None:
        assert number.is_number
    else:
        assert 0 <= error.offset <= len(text)
        assert len(str(error).splitlines()) == 1


PIECES = (
    "1",
    "0",
    "2",
    "pi",
    "i",
    "+",
    "-",
    "*",
    "/",
    "**",
    "(",
    ")",
    "sqrt(",
    "cos(",
    "exp(",
    ".",
    "e9",
    ",",
)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_random_expressions_are_finite_or_refused(pieces: list[str]) -> None:
    number, error = outcome("".join(pieces))
    if error is None:
        assert number.is_number
        assert not number.has(sympy.nan, sympy.zoo, sympy.oo)
