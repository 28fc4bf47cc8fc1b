"""Preparation circuits, compared with exact amplitudes up to one common factor, for every form of the state."""

from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.quantum_info import Statevector

import eqcompile as eq
from eqcompile.declaration import InitialState, ProductKet, Singlets, Superposition
from eqcompile.declaration.lift import state_of
from eqcompile.emit.qiskit.preparation import prepare
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, scalar, to_complex

ROUNDING = 1e-12

SPEC = """\
name: s
qubits: {n}
symmetry: [{{permutation: {{cycles: ["(0 1)"], on: qubits}}}}]
state: {state}
"""

FORMS = {
    "singlets [[3, 1], [0, 4]]": 5,
    "zeros": 3,
    "minus": 2,
    "'|01+-rl>'": 6,
    "'|01> - |10>'": 2,
    "'|001> + |010> + 2*i*|100>'": 3,
    "'|1r001> - (1/2 - i)*|1r110>'": 5,
    "'|+0-01> - sqrt(3)*|+1-11>'": 5,
    "'|0000000000> + |1111111111>'": 10,
}
"""States with their number of qubits; most would change if the qubits were reversed."""


def circuit_of(state: InitialState, num_qubits: int) -> QuantumCircuit:
    circuit = QuantumCircuit(num_qubits)
    prepare(state, circuit)
    return circuit


def overlap(circuit: QuantumCircuit, state: eq.ExactState) -> float:
    """Modulus of the overlap; 1 for the same state, whatever the common factor."""
    dense = np.zeros(1 << state.num_qubits, complex)
    for bits, value in state.amplitudes.items():
        dense[bits] = to_complex(value)
    return float(abs(np.vdot(dense / np.linalg.norm(dense), Statevector(circuit).data)))


@pytest.mark.parametrize("text", FORMS)
def test_every_form_is_prepared(text: str) -> None:
    spec = eq.loads(SPEC.format(n=FORMS[text], state=text))
    assert spec.state is not None
    assert abs(overlap(circuit_of(spec.state, spec.qubits), state_of(spec)) - 1) < ROUNDING


@pytest.mark.parametrize(
    "text", ["singlets [[0, 1]]", "'|0+r>'", "'|001> - 2*|010> + i*|110>'", "'|+00> + 2*|+11>'"]
)
def test_negative_control_qubits_in_the_wrong_order(text: str) -> None:
    spec = eq.loads(SPEC.format(n=3, state=text))
    assert spec.state is not None
    assert overlap(circuit_of(spec.state, 3).reverse_bits(), state_of(spec)) < 0.99


numbers = st.builds(
    lambda a, b: scalar(a) + scalar(b) * IMAGINARY_UNIT, st.integers(-3, 3), st.integers(-3, 3)
)
vectors = st.integers(1, 4).flatmap(
    lambda n: st.builds(
        lambda a: eq.ExactState(n, a), st.dictionaries(st.integers(0, 2**n - 1), numbers, max_size=8)
    )
)


@given(vectors.filter(lambda state: bool(state.amplitudes)))
@settings(max_examples=30)
def test_random_superpositions(state: eq.ExactState) -> None:
    circuit = circuit_of(Superposition(state), state.num_qubits)
    assert abs(overlap(circuit, state) - 1) < ROUNDING
    flipped = state.apply(eq.PauliSum.parse("X0", state.num_qubits))
    if flipped != state and state.eigenvalue_of(flipped) is None:
        assert overlap(circuit, flipped) < 1 - ROUNDING


def test_gates() -> None:
    """At most two gates for a letter, no synthesis for qubits that stand alone, plain gates for the rest."""
    assert dict(circuit_of(ProductKet("01+-rl"), 6).count_ops()) == {"h": 4, "x": 2, "s": 1, "sdg": 1}
    assert dict(circuit_of(Singlets(((0, 1), (2, 3))), 4).count_ops()) == {"x": 4, "h": 2, "cx": 2}
    state = Superposition(eq.ExactState.parse("|+01r0> - |+01r1> + |+11r0>"))
    circuit = circuit_of(state, 5)
    assert set(circuit.count_ops()) <= {"x", "h", "s", "u", "cx"}
    synthesised = {
        circuit.find_bit(bit).index
        for gate in circuit.data
        if gate.name in ("u", "cx")
        for bit in gate.qubits
    }
    assert synthesised == {1, 4}


MODEL = """\
name: started
qubits: 4
data: {{sites: [A, B], encode: {{A: [0], B: [2]}}}}
symmetry: [{{permutation: {{cycles: ["(1 3)"], on: qubits}}}}]
state: {state}
observable: X0 Z2 + 1/2*Y1 + 1/2*Y3
ansatz: {{depth: 1, layer: [H(0,1) + H(0,3), X1 + X3, Z0 Y2]}}
"""

STATES = [
    "'|+r0r>'",
    "'|0001> + 2*|0100> - i*|1000>'",
    "'|+10+> - 1/2*|-+1->'",
    "minus",
    "singlets [[0, 2], [3, 1]]",
]


@pytest.fixture(scope="module", params=STATES)
def started(request: pytest.FixtureRequest) -> eq.Program:
    return eq.compile(eq.loads(MODEL.format(state=request.param)))


def draw(program: eq.Program) -> tuple[Any, Any]:
    source = np.random.default_rng(5)
    return source.normal(size=program.num_parameters), source.normal(size=(2, 3))


def test_qiskit_and_jax_start_from_the_same_state(started: eq.Program) -> None:
    params, x = draw(started)
    circuit = started.to_qiskit()
    values = started.circuit_values(params, x)
    in_qiskit = Statevector(circuit.assign_parameters(values)).expectation_value(circuit.observable)
    assert abs(in_qiskit - float(started.to_jax()(params, x[None])[0])) < 1e-10
    other = eq.compile(eq.loads(MODEL.format(state="'|01+l>'"))).to_jax()
    assert abs(in_qiskit - float(other(params, x[None])[0])) > 1e-3


def test_openqasm_and_qpy_are_read_back(started: eq.Program) -> None:
    circuit = started.to_qiskit(data="angles")
    params, x = draw(started)
    values, others = (started.circuit_values(p, x, "angles") for p in (params, params + 0.1))
    exact = Statevector(circuit.assign_parameters(values)).data
    file = BytesIO()
    qpy.dump(circuit, file)
    file.seek(0)
    for loaded in (qasm3.loads(qasm3.dumps(circuit)), *qpy.load(file)):
        again = Statevector(loaded.assign_parameters(values)).data
        assert abs(1 - abs(np.vdot(again, exact))) < ROUNDING
        moved = Statevector(loaded.assign_parameters(others)).data
        assert abs(1 - abs(np.vdot(moved, exact))) > 1e-5
