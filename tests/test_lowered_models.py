"""Every model that comes with the project: its circuit is the product of exponentials that the spec declares."""

from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.operations import VectorRotation
from eqcompile.devices.routed import Model, emitted, pipeline
from eqcompile.exact.arithmetic.scalars import to_complex

ROOT = Path(__file__).parents[1]
SPECS = sorted(
    path
    for path in (*ROOT.glob("examples/*.yaml"), *ROOT.glob("siqml/models/*.yaml"))
    if isinstance(eq.load(path), eq.Spec)  # the circuits of a sum are shipped as specs of their own
)
ROUNDING = 1e-10
LETTERS = {
    (0, 0): np.eye(2),
    (1, 0): np.array([[0, 1], [1, 0]]),
    (1, 1): np.array([[0, -1j], [1j, 0]]),
    (0, 1): np.diag([1, -1]),
}


def dense(op: eq.PauliSum) -> Any:
    total = np.zeros((2**op.num_qubits,) * 2, complex)
    for (x, z), value in op.terms.items():
        factors = [LETTERS[x >> q & 1, z >> q & 1] for q in reversed(range(op.num_qubits))]
        total += to_complex(value) * reduce(np.kron, factors, np.eye(1))
    return total


def declared(program: eq.Program, params: Any, x: Any) -> Any:
    """The product of exponentials, in the order in which the ansatz lists its gates."""
    values = dict(zip(program.parameter_names, params, strict=True))
    total = np.eye(2**program.num_qubits)
    for gate in program.ansatz.gates():
        if isinstance(gate, VectorRotation):
            vector = values[gate.scale] * x[gate.site]
            exponent = sum(c * dense(gate.generator(program.num_qubits, a)) for a, c in enumerate(vector))
        else:
            exponent = values[str(gate.angle)] * dense(gate.generator)
        total = expm(-1j * exponent) @ total
    return total


def shortened(path: Path) -> eq.Program:
    """With one trainable layer."""
    spec = eq.resolve(eq.load(path))
    assert spec.ansatz is not None
    return eq.compile(replace(spec, ansatz=replace(spec.ansatz, depth=1)))


@pytest.fixture(scope="module", params=SPECS, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> tuple[eq.Program, Any, Any, Any]:
    program = shortened(request.param)
    if program.num_qubits > 7:
        pytest.skip(f"{program.num_qubits} qubits: exponentials of dense matrices would take minutes")
    dice = np.random.default_rng(3)
    params = dice.normal(size=program.num_parameters)
    x = dice.normal(size=(len(program.ansatz.site_names), 3))
    return program, params, x, declared(program, params, x)


def bound(circuit: QuantumCircuit, program: eq.Program, params: Any, x: Any, form: Any) -> Any:
    return Operator(circuit.assign_parameters(program.circuit_values(params, x, form))).data


@pytest.mark.parametrize("form", ["positions", "vectors", "angles"])
def test_the_circuit_is_what_the_spec_declares(case: tuple[eq.Program, Any, Any, Any], form: Any) -> None:
    program, params, x, expected = case
    found = bound(program.to_qiskit(form, prepare=False), program, params, x, form)
    assert np.allclose(found, expected, rtol=0, atol=ROUNDING)


def test_the_passes_leave_it_so(case: tuple[eq.Program, Any, Any, Any]) -> None:
    program, params, x, expected = case
    model = Model(program.ansatz, None, "model")
    circuit, sites = model.sequence()
    lowered = emitted(pipeline(None).run(circuit), sites, model)
    assert np.allclose(bound(lowered, program, params, x, "angles"), expected, rtol=0, atol=ROUNDING)


def test_negative_control_another_weight_is_seen(case: tuple[eq.Program, Any, Any, Any]) -> None:
    program, params, x, expected = case
    other = params.copy()
    other[0] += 1e-6
    found = bound(program.to_qiskit("angles", prepare=False), program, other, x, "angles")
    assert not np.allclose(found, expected, rtol=0, atol=1e-9)
