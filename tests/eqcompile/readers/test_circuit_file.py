"""Circuits come back from files as they were written; broken files say so in one line."""

import io
import os
import struct
from pathlib import Path

import pytest
from qiskit import QuantumCircuit, qasm2, qasm3, qpy, transpile
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator
from qiskit.transpiler import CouplingMap

from eqcompile.claims.of_circuit.unchanged import same_model
from eqcompile.errors import BackendError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.readers.circuit import general_circuit
from eqcompile.readers.circuit_file import circuit_from_bytes, load_circuit, parsed, read_circuit
from eqcompile.readers.layout import Placement

NESTED = b"OPENQASM 3.0; qubit q; rx(" + b"(" * 1000 + b"1" + b")" * 1000 + b") q;"


def model() -> QuantumCircuit:
    circuit = QuantumCircuit(3, name="model")
    circuit.rzz(Parameter("a"), 0, 2)
    circuit.cx(2, 1)
    circuit.rx(Parameter("b") / 2, 1)
    return circuit


def qpy_bytes(*circuits: QuantumCircuit, version: int | None = None) -> bytes:
    buffer = io.BytesIO()
    qpy.dump(list(circuits), buffer, **({} if version is None else {"version": version}))
    return buffer.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(BackendError) as caught:
        circuit_from_bytes(content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("version", [13, 14, 15, 16, qpy.QPY_VERSION])
def test_qpy_round_trip(version: int, tmp_path: Path) -> None:
    path = tmp_path / "model.qpy"
    path.write_bytes(qpy_bytes(model(), version=version))
    assert general_circuit(load_circuit(path)) == general_circuit(model())


def test_qpy_keeps_the_layout(tmp_path: Path) -> None:
    transpiled = transpile(
        model(), coupling_map=CouplingMap.from_line(4), initial_layout=[3, 0, 2], seed_transpiler=1,
        basis_gates=["cx", "rz", "sx", "x"], optimization_level=0,
    )  # fmt: skip
    path = tmp_path / "without.extension"
    path.write_bytes(qpy_bytes(transpiled))
    found = general_circuit(load_circuit(str(path)))
    assert found == general_circuit(transpiled)
    assert found.num_qubits - found.num_ancillas == 3


def test_openqasm_3_round_trip_with_inputs(tmp_path: Path) -> None:
    path = tmp_path / "model.qasm"
    path.write_text(qasm3.dumps(model()), encoding="utf-8")
    found = load_circuit(path)
    assert general_circuit(found).parameters == ("a", "b")
    bound = found.assign_parameters({"a": 0.3, "b": 0.7})
    assert Operator(bound) == Operator(model().assign_parameters({"a": 0.3, "b": 0.7}))


def test_openqasm_2_round_trip(tmp_path: Path) -> None:
    bound = model().assign_parameters([0.3, 0.7])
    path = tmp_path / "model.qasm"
    path.write_text("// a comment first\n" + qasm2.dumps(bound), encoding="utf-8")
    assert Operator(load_circuit(path)) == Operator(bound)


def test_openqasm_2_with_gates_of_older_qiskit_and_own_includes(tmp_path: Path) -> None:
    (tmp_path / "own.inc").write_text("gate twice a { s a; s a; }", encoding="utf-8")
    path = tmp_path / "model.qasm"
    path.write_text(
        'OPENQASM 2.0; include "qelib1.inc"; include "own.inc"; qreg q[2]; rxx(pi/3) q[0], q[1]; csx q[1], q[0];'
        "twice q[1]; gate mine(t) a, b { cx a, b; rz(-t/2) b; } mine(pi/5) q[1], q[0];",
        encoding="utf-8",
    )
    expected = QuantumCircuit(2)
    expected.rxx(3.141592653589793 / 3, 0, 1)
    expected.csx(1, 0)
    expected.z(1)
    expected.cx(1, 0)
    expected.rz(-3.141592653589793 / 10, 0)
    found = load_circuit(path)
    assert Operator(found) == Operator(expected)
    assert general_circuit(found).literals == ()


@pytest.mark.parametrize("name", ["swap", "x", "rzz", "u3"])
def test_gates_that_a_program_defines_itself_mean_what_it_says(tmp_path: Path, name: str) -> None:
    """Qiskit's reader has its own gates with these names, and would put them in place of those in the file."""
    arguments, operands = ("(a)" if name in ("rzz",) else "(a, b, c)" if name == "u3" else ""), "p, q"
    gate = f"gate {name}{arguments} {operands} {{ CX p, q; }}"
    call = f"{name}{arguments.replace('a', '0.1').replace('b', '0.2').replace('c', '0.3')} r[0], r[1];"
    expected = QuantumCircuit(2)
    expected.cx(0, 1)
    (tmp_path / "more.inc").write_text("// gate other a {}\n" + gate)
    (tmp_path / "own.inc").write_text('include//\n"more.inc"//\n;')
    for head in (gate, 'include "own.inc";', 'include ".//more.inc"; // "', "gate//\n" + gate[4:]):
        path = tmp_path / "c.qasm"
        path.write_text(f"OPENQASM 2.0; {head}\nqreg r[2]; {call}")
        assert general_circuit(load_circuit(path)).operations == general_circuit(expected).operations
    path.write_text(f"OPENQASM 2.0; // {gate}\nqreg r[2]; swap r[0], r[1];")
    assert load_circuit(path).data[0].operation.name == "swap"


def test_includes_end(tmp_path: Path) -> None:
    for k in range(30):
        (tmp_path / f"{k}.inc").write_text(f'include "{k + 1}.inc";')
    path = tmp_path / "c.qasm"
    path.write_text('OPENQASM 2.0; include "0.inc"; qreg q[1];')
    with pytest.raises(BackendError, match="the program includes more than 20 files"):
        load_circuit(path)
    (tmp_path / "self.inc").write_text('include "self.inc"; gate g a {}')
    path.write_text('OPENQASM 2.0; include "self.inc"; qreg q[1];')
    with pytest.raises(BackendError):
        load_circuit(path)


def test_folders_missing_and_strange_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, text in (
        (tmp_path, "this is a folder; name an OpenQASM or QPY file in it"),
        (tmp_path / "none.qasm", "No such file or directory"),
        (tmp_path / "pipe", "this is not an ordinary file"),
        ("a\0b", "embedded null byte"),
    ):
        with pytest.raises(BackendError) as caught:
            load_circuit(path)
        assert str(caught.value).endswith(text)
        assert "\0" not in str(caught.value)


def test_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "empty.qasm"
    path.touch()
    with pytest.raises(BackendError) as caught:
        load_circuit(path)
    assert str(caught.value) == f"{path}: the file is empty; an OpenQASM or QPY file is needed"


def test_huge_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.qasm"
    with path.open("wb") as file:
        file.truncate(65 << 20)
    with pytest.raises(BackendError, match="the file has 65 MiB; the limit is 64"):
        load_circuit(path)


def test_long_programs_are_refused_before_they_are_looked_at() -> None:
    for text in ("/* " * 6_000_000, "rz(" + "(" * 16_000_000, "'" * 16_000_001):
        assert "characters; the limit for OpenQASM is 16000000" in refusal(b"OPENQASM 2.0; " + text.encode())
    assert "not readable as OpenQASM 2" in refusal(b"OPENQASM 2.0; " + b"/* " * 1_000_000)
    assert "words and signs" in refusal(b"OPENQASM 2.0; rz(" + b"(" * 5_100_000)
    assert "more than 1000000 statements" in refusal(b"OPENQASM 2.0; " + b"x q;" * 1_000_001)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "this is neither OpenQASM nor QPY"),
        (b"PK\x03\x04", "this is neither OpenQASM nor QPY; an OpenQASM file starts with 'OPENQASM 2.0;'"),
        (b"hello", "this is neither OpenQASM nor QPY; an OpenQASM file starts with 'OPENQASM 2.0;'"),
        (b"OPENQASM 7.0; qubit q;", "OpenQASM 7 is unknown; versions 2 and 3 can be read"),
        (b"OPENQASM 2.0; qreg q[2]; frob q[0];", "not readable as OpenQASM 2: line 1, column 26: 'frob' is"),
        (b"OPENQASM 2.0; qreg q[2", "not readable as OpenQASM 2: line 1, column 21: "),
        (b'OPENQASM 2.0; include "/etc/none";', 'the program includes "/etc/none"; only '),
        (b"OPENQASM 3.0; qubit[2] q; frob q[0];", "not readable as OpenQASM 3: "),
        (b"OPENQASM 3.0; qubit[2", "not readable as OpenQASM 3: the text is incomplete or malformed"),
        (b"OPENQASM 3.0; qubit q; rx(2 q;", "not readable as OpenQASM 3: line 1, column 29: "),
        (b"OPENQASM 3.0; float[64] x = 1;", "not readable as OpenQASM 3: "),
        (NESTED, "not readable as OpenQASM 3: expressions are nested"),
        (b"OPENQASM 2.0; qreg q[10001];", "a register of 10001 bits; the limit is 10000"),
        (b"OPENQASM 3; qubit[ 99999999999999999999] q;", "a register of 99999999999999999999 bits"),
        (b"OPENQASM 3; const int n = 1000000000; qubit[n] q;", "the number 1000000000 is too large"),
        (b"QISKIT", "not readable as QPY: the file ends too early"),
        (b"QISKIT" + bytes(40), "QPY version 0 is too old"),
        (b"QISKIT\xff" + bytes(40), "QPY version 255 is newer than this Qiskit reads"),
    ],
)  # fmt: skip
def test_broken_contents(content: bytes, message: str) -> None:
    assert refusal(content).startswith(message)


