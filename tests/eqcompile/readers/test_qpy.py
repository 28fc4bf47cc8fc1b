"""Damaged QPY is refused in one line, whatever it asks for; another process takes the damage."""

import io
import random
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from qiskit import QuantumCircuit, qasm3, qpy
from qiskit.circuit import Parameter
from qiskit.circuit.library import CUGate

from eqcompile.errors import BackendError
from eqcompile.readers.circuit_file import read_circuit
from eqcompile.readers.files import qpy as qpy_file
from eqcompile.readers.files.qpy import circuit_from_qpy, load_qpy


def qpy_bytes(version: int = qpy.QPY_VERSION) -> bytes:
    circuit = QuantumCircuit(3, name="model")
    circuit.rzz(Parameter("a"), 0, 2)
    circuit.cx(2, 1)
    circuit.rx(Parameter("b") / 2, 1)
    buffer = io.BytesIO()
    qpy.dump(circuit, buffer, version=version)
    return buffer.getvalue()


def refusal(content: bytes) -> str:
    with pytest.raises(BackendError) as caught:
        circuit_from_qpy(content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_sound_file_is_read_by_both_processes() -> None:
    other = qpy_file._Elsewhere()
    other.try_file(qpy_bytes())
    other.end()


def test_what_the_other_process_says_is_passed_on() -> None:
    content = qpy_bytes()
    assert refusal(content[:-40]).startswith("not readable as QPY: the file is cut or damaged: ")


def test_another_process_is_not_asked_about_what_the_header_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*arguments: Any, **options: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(qpy_file, "_elsewhere", never)
    assert refusal(b"QISKIT" + bytes(40)).startswith("QPY version 0 is too old")


@pytest.mark.parametrize("version", [13, 15, 16, qpy.QPY_VERSION])
def test_truncated_and_damaged_files(version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the other process, of which there would be hundreds: the damaged files here ask for nothing large."""
    monkeypatch.setattr(qpy_file._Elsewhere, "try_file", lambda self, content: None)
    content = qpy_bytes(version)
    for length in range(6, len(content) - 1, 7):
        assert "QPY" in refusal(content[:length])
    source = random.Random(version)
    refused = 0
    for _ in range(100):
        damaged = bytearray(content)
        for _ in range(3):
            damaged[source.randrange(len(damaged))] = source.randrange(256)
        try:
            circuit_from_qpy(bytes(damaged))
        except BackendError:
            refused += 1
    assert refused > 20


@pytest.mark.parametrize(
    "harm",
    ["import os; os.abort()", "bytearray(1 << 40)", "while True: pass"],
    ids=["a process that ends", "memory", "time"],
)
def test_harm_stays_in_the_other_process(harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a damaged file makes Qiskit's reader do, here done by a line of Python within the limits."""
    harmful(monkeypatch, f"q.MAX_TRIAL_SECONDS = 1; q._limit_seconds(); {harm}")
    other = qpy_file._Elsewhere()
    with pytest.raises(BackendError, match=r"^not readable as QPY: the file is damaged, or needs more than "):
        other.try_file(qpy_bytes())
    monkeypatch.undo()
    other.try_file(qpy_bytes())  # it is started anew for the next file
    other.end()


def harmful(monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    """Have the other process do this when it reads a file."""
    started = subprocess.Popen

    def start(command: list[str], **options: Any) -> Any:
        instead = f"from eqcompile.readers.files import qpy as q\ndef load(content):\n    {harm}\n"
        instead += "q.load_qpy = load; q.serve()"
        program = command[3].replace(
            "; from eqcompile.readers.files.qpy import serve; serve()", "\n" + instead
        )
        assert program != command[3]
        return started([*command[:3], program, *command[4:]], **options)

    monkeypatch.setattr(subprocess, "Popen", start)


def test_a_process_that_waits_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    harmful(monkeypatch, "import time; time.sleep(1000)")
    monkeypatch.setattr(qpy_file, "MAX_TRIAL_WAIT", 2)
    other = qpy_file._Elsewhere()
    with pytest.raises(BackendError, match=r"^not readable as QPY: it takes more than 2 seconds$"):
        other.try_file(qpy_bytes())
    other.end()


def test_a_process_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/none/python")
    expected = (
        "^a QPY file is first read by another process, which cannot be started: No such file or directory$"
    )
    with pytest.raises(BackendError, match=expected):
        qpy_file._Elsewhere()


def test_one_process_reads_many_files() -> None:
    other = qpy_file._Elsewhere()
    started = other._process.pid
    other.try_file(qpy_bytes())
    with pytest.raises(BackendError, match="QPY"):
        other.try_file(qpy_bytes()[:40])
    other.try_file(qpy_bytes())
    assert other._process.pid == started
    other.end()
    assert other._process.poll() is not None


def test_pulse_schedules_are_no_circuits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qpy, "load", lambda file: [None])
    with pytest.raises(BackendError, match="the QPY file holds a pulse schedule; a circuit is needed"):
        load_qpy(qpy_bytes())


@pytest.mark.parametrize("version", [13, qpy.QPY_VERSION])
def test_a_header_that_asks_for_too_many_qubits(version: int) -> None:
    buffer = io.BytesIO()
    qpy.dump(QuantumCircuit(5, name="n"), buffer, version=version)
    five = struct.pack("!II", 5, 0)
    assert buffer.getvalue().count(five) == 1
    bomb = buffer.getvalue().replace(five, struct.pack("!II", 1 << 31, 0))
    assert refusal(bomb) == "a circuit of 2147483648 bits; the limit is 10000"


def test_the_other_process_takes_no_module_from_the_current_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As if Python had been started with ``-c``, when the current folder is the empty text in its path."""
    (tmp_path / "qiskit.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["", *sys.path])
    other = qpy_file._Elsewhere()
    other.try_file(qpy_bytes())
    other.end()


def test_what_qiskit_saves_and_cannot_load_says_what_to_do(tmp_path: Path) -> None:
    circuit = QuantumCircuit(3)
    circuit.append(CUGate(0.1, 0.2, 0.3, 0.4).control(1), range(3))
    path = tmp_path / "ccu.qpy"
    with path.open("wb") as file:
        qpy.dump(circuit, file)
    with path.open("rb") as file, pytest.raises(TypeError, match="label expects a string or None"):
        qpy.load(file)  # if Qiskit learns it, the advice can go
    with pytest.raises(BackendError) as caught:
        read_circuit(path)
    assert str(caught.value) == (
        f"{path}: not readable as QPY: label expects a string or None; so Qiskit itself fails on files in which it "
        "saved CUGate(...).control(): open that gate with circuit.decompose() before you save, or save OpenQASM 3"
    )
    with path.open("wb") as file:
        qpy.dump(circuit.decompose(), file)
    opened = read_circuit(path)
    (tmp_path / "ccu.qasm").write_text(qasm3.dumps(circuit))
    for found in (opened, read_circuit(tmp_path / "ccu.qasm")):
        assert found.num_qubits == 3
        assert not found.opaque
