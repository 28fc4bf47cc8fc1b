"""Every gate in the table is Qiskit's, and a circuit means what Qiskit says, including qubit order and phase."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Gate, Parameter, library
from qiskit.quantum_info import Operator

import eqcompile as eq
from eqcompile.numeric.dense import matrix_of
from eqcompile.recheck.files.circuit.circuit_text import read_circuit
from eqcompile.recheck.files.circuit.gates import CONSTANT, PARAMETRISED

ANGLES = (0.3, -1.25, 2.5, 0.7)


def matrix(operations: list[list[Any]], num_qubits: int) -> Any:
    """The product of operations in the form of a certificate, rounded; parameters a, b, c have fixed values."""
    values = {"a": 0.37, "b": -1.1, "c": 2.3}
    total = np.eye(1 << num_qubits, dtype=complex)
    for entry in operations:
        text = entry[1].replace("1", "I") if entry[1] == "1" else entry[1]
        op = matrix_of(eq.PauliSum.parse(text, num_qubits))
        if entry[0] == "rotation":
            terms, turns = entry[2]
            angle = np.pi * eval_fraction(turns) + sum(
                eval_fraction(value) * np.prod([values[name] for name in names]) for names, value in terms
            )
            op = np.cos(angle / 2) * np.eye(len(op)) - 1j * np.sin(angle / 2) * op
        total = op @ total
    return total


def eval_fraction(text: str) -> float:
    numerator, _, denominator = text.partition("/")
    return int(numerator) / int(denominator or 1)


def written(circuit: QuantumCircuit, folder: Path) -> Path:
    path = folder / "circuit.qpy"
    with path.open("wb") as file:
        qpy.dump(circuit, file)
    return path


def agrees(circuit: QuantumCircuit, path: Path) -> bool:
    reading = read_circuit(path, ())
    bound = circuit.assign_parameters(
        {p: {"a": 0.37, "b": -1.1, "c": 2.3}[p.name] for p in circuit.parameters}
    )
    bound.remove_final_measurements()
    return bool(np.allclose(matrix(reading.operations, reading.num_qubits), Operator(bound).data, atol=1e-12))


GATES = [getattr(library, name) for name in dir(library) if name.endswith("Gate")]
STANDARD = [g for g in GATES if g.__module__.startswith("qiskit.circuit.library.standard_gates.")]


def instance(kind: type) -> Gate | None:
    for count in range(5):
        for extra in ((), (2,)):
            try:
                gate = kind(*ANGLES[:count], *extra)
            except (TypeError, ValueError, AttributeError):
                continue
            if isinstance(gate, Gate) and not hasattr(gate, "_num_sub"):
                return gate
    return None


@pytest.mark.parametrize("kind", STANDARD, ids=lambda kind: kind.__name__)
def test_every_standard_gate(kind: type, tmp_path: Path) -> None:
    gate = instance(kind)
    assert gate is not None
    circuit = QuantumCircuit(gate.num_qubits + 1)
    circuit.append(gate, list(range(gate.num_qubits, 0, -1)))  # in another order than counted
    assert agrees(circuit, written(circuit, tmp_path))


def test_the_table_holds_no_gate_that_is_not_tested() -> None:
    assert {*CONSTANT, *PARAMETRISED} <= {kind.__name__ for kind in STANDARD}


@pytest.mark.parametrize("state", range(4))
@pytest.mark.parametrize("annotated", [True, False])
def test_controls_of_any_state(state: int, annotated: bool, tmp_path: Path) -> None:
    a = Parameter("a")
    circuit = QuantumCircuit(4)
    circuit.append(library.RYGate(a).control(2, ctrl_state=state, annotated=annotated), [3, 0, 2])
    circuit.append(library.HGate().control(2, ctrl_state=state, annotated=annotated), [1, 2, 0])
    circuit.append(library.CUGate(0.1, 0.2, a, 0.4, ctrl_state=state & 1), [1, 3])
    assert agrees(circuit, written(circuit, tmp_path))


def test_composite_annotated_and_repeated_gates(tmp_path: Path) -> None:
    a, b = Parameter("a"), Parameter("b")
    inner = QuantumCircuit(2, name="inner", global_phase=a / 2)
    inner.crx(2 * a - b / 3, 0, 1)
    inner.append(library.SXGate().control(1, annotated=True), [1, 0])
    circuit = QuantumCircuit(3, global_phase=0.25)
    circuit.append(inner.to_gate(), [2, 0])
    circuit.append(inner.to_gate().inverse(annotated=True), [0, 1])
    circuit.append(library.TGate().power(3, annotated=True), [1])
    circuit.append(inner.to_gate().control(1, annotated=True), [1, 0, 2])
    circuit.unitary(Operator(library.RYYGate(np.pi / 3)).data, [2, 1])
    circuit.rv(0, 0.5, 0, 1)
    circuit.barrier()
    circuit.measure_all()
    assert agrees(circuit, written(circuit, tmp_path))


def test_openqasm(tmp_path: Path) -> None:
    """Parameters, definitions and modifiers; and in version 2 a definition under the name of another gate."""
    path = tmp_path / "circuit.qasm"
    path.write_text(
        'OPENQASM 3.0; include "stdgates.inc"; input float[64] a; qubit[2] q; qubit r;\n'
        "gate mine(t) x, y { crz(t/2) y, x; h x; }\nmine(a) r, q[1]; ctrl @ mine(0.5) q[0], q[1], r; inv @ s r;",
        encoding="utf-8",
    )
    mine = QuantumCircuit(2, name="mine")
    mine.crz(0.25, 1, 0)
    mine.h(0)
    circuit = QuantumCircuit(3)
    circuit.crz(Parameter("a") / 2, 1, 2)
    circuit.h(2)
    circuit.append(mine.to_gate().control(1, annotated=False), [0, 1, 2])
    circuit.sdg(2)
    assert agrees(circuit, path)
    path.write_text(
        "OPENQASM 2.0; gate rx(t) a { U(t, -pi/2, pi/2) a; } gate rzz(t) a, b { rx(t) a; U(0, 0, t) b; } "
        "qreg q[2]; rzz(0.7) q[1], q[0];",
        encoding="utf-8",
    )
    other = QuantumCircuit(2)
    other.rx(0.7, 1)
    other.p(0.7, 0)
    assert agrees(other, path)


@pytest.mark.parametrize("change", ["rz", "sign", "qubits"])
def test_negative_control_another_circuit_does_not_agree(change: str, tmp_path: Path) -> None:
    a = Parameter("a")
    circuit, other = QuantumCircuit(2), QuantumCircuit(2)
    circuit.crx(a, 0, 1)
    {"rz": other.crz, "sign": other.crx, "qubits": other.crx}[change](
        -a if change == "sign" else a, *((1, 0) if change == "qubits" else (0, 1))
    )
    assert not agrees(circuit, written(other, tmp_path))
