"""`recheck --spec --circuit`: true certificates are confirmed for their files, forged ones are not."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.circuit import ControlledGate, Parameter
from qiskit.circuit.library import RYGate, XGate

import eqcompile as eq
from eqcompile.face.comparison import recheck_files
from eqcompile.recheck.decide import Recheck, summary
from eqcompile.recheck.files.circuit import circuit_file
from eqcompile.recheck.files.circuit.circuit_text import read_circuit
from eqcompile.recheck.files.declaration import spec_text
from eqcompile.recheck.files.unread import UnreadError

ROOT = Path(__file__).parents[4]
SPECS = sorted([*(ROOT / "examples").glob("*.yaml"), *(ROOT / "siqml" / "models").glob("*.yaml")])

WATER = """\
name: water
qubits: 4
data: {sites: [H1, H2], encode: {H1: [0, 2], H2: [1, 3]}}
symmetry: [{rotation: SU(2)}, {permutation: ["(H1 H2)"]}]
state: singlets [[0, 1], [2, 3]]
observable: H(0,1)
ansatz: {depth: 2, layer: ["H(0,1)", "H(2,3)", "LAST"]}
"""
SHALLOW = WATER.replace("LAST", "H(1,2) + H(0,3)").replace("depth: 2", "depth: 1")
PAIRS = "name: s\nqubits: 4\nsymmetry: [{rotation: SU(2)}, {permutation: ['(0 1)(2 3)']}]\n"

Body = dict[str, Any]


def forged(text: str, change: Callable[[Body], None]) -> str:
    """A certificate that was changed on purpose, with a digest that fits."""
    body = json.loads(text)
    change(body)
    body.pop("digest")
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(body | {"digest": hashlib.sha256(canonical.encode()).hexdigest()})


def all_proven(body: Body) -> None:
    body["verdict"] = "proven"
    for finding in body["findings"]:
        finding |= {"verdict": "proven", "counterexample": None}
        if finding["claim"] == "equivariant circuit":
            finding["character"] = ["0" if "T_" in finding["subject"] else "1"]


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def written_qpy(folder: Path, name: str, circuit: QuantumCircuit) -> Path:
    path = folder / name
    with path.open("wb") as file:
        qpy.dump(circuit, file)
    return path


def is_of_the_files(result: Recheck) -> bool:
    return bool(result) and ", as the given files have it (seed " in summary(result)[-1]


@pytest.mark.parametrize(
    ("what", "words"),
    [("state", "is proven, as a state, under (0 1), as the"), ("circuit", "is refused under (0 1), as the")],
)
def test_the_last_line_names_the_claim(what: str, words: str, tmp_path: Path) -> None:
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    spec = written(tmp_path, "s.yaml", 'name: s\nqubits: 2\nsymmetry: [permutation: ["(0 1)"]]\n')
    path = written_qpy(tmp_path, "c.qpy", circuit)
    certificate = eq.verify(str(path), eq.load(spec), what=what)
    assert words in summary(recheck_files(certificate.to_json(), 1, spec, path))[-1]


def test_an_entry_that_stands_twice() -> None:
    text = eq.verify(eq.PauliSum.parse("Z0", 1), eq.U1(1)).to_json()
    assert recheck_files(text, 1)
    twice = text.replace('"verdict":', '"verdict": "refused", "verdict":', 1)
    assert json.loads(twice) == json.loads(text), "Python takes the last one, other readers the first"
    with pytest.raises(eq.EqcompileError, match='"verdict" stands twice in one object'):
        recheck_files(twice, 1)


@pytest.mark.parametrize("honest", [True, False])
def test_a_controlled_gate_is_read_by_its_definition(honest: bool, tmp_path: Path) -> None:
    """A QPY file also contains the base of a gate, and the two may differ; the definition is what runs."""
    definition = QuantumCircuit(3)
    definition.ccx(0, 1, 2)
    if not honest:
        definition.t(0)
    gate = ControlledGate("cc", 3, [], num_ctrl_qubits=2, definition=definition, base_gate=XGate())
    circuit = QuantumCircuit(3)
    circuit.append(gate, [0, 1, 2])
    circuit.append(RYGate(Parameter("t")).control(2, annotated=False), [0, 1, 2])
    spec = written(tmp_path, "s.yaml", 'name: s\nqubits: 3\nsymmetry: [permutation: ["(0 1)"]]\n')
    path = written_qpy(tmp_path, "c.qpy", circuit)
    certificate = eq.verify(str(path), eq.load(spec))
    assert certificate.verdict == ("proven" if honest else "refused")
    assert is_of_the_files(recheck_files(certificate.to_json(), 1, spec, path)) == honest
    proven = forged(certificate.to_json(), all_proven)
    assert bool(recheck_files(proven, 1, spec, path)) == honest


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_shipped_spec_is_confirmed(path: Path) -> None:
    assert is_of_the_files(recheck_files(eq.verify(eq.load(path)).to_json(), 1, path))


def confirm_model(spec: Path, form: str, folder: Path) -> None:
    circuit = eq.compile(eq.load(spec)).to_qiskit(form)
    if form == "angles":
        path = written(folder, "model.qasm", qasm3.dumps(circuit))
    else:
        path = written_qpy(folder, "model.qpy", circuit)
    certificate = eq.verify(str(path), eq.load(spec), what="model")
    assert is_of_the_files(recheck_files(certificate.to_json(), 1, spec, path))


@pytest.mark.parametrize("form", ["angles", "positions", "vectors"])
def test_circuits_of_a_model_are_confirmed(form: str, tmp_path: Path) -> None:
    confirm_model(written(tmp_path, "water.yaml", SHALLOW), form, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["examples/c3v.yaml", "siqml/models/water.yaml", "siqml/models/lih.yaml"])
@pytest.mark.parametrize("form", ["angles", "positions", "vectors"])
def test_circuits_of_shipped_models_are_confirmed(name: str, form: str, tmp_path: Path) -> None:
    confirm_model(ROOT / name, form, tmp_path)


def test_a_transpiled_circuit_is_confirmed(tmp_path: Path) -> None:
    """Routed on a line, with an ancilla, in the gates of the device."""
    spec = written(tmp_path, "water.yaml", SHALLOW)
    circuit = eq.compile(eq.load(spec)).to_qiskit(backend="fake_manila")
    path = written_qpy(tmp_path, "placed.qpy", circuit)
    certificate = eq.verify(str(path), eq.load(spec), what="model")
    result = recheck_files(certificate.to_json(), 1, spec, path)
    assert is_of_the_files(result)
    assert read_circuit(path, ()).num_qubits in (4, 5)


def test_coordinates_by_other_names(tmp_path: Path) -> None:
    """The mapping is part of the claim; the names must exist."""
    spec = written(
        tmp_path, "one.yaml",
        "{name: one, qubits: 1, data: {sites: [A], encode: {A: [0]}}, symmetry: [{rotation: {group: U(1)}}]}",
    )  # fmt: skip
    circuit = QuantumCircuit(1)
    circuit.rz(2 * Parameter("theta"), 0)
    path = written(tmp_path, "one.qasm", qasm3.dumps(circuit))
    text = eq.verify(str(path), eq.load(spec), data={"theta": ("A", "z")}).to_json()
    assert is_of_the_files(recheck_files(text, 1, spec, path))

    def other_name(body: Body) -> None:
        body["target_data"]["data"] = [["phi", 0, 2]]

    def no_name(body: Body) -> None:
        body["target_data"]["data"] = []

    result = recheck_files(forged(text, other_name), 1, spec, path)
    assert (
        'recheck does not read a coordinate "phi", which the circuit does not have, itself'
        in result.problems[-1]
    )
    usual = written(tmp_path, "usual.qasm", qasm3.dumps(circuit.assign_parameters([Parameter("A_z")])))
    text = eq.verify(str(usual), eq.load(spec)).to_json()
    assert is_of_the_files(recheck_files(text, 1, spec, usual))
    result = recheck_files(forged(text, no_name), 1, spec, usual)
    assert not result.confirmed
    assert 'the parameter "A_z" as the certificate takes it' in result.problems[-1]


def test_a_refused_layer_cannot_be_left_out(tmp_path: Path) -> None:
    """The finding and its demand are deleted, and the number of layers is lowered."""
    spec = written(tmp_path, "wrong.yaml", WATER.replace("LAST", "H(1,2)"))
    text = eq.verify(eq.load(spec)).to_json()

    def change(body: Body) -> None:
        body["findings"] = [f for f in body["findings"] if f["key"] != "layer[2]"]
        body["demanded"].remove("layer[2]")
        body["target_data"]["layers"] = 2
        all_proven(body)

    result = recheck_files(forged(text, change), 1, spec)
    assert not result.confirmed
    assert "the certificate has another 'layers' than the file" in result.problems


@pytest.mark.parametrize("operations", ["empty", "another"])
def test_the_gates_of_the_file_are_decided_about(operations: str, tmp_path: Path) -> None:
    spec = written(tmp_path, "sym.yaml", PAIRS)
    circuit = QuantumCircuit(4)
    circuit.rx(Parameter("w"), 0)
    circuit.cx(0, 2)
    path = written(tmp_path, "bad.qasm", qasm3.dumps(circuit))
    text = eq.verify(str(path), eq.load(spec)).to_json()

    def change(body: Body) -> None:
        other = [["unitary", "1/2*(1 + H(0,1))"]]
        body["target_data"]["operations"] = [] if operations == "empty" else other
        all_proven(body)

    result = recheck_files(forged(text, change), 1, spec, path)
    assert not result.confirmed
    assert {check.outcome for check in result.checks} == {"CONTRADICTED"}


def test_what_is_left_cannot_be_widened(tmp_path: Path) -> None:
    breaking = ', symmetry_breaking: {generator: "H(0,2)", start: 0.1}}'
    spec = written(
        tmp_path,
        "brk.yaml",
        WATER.replace("LAST", "H(1,2) + H(0,3)").replace('H(0,3)"]}', 'H(0,3)"]' + breaking),
    )
    text = eq.verify(eq.load(spec)).to_json()
    assert is_of_the_files(recheck_files(text, 1, spec))

    def change(body: Body) -> None:
        body["symmetry_left"] = body["group"]
        body["kept"] = [{"factor": k} for k in range(len(body["group_data"]["factors"]))]

    assert not recheck_files(forged(text, change), 1, spec).confirmed


TURNED = "{name: c2, qubits: 3, symmetry: [{rotation: C_2}, {mirror: {normal: x, parity: 2}}]}"
"""Qubit 2 is the parity qubit of the spec, and does not turn."""


@pytest.mark.parametrize("order", [1, -1])
def test_a_parity_qubit_that_a_reader_turns_is_noticed(order: int, tmp_path: Path) -> None:
    """What a product would write that turns it: half a turn of all three qubits, under which Y0 X2 is invariant."""
    spec = written(tmp_path, "c2.yaml", TURNED)
    if order < 0:
        spec.write_text(
            "{name: c2, qubits: 3, symmetry: [{mirror: {normal: x, parity: 2}}, {rotation: C_2}]}",
            encoding="utf-8",
        )
    misread = (
        "{name: c2, qubits: 3, symmetry: [{rotation: C_2}, {unitary: {name: mirror, factors: [X0, X1, Z2]}}]}"
    )
    text = eq.verify(eq.PauliSum.parse("Y0 X2", 3), eq.loads(misread)).to_json()

    def change(body: Body) -> None:
        body["spec_sha256"] = spec_text.read_spec(spec).sha256

    assert recheck_files(forged(text, change), 1)
    result = recheck_files(forged(text, change), 1, spec)
    assert not result.confirmed
    assert any("the group section is not the group of the spec" in line for line in result.problems)
    assert "CONTRADICTED" in [check.outcome for check in result.checks]
    group = spec_text.read_spec(spec).group
    assert {
        step["unitary"][-1] for g in group["generators"] for step in g["steps"] if "Z2" not in step["unitary"]
    }
    true = eq.verify(eq.PauliSum.parse("Z0 Z1", 3), eq.load(spec)).to_json()
    assert recheck_files(true, 1, spec)


def test_negative_control_an_altered_reader_confirms_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A reader that forgets a generator, or takes a gate for another one, is contradicted by a true certificate."""
    spec = written(tmp_path, "water.yaml", WATER.replace("LAST", "H(1,2) + H(0,3)"))
    text = eq.verify(eq.load(spec)).to_json()
    circuit = QuantumCircuit(4)
    w = Parameter("w")
    for first in (0, 2):
        circuit.rxx(w, first, first + 1)
        circuit.ryy(w, first, first + 1)
        circuit.rzz(w, first, first + 1)
    path = written_qpy(tmp_path, "pair.qpy", circuit)  # OpenQASM would define the gates anew
    pairs = written(tmp_path, "pairs.yaml", PAIRS)
    other = eq.verify(str(path), eq.load(pairs)).to_json()
    assert is_of_the_files(recheck_files(text, 1, spec))
    assert is_of_the_files(recheck_files(other, 1, pairs, path))
    with monkeypatch.context() as patched:
        patched.setitem(spec_text.READERS, "permutation", lambda entry, register: [])
        assert not recheck_files(text, 1, spec).confirmed
    with monkeypatch.context() as patched:
        from eqcompile.recheck.files.circuit import circuit_text
        from eqcompile.recheck.files.circuit.gates import about

        patched.setitem(
            circuit_text.PARAMETRISED, "RZZGate", lambda a: [about("ZZ", a[0]), about("ZI", a[0])]
        )
        assert not recheck_files(other, 1, pairs, path).confirmed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("OPENQASM 3.0; include 'stdgates.inc'; qubit[99999999] q;", "a circuit of 99999999 bits"),
        ("OPENQASM 3.0; const int n = 5; qubit[n] q;", "a register of [n] bits"),
        ("OPENQASM 3.0; " + "qubit[900] a; qubit[900] b; " * 6, "a circuit of 10800 bits"),
        (
            "OPENQASM 3.0; include 'stdgates.inc'; gate d0 a { x a; } "
            + " ".join(f"gate d{k} a {{ d{k - 1} a; d{k - 1} a; }}" for k in range(1, 40))
            + " qubit q; d39 q;",
            "a circuit of more than 200000 gates, definitions unrolled,",
        ),
        ("OPENQASM 3.0; include 'stdgates.inc'; qubit q; pow(999999999) @ x q;", "a circuit of more than"),
        ("OPENQASM 3.0; include 'stdgates.inc'; qubit q; x q; reset q;", 'the operation "reset", which is not'),
        ("OPENQASM 3.0; include 'stdgates.inc'; qubit q; bit c; c = measure q; x q;", 'the operation "measure"'),
    ],
)  # fmt: skip
def test_what_is_not_read_is_said_in_one_line(text: str, message: str, tmp_path: Path) -> None:
    path = written(tmp_path, "circuit.qasm", text)
    with pytest.raises(UnreadError) as caught:
        read_circuit(path, ())
    assert str(caught.value).startswith(f"recheck does not read {message}")
    assert str(caught.value).endswith(" itself")
    assert "\n" not in str(caught.value)


