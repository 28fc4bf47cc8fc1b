"""The parity qubit, wherever declared, is left out where an entry means all qubits; values worked out by hand."""

from itertools import permutations

import pytest

import eqcompile as eq
from eqcompile.declaration.lift import symmetry_of
from eqcompile.errors import SpecError


def read(entries: list[str], qubits: int = 3, data: str = "") -> eq.Spec:
    listed = ", ".join("{" + entry + "}" for entry in entries)
    return eq.loads(f"{{name: a, qubits: {qubits}, {data}symmetry: [{listed}]}}", "a.yaml")


def in_any_order(*entries: str) -> list[tuple[str, ...]]:
    return list(permutations(entries))


MIRROR_Z = "mirror: {normal: z, parity: 2}"
MIRROR_X = "mirror: {normal: x, parity: 2}"
O3 = "rotation: {group: O(3), parity: 2}"

SAME_GROUP = {
    "D3h": (["point_group: {group: D3h, parity: 2}"], ["rotation: D_3", MIRROR_Z], 5),
    "C3h": (["point_group: {group: C3h, parity: 2}"], ["rotation: C_3", MIRROR_Z], 11),
    "C2v about z": (
        ["point_group: {group: C2v, parity: 2}"],
        ["rotation: C_2", MIRROR_X, "mirror: {normal: y, parity: 2}"],
        15,
    ),
    "D3h from a proper point group": (
        ["point_group: {group: D3h, parity: 2}"],
        ["point_group: D_3", "point_group: {group: C_s, parity: 2}"],
        5,
    ),
    "C_infinity_h": (
        ["rotation: U(1)", MIRROR_Z],
        ["rotation: {group: U(1), qubits: [0, 1]}", "mirror: {normal: z, qubits: [0, 1], parity: 2}"],
        11,
    ),
    "O(3)": ([O3], ["rotation: SU(2)", "point_group: {group: C_i, parity: 2}"], 3),
    "O(3) and rotations that it holds": ([O3], ["rotation: D_3", "rotation: U(1)", O3], 3),
    "O(3) from a mirror": ([O3], ["rotation: SU(2)", MIRROR_X], 3),
    "permutations of all but the parity qubit": (
        ['permutation: ["(0 1)"]', MIRROR_X],
        ["permutation: {group: S_n, on: all}", MIRROR_X],
        19,
    ),
    "on qubits": (
        ['permutation: ["(0 1)"]', MIRROR_X],
        ["permutation: {group: S_2, on: qubits}", MIRROR_X],
        19,
    ),
    "on a grid": (['permutation: ["(0 1)"]', MIRROR_X], ["lattice: {shape: [2]}", MIRROR_X], 19),
}
"""The last number is a count of invariants: those of the two spins, times 1 or Z on the parity qubit, or X and Y with a
sign, minus one for the identity."""


@pytest.mark.parametrize(("one", "two", "expected"), SAME_GROUP.values(), ids=SAME_GROUP)
def test_the_same_group_in_two_ways_and_in_any_order(one: list[str], two: list[str], expected: int) -> None:
    first = eq.derive(symmetry_of(read(one)), 3)
    assert len(first) == expected
    for entries in in_any_order(*one) + in_any_order(*two):
        assert eq.derive(symmetry_of(read(list(entries))), 3).spans_same(first)


@pytest.mark.parametrize("entries", in_any_order("rotation: C_2", MIRROR_X))
def test_an_operator_that_does_not_commute_with_half_a_turn_is_refused(entries: tuple[str, str]) -> None:
    """Y0 X2 anticommutes with Z0 Z1, the half turn about z of the two qubits that turn; Z0 Z1 does not."""
    symmetry = symmetry_of(read(list(entries)))
    assert not eq.verify(eq.PauliSum.parse("Y0 X2", 3), symmetry)
    assert eq.verify(eq.PauliSum.parse("Z0 Z1", 3), symmetry)


@pytest.mark.parametrize("entries", in_any_order("rotation: C_3", "rotation: {group: D_2, axis: x}", O3))
def test_all_entries_turn_the_same_qubits(entries: tuple[str, ...]) -> None:
    for symmetry in read(list(entries), qubits=5).symmetry:
        assert getattr(symmetry, "qubits", None) == (0, 1, 3, 4)


