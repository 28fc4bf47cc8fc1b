"""Operators and states as matrices of SymPy and back, against Kronecker products and Qiskit's order of qubits."""

import subprocess
import sys
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import SparsePauliOp

import eqcompile as eq
from eqcompile.exact.arithmetic.parse import parse_scalar
from eqcompile.exact.operators.strings import letter
from eqcompile.exact.states.state import ExactState

N = 3
COEFFICIENTS = (
    "1",
    "-2/3",
    "i",
    "sqrt(3)/2",
    "1/2 - i*sqrt(2)",
    "cos(pi/5)",
    "exp(i*pi/4)",
    "cos(pi/7)",
    "exp(2*i*pi/7)",
)
SIGMA = {
    "I": sympy.eye(2),
    "X": sympy.Matrix([[0, 1], [1, 0]]),
    "Y": sympy.Matrix([[0, -sympy.I], [sympy.I, 0]]),
    "Z": sympy.Matrix([[1, 0], [0, -1]]),
}

coefficients = st.sampled_from(COEFFICIENTS).map(parse_scalar)
keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
operators = st.builds(eq.PauliSum, st.just(N), st.dictionaries(keys, coefficients, max_size=5))
rational = st.builds(
    eq.PauliSum, st.just(N), st.dictionaries(keys, st.fractions(-3, 3, max_denominator=5), max_size=5)
)
states = st.builds(
    ExactState, st.just(N), st.dictionaries(st.integers(0, 2**N - 1), coefficients, max_size=4)
)


def by_kronecker(key: tuple[int, int], num_qubits: int) -> sympy.Matrix:
    """One string, qubit 0 as the last factor."""
    letters = [letter(key, q) if (key[0] | key[1]) >> q & 1 else "I" for q in reversed(range(num_qubits))]
    return reduce(sympy.kronecker_product, (SIGMA[name] for name in letters), sympy.eye(1))


@settings(max_examples=60, deadline=None)
@given(operators)
def test_operators_come_back(op: eq.PauliSum) -> None:
    assert eq.PauliSum.from_sympy(op.to_sympy()) == op


@pytest.mark.parametrize("key", [(x, z) for x in range(8) for z in range(8)])
def test_a_string_is_its_kronecker_product(key: tuple[int, int]) -> None:
    assert eq.PauliSum(N, {key: 1}).to_sympy() == by_kronecker(key, N)


@settings(max_examples=30, deadline=None)
@given(rational, rational)
def test_sums_products_and_adjoints_are_those_of_sympy(a: eq.PauliSum, b: eq.PauliSum) -> None:
    left, right = a.to_sympy(), b.to_sympy()
    assert (a + b).to_sympy() == left + right
    assert (a * b).to_sympy() == (left * right).expand()
    assert a.commutator(b).to_sympy() == (left * right - right * left).expand()
    assert a.adjoint().to_sympy() == left.H


@settings(max_examples=30, deadline=None)
@given(operators, operators)
def test_a_commutator_with_irrational_numbers_is_that_of_sympy(a: eq.PauliSum, b: eq.PauliSum) -> None:
    left, right = a.to_sympy(), b.to_sympy()
    assert eq.PauliSum.from_sympy(left * right - right * left) == a.commutator(b)


def test_the_order_of_qubits_is_that_of_qiskit() -> None:
    op = eq.PauliSum.parse("X0 Y1 + 2*Z1 Z2 + 3*Y0", 3)
    theirs = SparsePauliOp(["IYX", "ZZI", "IIY"], [1, 2, 3]).to_matrix()
    assert np.array_equal(np.array(op.to_sympy(), dtype=complex), theirs)
    reversed_ = SparsePauliOp(["XYI", "IZZ", "YII"], [1, 2, 3]).to_matrix()
    assert not np.array_equal(np.array(op.to_sympy(), dtype=complex), reversed_), "the control"


@settings(max_examples=30, deadline=None)
@given(operators, states)
def test_states_come_back_and_operators_act_on_them(op: eq.PauliSum, state: ExactState) -> None:
    assert ExactState.from_sympy(state.to_sympy()) == state
    assert ExactState.from_sympy(op.to_sympy() * state.to_sympy()) == state.apply(op)


def test_small_registers() -> None:
    assert eq.PauliSum.identity(0).to_sympy() == sympy.eye(1)
    assert eq.PauliSum.from_sympy(sympy.Matrix([[sympy.sqrt(2)]])).num_qubits == 0
    assert eq.PauliSum.zero(2).to_sympy() == sympy.zeros(4)
    assert eq.PauliSum.from_sympy(sympy.zeros(4)) == eq.PauliSum.zero(2)


