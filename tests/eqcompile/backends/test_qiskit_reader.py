"""Circuits of any origin keep their unitary, global phase included; what cannot be read says why."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import (
    AnnotatedOperation,
    ControlledGate,
    ControlModifier,
    Gate,
    Instruction,
    InverseModifier,
    Parameter,
    PowerModifier,
)
from qiskit.circuit.annotated_operation import Modifier
from qiskit.circuit.library import (
    CRXGate,
    CUGate,
    DiagonalGate,
    HamiltonianGate,
    HGate,
    Initialize,
    MCMTGate,
    MCPhaseGate,
    PauliEvolutionGate,
    PauliGate,
    PermutationGate,
    QFTGate,
    RXGate,
    RZGate,
    RZZGate,
    SGate,
    StatePreparation,
    SwapGate,
    SXGate,
    TGate,
    UCRZGate,
    UGate,
    UnitaryGate,
    XGate,
    XXPlusYYGate,
    ZGate,
    get_standard_gate_name_mapping,
)
from qiskit.quantum_info import Operator, SparsePauliOp, random_clifford, random_unitary
from qiskit.synthesis import MatrixExponential, SuzukiTrotter

from eqcompile.backends.qiskit_reader import general_circuit
from eqcompile.circuit.angles import ExactAngle
from eqcompile.circuit.general import FixedUnitary, GeneralCircuit, OpaqueGate, PauliRotation
from eqcompile.errors import BackendError

ROUNDING = 1e-12

A, B = Parameter("a"), Parameter("b")

STANDARD = {
    name: gate
    for name, gate in get_standard_gate_name_mapping().items()
    if name not in ("measure", "reset", "delay")
}

Evaluator = Callable[[GeneralCircuit, dict[str, float]], Any]


def circuit_of(gate: Any) -> QuantumCircuit:
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.append(gate, range(gate.num_qubits))
    return circuit


def defect(
    unitary: Evaluator, circuit: QuantumCircuit, exact: GeneralCircuit | None = None, seed: int = 0
) -> float:
    """Largest difference between the exact form and Qiskit's matrix at a random point."""
    exact = exact or general_circuit(circuit)
    source = np.random.default_rng(seed)
    values = {p: source.uniform(-3, 3) for p in sorted(circuit.parameters, key=lambda p: p.name)}
    expected = Operator(circuit.assign_parameters(values)).data
    return float(np.abs(unitary(exact, {p.name: v for p, v in values.items()}) - expected).max())


@pytest.mark.parametrize("name", sorted(STANDARD))
def test_standard_gates_are_exact(name: str, unitary: Evaluator) -> None:
    circuit = circuit_of(STANDARD[name])
    exact = general_circuit(circuit)
    assert exact.opaque == ()
    assert exact.literals == ()
    assert exact.parameters == tuple(sorted(p.name for p in circuit.parameters))
    assert defect(unitary, circuit, exact) < ROUNDING


@pytest.mark.parametrize("name", sorted(name for name in STANDARD if STANDARD[name].num_qubits))
def test_standard_gates_under_controls_and_inverse(name: str, unitary: Evaluator) -> None:
    gate = STANDARD[name]
    modified = AnnotatedOperation(gate, [InverseModifier(), ControlModifier(1, 0), PowerModifier(2)])
    assert defect(unitary, circuit_of(modified)) < ROUNDING


@pytest.mark.parametrize("name", ["x", "rx", "p", "u", "swap", "rzz", "cx", "global_phase"])
def test_controlled_gates_of_every_control_state(name: str, unitary: Evaluator) -> None:
    for state in range(4):
        gate = STANDARD[name].control(2, ctrl_state=state, annotated=False)
        assert defect(unitary, circuit_of(gate)) < ROUNDING


def test_negative_control_other_control_states_differ(unitary: Evaluator) -> None:
    gates = [XGate().control(2, ctrl_state=state, annotated=False) for state in (1, 2)]
    exact = general_circuit(circuit_of(gates[0]))
    assert defect(unitary, circuit_of(gates[1]), exact) > 0.5


