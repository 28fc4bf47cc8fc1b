"""Laurent polynomials: ring laws, and values at points."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from eqcompile.exact.arithmetic.laurent import Laurent, truncated_product
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar, scalar

numbers = st.fractions(-3, 3, max_denominator=3).map(scalar)
polynomials = st.dictionaries(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), numbers, max_size=4).map(
    Laurent
)
POINT = (Fraction(2, 3), Fraction(-5))


def value(polynomial: Laurent) -> Scalar:
    return sum(
        (c * scalar(POINT[0] ** i * POINT[1] ** j) for (i, j), c in polynomial.terms.items()), start=ZERO
    )


@given(polynomials, polynomials)
def test_arithmetic_is_that_of_values(a: Laurent, b: Laurent) -> None:
    assert value(a + b) == value(a) + value(b)
    assert value(a - b) == value(a) - value(b)
    assert value(a * b) == value(a) * value(b)
    assert a * b == b * a
    assert hash(a + b) == hash(b + a)
    assert not a - a


@given(st.lists(polynomials, min_size=1, max_size=3), st.lists(polynomials, min_size=1, max_size=3))
def test_truncated_products(left: list[Laurent], right: list[Laurent]) -> None:
    whole = truncated_product(left, right, 9)
    assert len(whole) == len(left) + len(right) - 1
    assert truncated_product(left, right, 1) == whole[:2]
    total, product = (sum(map(value, series), start=ZERO) for series in (left, right))
    assert sum(map(value, whole), start=ZERO) == total * product


def test_terms() -> None:
    z = Laurent({(1, 0): ONE, (0, 1): ZERO})
    assert z.variables == {0}
    assert z.coefficient((0, 1)) == ZERO
    assert Laurent.constant(3, 2).variables == frozenset()
    assert z != Laurent({(0, 1): ONE})
    assert z != 1
    assert repr(z) == "Laurent({(1, 0): QQ_I(1, 0)})"