def test_version_line_in_a_comment_does_not_count() -> None:
    assert refusal(b"// OPENQASM 2.0;\nqreg q[1];").startswith("this is neither OpenQASM nor QPY")
    assert circuit_from_bytes(b"// qreg q[99999];\nOPENQASM 2.0; qreg q[1];").num_qubits == 1
    assert circuit_from_bytes(b"/* qubit[99999] q; */ OPENQASM 3.0; qubit[1] q;").num_qubits == 1


def test_several_circuits_in_a_file() -> None:
    assert refusal(qpy_bytes(model(), model())) == (
        "the QPY file holds 2 circuits; write one circuit into a file of its own"
    )


def test_pulse_schedules_and_formats_that_execute_code() -> None:
    content = bytearray(qpy_bytes(model(), version=13))
    assert content[19:20] == b"q"
    schedule = content[:19] + b"s" + content[20:]
    assert refusal(bytes(schedule)) == "the QPY file holds a pulse schedule; a circuit is needed"
    symengine = content[:6] + b"\x0b" + content[7:18] + b"e" + content[19:]
    assert refusal(bytes(symengine)).startswith(
        "QPY version 11 with symengine expressions is a format that can execute code; "
    )


@pytest.mark.parametrize("version", [13, qpy.QPY_VERSION])
def test_a_header_that_asks_for_too_many_qubits(version: int) -> None:
    content = qpy_bytes(QuantumCircuit(5, name="n"), version=version)
    five = struct.pack("!II", 5, 0)
    assert content.count(five) == 1
    bomb = content.replace(five, struct.pack("!II", 1 << 31, 0))
    assert refusal(bomb) == "a circuit of 2147483648 bits; the limit is 10000"


