"""Cyclotomic numbers: a field, one form for every number, and values that complex floats confirm."""

import cmath
import math
from collections.abc import Callable
from fractions import Fraction
from math import gcd
from operator import add, lt, mul, sub, truediv
from typing import Any

import pytest
import sympy
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import LimitError
from eqcompile.exact.arithmetic.cyclotomic import (
    ComplexCyclotomic,
    Cyclotomic,
    GaussianRational,
    RealCyclotomic,
    gauss_sum,
    root_of_unity,
)
from eqcompile.exact.arithmetic.cyclotomic_field import MAX_ORDER
from eqcompile.exact.arithmetic.scalars import (
    IMAGINARY_UNIT,
    ONE,
    ZERO,
    conjugate,
    cosine,
    imaginary_part,
    is_rational,
    is_real,
    real_part,
    scalar,
    sine,
    square_root,
    to_complex,
    to_float,
)

TOLERANCE = 1e-9
"""The floating-point reference rounds about 1e-16 per operation; the numbers here stay below 1e4."""

ORDERS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 20, 24)
"""Any three meet in a field of order 2520 at most."""

fractions = st.fractions(min_value=-4, max_value=4, max_denominator=6)
terms = st.tuples(fractions, st.sampled_from(ORDERS), st.integers(0, 23))


def combined(parts: list[tuple[Fraction, int, int]]) -> Any:
    return sum((scalar(c) * root_of_unity(n, k) for c, n, k in parts), ZERO)


def same_field(order: int) -> st.SearchStrategy[list[tuple[Fraction, int, int]]]:
    return st.lists(st.tuples(fractions, st.just(order), st.integers(0, order - 1)), max_size=4)


numbers = st.sampled_from(ORDERS).flatmap(same_field).map(combined)
irrationals = (
    st.sampled_from([n for n in ORDERS if n > 6 or n == 5])
    .flatmap(same_field)
    .map(lambda parts: combined(parts) + combined([(Fraction(1, 3), order, 1) for _, order, _ in parts[:1]]))
    .filter(lambda a: isinstance(a, Cyclotomic))
)
real_irrationals = irrationals.map(real_part).filter(lambda a: not is_rational(a))
mixed = st.lists(terms, max_size=3).map(combined)
real_numbers = numbers.map(real_part)
exact_numbers = st.one_of(
    st.integers(-5, 5), fractions, fractions.map(lambda f: fmpq(f.numerator, f.denominator)), fractions.map(scalar),
    st.tuples(fractions, fractions).map(lambda f: scalar(f[0]) + scalar(f[1]) * IMAGINARY_UNIT), real_numbers,
)  # fmt: skip


def close(value: Any, reference: complex) -> bool:
    return abs(as_complex(value) - reference) < TOLERANCE * max(1.0, abs(reference))


def as_complex(value: Any) -> complex:
    return to_complex(scalar(value))


# Field laws


@given(numbers, numbers, numbers)
def test_field_laws(a: Any, b: Any, c: Any) -> None:
    assert a + b == b + a
    assert a * b == b * a
    assert (a + b) + c == a + (b + c)
    assert (a * b) * c == a * (b * c)
    assert a * (b + c) == a * b + a * c
    assert a - a == ZERO
    assert a + ZERO == a
    assert a * ONE == a
    assert a * ZERO == ZERO
    if a:
        assert a / a == ONE
        assert (b / a) * a == b
        assert ONE / (ONE / a) == a


@given(mixed, numbers, st.sampled_from([add, sub, mul, truediv]))
def test_values_agree_with_complex_floats(a: Any, b: Any, operation: Callable[[Any, Any], Any]) -> None:
    if operation is truediv and abs(as_complex(b)) < 1e-3:
        return
    assert close(operation(a, b), operation(as_complex(a), as_complex(b)))