COMPOSITE = {
    "mcp": MCPhaseGate(A, 3),
    "qft": QFTGate(4),
    "pauli": PauliGate("XYZ"),
    "permutation": PermutationGate([2, 0, 3, 1]),
    "cu": CUGate(A, B, 2 * A, 0.3, ctrl_state=0),
    "rx with three controls": RXGate(A + B / 2).control(3, ctrl_state=5, annotated=False),
    "annotated": AnnotatedOperation(
        CRXGate(A), [InverseModifier(), ControlModifier(2, 1), PowerModifier(3), PowerModifier(-1)]
    ),
    "root of x": XGate().power(0.5),
    "annotated root of swap": AnnotatedOperation(SwapGate(), [PowerModifier(0.5)]),
    "power of rx": RXGate(A).power(3),
    "inverse of u": UGate(A, B, 2 * A).inverse(),
    "unitary": UnitaryGate(np.kron(HGate().to_matrix(), TGate().to_matrix())),
    "controlled unitary": UnitaryGate(SXGate().to_matrix()).control(2, annotated=False),
    "clifford": random_clifford(3, seed=1),
    "diagonal": DiagonalGate([1, 1j, -1, 1]),
    "preparation": StatePreparation([1 / math.sqrt(2), 0, 0, 1 / math.sqrt(2)]),
    "mcmt": MCMTGate(ZGate(), 2, 2),
    "multiplexer": UCRZGate([0.1, 0.2]),
    "many controls": XGate().control(4, ctrl_state="0101", annotated=False),
}


@pytest.mark.parametrize("name", COMPOSITE)
def test_composite_gates_are_exact(name: str, unitary: Evaluator) -> None:
    circuit = circuit_of(COMPOSITE[name])
    exact = general_circuit(circuit)
    assert exact.opaque == ()
    assert defect(unitary, circuit, exact) < ROUNDING


def test_gates_within_gates_with_renamed_parameters(unitary: Evaluator) -> None:
    inner = QuantumCircuit(2, global_phase=A)
    inner.rx(A, 0)
    inner.crz(2 * B, 0, 1)
    gate = inner.to_gate(parameter_map={A: B / 2 + 0.25, B: A})
    circuit = QuantumCircuit(3, global_phase=A * B - 0.1)
    circuit.append(gate, [2, 0])
    circuit.append(gate.control(1, annotated=False), [1, 0, 2])
    circuit.barrier()
    circuit.delay(10, 1)
    circuit.append(gate.inverse(), [0, 1])
    circuit.ry((A + B) * (A - B) / 3, 1)
    assert defect(unitary, circuit) < ROUNDING


@pytest.mark.parametrize("seed", range(20))
def test_random_compositions(seed: int, unitary: Evaluator) -> None:
    circuit = random_circuit(seed, depth=12)
    assert defect(unitary, circuit, seed=seed) < ROUNDING


def test_negative_control_one_changed_gate_is_seen(unitary: Evaluator) -> None:
    for seed in range(5):
        circuit, other = random_circuit(seed, 6), random_circuit(seed, 6)
        other.rx(1e-6, 0)
        assert defect(unitary, other, general_circuit(circuit), seed) > 1e-8


def random_circuit(seed: int, depth: int) -> QuantumCircuit:
    source = np.random.default_rng(seed)
    names = sorted(name for name in STANDARD if 0 < STANDARD[name].num_qubits <= 3)
    circuit = QuantumCircuit(4, global_phase=source.uniform(0, 6))
    choices = (A, B, A * B, 2 * A - B / 3, A**2 + 0.5, math.pi / 4, 0.37, source.normal())
    for _ in range(depth):
        kind = STANDARD[names[source.integers(len(names))]]
        gate = kind.to_mutable()
        gate.params = [choices[source.integers(len(choices))] for _ in kind.params]
        if source.random() < 0.3 and gate.num_qubits < 4:
            gate = gate.control(1, ctrl_state=int(source.integers(2)), annotated=bool(source.integers(2)))
        if source.random() < 0.2:
            gate = gate.inverse()
        circuit.append(gate, [int(q) for q in source.permutation(4)[: gate.num_qubits]])
    return circuit


def test_evolution_is_read_as_it_will_be_synthesised(unitary: Evaluator) -> None:
    ring = SparsePauliOp(["XXI", "YYI", "ZZI", "IXX", "IYY", "IZZ"])
    circuit = circuit_of(PauliEvolutionGate(ring, time=A))
    exact = general_circuit(circuit)
    assert defect(unitary, circuit.decompose(reps=2), exact) < ROUNDING
    values, vectors = np.linalg.eigh(ring.to_matrix())
    exponential = (vectors * np.exp(-0.7j * values)) @ vectors.conj().T
    assert np.abs(unitary(exact, {"a": 0.7}) - exponential).max() > 1e-3


