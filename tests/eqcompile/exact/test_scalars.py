"""Gaussian rationals: no rounded number gets in, and text is unambiguous."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.scalars import (
    IMAGINARY_UNIT,
    conjugate,
    format_scalar,
    imaginary_part,
    is_real,
    rational,
    real_part,
    scalar,
    times_power_of_i,
    to_complex,
    to_fraction,
)

fractions = st.fractions(min_value=-9, max_value=9, max_denominator=20)


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


@pytest.mark.parametrize("value", [0.5, 1j, "1/2", None])
def test_only_exact_numbers_are_read(value: object) -> None:
    with pytest.raises(DimensionError) as caught:
        rational(value)
    assert str(caught.value) == f"{value!r} is not an exact rational number; write it as a fraction"
