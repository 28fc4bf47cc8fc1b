"""What a float stands for, and which expressions are polynomials."""

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit.circuit import Parameter, ParameterVector

from eqcompile.circuits.angle import ExactAngle
from eqcompile.errors import BackendError
from eqcompile.readers.angles import AngleReader, multiple_of_pi, near_fraction, radians_and_turns
from eqcompile.readers.expressions import NoExactFormError

A, B = Parameter("a"), Parameter("b")
PI = ExactAngle.of_pi


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.5, "1/2"),
        (-3, "-3"),
        (math.pi, "pi"),
        (-math.pi / 7, "-1/7*pi"),
        (5 * math.pi / 360, "1/72*pi"),
        (math.pi / 2**17, "1/131072*pi"),
        (0.1 + 0.2, "3/10"),
        (3e-15, "0"),
        (A, "a"),
        (A / 2 + B * 2 / 3, "1/2*a + 2/3*b"),
        (A * B - math.pi / 4, "a*b - 1/4*pi"),
        ((A + B) ** 2 - 2 * A * B, "a*a + b*b"),
        (2 * (A - 1) * (A + 1), "-2 + 2*a*a"),
        (A - A, "0"),
        ((A + B).assign(B, 0), "a"),
        (A.assign(A, 0.25), "1/4"),
        (1 - (2 - (3 - A)), "2 - a"),
        (math.pi - 2 * A / math.pi * math.pi, "-2*a + pi"),
        (A.assign(A, B * B), "b*b"),
        (ParameterVector("w", 3)[2] * 0.1, "1/10*w[2]"),
        (A * 0 + 1, "1"),
        (A + 0.3 - 0.3 + 4e-16, "a"),
        (A * 2.0**-48, f"1/{2**48}*a"),
        (A.conjugate(), "a"),
    ],
)
def test_angles(value: Any, text: str) -> None:
    assert repr(AngleReader().angle(value)) == text


@given(st.integers(-2000, 2000), st.integers(1, 360), st.integers(-3, 3))
def test_small_multiples_of_pi_are_known_with_errors_in_the_last_digits(p: int, q: int, ulps: int) -> None:
    value = p * math.pi / q
    found = multiple_of_pi(value + ulps * math.ulp(value))
    assert found == (Fraction(p, q) or None)


@given(st.floats(0.001, 10), st.integers(1, 64), st.integers(1, 64))
def test_ratios_of_floats_are_tied(base: float, p: int, q: int) -> None:
    reader = AngleReader()
    one, other = reader.angle(base), reader.angle(base * p / q)
    if reader.literals == (base,):
        assert other == one * Fraction(p, q)


@given(st.integers(-60, 60), st.integers(1, 12), st.integers(-20, 20), st.integers(1, 12))
def test_sums_of_a_fraction_and_a_multiple_of_pi(a: int, b: int, k: int, m: int) -> None:
    """As Qiskit stores ``3*pi - 1.2``: in one number."""
    value = a / b + k * math.pi / m
    if a and k and m not in (7, 9, 11) and abs(k) <= 4 * m and abs(a) <= 20 * b and abs(value) > 0.01:
        assert radians_and_turns(value) == (Fraction(a, b), Fraction(k, m))
    assert radians_and_turns(value + 1e-9) is None


@pytest.mark.parametrize(
    ("values", "angles", "num_literals"),
    [
        ((0.123456789, 0.123456789 + math.pi), ("c", "c + pi"), 1),
        ((0.123456789, math.pi / 2 - 0.123456789), ("c", "-c + 1/2*pi"), 1),
        ((0.123456789, 2 * 0.123456789 - 3 * math.pi), ("c", "2*c - 3*pi"), 1),
        ((0.123456789, 0.123456789 + math.pi + 1e-10), ("c", "other"), 2),
        ((0.123456789, 0.123456789 + math.pi / 3), ("c", "other"), 2),
    ],
)
def test_floats_are_tied_to_others_a_quarter_of_a_turn_away(
    values: tuple[float, float], angles: tuple[str, str], num_literals: int
) -> None:
    """A transpiler writes ``c + pi`` for ``c`` where it passes a gate through a reflection."""
    reader = AngleReader()
    first, second = (reader.angle(value) for value in values)
    assert len(reader.literals) == num_literals
    known = {
        "c": first,
        "c + pi": first + PI(1),
        "-c + 1/2*pi": PI(Fraction(1, 2)) - first,
        "2*c - 3*pi": first * 2 - PI(3),
    }
    assert known.get(angles[1], second) == second
    assert len(reader.notes) == 2 - num_literals


