"""A spec that is written as YAML reads as an equal one."""

from collections.abc import Callable
from pathlib import Path

import pytest

import eqcompile as eq
from eqcompile.declaration.lift import symmetry_of
from eqcompile.declaration.unlift import entries_of
from eqcompile.declaration.yaml.text import operator_text
from eqcompile.errors import MethodError, SpecError
from eqcompile.groups.point import PointGroup
from eqcompile.groups.rotation import mirror
from eqcompile.symmetry.point import PointFactor
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

ROOT = Path(__file__).parents[3]
SPECS = sorted([*(ROOT / "examples").glob("*.yaml"), *(ROOT / "siqml" / "models").glob("*.yaml")])

ON_SITES = """\
name: x
qubits: 5
data:
  sites: [A, B]
  encode: {A: [0, 2], B: [1, 3]}
symmetry: [ENTRY]
"""

ENTRIES = [
    "rotation: SU(2)",
    "rotation: {group: SU(2), qubits: [0, 2]}",
    "rotation: {group: U(1), axis: [1, sqrt(2), 1/2], qubits: [0, 1, 2, 3]}",
    "rotation: {group: O(3), parity: 4}",
    "rotation: {group: D_3, axis: [1, 1, 1]}",
    "rotation: I",
    "point_group: {group: C3v, parity: 4}",
    "point_group: {group: Td, axis: x, parity: 4}",
    "point_group: D_6h",
    "point_group: {group: S_4, axis: [1, 1, 0]}",
    "point_group: C_s",
    "point_group: C_i",
    "point_group: {group: T_h, parity: 4}",
    "point_group: {group: D_2d, axis: y}",
    "rotation: O",
    "point_group: {group: C_2v, moves: [B, A], positions: [[0, sqrt(3)/2, 1], [0, -sqrt(3)/2, 1]], parity: 4}",
    "point_group: {group: C_i, moves: [A, B], positions: [[1, 2, 0.5], [-1, -2, -1/2]], parity: 4}",
    "motion: {axis: [1, 1, 1], turns: 1/2, cycles: (A B)}",
    "motion: {turns: -3/8, improper: true, cycles: (A B), parity: 4}",
    "motion: {turns: 1/5}",
    "motion: {axis: y, improper: true, cycles: (A B), qubits: [0, 1, 2, 3]}",
    "mirror: {normal: [0, sqrt(3)/2, 1/2], parity: 4}",
    "inversion: {parity: 4}",
    'permutation: ["(A B)"]',
    "permutation: {group: S_2, on: [B, A]}",
    'permutation: {cycles: ["(0 1)(2 3)"], on: qubits}',
    'permutation: {cycles: ["(A B)"], name: "the exchange, of both"}',
    "graph: {edges: [[A, B]], colors: {A: red}}",
    "lattice: {shape: [2]}",
    "pauli: [X0 X1, Z0 Z1]",
    "charge: Z0 + Z1 - 2*Z2",
    "clifford: H 0 1; CX 0 1",
    "matrix: {qubits: [4], rows: [[1, 0], [0, exp(2*pi*i/5)]], name: fifth}",
    'unitary: {name: "two: of them", factors: [sqrt(2)/2*X0 + sqrt(2)/2*Z0, X4]}',
]

PARTS = [
    "state: derive",
    "state: ones",
    "state: singlets []",
    'state: "|0+-rl>"',
    'state: "|00000> + 1/2*i*|11100> - sqrt(2)*|00111>"',
    "observable: derive",
    "observable: {derive: {locality: 3}}",
    "observable: sqrt(2)/2*X0 Z4 - H(1,2)/3 + 1",
    "ansatz: {depth: 2, layer: {derive: {locality: 1}}}",
    "ansatz: {depth: 2, blocks: 3, layer: [cos(2*pi/7)*X0], symmetry_breaking: {generator: Y, start: 0.125}}",
    "ansatz: {depth: 1, layer: [X0], symmetry_breaking: {generator: 2*Z0, start: -3}}",
]


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_shipped_specs(path: Path) -> None:
    spec = eq.load(path)
    if isinstance(spec, eq.SumSpec):
        assert eq.loads(spec.standalone) == spec
        return
    for form in (spec, eq.resolve(spec)):
        assert eq.loads(eq.to_yaml(form)) == form


@pytest.mark.parametrize("entry", ENTRIES)
def test_entries_on_sites(entry: str) -> None:
    spec = eq.loads(ON_SITES.replace("ENTRY", f"{{{entry}}}"))
    assert eq.loads(eq.to_yaml(spec)) == spec


@pytest.mark.parametrize(
    "entry",
    [entry for entry in ENTRIES if not any(word in entry for word in ("A", "inversion", "lattice"))]
    + ["graph: {edges: [[0, 1], [1, 2], [0, 2]]}", 'permutation: ["(0 1 4)", "(2 3)"]'],
)
def test_entries_on_qubits(entry: str) -> None:
    spec = eq.loads(f"{{name: x, qubits: 5, symmetry: [{{{entry}}}]}}")
    assert eq.loads(eq.to_yaml(spec)) == spec


