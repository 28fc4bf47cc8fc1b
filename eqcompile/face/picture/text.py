"""The picture as text, drawn by Qiskit: every gate a box over the qubits that it acts on."""

import re

from qiskit import QuantumCircuit, QuantumRegister
from qiskit.circuit import Gate

from eqcompile.face.picture.canvas import Canvas

_PLAIN = {r"\langle O\rangle": "<O>", r"\rangle": ">", r"\psi": "psi"}


def text_of(canvas: Canvas) -> str:
    """The picture in characters, below a line of caption; ``x 11 (`` opens what repeats, and ``)`` closes it."""
    registers = [QuantumRegister(1, f"q{qubit} {_plain(label)}") for qubit, label in enumerate(canvas.starts)]
    circuit = QuantumCircuit(*registers)
    repeated = (canvas.repeated, *canvas.spans)
    for column in range(1, canvas.column + 1):
        for _ in (end for _, end, _ in repeated if column - 1 <= end < column):
            circuit.barrier(label=")")
        for times in (times for start, _, times in repeated if column - 1 <= start < column):
            circuit.barrier(label=f"{times} (")
        for qubits, text in _gates(canvas, column):
            circuit.append(Gate(text, len(qubits), []), qubits)
    lines = circuit.draw("text", fold=-1).lines()
    return "\n".join([canvas.title, *(line.rstrip() for line in lines)]) + "\n"


def _gates(canvas: Canvas, column: int) -> list[tuple[list[int], str]]:
    """The gates of one column: boxes that a line joins are one gate."""
    gates = []
    boxes = {qubit: _plain(text) for x, qubit, text, _ in canvas.boxes if x == column}
    for x, low, high, _ in canvas.links:
        if x == column:
            qubits = [qubit for qubit in boxes if low <= qubit <= high]
            texts = dict.fromkeys(boxes.pop(qubit) for qubit in sorted(qubits))
            gates.append((sorted(qubits), " ".join(texts)))
    return gates + [([qubit], text) for qubit, text in boxes.items()]


def _plain(text: str) -> str:
    for command, plain in _PLAIN.items():
        text = text.replace(command, plain)
    return re.sub(r"[${}\\]", "", text)
