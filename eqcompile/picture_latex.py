r"""The picture of a model as LaTeX source, for the package quantikz: what repeats is drawn once."""

import re

from eqcompile.picture import Canvas, canvas_of
from eqcompile.program import Program

PREAMBLE = r"""\documentclass[border=4pt]{standalone}
\usepackage{tikz}
\usetikzlibrary{quantikz2}
\begin{document}
"""


def latex_source(program: Program) -> str:
    r"""A document of its own, with a ``quantikz`` picture in it: state, encoding, one layer, observable.

    A box is a gate on one qubit; boxes that a line joins are one gate. The dashed frame is repeated.
    """
    canvas, (start, end) = canvas_of(program)
    rows = [_row(canvas, qubit) for qubit in range(program.num_qubits)]
    first, last = round(start + 0.5), round(end - 0.5)
    frame = rf"\gategroup[{program.num_qubits},steps={last - first + 1},style={{dashed}}]"
    rows[0][first] += rf"{frame}{{$\times {program.ansatz.depth}$}}"
    body = " \\\\\n".join(" & ".join(row) for row in rows)
    title = f"% {program.spec.name}: {program.num_parameters} parameters\n"
    return f"{title}{PREAMBLE}\\begin{{quantikz}}\n{body}\n\\end{{quantikz}}\n\\end{{document}}\n"


def _row(canvas: Canvas, qubit: int) -> list[str]:
    """One cell for every column: the label of the qubit first, an end of the wire last."""
    label = next(text for _, q, text in canvas.labels if q == qubit)
    start = label.replace("$", "").replace("  ", r"\; ")
    cells = [rf"\lstick{{\ensuremath{{{start}}}}}", *[r"\qw"] * canvas.column]
    for column, q, text, _ in canvas.boxes:
        if q == qubit:
            cells[round(column)] = rf"\gate{{{_as_text(text)}}}"
    for column, low, high, _ in canvas.links:
        if low == qubit:
            cells[round(column)] += rf"\vqw{{{high - low}}}"
    return cells


def _as_text(text: str) -> str:
    """Names of sites are upright, formulas are formulas."""
    if text.startswith("$"):
        return rf"\ensuremath{{{text.strip('$')}}}"
    escaped = re.sub(r"([_&%#$])", r"\\\1", text)
    return rf"\ensuremath{{\mathrm{{{escaped}}}}}"