def test_without_a_parity_qubit_all_turn() -> None:
    for symmetry in read(["rotation: C_3", "mirror: {normal: x}"]).symmetry:
        assert getattr(symmetry, "qubits", None) == (0, 1, 2)


@pytest.mark.parametrize("entries", in_any_order("permutation: {group: S_n, on: all}", MIRROR_X))
def test_a_permutation_of_all_says_what_it_leaves_out(entries: tuple[str, str]) -> None:
    name = str(symmetry_of(read(list(entries))))
    assert "S_2 on all qubits without the parity qubit 2" in name


def test_a_permutation_that_names_the_parity_qubit_moves_it() -> None:
    """What is written out is done: with the swap of 0 and 2, the mirror acts as Z on either."""
    (swap, _) = symmetry_of(read(["permutation: {group: S_2, on: [0, 2]}", MIRROR_X])).finite_generators
    assert swap.name == "(0 2)"


@pytest.mark.parametrize("locality", [1, 2, 3])
def test_a_moved_parity_qubit_is_derived_from_by_every_method(locality: int) -> None:
    """On one qubit, the mirror and its image under the swap meet: one turns where the other changes sign."""
    entries = [MIRROR_X, 'permutation: ["(0 2)"]', "charge: X0 + X1 + X2"]
    symmetry = symmetry_of(read(entries))
    assert eq.derive(symmetry, locality).spans_same(eq.derive(symmetry, locality, "choi"))


LEFT_OUT = {
    "permutation: {group: S_3, on: all}": "1:55: S_3 permutes 3 members; found 2 without the parity qubit 2",
    "permutation: {group: S_2 x S_2, on: qubits}": (
        "1:55: this product permutes 4 members; found 2 without the parity qubit 2"
    ),
    "lattice: {shape: [3]}": "1:51: a grid of 3 has 3 points; found 2 qubits without the parity qubit 2",
}
REST = "the parity qubit 2 does not turn; leave it out"
NAMED = {
    "rotation: {group: SU(2), qubits: [0, 2]}": f"1:71: {REST}",
    "rotation: {group: C_2, qubits: [2]}": f"1:66: {REST}",
    "point_group: {group: C3v, qubits: [0, 1, 2]}": f"1:75: {REST}",
    "mirror: {normal: y, qubits: [0, 2]}": f"1:66: {REST}",
}


@pytest.mark.parametrize(("entry", "message"), (LEFT_OUT | NAMED).items())
def test_what_does_not_fit_is_refused_before_and_after_the_mirror(entry: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        read([entry, MIRROR_X])
    assert str(caught.value) == f"a.yaml:{message}"
    with pytest.raises(SpecError, match=message.split(": ", 1)[1]):
        read([MIRROR_X, entry])


@pytest.mark.parametrize(
    ("entry", "name"),
    [("rotation: SU(2)", "SU(2)"), ("rotation: C_3", "C_3"), ("point_group: D_3", "D_3")],
)
def test_a_rotation_that_turns_nothing_is_refused(entry: str, name: str) -> None:
    with pytest.raises(SpecError) as caught:
        read([entry, "mirror: {normal: x, parity: 0}"], qubits=1)
    assert str(caught.value).endswith(
        f"{name} turns no qubit: the only one is the parity qubit, which does not turn; use more qubits"
    )


@pytest.mark.parametrize(
    "entries", in_any_order("rotation: C_2", MIRROR_X, "rotation: {group: U(1), qubits: [1]}")
)
def test_such_a_spec_is_written_as_it_is_read(entries: tuple[str, ...]) -> None:
    spec = read(list(entries))
    text = eq.to_yaml(spec)
    assert eq.loads(text) == spec
    assert "- point_group: {group: C_2}\n" in text


def test_a_model_from_python_is_the_one_of_the_spec() -> None:
    built = eq.point_symmetry(3, "C_2", qubits=[0, 1]) * eq.mirror(3, "x", parity=2)
    program = eq.model(built, layer="Z0 Z1", observable="X0 X1", state=[(0, 1)])
    assert program.certificate
    assert program.spec.symmetry == read(["rotation: C_2", MIRROR_X]).symmetry
    assert not eq.model(built, layer="Y0 X2", observable="X0 X1", state=[(0, 1)]).certificate
