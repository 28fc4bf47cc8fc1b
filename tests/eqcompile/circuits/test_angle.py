"""Exact angles: arithmetic, substitution, and what they look like."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.circuits.angle import ExactAngle

A, B, PI = ExactAngle.parameter("a"), ExactAngle.parameter("b"), ExactAngle.of_pi(1)

NAMES = ("a", "b", "c")
fractions = st.fractions(min_value=-3, max_value=3, max_denominator=7)
angles = st.builds(
    ExactAngle.of,
    st.dictionaries(st.lists(st.sampled_from(NAMES), max_size=2).map(lambda m: tuple(sorted(m))), fractions),
    fractions,
)


def value(angle: ExactAngle, values: dict[str, Fraction], pi: Fraction) -> Fraction:
    """The angle at a point, with any number in place of pi: all laws here hold for every such number."""
    total = angle.pi_multiple * pi
    for monomial, coefficient in angle.terms:
        for name in monomial:
            coefficient *= values[name]
        total += coefficient
    return total


POINT = {"a": Fraction(2, 3), "b": Fraction(-5), "c": Fraction(7, 2)}
ANY = Fraction(22, 7)


@given(angles, angles, fractions)
def test_arithmetic_is_that_of_values(first: ExactAngle, second: ExactAngle, factor: Fraction) -> None:
    one, other = value(first, POINT, ANY), value(second, POINT, ANY)
    assert value(first + second, POINT, ANY) == one + other
    assert value(first - second, POINT, ANY) == one - other
    assert value(-first, POINT, ANY) == -one
    assert value(first * factor, POINT, ANY) == one * factor
    assert first - first == ExactAngle()


@given(angles, fractions, fractions)
def test_substitution_is_evaluation_at_the_images(angle: ExactAngle, u: Fraction, v: Fraction) -> None:
    images = {"a": A * u + B * v, "b": B - A}
    moved = {name: value(image, POINT, ANY) for name, image in images.items()} | {"c": POINT["c"]}
    assert value(angle.substituted(images), POINT, ANY) == value(angle, moved, ANY)


def test_substitution_exchanges_at_once() -> None:
    assert (A + B * 2).substituted({"a": B, "b": A}) == A * 2 + B
    square = ExactAngle.of({("a", "a"): Fraction(1)})
    assert square.substituted({"a": A + B}) == ExactAngle.of(
        {("a", "a"): Fraction(1), ("a", "b"): Fraction(2), ("b", "b"): Fraction(1)}
    )
    assert A.substituted({"a": ExactAngle()}) == ExactAngle()


def test_equal_angles_have_one_form() -> None:
    assert A + B == B + A
    assert A + B != A - B
    assert hash(A * 2) == hash(A + A)
    assert ExactAngle() != PI * 2  # a full turn is minus one on a spin
    assert ExactAngle.of({(): Fraction(1)}) != PI
    assert (A * B.pi_multiple).parameters == frozenset()
    assert ExactAngle.of({("a", "b"): Fraction(1)}).parameters == {"a", "b"}


@pytest.mark.parametrize(
    ("angle", "text"),
    [
        (ExactAngle(), "0"),
        (A * Fraction(1, 2) - B + PI, "1/2*a - b + pi"),
        (-PI, "-pi"),
        (ExactAngle.of({(): Fraction(1, 3), ("a", "b"): Fraction(-2)}), "1/3 - 2*a*b"),
    ],
)
def test_texts(angle: ExactAngle, text: str) -> None:
    assert repr(angle) == text
