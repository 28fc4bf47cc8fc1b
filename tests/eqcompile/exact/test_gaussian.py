"""Gaussian rationals, held against those of SymPy; what is no exact number is refused."""

from collections.abc import Callable
from fractions import Fraction
from operator import add, mul, sub, truediv
from typing import Any

import networkx as nx
import pytest
from flint import fmpq, fmpz
from hypothesis import given
from hypothesis import strategies as st
from sympy.polys.domains import QQ_I

from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.cyclotomic_field import _primitive_root, prime_factors
from eqcompile.exact.arithmetic.gaussian import GaussianRational
from eqcompile.exact.linear.union_find import UnionFind

fractions = st.fractions(max_denominator=50) | st.sampled_from([Fraction(0), Fraction(1), Fraction(-1)])
pairs = st.tuples(fractions, fractions)
OPERATIONS = (add, sub, mul, truediv)


def ours(pair: tuple[Fraction, Fraction]) -> Any:
    return GaussianRational.new(*(fmpq(v.numerator, v.denominator) for v in pair))


def theirs(pair: tuple[Fraction, Fraction]) -> Any:
    return QQ_I(*(fmpq(v.numerator, v.denominator) for v in pair))


def same(left: Any, right: Any) -> bool:
    return (
        (left.x, left.y) == (right.x, right.y) and hash(left) == hash(right) and repr(left) == str_of(right)
    )


def str_of(value: Any) -> str:
    return f"QQ_I({value.x}, {value.y})"


@given(pairs, pairs, st.sampled_from(OPERATIONS))
def test_arithmetic_is_that_of_sympy(
    left: tuple[Fraction, Fraction], right: tuple[Fraction, Fraction], operation: Callable[[Any, Any], Any]
) -> None:
    if operation is truediv and not any(right):
        with pytest.raises(ZeroDivisionError):
            ours(left) / ours(right)
        return
    assert same(operation(ours(left), ours(right)), operation(theirs(left), theirs(right)))
    assert (ours(left) == ours(right)) == (left == right)
    assert bool(ours(left)) == any(left)


@given(pairs)
def test_text_is_that_of_sympy(pair: tuple[Fraction, Fraction]) -> None:
    assert str(ours(pair)) == str(theirs(pair))


@given(pairs, fractions, st.sampled_from(OPERATIONS))
def test_rationals_of_every_type_stand_on_either_side(
    pair: tuple[Fraction, Fraction], number: Fraction, operation: Callable[[Any, Any], Any]
) -> None:
    exact = ours((number, Fraction(0)))
    kinds: list[Any] = [number, fmpq(number.numerator, number.denominator)]
    if number.denominator == 1:
        kinds += [int(number), fmpz(int(number))]
    for kind in kinds:
        if operation is not truediv or number:
            assert operation(ours(pair), kind) == operation(ours(pair), exact)
        if operation is not truediv or any(pair):
            assert operation(kind, ours(pair)) == operation(exact, ours(pair))


@given(pairs, st.integers(-6, 6))
def test_powers_are_repeated_products(pair: tuple[Fraction, Fraction], exponent: int) -> None:
    if not any(pair) and exponent < 0:
        with pytest.raises(ZeroDivisionError):
            ours(pair) ** exponent
        return
    expected = ours((Fraction(1), Fraction(0)))
    for _ in range(abs(exponent)):
        expected = expected * ours(pair) if exponent > 0 else expected / ours(pair)
    assert ours(pair) ** exponent == expected


@pytest.mark.parametrize("other", [0.5, 1j, "1", None])
def test_negative_control_rounded_numbers_and_text_are_refused(other: Any) -> None:
    one = ours((Fraction(1), Fraction(0)))
    for operation in OPERATIONS:
        with pytest.raises(TypeError):
            operation(one, other)
        with pytest.raises(TypeError):
            operation(other, one)
    assert one != other
    with pytest.raises(TypeError):
        one**other


def test_cyclotomic_numbers_take_over() -> None:
    eighth, half = root_of_unity(8), ours((Fraction(1, 2), Fraction(1)))
    for operation in OPERATIONS:
        assert operation(half, eighth) == operation(half * eighth**8, eighth)
    assert half / eighth * eighth == half
    assert (half - eighth) + eighth == half


@given(st.integers(2, 40), st.lists(st.lists(st.integers(0, 39), min_size=1, max_size=4)))
def test_sets_are_those_of_networkx(size: int, joined: list[list[int]]) -> None:
    mine, other = UnionFind(range(size)), nx.utils.UnionFind(range(size))
    for group in joined:
        mine.union(*group)
        other.union(*group)
    assert mine.to_sets() == list(other.to_sets())
    assert list(mine) == list(other)
    assert (mine[0] == mine[1]) == (other[0] == other[1])


@pytest.mark.parametrize("prime", [3, 5, 7, 23, 41, 1259])
def test_powers_of_a_primitive_root_are_all_units(prime: int) -> None:
    root = _primitive_root(prime)
    assert {pow(root, k, prime) for k in range(prime - 1)} == set(range(1, prime))
    assert prime_factors(prime) == [prime]