@pytest.mark.parametrize("entry", ENTRIES)
def test_entries_that_are_made_of_factors_declare_the_same_generators_once(entry: str) -> None:
    spec = eq.loads(ON_SITES.replace("ENTRY", f"{{{entry}}}"))
    symmetry = symmetry_of(spec)
    entries = entries_of(symmetry, {"A": [0, 2], "B": [1, 3]})
    factors = tuple(factor for again in entries for factor in again.lift(spec, ()))
    probe = eq.PauliSum.parse("X0 Y1 + 2*Z2 X3 + 3*Y4", 5)
    found = [
        (
            [g.operator for g in group.lie_generators],
            [g.on_qubits.conjugate(probe) for g in group.finite_generators],
        )
        for group in (symmetry, Symmetry(5, symmetry.site_names, factors))
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("part", PARTS)
def test_other_parts(part: str) -> None:
    spec = eq.loads(ON_SITES.replace("ENTRY", "{pauli: X4}") + part)
    assert eq.loads(eq.to_yaml(spec)) == spec


@pytest.mark.parametrize(
    "data",
    [
        "{sites: [A, B], encode: derive}",
        "{sites: [A, B], encode: {derive: {copies: 1}}}",
        "{sites: [A, B], encode: {derive: {copies: 1}}, scales: {alpha: [A, B]}}",
        "{sites: [on, null_], encode: {on: [3], null_: [1, 0]}, scales: {a: [null_], b: [on]}}",
        "{sites: ['null', 'true'], encode: {'null': [3], 'true': [1, 0]}}",
    ],
)
def test_data(data: str) -> None:
    spec = eq.loads(f"{{name: '1.5', qubits: 5, data: {data}, symmetry: [{{pauli: X4}}]}}")
    assert eq.loads(eq.to_yaml(spec)) == spec
    assert eq.resolve(eq.loads(eq.to_yaml(spec))) == eq.resolve(spec)


def test_long_operators_are_written_out() -> None:
    ring = sum((eq.PauliSum.heisenberg(100, q, (q + 1) % 100) for q in range(100)), eq.PauliSum.zero(100))
    text = operator_text(ring)
    assert "H(" not in text
    assert eq.PauliSum.parse(text, 100) == ring
    assert operator_text(eq.PauliSum.heisenberg(100, 3, 7)) == "H(3,7)"


def test_a_point_group_without_a_symbol_is_refused() -> None:
    made = PointGroup("mine", (mirror((1, 0, 0)),))
    symmetry = Symmetry(1, factors=(PointFactor(1, made, (0,)),))
    message = (
        r"^mine was put together from elements, and a spec cannot express it; "
        r"build it with eq.point_symmetry or eq.mirror$"
    )
    with pytest.raises(MethodError, match=message):
        eq.model(symmetry, layer="X0", observable="X0")


def test_a_factor_of_an_unknown_kind_is_refused() -> None:
    class Mine(RotationFactor.__base__):  # type: ignore[name-defined, misc]
        name = "mine"

        def restricted(self, support: object) -> None:
            return None

    message = r"^a spec cannot express mine; build it with the functions of eqcompile$"
    with pytest.raises(MethodError, match=message):
        entries_of(Symmetry(1, factors=(Mine(1),)), {})


Refuse = Callable[[str, str], str]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{name: x}", 'missing key "factors" in symmetry[0].unitary; add a line such as factors: '
         "[sqrt(2)/2*X0 + sqrt(2)/2*Z0, X1]"),
        ("{name: x, factors: []}", "symmetry[0].unitary.factors is empty; it needs at least one entry"),
        ("{name: x, factors: [X0, 2*X0]}", '"2*X0" is not unitary; U times its adjoint must be 1, exactly'),
        ("{name: x, factors: [X9]}", "qubit 9 is outside the register; qubits are 0 to 1"),
        ("{name: ' ', factors: [X0]}", 'symmetry[0].unitary.name must be text on one line; found " "'),
        ('{name: "a\\nb", factors: [X0]}', 'symmetry[0].unitary.name must be text on one line; found "a\\nb"'),
        ("{name: x, factors: [3/5*X0 + 4/5*Z0, Z0]}",
         "no power of it up to 360 is the identity up to a phase; write an element of lower order"),
        ("{name: x, factors: [X0, X0]}", "it is the identity up to a phase, which acts on nothing; remove it"),
    ],
)  # fmt: skip
def test_messages_about_unitaries(entry: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        eq.loads(f"name: x\nqubits: 2\nsymmetry:\n  - unitary: {entry}\n", "spec.yaml")
    assert caught.value.message == message
    assert caught.value.line == 4


def test_messages_about_names_of_permutations() -> None:
    with pytest.raises(SpecError, match=r"^s:1:\d+: symmetry\[0\].permutation.name must be text on one line"):
        eq.loads('{name: x, qubits: 2, symmetry: [{permutation: {cycles: ["(0 1)"], name: "\\t"}}]}', "s")
    named = eq.loads(
        '{name: x, qubits: 2, symmetry: [{permutation: {group: S_2, on: [0, 1], name: "swap"}}]}'
    )
    assert str(eq.verify(eq.PauliSum.parse("X0 X1", 2), named).group) == "swap"