def test_negative_control_a_changed_entry_is_another_operator() -> None:
    op = eq.PauliSum.parse("H(0,1) + sqrt(3)/2*Z1", 2)
    matrix = op.to_sympy()
    for place in [(0, 0), (1, 2), (0, 3)]:
        changed = matrix.copy()
        changed[place] += sympy.Rational(1, 10**12)
        assert eq.PauliSum.from_sympy(changed) != op
    assert eq.PauliSum.from_sympy(matrix.T) == op, "this operator is symmetric"
    assert eq.PauliSum.from_sympy(matrix[[0, 2, 1, 3], [0, 2, 1, 3]]) == op.relabel([1, 0]) != op


def test_ten_qubits_if_few_are_flipped() -> None:
    chain = eq.PauliSum.parse(" + ".join(f"H({q},{q + 1})" for q in range(9)), 10)
    assert eq.PauliSum.from_sympy(chain.to_sympy()) == chain


FULL = {(x, 0): 1 for x in range(1 << 7)}

REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a float": (
        lambda: eq.PauliSum.from_sympy(sympy.Matrix([[0, 0.5], [0.5, 0]])),
        "entry (0, 1) of the matrix: 0.500000000000000 has been rounded; write it exactly, such as Rational(1, 2) or "
        "sqrt(2)/2",
    ),
    "a symbol": (
        lambda: eq.PauliSum.from_sympy(sympy.Matrix([[sympy.Symbol("t"), 0], [0, 1]])),
        'entry (0, 0) of the matrix: "t" is a symbol; substitute numbers for symbols first',
    ),
    "not square": (
        lambda: eq.PauliSum.from_sympy(sympy.zeros(2, 4)),
        "the matrix has 2 rows and 4 columns; an operator is square",
    ),
    "three levels": (
        lambda: eq.PauliSum.from_sympy(sympy.eye(3)),
        "the matrix has 3 rows; n qubits need 2**n of them",
    ),
    "nothing": (
        lambda: eq.PauliSum.from_sympy(sympy.zeros(0, 0)),
        "the matrix has 0 rows; n qubits need 2**n of them",
    ),
    "a large matrix": (
        lambda: eq.PauliSum.from_sympy(sympy.SparseMatrix(2048, 2048, {})),
        "a matrix of SymPy on 11 qubits; the limit is 10",
    ),
    "a large operator": (
        lambda: eq.PauliSum.zero(11).to_sympy(),
        "a matrix of SymPy on 11 qubits; the limit is 10",
    ),
    "a full operator": (
        lambda: eq.PauliSum(10, FULL).to_sympy(),
        "a matrix of SymPy with more than 65536 entries that are not zero, which is the limit",
    ),
    "a full matrix": (
        lambda: eq.PauliSum.from_sympy(sympy.SparseMatrix(1024, 1024, {(0, c): 1 for c in range(65)})),
        "a matrix of SymPy with more than 65536 entries that are not zero, which is the limit",
    ),
    "a list": (
        lambda: eq.PauliSum.from_sympy([[0, 1], [1, 0]]),  # type: ignore[arg-type]
        "matrix: a matrix of SymPy is needed, such as sympy.Matrix([[0, 1], [1, 0]]); found list [[0, 1], [1, 0]]",
    ),
    "a product that is not written out": (
        lambda: eq.PauliSum.from_sympy(sympy.MatrixSymbol("A", 2, 2)),
        "matrix: a matrix of SymPy is needed, such as sympy.Matrix([[0, 1], [1, 0]]); found MatrixSymbol A; "
        "as_explicit() writes it out",
    ),
    "a row": (
        lambda: ExactState.from_sympy(sympy.Matrix([[0, 1]])),
        "the vector has 2 columns; a state is one column",
    ),
    "a long state": (
        lambda: ExactState(11, {0: 1}).to_sympy(),
        "a matrix of SymPy on 11 qubits; the limit is 10",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_messages(case: str) -> None:
    call, message = REFUSED[case]
    with pytest.raises(eq.EqcompileError) as caught:
        call()
    assert str(caught.value) == message


def test_other_wrong_values_are_one_line() -> None:
    wrong: list[Any] = [
        None,
        0,
        2.5,
        "X0",
        sympy.Integer(1),
        np.eye(2),
        object(),
        eq.SU2(1),
        sympy.Matrix,
        {},
    ]
    for value in wrong:
        for read in (eq.PauliSum.from_sympy, ExactState.from_sympy, eq.PermutationGroup.from_sympy):
            with pytest.raises(eq.EqcompileError) as caught:
                read(value)
            assert "\n" not in str(caught.value)


LAZY = """
import sys
import eqcompile as eq
op = eq.PauliSum.parse("H(0,1) + sqrt(3)*Z0", 2)
assert eq.derive(eq.SU2(2) * eq.U1(2), 2).contains(eq.PauliSum.parse("H(0,1)", 2))
assert op * op and op.commutator(op) == op - op
try:
    eq.verify(3, eq.SU2(2))
except eq.EqcompileError:
    pass
assert "sympy" not in sys.modules
op.to_sympy()
assert "sympy" in sys.modules
"""


def test_sympy_is_loaded_when_it_is_needed() -> None:
    ended = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
