"""Circuits for Qiskit: names, files, and equivariance after decomposition to hardware gates."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, qasm3, qpy, transpile
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import Operator, SparsePauliOp, Statevector
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.emit.qiskit.circuit import QiskitEmitter, sparse_pauli_op
from eqcompile.errors import BackendError

ROUNDING = 1e-12
TRANSPILED = 1e-9
"""Qiskit's own synthesis of single-qubit rotations rounds its angles at this size over some hundred gates."""

HARDWARE = ["cx", "rz", "sx", "x"]

Draw = Callable[[eq.Program, int], tuple[Any, Any]]
Specs = Callable[..., eq.Spec]


def expectation(circuit: QuantumCircuit, values: dict[str, float], observable: SparsePauliOp) -> float:
    return float(Statevector(circuit.assign_parameters(values)).expectation_value(observable).real)


def test_parameters_have_the_declared_names(program: Callable[[str], eq.Program]) -> None:
    water = program("water_breaking")
    positions, angles = water.to_qiskit(), water.to_qiskit(data="angles")
    assert {p.name for p in positions.parameters} == {*water.parameter_names} | {
        f"{site}_{axis}" for site in ("H1", "H2") for axis in "xyz"
    }
    assert {p.name for p in angles.parameters} == {*water.parameter_names} - {"alpha"} | {
        f"{site}_{angle}" for site in ("H1", "H2") for angle in ("azimuth", "elevation", "turn")
    }
    assert positions.name == "water_breaking"
    assert positions.observable == water.to_qiskit_observable()


def test_cx_counts(spec: Specs) -> None:
    """One CX for each singlet, three for each RH, two for each atom encoded with the parity qubit."""
    water = eq.compile(spec("water", ("depth: 11", "depth: 1"), ("blocks: 2", "blocks: 1"))).to_qiskit()
    assert water.count_ops()["cx"] == 2 + 4 * 3
    dimer = eq.compile(spec("water_dimer", ("depth: 30", "depth: 1"))).to_qiskit()
    assert dimer.count_ops()["cx"] == 3 + 2 * 12 + 9


def test_barriers_change_nothing_else(spec: Specs) -> None:
    water = eq.compile(spec("water", ("depth: 11", "depth: 1")))
    plain, drawn = water.to_qiskit().count_ops(), water.to_qiskit(barriers=True).count_ops()
    assert drawn.pop("barrier") == 3
    assert drawn == plain


@pytest.mark.parametrize("text", ["X0 Z2", "H(0,1) Z2 - 1/2*Y1", "0", "3*I", "(1 + 2*i)*Y0 Y2"])
def test_observables(dense: Callable[[eq.PauliSum], Any], text: str) -> None:
    op = eq.PauliSum.parse(text, 3)
    assert np.array_equal(sparse_pauli_op(op).to_matrix(), dense(op))


def test_unknown_forms_of_the_data_are_refused(program: Callable[[str], eq.Program]) -> None:
    message = r"^unknown form of the data 'polar'; known: positions, vectors, angles, gates$"
    water = program("water")
    with pytest.raises(BackendError, match=message):
        water.to_qiskit(data="polar")  # type: ignore[arg-type]
    with pytest.raises(BackendError, match=message):
        water.circuit_values(np.zeros(67), np.zeros((2, 3)), data="polar")  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def shallow(spec: Specs, asymmetric: dict[str, eq.Program]) -> dict[str, eq.Program]:
    """Small circuits with every kind of gate."""
    dimer = eq.compile(spec("water_dimer", ("depth: 30", "depth: 1")))
    return {**asymmetric, "water_dimer": dimer}


@pytest.mark.parametrize("name", ["asymmetric", "asymmetric_parity", "water_dimer"])
def test_openqasm_is_read_back(shallow: dict[str, eq.Program], draw: Draw, name: str) -> None:
    program = shallow[name]
    circuit = program.to_qiskit(data="angles")
    loaded = qasm3.loads(qasm3.dumps(circuit))
    params, x = draw(program, 31)
    values = program.circuit_values(params, x, "angles")
    assert {p.name for p in loaded.parameters} == set(values)
    exact = Statevector(circuit.assign_parameters(values)).data
    again = Statevector(loaded.assign_parameters(values)).data
    assert abs(1 - abs(np.vdot(again, exact))) < ROUNDING, "equal up to the phase, which the exporter drops"
    other = Statevector(loaded.assign_parameters(values | {"w_0_0_0": values["w_0_0_0"] + 0.1})).data
    assert abs(1 - abs(np.vdot(other, exact))) > 1e-5


@pytest.mark.parametrize("data", ["positions", "angles"])
@pytest.mark.parametrize("name", ["asymmetric", "asymmetric_parity", "water_dimer"])
def test_qpy_is_read_back(shallow: dict[str, eq.Program], draw: Draw, name: str, data: Any) -> None:
    program = shallow[name]
    circuit = program.to_qiskit(data=data)
    file = BytesIO()
    qpy.dump(circuit, file)
    file.seek(0)
    (loaded,) = qpy.load(file)
    params, x = draw(program, 32)
    values = program.circuit_values(params, x, data)
    exact = expectation(circuit, values, circuit.observable)
    assert abs(expectation(loaded, values, circuit.observable) - exact) < ROUNDING
    moved = program.circuit_values(params, x + 0.1, data)
    assert abs(expectation(loaded, moved, circuit.observable) - exact) > 1e-4


