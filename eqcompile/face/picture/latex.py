"""The picture as LaTeX source, for the quantikz2 library of TikZ."""

import re
from math import ceil, floor

from eqcompile.face.picture.canvas import BREAKING, ENCODING, MEASURED, TRAINABLE, Canvas

COLOURS = {ENCODING: "encoding", TRAINABLE: "trainable", BREAKING: "breaking", MEASURED: "measured"}
_SPECIAL = re.compile(r"[_#%&{}$]")


def latex_of(canvas: Canvas) -> str:
    """A whole document, which pdflatex would turn into one page; only the source is written.

    References:
        A. Kay, Tutorial on the Quantikz Package, arXiv 1809.03842.
    """
    grid = [["" for _ in range(1, canvas.column)] for _ in range(canvas.num_qubits)]
    for x, qubit, text, colour in canvas.boxes:
        grid[qubit][int(x) - 1] = rf"\gate[style={{fill={COLOURS[colour]}}}]{{{_math(text)}}}"
    for x, low, high, _ in canvas.links:
        if high > low:
            grid[low][int(x) - 1] += rf"\wire[d][{high - low}]{{q}}"
    for start, end, text in (*canvas.spans, canvas.repeated):
        first, last = ceil(start), floor(end)
        grid[0][first - 1] += _group(canvas.num_qubits, last - first + 1, text)
    rows = [
        " & ".join([rf"\lstick{{q_{{{qubit}}}\ {canvas.starts[qubit]}}}", *cells, ""])
        for qubit, cells in enumerate(grid)
    ]
    body = " \\\\\n".join(row.rstrip() for row in rows)
    colours = "".join(
        f"\\definecolor{{{name}}}{{HTML}}{{{code[1:].upper()}}}\n" for code, name in COLOURS.items()
    )
    return (
        f"% {canvas.title}\n\\documentclass[border=6pt]{{standalone}}\n\\usepackage{{tikz}}\n"
        f"\\usetikzlibrary{{quantikz2}}\n{colours}\\begin{{document}}\n"
        f"\\begin{{quantikz}}\n{body}\n\\end{{quantikz}}\n\\end{{document}}\n"
    )


def _group(wires: int, steps: int, text: str) -> str:
    count = text.split()[-1]
    return rf"\gategroup[{wires},steps={steps},style={{dashed,inner sep=6pt}}]{{$\times {count}$}}"


def _math(text: str) -> str:
    """Text of a box in math mode, which text between dollar signs already is."""
    if text.startswith("$"):
        return text.strip("$")
    escaped = _SPECIAL.sub(lambda match: "\\" + match[0], text)
    return rf"\mathrm{{{escaped}}}"