def test_higher_trotter_orders_and_controls(unitary: Evaluator) -> None:
    op = SparsePauliOp(["XX", "ZI", "IY"], [1, 0.5, 0.7])
    fine = circuit_of(PauliEvolutionGate(op, time=A, synthesis=SuzukiTrotter(order=4, reps=2)))
    assert defect(unitary, fine.decompose(reps=2), general_circuit(fine)) < ROUNDING
    controlled = PauliEvolutionGate(op, time=A).control(1, annotated=True)
    exact = general_circuit(circuit_of(controlled))
    plain = circuit_of(PauliEvolutionGate(op, time=A)).decompose(reps=2)
    assert defect(unitary, circuit_of(plain.to_gate().control(1, annotated=True)), exact) < ROUNDING


def test_boxes_are_opened(unitary: Evaluator) -> None:
    boxed, plain = QuantumCircuit(3), QuantumCircuit(3)
    with boxed.box():
        boxed.rx(A, 2)
        boxed.cx(2, 0)
    plain.rx(A, 2)
    plain.cx(2, 0)
    assert defect(unitary, plain, general_circuit(boxed)) < ROUNDING


def test_origins_and_names() -> None:
    circuit = QuantumCircuit(3, global_phase=1, name="mine")
    circuit.rzz(A, 0, 2)
    circuit.barrier()
    circuit.append(UnitaryGate(np.eye(2)), [1])
    exact = general_circuit(circuit)
    assert exact.name == "mine"
    assert exact.gate_names == ("rzz(a) on 0, 2", "barrier on 0, 1, 2", "unitary on 1", "global phase")
    assert [operation.origin for operation in exact] == [0, 2, 3]


def test_constant_gates_are_fixed_unitaries_and_rotations_keep_their_parameter() -> None:
    circuit = QuantumCircuit(3)
    circuit.h(1)
    circuit.rxx(A, 2, 0)
    fixed, turning = general_circuit(circuit)
    assert isinstance(fixed, FixedUnitary)
    assert str(fixed.operator) == "1/2*sqrt(2)*X1 + 1/2*sqrt(2)*Z1"
    assert turning == PauliRotation((5, 0), ExactAngle.parameter("a"), 1)


def test_a_gate_that_borrows_a_name_is_read_by_its_definition(unitary: Evaluator) -> None:
    definition = QuantumCircuit(1)
    definition.h(0)
    fake = Gate("x", 1, [])
    fake.definition = definition
    assert defect(unitary, definition, general_circuit(circuit_of(fake))) < ROUNDING


def test_a_foreign_controlled_gate_is_read_by_its_definition(unitary: Evaluator) -> None:
    class Mine(ControlledGate):
        def __init__(self) -> None:
            super().__init__("mine", 2, [], num_ctrl_qubits=1, base_gate=XGate())

        def _define(self) -> None:
            self.definition = QuantumCircuit(2)
            self.definition.cz(0, 1)

    cz = QuantumCircuit(2)
    cz.cz(0, 1)
    assert defect(unitary, cz, general_circuit(circuit_of(Mine()))) < ROUNDING


class NoDefinition(Gate):
    def __init__(self, matrix: Any) -> None:
        super().__init__("bare", 1, [])
        self.matrix = matrix

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self.matrix, dtype)


def test_a_gate_with_a_matrix_alone(unitary: Evaluator) -> None:
    (operation,) = general_circuit(circuit_of(NoDefinition([[0, 1], [1, 0]])))
    assert isinstance(operation, FixedUnitary)
    assert str(operation.operator) == "X0"


