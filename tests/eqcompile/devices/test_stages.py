"""The visible pipeline: every stage is proven, sizes are those of the circuits, and a wrong pass is noticed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

import eqcompile as eq
from eqcompile.circuits.build import model_circuit
from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.circuits.operations import Evolve, Swapped
from eqcompile.devices.routed import Model, emitted
from eqcompile.errors import BackendError
from eqcompile.face.cli.main import main
from eqcompile.passes.rewrite.split import SplitOrbits


@pytest.fixture(scope="module")
def shallow_water(spec: Callable[..., eq.Spec]) -> eq.Program:
    return eq.compile(spec("water", ("depth: 11", "depth: 2")))


def test_every_stage_is_proven(shallow_water: eq.Program) -> None:
    stages = shallow_water.stages("fake_manila")
    assert [stage.name for stage in stages] == [
        "declared", "split-orbits", "merge-repeats", "schedule", "route-on-device",
    ]  # fmt: skip
    assert all(stage.certificate for stage in stages)
    assert [stage.two_qubit_gates for stage in stages[:4]] == [2 + 2 * 24] * 4
    assert stages[-1].circuit.num_qubits == 5
    assert stages[-1].two_qubit_gates > stages[0].two_qubit_gates


def test_negative_control_a_pass_that_loses_a_gate_is_seen(shallow_water: eq.Program) -> None:
    program = shallow_water
    model = Model(program.ansatz, program.spec.state, "water")
    right = SplitOrbits().run(model_circuit(program.ansatz, program.spec.state))
    assert str(right.operations[9]).endswith("(X1 X2 + Y1 Y2 + Z1 Z2))")
    lost = Circuit(4, (*right.operations[:9], *right.operations[10:]))
    circuit = emitted(lost, program.ansatz.site_names, model)
    assert not program.recertify(circuit)
    misplaced = replace(right, placement=Placement(right.initial, (2, 1, 0, 3)))
    circuit = emitted(misplaced, program.ansatz.site_names, model)
    assert not program.recertify(circuit)


def test_every_stage_is_proven_as_it_stands(shallow_water: eq.Program) -> None:
    """Nothing is emitted and read again between passes: another way to what the stages' own certificates say."""
    spec = shallow_water.spec
    for stage in shallow_water.stages("fake_manila"):
        assert eq.verify(stage.circuit, spec, what="model"), stage.name
    last = stage.circuit
    place, lost = next(
        (k, o) for k, o in enumerate(last) if isinstance(o, Swapped) and isinstance(o.gate, Evolve)
    )
    assert isinstance(lost.gate, Evolve)
    (key, value), *_ = lost.gate.generator.terms.items()
    part = replace(lost.gate, generator=eq.PauliSum(last.num_qubits, {key: value}))
    operations = (*last.operations[:place], replace(lost, gate=part), *last.operations[place + 1 :])
    assert not eq.verify(replace(last, operations=operations), spec, what="model")


def test_the_command(tmp_path: object, capsys: pytest.CaptureFixture[str], models: object) -> None:
    path = f"{models}/lih.yaml"
    assert main(["passes", path, "--show", "split-orbits"]) == 0
    assert capsys.readouterr().out.startswith("singlet(0, 1)\nsinglet(2, 3)\nencode(site 0, alpha) on 0\n")
    assert main(["passes", path, "--show", "merg"]) == 2
    assert capsys.readouterr().err == (
        "--show merg: no such pass; known: declared, split-orbits, merge-repeats, schedule\n"
    )
    assert main(["passes", path, "--backend", "fake_nowhere"]) == 2
    assert "fake_nowhere" in capsys.readouterr().err


def test_a_device_that_is_too_small(program: Callable[[str], eq.Program]) -> None:
    with pytest.raises(BackendError, match="the circuit has 7 qubits; the device has 5"):
        program("water_dimer").stages("fake_manila")
