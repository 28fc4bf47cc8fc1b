"""Circuits of any origin keep their unitary, including the global phase; what cannot be read says why."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, qpy
from qiskit.circuit import (
    AnnotatedOperation,
    ControlledGate,
    ControlModifier,
    Gate,
    Instruction,
    InverseModifier,
    Parameter,
    PowerModifier,
    Reset,
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

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, OpaqueGate, PauliRotation
from eqcompile.errors import BackendError
from eqcompile.readers import circuit as qiskit_reader
from eqcompile.readers.circuit import general_circuit
from eqcompile.readers.circuit_file import load_circuit
from eqcompile.readers.gate_definitions import base_agrees

ROUNDING = 1e-12

A, B = Parameter("a"), Parameter("b")

STANDARD = {
    name: gate
    for name, gate in get_standard_gate_name_mapping().items()
    if name not in ("measure", "reset", "delay")
}

Evaluator = Callable[[Circuit, dict[str, float]], Any]


def circuit_of(gate: Any) -> QuantumCircuit:
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.append(gate, range(gate.num_qubits))
    return circuit


def defect(unitary: Evaluator, circuit: QuantumCircuit, exact: Circuit | None = None, seed: int = 0) -> float:
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


@pytest.mark.parametrize("through_file", [False, True])
def test_a_controlled_gate_with_another_definition_is_its_definition(
    through_file: bool, unitary: Evaluator, tmp_path: Path
) -> None:
    definition = QuantumCircuit(3)
    definition.t(0)
    gate = ControlledGate("cc", 3, [], num_ctrl_qubits=2, definition=definition, base_gate=XGate())
    circuit = circuit_of(gate)
    if through_file:
        with (tmp_path / "c.qpy").open("wb") as file:
            qpy.dump(circuit, file)
        circuit = load_circuit(tmp_path / "c.qpy")
    assert defect(unitary, definition, general_circuit(circuit)) < ROUNDING


@pytest.mark.parametrize(
    "gate",
    [
        HGate().control(2, annotated=False),
        RXGate(A).control(2, ctrl_state=1, annotated=False),
        UGate(A, 0.25, B).control(2, annotated=False),
        SwapGate().control(2, ctrl_state=0, annotated=False),
        RZGate(A).control(9, annotated=False),
    ],
    ids=str,
)
def test_negative_control_what_qiskit_makes_agrees_with_its_base(gate: ControlledGate) -> None:
    assert base_agrees(gate)
    other = gate.copy()
    other.definition = QuantumCircuit(gate.num_qubits)
    assert not base_agrees(other)


def test_a_definition_that_differs_by_a_phase_is_another_one() -> None:
    gate = HGate().control(2, annotated=False)
    gate.definition = gate.definition.copy()
    gate.definition.global_phase = 0.5
    assert not base_agrees(gate)


def test_definitions_that_are_too_long_are_not_run() -> None:
    inner = QuantumCircuit(2)
    inner.h(0)
    for level in range(40):
        gate = Gate(f"d{level}", 2, [])
        gate.definition = inner
        inner = QuantumCircuit(2)
        inner.append(gate, [0, 1])
        inner.append(gate, [0, 1])
    assert not base_agrees(ControlledGate("c", 2, [], num_ctrl_qubits=1, definition=inner, base_gate=XGate()))


class Twofold(Gate):
    """X according to its matrix, and a turn about x according to its definition."""

    def __init__(self, angle: float) -> None:
        super().__init__("twofold", 1, [])
        self.angle = angle

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray([[0, 1], [1, 0]], dtype)

    def _define(self) -> None:
        self.definition = QuantumCircuit(1, global_phase=np.pi / 2)
        self.definition.rx(self.angle, 0)


def test_a_matrix_and_a_definition_that_differ_are_refused(unitary: Evaluator) -> None:
    with pytest.raises(
        BackendError, match=r"instruction 0 \(twofold\) has a matrix and a definition that differ"
    ):
        general_circuit(circuit_of(Twofold(1.0)))
    circuit = circuit_of(Twofold(np.pi))
    assert defect(unitary, circuit_of(XGate()), general_circuit(circuit)) < ROUNDING


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


def test_measurements_before_the_end_resets_and_classical_control_are_refused() -> None:
    measured = QuantumCircuit(2, 1)
    measured.h(0)
    measured.measure(0, 0)
    measured.x(1)
    measured.cx(0, 1)
    assert refusal(measured) == (
        "instruction 1 (measure) is a measurement before the end; only unitary circuits have a symmetry to verify: "
        "remove it, or move it to the end"
    )
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


def measured_in(name: str, circuit: QuantumCircuit) -> None:
    """The ways in which a circuit may end."""
    if name == "all":
        circuit.measure_all()
    elif name == "some, crossed":
        circuit.add_register(ClassicalRegister(3, "c"), ClassicalRegister(2, "idle"))
        circuit.barrier()
        circuit.measure([2, 0], [0, 1])
    elif name == "one by one, into registers of their own":
        for qubit in range(3):
            circuit.add_register(register := ClassicalRegister(1, f"m{qubit}"))
            circuit.barrier(qubit)
            circuit.measure(qubit, register[0])
            circuit.delay(100, qubit)
    else:
        circuit.measure_all()
        circuit.barrier()
        circuit.measure_all(add_bits=False)


ENDS = {
    "all": "0, 1, 2",
    "some, crossed": "0, 2",
    "one by one, into registers of their own": "0, 1, 2",
    "twice": "0, 1, 2",
}


@pytest.mark.parametrize("name", ENDS)
def test_measurements_at_the_end_are_taken_off_and_this_is_said(name: str) -> None:
    plain = QuantumCircuit(3)
    plain.h(0)
    plain.cx(0, 2)
    plain.rz(A, 1)
    measured = plain.copy()
    measured_in(name, measured)
    found = general_circuit(measured)
    assert found.operations == general_circuit(plain).operations
    assert found.notes == (
        f"the measurements at the end, of qubits {ENDS[name]}, are taken off: "
        "the claims are about the circuit before them",
    )


@pytest.mark.parametrize("name", ENDS)
def test_negative_control_what_comes_after_a_measurement_is_not_passed_over(name: str) -> None:
    for after in (XGate(), Reset(), circuit_of(XGate()).to_instruction()):
        circuit = QuantumCircuit(3)
        measured_in(name, circuit)
        circuit.append(after, [0])
        assert "is a measurement before the end" in refusal(circuit)
    inside = QuantumCircuit(1, 1)
    inside.measure(0, 0)
    outside = QuantumCircuit(1, 1)
    outside.append(inside.to_instruction(), [0], [0])
    assert "is a measurement before the end" in refusal(outside)


def test_a_control_by_what_was_measured_is_refused() -> None:
    circuit = QuantumCircuit(2, 1)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(1)
    assert "instruction 1 (if_else) is classical control" in refusal(circuit)


def test_instructions_that_are_no_gates_are_refused() -> None:
    strange = Instruction("snapshot", 1, 0, [])
    assert refusal(circuit_of(strange)) == (
        "instruction 0 (snapshot) is not a unitary gate and has no definition; remove it"
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


class Doubling(Gate):
    """Two of the gate before it, each with its own definition."""

    def __init__(self, level: int) -> None:
        super().__init__(f"double{level}", 1, [])
        self.level = level

    def _define(self) -> None:
        self.definition = QuantumCircuit(1)
        for _ in range(2 if self.level else 0):
            self.definition.append(Doubling(self.level - 1), [0])


def test_gates_that_double_with_every_level_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qiskit_reader, "MAX_DEFINITIONS", 500)
    found = refusal(circuit_of(Doubling(40)))
    assert found == "instruction 0 (double40) is made of more than 500 gates within gates"
    many = QuantumCircuit(1)
    for _ in range(100):
        many.append(Doubling(3), [0])
    assert general_circuit(many).operations == ()


def test_operations_are_counted_over_the_circuit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qiskit_reader, "MAX_OPERATIONS", 50)
    circuit = QuantumCircuit(1)
    for _ in range(51):
        circuit.h(0)
    assert refusal(circuit) == "the circuit unrolls into more than 50 operations"


def test_controls_are_counted_before_they_are_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qiskit_reader, "MAX_GATE_OPERATIONS", 1000)
    base = QuantumCircuit(1)
    for _ in range(10):
        base.rz(A, 0)
    controlled = AnnotatedOperation(base.to_gate(), ControlModifier(9))
    assert (
        refusal(circuit_of(controlled)) == "instruction 0 (annotated) unrolls into more than 1000 operations"
    )


class Failing(Gate):
    """A gate with its own code, which fails."""

    def __init__(self) -> None:
        super().__init__("failing", 1, [])

    def _define(self) -> None:
        raise RuntimeError("out of\norder")


def test_what_the_code_of_a_gate_does_is_one_line() -> None:
    assert refusal(circuit_of(Failing())) == (
        r"instruction 0 (failing): its definition fails with RuntimeError: out of\norder"
    )


def test_gates_with_more_parameters_than_their_kind_has(unitary: Evaluator) -> None:
    """CUGate(...).control() is Qiskit's own: the phase of CU stands among the parameters of a U."""
    for gate in (CUGate(0.1, 0.2, 0.3, 0.4), CUGate(0.1, 0.2, 0.3, 0.4).inverse()):
        circuit = circuit_of(gate.control(1))
        assert np.abs(unitary(general_circuit(circuit), {}) - Operator(circuit).data).max() < 1e-12
    twisted = RXGate(0.1)
    twisted._params = [0.1, 0.2]
    operation = AnnotatedOperation(twisted, InverseModifier())
    assert "parameters; gates of its kind have 1" in refusal(circuit_of(operation))