@given(st.sampled_from((*ORDERS, 360, 1260)), st.integers(-2000, 2000))
def test_a_root_of_unity_is_the_exponential(order: int, exponent: int) -> None:
    value = root_of_unity(order, exponent)
    assert close(value, cmath.exp(2j * cmath.pi * (exponent % order) / order))
    assert value**order == ONE
    assert value == root_of_unity(order, exponent + order) == root_of_unity(3 * order, 3 * exponent)


@given(irrationals, st.integers(-5, 9))
def test_powers_are_repeated_products(a: Any, exponent: int) -> None:
    product = ONE
    for _ in range(abs(exponent)):
        product = product * a
    assert a**exponent == (product if exponent >= 0 else ONE / product)
    assert type(a**0) is type(ONE)


@given(mixed)
def test_conjugate_and_parts(a: Any) -> None:
    assert conjugate(conjugate(a)) == a
    assert scalar(real_part(a)) + scalar(imaginary_part(a)) * IMAGINARY_UNIT == a
    assert is_real(a * conjugate(a))
    assert is_real(a) == (conjugate(a) == a) == (imaginary_part(a) == 0)
    assert close(conjugate(a), as_complex(a).conjugate())


# Mixing with the other exact types


@given(irrationals, exact_numbers, st.sampled_from([add, sub, mul, truediv]))
def test_every_exact_type_stands_on_either_side(
    a: Any, other: Any, operation: Callable[[Any, Any], Any]
) -> None:
    if operation is not truediv or other:
        assert scalar(operation(a, other)) == operation(a, scalar(other))
    assert scalar(operation(other, a)) == operation(scalar(other), a)


@given(real_irrationals, real_numbers, st.sampled_from([add, sub, mul]))
def test_real_numbers_stay_real(a: Any, b: Any, operation: Callable[[Any, Any], Any]) -> None:
    assert isinstance(operation(a, b), RealCyclotomic | fmpq)
    assert isinstance(operation(b, a), RealCyclotomic | fmpq)
    assert type(a + root_of_unity(4)) is ComplexCyclotomic
    assert (a.conjugate(), a.real_part(), a.imaginary_part()) == (a, a, 0)
    assert isinstance(a.conjugate(), RealCyclotomic)
    assert scalar(a).real_part() == a
    assert type(scalar(a)) is ComplexCyclotomic


@pytest.mark.parametrize("value", [0.5, 1j, "1/2", None, [1]])
@pytest.mark.parametrize("operation", [add, sub, mul, truediv, lt])
def test_nothing_inexact_takes_part(value: object, operation: Callable[[Any, Any], Any]) -> None:
    for number in (root_of_unity(5), square_root(2)):
        with pytest.raises(TypeError):
            operation(number, value)
        with pytest.raises(TypeError):
            operation(value, number)
        assert number != value


@pytest.mark.parametrize("exponent", [0.5, Fraction(1, 2), fmpq(2)])
def test_exponents_are_whole(exponent: object) -> None:
    with pytest.raises(TypeError):
        square_root(2) ** exponent


