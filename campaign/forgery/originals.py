"""Honest certificates of every kind, each with the files it is about."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

import eqcompile as eq

WATER = """\
name: water
qubits: 4
data: {sites: [H1, H2], encode: {H1: [0, 2], H2: [1, 3]}}
symmetry: [{rotation: SU(2)}, {permutation: ["(H1 H2)"]}]
state: singlets [[0, 1], [2, 3]]
observable: H(0,1)
ansatz: {depth: 2, layer: [LAYER]BREAKING}
"""

PAIR = """\
name: pair
qubits: 2
data: {sites: [A], encode: {A: [0]}}
symmetry: [{rotation: {group: U(1), axis: z}}]
state: "|00>"
observable: Z0 + Z1
ansatz: {depth: 1, layer: [Z0 Z1, "X0 X1 + Y0 Y1"]}
"""

GROUPS = {
    "exchange": "name: exchange\nqubits: 2\nsymmetry: [{permutation: ['(0 1)']}]\n",
    "spins": "name: spins\nqubits: 4\nsymmetry: [{rotation: SU(2)}, {permutation: ['(0 1)(2 3)']}]\n",
    "parity": "name: parity\nqubits: 2\nsymmetry: [{pauli: [Z0 Z1]}]\n",
    "charge": "name: charge\nqubits: 3\nsymmetry: [{charge: Z0 + Z1 + Z2}]\n",
    "mirror": "name: mirror\nqubits: 3\nsymmetry: [{rotation: C_2}, {mirror: {normal: x, parity: 2}}]\n",
    "trivial": "name: asym\nqubits: 6\nsymmetry:\n  - graph: {edges: [[0,1],[1,2],[2,3],[3,4],[1,5],[2,5]]}\n",
    "placed": "name: placed\nqubits: 2\ndata: {sites: [A, B], encode: {A: [0], B: [1]}}\n"
    "symmetry: [{permutation: ['(A B)']}]\nobservable: Z0 + Z1\n",
}
"""Specs that declare a group, some with sites and an observable."""

HEAD = """\
OPENQASM 3.0;
include "stdgates.inc";
gate rzz(a) x, y { cx x, y; rz(a) y; cx x, y; }
gate rxx(a) x, y { h x; h y; rzz(a) x, y; h x; h y; }
gate ryy(a) x, y { rx(pi/2) x; rx(pi/2) y; rzz(a) x, y; rx(-pi/2) x; rx(-pi/2) y; }
"""

CIRCUITS = {
    "heisenberg": (
        "spins", "circuit",
        "input float[64] a;\nqubit[4] q;\nrxx(a) q[0], q[1];\nryy(a) q[0], q[1];\nrzz(a) q[0], q[1];\n",
    ),
    "broken": ("spins", "circuit", "input float[64] w;\nqubit[4] q;\nrx(w) q[0];\ncx q[0], q[2];\n"),
    "flip": ("parity", "circuit", "input float[64] w;\nqubit[2] q;\nx q[0];\nrzz(w) q[0], q[1];\n"),
    "tied": ("exchange", "circuit", "input float[64] w;\nqubit[2] q;\nrx(w) q[0];\nrx(w) q[1];\ncz q[0], q[1];\n"),
    "rounded": ("exchange", "circuit", "qubit[2] q;\nrz(0.785398163397448) q[0];\nrz(0.785398163397448) q[1];\n"),
    "bell": ("exchange", "state", "qubit[2] q;\nh q[0];\ncx q[0], q[1];\n"),
    "one": ("exchange", "state", "qubit[2] q;\nx q[0];\n"),
    "hopping": ("charge", "circuit", "input float[64] a;\nqubit[3] q;\nrxx(a) q[0], q[1];\nryy(a) q[0], q[1];\n"),
    "any": ("trivial", "circuit", "qubit[6] q;\nh q[0];\n"),
    "sites": (
        "placed", "model",
        "input float[64] A_x;\ninput float[64] B_x;\ninput float[64] w;\nqubit[2] q;\nrx(A_x) q[0];\nrx(B_x) q[1];\n"
        "rz(w) q[0];\nrz(w) q[1];\n",
    ),
}  # fmt: skip
"""The spec, what is claimed, and the gates."""

LAYER = "H(0,1), H(2,3), 'H(1,2) + H(0,3)'"
MODELS = {
    "model": (LAYER, ""),
    "untied": ("H(0,1), H(2,3), 'H(1,2)'", ""),
    "breaking": (LAYER, ", symmetry_breaking: {generator: 'H(0,2)', start: 0.1}"),
    "field": (LAYER, ", symmetry_breaking: {generator: Z, start: 0.1}"),
}
"""The gates of a layer, and what breaks the symmetry."""

OPERATORS = {"allowed": ("spins", "H(0,1)"), "forbidden": ("spins", "H(1,2)"), "turned": ("mirror", "Y0 X2")}


@dataclass(frozen=True)
class Original:
    """One certificate.

    Attributes:
        name: name of the kind.
        text: the certificate as JSON.
        spec: the file with the spec.
        circuit: the file with the circuit, if the certificate is about one.
    """

    name: str
    text: str
    spec: Path
    circuit: Path | None = None


def names() -> tuple[str, ...]:
    """Names of all kinds."""
    return (*MODELS, *OPERATORS, *CIRCUITS, *SPECIAL)


@cache
def original(name: str) -> Original:
    """The certificate of a kind, made when it is asked for, with its files in a folder of their own."""
    folder = Path(mkdtemp(prefix="forgery-"))
    if name in MODELS:
        layer, breaking = MODELS[name]
        spec = _written(folder / "water.yaml", WATER.replace("LAYER", layer).replace("BREAKING", breaking))
        return Original(name, eq.verify(eq.load(spec)).to_json(), spec)
    if name in OPERATORS:
        group, text = OPERATORS[name]
        spec = _written(folder / f"{group}.yaml", GROUPS[group])
        loaded = eq.load(spec)
        return Original(name, eq.verify(eq.PauliSum.parse(text, loaded.qubits), loaded).to_json(), spec)
    return SPECIAL[name](folder) if name in SPECIAL else _of_circuit(name, folder, *CIRCUITS[name])


def _of_circuit(name: str, folder: Path, group: str, what: str, gates: str, strict: bool = False) -> Original:
    spec = _written(folder / f"{group}.yaml", GROUPS[group])
    circuit = _written(folder / f"{name}.qasm", HEAD + gates)
    certificate = eq.verify(circuit, eq.load(spec), what=what, strict=strict)
    return Original(name, certificate.to_json(), spec, circuit)


def _strict(folder: Path) -> Original:
    return _of_circuit("strict", folder, *CIRCUITS["flip"], strict=True)


def _sectors(folder: Path) -> Original:
    """The weights of a state that is not invariant."""
    text = GROUPS["spins"] + 'state: "|0101> + |0011>"\n'
    spec = _written(folder / "spins.yaml", text)
    return Original("sectors", eq.verify(eq.load(spec), sectors=True).to_json(), spec)


def _recertified(folder: Path, lost: bool) -> Original:
    """A circuit of a model on a device. With one gate lost it is another model."""
    from qiskit import qpy

    spec = _written(folder / "pair.yaml", PAIR)
    program = eq.compile(eq.load(spec))
    circuit = program.to_qiskit(backend="generic_2", optimization_level=0)
    certificate = circuit.certificate
    if lost:
        weight = next(p for p in circuit.parameters if p.name.startswith("w_0_0_1"))
        circuit = circuit.copy()
        circuit.assign_parameters({weight: 0.0}, inplace=True)
        certificate = program.recertify(circuit)
    path = folder / "on_device.qpy"
    with open(path, "wb") as file:
        qpy.dump(circuit, file)
    about = replace(certificate, target_sha256=sha256(path.read_bytes()).hexdigest())
    return Original("another" if lost else "transpiled", about.to_json(), spec, path)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


SPECIAL: dict[str, Callable[[Path], Original]] = {
    "strict": _strict,
    "transpiled": lambda folder: _recertified(folder, lost=False),
    "another": lambda folder: _recertified(folder, lost=True),
    "sectors": _sectors,
}
