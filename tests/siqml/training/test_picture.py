"""The picture of a training shows its whole record, phase by phase."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from siqml.field.force_field import ForceField
from siqml.training.picture import draw_learning
from siqml.training.run_folder import RunFolder
from siqml.training.session import resume, train
from siqml.training.train import Progress, Training

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROWS = [
    Progress(50, "adam", 1e-2, 30.0, 2e-2),
    Progress(100, "adam", 1e-3, 10.0),
    Progress(150, "lbfgs", 1e-5, 1.0),
]


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> "list[Figure]":
    """What would have been saved."""
    found: list[Figure] = []
    for module in ("siqml.training.picture", "siqml.evaluation.plots"):
        monkeypatch.setattr(f"{module}.save_figure", lambda figure, path: found.append(figure))
    return found


def lines(figure: "Figure") -> list[list[tuple[str, list[float], list[float]]]]:
    return [
        [(line.get_label(), list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines]
        for axes in figure.axes
    ]


def test_every_phase_has_its_own_line(figures: "list[Figure]") -> None:
    draw_learning(Path("learning.png"), ROWS, "tiny")
    loss, rmse = lines(figures[0])
    assert loss == [
        ("adam", [50, 100], [1e-2, 1e-3]),
        ("adam: held out", [50], [2e-2]),
        ("lbfgs", [150], [1e-5]),
    ]
    assert [line[1:] for line in rmse] == [([50, 100], [30.0, 10.0]), ([150], [1.0])]
    assert all(axes.get_yscale() == "log" for axes in figures[0].axes)
    assert len({line.get_color() for line in figures[0].axes[1].lines}) == 2


def test_a_resumed_run_shows_all_of_it(
    tiny_config: Path, monkeypatch: pytest.MonkeyPatch, figures: "list[Figure]"
) -> None:
    folder = RunFolder(tiny_config.parent / "run")

    def interrupted(training: Training, *args: Any) -> None:
        args[3](ROWS[0])
        raise KeyboardInterrupt

    def rest(training: Training, *args: Any) -> ForceField:
        args[3](ROWS[1])
        args[3](ROWS[2])
        return training.force_field

    monkeypatch.setattr("siqml.training.session.run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(tiny_config, folder, io.StringIO())
    assert figures == []
    monkeypatch.setattr("siqml.training.session.run", rest)
    monkeypatch.setattr(
        "siqml.training.session.read_position", lambda *_: None
    )  # the run above has written none
    resume(folder, io.StringIO())
    (figure,) = (figure for figure in figures if figure.axes[-1].get_xlabel() == "step")
    assert [x for _, steps, _ in lines(figure)[0] for x in steps] == [50, 100, 50, 150]


def test_no_step_no_picture(tiny_config: Path) -> None:
    folder = RunFolder(tiny_config.parent / "run")
    train(tiny_config, folder, io.StringIO(), ("adam.steps=0", "lbfgs.steps=0"))
    assert not folder.learning.exists()
    assert folder.parity.exists()
