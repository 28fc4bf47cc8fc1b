"""Exact states, compared with dense vectors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, scalar, to_complex
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState

N = 3
Dense = Callable[[PauliSum], Any]

numbers = st.builds(
    lambda a, b: scalar(a) + scalar(b) * IMAGINARY_UNIT, st.integers(-3, 3), st.integers(-3, 3)
)
states = st.builds(lambda a: ExactState(N, a), st.dictionaries(st.integers(0, 2**N - 1), numbers, max_size=5))
keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
operators = st.builds(lambda a: PauliSum(N, a), st.dictionaries(keys, numbers, max_size=4))


def vector(state: ExactState) -> Any:
    out = np.zeros(2**state.num_qubits, complex)
    for bits, value in state.amplitudes.items():
        out[bits] = to_complex(value)
    return out


@given(states, operators)
def test_operators_act_as_matrices(dense: Dense, state: ExactState, op: PauliSum) -> None:
    assert np.array_equal(vector(state.apply(op)), dense(op) @ vector(state))


@given(states, st.permutations(range(N)))
def test_relabelling_moves_the_qubits(
    swap_matrix: Callable[[tuple[int, ...]], Any], state: ExactState, images: list[int]
) -> None:
    assert np.array_equal(vector(state.relabel(images)), swap_matrix(tuple(images)) @ vector(state))


@given(states, numbers)
def test_multiples_are_recognised(state: ExactState, factor: object) -> None:
    assert int(state.norm_squared) == round(np.vdot(vector(state), vector(state)).real)
    if state.amplitudes:
        assert state.eigenvalue_of(state.scaled(factor)) == factor
        missing = next(b for b in range(2**N) if b not in state.amplitudes)
        other = ExactState(N, {**state.amplitudes, missing: scalar(1)})
        assert state.eigenvalue_of(other) is None


def test_singlets_are_antisymmetric_and_spinless() -> None:
    singlet = ExactState.singlets(3, [(0, 2)])
    assert str(singlet) == "|001> - |100>"
    assert singlet.eigenvalue_of(singlet.relabel([2, 1, 0])) == scalar(-1)
    assert singlet.eigenvalue_of(singlet.apply(PauliSum.parse("X0 + X2", 3))) == scalar(0)
    assert singlet.eigenvalue_of(singlet.apply(PauliSum.parse("X0", 3))) is None
    assert hash(singlet) == hash(ExactState.singlets(3, [(2, 0)]).scaled(-1))


def test_products_are_one_ket() -> None:
    assert str(ExactState(2, {0: scalar(1), 2: scalar(1)})) == "|0+>"
    assert str(ExactState(2, {0: scalar(3), 3: scalar(-1)})) == "3*|00> - |11>"
    assert str(ExactState(2, {})) == "0"


def test_long_texts_are_abbreviated() -> None:
    assert ExactState.product("0" * 40).abbreviated() == f"|{'0' * 40}>"
    long = f"|1{'0' * 15}...{'0' * 14}-+> (41 qubits)"
    assert ExactState.product("1" + "0" * 38 + "-+").abbreviated() == long
    four = ExactState.singlets(8, [(0, 1), (2, 3), (4, 5), (6, 7)])
    assert four.abbreviated() == str(four)
    five = ExactState.singlets(42, [(2 * k, 2 * k + 1) for k in range(5)]).abbreviated()
    assert five.count("|") == 16
    assert five.endswith(" + ... (32 kets, 42 qubits)")
    assert ExactState(2, {}).abbreviated() == "0"


def test_the_norm_is_exact() -> None:
    state = ExactState.parse("sqrt(2)*|0> - 3*i*|1>")
    assert state.norm_squared == 11


def test_impossible_states() -> None:
    with pytest.raises(DimensionError, match=r"^singlet pairs \[\(0, 1\), \(1, 2\)\] must be disjoint"):
        ExactState.singlets(3, [(0, 1), (1, 2)])
    with pytest.raises(DimensionError, match=r"on qubits 0 to 2$"):
        ExactState.singlets(3, [(0, 3)])
    with pytest.raises(
        LimitError, match=r"^17 singlets; the limit is 16, because all amplitudes are stored$"
    ):
        ExactState.singlets(34, [(2 * k, 2 * k + 1) for k in range(17)])
    with pytest.raises(DimensionError, match=r"^basis state 2 is not one of 0 to 1$"):
        ExactState(1, {2: scalar(1)})
    with pytest.raises(DimensionError, match=r"^operator on 2 qubits, state on 3$"):
        ExactState.singlets(3, [(0, 1)]).apply(PauliSum.zero(2))
    with pytest.raises(
        DimensionError, match=r"^the zero vector is not a state; give at least one amplitude$"
    ):
        ExactState(1, {}).eigenvalue_of(ExactState(1, {0: scalar(1)}))