@pytest.mark.parametrize("zero", [0, Fraction(0), fmpq(0), ZERO])
@pytest.mark.parametrize("value", [root_of_unity(5), square_root(2)])
def test_nothing_is_divided_by_zero(value: Any, zero: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        value / zero
    assert not zero / value


# One form


@given(numbers, st.sampled_from(ORDERS), st.integers(1, 23))
def test_a_detour_through_a_larger_field_leaves_no_trace(a: Any, order: int, exponent: int) -> None:
    root = root_of_unity(order, exponent)
    back = (a * root) / root
    assert (back, hash(back), repr(back)) == (a, hash(a), repr(a))
    assert type(back) is type(a)
    assert (a + root) - root == a


@pytest.mark.parametrize("order", range(1, 61))
def test_a_primitive_root_lives_in_the_smallest_field(order: int) -> None:
    """Q(zeta_n) is Q(zeta_m) for n = 2m, m odd, and i is always there."""
    value = root_of_unity(order)
    smallest = math.lcm(order, 4) if order % 4 != 2 else math.lcm(order // 2, 4)
    assert (value.order if isinstance(value, Cyclotomic) else 4) == smallest


@given(fractions, fractions, st.sampled_from(ORDERS), st.integers(0, 23))
def test_a_gaussian_rational_comes_back_as_one(x: Fraction, y: Fraction, order: int, exponent: int) -> None:
    value = scalar(x) + scalar(y) * IMAGINARY_UNIT
    root = root_of_unity(order, exponent)
    for back in ((value + root) - root, (value * root) / root, value * root * conjugate(root)):
        assert type(back) is GaussianRational
        assert back == value


def test_equal_numbers_of_different_origin() -> None:
    root_two = root_of_unity(8) + root_of_unity(8, -1)
    detour = root_of_unity(5040) * root_two / root_of_unity(5040)
    assert (detour, hash(detour)) == (root_two, hash(root_two))
    assert len({root_two, detour, scalar(square_root(2)), square_root(2), square_root(8) / 2}) == 1
    assert square_root(2) != square_root(3)
    assert square_root(2) != -square_root(2)
    assert root_of_unity(7) != root_of_unity(7, -1)


def test_equality_needs_no_common_field() -> None:
    assert root_of_unity(5040) != root_of_unity(5032)


# Identities


@pytest.mark.parametrize("order", [2, 3, 4, 5, 7, 8, 9, 12, 30, 36, 97])
def test_roots_of_unity_sum_to_zero_and_primitive_ones_to_the_moebius_function(order: int) -> None:
    assert sum((root_of_unity(order, k) for k in range(order)), ZERO) == ZERO
    primitive = [root_of_unity(order, k) for k in range(order) if gcd(k, order) == 1]
    assert sum(primitive, ZERO) == scalar(int(sympy.mobius(order)))


def test_the_golden_ratio() -> None:
    golden = 2 * cosine(Fraction(1, 10))
    assert golden == (1 + square_root(5)) / 2
    assert golden * golden == golden + 1
    assert 1 / golden == golden - 1


@pytest.mark.parametrize("prime", [3, 5, 7, 11, 13, 17, 61, 101])
def test_gauss_sums(prime: int) -> None:
    value = gauss_sum(prime)
    assert value == scalar(square_root(prime)) * (ONE if prime % 4 == 1 else IMAGINARY_UNIT)
    assert value == sum((root_of_unity(prime, k * k) for k in range(prime)), ZERO)


smooth = st.lists(st.sampled_from((2, 3, 5, 7)), max_size=5).map(math.prod)


@given(st.builds(Fraction, smooth, smooth), st.builds(Fraction, smooth, smooth))
def test_square_roots_multiply(a: Fraction, b: Fraction) -> None:
    left, right = square_root(a), square_root(b)
    assert left * right == square_root(a * b)
    assert left * left == fmpq(a.numerator, a.denominator)
    assert left > 0


@given(st.fractions(-2, 2, max_denominator=60))
def test_circle(turns: Fraction) -> None:
    c, s = cosine(turns), sine(turns)
    assert c * c + s * s == 1
    assert cosine(2 * turns) == c * c - s * s
    assert sine(2 * turns) == 2 * s * c
    assert abs(to_float(c) - math.cos(2 * math.pi * turns)) < TOLERANCE
    assert abs(to_float(s) - math.sin(2 * math.pi * turns)) < TOLERANCE


x = sympy.Symbol("x")


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        (cosine(Fraction(1, 7)), sympy.cos(2 * sympy.pi / 7)),
        (cosine(Fraction(1, 9)), sympy.cos(2 * sympy.pi / 9)),
        (sine(Fraction(1, 5)), sympy.sin(2 * sympy.pi / 5)),
        (square_root(2) + square_root(3), sympy.sqrt(2) + sympy.sqrt(3)),
        ((1 + square_root(5)) / 2, (1 + sympy.sqrt(5)) / 2),
        (root_of_unity(15), sympy.exp(2 * sympy.pi * sympy.I / 15)),
        (IMAGINARY_UNIT * square_root(6), sympy.I * sympy.sqrt(6)),
    ],
)
def test_minimal_polynomials_of_sympy(value: Any, expression: sympy.Expr) -> None:
    coefficients = [fmpq(int(c)) for c in sympy.minimal_polynomial(expression, x, polys=True).all_coeffs()]
    assert not horner(coefficients, value)
    assert horner(coefficients, value + 1)


