"""A valid spec as it is read: the values, their equality, and where each part stands."""

import hashlib
from collections.abc import Callable
from fractions import Fraction

import pytest

from eqcompile.declaration import (
    AnsatzSpec,
    Breaking,
    DataSpec,
    Derive,
    Inversion,
    Permutation,
    Rotation,
    Singlets,
    Spec,
    loads,
)
from eqcompile.exact.operators.pauli import PauliSum

Change = Callable[[str, str], Spec]


def pauli(text: str) -> PauliSum:
    return PauliSum.parse(text, num_qubits=5)


def test_every_key(water: str) -> None:
    """The control of all negative tests: the unchanged spec loads, to exactly these values."""
    spec = loads(water, "water.yaml")
    assert (spec.name, spec.qubits) == ("water", 5)
    assert spec.data == DataSpec(("H1", "H2"), ((0, 2), (1, 3)), (("alpha", ("H1", "H2")),))
    assert spec.symmetry == (
        Rotation("SU(2)", (0, 1, 2, 3)),
        Permutation(((("H1", "H2"),),), "sites", "(H1 H2)"),
        Inversion(4),
    )
    assert spec.state == Singlets(((0, 1), (2, 3)))
    assert spec.observable == pauli("H(0,1)")
    layer = (pauli("H(0,1)"), pauli("H(2,3)"), pauli("H(1,2) + H(0,3)"))
    half_total = pauli("Z0/2 + Z1/2 + Z2/2 + Z3/2 + Z4/2")
    assert spec.ansatz == AnsatzSpec(11, 2, layer, Breaking(half_total, Fraction(1, 10)))


def test_only_the_required_keys() -> None:
    spec = loads("{name: bare, qubits: 3, symmetry: [{rotation: SU(2)}]}")
    assert spec.symmetry == (Rotation("SU(2)", (0, 1, 2)),)
    assert (spec.data, spec.state, spec.observable, spec.ansatz) == (None, None, None, None)


def test_equality_ignores_the_source(water: str) -> None:
    spec = loads(water, "water.yaml")
    elsewhere = loads("# a comment\n" + water, "other.yaml")
    assert spec == elsewhere
    assert hash(spec) == hash(elsewhere)
    assert spec.source != elsewhere.source


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: water", "name: ice"),
        ("qubits: 5", "qubits: 6"),
        ("[0, 1], [2, 3]]", "[0, 1], [3, 2]]"),
        ("observable: H(0,1)", "observable: H(2,3)"),
        ("depth: 11", "depth: 12"),
        ("start: 0.1", "start: 0.2"),
        ("sites: [H1, H2]", "sites: [H2, H1]"),
        ("alpha:", "beta:"),
    ],
)
def test_equality_sees_the_content(water: str, accepted: Change, old: str, new: str) -> None:
    assert accepted(old, new) != loads(water)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("singlets [[0, 1], [2, 3]]", "{singlets: [[0, 1], [2, 3]]}"),
        ("rotation: SU(2)", "rotation: {group: SU(2)}"),
        ("rotation: SU(2)", "rotation: {group: SU(2), qubits: [3, 1, 2, 0]}"),
        ('["(H1 H2)"]', '"(H1 H2)"'),
        ('["(H1 H2)"]', "(H1 H2)"),
        ('["(H1 H2)"]', "[(H1, H2)]"),
        ('["(H1 H2)"]', '{cycles: ["(H1 H2)"], on: sites}'),
        ("  scales: {alpha: [H1, H2]}\n", ""),
        ("generator: Z", "generator: (Z0 + Z1 + Z2 + Z3 + Z4)/2"),
        ("start: 0.1", "start: 1/10"),
        ("start: 0.1", "start: sin(pi/6)/5"),
        ("layer: [H(0,1), ", "layer: ['H(0,1)', "),
        ("{alpha: [H1, H2]}", "{alpha: &both [H1, H2]}"),
        ("sites: [H1, H2]", "{sites: [H1, H2]}"[1:-1]),
    ],
)
def test_other_ways_to_say_the_same(water: str, accepted: Change, old: str, new: str) -> None:
    assert accepted(old, new) == loads(water)


