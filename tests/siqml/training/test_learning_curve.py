"""Learning curves: what they write is what the runs reached, and nothing is trained twice."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from siqml.commands.main import main
from siqml.data.reading.shipped import shipped_file
from siqml.evaluation.plots import draw_sizes
from siqml.evaluation.spread import Spread
from siqml.training.config import load_config
from siqml.training.learning_curve import CurvePoint, SizeResult, _table, curve_lines
from siqml.training.run_folder import RunFolder
from siqml.training.session import is_finished, training_set
from tests.siqml.commands.test_cli import one_line
from tests.siqml.conftest import TINY_CONFIG, TINY_SPEC

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = ("adam.steps=60", "lbfgs.steps=0")


def learn(folder: Path, *options: str) -> int:
    settings = [word for setting in STEPS for word in ("--set", setting)]
    return main(["learn", str(folder / "config.yaml"), "-o", str(folder / "curve"), *settings, *options])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sizes, two seeds."""
    folder = tmp_path_factory.mktemp("learning")
    (folder / "tiny.yaml").write_text(TINY_SPEC)
    (folder / "config.yaml").write_text(TINY_CONFIG)
    assert learn(folder, "--sizes", "12,6", "--seeds", "0,5") == 0
    return folder


def metrics(folder: Path, size: int, seed: int) -> dict:
    return RunFolder(folder / "curve" / f"size-{size}" / f"seed-{seed}").read_metrics()


def test_the_files_say_what_the_runs_reached(folder: Path) -> None:
    curve = folder / "curve"
    assert sorted(path.name for path in curve.iterdir()) == [
        "learning.csv", "learning.json", "learning.png", "size-12", "size-6",
    ]  # fmt: skip
    found = json.loads((curve / "learning.json").read_text())
    assert [point["size"] for point in found["points"]] == [6, 12]
    rows = list(csv.DictReader((curve / "learning.csv").read_text().splitlines()))
    assert [(row["size"], row["seed"]) for row in rows] == [("6", "0"), ("6", "5"), ("12", "0"), ("12", "5")]
    for point in found["points"]:
        tests = [metrics(folder, point["size"], seed)["test"] for seed in (0, 5)]
        for kind in ("energy", "force"):
            errors = [test[kind]["mse"] for test in tests]
            expected = {"median": sum(errors) / 2, "best": min(errors), "worst": max(errors)}
            assert point[f"test_{kind}_mse"] == pytest.approx(expected)
            shown = [float(row[f"test_{kind}_mse"]) for row in rows if row["size"] == str(point["size"])]
            assert shown == errors
    assert (curve / "learning.png").read_bytes().startswith(b"\x89PNG")


def test_the_numbers_say_where_they_come_from(folder: Path) -> None:
    found = json.loads((folder / "curve" / "learning.json").read_text())
    assert found["command"].endswith("--sizes 12,6 --seeds 0,5 --set adam.steps=60 --set lbfgs.steps=0")
    assert {"commit", "versions", "date"} < set(found)
    assert (found["model"], found["num_parameters"], found["train_structures"]) == ("tiny", 4, 53)
    prints = {result["fingerprint"] for point in found["points"] for result in point["seeds"]}
    assert len(prints) == 4


def test_every_run_is_trained_on_what_is_written_down(folder: Path, lih_train) -> None:
    order = json.loads((folder / "curve" / "learning.json").read_text())["drawn"]
    for seed in (0, 5):
        for size in (6, 12):
            taken = training_set(folder / "curve" / f"size-{size}" / f"seed-{seed}")
            written = lih_train.energies[order[str(seed)][:size]]
            assert sorted(taken.energies) == sorted(written)
            assert metrics(folder, size, seed)["train"]["num_structures"] == size


def test_the_size_identifies_a_training(folder: Path) -> None:
    run = RunFolder(folder / "curve" / "size-6" / "seed-0")
    for settings, expected in (
        (["data.train_size=6", "seed=0"], True),
        (["data.train_size=7", "seed=0"], False),
        (["data.train_size=6", "seed=5"], False),
        (["seed=0"], False),
    ):
        assert is_finished(folder / "config.yaml", run, [*STEPS, *settings]) is expected


def test_what_is_finished_is_not_repeated(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("siqml.training.session.run", lambda *args: pytest.fail("trained again"))
    before = (folder / "curve" / "learning.csv").read_bytes()
    assert learn(folder, "--sizes", "6,12", "--seeds", "0,5") == 0
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "6 structures, seed 0", "12 structures, seed 0", "6 structures, seed 5", "12 structures, seed 5",
    ]  # fmt: skip
    assert [line.split()[0] for line in captured.out.splitlines()] == ["structures", "6", "12", "see"]
    assert (folder / "curve" / "learning.csv").read_bytes() == before


