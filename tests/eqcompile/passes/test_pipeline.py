"""Every pass leaves the circuit equal, and says in text what it did."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.build import model_circuit
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Evolve, Operation, Singlet, VectorRotation, commute
from eqcompile.passes.rewrite.merge import MergeRepeats
from eqcompile.passes.rewrite.pipeline import Pass, Pipeline
from eqcompile.passes.rewrite.schedule import Schedule, dependencies, two_qubit_gates
from eqcompile.passes.rewrite.split import SplitOrbits
from eqcompile.passes.routing.coupling import Coupling
from eqcompile.passes.routing.region import RouteOnDevice
from eqcompile.passes.routing.route import Route

ROUNDING = 1e-11
MODELS = Path(__file__).parents[3] / "siqml" / "models"
PASSES: dict[str, tuple[Pass, ...]] = {
    "split": (SplitOrbits(),),
    "merge": (MergeRepeats(),),
    "split and merge": (SplitOrbits(), MergeRepeats()),
    "schedule": (Schedule(),),
    "split and schedule": (SplitOrbits(), Schedule()),
}


def evolve(text: str, name: str, qubits: int) -> Evolve:
    return Evolve(eq.PauliSum.parse(text, qubits), ExactAngle.parameter(name))


def circuit_of(qubits: int, *operations: Operation) -> Circuit:
    return Circuit(qubits, operations)


def shallow(name: str, depth: int) -> eq.Program:
    text = (MODELS / f"{name}.yaml").read_text()
    line = next(line for line in text.splitlines() if line.strip().startswith("depth:"))
    return eq.compile(eq.loads(text.replace(line, line.split("depth:")[0] + f"depth: {depth}")))


def values_for(program: eq.Program, seed: int) -> dict[str, float]:
    dice = np.random.default_rng(seed)
    x = dice.normal(size=(len(program.ansatz.site_names), 3))
    return program.circuit_values(dice.normal(size=program.num_parameters), x, "angles")


@pytest.fixture(scope="module", params=["lih", "water", "water_breaking", "water_dimer"])
def program(request: pytest.FixtureRequest) -> eq.Program:
    return shallow(request.param, 2)


@pytest.mark.parametrize("passes", PASSES.values(), ids=PASSES)
def test_equal_unitaries(program: eq.Program, unitary: Callable[..., Any], passes: tuple[Pass, ...]) -> None:
    before = model_circuit(program.ansatz, program.spec.state)
    after = Pipeline(passes).run(before)
    values, sites = values_for(program, 1), program.ansatz.site_names
    assert np.allclose(unitary(after, values, sites), unitary(before, values, sites), rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("shape", ["line", "star", "ring"])
def test_routing_leaves_the_circuit_equal(
    program: eq.Program, unitary: Callable[..., Any], shape: str
) -> None:
    """Without preparation, as a unitary; with it, the state made from zeros: a singlet is prepared either way round."""
    size = program.num_qubits
    pairs = {
        "line": [(q, q + 1) for q in range(size - 1)],
        "star": [(0, q) for q in range(1, size)],
        "ring": [(q, (q + 1) % size) for q in range(size)],
    }[shape]
    coupling = Coupling.of(size, pairs)
    values, sites = values_for(program, 2), program.ansatz.site_names
    for state in (None, program.spec.state):
        before = SplitOrbits().run(model_circuit(program.ansatz, state))
        after = Route(coupling, width=8).run(before)
        for operation in after:
            if len(operation.qubits) == 2:
                assert (min(operation.qubits), max(operation.qubits)) in coupling.edges
        inputs = slice(None) if state is None else 0
        found, expected = (unitary(circuit, values, sites)[:, inputs] for circuit in (after, before))
        assert np.allclose(found, expected, rtol=0, atol=ROUNDING)


def test_every_pass_is_certified_again() -> None:
    program = shallow("water", 2)
    seen = []

    def observe(name: str, circuit: Circuit) -> None:
        from qiskit import QuantumCircuit

        from eqcompile.emit.qiskit.circuit import QiskitEmitter

        assert circuit.initial == circuit.final == (0, 1, 2, 3)
        emitter = QiskitEmitter(QuantumCircuit(4), program.ansatz.site_names, "angles")
        for operation in circuit:
            emitter.gate(operation)
        seen.append((name, str(eq.verify(emitter.circuit, program.spec, what="model").verdict)))

    passes = (SplitOrbits(), MergeRepeats(), Schedule(), Route(Coupling.full(4)))
    Pipeline(passes).run(model_circuit(program.ansatz, program.spec.state), observe)
    assert seen == [(step.name, "proven") for step in passes]


def test_split_in_text() -> None:
    before = circuit_of(4, evolve("H(1,2) + H(0,3)", "w", 4), evolve("Z0/2 + Z1/2 - 3*I", "e", 4))
    assert str(SplitOrbits().run(before)) == (
        "exp(-i (w) (X0 X3 + Y0 Y3 + Z0 Z3))\n"
        "exp(-i (w) (X1 X2 + Y1 Y2 + Z1 Z2))\n"
        "exp(-i (e) (-3*I))\n"
        "exp(-i (e) (1/2*Z0))\n"
        "exp(-i (e) (1/2*Z1))"
    )


def test_what_does_not_commute_stays_whole() -> None:
    star = circuit_of(3, evolve("H(0,1) + H(0,2)", "w", 3))
    assert SplitOrbits().run(star) == star


def test_merge_in_text() -> None:
    before = circuit_of(
        3, evolve("H(0,1)", "a", 3), evolve("Z2", "b", 3), evolve("H(0,1)", "c", 3), evolve("H(1,2)", "d", 3),
        evolve("H(0,1)", "e", 3),
    )  # fmt: skip
    assert str(MergeRepeats().run(before)) == (
        "exp(-i (a + c) (X0 X1 + Y0 Y1 + Z0 Z1))\n"
        "exp(-i (b) (Z2))\n"
        "exp(-i (d) (X1 X2 + Y1 Y2 + Z1 Z2))\n"
        "exp(-i (e) (X0 X1 + Y0 Y1 + Z0 Z1))"
    )


def test_a_gate_and_its_inverse_go() -> None:
    gate = evolve("H(0,1)", "a", 2)
    assert MergeRepeats().run(circuit_of(2, gate, Evolve(gate.generator, -gate.angle))).operations == ()


def test_schedule_starts_the_long_chain_first() -> None:
    hub = [VectorRotation.scaled(site, site, "alpha", parity=3) for site in range(3)]
    pair = evolve("H(1,2)", "w", 4)
    assert Schedule().run(circuit_of(4, *hub, pair)).operations == (hub[1], hub[2], pair, hub[0])


def test_what_commutes() -> None:
    first, second = VectorRotation.scaled(0, 0, "a", parity=2), VectorRotation.scaled(1, 1, "a", parity=2)
    assert commute(first, second)
    assert not commute(first, VectorRotation.scaled(1, 0, "a", parity=2))
    assert not commute(first, evolve("Z2", "w", 3))
    assert commute(first, evolve("X2", "w", 3))
    assert not commute(Singlet(0, 1), evolve("H(0,1)", "w", 2))
    assert commute(Singlet(0, 1), evolve("H(2,3)", "w", 4))


def test_dependencies_are_those_that_do_not_commute() -> None:
    hub = [VectorRotation.scaled(site, site, "alpha", parity=3) for site in range(3)]
    operations = (*hub, evolve("Z3", "w", 4), evolve("H(0,1)", "v", 4), hub[2], evolve("X3", "w", 4))
    assert dependencies(operations) == [set(), set(), set(), {0, 1, 2}, {0, 1}, {2, 3}, {3}]


def test_two_qubit_counts_of_the_papers_layers() -> None:
    """FACTS: one block of Eq. 14 takes 12 CX, one layer of Eq. 17 nine, one encoding of Eq. 16 twelve."""
    water, dimer = shallow("water", 1), shallow("water_dimer", 1)
    assert [layer_cost(water) / water.ansatz.blocks, layer_cost(dimer)] == [12, 9]
    assert sum(two_qubit_gates(gate) for gate in dimer.ansatz.encoding) == 12


def layer_cost(program: eq.Program) -> int:
    gates = circuit_of(program.num_qubits, *program.ansatz.layer_gates(0))
    return sum(map(two_qubit_gates, SplitOrbits().run(gates)))


def test_devices_with_more_qubits() -> None:
    program = shallow("water", 2)
    circuit = SplitOrbits().run(model_circuit(program.ansatz, program.spec.state))
    routed = RouteOnDevice(Coupling.line(9)).run(circuit)
    assert routed.num_qubits == 9
    assert len(set(routed.initial)) == 4
    used = {q for operation in routed for q in operation.qubits}
    assert used == set(routed.initial)
