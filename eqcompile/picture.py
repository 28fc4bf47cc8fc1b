"""A picture of a model in the style of the paper's Figs. 2 and 3: what repeats is drawn once."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eqcompile.exact.components import components
from eqcompile.exact.pauli import PauliSum, letter, support_of
from eqcompile.files import write_atomically
from eqcompile.passes.lower import heisenberg_strength
from eqcompile.program import Program
from eqcompile.spec.model import InitialState, ProductKet, Singlets

ENCODING, TRAINABLE, BREAKING, MEASURED = "#a9c9ea", "#f2b5a7", "#f6dd8b", "#f3c06b"
BOX = 0.62
TIMES = "\N{MULTIPLICATION SIGN}"
KETS = {
    letter: rf"|{name}\rangle"
    for letter, name in {"0": "0", "1": "1", "+": "{+}", "-": "{-}", "r": "{+}i", "l": "{-}i"}.items()
}
"""How the letters of product states are drawn."""


def save_picture(program: Program, path: Path) -> None:
    """Draw the program as PNG: state, encoding, one trainable layer (repeated D times), observable."""
    from io import BytesIO

    from matplotlib.figure import Figure

    canvas, (start, end) = canvas_of(program)
    figure = Figure(
        figsize=(0.75 * canvas.column + 1.6, 0.62 * program.num_qubits + 1.6), layout="constrained"
    )
    axes = figure.add_subplot()
    canvas.paint(axes, program.num_qubits)
    _bracket(axes, start, end, program.num_qubits, f"{TIMES} {program.ansatz.depth}")
    axes.set_title(f"{program.spec.name}: {program.certificate.symmetry_left}, "
                   f"{program.num_parameters} parameters", fontsize=10, loc="left")  # fmt: skip
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    write_atomically(path, buffer.getvalue())


def canvas_of(program: Program) -> "tuple[Canvas, tuple[float, float]]":
    """What is drawn, and between which columns it repeats."""
    canvas = Canvas()
    _draw_state(canvas, program)
    _draw_encoding(canvas, program)
    start = canvas.column - 0.5
    _draw_layer(canvas, program)
    _draw_encoding(canvas, program)
    end = canvas.column - 0.5
    _draw_observable(canvas, program)
    return canvas, (start, end)


@dataclass
class Canvas:
    """Boxes and vertical lines on a grid of columns and qubits."""

    column: int = 1
    boxes: list[tuple[float, int, str, str]] = field(default_factory=list)
    links: list[tuple[float, int, int, str]] = field(default_factory=list)
    spans: list[tuple[float, float, str]] = field(default_factory=list)
    labels: list[tuple[float, int, str]] = field(default_factory=list)

    def box(self, qubit: int, text: str, colour: str) -> None:
        self.boxes.append((self.column, qubit, text, colour))

    def link(self, qubits: tuple[int, ...], colour: str) -> None:
        self.links.append((self.column, min(qubits), max(qubits), colour))

    def paint(self, axes: Any, num_qubits: int) -> None:
        from matplotlib.patches import FancyBboxPatch

        for qubit in range(num_qubits):
            axes.plot([0.4, self.column - 0.4], [qubit, qubit], color="0.6", lw=1, zorder=0)
        for x, low, high, colour in self.links:
            axes.plot([x, x], [low, high], color=colour, lw=5, zorder=1, solid_capstyle="round")
        for x, qubit, text, colour in self.boxes:
            corner = (x - BOX / 2, qubit - BOX / 2)
            axes.add_patch(
                FancyBboxPatch(corner, BOX, BOX, boxstyle="round,pad=0.04", fc=colour, ec="0.35", lw=0.8)
            )
            axes.text(x, qubit, text, ha="center", va="center", fontsize=8)
        for start, end, text in self.spans:
            axes.plot([start, end], [-0.72, -0.72], color="0.2", lw=1)
            axes.text((start + end) / 2, -0.78, text, ha="center", va="bottom", fontsize=9)
        for x, qubit, text in self.labels:
            axes.text(x, qubit, text, ha="right", va="center", fontsize=9)
        axes.set_xlim(-0.6, self.column - 0.2)
        axes.set_ylim(num_qubits - 0.4, -1.1)
        axes.set_aspect("equal")
        axes.axis("off")


def _draw_state(canvas: Canvas, program: Program) -> None:
    labels = dict.fromkeys(range(program.num_qubits), KETS["0"]) | state_labels(program.spec.state)
    for qubit, label in labels.items():
        canvas.labels.append((0.3, qubit, f"q{qubit}  ${label}$"))


def state_labels(state: InitialState | None) -> dict[int, str]:
    """Letters of qubits that stand alone, a number for each singlet, psi for the rest of a superposition."""
    if state is None:
        return {}
    if isinstance(state, Singlets):
        return {qubit: f"S_{number}" for number, pair in enumerate(state.pairs) for qubit in pair}
    if isinstance(state, ProductKet):
        return {qubit: KETS[letter] for qubit, letter in enumerate(state.letters)}
    letters, _ = state.vector.split()
    num_qubits = state.vector.num_qubits
    return {q: KETS[letters[q]] if q in letters else r"|\psi\rangle" for q in range(num_qubits)}


def _draw_encoding(canvas: Canvas, program: Program) -> None:
    parity = any(gate.parity is not None for gate in program.ansatz.encoding)
    for gate in program.ansatz.encoding:
        if gate.parity is not None:
            canvas.link((gate.qubit, gate.parity), ENCODING)
            canvas.box(gate.parity, "X", ENCODING)
        canvas.box(gate.qubit, program.ansatz.site_names[gate.site], ENCODING)
        canvas.column += int(parity)
    canvas.column += int(not parity)


def _draw_layer(canvas: Canvas, program: Program) -> None:
    occupied: set[int] = set()
    start = canvas.column - 0.4
    for k, generator in enumerate(program.ansatz.layer):
        parts = components(generator)
        for part in parts:
            span = set(range(min(part.support), max(part.support) + 1))
            if span & occupied:
                canvas.column += 1
                occupied = set()
            occupied |= span
            if len(part.support) > 1:
                canvas.link(part.support, TRAINABLE)
            for qubit in part.support:
                canvas.box(qubit, _gate_label(part, k), TRAINABLE)
    canvas.column += 1
    if program.ansatz.blocks > 1:
        canvas.spans.append((start, canvas.column - 0.6, f"{TIMES} {program.ansatz.blocks}"))
    if program.ansatz.breaking is not None:
        for key in program.ansatz.breaking:
            for qubit in support_of(key):
                canvas.box(qubit, rf"$R_{letter(key, qubit)}$", BREAKING)
        canvas.column += 1


def _gate_label(part: PauliSum, k: int) -> str:
    """``RH`` for a Heisenberg pair, ``RZ`` for strings of one letter, ``RG`` otherwise; k is the weight's index."""
    letters = {letter(key, q) for key in part for q in support_of(key)}
    name = "H" if heisenberg_strength(part) is not None else "G" if len(letters) > 1 else letters.pop()
    return f"$R{name}_{k}$"


def _draw_observable(canvas: Canvas, program: Program) -> None:
    for part in components(program.observable):
        canvas.link(part.support, MEASURED)
        for qubit in part.support:
            canvas.box(qubit, r"$\langle O\rangle$", MEASURED)
    canvas.column += 1


def _bracket(axes: Any, start: float, end: float, num_qubits: int, text: str) -> None:
    low, high = -0.62, num_qubits - 0.42
    for x, direction in ((start, 1), (end, -1)):
        axes.plot(
            [x + 0.12 * direction, x, x, x + 0.12 * direction], [low, low, high, high], color="0.2", lw=1
        )
    axes.text(end + 0.05, low, text, ha="left", va="center", fontsize=10)
