"""Models from Python values: the same as those from YAML, certified in the same way, and refused in one line."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp

import eqcompile as eq
from eqcompile.errors import SpecError
from eqcompile.recheck.decide import recheck
from eqcompile.symmetry.symmetry import Symmetry

WATER = eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)])
ENCODE = {"H1": [0, 2], "H2": [1, 3]}
HEISENBERG = eq.PauliSum.heisenberg


def water(**changes: Any) -> eq.Program:
    layer = ["H(0,1)", "H(2,3)", ("H(1,2)", "H(0,3)")]
    arguments = {"encode": ENCODE, "state": [(0, 1), (2, 3)], "observable": "H(0,1)", "layer": layer}
    return eq.model(WATER, **(arguments | changes))


def dimer() -> eq.Program:
    group = (
        eq.SU2(7, qubits=range(6))
        * eq.permutations(7, [(1, 2)], [(4, 5)], [(0, 3), (1, 4), (2, 5)])
        * eq.inversion(7, parity=6)
    )
    return eq.model(
        group,
        encode={"O1": [0], "H1a": [1], "H1b": [2], "O2": 3, "H2a": 4, "H2b": 5},
        scales={"alpha_O": ["O1", "O2"], "alpha_H": ["H1a", "H1b", "H2a", "H2b"]},
        state="singlets [[1, 2], [4, 5], [3, 0]]",
        observable="H(0,3) Z6",
        layer=["H(1,2) + H(4,5)", HEISENBERG(7, 0, 3), "Z6/2"],
        depth=30,
        breaking="Z",
        breaking_start=0.1,
        name="water_dimer",
    )


def claims(program: eq.Program) -> list[tuple[str, str, str]]:
    return [(f.claim, f.subject, f.verdict) for f in program.certificate.findings]


@pytest.mark.parametrize(
    ("name", "build"),
    [
        ("water", lambda: water(depth=11, blocks=2, name="water")),
        ("water_breaking", lambda: water(
            depth=11, blocks=2, breaking="Z", breaking_start=Fraction(1, 10), name="water_breaking")),
        ("lih", lambda: eq.model(
            eq.SU2(4), encode={"Li": [0, 2], "H": [1, 3]}, state=[(0, 1), (2, 3)], observable="H(0,1)",
            layer=["H(0,1)", "H(2,3)", "H(1,2)"], depth=22, name="lih")),
        ("water_dimer", dimer),
    ],
)  # fmt: skip
def test_the_models_of_the_paper(
    program: Callable[[str], eq.Program], name: str, build: Callable[[], eq.Program]
) -> None:
    """The same spec, circuit, parameters and claims as from the file."""
    built, loaded = build(), program(name)
    assert built.spec == loaded.spec
    assert built.symmetry == loaded.symmetry
    assert built.ansatz == loaded.ansatz
    assert built.parameter_names == loaded.parameter_names
    assert (built.state, built.observable) == (loaded.state, loaded.observable)
    assert built.certificate
    assert claims(built) == claims(loaded)
    assert built.certificate.group == loaded.certificate.group
    assert built.certificate.symmetry_left == loaded.certificate.symmetry_left


def test_negative_control_another_model_is_not_equal(program: Callable[[str], eq.Program]) -> None:
    untied = water(depth=11, blocks=2, name="water", layer=["H(0,1)", "H(2,3)", "H(1,2)", "H(0,3)"])
    assert untied.spec != program("water").spec
    assert not untied.certificate
    assert {f.subject for f in untied.certificate.refused} >= {"layer[2]: H(1,2)", "layer[3]: H(0,3)"}


def test_it_is_saved_as_a_spec_that_loads_to_an_equal_one(tmp_path: Any) -> None:
    built = water(state="derive", layer="derive", observable="derive", breaking="Y", depth=3)
    text = eq.to_yaml(built.spec)
    (tmp_path / "model.yaml").write_text(text)
    again = eq.compile(eq.load(tmp_path / "model.yaml"))
    assert again.spec == built.spec
    assert claims(again) == claims(built)
    assert eq.verify(built, again.spec) is built.certificate


def test_a_certificate_names_the_hash_of_the_text_and_is_decided_again() -> None:
    built = water()
    assert built.certificate.spec_sha256 == built.spec.source.sha256
    assert eq.loads(built.spec.source.text) == built.spec
    assert recheck(built.certificate.to_json(), seed=1)


def test_every_way_to_give_a_layer() -> None:
    basis = eq.derive(WATER)
    one = water(layer=basis)
    assert one.ansatz.layer == tuple(basis)
    assert water(layer=[basis.elements[0], (basis.elements[1], basis.elements[2])]).ansatz.layer == (
        basis.elements[0],
        basis.elements[1] + basis.elements[2],
    )
    assert water(layer="derive").ansatz.layer == tuple(basis)
    for layer in ("H(0,1)", ["H(0,1)"], HEISENBERG(4, 0, 1), (op for op in [HEISENBERG(4, 0, 1)])):
        assert water(layer=layer).ansatz.layer == (HEISENBERG(4, 0, 1),)
    pair = SparsePauliOp.from_sparse_list([(p, [0, 1], 1) for p in ("XX", "YY", "ZZ")], num_qubits=4)
    assert water(layer=[pair]).ansatz.layer == (HEISENBERG(4, 0, 1),)
    assert water(layer=[[pair, "H(2,3)"]]).ansatz.layer == (HEISENBERG(4, 0, 1) + HEISENBERG(4, 2, 3),)


def test_every_way_to_give_a_state() -> None:
    singlets = water().state
    (product, *_) = eq.derive_states(WATER).products
    for state in (
        "singlets [[0, 1], [2, 3]]",
        [[0, 1], [2, 3]],
        product,
        water().spec.state,
        singlets,
        "derive",
    ):
        found = water(state=state).state
        assert found.eigenvalue_of(singlets) is not None
    assert water(state=eq.ExactState.product("+01r")).state == eq.ExactState.product("+01r")
    assert water(state="plus").spec.state == water(state=eq.ExactState.product("++++")).spec.state
    assert water(state=None).state == eq.ExactState.product("0000")


def test_every_way_to_give_an_observable() -> None:
    (first, *_) = eq.invariant_observables(WATER)
    assert water(observable=first).observable == first.operator
    assert water(observable=SparsePauliOp("IIXX")).observable == eq.PauliSum.parse("X0 X1", 4)
    assert (
        water(observable="derive").observable
        == eq.resolve(eq.loads(water(observable="derive").spec.source.text)).observable
    )


@pytest.mark.parametrize("start", [Fraction(1, 8), 0.125, "1/8", Decimal("0.125")])
def test_every_way_to_give_a_start(start: Any) -> None:
    breaking = water(breaking="X0 + X1", breaking_start=start).spec.ansatz.breaking
    assert breaking.start == Fraction(1, 8)
    assert breaking.generator == eq.PauliSum.parse("X0 + X1", 4)


def test_sites_placed_by_the_compiler() -> None:
    placed = water(encode=["H1", "H2"])
    assert placed.spec.data == water().spec.data
    assert placed.certificate
    assert placed.certificate.generators == ("T_x", "T_y", "T_z", "(H1 H2)")


def test_numpy_numbers_are_whole_numbers() -> None:
    depth, qubits = np.int64(2), np.arange(4).reshape(2, 2).T
    program = water(depth=depth, encode={"H1": qubits[:, 0][::-1], "H2": qubits[:, 1][::-1]})
    assert program.ansatz.depth == 2
    assert program.spec.data.encode == ((1, 0), (3, 2))


GROUPS: dict[str, Callable[[], Symmetry]] = {
    "SU(2) on some": lambda: eq.SU2(3, qubits=[0, 2]),
    "U(1) about an axis": lambda: eq.U1(3, axis=(1, 1, 0)),
    "axis of irrational components": lambda: eq.U1(3, axis=["sqrt(2)", "1/2", 0], qubits=[1]),
    "point group": lambda: eq.point_symmetry(3, "C3v", parity=2),
    "point group about x": lambda: eq.point_symmetry(3, "D_4", axis="x"),
    "mirror": lambda: eq.mirror(3, (1, 1, 1), parity=2),
    "two point groups that are merged": lambda: eq.mirror(3, "x", parity=2) * eq.point_symmetry(3, "C_4h", parity=2),
    "permutations": lambda: eq.permutations(3, [(2, 0, 1)], [(1, 0)]),
    "two permutations that are merged": lambda: eq.permutations(3, [(0, 1)]) * eq.permutations(3, [(1, 2)]),
    "named permutations": lambda: eq.permutation_group(3, eq.symmetric(3), on=[2, 1, 0], name="S_3, my own"),
    "charge": lambda: eq.charge(3, "Z0 + 2*Z1"),
    "Pauli strings": lambda: eq.pauli_symmetry(3, "X0 X1 X2", "Z0 Z1"),
    "unitaries": lambda: eq.unitaries(
        3, first=["sqrt(2)/2*X0 + sqrt(2)/2*Z0", "X1"], second="(1 + X0 X1 + Y0 Y1 + Z0 Z1)/2"),
    "unitaries that are merged": lambda: eq.unitaries(3, a="X0") * eq.SU2(3, [2]) * eq.unitaries(3, b="Z1"),
    "graph": lambda: eq.permutation_group(3, eq.graph_automorphisms([(0, 1), (1, 2)], 3)),
    "twice the same": lambda: eq.SU2(3) * eq.SU2(3),
}  # fmt: skip


@pytest.mark.parametrize("build", GROUPS.values(), ids=GROUPS)
def test_every_group_comes_out_as_it_went_in(build: Callable[[], Symmetry]) -> None:
    """The same generators on the qubits, in the same order, with the same names."""
    symmetry = build()
    out = eq.model(symmetry, layer="X0", observable="Z0").symmetry
    assert list(dict.fromkeys(out.generators)) == list(dict.fromkeys(symmetry.generators))
    if "twice" not in str(symmetry) and len(symmetry.declared) != 2:
        assert str(out) == str(symmetry)


def test_what_does_nothing_is_left_out() -> None:
    out = eq.model(eq.permutations(2, []), layer="X0", observable="Z0").symmetry
    assert (str(out), out.generators) == ("()", ())
    twice = eq.model(eq.pauli_symmetry(2, "X0", "X0"), layer="X0", observable="Z0").symmetry
    assert twice.generator_names == ("X0",)


def test_an_inversion_without_sites_is_a_sign() -> None:
    out = eq.model(eq.inversion(2, parity=1), layer="X0", observable="Z0").symmetry
    assert str(out) == "Pauli group of Z1"


def test_permutations_that_move_more_than_sites_stay_on_qubits() -> None:
    group = eq.SU2(6) * eq.permutations(6, [(0, 1), (3, 4)], [(0, 1, 2), (3, 4, 5)])
    program = eq.model(
        group,
        encode={"H1": [0], "H2": [1], "H3": [2]},
        state="derive",
        observable="H(0,3) + H(1,4) + H(2,5)",
        layer=["H(0,3) + H(1,4) + H(2,5)"],
    )
    assert program.spec.symmetry[1].on == "qubits"
    assert program.spec.symmetry[0].qubits == tuple(range(6))
    assert program.certificate.generators[3:] == ("(H1 H2)", "(H1 H2 H3)")


def test_a_symmetry_that_came_with_sites() -> None:
    lifted = water().symmetry
    arguments = {"state": [(0, 1), (2, 3)], "observable": "H(0,1)", "layer": "H(0,1)"}
    assert eq.model(lifted, encode=ENCODE, **arguments).symmetry == lifted
    message = r"^model\(encode\): the symmetry acts differently on the sites H1, H2; give the same qubits$"
    with pytest.raises(SpecError, match=message):
        eq.model(lifted, encode={"H1": [0, 1], "H2": [2, 3]}, **arguments)
    with pytest.raises(SpecError, match=message):
        eq.model(lifted, **arguments)


WANTED = "an operator is needed: text such as H(0,1), a PauliSum or a SparsePauliOp"

MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"layer": ["H(0,1)", "H(0,9)"]}, "layer[1]): qubit 9 is outside the register; qubits are 0 to 3"),
    ({"layer": [("H(0,1)", "H(0,9)")]}, "layer[0]): qubit 9 is outside the register; qubits are 0 to 3"),
    ({"layer": [3]}, f"layer[0]): {WANTED}; found int 3"),
    ({"layer": None}, f"layer[0]): {WANTED}; found NoneType None"),
    ({"layer": [eq.PauliSum.parse("X0", 3)]}, "layer[0]): X0 acts on 3 qubits, the symmetry on 4"),
    ({"layer": []}, "layer): ansatz.layer is empty; it needs at least one entry"),
    ({"layer": ["X0"] * 1001}, "layer): ansatz.layer is limited to 1000 entries; found 1001"),
    ({"layer": {"locality": 2}}, "layer[0]): unknown operator 'locality'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i"),
    ({"observable": SparsePauliOp(["IIIZ"], np.array([Parameter("a")]))}, "observable): the coefficient a is not a "
     "number; bind the parameters first"),
    ({"observable": SparsePauliOp("ZZ")}, "observable): Z0 Z1 acts on 2 qubits, the symmetry on 4"),
    ({"layer": [()]}, "layer[0]): ansatz.layer[0] is zero: its gate would do nothing; write another operator"),
    ({"layer": ["X0", "X0"]}, 'layer[1]): "X0" repeats ansatz.layer[0]; remove it, or repeat the whole layer '
     "with blocks"),
    ({"layer": ["i*X0"]}, 'layer[0]): ansatz.layer[0] is not Hermitian: "i*X0" has an imaginary coefficient; '
     "make all real"),
    ({"encode": {"H1": [0, 2], "H2": [1, 2]}}, 'encode): qubit 2 carries both "H1" and "H2"; give each site qubits '
     "of its own"),
    ({"encode": {"H1": [0, 2], "H2": [1, "a"]}}, "encode['H2']): a whole number is needed; found str 'a'"),
    ({"encode": {"H1": "0"}}, "encode['H1']): a whole number is needed; found str '0'"),
    ({"encode": {"H1": [7]}}, "encode): qubit 7 is outside the register; qubits are 0 to 3"),
    ({"encode": {"H 1": [0]}}, 'encode): data.sites[0] must begin with a letter and go on with letters, digits or '
     '"_"; found "H 1"'),
    ({"encode": "H1"}, "encode): the qubits of each site are needed, such as {\"H1\": [0, 2]}; found str 'H1'"),
    ({"encode": {}}, "encode): data.sites is empty; it needs at least one entry"),
    ({"encode": {"H1": [0, 2], "H2": [1]}}, "symmetry): the permutation moves the qubits [0, 2] of site H1 to [1, 3], "
     "which carry no single site; permute all copies of a site together"),
    ({"scales": {"alpha": ["H3"]}}, 'scales): unknown site "H3"; did you mean "H2"? Known: H1, H2.'),
    ({"scales": {"w_0_0_0": ["H1", "H2"]}}, 'scales): scale name "w_0_0_0" is the name of a trainable weight; choose '
     "another, such as alpha"),
    ({"scales": {"a": ["H1", "H2"]}, "encode": None}, "scales): a scale multiplies the vectors of sites; give encode "
     "as well"),
    ({"observable": "Y9"}, "observable): qubit 9 is outside the register; qubits are 0 to 3"),
    ({"observable": None}, f"observable): {WANTED}; found NoneType None"),
    ({"observable": "1"}, "observable): observable is a multiple of the identity: it would be the same number for "
     "every input; write another operator"),
    ({"state": "singlet"}, 'state): unknown state "singlet"; did you mean "singlets"? Write singlets [[0, 1], [2, 3]], '
     'kets such as "|01> - |10>", zeros, plus, or derive'),
    ({"state": [(0, 1), (1, 2)]}, "state): qubit 1 is in two singlets; singlets do not overlap"),
    ({"state": eq.ExactState.parse("|01>")}, "state): |01> has 2 qubits, the symmetry 4"),
    ({"state": 3}, "state): text such as plus or |01> - |10>, an ExactState, or the pairs of singlets is needed; "
     "found int 3"),
    ({"depth": 0}, "depth): ansatz.depth must be at least 1; found 0"),
    ({"depth": 1.5}, "depth): a whole number is needed; found float 1.5"),
    ({"blocks": 1000}, "blocks): ansatz.blocks is limited to 100; found 1000"),
    ({"breaking": "Q"}, "breaking): unknown operator 'Q'; known: X0, Y0, Z0 (any qubit), H(i,j), I, i"),
    ({"breaking": "Z", "breaking_start": float("nan")}, "breaking): name 'nan' is not allowed; allowed: I, i, pi"),
    ({"name": "a b"}, 'name): name must begin with a letter or digit and go on with letters, digits, "_", "." or "-"; '
     'found "a b"'),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), MISTAKES, ids=[str(k) for k in range(len(MISTAKES))])
def test_mistakes_name_the_argument(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        water(**change)
    assert str(caught.value) == f"model({message}"


@pytest.mark.parametrize(
    ("symmetry", "message"),
    [
        (3, "a group such as eq.SU2(4) is needed; found int 3"),
        (Symmetry(4), "symmetry is empty; it needs at least one entry"),
        (eq.U1(4, axis=(1, 0, 0)) * eq.unitaries(4, a="3/5*X0 + 4/5*Z0", b=["3/5*X0 + 4/5*Z0", "Z0"]),
         "no power of it up to 360 is the identity up to a phase; write an element of lower order"),
    ],
)  # fmt: skip
def test_mistakes_in_the_symmetry(symmetry: Any, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        eq.model(symmetry, layer="X0", observable="Z0")
    assert str(caught.value) == f"model(symmetry): {message}"


def test_what_the_symmetry_does_not_allow() -> None:
    with pytest.raises(SpecError, match=r"^model\(state\): no invariant state: SU\(2\) rotates 3 qubits"):
        eq.model(eq.SU2(3), layer="H(0,1)", observable="H(0,1)", state="derive")
    with pytest.raises(SpecError, match=r"^model\(layer\): no gate generator"):
        eq.model(eq.SU2(1), layer="derive", observable="Z0")


def test_what_is_too_large_for_a_spec() -> None:
    for layer, message in (
        (["X0 + " * 200_001 + "X1"], r"^model: \d+ bytes; the limit for a spec is 1000000$"),
        (["X0"] * 20_001, r"^model: more than 20000 values; a spec is smaller than that$"),
    ):
        with pytest.raises(SpecError, match=message):
            water(layer=layer)


def test_a_scale_of_one_site() -> None:
    program = eq.model(
        eq.SU2(2), encode={"A": 0, "B": 1}, scales={"a": "A", "b": ["B"]}, layer="H(0,1)", observable="H(0,1)"
    )
    assert program.parameter_names[-2:] == ("a", "b")


def test_text_cannot_smuggle_in_other_keys() -> None:
    with pytest.raises(SpecError, match=r"^model\(layer\[0\]\): "):
        water(layer=["H(0,1)\n  symmetry_breaking: {generator: Z, start: 0}"])
    with pytest.raises(SpecError, match=r"^model\(name\): "):
        water(name="x\nqubits: 7")