def test_ctrl_c_says_how_to_continue(
    tiny_config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("siqml.training.many.train_or_continue", interrupted)
    assert learn(tiny_config.parent, "--sizes", "6", "--seeds", "0") == 130
    assert capsys.readouterr().err == "6 structures, seed 0\ninterrupted; the same command continues\n"
    assert not (tiny_config.parent / "curve").exists()


def test_what_is_finished_is_shown_while_later_seeds_are_missing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(
        config: Path, run: RunFolder, stream: object, settings: list[str], overwrite: bool
    ) -> None:
        if "seed=9" in settings:
            raise KeyboardInterrupt

    shutil.copytree(folder, tmp_path / "copy")
    monkeypatch.setattr("siqml.training.many.train_or_continue", interrupted)
    assert learn(tmp_path / "copy", "--sizes", "6,12", "--seeds", "5,9") == 130
    rows = csv.DictReader((tmp_path / "copy" / "curve" / "learning.csv").read_text().splitlines())
    assert [(row["size"], row["seed"]) for row in rows] == [("6", "5"), ("12", "5")]
    assert list(json.loads((tmp_path / "copy" / "curve" / "learning.json").read_text())["drawn"]) == ["5"]


def test_another_training_is_not_replaced_unasked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "curve" / "learning.json").read_bytes()
    assert learn(folder, "--sizes", "6", "--seeds", "0", "--set", "start.weights=0.2") == 2
    assert (
        capsys.readouterr()
        .err.splitlines()[-1]
        .startswith(f"{folder}/curve/size-6/seed-0 holds another training")
    )
    assert (folder / "curve" / "learning.json").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sizes", "6,54"], "--sizes: found 54; lih_train.extxyz has 53 structures; leave it out"),
        (["--sizes", "6,0"], "--sizes: found 0; needed: at least 1 structure"),
        (["--sizes", "6,6"], '--sizes: found "6,6"; the same size twice gives the same run twice'),
        (["--sizes", "6;7"], '--sizes: found "6;7"; needed: whole numbers with commas, such as 0,1,2'),
        (
            ["--sizes", "6", "--seeds", "1,1"],
            '--seeds: found "1,1"; the same seed twice gives the same run twice',
        ),
        (["--sizes", "6", "--set", "seed=3"], "--set seed=3: --seeds gives the seeds; leave it out"),
        (
            ["--sizes", "6", "--set", "data.train_size=3"],
            "--set data.train_size=3: --sizes gives the sizes; leave it out",
        ),
        (
            ["--sizes", "6", "--set", "data={train: lih_train.extxyz}"],
            "{config}: a learning curve needs a test set; give data.test",
        ),
        ([], "siqml learn: the following arguments are required: --sizes; see siqml learn --help"),
    ],
)
def test_mistakes_are_one_line_before_anything_is_trained(
    tiny_config: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    line = one_line(capsys, "learn", tiny_config, "-o", tiny_config.parent / "curve", *options)
    assert line == message.replace("{config}", str(tiny_config))
    assert not (tiny_config.parent / "curve").exists()


def test_one_structure_has_nothing_to_learn(tiny_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert learn(tiny_config.parent, "--sizes", "1", "--seeds", "0") == 2
    assert "all 1 training energies equal" in capsys.readouterr().err.splitlines()[-1]


def test_a_size_in_a_config_is_checked(tiny_config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert load_config(tiny_config, ["data.train_size=5"]).data.train_size == 5
    assert one_line(capsys, "train", tiny_config, "--set", "data.train_size=0") == (
        "--set data.train_size=0: data.train_size: found 0; needed: greater than or equal to 1"
    )
    source = shipped_file("lih_train.extxyz")
    assert one_line(capsys, "train", tiny_config, "--set", "data.train_size=54") == (
        f"{source}: data.train_size is 54, but there are 53 structures; lower it"
    )


RESULT = SizeResult(25, 0, 3e-6, 2e-3, 1e-7, "f")


def test_without_force_labels_there_are_energies_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    results = tuple(
        replace(RESULT, seed=seed, energy=e, force=None) for seed, e in enumerate((3e-6, 1e-6, 9e-6))
    )
    point = CurvePoint(25, results)
    assert (point.energy, point.force) == (Spread(3e-6, 1e-6, 9e-6), None)
    assert [line.split() for line in curve_lines([point])] == [
        ["structures", "MSE(E)", "eV^2", "best", "worst"],
        ["25", "3.00e-06", "1.00e-06", "9.00e-06"],
    ]
    assert _table([point]).splitlines()[1] == "25,0,3e-06,,1e-07"
    figures: list[Figure] = []
    monkeypatch.setattr("siqml.evaluation.plots.save_figure", lambda figure, path: figures.append(figure))
    draw_sizes(Path("learning.png"), [25], [point.energy], [], "tiny")
    assert len(figures[0].axes) == 1


def test_the_picture_shows_median_and_band(monkeypatch: pytest.MonkeyPatch) -> None:
    figures: list[Figure] = []
    monkeypatch.setattr("siqml.evaluation.plots.save_figure", lambda figure, path: figures.append(figure))
    spreads = [Spread(3.0, 1.0, 9.0), Spread(0.3, 0.1, 0.9)]
    draw_sizes(Path("learning.png"), [25, 50], spreads, spreads, "tiny")
    for axes in figures[0].axes:
        (median,) = axes.lines
        assert (list(median.get_xdata()), list(median.get_ydata())) == ([25, 50], [3.0, 0.3])
        (band,) = axes.collections
        corners = {tuple(corner) for corner in band.get_paths()[0].vertices}
        assert {(25, 1), (25, 9), (50, 0.1), (50, 0.9)} <= corners
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