@pytest.mark.parametrize(
    ("gate", "reason"),
    [
        (UnitaryGate(random_unitary(4, seed=2)), "has no simple exact form"),
        (UnitaryGate(random_unitary(64, seed=2)), "it is a matrix on more than 5 qubits"),
        (RXGate(A.sin()), "the angle sin(a) is no polynomial in its parameters"),
        (RZGate(1 / A), "is no polynomial in its parameters"),
        (RZZGate(A**0.5), "is no polynomial in its parameters"),
        (XXPlusYYGate((A * A + B * B) ** 0.5, B.arctan()), "is no polynomial in its parameters"),
        (HamiltonianGate(np.array([[0, 1], [1, 0]]), A), "it has no definition before a have values"),
        (UnitaryGate(random_unitary(2, seed=2)).control(1, annotated=False), "it contains unitary: the number"),
        (AnnotatedOperation(RXGate(A), [PowerModifier(0.5)]), "a fractional power with free parameters"),
        (AnnotatedOperation(RXGate(A.cos()), [InverseModifier()]), "it contains rx(cos(a))"),
        (AnnotatedOperation(XGate(), [ControlModifier(11)]), "it has more than 10 controls"),
        (AnnotatedOperation(XGate(), [Modifier()]), "is unknown"),
        (
            circuit_of(
                PauliEvolutionGate(SparsePauliOp(["X", "Z"]), 0.3, synthesis=MatrixExponential())
            ).to_gate(),
            "has no simple exact form",
        ),
    ],
)  # fmt: skip
def test_opaque_gates_say_why(gate: Any, reason: str) -> None:
    circuit = QuantumCircuit(gate.num_qubits + 1)
    circuit.h(0)
    circuit.append(gate, range(gate.num_qubits, 0, -1))
    (opaque,) = general_circuit(circuit).opaque
    assert isinstance(opaque, OpaqueGate)
    assert reason in opaque.reason
    assert opaque.qubits == tuple(range(gate.num_qubits, 0, -1))
    assert opaque.origin == 1
    assert opaque.parameters == {p.name for p in circuit.parameters}


def refusal(circuit: QuantumCircuit) -> str:
    with pytest.raises(BackendError) as caught:
        general_circuit(circuit)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_measurements_resets_and_classical_control_are_refused() -> None:
    measured = QuantumCircuit(1, 1)
    measured.h(0)
    measured.measure(0, 0)
    assert refusal(measured) == (
        "instruction 1 (measure) is a measurement; only unitary circuits have a symmetry to verify: "
        "remove it, for example with circuit.remove_final_measurements()"
    )
    measured.remove_final_measurements()
    assert len(general_circuit(measured).operations) == 1
    reset = QuantumCircuit(1)
    reset.reset(0)
    assert refusal(reset) == (
        "instruction 0 (reset) resets a qubit, which is not unitary; remove it from the circuit"
    )
    assert "(initialize) resets a qubit" in refusal(circuit_of(Initialize([1, 0])))
    branched = QuantumCircuit(1, 1)
    with branched.if_test((0, 1)):
        branched.x(0)
    assert refusal(branched).startswith("instruction 0 (if_else) is classical control; ")


def test_instructions_that_are_no_gates_are_refused() -> None:
    strange = Instruction("snapshot", 1, 0, [])
    assert refusal(circuit_of(strange)) == (
        "instruction 0 (snapshot) is no unitary gate and has no definition; remove it"
    )
    assert refusal(circuit_of(Gate("foo", 1, []))) == (
        "instruction 0 (foo) has neither a definition nor a matrix; replace it with gates that have"
    )


def test_endless_gates_are_refused() -> None:
    gate: Gate = SGate()
    for _ in range(60):
        circuit = QuantumCircuit(1)
        circuit.append(gate, [0])
        gate = circuit.to_gate()
    assert "deeper than 50 levels" in refusal(circuit_of(gate))
    long = AnnotatedOperation(RXGate(A), [PowerModifier(10_000_000)])
    assert refusal(circuit_of(long)) == "instruction 0 (annotated) unrolls into more than 100000 operations"


def test_numbers_that_are_none_are_refused() -> None:
    circuit = QuantumCircuit(1)
    circuit.rx(float("nan"), 0)
    assert refusal(circuit) == "instruction 0 (rx): the gate parameter nan is not a finite real number"


def test_two_parameters_of_one_name_are_refused() -> None:
    inner = QuantumCircuit(1)
    inner.rx(A, 0)
    gate = Gate("hidden", 1, [])
    gate.definition = inner
    circuit = circuit_of(gate)
    circuit.rx(Parameter("a"), 0)
    assert refusal(circuit) == (
        "instruction 1 (rx): two different parameters are both called 'a'; rename one of them"
    )
