"""Circuits of any origin against their groups: right ones hold, whatever their disguise; wrong ones do not."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, OpaqueGate, Operation, PauliRotation, VectorRotation
from eqcompile.claims.of_circuit.data_action import change_of_angles
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.task import PART, WHOLE, decisions
from eqcompile.claims.question import Question
from eqcompile.declaration.lift import symmetry_of
from eqcompile.errors import DimensionError
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.groups.permutation import PermutationGroup
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

PI = ExactAngle.of_pi
named = ExactAngle.parameter


def turn(letters: dict[int, str], angle: ExactAngle | str, origin: int = 0) -> PauliRotation:
    return PauliRotation(pauli_key(letters), named(angle) if isinstance(angle, str) else angle, origin)


def heisenberg(
    i: int, j: int, angle: ExactAngle | str, origin: int = 0, letters: str = "XYZ"
) -> list[Operation]:
    return [turn({i: c, j: c}, angle, origin) for c in letters]


def check(
    operations: list[Any],
    symmetry: Symmetry,
    data: dict[str, tuple[int, int]] | None = None,
    ancillas: int = 0,
) -> CircuitTest:
    circuit = Circuit(symmetry.num_qubits + ancillas, tuple(operations), num_ancillas=ancillas)
    return CircuitTest(circuit, Question(symmetry, data or {}), "seed")


def verdicts(*arguments: Any, **options: Any) -> list[bool | None]:
    return [decision.holds for decision in decisions(check(*arguments, **options))]


WATER = eq.SU2(4) * eq.permutations(4, [(0, 1), (2, 3)])


def water(d: int = 0) -> list[Operation]:
    pairs = (((0, 1), "a"), ((2, 3), "b"), ((1, 2), "c"), ((0, 3), "c"))
    return [o for k, (pair, name) in enumerate(pairs) for o in heisenberg(*pair, f"{name}{d}", 10 * d + k)]


def test_a_layer_of_water_holds() -> None:
    found = list(decisions(check(water(), WATER)))
    assert [decision.holds for decision in found] == [True] * 4
    assert found[0].method == "in blocks of up to 2 qubits"
    assert found[3].method == "in blocks of up to 2 qubits, rearranged by commutations"
    assert not any(decision.phase or decision.blocks for decision in found)
    assert check(water(), WATER).exponent >= 100


def changed(place: int, **changes: Any) -> list[Operation]:
    operations = water()
    operations[place] = replace(operations[place], **changes)
    return operations


WRONG = {
    "an untied weight": (changed(6, angle=named("d")), [True, False, False, False]),
    "a sign": (changed(1, angle=-named("a0")), [False, True, False, True]),
    "a billionth": (
        changed(4, angle=named("b0") * Fraction(1000000001, 1000000000)),
        [False, True, False, True],
    ),
    "a billionth more": (
        changed(4, angle=named("b0") + ExactAngle.of({(): Fraction(1, 10**9)})),
        [False, True, False, True],
    ),
    "half a turn": (changed(4, angle=named("b0") + PI(1)), [False, True, False, True]),
    "a dropped term": (water()[1:], [True, False, False, True]),
    "a wrong letter": (changed(0, key=pauli_key({0: "X", 1: "Y"})), [False, False, False, False]),
    "another qubit": (changed(0, key=pauli_key({0: "X", 2: "X"})), [True, False, False, False]),
    "a magnetic field": ([*water(), turn({0: "Z"}, "h"), turn({1: "Z"}, "h")], [False, False, True, True]),
    "one gate alone": ([*water(), *heisenberg(0, 2, "h")], [True, True, True, False]),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_mutations_of_water_are_refused(case: tuple[list[Operation], list[bool]]) -> None:
    operations, expected = case
    assert verdicts(operations, WATER) == expected


def test_a_full_turn_more_is_a_phase() -> None:
    """Not a mistake: it multiplies the whole circuit by minus one."""
    operations = changed(4, angle=named("b0") + PI(2))
    assert verdicts(operations, WATER) == [True] * 4


def test_the_blocks_at_fault_are_named() -> None:
    found = [d for d in decisions(check(WRONG["a sign"][0], WATER)) if not d.holds]
    assert [[block.qubits for block in d.blocks] for d in found] == [[(0, 1)], [(0, 1)]]
    assert all(d.difference is not None and d.difference[1] != d.difference[2] for d in found)
    (only,) = [d for d in decisions(check(WRONG["one gate alone"][0], WATER)) if not d.holds]
    assert [block.qubits for block in only.blocks] == [(0, 2)]


def test_equal_blocks_are_equal_only_where_the_group_acts_alike() -> None:
    """Blocks are tested once: the same exchange is right where two charges are equal, and wrong where they differ."""
    pairs = [(0, 1), (2, 3), (1, 2), (4, 5)]
    operations = [o for k, (i, j) in enumerate(pairs) for o in heisenberg(i, j, "a", k, "XY")]
    symmetry = eq.charge(6, "Z0 + Z1 + 2*Z2 + 2*Z3 - Z4 - Z5")
    (found,) = decisions(check(operations, symmetry))
    assert (found.holds, [block.qubits for block in found.blocks]) == (False, [(1, 2)])
    assert verdicts(operations[:4] + operations[6:], symmetry) == [True]
    flips = eq.pauli_symmetry(6, "X0 X1 Z2 Z3 X4 Z5")
    turns: list[Operation] = [turn({i: "Z", j: "Z"}, "a", k) for k, (i, j) in enumerate(pairs)]
    (found,) = decisions(check(turns, flips))
    assert (found.holds, [block.qubits for block in found.blocks]) == (False, [(1, 2), (4, 5)])


def test_the_whole_decides_where_no_block_can() -> None:
    """A circuit and its inverse around something: no block is symmetric, but the product is."""
    scramble = [turn({0: "X"}, "a", 0), turn({0: "Z", 1: "Y"}, "b", 1), turn({1: "X", 2: "Z"}, "c", 2)]
    back = [replace(o, angle=-o.angle, origin=5 - o.origin) for o in reversed(scramble)]
    chain = heisenberg(0, 1, "w")
    found = list(decisions(check([*scramble, *back, *chain], eq.SU2(3))))
    assert [(d.holds, d.method) for d in found] == [(True, PART)] * 3
    assert verdicts([*scramble, *back[1:], *chain], eq.SU2(3)) == [False] * 3
    charge = eq.charge(3, "Z0 Z1 + Z1 Z2")
    (decision,) = decisions(check([*scramble, *back, turn({0: "X", 1: "Z", 2: "X"}, "a")], charge))
    assert (decision.method, decision.holds) == (WHOLE, False)
    assert verdicts([*scramble, *back, turn({0: "Z"}, "a")], charge) == [True]


def test_a_permutation_that_turns_the_circuit_into_itself_in_another_order() -> None:
    """All strings of Z commute; the ring is symmetric in whatever order it is written."""
    ring = eq.permutation_group(5, eq.dihedral(5))
    bonds = [turn({k: "Z", (k + 1) % 5: "Z"}, "g", k) for k in (3, 0, 4, 1, 2)]
    fields = [turn({k: "X"}, "b", 9) for k in (2, 0, 1, 4, 3)]
    assert verdicts([*bonds, *fields], ring) == [True, True]
    assert verdicts([*bonds[1:], *fields], ring).count(False) >= 1
    assert verdicts([*bonds, *fields[1:]], ring).count(False) >= 1
    assert verdicts([*fields[:2], *bonds, *fields[2:]], ring).count(False) >= 1


SITES = ("A", "B")
EXCHANGE = Symmetry(
    2, SITES, (PermutationFactor(2, PermutationGroup(4, ((1, 0, 3, 2),)), "exchange", SITES),)
)
AXIAL = Symmetry(2, SITES, (AxialFactor(2, (0, 0, 1), (0, 1), (0, 1), 2),))
THIRD = symmetry_of(
    eq.loads(
        "{name: x, qubits: 2, data: {sites: [A, B], encode: {A: [0], B: [1]}}, symmetry: [rotation: C_3]}"
    )
)
INVERSION = Symmetry(2, SITES, (InversionFactor(2, 1, 2),))
DATA = {f"{name}_{axis}": (site, k) for site, name in enumerate(SITES) for k, axis in enumerate("xyz")}


@pytest.mark.parametrize(
    ("symmetry", "right", "wrong"),
    [
        (
            EXCHANGE,
            [turn({0: "X"}, "A_x"), turn({1: "X"}, "B_x")],
            [turn({0: "X"}, "A_x"), turn({1: "X"}, "A_x")],
        ),
        (EXCHANGE, [turn({0: "Z", 1: "Z"}, named("A_x") + named("B_x"))], [turn({0: "Z", 1: "Z"}, "A_x")]),
        (AXIAL, [turn({0: "Z"}, "A_z"), turn({1: "Z"}, "B_z")], [turn({0: "Z"}, "A_x")]),
        (AXIAL, [turn({0: "Z"}, "w")], [turn({0: "X"}, "A_x"), turn({0: "Y"}, "A_y")]),
        (
            AXIAL,
            [turn({0: "Z"}, ExactAngle.of({("A_x", "A_x"): Fraction(1), ("A_y", "A_y"): Fraction(1)}))],
            [turn({0: "Z"}, ExactAngle.of({("A_x", "A_x"): Fraction(1), ("A_y", "A_y"): Fraction(2)}))],
        ),
        (INVERSION, [turn({1: "X"}, "A_x"), turn({0: "X", 1: "X"}, "B_z")], [turn({0: "X"}, "A_x")]),
        (
            INVERSION,
            [turn({0: "X"}, ExactAngle.of({("A_x", "B_x"): Fraction(1)}))],
            [turn({0: "X"}, ExactAngle.of({("A_x", "B_x", "w"): Fraction(1), ("A_x", "w"): Fraction(1)}))],
        ),
    ],
)
def test_data_move_with_the_group(symmetry: Symmetry, right: list[Operation], wrong: list[Operation]) -> None:
    assert verdicts(right, symmetry, DATA) == [True]
    assert verdicts(wrong, symmetry, DATA) == [False]


def test_uploads_of_different_sites_are_different_blocks() -> None:
    """Both qubits turn, but only the first site does; the gates differ in their sites alone."""
    symmetry = Symmetry(2, SITES, (AxialFactor(2, (0, 0, 1), (0, 1), (0,), 2),))
    first, second = (VectorRotation(site, site, None, named("w")) for site in (0, 1))
    assert verdicts([first], symmetry) == verdicts([first, replace(second, site=0)], symmetry) == [True]
    for operations in ([first, second], [second, first]):
        (found,) = decisions(check(operations, symmetry))
        assert (found.holds, [block.qubits for block in found.blocks]) == (False, [(1,)])


def test_without_data_the_same_names_are_parameters() -> None:
    operations = [turn({0: "X"}, "A_x"), turn({1: "X"}, "A_x")]
    assert verdicts(operations, EXCHANGE) == [True]
    assert verdicts(operations, EXCHANGE, DATA) == [False]


def test_a_coordinate_without_a_parameter_is_not_zero() -> None:
    """Only A.x is declared: what reaches A from B, or from y, is a number that the circuit does not know."""
    assert verdicts([turn({0: "X", 1: "X"}, "t")], EXCHANGE, {"t": (0, 0)}) == [False]
    assert verdicts([turn({0: "Z", 1: "Z"}, "t")], AXIAL, {"t": (0, 0)}) == [False]
    assert verdicts([turn({0: "Z", 1: "Z"}, "t")], AXIAL, {"t": (0, 2)}) == [True]
    assert verdicts([turn({0: "Z"}, "t"), turn({1: "Z"}, "A.x")], AXIAL, {"t": (0, 0)}) == [False]


def test_lengths_of_vectors_move_with_their_sites() -> None:
    operations = [turn({0: "Z", 1: "Z"}, "A_turn")]
    assert verdicts(operations, EXCHANGE) == [False]
    assert verdicts([turn({0: "Z"}, "A_turn"), turn({1: "Z"}, "B_turn")], EXCHANGE) == [True]
    assert verdicts(operations, AXIAL) == [True]


def test_directions_alone_move_as_far_as_that_is_linear_in_them() -> None:
    both = [turn({0: "Z"}, "A_azimuth"), turn({1: "Z"}, "B_azimuth")]
    assert verdicts(both, EXCHANGE) == [True]
    assert verdicts(both[:1], EXCHANGE) == [False]
    assert verdicts(both, AXIAL) == [False]
    assert verdicts([both[0], turn({0: "Z"}, -named("B_azimuth"))], AXIAL) == [True]
    assert verdicts(both, INVERSION) == [False]
    assert verdicts([turn({0: "Z"}, named("A_azimuth") * 4)], INVERSION) == [True]
    assert verdicts([turn({1: "X"}, "A_elevation")], INVERSION) == [True]
    assert verdicts([turn({1: "Z"}, "A_elevation")], INVERSION) == [False]
    (decision,) = decisions(check(both, THIRD))
    assert decision.holds is None
    assert decision.reason == "A_azimuth stands outside of a vector encoding, so what moves it is not known"


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("flip", [1, -1])
def test_matrices_that_change_angles_linearly(quarters: int, sign: int, flip: int) -> None:
    """Compared with the angles of the turned vector, in floating point."""
    c, s = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarters]
    matrix = ((c, -sign * s, 0), (s, sign * c, 0), (0, 0, flip))
    change = change_of_angles(matrix)
    assert change is not None
    azimuth, elevation = 0.7, -0.4
    x, y, z = np.array(matrix) @ (
        np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)
    )  # fmt: skip
    assert np.exp(1j * (change[0] * azimuth + np.pi * change[1])) == pytest.approx(
        (x + 1j * y) / np.hypot(x, y)
    )
    assert change[2] * elevation == pytest.approx(np.arcsin(z))
    assert change_of_angles(((0, 0, 1), (1, 0, 0), (0, 1, 0))) is None


def test_global_phases_may_depend_on_the_data() -> None:
    """Expectation values do not see phases, so a circuit with a phase gate is as good as one with a Z rotation."""
    phase = turn({}, named("A_x") * 3)
    assert verdicts([phase, turn({1: "X"}, "B_x")], INVERSION, DATA) == [True]
    assert verdicts([phase, turn({0: "Z"}, "B_z")], AXIAL, DATA) == [True]
    assert verdicts([phase, turn({0: "X"}, "B_z")], AXIAL, DATA) == [False]
    minus = [FixedUnitary(eq.PauliSum.parse("Z0 Z1", 2))]
    (decision,) = decisions(check(minus, eq.pauli_symmetry(2, "X0")))
    assert (decision.holds, decision.phase) == (True, True)
    (decision,) = decisions(check([*minus, turn({0: "Y"}, "a")], eq.pauli_symmetry(2, "X0")))
    assert decision.holds is False


def test_a_phase_along_a_rotation_of_the_data_in_one_block() -> None:
    """diag(1, e^(i x)) as controlled phases: every derivative differs from the demanded one by a factor."""
    entangled = [turn({}, named("A_x")), turn({0: "X"}, "w"), turn({0: "X"}, -named("w"))]
    assert verdicts(entangled, AXIAL, DATA) == [True]


def test_factors_without_sites_leave_the_data() -> None:
    mixed = eq.permutations(2, [(0, 1)]) * INVERSION
    assert verdicts([turn({0: "Z", 1: "Z"}, "A_x")], mixed, DATA) == [True, False]


def test_ancillas_start_in_zero() -> None:
    """A swap with an ancilla and back, and a change that only an ancilla in |1> would notice."""
    swap = FixedUnitary(eq.PauliSum.parse("(1 + X1 X2 + Y1 Y2 + Z1 Z2)/2", 3))
    moved = heisenberg(0, 2, "a")
    assert verdicts([swap, *moved, swap], eq.SU2(2), ancillas=1) == [True] * 3
    assert verdicts([swap, *moved[1:], swap], eq.SU2(2), ancillas=1) == [True, False, False]
    controlled = [turn({0: "X"}, "a"), turn({0: "X", 2: "Z"}, named("a") * -1)]
    assert verdicts(controlled, eq.SU2(2), ancillas=1) == [True] * 3
    assert verdicts(controlled, eq.SU2(3)) == [False, False, False]


def test_odd_multiples_of_pi() -> None:
    angles = [PI(Fraction(1, n)) for n in (7, 11, 13, 17, 19, 23, 29, 31, 37, 41)]
    assert verdicts([o for a in angles for o in heisenberg(0, 1, a)], eq.SU2(2)) == [True] * 3
    near = [o for a in angles for o in heisenberg(0, 1, a)]
    near[4] = replace(near[4], angle=PI(Fraction(1000, 11001)))
    assert verdicts(near, eq.SU2(2)) == [False, True, False]


def test_opaque_gates_leave_it_open() -> None:
    gate = OpaqueGate("strange", (0,), "it is strange", None)
    for operations in (
        [*water(), gate],
        [turn({0: "Z"}, -named("A_azimuth")), gate, turn({0: "Z"}, "A_azimuth")],
    ):
        symmetry = WATER if len(operations) > 3 else AXIAL
        for decision in decisions(check(operations, symmetry)):
            assert decision.holds is None
            assert decision.reason == "strange has no exact form: it is strange"


def test_irrational_mixtures_inside_angles_are_left_open() -> None:
    third = eq.loads(
        "{name: t, qubits: 1, data: {sites: [A], encode: {A: [0]}}, symmetry: [{point_group: C3}]}", "t.yaml"
    )
    symmetry = symmetry_of(third)
    (decision,) = decisions(check([turn({0: "X"}, "A_x"), turn({0: "Y"}, "A_y")], symmetry, DATA_A))
    assert decision.holds is None
    assert decision.reason == "it mixes coordinates with irrational factors inside angles"
    assert verdicts([turn({0: "Z"}, "A_z")], symmetry, DATA_A) == [True]


DATA_A = {f"A_{axis}": (0, k) for k, axis in enumerate("xyz")}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"t": (0, 0), "u": (0, 0)}, "t and u are both declared to be A.x; make them one parameter"),
        (
            {"A_turn": (0, 0)},
            "A_turn is an angle of a vector encoding by its name, and no coordinate A.x; rename it",
        ),
    ],
)
def test_contradictory_data(data: dict[str, tuple[int, int]], message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        check([turn({0: "Z"}, "t")], AXIAL, data)
    assert str(caught.value) == message


def chain(num_qubits: int, depth: int) -> list[Operation]:
    pairs = [(d, s, i) for d in range(depth) for s in (0, 1) for i in range(s, num_qubits, 2)]
    return [
        o for k, (d, s, i) in enumerate(pairs) for o in heisenberg(i, (i + 1) % num_qubits, f"w{d}_{s}", k)
    ]


def test_a_hundred_qubits() -> None:
    n = 100
    symmetry = eq.SU2(n) * eq.permutations(n, [tuple(range(0, n, 2)), tuple(range(1, n, 2))])
    operations = chain(n, 2)
    assert verdicts(operations, symmetry) == [True] * 4
    operations[301] = replace(operations[301], angle=operations[301].angle + PI(Fraction(1, 7)))
    found = list(decisions(check(operations, symmetry)))
    assert [decision.holds for decision in found] == [False, True, False, False]
    assert {decision.method for decision in found if not decision.holds} == {PART}
    assert all(decision.blocks[0].qubits == (0, 1) for decision in found if not decision.holds)


def test_what_is_too_large_for_everything_is_left_open() -> None:
    """Twenty qubits that are symmetric only together."""
    n = 20
    symmetry = eq.permutations(n, [tuple(range(n))])
    scramble = [turn({k: "X", (k + 1) % n: "Y", (k + 7) % n: "Z"}, f"p{k}") for k in range(n)]
    back = [replace(o, angle=-o.angle * Fraction(1, 2)) for o in reversed(scramble)]
    (decision,) = decisions(check([*scramble, *back, *back], symmetry))
    assert decision.holds is None
    assert decision.reason.endswith("on 20 qubits are too many to test as a whole, and blocks do not decide")


EQUIVARIANT: dict[str, tuple[Symmetry, Callable[[str, int], list[Operation]]]] = {
    "SU(2)": (eq.SU2(4), lambda name, k: heisenberg(k % 4, (k + 1 + k // 4 % 2) % 4, name, k)),
    "U(1)": (
        eq.U1(4),
        lambda name, k: (
            heisenberg(k % 4, (k + 1) % 4, name, k, "XY") if k % 2 else [turn({k % 4: "Z"}, name, k)]
        ),
    ),
    "C_4": (
        eq.permutation_group(4, eq.cyclic(4)),
        lambda name, k: (
            [turn({q: "XYZ"[k % 3], (q + 2) % 4: "XYZ"[k % 3]}, name, k) for q in range(4)]
            if k % 2
            else [turn({q: "XYZ"[k % 3]}, name, k) for q in range(4)]
        ),
    ),
    "parity": (
        eq.pauli_symmetry(4, "Z0 Z1 Z2 Z3"),
        lambda name, k: (
            [turn({k % 4: "X", (k + 1) % 4: "Y"}, name, k)] if k % 2 else [turn({k % 4: "Z"}, name, k)]
        ),
    ),
}


@settings(max_examples=20)
@given(
    st.sampled_from(sorted(EQUIVARIANT)),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 7)), min_size=1, max_size=6),
)
def test_circuits_of_equivariant_gates_hold(group: str, gates: list[tuple[str, int]]) -> None:
    symmetry, gate = EQUIVARIANT[group]
    operations = [o for name, k in gates for o in gate(name, k)]
    assert all(verdicts(operations, symmetry))


@settings(max_examples=20)
@given(
    st.sampled_from(sorted(EQUIVARIANT)),
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 7)), min_size=1, max_size=5),
    st.integers(0, 99),
    st.integers(0, 3),
)
def test_one_wrong_gate_is_always_seen(
    group: str, gates: list[tuple[str, int]], place: int, qubit: int
) -> None:
    """A single X rotation with its own parameter breaks all four groups, wherever it stands."""
    symmetry, gate = EQUIVARIANT[group]
    operations = [o for name, k in gates for o in gate(name, k)]
    operations.insert(place % (len(operations) + 1), turn({qubit: "X"}, "wrong"))
    assert False in verdicts(operations, symmetry)


def test_su2_acts_on_the_sites_too() -> None:
    """x.sigma turned by its length is a vector encoding; its components, one after the other, are not."""
    symmetry = Symmetry(1, ("A",), (RotationFactor(1, (0,), (0,), 1),))
    components = [turn({0: c}, f"A_{c.lower()}") for c in "XYZ"]
    assert verdicts(components, symmetry, DATA_A) == [False] * 3
    assert verdicts([turn({0: "X"}, PI(4))], symmetry, DATA_A) == [True] * 3


def test_gates_on_many_qubits_are_not_tried_as_blocks() -> None:
    """A composite gate on all of forty qubits is split; one string on all of them is left open."""
    n = 40
    layer = [o for i in range(0, n, 2) for o in heisenberg(i, i + 1, "w")]
    symmetry = eq.SU2(n) * eq.permutations(n, [tuple(range(0, n, 2)), tuple(range(1, n, 2))])
    assert verdicts(layer, symmetry) == [True] * 4
    wide = turn(dict.fromkeys(range(n), "Z"), "t")
    found = list(decisions(check([*layer, wide], symmetry)))
    assert [decision.holds for decision in found] == [None] * 4
    assert found[0].reason == (
        "61 operations on 40 qubits are too many to test as a whole, and blocks do not decide"
    )
