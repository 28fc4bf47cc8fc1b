"""Entries that turn spins and exchange sites at once: what they declare, and every message."""

import pytest

import eqcompile as eq
from eqcompile.declaration.entries.molecular import MolecularGroup, Motion
from eqcompile.declaration.lift import symmetry_of
from eqcompile.declaration.loader import loads
from eqcompile.declaration.unlift import entries_of
from eqcompile.errors import MethodError, SpecError
from eqcompile.groups.rotation import IDENTITY_MATRIX
from eqcompile.symmetry.molecular import MolecularFactor
from eqcompile.symmetry.projective import projective_phases

TRIANGLE = "[[1, 0, 0], [-1/2, sqrt(3)/2, 0], [-1/2, -sqrt(3)/2, 0]]"
ON_SITES = (
    "{{name: x, qubits: 4, data: {{sites: [A, B, C], encode: {{A: [0], B: [1], C: [2]}}}}, symmetry: [{}]}}"
)


def spec(*entries: str) -> eq.Spec:
    return loads(ON_SITES.format(", ".join(f"{{{entry}}}" for entry in entries)))


def test_an_element_turns_and_exchanges_qubits_and_vectors() -> None:
    declared = spec("motion: {axis: [1, 1, 1], turns: 1/3, cycles: (A B C)}")
    (element,) = symmetry_of(declared).finite_generators
    assert element.name == "the rotation of order 3 about (1, 1, 1) with (A B C)"
    image = element.on_qubits.conjugate(eq.PauliSum.parse("X0 + 2*Z1 + Y3", 4))
    assert str(image) == "Y1 + 2*X2 + Y3"
    assert element.on_data.image_of((0, 0)) == {(1, 1): 1}
    assert element.on_data.image_of((2, 1)) == {(0, 2): 1}


def test_a_group_of_positions_is_that_of_its_motions() -> None:
    by_name = symmetry_of(
        spec(f"point_group: {{group: C3v, moves: [A, B, C], positions: {TRIANGLE}, parity: 3}}")
    )
    by_hand = symmetry_of(
        spec(
            "motion: {turns: 1/3, cycles: (A B C)}",
            "motion: {axis: y, turns: 1/2, improper: true, cycles: (B C), parity: 3}",
        )
    )
    assert isinstance(by_name.factors[0], MolecularFactor)
    assert by_name.factors[0].order_text == "order 6 up to phases"
    # The rotation names no parity qubit, but the mirror does: two factors, which together have the same generators.
    found = [(g.name, g.on_qubits.conjugate(eq.PauliSum.parse("X0 Z1 X3", 4)), g.on_data)
             for g in by_hand.finite_generators]  # fmt: skip
    assert found == [
        (g.name, g.on_qubits.conjugate(eq.PauliSum.parse("X0 Z1 X3", 4)), g.on_data)
        for g in by_name.finite_generators
    ]


def test_who_stands_on_the_axis_stays() -> None:
    moving = "moves: [A, B, C], positions: [[1, 2, 3], [-1, -2, 3], [0, 0, 7]]"
    (element,) = symmetry_of(spec(f"point_group: {{group: C_2, {moving}}}")).finite_generators
    assert element.on_data.images == (1, 0, 2)
    assert element.on_data.matrices[2] != IDENTITY_MATRIX


def test_motions_of_the_same_qubits_are_one_group_and_write_themselves() -> None:
    declared = spec(
        "motion: {axis: [1, 1, 1], turns: 1/3, cycles: (A B C)}",
        "motion: {axis: [0, 1, -1], turns: 1/2, improper: true, cycles: (B C)}",
    )
    symmetry = symmetry_of(declared)
    assert len(symmetry.factors) == 1
    again = entries_of(symmetry, {"A": [0], "B": [1], "C": [2]})
    assert all(isinstance(entry, Motion) for entry in again)
    for mine, theirs in zip(again, declared.symmetry, strict=True):
        assert isinstance(mine, Motion)
        assert isinstance(theirs, Motion)
        assert (mine.space.matrix, mine.cycles) == (theirs.space.matrix, theirs.cycles)
    on_qubits = entries_of(symmetry, {})[0]
    assert isinstance(on_qubits, Motion)
    assert on_qubits.cycles == ((0, 1, 2),)


def test_a_group_that_was_read_is_equal_in_any_unit_and_not_otherwise() -> None:
    near, far = (spec(f"point_group: {{group: C_i, moves: [A, B], positions: {p}}}").symmetry[0]
                 for p in ("[[1, 0, 0], [-1, 0, 0]]", "[[2, 0, 0], [-2, 0, 0]]"))  # fmt: skip
    assert isinstance(near, MolecularGroup)
    assert near != far


@pytest.mark.parametrize(
    ("entries", "count"),
    [
        (["motion: {axis: x, turns: 1/2, cycles: (A B)}", "motion: {axis: z, turns: 1/2, cycles: (A B)}"], 1),
        # The commutator of these is a full turn with (A B C) or its inverse, and its cube a full turn alone.
        (["motion: {axis: x, turns: 1/2, cycles: (A B)}", "motion: {axis: z, turns: 1/2, cycles: (B C)}"], 1),
        (["motion: {axis: [1, 1, 1], turns: 1/3, cycles: (A B C)}"], 0),
    ],
)
def test_phases_that_cannot_be_chosen_away(entries: list[str], count: int) -> None:
    assert len(projective_phases(symmetry_of(spec(*entries)))) == count


