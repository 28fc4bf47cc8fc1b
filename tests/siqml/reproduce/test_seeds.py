"""Finished runs are not repeated, interrupted ones are continued, others are replaced."""

import io
import json
from pathlib import Path

import pytest

from siqml.errors import DataError, TrainError
from siqml.evaluation.spread import Spread
from siqml.reproduce.seeds import SeedResult, middle, read_result
from siqml.training.run_folder import RunFolder
from siqml.training.session import train_or_continue
from tests.siqml.conftest import TINY_CONFIG, TINY_SPEC


def result(seed: int, energy: float) -> SeedResult:
    return SeedResult(seed, Path(), 67, 100, 1.0, (0.0, 0.0), (energy, 0.0))


def test_the_middle_seed_is_the_median_or_the_better_of_two() -> None:
    results = [result(0, 3.0), result(1, 1.0), result(2, 2.0)]
    assert middle(results).seed == 2
    assert middle([*results, result(3, 9.0)]).seed == 2
    assert middle(results[:1]).seed == 0


def test_spread() -> None:
    assert Spread.of([4.0, 1.0, 2.0, 3.0]) == Spread(2.5, 1.0, 4.0)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.yaml").write_text(TINY_SPEC)
    (folder / "config.yaml").write_text(TINY_CONFIG)
    return folder / "config.yaml"


@pytest.fixture(scope="module")
def finished(config: Path) -> RunFolder:
    folder = RunFolder(config.parent / "run")
    train_or_continue(config, folder, io.StringIO(), [])
    return folder


def report(config: Path, folder: RunFolder, *overrides: str) -> str:
    stream = io.StringIO()
    train_or_continue(config, folder, stream, list(overrides))
    return stream.getvalue()


def test_from_nothing_to_finished_to_continued_to_replaced(config: Path, finished: RunFolder) -> None:
    model = finished.model.read_bytes()
    assert read_result(finished).seconds is not None
    assert report(config, finished) == ""

    finished.metrics.unlink()  # as if killed after its last checkpoint
    report(config, finished)
    assert finished.model.read_bytes() == model
    assert read_result(finished).seconds is None

    assert "training: 180/180" in report(config, finished, "seed=5")
    assert finished.model.read_bytes() != model
    assert (read_result(finished).seed, read_result(finished).parameters) == (5, 4)
    report(config, finished)


def test_the_stricter_force_decides_for_two_atoms(finished: RunFolder) -> None:
    content = json.loads(finished.metrics.read_text())["test"]
    assert read_result(finished).test == (content["energy"]["mse"], content["radial_force"]["mse"])
    assert content["radial_force"]["mse"] == pytest.approx(3 * content["force"]["mse"])


def test_another_test_set_is_noticed(config: Path, finished: RunFolder) -> None:
    content = json.loads(finished.metrics.read_text())
    content["test"]["energy_variance"] *= 2
    finished.metrics.write_text(json.dumps(content))
    report(config, finished)
    assert json.loads(finished.metrics.read_text()) != content


def test_messages(config: Path, finished: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(
        TrainError, match=r"metrics\.json: missing or damaged; remove it and write it again: "
    ):
        RunFolder(tmp_path).read_metrics()
    content = json.loads(finished.metrics.read_text())
    (tmp_path / "metrics.json").write_text(json.dumps(content | {"test": None}))
    with pytest.raises(DataError, match=r"a table needs a test set, and forces on both sets$"):
        read_result(RunFolder(tmp_path))
