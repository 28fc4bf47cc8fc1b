"""Models on devices, routed by our own passes: the layout is followed, energies stay, gates join neighbours only."""

from pathlib import Path

import numpy as np
import pytest
from qiskit.quantum_info import Statevector
from qiskit.transpiler import CouplingMap, Target

import eqcompile as eq
from eqcompile.devices.routed import Model, can_be_routed, routed_circuit, translated
from eqcompile.passes.routing.coupling import Coupling

MODELS = Path(__file__).parents[3] / "siqml" / "models"
DEVICES = {
    "line": CouplingMap.from_line(6),
    "ring": CouplingMap.from_ring(5),
    "grid": CouplingMap.from_grid(2, 3),
}
ROUNDING = 1e-11


def shallow(name: str) -> eq.Program:
    text = (MODELS / f"{name}.yaml").read_text()
    line = next(line for line in text.splitlines() if line.strip().startswith("depth:"))
    return eq.compile(eq.loads(text.replace(line, line.split("depth:")[0] + "depth: 2")))


@pytest.fixture(scope="module")
def water() -> eq.Program:
    return shallow("water")


def target_of(couplings: CouplingMap) -> Target:
    return Target.from_configuration(["rz", "sx", "x", "cx"], couplings.size(), couplings)


@pytest.mark.parametrize("couplings", DEVICES.values(), ids=DEVICES)
@pytest.mark.parametrize("level", [0, 1, 3])
def test_energies_and_certificate_survive(water: eq.Program, couplings: CouplingMap, level: int) -> None:
    model = Model(water.ansatz, water.spec.state, "water")
    coupling = Coupling.of(couplings.size(), couplings.get_edges())
    circuit = translated(routed_circuit(model, coupling), target_of(couplings), level, seed=0)
    for instruction in circuit.data:
        if instruction.operation.num_qubits == 2:
            a, b = (circuit.find_bit(qubit).index for qubit in instruction.qubits)
            assert (min(a, b), max(a, b)) in coupling.edges
    dice = np.random.default_rng(5)
    params, x = dice.normal(size=water.num_parameters), dice.normal(size=(1, 2, 3))
    bound = circuit.assign_parameters(water.circuit_values(params, x[0], "angles"))
    observable = water.to_qiskit_observable().apply_layout(circuit.layout)
    energy = Statevector(bound).expectation_value(observable).real
    assert abs(energy - float(water.to_jax()(params, x)[0])) < ROUNDING
    if level == 1:
        assert eq.verify(circuit, water.spec, what="model")


def test_negative_control_the_final_permutation_matters(water: eq.Program) -> None:
    """FACTS: after routing, ignoring the final permutation makes an equivariant circuit look broken by order 1."""
    circuit = routed_circuit(Model(water.ansatz, water.spec.state, "water"), Coupling.line(4))
    assert circuit.layout.initial_index_layout() != circuit.layout.final_index_layout()
    forgotten = circuit.copy()
    forgotten._layout = None
    assert not eq.verify(forgotten, water.spec, what="circuit")


def test_what_our_passes_leave_to_others() -> None:
    entangled = eq.compile(
        eq.loads("""\
name: ghz
qubits: 3
symmetry: [{pauli: [X0 X1 X2]}]
state: "|000> + |111>"
observable: Z0 Z1
ansatz: {depth: 1, blocks: 1, layer: [X0, Z0 Z1 + Z1 Z2]}
""")
    )
    assert not can_be_routed(Model(entangled.ansatz, entangled.spec.state, "ghz"))
    product = eq.compile(
        eq.loads("""\
name: plus
qubits: 3
symmetry: [{pauli: [X0 X1 X2]}]
state: plus
observable: Z0 Z1
ansatz: {depth: 2, blocks: 1, layer: [X0 + X1 + X2, Z0 Z1 + Z1 Z2 + Z0 Z2]}
""")
    )
    model = Model(product.ansatz, product.spec.state, "plus")
    assert can_be_routed(model)
    circuit = routed_circuit(model, Coupling.line(4))
    params = np.array([0.3, -0.8, 1.1, 0.4])
    bound = circuit.assign_parameters(product.circuit_values(params, data="angles"))
    observable = product.to_qiskit_observable().apply_layout(circuit.layout)
    energy = Statevector(bound).expectation_value(observable).real
    assert abs(energy - float(product.to_jax()(params)[0])) < ROUNDING