def test_ties_are_read_up_to_the_rounding_of_an_angle_but_factors_by_their_own_size() -> None:
    reader = AngleReader()
    assert reader.angle(0.123456789) == reader.angle(0.123456789 + 2e-15)
    assert reader.angle(A * 1.23456789e-9) != reader.angle(A * 1.2345679e-9)
    assert reader.angle(A * 0.123456789) != reader.angle(A * 0.1234567890001)


@pytest.mark.parametrize("relative", [1e-6, 1e-9, 1e-12])
def test_negative_control_near_is_not_equal(relative: float) -> None:
    reader = AngleReader()
    for value in (math.pi / 3, 0.3, 0.123456789):
        assert reader.angle(value) != reader.angle(value * (1 + relative))
    assert near_fraction(0.3 * (1 + relative), 1000) is None
    assert multiple_of_pi(math.pi * (1 + relative)) is None
    assert reader.angle(A * 0.3) != reader.angle(A * 0.3 * (1 + relative))


def test_other_floats_are_taken_literally() -> None:
    reader = AngleReader()
    assert reader.angle(0.123456789) == ExactAngle.of({(): Fraction(0.123456789)})
    assert reader.angle(0.987654321) == ExactAngle.of({(): Fraction(0.987654321)})
    assert reader.literals == (0.123456789, 0.987654321)
    assert reader.notes == ()


def test_pi_beside_a_parameter_is_one_number_everywhere() -> None:
    reader = AngleReader()
    assert reader.angle(A * math.pi) == reader.angle(A * math.pi / 3) * 3
    assert reader.angle(A * math.pi / math.pi) == ExactAngle.parameter("a")


def test_irrational_coefficients_are_tied() -> None:
    reader = AngleReader()
    assert reader.angle(A * math.sqrt(2)) * Fraction(3, 5) == reader.angle(A * (3 * math.sqrt(2) / 5))
    assert len(reader.notes) == 1


def test_notes_are_cut() -> None:
    reader = AngleReader()
    for k in range(1, 8):
        reader.angle(k * math.pi / 8 + 3e-15)
    (note,) = reader.notes
    assert note.endswith(" = 3/8*pi and 4 more")


@pytest.mark.parametrize(
    "value",
    [A.sin(), A**0.5, 1 / A, A / B, A**-1, A**B, A.abs(), A.sign(), A.arctan(), A.exp(), A.log(), 2**A],
)
def test_no_polynomials(value: Any) -> None:
    with pytest.raises(NoExactFormError, match="is no polynomial in its parameters"):
        AngleReader().angle(value)


def test_huge_powers_are_refused() -> None:
    with pytest.raises(NoExactFormError, match="more than 1000 terms"):
        AngleReader().angle((A + B + 1) ** 100)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1 + 1j, "text", None])
def test_what_is_no_number(value: Any) -> None:
    with pytest.raises(BackendError, match=r"the gate parameter .* is not a"):
        AngleReader().angle(value)


def test_names_are_never_executed() -> None:
    name = "__import__('os').abort()"
    assert AngleReader().angle(Parameter(name) * 2).parameters == {name}


def test_two_parameters_of_one_name() -> None:
    reader = AngleReader()
    reader.angle(A + 1)
    with pytest.raises(BackendError, match="two different parameters are both called 'a'"):
        reader.angle(Parameter("a") + 1)
