"""Every message about symmetries of space, word for word: rotations, point groups, mirrors, inversion."""

from collections.abc import Callable

import pytest

from eqcompile.declaration import loads
from eqcompile.errors import SpecError

Refuse = Callable[[str, str], str]

_ROTATIONS = "Known: SU(2), U(1), O(3), C_n, D_n, T, O, I."
_POINT_GROUPS = "Known: C_1, C_s, C_i, C_n, C_nv, C_nh, D_n, D_nh, D_nd, S_2n, T, T_h, T_d, O, O_h, I, I_h."
_PARITY = (
    "needs a parity qubit: x is a polar vector and sigma an axial one, so x -> -x cannot be represented on the "
    "carrying qubits alone; add a qubit N that carries no site and write"
)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("SU(3)", f'15: unknown rotation group "SU(3)"; did you mean "SU(2)"? {_ROTATIONS}'),
        ("{group: U1}", f'23: unknown rotation group "U1"; did you mean "U(1)"? {_ROTATIONS}'),
        ("dihedrall", f'15: unknown rotation group "dihedrall". {_ROTATIONS}'),
        ('""', f'15: unknown rotation group "". {_ROTATIONS}'),
        ("c4", f'15: unknown rotation group "c4". {_ROTATIONS}'),
        ("S_3", f'15: unknown rotation group "S_3". {_ROTATIONS}'),
        ("C_٣", f'15: unknown rotation group "C_٣"; did you mean "C_n"? {_ROTATIONS}'),
        ("C_n", "15: C_n names a family; write a number for n, such as C_3"),
        ("SO(3)", "15: SO(3) on the sites comes with SU(2) on their qubits; write rotation: SU(2)"),
        ("C2v", "15: C_2v has reflections; write point_group: C2v"),
        ("S_4", "15: S_4 has reflections; write point_group: S_4"),
        ("C_361", "15: the axis of C_361 is 361-fold; the limit is 1 to 360"),
        ("D_0", "15: the axis of D_0 is 0-fold; the limit is 1 to 360"),
        ("O(3)", f"15: O(3) {_PARITY} rotation: {{group: O(3), parity: N}}"),
        ("{group: O(3), parity: 0}", '37: the parity qubit 0 carries site "H1"; name one that carries none'),
        ("{group: O(3), parity: 5}", "37: qubit 5 is outside the register; qubits are 0 to 4"),
        ("{group: O(3), parity: -1}", "37: qubit -1 is outside the register; qubits are 0 to 4"),
        ("{group: SU(2), parity: 4}", "30: SU(2) has no reflections; remove parity"),
        ("{group: C_4, parity: 4}", "28: C_4 has no reflections; remove parity"),
        ("{group: SU(2), axis: x}", "30: SU(2) turns about every axis; remove axis"),
        ("{group: O(3), axis: x, parity: 4}", "29: O(3) turns about every axis; remove axis"),
        ("{group: SU(2), qubits: [0, 5]}", "42: qubit 5 is outside the register; qubits are 0 to 4"),
        ("{group: SU(2), qubits: [0, 0]}", "42: qubit 0 is listed twice; name it once"),
        (
            "{group: SU(2), qubits: []}",
            "38: a rotation acts on at least one qubit; name one or remove the key",
        ),
        (
            "{group: SU(2), qubits: all}",
            '38: symmetry[0].rotation.qubits must be a list such as [0, 1]; found "all"',
        ),
        (
            "{group: O(3), parity: 4, qubits: [0, 4]}",
            "52: the parity qubit 4 does not turn; leave it out",
        ),
    ],
)
def test_rotation(refused: Refuse, entry: str, message: str) -> None:
    """The group exists, on qubits that exist, with a parity qubit where and only where it is needed."""
    assert refused("SU(2)", entry) == f"water.yaml:8:{message}"


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ("w", '35: unknown axis "w"; write x, y, z or three components such as [1, 1, 0]'),
        ('""', '35: unknown axis ""; write x, y, z or three components such as [1, 1, 0]'),
        ("[1, 0]", "35: an axis has three components, such as [1, 1, 0]; found 2"),
        ("[]", "35: an axis has three components, such as [1, 1, 0]; found 0"),
        ("[0, 0, 0]", "35: an axis of length zero has no direction; give at least one component"),
        ("[0, i, 0]", "39: symmetry[0].rotation.axis[1]: i is not real; an axis has real components"),
        (
            "[0, 0, 1 + e]",
            "46: symmetry[0].rotation.axis[2]: name 'e' is not allowed; allowed: I, i, pi",
        ),
        (
            "[1e400, 0, 0]",
            "36: symmetry[0].rotation.axis[0]: a number beyond 2**1024, or finer than its inverse",
        ),
        (
            "[1 + sqrt(2), 0, 0]",
            "35: an axis needs a rational squared length; choose rational components",
        ),
        (
            "[1000003, 1, 0]",
            "35: the square root of 1000006000010 needs roots of unity beyond order 5040; choose an axis with smaller "
            "components",
        ),
        (
            "3",
            "35: symmetry[0].rotation.axis must be x, y, z or three components such as [1, 1, 0]; found 3",
        ),
        (
            "[[1], 0, 0]",
            "36: symmetry[0].rotation.axis[0] must be a number such as 0.1 or an expression such as 1/10; found a list",
        ),
    ],
)
def test_axis(refused: Refuse, axis: str, message: str) -> None:
    """Three exact real numbers whose length is known exactly."""
    assert refused("SU(2)", f"{{group: U(1), axis: {axis}}}") == f"water.yaml:8:{message}"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("c3v", f'18: unknown point group "c3v". {_POINT_GROUPS}'),
        ('""', f'18: unknown point group "". {_POINT_GROUPS}'),
        ("{group: SU(2)}", f'26: unknown point group "SU(2)". {_POINT_GROUPS}'),
        ("C_٣v", f'18: unknown point group "C_٣v"; did you mean "C_nv"? {_POINT_GROUPS}'),
        ("D_nh", "18: D_nh names a family; write a number for n, such as D_3h"),
        ("S_2n", "18: S_2n names a family; write a number for n, such as S_4"),
        ("S_5", "18: S_n needs an even n; for S_5 write C_5h"),
        ("C_500v", "18: the axis of C_500v is 500-fold; the limit is 1 to 360"),
        ("{group: D_3, parity: 4}", "31: D_3 has no reflections; remove parity"),
        ("{group: C3v, parity: 2}", '39: the parity qubit 2 carries site "H1"; name one that carries none'),
        ("{group: C3v, parity: 5}", "39: qubit 5 is outside the register; qubits are 0 to 4"),
        (
            "{group: C3v, parity: 4, axis: [0, 0, 0]}",
            "48: an axis of length zero has no direction; give at least one component",
        ),
        (
            "{group: C3v, parity: 4, qubits: [4]}",
            "51: the parity qubit 4 does not turn; leave it out",
        ),
        (
            "{group: C3v, normal: z}",
            '31: unknown key "normal" in symmetry[0].point_group. Known: axis, group, moves, parity, positions, '
            "qubits.",
        ),
        ("{}", '18: missing key "group" in symmetry[0].point_group; add a line such as group: C3v'),
        (
            "3",
            "18: symmetry[0].point_group must be a Schoenflies symbol such as C3v, or a mapping such as "
            "{group: C3v, parity: 4}; found 3",
        ),
    ],
)
def test_point_group(refused: Refuse, entry: str, message: str) -> None:
    """The symbol exists; so do its qubits."""
    assert refused("rotation: SU(2)", f"point_group: {entry}") == f"water.yaml:8:{message}"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("x", '13: symmetry[0].mirror must be a mapping such as {normal: x, parity: 4}; found "x"'),
        (
            "[1, 1, 1]",
            "13: symmetry[0].mirror must be a mapping such as {normal: x, parity: 4}; found a list",
        ),
        ("{parity: 4}", '13: missing key "normal" in symmetry[0].mirror; add a line such as normal: x'),
        (
            "{normal: [0, 0, 0]}",
            "22: an axis of length zero has no direction; give at least one component",
        ),
        ("{normal: w}", '22: unknown axis "w"; write x, y, z or three components such as [1, 1, 0]'),
        (
            "{normal: [i, 0, 0]}",
            "23: symmetry[0].mirror.normal[0]: i is not real; an axis has real components",
        ),
        ("{normal: x, parity: 0}", '33: the parity qubit 0 carries site "H1"; name one that carries none'),
        ("{normal: x, parity: 9}", "33: qubit 9 is outside the register; qubits are 0 to 4"),
        (
            "{normal: x, parity: 4, qubits: [4]}",
            "45: the parity qubit 4 does not turn; leave it out",
        ),
    ],
)
def test_mirror(refused: Refuse, entry: str, message: str) -> None:
    """A plane has a normal."""
    assert refused("rotation: SU(2)", f"mirror: {entry}") == f"water.yaml:8:{message}"


