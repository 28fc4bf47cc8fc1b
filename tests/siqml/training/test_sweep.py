"""Sweeps: every combination once, ranked by what the config holds out."""

import csv
import io
import json
from pathlib import Path

import pytest

from siqml.commands.main import main
from siqml.errors import ConfigError
from siqml.training.config import load_config
from siqml.training.run_folder import RunFolder
from siqml.training.sweep import HELD_OUT, TEST, TRAINING, SweepOrder, folder_name, sweep, sweep_lines
from siqml.training.swept import Swept
from tests.siqml.conftest import TINY_CONFIG, TINY_SPEC

STEPS = ("--set", "adam.steps=20", "--set", "lbfgs.steps=0")
RATES = "adam.scale_learning_rate=0.001,1e308,0.01"
"""The second one diverges."""


def run(folder: Path, *options: str) -> int:
    return main(["sweep", str(folder / "config.yaml"), "-o", str(folder / "out"), *options])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rates and two seeds."""
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "tiny.yaml").write_text(TINY_SPEC)
    (folder / "config.yaml").write_text(TINY_CONFIG)
    assert run(folder, "--over", RATES, "--seeds", "0,5", *STEPS) == 0
    return folder


def test_every_combination_has_its_runs(folder: Path) -> None:
    assert len([path for path in (folder / "out").iterdir() if path.is_dir()]) == 3
    runs = sorted((folder / "out").glob("*/seed-5/config.yaml"))
    assert {load_config(run).adam.scale_learning_rate for run in runs} == {0.001, 0.01, 1e308}


def test_settings_are_combined(tiny_config: Path) -> None:
    found = order(tiny_config, "adam.steps=1,2", "start.scales=0.3,{alpha: 0.5}")
    assert [(config.adam.steps, config.start.scales) for config in found.configs()] == [
        (1, 0.3), (1, {"alpha": 0.5}), (2, 0.3), (2, {"alpha": 0.5}),
    ]  # fmt: skip


def test_the_table_ranks_the_runs(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / "out" / "sweep.csv").read_text())))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    content = json.loads((folder / "out" / "sweep.json").read_text())
    assert content["ranked_by"] == "MSE(E) eV^2, test"
    assert content["command"].endswith("--seeds 0,5 --set adam.steps=20 --set lbfgs.steps=0")
    medians = []
    for row, one in zip(rows, content["combinations"], strict=True):
        tests = [
            RunFolder(folder / "out" / one["folder"] / f"seed-{n}").read_metrics()["test"]["energy"]["mse"]
            for n in (0, 5)
            if one["diverged"] == 0
        ]
        median = sum(tests) / 2 if tests else float("inf")
        assert float(row["MSE(E) eV^2, test"]) == pytest.approx(median)
        medians.append(median)
    assert medians == sorted(medians)
    assert [one["diverged"] for one in content["combinations"]] == [0, 0, 2]
    assert (folder / "out" / "sweep.png").read_bytes().startswith(b"\x89PNG")


def test_the_same_command_shows_the_same_table(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "out" / "sweep.txt").read_text().splitlines()
    options = ("--over", "adam.scale_learning_rate=0.01,0.001", "--seeds", "5,0", *STEPS)
    drawn: list[tuple] = []
    monkeypatch.setattr("siqml.training.session.run", lambda *args: pytest.fail("trained again"))
    monkeypatch.setattr("siqml.training.sweep.draw_over", lambda *given: drawn.append(given))
    assert run(folder, *options) == 0
    shown = capsys.readouterr().out.splitlines()
    assert "the best of them looks better than it is" in shown[0]
    assert before[-1].endswith("2 of 2 diverged")
    assert [line.split() for line in shown[2:4]] == [line.split() for line in before[2:4]]
    assert shown[:-1] == (folder / "out" / "sweep.txt").read_text().splitlines()
    ((_, values, spreads, key, quantity, _),) = drawn
    assert (values, key, quantity, len(spreads)) == (
        [0.001, 0.01],
        "adam.scale_learning_rate",
        TEST.column,
        2,
    )


def test_a_sweep_without_any_result_is_a_failure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--over", "adam.scale_learning_rate=1e308", "--seeds", "0,5", *STEPS) == 2
    found = capsys.readouterr()
    assert "2 of 2 diverged" in found.out
    assert found.err.splitlines()[-1].startswith("the loss of every training stopped being a number; take")


def order(config: Path, *over: str, settings: tuple[str, ...] = ()) -> SweepOrder:
    return SweepOrder("tiny", config, tuple(map(Swept.parse, over)), (0,), settings)


def test_what_ranks_is_what_the_config_holds_out(tiny_config: Path) -> None:
    stop = ("stop.validation=0.2",)
    for over, settings, expected in (
        ("start.weights=0.1,0.2", (), TEST),
        ("start.weights=0.1,0.2", stop, HELD_OUT),
        ("loss.forces=0,1", stop, TEST),
        ("stop.validation=0.1,0.2", (), TEST),
        ("start.weights=0.1,0.2", ("data.test=null",), TRAINING),
    ):
        found = order(tiny_config, over, settings=settings)
        assert found.ranking(found.configs()) is expected


def test_held_out_structures_rank(tiny_config: Path) -> None:
    wanted = order(
        tiny_config,
        "start.weights=0.1,0.2",
        settings=("stop.validation=0.2", "adam.steps=20", "lbfgs.steps=0"),
    )
    found = sweep(wanted, tiny_config.parent / "out", io.StringIO())
    assert "the test set takes no part in it" in sweep_lines(found)[0]
    assert "MSE(E) eV^2, test" in sweep_lines(found)[1]
    for one in found.combinations:
        assert one.ranks.median == one.metrics[0]["stopped"]["validation_loss"]


def test_a_folder_is_named_for_its_settings() -> None:
    names = {folder_name([setting]) for setting in ("start.model=a/b", "start.model=a_b", "a=" + "x" * 300)}
    assert len(names) == 3
    assert all("/" not in name and len(name) < 100 for name in names)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("adam.schedule=cosine, constant", ("cosine", "constant")),
        ("start.weights=0.1,[0.1, 0.2]", ("0.1", "[0.1, 0.2]")),
        ("start.model=runs/a,none,'true'", ("runs/a", "none", '"true"')),
        ("stop=null,{patience: 3}", ("null", '{"patience": 3}')),
    ],
)
def test_values(text: str, values: tuple[str, ...]) -> None:
    assert Swept.parse(text).values == values
    assert Swept.parse(Swept.parse(text).text) == Swept.parse(text)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--over", "adam.lr=1,2"], '--over adam.lr=1: unknown key "lr"; known: steps, learning_rate'),
        (["--over", "adam.stepz=1,2"], '--over adam.stepz=1: unknown key "stepz"; did you mean "steps"?'),
        (["--over", "adam.steps=1,x"], '--over adam.steps=x: adam.steps: found "x"; needed: a valid integer'),
        (["--over", "adam.steps=1,-1"], "--over adam.steps=-1: adam.steps: found -1; needed: greater than"),
        (["--over", "adam.steps"], '--over: found "adam.steps"; write it as KEY=VALUE,VALUE, such as'),
        (["--over", "adam.steps="], '--over: found "adam.steps="; write it as KEY=VALUE,VALUE, such as'),
        (["--over", "=1,2"], '--over: found "=1,2"; write it as KEY=VALUE,VALUE, such as'),
        (["--over", "adam.steps=1,1"], '--over: found "adam.steps=1,1"; the same value twice gives the same'),
        (["--over", "adam.steps=[1"], "--over adam.steps=[1:1:"),
        (["--over", "seed=1,2"], "--over seed: --seeds gives the seeds; leave it out"),
        (["--over", "data.test=a,b"], "--over data.test: errors on different test sets do not compare"),
        (
            ["--over", "adam.steps=1,2", "--set", "adam.steps=3"],
            "--over adam.steps: --set adam.steps=3 sets the same; leave one out",
        ),
        (
            ["--over", "adam.steps=1,2", "--over", "adam.steps=3"],
            "--over adam.steps: --over adam.steps sets the same; leave one out",
        ),
        (
            ["--over", "adam.steps=" + ",".join(map(str, range(101))), "--over", "lbfgs.memory="
             + ",".join(map(str, range(1, 101)))],
            "--over: 30300 trainings; at most 10000: take fewer values, or fewer --seeds",
        ),
        (["--over", "loss={energy: 0}"], "--over loss={"),
    ],
)  # fmt: skip
def test_mistakes_are_one_line_and_train_nothing(
    words: list[str], line: str, tiny_config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tiny_config.parent, *words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(line)
    assert shown.err.count("\n") == 1
    assert not (tiny_config.parent / "out").exists()


def test_an_order_that_is_too_large(tiny_config: Path) -> None:
    with pytest.raises(ConfigError, match="at most 10000"):
        order(tiny_config, "adam.steps=" + ",".join(map(str, range(10_001))))
