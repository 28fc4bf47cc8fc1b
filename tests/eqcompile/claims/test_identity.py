"""The identity test on whole models: right ones pass, spoilt ones do not, whatever their parts say."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from flint import fmpz

import eqcompile as eq
from eqcompile.circuits.operations import VectorRotation
from eqcompile.claims.certificate import Finding
from eqcompile.claims.certify import certify_model
from eqcompile.claims.field.identity import ModelIdentity
from eqcompile.claims.field.prime_field import Field, prime_with_root
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.scalars import square_root

Programs = Callable[[str], eq.Program]
Specs = Callable[..., eq.Spec]


def whole_model(program: eq.Program, **changes: Any) -> Finding:
    """The last finding of a model with a changed circuit, state or observable.

    Three layers are enough; with two, water is invariant by accident for some wrong observables.
    """
    state = changes.pop("state", program.state)
    observable = changes.pop("observable", program.observable)
    ansatz = replace(program.ansatz, depth=3, **changes)
    finding = certify_model("changed", program.symmetry, ansatz, state, observable).findings[-1]
    assert finding.claim == "invariant model"
    return finding


def layer(program: eq.Program, *texts: str) -> tuple[eq.PauliSum, ...]:
    return tuple(eq.PauliSum.parse(text, program.num_qubits) for text in texts)


@pytest.mark.parametrize("name", ["lih", "water", "water_breaking", "water_dimer"])
def test_models_of_the_paper_are_proven(program: Programs, name: str) -> None:
    finding = program(name).certificate.findings[-1]
    assert finding.claim == "invariant model"
    assert finding.proven
    assert finding.method.startswith("polynomial identity at a random point of the field of ")
    assert finding.detail.startswith("error probability below 2^-")
    assert int(finding.detail.rpartition("-")[2]) >= 100


def test_right_changes_of_water_are_proven(program: Programs) -> None:
    water = program("water")
    assert whole_model(water, layer=layer(water, "H(0,2) + H(1,3)", "H(0,1) - 3*I")).proven
    assert whole_model(water, state=eq.ExactState.singlets(4, [(0, 2), (1, 3)])).proven
    assert whole_model(water, observable=eq.PauliSum.parse("H(2,3) + H(0,2) + H(1,3)", 4)).proven


WRONG_WATER: dict[str, Callable[[eq.Program], tuple[dict[str, Any], str]]] = {
    "an untied weight": lambda p: ({"layer": layer(p, "H(0,1)", "H(1,2)")}, "(H1 H2)"),
    "a flipped sign": lambda p: ({"layer": layer(p, "H(0,1)", "H(1,2) - H(0,3)")}, "(H1 H2)"),
    "a dropped term": lambda p: ({"layer": layer(p, "X0 X1 + Y0 Y1", "H(2,3)")}, "T_x"),
    "an undeclared breaking": lambda p: ({"layer": layer(p, "H(1,2) + H(0,3)", "Z0 + Z1 + Z2 + Z3")}, "T_x"),
    "an observable of one pair": lambda p: ({"observable": eq.PauliSum.parse("H(0,2)", 4)}, "(H1 H2)"),
    "a magnetic observable": lambda p: ({"observable": eq.PauliSum.parse("Z0 Z1", 4)}, "T_x"),
    "no singlets": lambda p: ({"state": eq.ExactState(4, {0: 1})}, "T_x"),
    "a dropped encoding gate": lambda p: ({"encoding": p.ansatz.encoding[:3]}, "(H1 H2)"),
}


@pytest.mark.parametrize("change", WRONG_WATER.values(), ids=WRONG_WATER)
def test_wrong_models_are_refused(
    program: Programs, change: Callable[[eq.Program], tuple[dict[str, Any], str]]
) -> None:
    water = program("water")
    changes, element = change(water)
    finding = whole_model(water, **changes)
    assert (finding.verdict, finding.detail) == ("refused", f"changed by {element}")
    assert finding.counterexample is not None
    assert finding.counterexample.expected != finding.counterexample.found


def test_the_line_of_a_refused_model_shows_the_difference(spec: Specs, run_line: Callable[..., Any]) -> None:
    """In floating point, for one random case; the same line shows nothing for a right model."""
    for change in (("- H(1,2) + H(0,3)", "- H(1,2)"), ("observable: H(0,1)", "observable: Z0 Z1")):
        wrong = spec("water", change, ("depth: 11", "depth: 3"))
        example = eq.compile(wrong).certificate.findings[-1].counterexample
        assert example is not None
        assert abs(run_line(example.python, spec=wrong)).max() > 1e-3
        right = spec("water", ("depth: 11", "depth: 3"))
        assert abs(run_line(example.python, spec=right)).max() < 1e-12


def test_untied_scales_are_refused(program: Programs) -> None:
    water = program("water")
    encoding = tuple(
        VectorRotation.scaled(gate.site, gate.qubit, f"alpha_{gate.site}", gate.parity)
        for gate in water.ansatz.encoding
    )
    ansatz = replace(water.ansatz, depth=1, encoding=encoding, scale_names=("alpha_0", "alpha_1"))
    certificate = certify_model("untied", water.symmetry, ansatz, water.state, water.observable)
    assert {finding.subject.split(":")[0] for finding in certificate.refused} >= {
        "encoding alpha_0",
        "encoding alpha_1",
    }
    assert not certificate
    last = certificate.findings[-1]
    assert last.claim == "invariant model"
    assert last in certificate.refused


WRONG_DIMER: dict[str, Callable[[eq.Program], tuple[dict[str, Any], str]]] = {
    "two sites on swapped qubits": lambda p: ({"encoding": with_swapped_qubits(p, 0, 1)}, "(H1a H1b)"),
    "one molecule alone": lambda p: (
        {"layer": layer(p, "H(0,1) + H(0,2)", "H(0,3)")},
        "(O1 O2)(H1a H2a)(H1b H2b)",
    ),
}


def with_swapped_qubits(program: eq.Program, i: int, j: int) -> tuple[VectorRotation, ...]:
    images = {i: j, j: i}
    return tuple(replace(gate, qubit=images.get(gate.qubit, gate.qubit)) for gate in program.ansatz.encoding)


@pytest.mark.parametrize("change", WRONG_DIMER.values(), ids=WRONG_DIMER)
def test_wrong_dimers_are_refused(
    program: Programs, change: Callable[[eq.Program], tuple[dict[str, Any], str]]
) -> None:
    changes, element = change(program("water_dimer"))
    finding = whole_model(program("water_dimer"), breaking=None, **changes)
    assert (finding.verdict, finding.detail) == ("refused", f"changed by {element}")


PARITY = """\
name: parity
qubits: 2
data: {sites: [A], encode: {A: [0]}}
symmetry: [{inversion: {parity: 1}}]
observable: Z0 Z1
ansatz: {depth: 2, blocks: 1, layer: [X0, Y0, Z1]}
"""


def test_inversion_is_refused_when_the_parity_qubit_is_turned() -> None:
    assert eq.compile(eq.loads(PARITY)).certificate
    certificate = eq.compile(eq.loads(PARITY.replace("Y0, Z1]", "Y0, X1]"))).certificate
    assert [finding.detail for finding in certificate.refused] == ["changed by inversion (Z1)"] * 2
    assert certificate.refused[-1].claim == "invariant model"


def test_a_model_may_be_invariant_though_its_parts_are_not(program: Programs) -> None:
    """Both copies of a hydrogen on one singlet: the model happens to keep the exchange, its encoding does not.

    The certificate refuses it all the same, because a part is refused.
    """
    water = program("water")
    encoding = tuple(VectorRotation.scaled(s, q, "alpha") for s, q in ((0, 0), (1, 2), (0, 1), (1, 3)))
    ansatz = replace(water.ansatz, depth=3, encoding=encoding)
    certificate = certify_model("swapped", water.symmetry, ansatz, water.state, water.observable)
    assert not certificate
    assert [finding.claim for finding in certificate.refused] == ["equivariant encoding"]


def test_elements_are_decided_one_by_one() -> None:
    """Invariant under (A B)(C D) but under neither swap: the two changes must not cancel in the test."""
    spec = eq.loads(
        "name: joint\nqubits: 4\n"
        "data: {sites: [A, B, C, D], encode: {A: [0], B: [1], C: [2], D: [3]}}\n"
        'symmetry: [{permutation: ["(A B)", "(C D)"]}]\n'
        "observable: H(0,2) + H(1,3)\n"
        'ansatz: {depth: 1, blocks: 1, layer: ["H(0,1) + H(2,3)"]}\n'
    )
    finding = eq.compile(spec).certificate.findings[-1]
    assert (finding.verdict, finding.detail) == ("refused", "changed by (A B)")


def test_irrational_generators_are_composed_and_say_so(program: Programs) -> None:
    lih = program("lih")
    odd = "H(0,1) + 2*H(1,2)"
    finding = whole_model(lih, layer=layer(lih, odd))
    assert finding.proven
    assert finding.method.startswith("composition of the claims above (")
    refused = whole_model(lih, layer=layer(lih, odd, "X0 X1 + Y0 Y1"))
    assert (refused.verdict, refused.detail) == ("refused", "a part is refused")
    assert refused.counterexample is not None


def test_the_evaluation_is_unitary(program: Programs) -> None:
    """With the identity as observable, the value is the squared norm of the state at every point."""
    for name in ("water_breaking", "water_dimer"):
        model = program(name)
        ansatz = replace(model.ansatz, depth=2)
        one = ModelIdentity(ansatz, model.state, eq.PauliSum.identity(model.num_qubits), "seed")
        assert one.value(one.random_input()) == int(model.state.norm_squared)
        real = ModelIdentity(ansatz, model.state, model.observable, "seed")
        assert len({real.value(real.random_input()) for _ in range(3)}) == 3


def test_the_check_can_be_repeated(program: Programs) -> None:
    water = program("water")
    tests = [ModelIdentity(water.ansatz, water.state, water.observable, seed) for seed in ("a", "a", "b")]
    values = [(test.field.p, test.value(test.random_input())) for test in tests]
    assert values[0] == values[1]
    assert values[0][0] != values[2][0]


def test_the_field() -> None:
    p = prime_with_root(24, Random(7))
    field = Field(p, Random(8), 24)
    assert p % 24 == 1
    assert p.bit_length() == 160
    assert fmpz(p).is_prime()
    assert field.i * field.i % p == p - 1
    for _ in range(5):
        assert sum(c * c for c in field.unit_vector()) % p == 1
        assert all(sum(c * c for c in row) % p == 1 for row in field.turn((1, 2, 0)))
    assert field.real(square_root(3)) ** 2 % p == 3
    assert field.real(square_root(6)) == field.real(square_root(2)) * field.real(square_root(3)) % p
    assert (field.scalar(root_of_unity(3)) ** 2 + field.scalar(root_of_unity(3)) + 1) % p == 0


FIVEFOLD = """\
name: fivefold
qubits: 3
data: {sites: [A, B], encode: {A: [0], B: [1]}}
symmetry: [{point_group: C_5}]
observable: Z0 + Z1
ansatz: {depth: 2, blocks: 1, layer: ["H(0,1)", Z0 + Z1]}
"""


def test_fifths_of_a_turn_are_decided_in_a_field_that_holds_them(run_line: Callable[..., Any]) -> None:
    """The matrix of the element has irrational entries; the line shows the difference in floating point."""
    right = eq.loads(FIVEFOLD)
    finding = eq.compile(right).certificate.findings[-1]
    assert finding.proven
    assert finding.method.startswith("polynomial identity")
    wrong = eq.loads(FIVEFOLD.replace(", Z0 + Z1]", ", X0]"))
    refused = eq.compile(wrong).certificate.findings[-1]
    assert refused.detail == "changed by the rotation of order 5 about z"
    assert refused.counterexample is not None
    assert abs(run_line(refused.counterexample.python, spec=wrong)).max() > 1e-3
    assert abs(run_line(refused.counterexample.python, spec=right)).max() < 1e-12
