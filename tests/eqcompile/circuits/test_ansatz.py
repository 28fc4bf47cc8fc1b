"""The re-uploading circuit as declared: order of gates, names and counts of parameters."""

from collections.abc import Callable

import pytest

import eqcompile as eq
from eqcompile.circuits.ansatz import angle_names, coordinate_names
from eqcompile.circuits.build import ansatz_of, encoding_of
from eqcompile.circuits.operations import Evolve, VectorRotation

Specs = Callable[..., eq.Spec]

COUNTS = {"lih": 67, "water": 67, "water_breaking": 78, "water_dimer": 122}


@pytest.mark.parametrize(("name", "count"), COUNTS.items())
def test_parameters_of_the_paper(program: Callable[[str], eq.Program], name: str, count: int) -> None:
    model = program(name)
    assert model.num_parameters == len(model.parameter_names) == len(set(model.parameter_names)) == count


def test_parameters_are_weights_then_breaking_then_scales(spec: Specs) -> None:
    small = (("depth: 11", "depth: 2"), ("blocks: 2", "blocks: 2"))
    assert ansatz_of(spec("water_breaking", *small)).parameter_names == (
        "w_0_0_0", "w_0_0_1", "w_0_0_2", "w_0_1_0", "w_0_1_1", "w_0_1_2",
        "w_1_0_0", "w_1_0_1", "w_1_0_2", "w_1_1_0", "w_1_1_1", "w_1_1_2",
        "eps_0", "eps_1", "alpha",
    )  # fmt: skip
    dimer = ansatz_of(spec("water_dimer", ("depth: 30", "depth: 1")))
    assert dimer.parameter_names == ("w_0_0_0", "w_0_0_1", "w_0_0_2", "eps_0", "alpha_O", "alpha_H")
    assert dimer.weight_shape == (1, 1, 3)
    assert dimer.parameter_kinds == ("weight", "weight", "weight", "breaking", "scale", "scale")


def test_a_name_does_not_decide_what_a_parameter_is(spec: Specs) -> None:
    """A scale may be named like a breaking angle; it stays a scale."""
    named = ansatz_of(spec("water", ("{alpha: [H1, H2]}", "{eps_h: [H1, H2]}")))
    kinds = dict(zip(named.parameter_names, named.parameter_kinds, strict=True))
    assert kinds["eps_h"] == "scale"
    assert {kind for name, kind in kinds.items() if name != "eps_h"} == {"weight"}


@pytest.mark.parametrize("name", COUNTS)
def test_kinds_are_those_of_the_gates(program: Callable[[str], eq.Program], name: str) -> None:
    """Another way to find the same: the gate that carries a parameter says what the parameter is."""
    model = program(name)
    found = dict(zip(model.parameter_names, model.parameter_kinds, strict=True))
    for gate in model.ansatz.gates():
        if isinstance(gate, VectorRotation):
            assert found[gate.scale] == "scale"
        else:
            breaks = gate.generator == model.ansatz.breaking
            assert found[str(gate.angle)] == ("breaking" if breaks else "weight")


def test_gates_alternate_between_encodings_and_layers(spec: Specs) -> None:
    ansatz = ansatz_of(spec("water_breaking", ("depth: 11", "depth: 2")))
    words = ["E" if isinstance(g, VectorRotation) else str(g.angle) for g in ansatz.gates()]
    layers = [[f"w_{d}_{b}_{k}" for b in range(2) for k in range(3)] + [f"eps_{d}"] for d in range(2)]
    assert words == ["E"] * 4 + layers[0] + ["E"] * 4 + layers[1] + ["E"] * 4
    (breaking,) = (g for g in ansatz.layer_gates(0) if str(g.angle) == "eps_0")
    assert str(breaking.generator) == "1/2*Z0 + 1/2*Z1 + 1/2*Z2 + 1/2*Z3"


def test_each_copy_of_each_site_is_encoded_once(spec: Specs) -> None:
    assert [(g.site, g.qubit, g.scale, g.parity) for g in encoding_of(spec("water"))] == [
        (0, 0, "alpha", None),
        (1, 1, "alpha", None),
        (0, 2, "alpha", None),
        (1, 3, "alpha", None),
    ]
    dimer = encoding_of(spec("water_dimer"))
    assert [(g.qubit, g.scale, g.parity) for g in dimer[:2]] == [(0, "alpha_O", 6), (1, "alpha_H", 6)]
    assert len(dimer) == 6


def test_encoding_generators() -> None:
    gate = VectorRotation.scaled(0, qubit=2, scale="alpha", parity=0)
    assert [str(gate.generator(3, axis)) for axis in range(3)] == ["X0 X2", "X0 Y2", "X0 Z2"]
    assert gate.qubits == (2, 0)
    assert str(VectorRotation.scaled(0, 1, "alpha").generator(3, 1)) == "Y1"
    assert Evolve.by(eq.PauliSum.parse("X0 Z2", 3), "w").qubits == (0, 2)


def test_names_of_data_parameters() -> None:
    assert coordinate_names(("H1", "O")) == (("H1_x", "H1_y", "H1_z"), ("O_x", "O_y", "O_z"))
    assert angle_names("O") == ("O_azimuth", "O_elevation", "O_turn")


def test_a_circuit_needs_an_ansatz() -> None:
    text = "{name: a, qubits: 2, data: {sites: [A], encode: {A: [0]}}, symmetry: [{rotation: SU(2)}]}"
    with pytest.raises(eq.SpecError) as caught:
        ansatz_of(eq.loads(text, "a.yaml"))
    assert str(caught.value) == "a.yaml:1:1: the spec has no 'ansatz', which a circuit needs; add it"


def test_without_data_layers_follow_one_another() -> None:
    text = "{name: a, qubits: 2, symmetry: [{rotation: SU(2)}], ansatz: {depth: 3, layer: [H(0,1)]}}"
    ansatz = ansatz_of(eq.loads(text))
    assert (ansatz.encoding, ansatz.site_names, ansatz.scale_names) == ((), (), ())
    assert [str(gate.angle) for gate in ansatz.gates()] == list(ansatz.parameter_names)
