"""Sound files that the edits start from: specs of every kind, and texts that come with the project."""

from functools import cache
from pathlib import Path

from campaign.catalogue import CATALOGUE
from campaign.fuzz.outcome import ROOT

EXCHANGE = "name: exchange\nqubits: 2\nsymmetry:\n  - permutation: ['(0 1)']\n"

TINY = """\
name: tiny
qubits: 2
data:
  sites: [Li, H]
  encode: {Li: [0], H: [1]}
symmetry:
  - rotation: SU(2)
state: singlets [[0, 1]]
observable: H(0,1)
ansatz:
  depth: 3
  blocks: 1
  layer: [H(0,1)]
"""

FORMS = (
    TINY,
    "name: parity\nqubits: 3\ndata: {sites: [A, B], encode: {A: [0], B: [1]}, scales: {a: [A], b: [B]}}\n"
    "symmetry:\n  - rotation: {group: O(3), parity: 2}\nstate: derive\nobservable: derive\n"
    "ansatz: {depth: 2, layer: {derive: {locality: 2}}}\n",
    "name: breaking\nqubits: 2\ndata: {sites: [A], encode: {derive: {copies: 2}}}\nsymmetry: [rotation: SU(2)]\n"
    "state: singlets [[0, 1]]\nobservable: 1/2*X0 X1 + 1/2*Y0 Y1 + 0.5*Z0 Z1\n"
    "ansatz: {depth: 1, blocks: 2, layer: ['H(0,1)'], symmetry_breaking: {generator: Z, start: 0.1}}\n",
    'name: kets\nqubits: 3\nsymmetry: [charge: Z0 + Z1 + Z2]\nstate: "|001> + |010> + |100>"\n'
    "observable: Z0 Z1\nansatz: {depth: 1, layer: [X0 X1 + Y0 Y1, Z2]}\n",
    "name: letters\nqubits: 4\nsymmetry:\n  - clifford: H 0 1; CX 0 1\n  - unitary: {name: u, factors: "
    '[X3, sqrt(2)/2*X2 + sqrt(2)/2*Z2]}\nstate: "|0+1->"\n',
    "name: colours\nqubits: 4\ndata: {sites: [A, B, C, D], encode: derive}\nsymmetry:\n"
    "  - graph: {edges: [[A, B], [B, C, heavy], [C, D]], colors: {A: red, B: red, C: blue}}\nstate: zeros\n",
    "name: wreath\nqubits: 6\ndata: {sites: [O1, H1, H2, O2, H3, H4], encode: derive}\nsymmetry:\n"
    "  - permutation: {group: S_2 wr S_2, on: [[H1, H2], [H3, H4]], carry: [[O1], [O2]]}\nstate: plus\n",
    "name: grid\nqubits: 4\nsymmetry:\n  - lattice: {shape: [2, 2], group: p4m, on: all, periodic: false}\n"
    "  - pauli: [X0 X1 X2 X3]\nobservable: {derive: {locality: 2}}\n",
    "name: qubits\nqubits: 4\nsymmetry:\n  - rotation: {group: U(1), axis: [1, 2, 2], qubits: [0, 1]}\n"
    "  - permutation: {cycles: ['(0 1)(2 3)'], on: qubits, name: turn}\nstate: zeros\n",
    "name: turned\nqubits: 5\ndata: {sites: [A, B], encode: {A: [0, 2], B: [1, 3]}}\nsymmetry:\n"
    "  - inversion: {parity: 4}\n  - mirror: {normal: [1, 1, 0], parity: 4}\n  - rotation: C_2\nobservable: Z0 Z1\n",
    "name: third\nqubits: 2\nsymmetry:\n  - matrix: {qubits: [0], rows: [[1, 0], [0, exp(2*pi*i/3)]], name: third}\n"
    "state: zeros\nobservable: Z0\n",
)


HEAVY = ("benzene", "water_dimer")
"""Specs that each take seconds to verify."""


@cache
def spec_texts() -> tuple[str, ...]:
    """Specs of every kind: the catalogue of the campaign, the forms above, and the small examples."""
    folders = (ROOT / "examples", ROOT / "siqml" / "models")
    files = sorted(
        path for folder in folders for path in folder.glob("*.yaml") if not path.stem.startswith(HEAVY)
    )
    return (*(entry.spec_text for entry in CATALOGUE), *FORMS * 8, *(path.read_text() for path in files))


def sibling(path: str) -> Path:
    """A file of the project, by its path relative to the root."""
    return ROOT / path
