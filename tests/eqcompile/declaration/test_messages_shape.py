"""Every message about the shape of a spec, word for word: keys, kinds and limits."""

from collections.abc import Callable

import pytest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "name: water",
            "nam: water",
            'water.yaml:1:1: unknown key "nam"; did you mean "name"? Known: ansatz, data, name, '
            "observable, qubits, state, symmetry.",
        ),
        (
            "qubits: 5",
            "qubit: 5",
            'water.yaml:2:1: unknown key "qubit"; did you mean "qubits"? Known: ansatz, data, name, '
            "observable, qubits, state, symmetry.",
        ),
        (
            "depth: 11",
            "depht: 11",
            'water.yaml:14:3: unknown key "depht" in ansatz; did you mean "depth"? Known: blocks, depth, '
            "layer, symmetry_breaking.",
        ),
        (
            "start: 0.1",
            "strat: 1",
            'water.yaml:17:37: unknown key "strat" in ansatz.symmetry_breaking; did you mean "start"? '
            "Known: generator, start.",
        ),
        (
            "rotation:",
            "rotatoin:",
            'water.yaml:8:5: unknown key "rotatoin" in symmetry[0]; did you mean "rotation"? Known: charge, clifford, '
            "graph, inversion, lattice, matrix, mirror, motion, pauli, permutation, point_group, rotation, unitary.",
        ),
        (
            "rotation: SU(2)",
            "rotation: {group: SU(2), qubit: [0]}",
            'water.yaml:8:30: unknown key "qubit" in symmetry[0].rotation; did you mean "qubits"? Known: '
            "axis, group, parity, qubits.",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "{singlet: []}",
            'water.yaml:11:9: unknown key "singlet" in state; did you mean "singlets"? Known: singlets.',
        ),
        (
            "sites:",
            "places:",
            'water.yaml:4:3: unknown key "places" in data; did you mean "scales"? Known: encode, scales, '
            "sites.",
        ),
    ],
)
def test_wrong_key(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """An unknown key is named, with the nearest known one, before the key that is missing."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "name: water\n",
            "",
            'water.yaml:1:1: missing key "name"; add a line such as name: water',
        ),
        (
            "qubits: 5\n",
            "",
            'water.yaml:1:1: missing key "qubits"; add a line such as qubits: 4',
        ),
        (
            "  depth: 11\n",
            "",
            'water.yaml:14:3: missing key "depth" in ansatz; add a line such as depth: 11',
        ),
        (
            ", start: 0.1",
            "",
            'water.yaml:17:22: missing key "start" in ansatz.symmetry_breaking; add a line such as start: '
            "0.1",
        ),
        (
            "rotation: SU(2)",
            "rotation: {qubits: [0]}",
            'water.yaml:8:15: missing key "group" in symmetry[0].rotation; add a line such as group: SU(2)',
        ),
        (
            "  sites: [H1, H2]\n",
            "",
            'water.yaml:4:3: missing key "sites" in data; add a line such as sites: [H1, H2]',
        ),
    ],
)
def test_missing_key(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """A missing key comes with a line to add."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "name: water",
            "name:",
            "water.yaml:1:1: name has no value; give it one or remove the key",
        ),
        (
            "state: singlets [[0, 1], [2, 3]]",
            "state:",
            "water.yaml:11:1: state has no value; give it one or remove the key",
        ),
        (
            "rotation: SU(2)",
            "rotation:",
            "water.yaml:8:5: symmetry[0].rotation has no value; give it one or remove the key",
        ),
        (
            "- rotation: SU(2)",
            "-",
            "water.yaml:8:4: symmetry[0] must be a mapping such as {rotation: SU(2)}; found nothing",
        ),
        (
            "{parity: 4}",
            "{parity: }",
            "water.yaml:10:17: symmetry[2].inversion.parity has no value; give it one or remove the key",
        ),
        (
            "[H1, H2]",
            "[]",
            "water.yaml:4:10: data.sites is empty; it needs at least one entry",
        ),
        (
            'symmetry:\n  - rotation: SU(2)\n  - permutation: ["(H1 H2)"]\n  - inversion: {parity: 4}',
            "symmetry: []",
            "water.yaml:7:11: symmetry is empty; it needs at least one entry",
        ),
    ],
)
def test_empty_value(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """A key with nothing after it is a mistake, not a default."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "name: water",
            "name: 7",
            "water.yaml:1:7: name must be text such as water; found 7",
        ),
        (
            "qubits: 5",
            "qubits: five",
            'water.yaml:2:9: qubits must be a whole number such as 4; found "five"',
        ),
        (
            "qubits: 5",
            "qubits: 5.0",
            "water.yaml:2:9: qubits must be a whole number such as 4; found 5.0",
        ),
        (
            "qubits: 5",
            "qubits: true",
            "water.yaml:2:9: qubits must be a whole number such as 4; found true",
        ),
        (
            "qubits: 5",
            "qubits: 999999999999999999999999999999999999999999999999999999999999",
            "water.yaml:2:9: qubits must be a whole number such as 4; found "
            '"9999999999999999999999999999999999999999..."',
        ),
        (
            "[H1, H2]",
            "H1",
            'water.yaml:4:10: data.sites must be a list such as [H1, H2]; found "H1"',
        ),
        (
            "[H1, H2]",
            "[H1, 2]",
            "water.yaml:4:15: data.sites[1] must be text such as H2; found 2",
        ),
        (
            "{H1: [0, 2], H2: [1, 3]}",
            "[1]",
            "water.yaml:5:11: data.encode must be the qubits of each site, such as {H1: [0, 2], H2: [1, 3]}, or "
            "derive; found a list",
        ),
        (
            "H2: [1, 3]",
            "H2: 1",
            "water.yaml:5:28: data.encode.H2 must be a list; found 1",
        ),
        (
            "{alpha: [H1, H2]}",
            "[a]",
            "water.yaml:6:11: data.scales must be a mapping such as {alpha_O: [O1, O2], alpha_H: [H1, "
            "H2]}; found a list",
        ),
        (
            "rotation: SU(2)",
            "rotation: 3",
            "water.yaml:8:15: symmetry[0].rotation must be a group such as SU(2), or a mapping such as "
            "{group: C_4, axis: z}; found 3",
        ),
        (
            "rotation: SU(2)",
            "rotation: [SU(2)]",
            "water.yaml:8:15: symmetry[0].rotation must be a group such as SU(2), or a mapping such as "
            "{group: C_4, axis: z}; found a list",
        ),
        (
            "- rotation: SU(2)",
            "- SU(2)",
            'water.yaml:8:5: symmetry[0] must be a mapping such as {rotation: SU(2)}; found "SU(2)"',
        ),
        (
            '["(H1 H2)"]',
            "3",
            'water.yaml:9:18: symmetry[1].permutation must be a list of cycles such as ["(H1 H2)"] or a '
            "mapping such as {group: S_2, on: [H1, H2]}; found 3",
        ),
        (
            '["(H1 H2)"]',
            "[3]",
            "water.yaml:9:19: symmetry[1].permutation[0] must be text such as (H1 H2); found 3",
        ),
        (
            '["(H1 H2)"]',
            "{cycles: 3}",
            'water.yaml:9:27: symmetry[1].permutation.cycles must be a list of cycles such as ["(H1 '
            'H2)"]; found 3',
        ),
        (
            '["(H1 H2)"]',
            "{group: S_2, on: 3}",
            "water.yaml:9:35: symmetry[1].permutation.on must be all, sites, qubits, or a list of their names; "
            "found 3",
        ),
        (
            "{parity: 4}",
            "1",
            "water.yaml:10:16: symmetry[2].inversion must be a mapping such as {parity: 4}; found 1",
        ),
        (
            "{parity: 4}",
            "{parity: four}",
            'water.yaml:10:25: symmetry[2].inversion.parity must be a whole number such as 4; found "four"',
        ),
        (
            "{parity: 4}",
            "no",
            'water.yaml:10:16: symmetry[2].inversion must be a mapping such as {parity: 4}; found "no"',
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "3",
            'water.yaml:11:8: state must be singlets [[0, 1], [2, 3]], kets such as "|01> - |10>", zeros, '
            "plus, or derive; found 3",
        ),
        (
            "singlets [[0, 1], [2, 3]]",
            "{singlets: [[0, a]]}",
            'water.yaml:11:24: state.singlets[0][1] must be a whole number such as 1; found "a"',
        ),
        (
            "observable: H(0,1)",
            "observable: 3",
            "water.yaml:12:13: observable must be an operator such as H(0,1), or derive; found 3",
        ),
        (
            "H(2,3),",
            "3,",
            "water.yaml:16:19: ansatz.layer[1] must be text such as H(2,3); found 3",
        ),
        (
            "[H(0,1), H(2,3), H(1,2) + H(0,3)]",
            "H(0,1)",
            "water.yaml:16:10: ansatz.layer must be a list of operators such as [H(0,1), H(2,3)] or "
            '{derive: {locality: 2}}; found "H(0,1)"',
        ),
        (
            "{generator: Z, start: 0.1}",
            "Z",
            "water.yaml:17:22: ansatz.symmetry_breaking must be a mapping such as {generator: Z, start: "
            '0.1}; found "Z"',
        ),
        (
            "start: 0.1",
            "start: [1]",
            "water.yaml:17:44: ansatz.symmetry_breaking.start must be a number such as 0.1 or an "
            "expression such as 1/10; found a list",
        ),
        (
            "start: 0.1",
            "start: true",
            "water.yaml:17:44: ansatz.symmetry_breaking.start must be a number such as 0.1 or an "
            "expression such as 1/10; found true",
        ),
    ],
)
def test_wrong_kind(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """What was found, what is needed, and an example."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "qubits: 5",
            "qubits: 0",
            "water.yaml:2:9: qubits must be at least 1; found 0",
        ),
        (
            "qubits: 5",
            "qubits: 1001",
            "water.yaml:2:9: qubits is limited to 1000; found 1001",
        ),
        (
            "depth: 11",
            "depth: 0",
            "water.yaml:14:10: ansatz.depth must be at least 1; found 0",
        ),
        (
            "depth: 11",
            "depth: 1001",
            "water.yaml:14:10: ansatz.depth is limited to 1000; found 1001",
        ),
        (
            "blocks: 2",
            "blocks: 0",
            "water.yaml:15:11: ansatz.blocks must be at least 1; found 0",
        ),
        (
            "blocks: 2",
            "blocks: 101",
            "water.yaml:15:11: ansatz.blocks is limited to 100; found 101",
        ),
        (
            "name: water",
            "name: " + "x" * 101,
            "water.yaml:1:7: name is limited to 100 characters; found 101",
        ),
        (
            "[H(0,1), H(2,3), H(1,2) + H(0,3)]",
            "[" + "H(0,1), " * 1001 + "]",
            "water.yaml:16:10: ansatz.layer is limited to 1000 entries; found 1001",
        ),
        (
            "[H(0,1), H(2,3), H(1,2) + H(0,3)]",
            "[]",
            "water.yaml:16:10: ansatz.layer is empty; it needs at least one entry",
        ),
    ],
)
def test_limit(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Limits are stated, and hold on both sides."""
    assert refused(old, new) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "name: water",
            "name: a b",
            'water.yaml:1:7: name must begin with a letter or digit and go on with letters, digits, "_", '
            '"." or "-"; found "a b"',
        ),
        (
            "name: water",
            "name: ../water",
            'water.yaml:1:7: name must begin with a letter or digit and go on with letters, digits, "_", '
            '"." or "-"; found "../water"',
        ),
        (
            "[H1, H2]",
            "[H1, H 2]",
            "water.yaml:4:15: data.sites[1] must begin with a letter and go on with letters, digits or "
            '"_"; found "H 2"',
        ),
        (
            "[H1, H2]",
            "[H1, 2H]",
            "water.yaml:4:15: data.sites[1] must begin with a letter and go on with letters, digits or "
            '"_"; found "2H"',
        ),
        (
            "{alpha: [H1, H2]}",
            "{a b: [H1, H2]}",
            'water.yaml:6:12: scale name "a b" must begin with a letter and go on with letters, digits or '
            '"_"',
        ),
        (
            "{alpha: [H1, H2]}",
            "{eps_0: [H1, H2]}",
            'water.yaml:6:12: scale name "eps_0" is the name of a trainable weight; choose another, such '
            "as alpha",
        ),
        (
            "{alpha: [H1, H2]}",
            "{w_0_1_2: [H1, H2]}",
            'water.yaml:6:12: scale name "w_0_1_2" is the name of a trainable weight; choose another, '
            "such as alpha",
        ),
        (
            "{alpha: [H1, H2]}",
            "{H1_x: [H1, H2]}",
            'water.yaml:6:12: scale name "H1_x" is the name of a data parameter of site "H1"; choose '
            "another, such as alpha",
        ),
    ],
)
def test_name(refused: Callable[[str, str], str], old: str, new: str, message: str) -> None:
    """Names become file names and parameter names."""
    assert refused(old, new) == message
