"""The picture of a training."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from siqml.evaluation.plots import new_figure, save_figure
from siqml.training.train import Progress

PHASE_COLORS: Final = ("#b35806", "#1b7837", "#542788")


def draw_learning(path: Path, rows: Sequence[Progress], name: str) -> None:
    """Loss and RMSE of the training energies against step, on a logarithmic axis, with a colour for each phase.

    Args:
        path: the PNG file, written atomically.
        rows: the record of a training, at least one row.
        name: name of the model.
    """
    figure = new_figure(7, 6)
    above, below = figure.subplots(2, 1, sharex=True)
    phases = list(dict.fromkeys(row.phase for row in rows))
    for number, phase in enumerate(phases):
        part = [row for row in rows if row.phase == phase]
        steps = [row.step for row in part]
        style: Any = {"color": PHASE_COLORS[number % len(PHASE_COLORS)], "marker": ".", "ms": 4, "lw": 1}
        above.plot(steps, [row.loss for row in part], label=phase, **style)
        below.plot(steps, [row.rmse_mev for row in part], **style)
        validated = [(row.step, row.validation) for row in part if row.validation is not None]
        if validated:
            above.plot(*zip(*validated, strict=True), ls=":", label=f"{phase}: held out", **style)
    above.set(yscale="log", ylabel="loss (eV², forces: eV²/Å²)")
    below.set(yscale="log", ylabel="RMSE of the training energies (meV)", xlabel="step")
    above.legend(frameon=False)
    figure.suptitle(name)
    save_figure(figure, path)