def unitary_at(program: eq.Program, params: Any, x: Any, level: int) -> Any:
    """The circuit without its preparation, bound, in hardware gates, as a matrix."""
    emitter = QiskitEmitter(QuantumCircuit(program.num_qubits), program.ansatz.site_names)
    for gate in program.ansatz.gates():
        emitter.gate(gate)
    bound = emitter.circuit.assign_parameters(program.circuit_values(params, x))
    lowered = transpile(bound, basis_gates=HARDWARE, optimization_level=level, seed_transpiler=7)
    assert set(lowered.count_ops()) <= set(HARDWARE)
    return Operator(lowered).data


def rotations(dense: Callable[[eq.PauliSum], Any], n: int, qubits: range, seed: int) -> tuple[Any, Any]:
    """A random r in SO(3) and its R on the named qubits."""
    vector = np.random.default_rng(seed).normal(size=3)
    spin = [
        sum((eq.PauliSum.string(n, {q: name}) for q in qubits), start=eq.PauliSum.zero(n)) for name in "XYZ"
    ]
    on_qubits = expm(-0.5j * sum(c * dense(s) for c, s in zip(vector, spin, strict=True)))
    return expm(np.cross(np.eye(3), vector)), on_qubits


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_water_is_equivariant_after_decomposition(
    spec: Specs, dense: Any, swap_matrix: Any, draw: Draw, level: int
) -> None:
    water = eq.compile(spec("water", ("depth: 11", "depth: 1")))
    params, x = draw(water, 33)
    unitary = unitary_at(water, params, x, level)
    r, on_qubits = rotations(dense, 4, range(4), 34)
    rotated = unitary_at(water, params, x @ r.T, level)
    assert np.allclose(rotated, on_qubits @ unitary @ on_qubits.conj().T, rtol=0, atol=TRANSPILED)
    assert not np.allclose(rotated, on_qubits.conj().T @ unitary @ on_qubits, rtol=0, atol=0.1)
    swap = swap_matrix((1, 0, 3, 2))
    assert np.allclose(
        unitary_at(water, params, x[::-1], level), swap @ unitary @ swap.T, rtol=0, atol=TRANSPILED
    )
    wrong = swap_matrix((0, 1, 3, 2))
    assert not np.allclose(
        unitary_at(water, params, x[::-1], level), wrong @ unitary @ wrong.T, rtol=0, atol=0.1
    )


@pytest.mark.parametrize("level", [1, 3])
def test_the_dimer_is_equivariant_after_decomposition(
    spec: Specs, dense: Any, swap_matrix: Any, draw: Draw, level: int
) -> None:
    changes = (("depth: 30", "depth: 1"), ("symmetry_breaking: {generator: Z, start: 0.1}", "blocks: 1"))
    text = spec("water_dimer").source.text.replace("  " + changes[1][0], "").replace(*changes[0])
    dimer = eq.compile(eq.loads(text))
    params, x = draw(dimer, 35)
    unitary = unitary_at(dimer, params, x, level)
    r, on_qubits = rotations(dense, 7, range(6), 36)
    rotated = unitary_at(dimer, params, x @ r.T, level)
    assert np.allclose(rotated, on_qubits @ unitary @ on_qubits.conj().T, rtol=0, atol=TRANSPILED)
    parity = dense(eq.PauliSum.parse("Z6", 7))
    assert np.allclose(
        unitary_at(dimer, params, -x, level), parity @ unitary @ parity, rtol=0, atol=TRANSPILED
    )
    exchange = swap_matrix((3, 4, 5, 0, 1, 2, 6))
    moved = unitary_at(dimer, params, x[[3, 4, 5, 0, 1, 2]], level)
    assert np.allclose(moved, exchange @ unitary @ exchange.T, rtol=0, atol=TRANSPILED)
    assert not np.allclose(moved, unitary, rtol=0, atol=0.1)


def test_negative_control_a_flat_sum_of_strings_loses_equivariance(dense: Any) -> None:
    """What the emitter must not do: Qiskit multiplies the exponentials of x X + y Y + z Z one by one."""

    def encoding(x: Any) -> Any:
        circuit = QuantumCircuit(1)
        circuit.append(PauliEvolutionGate(SparsePauliOp(["X", "Y", "Z"], x)), [0])
        return Operator(transpile(circuit, basis_gates=HARDWARE, optimization_level=0)).data

    x = np.array([0.7, -0.4, 0.9])
    r, on_qubit = rotations(dense, 1, range(1), 37)
    assert not np.allclose(encoding(r @ x), on_qubit @ encoding(x) @ on_qubit.conj().T, rtol=0, atol=0.1)
