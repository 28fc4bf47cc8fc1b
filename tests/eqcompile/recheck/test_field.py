"""Random fields: their roots of unity, square roots and cosines obey the equations of the numbers they stand for."""

from fractions import Fraction
from random import Random

import pytest

from eqcompile.errors import EqcompileError
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.arithmetic.scalars import format_scalar
from eqcompile.recheck.algebra.angles import angle_of, rational
from eqcompile.recheck.algebra.field import is_prime, order_of, random_field, root_of
from eqcompile.recheck.algebra.text import number, operator, state

TEXTS = (
    "3/7",
    "sqrt(2)",
    "sqrt(3)",
    "sqrt(15)",
    "sqrt(7)/2",
    "cos(2*pi/7)",
    "cos(pi/5)",
    "exp(2*pi*i/9)",
    "(1 - 2*i)/3",
)


def test_primes() -> None:
    source = Random(1)
    assert not any(is_prime(n, source) for n in (0, 1, 341, 561, 2**61 + 1, (2**61 - 1) * (2**31 - 1)))
    assert is_prime(2**127 - 1, source)


@pytest.mark.parametrize("first", TEXTS)
def test_numbers_add_and_multiply_as_the_exact_ones(first: str) -> None:
    """The exact numbers are computed by the room of exact algebra, and read here from its text."""
    for second in TEXTS:
        a, b = parse_scalar(first), parse_scalar(second)
        texts = [format_scalar(value) for value in (a, b, a + b, a * b)]
        field = random_field(order_of(texts), Random(2))
        x, y, total, product = (number(text, field) for text in texts)
        assert (x + y - total) % field.p == 0
        assert (x * y - product) % field.p == 0
        assert (x * y - product - 1) % field.p != 0


def test_conjugates() -> None:
    texts = [format_scalar(parse_scalar(text)) for text in ("exp(2*pi*i/9)", "sqrt(7)", "2 + i")]
    field = random_field(order_of(texts), Random(3))
    unit, surd, gauss = (number(text, field) * number(text, field.conjugated) % field.p for text in texts)
    assert (unit, surd, gauss) == (1, 7, 5)


def test_square_roots_of_elements() -> None:
    field = random_field(1 << 20, Random(4))
    for value in range(2, 30):
        root = root_of(field, value)
        assert root is None or root * root % field.p == value
    assert any(root_of(field, value) is None for value in range(2, 30))


@pytest.mark.parametrize(
    "text", ["", "X0", "1 +", "(1", "sin(pi)", "1/0", "X0 X9", "__import__('os')", "((((" * 99]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    field = random_field(4, Random(5))
    with pytest.raises((EqcompileError, ValueError)):
        number(text, field)


@pytest.mark.parametrize("text", ["", "|2>", "|01> + |0>", "|01", "|01> x", "x|01>"])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(EqcompileError):
        state(text, 2, random_field(4, Random(6)))


def test_operators_multiply_as_letters() -> None:
    field = random_field(4, Random(8))
    product = operator("(X0 + i*Y1)*(Z0 - 1/2*X1)", 2, field)
    assert product == operator("-i*Y0 - 1/2*X0 X1 + i*Z0 Y1 - 1/2*Z1", 2, field)
    assert product != operator("-i*Y0 - 1/2*X0 X1 + i*Z0 Y1 + 1/2*Z1", 2, field)
    assert operator("H(0,1)", 2, field) == operator("X0 X1 + Y0 Y1 + Z0 Z1", 2, field)
    assert field.exponential(Fraction(1, 4)) == field.i


def test_the_root_of_zero_is_zero() -> None:
    assert number("sqrt(0)", random_field(4, Random(1))) == 0


@pytest.mark.parametrize("radicand", ["999999999989", "5051", "25512601", "30306"])
def test_roots_of_large_primes_are_refused_before_they_are_summed(radicand: str) -> None:
    """A prime, a small one beyond the limit, a square of it, and six times it."""
    text = f"sqrt({radicand})"
    match = rf"sqrt\({radicand}\) has a prime factor beyond 5040, which is the limit for square roots"
    with pytest.raises(EqcompileError, match=match):
        order_of([text])
    with pytest.raises(EqcompileError, match=match):
        number(text, random_field(8, Random(1)))
    assert order_of(["sqrt(5039)", f"sqrt({2**39})"]) == 8 * 5039  # the largest prime that is allowed


def test_orders_are_refused_before_they_grow() -> None:
    with pytest.raises(
        EqcompileError, match="roots of unity of an order of 999 digits are needed; the limit is"
    ):
        order_of([f"cos(1/{'9' * 999}*pi)"])
    with pytest.raises(EqcompileError, match="are needed; the limit is 2\\^45"):
        order_of(f"cos(1/{q}*pi)" for q in range(1, 10**9))


def test_a_product_of_sums_is_counted_before_it_is_expanded() -> None:
    text = " ".join(f"(X{q} + Y{q} + Z{q} + 1)" for q in range(12))
    with pytest.raises(EqcompileError, match="has a product of more than 1000000 terms, which is the limit"):
        operator(text, 12, random_field(4, Random(1)))


@pytest.mark.parametrize(
    "text", ["1e-99999999", "1e5", "0.5", "", "1/", "9" * 1001, "1_0", " 1", "nan", 0.5, None, True]
)
def test_texts_that_are_no_plain_fractions_are_refused(text: object) -> None:
    with pytest.raises(
        EqcompileError, match="is not a number such as 3/8, of at most 1000 digits above and below"
    ):
        rational(text)
    assert rational("-3/8") == Fraction(-3, 8)
    assert rational(2) == 2


def test_an_angle_of_a_short_text_and_an_immense_number_is_refused() -> None:
    with pytest.raises(EqcompileError, match='"1e-99999999" is not a number'):
        angle_of([[], "1e-99999999"])
    with pytest.raises(EqcompileError, match='"1e9" is not a number'):
        angle_of([[[["a"], "1e9"]], "0"])
