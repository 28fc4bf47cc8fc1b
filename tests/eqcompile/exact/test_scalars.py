"""Exact scalars: no rounded number gets in, and text is unambiguous."""

from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ZERO,
    conjugate,
    cosine,
    format_real,
    format_scalar,
    imaginary_part,
    is_rational,
    is_real,
    rational,
    real,
    real_part,
    root_of_unity,
    scalar,
    sine,
    square_root,
    times_power_of_i,
    to_complex,
    to_fraction,
)
from eqcompile.exact.operators.pauli import PauliSum

fractions = st.fractions(min_value=-9, max_value=9, max_denominator=20)
numbers = st.lists(
    st.tuples(fractions, st.sampled_from((3, 5, 7, 8, 9, 12, 16)), st.integers(0, 15)), min_size=1, max_size=3
).map(lambda parts: sum((scalar(c) * root_of_unity(n, k) for c, n, k in parts), ZERO))


@given(fractions, fractions)
def test_parts_and_conjugate(a: Fraction, b: Fraction) -> None:
    value = scalar(a) + scalar(b) * IMAGINARY_UNIT
    assert (to_fraction(real_part(value)), to_fraction(imaginary_part(value))) == (a, b)
    assert value * conjugate(value) == scalar(a * a + b * b)
    assert is_real(value) == (b == 0)
    assert to_complex(value) == complex(float(a), float(b))


@given(fractions, fractions)
def test_text_is_read_back_as_a_factor(a: Fraction, b: Fraction) -> None:
    value = scalar(a) + scalar(b) * IMAGINARY_UNIT
    assert PauliSum.parse(f"{format_scalar(value)}*X0", 1) == PauliSum.string(1, {0: "X"}).scaled(value)


@given(st.integers(-8, 8))
def test_powers_of_i(exponent: int) -> None:
    assert to_complex(times_power_of_i(scalar(3), exponent)) == 3 * [1, 1j, -1, -1j][exponent % 4]


@given(numbers)
def test_text_of_any_number_is_read_back(value: Any) -> None:
    operator = PauliSum.string(1, {0: "X"}).scaled(value)
    assert PauliSum.parse(f"{format_scalar(value)}*X0", 1) == operator
    assert PauliSum.parse(str(operator), 1) == operator
    assert format_scalar(value + 1) != format_scalar(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (square_root(2), "sqrt(2)"),
        (-square_root(2), "-sqrt(2)"),
        (square_root(Fraction(3, 4)), "1/2*sqrt(3)"),
        (square_root(12), "2*sqrt(3)"),
        (1 - square_root(30), "(1 - sqrt(30))"),
        (cosine(Fraction(1, 5)), "(-1/4 + 1/4*sqrt(5))"),
        (cosine(Fraction(1, 7)), "cos(2/7*pi)"),
        (-cosine(Fraction(1, 7)), "-cos(2/7*pi)"),
        (2 * cosine(Fraction(1, 7)) - Fraction(1, 2), "(-1/2 + 2*cos(2/7*pi))"),
        (square_root(2) + square_root(3), "(2*cos(1/6*pi) + 2*cos(1/4*pi))"),
        (square_root(2) * (10007 * 10009), "100160063*sqrt(2)"),
        (IMAGINARY_UNIT * square_root(3), "sqrt(3)*i"),
        (root_of_unity(8), "(1/2*sqrt(2) + 1/2*sqrt(2)*i)"),
        (root_of_unity(8, -1), "(1/2*sqrt(2) - 1/2*sqrt(2)*i)"),
        (root_of_unity(3), "(-1/2 + 1/2*sqrt(3)*i)"),
        (IMAGINARY_UNIT * cosine(Fraction(1, 5)), "(-1/4 + 1/4*sqrt(5))*i"),
    ],
)
def test_text(value: Any, text: str) -> None:
    assert format_scalar(scalar(value)) == text


def test_text_of_a_number_of_the_largest_fields_is_read_back() -> None:
    value = scalar(cosine(Fraction(1, 5040)))
    assert format_scalar(value) == "cos(1/2520*pi)"
    assert PauliSum.parse(format_scalar(value), 1) == PauliSum.identity(1).scaled(value)


def test_text_depends_on_the_number_alone() -> None:
    value = cosine(Fraction(1, 7)) + 1
    detour = value * square_root(5) / square_root(5)
    assert (detour, format_real(detour)) == (value, format_real(value))


@pytest.mark.parametrize("value", [0, 1, Fraction(9, 4), Fraction(1, 49), fmpq(16, 9), 10**40])
def test_square_roots_of_squares_are_rational(value: Any) -> None:
    root = square_root(value)
    assert is_rational(root)
    assert root * root == rational(value)


def test_square_roots_of_large_squares_times_small_primes() -> None:
    assert square_root(2 * (10007 * 10009) ** 2) == square_root(2) * (10007 * 10009)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (1277, "the square root of 1277 needs roots of unity beyond order 5040"),
        (2 * 10007, "the square root of 20014 needs roots of unity beyond order 5040"),
        (10**300 + 1, "the square root of a number of 301 digits needs roots of unity beyond order 5040"),
        (3 * 5 * 7 * 11 * 13, "an exact number needs roots of unity of order 60060; the limit is 5040"),
    ],
)
def test_square_roots_beyond_the_limit(value: int, message: str) -> None:
    with pytest.raises(LimitError) as caught:
        square_root(value)
    assert str(caught.value) == message


def test_square_roots_of_negative_numbers_are_not_real() -> None:
    with pytest.raises(DimensionError) as caught:
        square_root(Fraction(-1, 2))
    assert str(caught.value) == "the square root of -1/2 is not real"


@pytest.mark.parametrize(
    ("turns", "cos", "sin"),
    [
        (Fraction(0), 1, 0),
        (Fraction(1, 12), square_root(3) / 2, fmpq(1, 2)),
        (Fraction(1, 8), square_root(2) / 2, square_root(2) / 2),
        (Fraction(1, 4), 0, 1),
        (Fraction(-1, 4), 0, -1),
        (Fraction(2, 3), fmpq(-1, 2), -square_root(3) / 2),
        (Fraction(7, 2), -1, 0),
    ],
)
def test_angles_count_full_turns(turns: Fraction, cos: Any, sin: Any) -> None:
    assert (cosine(turns), sine(turns)) == (cos, sin)


def test_real_and_complex_readings() -> None:
    root = square_root(2)
    assert real(root) == root
    assert real(Fraction(1, 2)) == fmpq(1, 2)
    assert scalar(scalar(root)) == scalar(root) == root
    assert is_real(scalar(root))
    assert not is_real(root * IMAGINARY_UNIT)
    assert not is_rational(root)
    assert is_rational(IMAGINARY_UNIT)
    for function in (rational, to_fraction):
        with pytest.raises(DimensionError, match=r"is not an exact rational number; write it as a fraction$"):
            function(root)
    with pytest.raises(DimensionError):
        real(root_of_unity(5))


@pytest.mark.parametrize("value", [0.5, 1j, "1/2", None])
def test_only_exact_numbers_are_read(value: object) -> None:
    with pytest.raises(DimensionError) as caught:
        rational(value)
    assert str(caught.value) == f"{value!r} is not an exact rational number; write it as a fraction"
