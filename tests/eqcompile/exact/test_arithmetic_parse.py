"""Number expressions: exact values, a whitelist, and limits that are checked before any work is done."""

import cmath
import contextlib
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import ExpressionError
from eqcompile.exact.arithmetic.parse import MAX_LENGTH, MAX_NESTING, parse_scalar
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    cosine,
    format_scalar,
    is_real,
    root_of_unity,
    scalar,
    square_root,
    to_complex,
    to_fraction,
)

TOLERANCE = 1e-12
"""The double-precision reference is rounded."""


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
        ("3", 3),
        ("0.1", Fraction(1, 10)),
        ("-1.50", Fraction(-3, 2)),
        ("1e-3", Fraction(1, 1000)),
        ("1e300", 10**300),
        ("1/3 - 1/2", Fraction(-1, 6)),
        ("2**-3", Fraction(1, 8)),
        ("-2**2", -4),
        ("2**3**2", 512),
        ("0**0", 1),
        ("+3", 3),
        ("i*I", -1),
        ("(1 + 2*i)**2", 4 * IMAGINARY_UNIT - 3),
        ("sqrt(3)/2", square_root(Fraction(3, 4))),
        ("sqrt(-4)", 2 * IMAGINARY_UNIT),
        ("sqrt(0)", 0),
        ("2**(1/2)", square_root(2)),
        ("4**(3/2)", 8),
        ("(-4)**(3/2)", -8 * IMAGINARY_UNIT),
        ("(-4)**(-1/2)", -IMAGINARY_UNIT / 2),
        ("(1 + sqrt(2))**2", 3 + 2 * square_root(2)),
        ("(sqrt(2) - 1)**-1", 1 + square_root(2)),
        ("sqrt(2)*sqrt(3) - sqrt(6)", 0),
        ("cos(pi/3)", Fraction(1, 2)),
        ("cos(pi/5)", (1 + square_root(5)) / 4),
        ("cos(2*pi/7)", cosine(Fraction(1, 7))),
        ("cos(pi**2/pi)", -1),
        ("sin(0)", 0),
        ("exp(i*pi/3)", Fraction(1, 2) + square_root(3) * IMAGINARY_UNIT / 2),
        ("exp(2*pi*i/5)", root_of_unity(5)),
        ("exp(-i*pi*20001/2)", -IMAGINARY_UNIT),
        ("exp(0)", 1),
        ("2*pi/pi", 2),
        ("0*pi", 0),
        ("pi - pi + 1", 1),
        (" 1 +\n 1 ", 2),
    ],
)
def test_values_are_exact(text: str, value: Any) -> None:
    number = parse_scalar(text)
    assert number == scalar(value)
    assert type(number) is type(scalar(value))


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_numbers_on_a_second_line_are_read_from_there(line_end: str) -> None:
    """The parser counts columns anew in each line; 3.7 stands where 0.5 seems to."""
    assert parse_scalar(f"3.7+({line_end}0.5)") == scalar(Fraction(21, 5))


def test_numbers_as_the_reader_delivers_them() -> None:
    assert parse_scalar(7) == scalar(7)
    assert parse_scalar(Decimal("0.1")) == scalar(Fraction(1, 10))
    assert parse_scalar(Decimal("0.1")) != scalar(Fraction(0.1))


@given(st.fractions(max_denominator=10**9), st.fractions(max_denominator=10**9))
def test_agrees_with_rational_arithmetic(a: Fraction, b: Fraction) -> None:
    """An independent evaluator of the same expression."""
    number = parse_scalar(f"({a}) * ({b}) - ({a}) + ({b})/7")
    assert is_real(number)
    assert to_fraction(number.x) == a * b - a + b / 7


@given(st.integers(-360, 360), st.integers(1, 60))
def test_agrees_with_floating_point_on_the_circle(p: int, q: int) -> None:
    angle = p * math.pi / q
    for text, value in ((f"cos({p}*pi/{q})", math.cos(angle)), (f"sin({p}*pi/{q})", math.sin(angle))):
        assert abs(to_complex(parse_scalar(text)) - value) < TOLERANCE
    assert abs(to_complex(parse_scalar(f"exp({p}*pi*i/{q})")) - cmath.exp(1j * angle)) < TOLERANCE