def test_aliases_stand_for_their_value(water: str, accepted: Change) -> None:
    text = "sites: &all [H1, H2]\n  encode: {H1: [0, 2], H2: [1, 3]}\n  scales: {alpha: *all}"
    old = "sites: [H1, H2]\n  encode: {H1: [0, 2], H2: [1, 3]}\n  scales: {alpha: [H1, H2]}"
    assert accepted(old, text) == loads(water)


def test_blocks_default_to_one(accepted: Change) -> None:
    ansatz = accepted("  blocks: 2\n", "").ansatz
    assert ansatz is not None
    assert ansatz.blocks == 1


def test_start_is_exact(accepted: Change) -> None:
    """One tenth, not the double nearest to it."""
    ansatz = accepted("start: 0.1", "start: 0.1000000000000000055511151231257827").ansatz
    assert ansatz is not None
    assert ansatz.breaking is not None
    assert ansatz.breaking.start - Fraction(1, 10) == Fraction(55511151231257827, 10**34)


def test_an_empty_list_of_singlets_is_the_zero_state(accepted: Change) -> None:
    assert accepted("singlets [[0, 1], [2, 3]]", "singlets []").state == Singlets(())


@pytest.mark.parametrize(
    ("old", "new", "place", "locality"),
    [
        ("singlets [[0, 1], [2, 3]]", "derive", ("state",), 2),
        ("observable: H(0,1)", "observable: derive", ("observable",), 2),
        ("observable: H(0,1)", "observable: {derive: {locality: 5}}", ("observable",), 5),
        ("[H(0,1), H(2,3), H(1,2) + H(0,3)]", "{derive: {locality: 3}}", ("ansatz", "layer"), 3),
    ],
)
def test_a_part_left_to_the_compiler(
    accepted: Change, old: str, new: str, place: tuple[str, ...], locality: int
) -> None:
    spec = accepted(old, new)
    assert spec.derived == (Derive(place, locality),)
    assert (spec.state is None) == (place == ("state",))
    assert (spec.observable is None) == (place == ("observable",))
    assert spec.ansatz is not None
    assert (spec.ansatz.layer == ()) == (place == ("ansatz", "layer"))


def test_derived_parts_keep_the_order_of_the_keys(water: str) -> None:
    text = water.replace("singlets [[0, 1], [2, 3]]", "derive").replace(
        "observable: H(0,1)", "observable: derive"
    )
    assert loads(water).derived == ()
    assert [part.place for part in loads(text).derived] == [("state",), ("observable",)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("depth: 11", "depth: 1"),
        ("depth: 11", "depth: 1000"),
        ("blocks: 2", "blocks: 1"),
        ("blocks: 2", "blocks: 100"),
        ("qubits: 5", "qubits: 1000"),
        ("name: water", "name: " + "x" * 100),
    ],
)
def test_limits_are_inclusive(accepted: Change, old: str, new: str) -> None:
    assert accepted(old, new).source.text


def test_positions_count_from_one(water: str) -> None:
    source = loads(water, "water.yaml").source
    lines = water.splitlines()
    for path, written in [
        (("name",), "water"),
        (("data", "encode", "H2", 1), "3]"),
        (("symmetry", 1, "permutation", 0), '"(H1 H2)"'),
        (("ansatz", "layer", 2), "H(1,2) + H(0,3)]"),
        (("ansatz", "symmetry_breaking", "start"), "0.1}"),
    ]:
        line, column = source.locate(path)
        assert lines[line - 1][column - 1 :].startswith(written)


def test_a_part_that_is_not_spelled_out_is_located_around_it(water: str) -> None:
    source = loads(water).source
    assert source.locate(("symmetry", 0, "rotation", "qubits", 3)) == source.locate(
        ("symmetry", 0, "rotation")
    )
    assert source.locate(("nowhere",)) == (1, 1)


def test_source_hash_is_that_of_the_text(water: str) -> None:
    assert loads(water).source.sha256 == hashlib.sha256(water.encode()).hexdigest()
    assert loads(water + "\n").source.sha256 != loads(water).source.sha256