def horner(coefficients: list[fmpq], value: Any) -> Any:
    out: Any = fmpq(0)
    for coefficient in coefficients:
        out = out * value + coefficient
    return out


@given(irrationals)
def test_trace_is_the_mean_of_the_galois_conjugates(a: Any) -> None:
    coefficients = a.polynomial.coeffs()
    conjugates = [
        sum((root_of_unity(a.order, s * k) * c for k, c in enumerate(coefficients)), ZERO)
        for s in range(a.order)
        if gcd(s, a.order) == 1
    ]
    assert sum(conjugates, ZERO) / scalar(len(conjugates)) == scalar(a.trace)


@given(real_irrationals)
def test_cosines_add_up_to_the_number(a: Any) -> None:
    assert sum((c * cosine(Fraction(k, a.order)) for k, c in a.cosines.items()), fmpq(0)) == a


# Order


@given(real_irrationals, st.one_of(real_numbers, fractions, st.integers(-4, 4)))
def test_order_is_that_of_the_floats(a: Any, b: Any) -> None:
    left, right = to_float(a), as_complex(b).real
    if abs(left - right) < TOLERANCE:
        return
    assert (a < b, a <= b, a > b, a >= b) == (left < right, left < right, left > right, left > right)
    assert (b < a) == (right < left)
    assert abs(a) == (a if left > 0 else -a)


def test_order_of_nearly_equal_numbers() -> None:
    """Continued fractions of the root of two: too near for a double to tell."""
    p, q = 1, 1
    for _ in range(60):
        p, q = p + 2 * q, p + q
    below, above = sorted([Fraction(p, q), Fraction(2 * q, p)])
    assert below < square_root(2) < above
    assert float(below) == float(above)
    assert square_root(2) <= square_root(2)
    assert not square_root(2) < square_root(2)


def test_complex_numbers_have_no_order() -> None:
    for other in (root_of_unity(5), IMAGINARY_UNIT, scalar(square_root(2)), scalar(square_root(2)) + 1):
        with pytest.raises(TypeError):
            square_root(2) < other  # noqa: B015
        with pytest.raises(TypeError):
            root_of_unity(7) < other  # noqa: B015


def test_floats_are_near_also_after_cancellation() -> None:
    tiny = (square_root(2) - 1) ** 80
    assert to_float(tiny) == pytest.approx((math.sqrt(2) - 1) ** 80, rel=1e-12)  # 80 rounded factors
    assert to_complex(scalar(tiny) * IMAGINARY_UNIT).real == 0


# Limits


def test_fields_beyond_the_limit_are_refused() -> None:
    with pytest.raises(LimitError) as caught:
        root_of_unity(7) * root_of_unity(11) * root_of_unity(13) * root_of_unity(17)
    message = "an exact number needs roots of unity of order 68068; the limit is 5040"
    assert (str(caught.value), MAX_ORDER) == (message, 5040)
    with pytest.raises(LimitError, match=r"roots of unity of order 5044; the limit is 5040$"):
        root_of_unity(1261)
    assert root_of_unity(10**9, 5 * 10**8) == -ONE


def test_a_sign_that_needs_too_many_digits_is_refused() -> None:
    with pytest.raises(LimitError) as caught:
        (square_root(2) - 1) ** 7000 > 0  # noqa: B015
    assert str(caught.value) == "a number is so close to zero that more than 16384 binary digits are needed"
    assert (square_root(2) - 1) ** 6000 > 0