def test_reflections_share_one_parity_qubit(refused: Refuse) -> None:
    six = "- rotation: SU(2)\n  - mirror: {normal: x, parity: 3}"
    text = (
        "{name: a, qubits: 4, symmetry: [{mirror: {normal: x, parity: 2}}, {mirror: {normal: y, parity: 3}}]}"
    )
    with pytest.raises(SpecError) as caught:
        loads(text, "two.yaml")
    assert str(caught.value) == (
        "two.yaml:1:67: parity qubit 3 after parity qubit 2; all reflections share one"
    )
    assert loads(text.replace("y, parity: 3", "y, parity: 2")).parity == 2
    assert refused("- rotation: SU(2)", six).endswith(
        'the parity qubit 3 carries site "H2"; name one that carries none'
    )


def test_a_site_turns_as_a_whole(accepted: Callable[[str, str], object]) -> None:
    from eqcompile.declaration import Spec
    from eqcompile.declaration.lift import symmetry_of

    half = accepted("SU(2)", "{group: C_4, qubits: [0, 1]}")
    assert isinstance(half, Spec)
    with pytest.raises(SpecError) as caught:
        symmetry_of(half)
    assert str(caught.value) == (
        "water.yaml:8:5: the rotation acts on qubits [0] but not on all of [0, 2], which carry the same site; name all "
        "of them or none"
    )


def test_inversion_without_sites() -> None:
    with pytest.raises(SpecError) as caught:
        loads("{name: a, qubits: 2, symmetry: [{inversion: {parity: 1}}]}", "bare.yaml")
    assert str(caught.value) == (
        "bare.yaml:1:34: inversion acts on sites, and this spec declares none; add data, or remove inversion"
    )


def test_entries_are_accepted_where_nothing_is_wrong(accepted: Callable[[str, str], object]) -> None:
    """Control: the same places, filled well."""
    for entry in (
        "O(3), parity: 4",
        "U(1), axis: [1, 1, 0]",
        "D_360, axis: x",
        "I",
        "T",
        "C4, qubits: [0, 2]",
    ):
        assert accepted("SU(2)", f"{{group: {entry}}}")
    for entry in ("point_group: S4", "point_group: {group: Oh, parity: 4}", "mirror: {normal: [1, 1, 1]}"):
        assert accepted("rotation: SU(2)", entry)
