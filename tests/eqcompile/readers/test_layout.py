"""Transpiled circuits, followed back to their virtual qubits; floats that the transpiler makes."""

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm3, transpile
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator
from qiskit.transpiler import CouplingMap, Layout

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.errors import BackendError
from eqcompile.readers.circuit import general_circuit
from eqcompile.readers.layout import PHYSICAL, ROUTING, Placement

ROUNDING = 1e-10
"""At level 3 Qiskit resynthesises blocks; its own matrices differ by this much."""

BASES = (["cx", "rz", "sx", "x"], ["cz", "u"], ["ecr", "rz", "sx", "x"])

Evaluator = Callable[[Circuit, dict[str, float]], Any]

A, B = Parameter("a"), Parameter("b")


def model(num_qubits: int = 4) -> QuantumCircuit:
    """An asymmetric circuit with gates between distant qubits, so that a line must route."""
    circuit = QuantumCircuit(num_qubits, global_phase=0.3)
    circuit.h(0)
    circuit.rzz(A, 0, 3)
    circuit.crx(B / 2, 3, 1)
    circuit.t(2)
    circuit.swap(0, 2)
    circuit.rxx(2 * A, 1, 3)
    circuit.ry(0.7, 2)
    circuit.cx(2, 0)
    return circuit


def on_zero_ancillas(matrix: Any, num_ancillas: int) -> tuple[Any, float]:
    """The block of a matrix where the last qubits are zero, and the size of what leaves it."""
    size = len(matrix) >> num_ancillas
    return matrix[:size, :size], float(np.abs(matrix[size:, :size]).max(initial=0))


def defect(unitary: Evaluator, circuit: QuantumCircuit, transpiled: QuantumCircuit) -> float:
    exact = general_circuit(transpiled)
    assert exact.num_qubits - exact.num_ancillas == circuit.num_qubits
    block, leak = on_zero_ancillas(unitary(exact, {"a": 0.83, "b": -1.9}), exact.num_ancillas)
    expected = Operator(
        circuit.assign_parameters({p: {"a": 0.83, "b": -1.9}[p.name] for p in circuit.parameters})
    )
    return float(np.abs(block - expected.data).max()) + leak


@pytest.mark.parametrize("basis", BASES, ids="-".join)
@pytest.mark.parametrize("level", range(4))
def test_transpiled_circuits_are_followed_back(level: int, basis: list[str], unitary: Evaluator) -> None:
    for seed in (1, 2):
        transpiled = transpile(
            model(),
            coupling_map=CouplingMap.from_line(5),
            basis_gates=basis,
            optimization_level=level,
            seed_transpiler=seed,
        )
        assert defect(unitary, model(), transpiled) < ROUNDING


@pytest.mark.parametrize("level", range(4))
def test_bound_circuits_too(level: int, unitary: Evaluator) -> None:
    bound = model().assign_parameters({A: 0.83, B: -1.9})
    transpiled = transpile(
        bound, coupling_map=CouplingMap.from_ring(6), basis_gates=BASES[0], optimization_level=level,
        seed_transpiler=3,
    )  # fmt: skip
    assert defect(unitary, bound, transpiled) < ROUNDING


def test_a_chosen_layout_with_ancillas_between(unitary: Evaluator) -> None:
    transpiled = transpile(
        model(), initial_layout=[6, 0, 4, 2], coupling_map=CouplingMap.from_line(7), optimization_level=0,
        basis_gates=BASES[0], seed_transpiler=5,
    )  # fmt: skip
    exact = general_circuit(transpiled)
    assert exact.num_ancillas > 0
    assert exact.gate_names[-1] == ROUTING
    assert defect(unitary, model(), transpiled) < ROUNDING


def test_idle_ancillas_are_dropped() -> None:
    pair = QuantumCircuit(2)
    pair.cx(1, 0)
    exact = general_circuit(transpile(pair, initial_layout=[8, 9], coupling_map=CouplingMap.from_line(20)))
    assert (exact.num_qubits, exact.num_ancillas) == (2, 0)
    assert [operation.support for operation in exact] == [(0, 1)]


