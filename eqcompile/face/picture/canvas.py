"""What a picture of a model shows, in the style of the paper's Figs. 2 and 3: what repeats is drawn once."""

from dataclasses import dataclass, field

from eqcompile.declaration.spec import InitialState, ProductKet, Singlets
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import letter, support_of
from eqcompile.passes.lowering.lower import heisenberg_strength
from eqcompile.program import Program

ENCODING, TRAINABLE, BREAKING, MEASURED = "#a9c9ea", "#f2b5a7", "#f6dd8b", "#f3c06b"
TIMES = "\N{MULTIPLICATION SIGN}"
KETS = {
    letter: rf"|{name}\rangle"
    for letter, name in {"0": "0", "1": "1", "+": "{+}", "-": "{-}", "r": "{+}i", "l": "{-}i"}.items()
}
"""How each letter of a product state is drawn."""


@dataclass
class Canvas:
    """Boxes and vertical lines on a grid of columns and qubits; texts between dollar signs are LaTeX.

    Attributes:
        num_qubits: rows of the grid.
        title: text above the picture.
        column: the next free column.
        boxes: column, qubit, text, colour.
        links: column, first qubit, last qubit, colour.
        spans: first and last position of a block, and how often it repeats.
        starts: how each qubit starts.
        repeated: first and last position of what the layers repeat, and how often; positions lie between columns.
    """

    num_qubits: int
    title: str
    column: int = 1
    boxes: list[tuple[float, int, str, str]] = field(default_factory=list)
    links: list[tuple[float, int, int, str]] = field(default_factory=list)
    spans: list[tuple[float, float, str]] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    repeated: tuple[float, float, str] = (0, 0, "")

    def box(self, qubit: int, text: str, colour: str) -> None:
        """A box in the current column."""
        self.boxes.append((self.column, qubit, text, colour))

    def link(self, qubits: tuple[int, ...], colour: str) -> None:
        """A vertical line through the named qubits in the current column."""
        self.links.append((self.column, min(qubits), max(qubits), colour))


def canvas_of(program: Program) -> Canvas:
    """The program on a canvas: state, encoding, one trainable layer (repeated D times), observable."""
    group, count = program.certificate.symmetry_left, program.num_parameters
    canvas = Canvas(program.num_qubits, f"{program.spec.name}: {group}, {count} parameters")
    labels = dict.fromkeys(range(program.num_qubits), KETS["0"]) | state_labels(program.spec.state)
    canvas.starts = [labels[qubit] for qubit in range(program.num_qubits)]
    _draw_encoding(canvas, program)
    start = canvas.column - 0.5
    _draw_layer(canvas, program)
    _draw_encoding(canvas, program)
    canvas.repeated = (start, canvas.column - 0.5, f"{TIMES} {program.ansatz.depth}")
    _draw_observable(canvas, program)
    return canvas


def state_labels(state: InitialState | None) -> dict[int, str]:
    """Letters for qubits that stand alone, a number for each singlet, psi for the rest of a superposition."""
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
