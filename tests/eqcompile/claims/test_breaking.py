"""Declared symmetry breaking: the certificate names what is left, and proves no more than that."""

from collections.abc import Callable
from dataclasses import replace

import pytest

import eqcompile as eq
from eqcompile.claims.field.identity import ModelIdentity, why_not_applicable
from eqcompile.claims.of_model.breaking import residue_of
from eqcompile.errors import MethodError
from eqcompile.groups.rotation import irrational_turn
from eqcompile.symmetry.rotation import RotationFactor

Specs = Callable[..., eq.Spec]

AXES = [
    ("Z", "T_x, T_y", "U(1) about z x (H1 H2)"),
    ("X", "T_y, T_z", "U(1) about x x (H1 H2)"),
    ("X0 + X1 + X2 + X3 + Y0 + Y1 + Y2 + Y3", "T_x, T_y, T_z", "U(1) about (1, 1, 0) x (H1 H2)"),
    (
        "3*X0 + 3*X1 + 3*X2 + 3*X3 + 4*Z0 + 4*Z1 + 4*Z2 + 4*Z3",
        "T_x, T_y, T_z",
        "U(1) about (3/4, 0, 1) x (H1 H2)",
    ),
    ("Z0 + Z2", "T_x, T_y, (H1 H2)", "U(1) about z"),
    ("H(1,2)", "(H1 H2)", "SU(2)"),
    ("Z0 + X1", "T_x, T_y, T_z, (H1 H2)", "nothing of the declared group"),
]


@pytest.mark.parametrize(("generator", "broken", "left"), AXES)
def test_what_is_left_of_water(spec: Specs, generator: str, broken: str, left: str) -> None:
    certificate = eq.compile(spec("water_breaking", ("generator: Z", f"generator: {generator}"))).certificate
    assert certificate
    assert certificate.group == "SU(2) x (H1 H2)"
    assert certificate.symmetry_left == left
    (finding,) = (f for f in certificate.findings if f.claim == "declared breaking")
    assert finding.detail == f"breaks {broken}; leaves {left}"


def test_a_gate_that_breaks_nothing(spec: Specs) -> None:
    certificate = eq.compile(spec("water_breaking", ("generator: Z", "generator: H(0,1)"))).certificate
    assert certificate.symmetry_left == certificate.group
    (finding,) = (f for f in certificate.findings if f.claim == "declared breaking")
    assert finding.detail == "breaks nothing: the gate commutes with the whole group"


def test_the_dimer_keeps_inversion_and_permutations(spec: Specs) -> None:
    certificate = eq.compile(spec("water_dimer", ("depth: 30", "depth: 2"))).certificate
    assert certificate.symmetry_left == (
        "U(1) about z x (H1a H1b) x (H2a H2b) x (O1 O2)(H1a H2a)(H1b H2b) x inversion (Z6)"
    )
    assert certificate


TWO_ROTATIONS = """\
name: two
qubits: 4
data: {sites: [A, B], encode: {A: [0, 1], B: [2, 3]}}
symmetry:
  - rotation: {group: SU(2), qubits: [0, 1]}
  - rotation: {group: SU(2), qubits: [2, 3]}
state: singlets [[0, 1], [2, 3]]
observable: H(0,1)
ansatz: {depth: 1, blocks: 1, layer: ["H(0,1)"], symmetry_breaking: {generator: X2 + X3, start: 0.1}}
"""


def test_two_rotation_groups_are_told_apart() -> None:
    """Both have a T_x; the one that survives must not hide the one that does not."""
    certificate = eq.compile(eq.loads(TWO_ROTATIONS)).certificate
    assert certificate.symmetry_left == "SU(2) on qubits 0, 1 x U(1) about x on qubits 2, 3"
    (finding,) = (f for f in certificate.findings if f.claim == "declared breaking")
    assert finding.detail.startswith("breaks T_y, T_z; leaves ")


def test_a_tilted_axis_is_tested_on_the_model(spec: Specs) -> None:
    """The surviving axis passes the identity test; another axis, and the broken generators, do not."""
    tilted = "generator: 3*X0 + 3*X1 + 3*X2 + 3*X3 + 4*Z0 + 4*Z1 + 4*Z2 + 4*Z3"
    changes = (("generator: Z", tilted), ("depth: 11", "depth: 2"))
    program = eq.compile(spec("water_breaking", *changes))
    breaking = program.ansatz.breaking
    assert breaking is not None
    (element,) = residue_of(program.symmetry, breaking).tilted
    assert element.name == "a rotation about (3/4, 0, 1)"
    identity = ModelIdentity(program.ansatz, program.state, program.observable, "seed")
    assert not why_not_applicable(program.ansatz)
    x = identity.random_input()
    value = identity.value(x)
    assert identity.value(identity.moved(x, [element])) == value
    (rotation,) = (f for f in program.symmetry.factors if isinstance(f, RotationFactor))
    other = rotation.lie_generators[0].moved_by(irrational_turn([4, 0, 3]), "another axis")
    assert identity.value(identity.moved(x, [other])) != value
    for lie in rotation.lie_generators:
        assert identity.value(identity.moved(x, [lie])) != value


def test_the_declared_gate_is_needed_for_what_it_breaks(spec: Specs) -> None:
    """The same model with its breaking gate hidden in the layer is refused."""
    program = eq.compile(spec("water_breaking", ("depth: 11", "depth: 1")))
    ansatz = program.ansatz
    assert ansatz.breaking is not None
    hidden = replace(ansatz, layer=(*ansatz.layer, ansatz.breaking), breaking=None)
    from eqcompile.claims.certify import certify_model

    certificate = certify_model("hidden", program.symmetry, hidden, program.state, program.observable)
    assert [finding.detail for finding in certificate.refused] == ["changed by T_x", "changed by T_x"]
    assert certificate.symmetry_left == certificate.group


def test_nothing_left_is_not_called_tested(spec: Specs) -> None:
    certificate = eq.compile(spec("water_breaking", ("generator: Z", "generator: Z0 + X1"))).certificate
    assert (certificate.findings[-1].method, certificate.findings[-1].detail) == (
        "nothing to check",
        "no group is left",
    )


def test_what_is_kept_is_a_symmetry_of_its_own(program: Callable[[str], eq.Program]) -> None:
    broken, whole = program("water_breaking"), program("water")
    assert broken.kept_symmetry.generator_names == ("T_z", "(H1 H2)")
    assert str(broken.kept_symmetry) == broken.certificate.symmetry_left
    assert whole.kept_symmetry is whole.symmetry
    (factor,) = broken.kept_symmetry.factors
    assert not factor.is_local
    with pytest.raises(MethodError, match=r"^U\(1\) about z x \(H1 H2\) is known on the whole register only"):
        factor.restricted((0, 1))


def test_a_circuit_is_verified_against_what_is_kept(program: Callable[[str], eq.Program]) -> None:
    model = program("water_breaking")
    circuit = model.to_qiskit("angles")
    observable = model.observable
    assert eq.verify(circuit, model.kept_symmetry, what="model", observable=observable)
    assert not eq.verify(circuit, model.symmetry, what="model", observable=observable)
