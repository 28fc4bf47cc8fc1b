"""Damaged QPY is refused in one line, whatever it asks for; another process takes the harm."""

import io
import random
import struct
import subprocess
from typing import Any

import pytest
from qiskit import QuantumCircuit, qpy
from qiskit.circuit import Parameter

from eqcompile.backends import qpy_file
from eqcompile.backends.qpy_file import circuit_from_qpy, load_qpy
from eqcompile.errors import BackendError


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
    assert circuit_from_qpy(qpy_bytes()).num_qubits == 3


def test_what_the_other_process_says_is_passed_on() -> None:
    content = qpy_bytes()
    assert refusal(content[:-40]).startswith("not readable as QPY: the file is cut or damaged: ")


def test_another_process_is_not_asked_about_what_the_header_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*arguments: Any, **options: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(subprocess, "run", never)
    assert refusal(b"QISKIT" + bytes(40)).startswith("QPY version 0 is too old")


@pytest.mark.parametrize("version", [13, 15, 16, qpy.QPY_VERSION])
def test_truncated_and_damaged_files(version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the other process, of which there would be hundreds: what is damaged here asks for nothing large."""
    monkeypatch.setattr(qpy_file, "_try_elsewhere", lambda content: None)
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
    """What a damaged file makes Qiskit's reader do, here by a line of Python behind the limits."""
    run = subprocess.run
    after = "from eqcompile.backends import qpy_file as q; q.TRIAL_SECONDS = 1; q._limit_resources(); "

    def harmful(command: list[str], **options: Any) -> Any:
        program = command[3].replace("from eqcompile.backends.qpy_file import trial; trial()", after + harm)
        assert program != command[3]
        return run([*command[:3], program, *command[4:]], **options)

    monkeypatch.setattr(subprocess, "run", harmful)
    assert refusal(qpy_bytes()).startswith("not readable as QPY: the file is damaged, or needs more than ")


def test_a_process_that_waits_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def waiting(command: list[str], **options: Any) -> Any:
        raise subprocess.TimeoutExpired(command, 1)

    monkeypatch.setattr(subprocess, "run", waiting)
    assert refusal(qpy_bytes()) == "not readable as QPY: it takes more than 60 seconds"


def test_a_process_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/none/python")
    assert refusal(qpy_bytes()) == (
        "a QPY file is first read by another process, which cannot be started: No such file or directory"
    )


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