def test_exchanges_can_take_a_phase_away() -> None:
    """Five spins: without exchanges, a full turn is a commutator; with them, only a full turn with (A B)(C D) is."""
    encode = ", ".join(f"{site}: [{q}]" for q, site in enumerate("ABCDE"))
    data = f"{{sites: [A, B, C, D, E], encode: {{{encode}}}}}"
    moving = (
        "{motion: {axis: x, turns: 1/2, cycles: (A B)}}, {motion: {axis: z, turns: 1/2, cycles: (A C)(B D)}}"
    )
    symmetry = symmetry_of(loads(f"{{name: x, qubits: 5, data: {data}, symmetry: [{moving}]}}"))
    assert projective_phases(symmetry) == ()
    assert eq.derive_states(symmetry).spaces
    at_rest = symmetry_of(loads(f"{{name: x, qubits: 5, data: {data}, symmetry: [{{rotation: D_2}}]}}"))
    assert len(projective_phases(at_rest)) == 1


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "point_group: {group: C_i, moves: [A, B]}",
            "moves and positions go together, one position for each that moves, such as moves: [H1, H2], "
            "positions: [[1, 0, 0], [-1, 0, 0]]",
        ),
        (
            "point_group: {group: C_i, positions: [[1, 0, 0], [-1, 0, 0]]}",
            "moves and positions go together, one position for each that moves, such as moves: [H1, H2], "
            "positions: [[1, 0, 0], [-1, 0, 0]]",
        ),
        (
            "point_group: {group: C_i, moves: [A, B], positions: [[1, 0, 0]]}",
            "moves and positions go together, one position for each that moves, such as moves: [H1, H2], "
            "positions: [[1, 0, 0], [-1, 0, 0]]",
        ),
        (
            "point_group: {group: C3v, axis: [1, 1, 1], moves: [A, B, C], "
            "positions: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]}",
            "the mirror with normal ((-2 + sqrt(3)), 1, (1 - sqrt(3))) takes A to where none of those that move "
            "stands; give positions that C_3v maps onto one another",
        ),
        (
            "point_group: {group: C_i, moves: [A, B], positions: [[1, 0, 0], [-1.0001, 0, 0]]}",
            "the inversion takes A to where none of those that move stands; give positions that C_i maps onto "
            "one another",
        ),
        (
            "point_group: {group: C_i, moves: [A, B], positions: [[1, 0, 0], [1, 0, 0]]}",
            "A and B stand at the same position",
        ),
        (
            "point_group: {group: C_i, moves: [A, B], positions: [[1, 0], [-1, 0, 0]]}",
            "a position has three components, such as [1, 0, 0]; found 2",
        ),
        (
            "point_group: {group: C_i, moves: [A, D], positions: [[1, 0, 0], [-1, 0, 0]]}",
            'unknown site "D"',
        ),
        (
            "point_group: {group: C_i, moves: [0, 1], positions: [[1, 0, 0], [-1, 0, 0]]}",
            "moves names sites where there are any; found qubits",
        ),
        (
            "point_group: {group: C_i, qubits: [0], moves: [A, B], positions: [[1, 0, 0], [-1, 0, 0]]}",
            "B moves and does not turn; name its qubits among qubits",
        ),
        (
            "rotation: {group: C_2, moves: [A, B]}",
            'unknown key "moves" in symmetry[0].rotation',
        ),
        ("motion: {turns: 2}", "this motion turns nothing and exchanges nothing; remove it"),
        (
            "motion: {turns: sqrt(2), cycles: (A B)}",
            "turns is a fraction of a full turn with a denominator up to 360",
        ),
        (
            "motion: {turns: 1/361, cycles: (A B)}",
            "turns is a fraction of a full turn with a denominator up to 360",
        ),
        ("motion: {turns: 1/2, cycles: (A B), parity: 3}", "a rotation has no reflections; remove parity"),
        (
            "motion: {cycles: (A B), qubits: [1, 2]}",
            "A moves and does not turn; name its qubits among qubits",
        ),
        ("motion: {cycles: (A B}", 'malformed cycle: "(" is never closed'),
        ("motion: {cycles: (A B), axis: [0, 0, 0]}", "an axis of length zero has no direction"),
    ],
)
def test_messages(entry: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        symmetry_of(spec(entry))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("width", ["scales", "copies"])
def test_sites_that_differ_are_not_exchanged(width: str) -> None:
    data = {
        "scales": "{sites: [A, B], encode: {A: [0], B: [1]}, scales: {a: [A], b: [B]}}",
        "copies": "{sites: [A, B], encode: {A: [0], B: [1, 2]}}",
    }[width]
    for entry in (
        "{point_group: {group: C_i, moves: [A, B], positions: [[1, 0, 0], [-1, 0, 0]]}}",
        "{motion: {turns: 1/2, cycles: (A B)}}",
    ):
        with pytest.raises(SpecError, match="cannot be exchanged"):
            loads(f"{{name: x, qubits: 3, data: {data}, symmetry: [{entry}]}}")


def test_motions_act_on_the_whole_register_only() -> None:
    (factor,) = symmetry_of(spec("motion: {turns: 1/2, cycles: (A B)}")).factors
    with pytest.raises(MethodError, match="moves qubits and cannot be restricted"):
        factor.restricted((0,))