def test_definitions_that_double_are_counted_in_qpy_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = QuantumCircuit(1, name="d0")
    inner.x(0)
    for k in range(1, 7):
        double = QuantumCircuit(1, name=f"d{k}")
        double.append(inner.to_gate(), [0])
        double.append(inner.to_gate(), [0])
        inner = double
    path = written_qpy(tmp_path, "double.qpy", inner)
    assert len(read_circuit(path, ()).operations) == 64
    monkeypatch.setattr("eqcompile.recheck.files.circuit.circuit_text.MAX_OPERATIONS", 50)
    with pytest.raises(UnreadError, match="a circuit of more than 50 operations"):
        read_circuit(path, ())


@pytest.mark.parametrize(
    "entry",
    [
        "rotation: {group: SU(3)}",
        "rotation: {group: C_4, axle: z}",
        "rotation: {group: U(1), axis: [sqrt(2), 1, exp(1)]}",
        "point_group: C_361v",
        "permutation: {group: S_5, on: all}",
        "permutation: (0 1",
        "charge: Q0",
        "matrix: {qubits: [0], rows: [[1, 0]]}",
        "clifford: T 0",
        "unitary: {name: u, factors: [foo(2)*X0]}",
        "pauli: X9",
        "graph: {file: nothing.graphml}",
        "lattice: {shape: [3]}",
    ],
)
def test_a_spec_that_is_not_read_confirms_nothing(entry: str, tmp_path: Path) -> None:
    text = eq.verify(eq.loads(PAIRS + "observable: H(0,1) + H(2,3)\n")).to_json()
    spec = written(tmp_path, "odd.yaml", f"name: s\nqubits: 4\nsymmetry:\n  - {entry}\nobservable: H(0,1)\n")
    result = recheck_files(text, 1, spec)
    assert not result.confirmed
    assert any(line.startswith("nothing is confirmed against the files: recheck") for line in result.problems)


def test_files_that_are_none(tmp_path: Path) -> None:
    for content in (
        b"",
        b"\xff\xfe",
        b"OPENQASM 4;",
        b"QISKIT\x0d",
        b"OPENQASM 2.0; qreg q[2]; nothing q[0];",
    ):
        path = tmp_path / "broken"
        path.write_bytes(content)
        with pytest.raises(eq.errors.EqcompileError) as caught:
            circuit_file.load_circuit(path)
        assert "\n" not in str(caught.value)
    with pytest.raises(eq.errors.EqcompileError, match="no such file"):
        circuit_file.load_circuit(tmp_path / "absent.qasm")
    with pytest.raises(eq.errors.EqcompileError, match="no such file"):
        spec_text.read_spec(tmp_path / "absent.yaml")
