"""The picture as PNG."""

from io import BytesIO
from typing import Any

from eqcompile.face.picture.canvas import Canvas

BOX = 0.62


def png_of(canvas: Canvas) -> bytes:
    """The picture as the content of a PNG file; the same picture gives the same bytes."""
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(0.75 * canvas.column + 1.6, 0.62 * canvas.num_qubits + 1.6), layout="constrained"
    )
    axes = figure.add_subplot()
    _paint(canvas, axes)
    _bracket(canvas, axes)
    axes.set_title(canvas.title, fontsize=10, loc="left")
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=150, metadata={"Software": None})
    return buffer.getvalue()


def _paint(canvas: Canvas, axes: Any) -> None:
    from matplotlib.patches import FancyBboxPatch

    for qubit in range(canvas.num_qubits):
        axes.plot([0.4, canvas.column - 0.4], [qubit, qubit], color="0.6", lw=1, zorder=0)
    for x, low, high, colour in canvas.links:
        axes.plot([x, x], [low, high], color=colour, lw=5, zorder=1, solid_capstyle="round")
    for x, qubit, text, colour in canvas.boxes:
        corner = (x - BOX / 2, qubit - BOX / 2)
        axes.add_patch(
            FancyBboxPatch(corner, BOX, BOX, boxstyle="round,pad=0.04", fc=colour, ec="0.35", lw=0.8)
        )
        axes.text(x, qubit, text, ha="center", va="center", fontsize=8)
    for start, end, text in canvas.spans:
        axes.plot([start, end], [-0.72, -0.72], color="0.2", lw=1)
        axes.text((start + end) / 2, -0.78, text, ha="center", va="bottom", fontsize=9)
    for qubit, label in enumerate(canvas.starts):
        axes.text(0.3, qubit, f"q{qubit}  ${label}$", ha="right", va="center", fontsize=9)
    axes.set_xlim(-0.6, canvas.column - 0.2)
    axes.set_ylim(canvas.num_qubits - 0.4, -1.1)
    axes.set_aspect("equal")
    axes.axis("off")


def _bracket(canvas: Canvas, axes: Any) -> None:
    start, end, text = canvas.repeated
    low, high = -0.62, canvas.num_qubits - 0.42
    for x, direction in ((start, 1), (end, -1)):
        axes.plot(
            [x + 0.12 * direction, x, x, x + 0.12 * direction], [low, low, high, high], color="0.2", lw=1
        )
    axes.text(end + 0.05, low, text, ha="left", va="center", fontsize=10)
