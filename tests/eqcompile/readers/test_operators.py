"""Qiskit's operators and states in exact form, with the right end of the register first."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp, Statevector, random_statevector

from eqcompile.emit.qiskit.circuit import sparse_pauli_op
from eqcompile.errors import BackendError, LimitError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.readers.operators import exact_state, sparse_pauli_sum
from eqcompile.readers.readings import Readings

TEXTS = (
    "X0 + 2*Y1 Z2",
    "H(0,1) - 3/10*Z2",
    "1/3*X0 X1 + i*Y2",
    "sqrt(2)/2*Z0 - sqrt(3)/5*X2 + (1 + 2*i)*Y0",
    "0",
    "5*I",
)


@pytest.mark.parametrize("text", TEXTS)
def test_round_trip_of_operators(text: str) -> None:
    op = PauliSum.parse(text, 3)
    assert sparse_pauli_sum(sparse_pauli_op(op)) == op


def test_the_last_letter_of_a_label_is_qubit_0() -> None:
    assert str(sparse_pauli_sum(SparsePauliOp(["IXY"], [0.5]))) == "1/2*Y0 X1"


def test_repeated_strings_add_up() -> None:
    assert not sparse_pauli_sum(SparsePauliOp(["XY", "XY"], [0.1, -0.1]))


@given(st.lists(st.floats(-10, 10, allow_subnormal=False), min_size=1, max_size=4))
def test_no_coefficient_moves_by_more_than_rounding(values: list[float]) -> None:
    labels = ["XX", "YY", "ZI", "IZ"][: len(values)]
    back = sparse_pauli_op(sparse_pauli_sum(SparsePauliOp(labels, values)))
    found = dict(zip(back.paulis.to_labels(), back.coeffs.real.tolist(), strict=True))
    scale = max(abs(value) for value in values)
    for label, value in zip(labels, values, strict=True):
        assert abs(found.get(label, 0) - value) <= 2e-15 * scale


@pytest.mark.parametrize("relative", [1e-6, 1e-9, 1e-13])
def test_negative_control_near_coefficients_stay_different(relative: float) -> None:
    for value in (1.0, 0.1, 1 / 3, math.sqrt(2)):
        one, other = (sparse_pauli_sum(SparsePauliOp(["Z"], [v])) for v in (value, value * (1 + relative)))
        assert one != other


def test_rounding_beside_large_coefficients_is_zero() -> None:
    assert str(sparse_pauli_sum(SparsePauliOp(["X", "Z"], [1 + 1e-17j, 1e-17]))) == "X0"
    assert sparse_pauli_sum(SparsePauliOp(["X"], [1e-17]))


@pytest.mark.parametrize("value", [float("nan"), Parameter("a")])
def test_coefficients_that_are_no_numbers(value: Any) -> None:
    with pytest.raises(BackendError, match="the coefficient"):
        sparse_pauli_sum(SparsePauliOp(["X"], np.array([value])))


STATES = ("|01> - |10>", "|0+1r>", "|001> + |010> + |100>", "2*|00> + 3*i*|11>", "|00> + sqrt(2)*|10>")


@pytest.mark.parametrize("text", STATES)
def test_states_up_to_a_factor(text: str, ket: Callable[[ExactState], Any]) -> None:
    state = ExactState.parse(text)
    vector = ket(state)
    found = exact_state(Statevector(np.exp(0.3j) * vector / np.linalg.norm(vector)))
    assert state.eigenvalue_of(found) is not None


def test_states_of_circuits() -> None:
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.t(0)
    circuit.cx(0, 2)
    expected = ExactState.parse("|000> + exp(i*pi/4)*|101>")
    assert exact_state(Statevector(circuit)) in (expected, expected.scaled(1 / expected.amplitudes[5]))


def test_negative_control_another_state_is_no_multiple(ket: Callable[[ExactState], Any]) -> None:
    state, other = ExactState.parse("|001> + |010>"), ExactState.parse("|100> + |010>")
    assert state.eigenvalue_of(exact_state(Statevector(ket(other)))) is None


@pytest.mark.parametrize("seed", range(3))
def test_states_without_exact_form_are_refused(seed: int) -> None:
    with pytest.raises(
        BackendError, match="the state has no exact form: over its largest amplitude, the number"
    ):
        exact_state(random_statevector(4, seed=seed))


@pytest.mark.parametrize("angle", [1e-6, 1e-9, 1e-11])
def test_negative_control_nearly_exact_is_not_exact(angle: float) -> None:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.ry(angle, 0)
    with pytest.raises(BackendError, match="the state has no exact form"):
        exact_state(Statevector(circuit))


def test_vectors_that_are_no_states() -> None:
    with pytest.raises(BackendError, match="the zero vector is not a state"):
        exact_state(Statevector([0, 0]))
    with pytest.raises(BackendError, match="not finite"):
        exact_state(Statevector([float("nan"), 0]))
    with pytest.raises(BackendError, match=r"dimensions \(3,\); only states of qubits"):
        exact_state(Statevector([1, 0, 0]))
    with pytest.raises(LimitError, match="131072 amplitudes; the limit is 65536"):
        exact_state(Statevector(np.full(1 << 17, 1 / math.sqrt(1 << 17))))


@pytest.mark.parametrize(
    ("value", "note"),
    [
        (0.1, None),
        (math.sqrt(0.5), None),
        (np.nextafter(0.1, 1), "0.10000000000000002 = 1/10"),
        (1 / np.sqrt(2), "0.7071067811865475 = 1/2*sqrt(2)"),
        (1 + 1e-16j, "1+1e-16j = 1"),
    ],
)
def test_rounded_coefficients_are_named(value: complex, note: str | None) -> None:
    readings = Readings()
    sparse_pauli_sum(SparsePauliOp(["X", "Z"], [value, 1.0]), readings)
    expected = () if note is None else (f"a coefficient is an exact number up to rounding: {note}",)
    assert readings.notes == expected


def test_rounded_amplitudes_are_named() -> None:
    readings = Readings()
    exact_state(Statevector([2**-0.5, 0, 0, 2**-0.5]), readings)
    assert readings.notes == ()
    exact_state(Statevector([0.5, 0.5 - 1e-16, 0, 1e-17]), readings)
    assert readings.notes == (
        "an amplitude over the largest one is an exact number up to rounding: 0.9999999999999998 = 1",
        "an amplitude far below the largest one is zero: 2e-17 = 0",
    )
