"""OpenQASM 2 is counted before it is read, and includes nothing from elsewhere."""

from pathlib import Path

import pytest

from eqcompile.errors import BackendError
from eqcompile.readers.circuit_file import circuit_from_bytes, load_circuit, read_circuit


def refusal(text: str) -> str:
    with pytest.raises(BackendError) as caught:
        circuit_from_bytes(f'OPENQASM 2.0; include "qelib1.inc"; {text}'.encode())
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_registers_are_added_up() -> None:
    registers = " ".join(f"qreg q{k}[999];" for k in range(11))
    assert refusal(registers) == "registers of more than 10000 qubits together; the limit is 10000"
    bits = registers.replace("qreg", "creg")
    assert refusal(bits) == "registers of more than 10000 classical bits together; the limit is 10000"
    assert (
        circuit_from_bytes(f"OPENQASM 2.0; {registers[: registers.index('qreg q10')]}".encode()).num_qubits
        == 9990
    )


@pytest.mark.parametrize("body", ["x a;", "", "barrier a;"])
def test_gates_that_double_and_double(body: str) -> None:
    gates = [f"gate g0 a {{ {body} }}"] + [f"gate g{k} a {{ g{k - 1} a; g{k - 1} a; }}" for k in range(1, 60)]
    found = refusal(" ".join(gates) + " qreg q[1]; g59 q[0];")
    assert found == 'the gate "g59" is made of more than 20000 gates within gates'


def test_whole_registers_count_qubit_by_qubit() -> None:
    assert "unrolls into more than" in refusal("qreg q[9999]; creg c[9999];" + "h q;" * 60)
    assert "unrolls into more than" in refusal("qreg q[9999]; creg c[9999];" + "if(c==1) rz(pi/2) q;" * 60)
    assert "unrolls into more than" in refusal("qreg q[9999]; creg c[9999];" + "measure q -> c;" * 60)
    one = "qreg q[9999];" + "h q[0]; rz(pi/2) q[1]; cx q[0], q[1];" * 60
    assert circuit_from_bytes(f'OPENQASM 2.0; include "qelib1.inc"; {one}'.encode()).size() == 180


ELSEWHERE = ("/etc/passwd", "../secret.inc", "below/../../secret.inc", "link.inc", "folder/secret.inc")


@pytest.mark.parametrize("name", ELSEWHERE)
def test_files_elsewhere_are_not_included(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.inc").write_text("password hunter2")
    (tmp_path / "here" / "below").mkdir(parents=True)
    (tmp_path / "here" / "link.inc").symlink_to(tmp_path / "secret.inc")
    (tmp_path / "here" / "folder").symlink_to(tmp_path)
    path = tmp_path / "here" / "c.qasm"
    for head in (f'include "{name}";', f'include//\n"{name}" ;', 'include "own.inc";'):
        (tmp_path / "here" / "own.inc").write_text(f'include "{name}";')
        path.write_text(f"OPENQASM 2.0; {head} qreg q[1];")
        with pytest.raises(BackendError) as caught:
            load_circuit(path)
        assert str(caught.value) == (
            f'{path}: the program includes "{name}", which is not below the folder of the circuit; copy it there'
        )


def test_files_below_the_folder_are_included(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "own.inc").write_text("gate own a { s a; }")
    (tmp_path / "link.inc").symlink_to(tmp_path / "below" / "own.inc")
    for name in ("below/own.inc", "link.inc", str(tmp_path / "below" / "own.inc")):
        path = tmp_path / "c.qasm"
        path.write_text(f'OPENQASM 2.0; include "qelib1.inc"; include "{name}"; qreg q[1]; own q[0];')
        assert len(read_circuit(path).operations) > 0
    path.write_text('OPENQASM 2.0; include "none.inc"; qreg q[1];')
    with pytest.raises(BackendError, match="not readable as OpenQASM 2: "):
        load_circuit(path)


def test_a_name_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "c.qasm"
    for name in ("a\0b", "a" * 5000):
        path.write_text(f'OPENQASM 2.0; include "{name}"; qreg q[1];')
        with pytest.raises(BackendError, match="which is not the name of a file"):
            load_circuit(path)


def test_a_gate_without_its_parameter() -> None:
    """Qiskit's reader once ended in a TypeError from the class that it makes."""
    with pytest.raises(BackendError, match=r'a gate "rz" with another number of parameters than it takes$'):
        circuit_from_bytes(b'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; rz q[0];')


MALFORMED = (
    "gate",
    "gate g",
    "gate g a {",
    "}",
    "{",
    "include",
    'include "',
    "qreg",
    "if",
    "if(",
    "qreg q[x];",
)


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_malformed_is_left_to_the_parser(text: str) -> None:
    with pytest.raises(BackendError, match="not readable as OpenQASM 2: "):
        circuit_from_bytes(f"OPENQASM 2.0; {text}".encode())


@pytest.mark.parametrize(
    ("angle", "place", "reason"),
    [
        ("1/0", 5, "cannot divide by zero"),
        ("0/0", 5, "cannot divide by zero"),
        ("1/(pi-pi)", 5, "cannot divide by zero"),
        ("ln(0)", 4, "failure in constant folding: cannot take ln of non-positive 0"),
        ("sqrt(-1)", 4, "failure in constant folding: cannot take sqrt of negative -1"),
        ("1%0", 5, "encountered '%', which doesn't match any valid tokens"),
    ],
)
def test_angles_that_cannot_be_computed_are_named_with_their_place(
    angle: str, place: int, reason: str
) -> None:
    found = refusal(f"qreg q[1];\nrx({angle}) q[0];")
    assert found == f"not readable as OpenQASM 2: line 2, column {place}: {reason}"


@pytest.mark.parametrize(
    ("angle", "value", "reason"),
    [
        ("1/a", "0", "cannot divide by zero"),
        ("ln(a)", "0", "'ln' is undefined for non-positive 0"),
        ("sqrt(a)", "-1", "'sqrt' is undefined for negative -1"),
        ("0^a", "-1", "the gate parameter inf is not a finite real number"),
        ("a^0.5", "-1", "'^': negative base -1 with non-integer power 0.5"),
        ("exp(a)", "1000", "the gate parameter inf is not a finite real number"),
    ],
)
def test_angles_that_fail_within_a_gate(angle: str, value: str, reason: str, tmp_path: Path) -> None:
    """Qiskit computes them when the gate is opened, after the file was read."""
    path = tmp_path / "a.qasm"
    path.write_text(
        f'OPENQASM 2.0; include "qelib1.inc"; gate g(a) p {{ rx({angle}) p; }} qreg q[1]; g({value}) q[0];'
    )
    with pytest.raises(BackendError) as caught:
        read_circuit(path)
    assert str(caught.value) == f"{path}: instruction 0 (g): {reason}"