@given(st.integers(1, 60), st.integers(1, 12))
def test_agrees_with_floating_point_on_square_roots(p: int, q: int) -> None:
    assert abs(to_complex(parse_scalar(f"sqrt({p}/{q})")) - math.sqrt(p / q)) < TOLERANCE * p


@pytest.mark.parametrize(
    "number", [root_of_unity(9), scalar(cosine(Fraction(1, 11))), -ONE / 3 * IMAGINARY_UNIT]
)
def test_text_of_a_number_is_a_number_expression(number: Any) -> None:
    assert parse_scalar(format_scalar(number)) == number


_ROOT = "a root can be taken only of a rational number; write cos(pi/8) and the like"
_EXPONENT = "an exponent here must be a whole or half number up to 64"


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
        ("0**(-1/2)", 0, "division by zero"),
        ("1/(sqrt(2)*sqrt(3) - sqrt(6))", 3, "division by zero"),
        ("pi", 0, "pi is allowed only inside cos, sin and exp"),
        ("  2*pi/3", 2, "pi is allowed only inside cos, sin and exp"),
        ("cos(1 + pi)", 4, "a number and a multiple of pi cannot be added exactly"),
        ("cos(1)", 4, "cos takes a rational multiple of pi with denominator up to 2520"),
        ("cos(i*pi)", 4, "cos takes a rational multiple of pi with denominator up to 2520"),
        ("cos(pi*pi)", 4, "cos takes a rational multiple of pi with denominator up to 2520"),
        ("sin(sqrt(2)*pi)", 4, "sin takes a rational multiple of pi with denominator up to 2520"),
        ("cos(pi/2521)", 4, "cos takes a rational multiple of pi with denominator up to 2520"),
        ("1 + cos(pi/2519)", 4, "an exact number needs roots of unity of order 10076; the limit is 5040"),
        ("exp(1)", 4, "exp takes a rational multiple of i*pi with denominator up to 2520"),
        ("exp(pi)", 4, "exp takes a rational multiple of i*pi with denominator up to 2520"),
        ("sqrt(pi)", 5, _ROOT),
        ("sqrt(i)", 5, _ROOT),
        ("1 + sqrt(1 + sqrt(2))", 9, _ROOT),
        ("cos(pi/7)**(1/2)", 0, _ROOT),
        ("sqrt(20014)", 0, "the square root of 20014 needs roots of unity beyond order 5040"),
        ("2**pi", 3, _EXPONENT),
        ("2**i", 3, _EXPONENT),
        ("2**(1/3)", 4, _EXPONENT),
        ("2**65", 3, _EXPONENT),
        ("2**-65", 3, _EXPONENT),
        ("2**sqrt(2)", 3, _EXPONENT),
        ("9**9**9", 3, _EXPONENT),
        ("(10**20 * sqrt(2))**64", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("(10**30)**30", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("1e999999999", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("1e-99999999999999999999", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("1e300 * 1e300", 0, "a number beyond 2**1024, or finer than its inverse"),
        ("-" * 40 + "1", MAX_NESTING + 1, f"nested deeper than {MAX_NESTING} levels"),
        ("1" * (MAX_LENGTH + 1), 0, f"expression of {MAX_LENGTH + 1} characters; the limit is {MAX_LENGTH}"),
        (
            "sqrt(2)+sqrt(3)+sqrt(5)+sqrt(7)+sqrt(11)+sqrt(13)",
            0,
            "an exact number needs roots of unity of order 9240; the limit is 5040",
        ),
        ("1 # 2", 2, '"1 # 2" is not a number expression'),
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
    """The control: if it is executed, the same text leaves a folder behind."""
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
        assert parse_scalar(format_scalar(number)) == number
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
        assert cmath.isfinite(to_complex(number))