def test_a_layout_in_a_comment(tmp_path: Path) -> None:
    """Routing has moved qubit 0 of the model from $2 to $0; qubit 1 stays on $1, and $3 helps."""
    path = tmp_path / "routed.qasm"
    program = 'OPENQASM 3.0;\n// eqcompile layout: start 2 1, end 0 1\ninclude "stdgates.inc";\n'
    path.write_text(program + "rx(0.5) $2; swap $2, $0; cx $0, $1; cx $1, $3; cx $1, $3;")
    found = read_circuit(path)
    expected = QuantumCircuit(2)
    expected.rx(0.5, 0)
    expected.cx(0, 1)
    assert (found.num_qubits, found.num_ancillas) == (4, 2)
    assert found.notes == (
        "a comment of the file says where the qubits are on the device: start 2 1, end 0 1",
    )
    wide = QuantumCircuit(4)
    wide.compose(expected, [0, 1], inplace=True)
    wide.cx(1, 3)
    wide.cx(1, 3)
    sides = [
        same_model(found, general_circuit(wide), PauliSum.parse(text, 2), "s").holds
        for text in ("Z0", "Y0 Z1")
    ]
    assert sides == [True, True]


def test_negative_control_another_end_is_another_circuit(tmp_path: Path) -> None:
    start = 'OPENQASM 3.0; include "stdgates.inc"; rx(0.5) $1; swap $1, $0;'
    circuits = []
    for number, comment in enumerate(("start 1, end 0", "start 1, end 1")):
        path = tmp_path / f"{number}.qasm"
        path.write_text(f"{start}\n// eqcompile layout: {comment}\n")
        circuits.append(read_circuit(path))
    straight, crossed = circuits
    rotated = QuantumCircuit(1)
    rotated.rx(0.5, 0)
    expected, observable = general_circuit(rotated), PauliSum.parse("Z0", 1)
    assert same_model(straight, expected, observable, "s").holds
    assert not same_model(crossed, expected, observable, "s").holds


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("start 1 1, end 0 1", "is not understood; write for every qubit of the model"),
        ("start 1, end 0 1", "is not understood"),
        ("begin 1, end 0", "is not understood"),
        ("start 99999, end 0", "is not understood"),
        ("", "is not understood"),
        ("start 0, end 0\n// eqcompile layout: start 1, end 1", "the file has 2 comments about a layout"),
    ],
)
def test_layouts_that_are_none(comment: str, message: str) -> None:
    text = f"OPENQASM 2.0; qreg q[2];\n// eqcompile layout: {comment}\nU(0.1, 0, 0) q[1];"
    assert message in refusal(text.encode())


