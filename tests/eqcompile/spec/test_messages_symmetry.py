"""Every message about symmetries, word for word."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "- rotation: SU(2)",
            "- {}",
            "water.yaml:8:5: an entry of symmetry is one of rotation, permutation, inversion; found none; "
            "write one of them",
        ),
        (
            "- rotation: SU(2)",
            "- {rotation: SU(2), inversion: {parity: 4}}",
            "water.yaml:8:5: an entry of symmetry is one of rotation, permutation, inversion; found "
            "rotation and inversion; write one entry for each",
        ),
        (
            "- rotation: SU(2)",
            "- rotation: SU(2)\n  - rotation: SU(2)",
            "water.yaml:9:5: this symmetry repeats symmetry[0]; remove one of the two",
        ),
        (
            "- rotation: SU(2)",
            "- mirror: [1, 1, 1]",
            'water.yaml:8:5: "mirror" is not supported yet; known: inversion, permutation, rotation',
        ),
    ],
)
def test_entry(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """An entry says one thing, once."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "SU(2)",
            "SU(3)",
            'water.yaml:8:15: unknown rotation group "SU(3)"; did you mean "SU(2)"? Known: SU(2).',
        ),
        (
            "SU(2)",
            "dihedrall",
            'water.yaml:8:15: unknown rotation group "dihedrall". Known: SU(2).',
        ),
        (
            "SU(2)",
            "SO(3)",
            "water.yaml:8:15: SO(3) on the sites comes with SU(2) on their qubits; write rotation: SU(2)",
        ),
        (
            "SU(2)",
            "U(1)",
            'water.yaml:8:15: rotation group "U(1)" is not supported yet; known: SU(2)',
        ),
        (
            "SU(2)",
            "C_4",
            'water.yaml:8:15: rotation group "C_4" is not supported yet; known: SU(2)',
        ),
        (
            "SU(2)",
            "D4",
            'water.yaml:8:15: rotation group "D4" is not supported yet; known: SU(2)',
        ),
        (
            "SU(2)",
            "O(3)",
            'water.yaml:8:15: rotation group "O(3)" is not supported yet; known: SU(2)',
        ),
        (
            "SU(2)",
            "C2v",
            'water.yaml:8:15: rotation group "C2v" is not supported yet; known: SU(2)',
        ),
        (
            "SU(2)",
            "{group: SU(3)}",
            'water.yaml:8:23: unknown rotation group "SU(3)"; did you mean "SU(2)"? Known: SU(2).',
        ),
        (
            "SU(2)",
            "{group: SU(2), qubits: [0, 5]}",
            "water.yaml:8:42: qubit 5 is outside the register; qubits are 0 to 4",
        ),
        (
            "SU(2)",
            "{group: SU(2), qubits: [0, 0]}",
            "water.yaml:8:42: qubit 0 is listed twice; name it once",
        ),
        (
            "SU(2)",
            "{group: SU(2), qubits: []}",
            "water.yaml:8:38: a rotation acts on at least one qubit; name one or remove the key",
        ),
    ],
)
def test_rotation(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """The group exists, on qubits that exist."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '["(H1 H2)"]',
            '["(H1 H3)"]',
            'water.yaml:9:24: unknown site "H3"; did you mean "H2"? Known: H1, H2.',
        ),
        (
            '["(H1 H2)"]',
            '["(H1 H1)"]',
            'water.yaml:9:24: "H1" appears twice in one permutation; cycles are disjoint, further '
            "permutations are further list entries",
        ),
        (
            '["(H1 H2)"]',
            '["(H1 H2)(H2 H1)"]',
            'water.yaml:9:28: "H2" appears twice in one permutation; cycles are disjoint, further '
            "permutations are further list entries",
        ),
        (
            '["(H1 H2)"]',
            '["(H1 H2"]',
            'water.yaml:9:19: malformed cycle: "(" is never closed; cycles read like (H1 H2)(A B)',
        ),
        (
            '["(H1 H2)"]',
            '["(H1 (H2)"]',
            'water.yaml:9:24: malformed cycle: unexpected "("; cycles read like (H1 H2)(A B)',
        ),
        (
            '["(H1 H2)"]',
            '["H1 H2"]',
            'water.yaml:9:19: malformed cycle: unexpected "H1"; cycles read like (H1 H2)(A B)',
        ),
        (
            '["(H1 H2)"]',
            '["(H1 H2))"]',
            'water.yaml:9:27: malformed cycle: unexpected ")"; cycles read like (H1 H2)(A B)',
        ),
        (
            '["(H1 H2)"]',
            '["(H1)"]',
            "water.yaml:9:19: a cycle moves at least two members; leave out what stays in place",
        ),
        (
            '["(H1 H2)"]',
            '["()"]',
            "water.yaml:9:19: a cycle moves at least two members; leave out what stays in place",
        ),
        (
            '["(H1 H2)"]',
            '[""]',
            "water.yaml:9:19: no cycle here; cycles read like (H1 H2)(A B)",
        ),
        (
            '["(H1 H2)"]',
            "[]",
            'water.yaml:9:18: the list of cycles is empty; write one such as "(H1 H2)"',
        ),
        (
            '["(H1 H2)"]',
            '{cycles: ["(0 7)"], on: qubits}',
            "water.yaml:9:32: qubit 7 is outside the register; qubits are 0 to 4",
        ),
        (
            '["(H1 H2)"]',
            '{cycles: ["(0 H1)"], on: qubits}',
            'water.yaml:9:32: "H1" is not a qubit; this permutation is on qubits; to permute sites write '
            "on: sites",
        ),
        (
            '["(H1 H2)"]',
            '["(0 1)"]',
            'water.yaml:9:21: unknown site "0". Known: H1, H2.',
        ),
        (
            '["(H1 H2)"]',
            '{cycles: ["(H1 H2)"], on: qbits}',
            'water.yaml:9:44: with cycles, on is sites or qubits; found "qbits"',
        ),
        (
            '["(H1 H2)"]',
            '{cycles: ["(H1 H2)"], on: [H1, H2]}',
            "water.yaml:9:44: with cycles, on is sites or qubits; found a list",
        ),
    ],
)
def test_cycles(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Cycles are well formed, over declared members; the column is inside the text."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '["(H1 H2)"]',
            "S_2",
            "water.yaml:9:18: a named group needs its members, such as {group: S_2, on: [H1, H2]}",
        ),
        (
            '["(H1 H2)"]',
            "dihedrall",
            'water.yaml:9:18: unknown permutation group "dihedrall"; did you mean "dihedral"? Known: S_n, '
            "A_n, C_n, D_n, symmetric, alternating, cyclic, dihedral.",
        ),
        (
            '["(H1 H2)"]',
            "S_2 wr S_2",
            'water.yaml:9:18: wreath product "S_2 wr S_2" is not supported yet; write its cycles. Known: '
            "S_n, A_n, C_n, D_n, symmetric, alternating, cyclic, dihedral.",
        ),
        (
            '["(H1 H2)"]',
            "{group: dihedrall, on: [H1, H2]}",
            'water.yaml:9:26: unknown permutation group "dihedrall"; did you mean "dihedral"? Known: S_n, '
            "A_n, C_n, D_n, symmetric, alternating, cyclic, dihedral.",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2 wr S_2, on: [H1, H2]}",
            'water.yaml:9:26: wreath product "S_2 wr S_2" is not supported yet; write its cycles. Known: '
            "S_n, A_n, C_n, D_n, symmetric, alternating, cyclic, dihedral.",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_3, on: [H1, H2]}",
            "water.yaml:9:26: S_3 permutes 3 members; found 2",
        ),
        (
            '["(H1 H2)"]',
            "{group: A_2, on: [H1, H2]}",
            "water.yaml:9:26: A_2 is too small; A_n begins at n = 3",
        ),
        (
            '["(H1 H2)"]',
            "{group: D_2, on: [H1, H2]}",
            "water.yaml:9:26: D_2 is too small; D_n begins at n = 3",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2}",
            'water.yaml:9:18: group "S_2" names no members; a named group needs its members, such as '
            "{group: S_2, on: [H1, H2]}",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: sites}",
            'water.yaml:9:18: group "S_2" names no members; a named group needs its members, such as '
            "{group: S_2, on: [H1, H2]}",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: []}",
            "water.yaml:9:35: on is empty; a named group needs its members, such as {group: S_2, on: [H1, "
            "H2]}",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: [H1, H3]}",
            'water.yaml:9:40: unknown site "H3"; did you mean "H2"? Known: H1, H2.',
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: [H1, H1]}",
            'water.yaml:9:40: site "H1" is listed twice; name it once',
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: [H1, 3]}",
            "water.yaml:9:40: a member is the name of a site, or all members are qubits; found 3",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: [0, 5]}",
            "water.yaml:9:39: qubit 5 is outside the register; qubits are 0 to 4",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: [0, 0]}",
            "water.yaml:9:39: qubit 0 is listed twice; name it once",
        ),
        (
            '["(H1 H2)"]',
            "{on: sites}",
            "water.yaml:9:18: a permutation needs cycles or a group; a named group needs its members, "
            "such as {group: S_2, on: [H1, H2]}",
        ),
        (
            '["(H1 H2)"]',
            '{cycles: ["(H1 H2)"], group: S_2}',
            "water.yaml:9:18: a permutation has cycles or a group, not both; remove one",
        ),
    ],
)
def test_named_group(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Named groups come with members, as many as the name says."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "H2: [1, 3]",
            "H2: [1]",
            'water.yaml:9:24: "H1" and "H2" cannot be exchanged: they have 2 and 1 qubits; encode both on '
            "equally many",
        ),
        (
            "{alpha: [H1, H2]}",
            "{alpha: [H1], beta: [H2]}",
            'water.yaml:9:24: "H1" and "H2" cannot be exchanged: their scales are "alpha" and "beta"; '
            "give both the same",
        ),
    ],
)
def test_exchange(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Only sites of one kind can be exchanged."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{parity: 4}",
            "yes",
            "water.yaml:10:5: inversion needs a parity qubit: x is a polar vector and sigma an axial one, "
            "so x -> -x cannot be represented on the carrying qubits alone; add a qubit N that carries no "
            "site and write inversion: {parity: N}",
        ),
        (
            "{parity: 4}",
            "true",
            "water.yaml:10:5: inversion needs a parity qubit: x is a polar vector and sigma an axial one, "
            "so x -> -x cannot be represented on the carrying qubits alone; add a qubit N that carries no "
            "site and write inversion: {parity: N}",
        ),
        (
            "{parity: 4}",
            "On",
            "water.yaml:10:5: inversion needs a parity qubit: x is a polar vector and sigma an axial one, "
            "so x -> -x cannot be represented on the carrying qubits alone; add a qubit N that carries no "
            "site and write inversion: {parity: N}",
        ),
        (
            "{parity: 4}",
            "",
            "water.yaml:10:5: inversion needs a parity qubit: x is a polar vector and sigma an axial one, "
            "so x -> -x cannot be represented on the carrying qubits alone; add a qubit N that carries no "
            "site and write inversion: {parity: N}",
        ),
        (
            "{parity: 4}",
            "{}",
            "water.yaml:10:5: inversion needs a parity qubit: x is a polar vector and sigma an axial one, "
            "so x -> -x cannot be represented on the carrying qubits alone; add a qubit N that carries no "
            "site and write inversion: {parity: N}",
        ),
        (
            "{parity: 4}",
            "{parity: 5}",
            "water.yaml:10:25: qubit 5 is outside the register; qubits are 0 to 4",
        ),
        (
            "{parity: 4}",
            "{parity: 3}",
            'water.yaml:10:25: the parity qubit 3 carries site "H2"; name one that carries none',
        ),
    ],
)
def test_inversion(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Without a parity qubit the reason is explained; with one, it must be free."""
    assert refused(old, new) == message
