"""The recheck's own reader of specs finds the group that the product's reader finds, in another way."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import eqcompile as eq
from eqcompile.claims.evidence import group_evidence
from eqcompile.declaration.lift import symmetry_of
from eqcompile.recheck.files.declaration.spec_text import READERS, read_spec_text

Invariants = Callable[..., tuple[int, int]]

TWO = "data: {sites: [A, B], encode: {A: [0, 2], B: [1, 3]}}\n"
THREE = "data: {sites: [A, B, C], encode: {A: [0], B: [1], C: [2]}}\n"
TRIANGLE = "[[1, 0, 1], [-1/2, sqrt(3)/2, 1], [-1/2, -sqrt(3)/2, 1]]"
FOUR = "data: {sites: [A, B, C, D], encode: {A: [0], B: [1], C: [2], D: [3]}}\n"

ON_QUBITS = [
    "rotation: SU(2)",
    "rotation: U(1)",
    "rotation: {group: U(1), axis: [1, 1, 0]}",
    "rotation: {group: U(1), axis: [0, sqrt(3)/2, 1/2], qubits: [0, 2]}",
    "rotation: C_2",
    "rotation: {group: C_4, axis: [1, 1, 1]}",
    "rotation: {group: C_5, axis: y}",
    "rotation: {group: C7, axis: [0, 0, -1]}",
    "rotation: D_3",
    "rotation: {group: D_3, axis: [1, 2, 2]}",
    "rotation: {group: D_5, axis: x}",
    "rotation: T",
    "rotation: {group: T, axis: [1, 1, 0]}",
    "rotation: O",
    "rotation: I",
    "rotation: {group: O(3), parity: 2}",
    "rotation: {group: SU(2), qubits: [0, 1]}",
    "point_group: C3v",
    "point_group: {group: C3v, parity: 3}",
    "point_group: {group: C_4v, axis: [1, 1, 1], parity: 3}",
    "point_group: {group: C_3h, parity: 0}",
    "point_group: {group: Cs, parity: 0}",
    "point_group: {group: Ci, parity: 0}",
    "point_group: {group: S_6, parity: 0, axis: [0, 3, 4]}",
    "point_group: {group: D_2d, parity: 0}",
    "point_group: {group: D3h, parity: 0, axis: [0, 0, -2]}",
    "point_group: {group: Td, parity: 0}",
    "point_group: {group: Th, parity: 0}",
    "point_group: {group: O_h, parity: 0}",
    "point_group: {group: I_h, parity: 0}",
    "point_group: {group: T, moves: [0, 1, 2, 3], positions: [[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]}",
    "point_group: {group: C_2v, moves: [2, 0], positions: [[0, 3, 1], [0, -3, 1]], parity: 3}",
    "point_group: {group: D_2, axis: [0, 3, 4], moves: [1, 2, 3], positions: [[5, 0, 0], [-5, 0, 0], [0, 0, 0]]}",
    "motion: {axis: [1, 1, 1], turns: 1/3, cycles: (0 1 2)}",
    "motion: {axis: [1, -1, 0], turns: 0.5, improper: true, cycles: (0 1)(2 3)}",
    "motion: {turns: -7/8, cycles: (3 1), qubits: [0, 1, 3]}",
    "motion: {improper: true, cycles: (3 1), parity: 0}",
    "motion: {turns: 1, cycles: (0 1)}",
    "motion: {cycles: (0 1 2 3)}",
    "motion: {turns: 2/5, axis: x, qubits: [3, 1]}",
    "mirror: {normal: x, parity: 2}",
    "mirror: {normal: [1, -1, 0.5]}",
    'permutation: ["(0 1)(2 3)"]',
    'permutation: ["(0 1 2)", "(1 3)"]',
    "permutation: {cycles: (0 1), name: pair}",
    "permutation: {group: S_n, on: all}",
    "permutation: {group: A_4, on: qubits}",
    "permutation: {group: A_3, on: [0, 2, 3]}",
    "permutation: {group: cyclic, on: [3, 1, 0, 2]}",
    "permutation: {group: D_4, on: all}",
    "permutation: {group: S_2 wr S_2, on: [[0, 1], [2, 3]]}",
    "permutation: {group: S_2 wr S_2, on: all}",
    "permutation: {group: S_2 x S_2, on: [[0, 2], [1, 3]]}",
    "permutation: {group: S_2 x C_2, on: all}",
    "graph: {edges: [[0, 1], [1, 2], [2, 3], [3, 0]]}",
    "graph: {edges: [[0, 1], [1, 2, heavy], [2, 3], [3, 0, heavy]]}",
    "graph: {edges: [[0, 1], [1, 2], [2, 3], [3, 0]], colors: {0: red}}",
    "graph: {edges: [[0, 1], [0, 2], [0, 3]]}",
    "lattice: {shape: [4]}",
    "lattice: {shape: [4], group: dihedral}",
    "lattice: {shape: [4], group: dihedral, periodic: false}",
    "lattice: {shape: [2, 2], group: p4m}",
    "lattice: {shape: [2, 2], group: p4, periodic: false}",
    "lattice: {shape: [2, 2], group: pmm, periodic: false}",
    "lattice: {shape: [2, 2], group: p2, on: [3, 1, 2, 0]}",
    "pauli: X0 X1 X2 X3",
    "pauli: [X0 X1, Z0 Z1]",
    "charge: Z0 + Z1 - 2*Z2",
    "charge: X0 X1 + 0.5*Z2",
    "clifford: H 0 1; CX 0 1",
    "clifford: S 0; SX 1; SDG 2",
    "clifford: swap 0 1; CZ 1 2; ISWAP 2 3; Y 0",
    "unitary: {name: flips, factors: [X0, sqrt(2)/2*X1 + sqrt(2)/2*Z1]}",
    "matrix: {qubits: [0], rows: [[1, 0], [0, exp(2*pi*i/3)]]}",
    "matrix: {qubits: [2, 0], rows: [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, -1]]}",
    'matrix: {qubits: [1], rows: [["sqrt(2)/2", "-i*sqrt(2)/2"], ["-i*2**(-1/2)", cos(pi/4)]]}',
]
ON_SITES = [
    ("", 6, ["permutation: {group: S_2 wr C_2, on: [[0, 1], [2, 3]], carry: [[4], [5]]}"]),
    (TWO, 4, ["rotation: SU(2)", 'permutation: ["(A B)"]']),
    (TWO, 5, ["rotation: {group: O(3), parity: 4}"]),
    (TWO, 5, ["rotation: SU(2)", "inversion: {parity: 4}", 'permutation: ["(A B)"]']),
    (TWO, 4, ["rotation: {group: U(1), axis: [3, 0, 4], qubits: [0, 2]}"]),
    (TWO, 5, ["point_group: {group: C_4v, axis: [1, 2, 2], parity: 4}"]),
    (TWO, 5, ["point_group: {group: I_h, parity: 4}"]),
    (TWO, 5, ["point_group: {group: T_d, parity: 4, axis: [1, 0, 0]}"]),
    (TWO, 5, ["mirror: {normal: [1, 1, 1], parity: 4}", "rotation: C_3"]),
    (TWO, 4, ['permutation: {cycles: ["(0 2)(1 3)"], on: qubits}']),
    (TWO, 4, ['permutation: {cycles: ["(0 1)(2 3)"], on: qubits}', "rotation: D_3"]),
    (TWO, 5, ["pauli: Z4", "clifford: H 4"]),
    (THREE, 4, ["rotation: {group: D_4, axis: y}", "permutation: {group: S_3, on: [A, B, C]}"]),
    (THREE, 4, ["graph: {edges: [[A, B], [B, C]]}", "rotation: U(1)"]),
    (THREE, 3, ["permutation: {group: cyclic, on: sites}"]),
    (FOUR, 4, ["permutation: {group: S_2 wr S_2, on: [[A, B], [C, D]]}"]),
    (THREE, 4, [f"point_group: {{group: C3v, moves: [C, A, B], positions: {TRIANGLE}, parity: 3}}"]),
    (
        THREE,
        3,
        ["motion: {axis: y, turns: 1/4, cycles: (A C)}", "motion: {axis: x, turns: 1/2, cycles: (A B)}"],
    ),
    (TWO, 5, ["point_group: {group: C_i, moves: [A, B], positions: [[1, 2, 3], [-1, -2, -3]], parity: 4}"]),
    (TWO, 5, ["motion: {improper: true, turns: 1/2, cycles: (A B)}", 'permutation: ["(A B)"]']),
    (FOUR, 4, ["lattice: {shape: [2, 2], group: p4m}"]),
]
CATALOGUE = [("", 4, [entry]) for entry in ON_QUBITS] + ON_SITES


def spec_text(data: str, num_qubits: int, entries: list[str]) -> str:
    lines = "".join(f"  - {entry}\n" for entry in entries)
    return f"name: one\nqubits: {num_qubits}\n{data}symmetry:\n{lines}"


def products(text: str) -> object:
    """The group section that a certificate of the product has."""
    return json.loads(json.dumps(group_evidence(symmetry_of(eq.loads(text)))))


@pytest.mark.parametrize(("data", "num_qubits", "entries"), CATALOGUE, ids=lambda value: str(value))
def test_both_readers_find_the_same_group(
    data: str, num_qubits: int, entries: list[str], invariants: Invariants
) -> None:
    text = spec_text(data, num_qubits, entries)
    mine, theirs = read_spec_text(text, Path()).group, products(text)
    found = invariants(mine)
    assert found == invariants(theirs) == invariants(mine, theirs)


def test_the_catalogue_has_every_kind_of_entry() -> None:
    assert {entry.partition(":")[0] for _, _, entries in CATALOGUE for entry in entries} == set(READERS)