@pytest.mark.parametrize("power", [float("inf"), float("nan"), -float("inf")])
def test_powers_that_are_no_numbers(power: float) -> None:
    assert refusal(circuit_of(AnnotatedOperation(XGate(), PowerModifier(power)))) == (
        "instruction 0 (annotated) has a power that is not a finite number"
    )


def test_matrices_with_entries_that_are_no_numbers() -> None:
    gate = UnitaryGate([[0, 1], [1, 0]])
    gate.params[0][0, 0] = float("nan")
    assert refusal(circuit_of(gate)) == (
        "instruction 0 (unitary): the matrix has entries that are not finite numbers"
    )


@pytest.mark.parametrize("digits", [400, 5000])
def test_whole_numbers_beyond_floats(digits: int) -> None:
    assert refusal(circuit_of(RXGate(10**digits))) == (
        "instruction 0 (rx): a gate parameter is an integer too large for a finite real number"
    )


HALF = 2**-0.5


@pytest.mark.parametrize("error", [4e-15, -1.2e-16, 0])
def test_matrix_entries_that_were_rounded_are_named(error: float) -> None:
    matrix = np.array([[HALF + error, HALF], [HALF, -HALF]])
    found = general_circuit(circuit_of(UnitaryGate(matrix))).notes
    expected = f"a matrix entry is an exact number up to rounding: {HALF + error!r} = 1/2*sqrt(2)"
    assert found == ((expected,) if error else ())


def test_numbers_of_fractional_powers_are_named() -> None:
    (note,) = general_circuit(circuit_of(AnnotatedOperation(XGate(), PowerModifier(0.5)))).notes
    assert note.startswith("a matrix entry is an exact number up to rounding: ")


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