NEAR_MISSES = (
    "// eqcompile Layout: start 0 1, end 1 0",
    "// Eqcompile layout: start 0 1, end 1 0",
    "//EQCOMPILE LAYOUT: START 0 1, END 1 0",
    "// eqcompile-layout: start 0 1, end 1 0",
    "// eqcompile layouts: start 0 1, end 1 0",
    "// eqcompile layuot: start 0 1, end 1 0",
    "// the eqcompile layout: start 0 1, end 1 0",
    "// layout: start 0 1, end 1 0",
    "// // eqcompile layout: start 0 1, end 1 0",
    "/* eqcompile layout: start 0 1, end 1 0 */",
    "/* eqcompile\n layout: start 0 1,\n end 1 0 */",
    "// old\r// eqcompile layout: start 0 1, end 1 0",
    "// eqcompile layout start 0 1, end 1 0",
    "// eqcompile layout: start 0 \u0661, end 1 0",
    "//\u00a0eqcompile layout: start 0 1, end 1 0",
    "// eqcompile layout: start 0 1,\u2003end 1 0",
    "// eqcompile layout: start 0 0000001, end 1 0",
)
"""Comments that mean a layout, and were once passed over in silence."""


@pytest.mark.parametrize("comment", NEAR_MISSES)
def test_near_misses_of_a_layout_are_errors(comment: str) -> None:
    text = f'OPENQASM 3.0; include "stdgates.inc";\n{comment}\nqubit[2] q; x q[1];'
    line = refusal(text.encode())
    assert "is not understood; write for every qubit of the model" in line
    assert "// eqcompile layout: start 3 4, end 4 3; or remove the comment" in line
    assert line.isprintable()


@pytest.mark.parametrize(
    "comment",
    [
        "// made by eqcompile 0.1.0",
        "// the layout is that of the device",
        "// loops start 1 and end 2",
        "// Qiskit's layout pass",
    ],
)
def test_other_comments_are_no_layout(comment: str) -> None:
    text = f'OPENQASM 2.0; include "qelib1.inc";\n{comment}\nqreg q[2]; x q[0];'
    assert parsed(text.encode()).placement is None
    with_one = text.replace(comment, f"{comment}\n// eqcompile layout: start 1, end 1")
    assert parsed(with_one.encode()).placement == Placement((1,), (1,))


def test_code_behind_a_carriage_return_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment in OpenQASM 3 ends there; in OpenQASM 2 it does not."""
    monkeypatch.setattr("eqcompile.readers.files.openqasm3.MAX_TOKENS", 20)
    gates = "x q[0]; " * 10
    text = f'OPENQASM {{}}; include "{{}}";\n// note\r{gates}\n'
    assert "more than 20 words and signs" in refusal(text.format("3.0", "stdgates.inc").encode())
    assert parsed(text.format("2.0", "qelib1.inc").encode()).circuit.size() == 0
