"""Every message about symmetries, word for word."""

from collections.abc import Callable

import pytest

from eqcompile.declaration import loads
from eqcompile.errors import SpecError

_KINDS = (
    "rotation, permutation, graph, lattice, point_group, motion, mirror, inversion, pauli, charge, clifford, matrix, "
    "unitary"
)
_BLOCKS = "a wreath product needs blocks of equally many members, such as [[A, B], [C, D]]"
_EDGES = "write edges such as [[A, B], [B, C]], or a file such as benzene.xyz"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "- rotation: SU(2)",
            "- {}",
            f"water.yaml:8:5: an entry of symmetry is one of {_KINDS}; found none; write one of them",
        ),
        (
            "- rotation: SU(2)",
            "- {rotation: SU(2), inversion: {parity: 4}}",
            f"water.yaml:8:5: an entry of symmetry is one of {_KINDS}; found rotation and inversion; write one entry "
            "for each",
        ),
        (
            "- rotation: SU(2)",
            "- rotation: SU(2)\n  - rotation: SU(2)",
            "water.yaml:9:5: this symmetry repeats symmetry[0]; remove one of the two",
        ),
        (
            "- rotation: SU(2)",
            "- rotation: SU(2)\n  - mirror: {normal: x, parity: 4}\n  - mirror: {normal: [1, 0, 0], parity: 4}",
            "water.yaml:10:5: this symmetry repeats symmetry[1]; remove one of the two",
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
            '["(H1 H2)"]',
            '["(H1 H3)"]',
            'water.yaml:9:24: unknown site "H3"; did you mean "H2"? Known: H1, H2.',
        ),
        (
            '["(H1 H2)"]',
            '["(H1 H1)"]',
            'water.yaml:9:24: "H1" appears twice in one permutation; cycles are disjoint; write '
            "further permutations as further list entries",
        ),
        (
            '["(H1 H2)"]',
            '["(H1 H2)(H2 H1)"]',
            'water.yaml:9:28: "H2" appears twice in one permutation; cycles are disjoint; write '
            "further permutations as further list entries",
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
            "water.yaml:9:18: a named group needs its members, such as {group: S_2, on: [H1, H2]}",
        ),
        (
            '["(H1 H2)"]',
            "{group: dihedrall, on: [H1, H2]}",
            'water.yaml:9:26: unknown permutation group "dihedrall"; did you mean "dihedral"? Known: S_n, '
            "A_n, C_n, D_n, symmetric, alternating, cyclic, dihedral.",
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
            "{group: S_2, on: sits}",
            'water.yaml:9:35: on is all, sites, qubits, or a list of members; found "sits"',
        ),
        (
            '["(H1 H2)"]',
            "{group: S_3, on: all}",
            "water.yaml:9:26: S_3 permutes 3 members; found 2",
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: [[H1, H2]]}",
            "water.yaml:9:36: a member is a site or a qubit; found a list, which only a product of groups takes",
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


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (
            "{group: S_2 wr S_2, on: [0, 1]}",
            "9:42: a wreath product needs blocks of equally many members, such as [[A, B], [C, D]]",
        ),
        (
            "{group: S_2 wr S_2, on: [[0, 1], [2]]}",
            f"9:51: the first block has 2 members, this one 1; {_BLOCKS}",
        ),
        ("{group: S_2 wr S_3, on: [[0, 1], [2, 3]]}", "9:26: S_3 permutes 3 members; found 2"),
        (
            "{group: S_2 wr S_2 wr S_2, on: [[0, 1], [2, 3]]}",
            '9:26: a wreath product has two groups, such as "S_2 wr S_3"',
        ),
        (
            "{group: S_2 wr X, on: [[0, 1], [2, 3]]}",
            '9:26: unknown permutation group "X". Known: S_n, A_n, C_n, D_n, symmetric, alternating, cyclic, dihedral.',
        ),
        (
            "{group: S_2 wr S_2, on: [[0, 1], [2, 7]]}",
            "9:55: qubit 7 is outside the register; qubits are 0 to 4",
        ),
        ("{group: S_2 wr S_2, on: all}", "9:26: this product permutes 4 members; found 2"),
        ("{group: S_2 wr S_n, on: all}", "9:26: write the numbers, such as S_2 wr S_3, or list the members"),
        ("{group: S_2 x S_2, on: [[0, 1], 2]}", "9:50: a list of members is needed here; found 2"),
        (
            "{group: S_2 x S_2, on: [[0, 1]]}",
            "9:41: the product has 2 factors; found 1 lists; write one list of members for each",
        ),
        ("{group: S_2 x S_2, on: [[0, 1], [1, 2]]}", "9:51: qubit 1 is listed twice; name it once"),
        (
            "{group: S_2, on: [0, 1], carry: [[2], [3]]}",
            "9:26: carry goes with one wreath product, whose blocks the members follow",
        ),
        (
            '{cycles: "(0 1)", on: qubits, carry: [[1]]}',
            "9:55: carry goes with a wreath product; in cycles write every member",
        ),
        (
            "{group: S_2 wr S_2, on: all, carry: [[0]]}",
            f"9:26: with carry, {_BLOCKS}",
        ),
        (
            "{group: S_2 wr S_2, on: [[0, 1], [2, 3]], carry: [[4]]}",
            "9:67: there are 2 blocks; found 1 lists; write for each block the members that follow it",
        ),
        (
            "{group: S_2 wr S_2, on: [[0, 1], [2, 3]], carry: [4, 5]}",
            "9:67: a wreath product needs blocks of equally many members, such as [[A, B], [C, D]]",
        ),
        (
            "{group: S_2 wr S_2, on: [[0, 1], [2, 3]], carry: [[0], [4]]}",
            "9:69: qubit 0 is listed twice; name it once",
        ),
    ],
)
def test_products(refused: Callable[[str, str], str], form: str, message: str) -> None:
    """Wreath products come with blocks, direct products with one list for each factor."""
    assert refused('["(H1 H2)"]', form) == f"water.yaml:{message}"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "graph: {}",
            f"9:12: a graph has neither edges nor a file; {_EDGES}",
        ),
        (
            "graph: {edges: [[H1, H2]], file: x.xyz}",
            f"9:12: a graph has both edges and a file; {_EDGES}",
        ),
        (
            "graph: {edges: []}",
            f"9:20: the graph has no edges; {_EDGES}",
        ),
        ("graph: {edges: [[H1, H3]]}", '9:26: unknown site "H3"; did you mean "H2"? Known: H1, H2.'),
        ("graph: {edges: [[0, 5]]}", "9:25: qubit 5 is outside the register; qubits are 0 to 4"),
        (
            "graph: {edges: [[H1, 0]]}",
            "9:26: a member is the name of a site, or all members are qubits; found 0",
        ),
        ("graph: {edges: [[H1, [H2]]]}", "9:26: a node is a site or a qubit; found a list"),
        ("graph: {edges: [[H1, H1]]}", "9:21: this edge joins H1 to itself; give H1 a colour instead"),
        (
            "graph: {edges: [[H1, H2], [H2, H1]]}",
            "9:31: H2 and H1 are joined twice; give the edge a colour instead",
        ),
        ("graph: {edges: [[H1]]}", "9:21: an edge is [a, b] or [a, b, color]; found 1 entries"),
        ("graph: {edges: [[H1, H2, [1]]]}", "9:30: a colour is a word or a number; found a list"),
        (
            "graph: {edges: [[H1, H2]], colors: {H3: red}}",
            '9:41: unknown node "H3"; did you mean "H2"? Known: H1, H2.',
        ),
        (
            "graph: {edges: [[H1, H2]], colors: {H1: [1]}}",
            "9:45: a colour is a word or a number; found a list",
        ),
        (
            "graph: {edges: [[H1, H2]], on: all}",
            "9:32: on goes with a file; edges name their nodes, and their colour as [a, b, color]",
        ),
        (
            "graph: {edges: [[H1, H2]], color: x}",
            "9:32: color goes with a file; edges name their nodes, and their colour as [a, b, color]",
        ),
        (
            "graph: {file: no_such_file.xyz}",
            '9:19: no such file "no_such_file.xyz"; paths are relative to the spec',
        ),
        ("graph: {edges: 3}", "9:20: symmetry[1].graph.edges must be a list such as [[H1, H2]]; found 3"),
        ("lattice: {}", '9:14: missing key "shape" in symmetry[1].lattice; add a line such as shape: [2, 2]'),
        ("lattice: {shape: 2}", "9:22: symmetry[1].lattice.shape must be a list such as [2, 2]; found 2"),
        ("lattice: {shape: []}", "9:22: symmetry[1].lattice.shape is empty; it needs at least one entry"),
        (
            "lattice: {shape: [2], periodic: no}",
            '9:37: symmetry[1].lattice.periodic must be true or false such as false; found "no"',
        ),
        ("lattice: {shape: [0]}", "9:14: the shape of a grid is a list of lengths such as [3, 4]; found [0]"),
        ("lattice: {shape: [3]}", "9:22: a grid of 3 has 3 points; found 2 sites"),
        (
            "lattice: {shape: [2, 3], on: qubits}",
            "9:22: a grid of 2 x 3 has 6 points; found 4 qubits without the parity qubit 4",
        ),
        (
            "lattice: {shape: [2], group: p5}",
            '9:34: unknown lattice group "p5"; did you mean "p4"? Known: translations, p1, dihedral, p2, pmm, p4, p4m.',
        ),
        ("lattice: {shape: [2], group: p4m}", "9:14: p4m is a group of grids with 2 axes; found 1"),
        (
            "lattice: {shape: [1, 2], group: p4}",
            "9:14: p4 turns rows into columns and needs a square grid; found 1 x 2",
        ),
        (
            "lattice: {shape: [2], periodic: false}",
            "9:14: an open grid has no translations; choose a group other than translations",
        ),
        ("lattice: {shape: [2], on: []}", "9:31: on is empty; name the members or remove the key"),
    ],
)
def test_graphs_and_grids(refused: Callable[[str, str], str], entry: str, message: str) -> None:
    """A graph is on members that exist; a grid has as many points as there are members."""
    assert refused('permutation: ["(H1 H2)"]', entry) == f"water.yaml:{message}"


@pytest.mark.parametrize("entry", ["graph: {edges: [[H1, H2]]}", "lattice: {shape: [2]}"])
def test_graphs_and_grids_exchange_sites_of_one_kind(refused: Callable[[str, str], str], entry: str) -> None:
    message = refused(
        'H2: [1, 3]}\n  scales: {alpha: [H1, H2]}\nsymmetry:\n  - rotation: SU(2)\n  - permutation: ["(H1 H2)"]',
        f"H2: [1]}}\n  scales: {{alpha: [H1, H2]}}\nsymmetry:\n  - rotation: SU(2)\n  - {entry}",
    )
    assert message.endswith(
        '"H1" and "H2" cannot be exchanged: they have 2 and 1 qubits; encode both on equally many'
    )


def test_sites_where_there_are_none() -> None:
    with pytest.raises(SpecError) as caught:
        loads("{name: x, qubits: 2, symmetry: [{lattice: {shape: [2], on: sites}}]}")
    assert "this spec declares no sites; write on: qubits, or add data" in str(caught.value)