def test_negative_control_without_the_final_permutation_it_is_another_unitary(unitary: Evaluator) -> None:
    transpiled = transpile(
        model(), initial_layout=range(4), coupling_map=CouplingMap.from_line(4), basis_gates=BASES[0],
        optimization_level=1, seed_transpiler=1,
    )  # fmt: skip
    exact = general_circuit(transpiled)
    routed = exact.gate_names.index(ROUTING)
    ignored = replace(exact, operations=tuple(o for o in exact if o.origin != routed))
    values = {"a": 0.83, "b": -1.9}
    assert np.abs(unitary(exact, values) - unitary(ignored, values)).max() > 0.1


def test_a_layout_of_another_circuit_is_refused() -> None:
    transpiled = transpile(model(), coupling_map=CouplingMap.from_line(5), seed_transpiler=1)
    other = QuantumCircuit(2)
    other._layout = transpiled.layout
    with pytest.raises(
        BackendError, match=r"the layout of the circuit is for 5 qubits, but the circuit has 2; "
    ):
        general_circuit(other)
    transpiled.layout.input_qubit_mapping.clear()
    transpiled.layout.initial_layout = Layout()
    with pytest.raises(BackendError, match="the layout of the circuit"):
        general_circuit(transpiled)


def test_floats_of_the_transpiler_are_identified() -> None:
    """Level 3 writes pi/2 with an error in the last digits, and writes sums of angles that are tied."""
    circuit = QuantumCircuit(2)
    circuit.rz(A, 0)
    circuit.rx(math.pi / 3 + 2.7e-15, 0)
    circuit.rx(0.123456789, 0)
    circuit.rx(3 * 0.123456789, 1)
    circuit.rx(-0.123456789 / 11, 1)
    exact = general_circuit(circuit)
    assert exact.literals == (0.123456789,)
    assert exact.notes == (
        "a float is a multiple of pi up to rounding: 1.0471975511966003 = 1/3*pi",
        "floats are tied up to rounding: 0.370370367 = 3*0.123456789, -0.011223344454545455 = -1/11*0.123456789",
    )
    base, triple, part = (ExactAngle.of({(): Fraction(0.123456789) * k}) for k in (1, 3, Fraction(-1, 11)))
    assert [getattr(operation, "angle", None) for operation in exact.operations[2:]] == [base, triple, part]


@pytest.mark.parametrize("seed", range(4))
def test_a_placement_says_what_a_layout_says(seed: int, unitary: Evaluator) -> None:
    """For a file that cannot hold a layout, the starts and ends of the model's own qubits are enough."""
    circuit = model()
    transpiled = transpile(
        circuit, coupling_map=CouplingMap.from_line(7), basis_gates=BASES[0], optimization_level=1,
        seed_transpiler=seed, initial_layout=[5, 1, 3, 2],
    )  # fmt: skip
    layout = transpiled.layout
    placement = Placement(
        tuple(layout.initial_index_layout(filter_ancillas=True)), tuple(layout.final_index_layout())
    )
    assert placement.start != placement.end
    exact = general_circuit(transpiled, placement=placement)
    block, leak = on_zero_ancillas(unitary(exact, {"a": 0.83, "b": -1.9}), exact.num_ancillas)
    expected = Operator(circuit.assign_parameters({"a": 0.83, "b": -1.9}))
    assert np.abs(block - expected.data).max() + leak < ROUNDING
    crossed = replace(placement, end=(placement.end[1], placement.end[0], *placement.end[2:]))
    other = general_circuit(transpiled, placement=crossed)
    block, leak = on_zero_ancillas(unitary(other, {"a": 0.83, "b": -1.9}), other.num_ancillas)
    assert np.abs(block - expected.data).max() + leak > 0.1


def test_a_placement_may_name_qubits_that_the_circuit_does_not_have() -> None:
    circuit = QuantumCircuit(2)
    circuit.h(1)
    found = general_circuit(circuit, placement=Placement((4, 1), (4, 1)))
    assert (found.num_qubits, found.num_ancillas) == (2, 0)
    assert [operation.support for operation in found.operations] == [(1,)]


def test_physical_qubits_without_a_layout_are_noted() -> None:
    text = 'OPENQASM 3.0; include "stdgates.inc"; h $0; cx $0, $1;'
    found = general_circuit(qasm3.loads(text))
    plain = QuantumCircuit(2)
    plain.h(0)
    plain.cx(0, 1)
    assert found.operations == general_circuit(plain).operations
    assert found.notes == (PHYSICAL,)
