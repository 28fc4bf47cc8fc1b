"""Many trainings: the same files wherever they run, and no folder in common."""

import io
import json
import logging
import shutil
from pathlib import Path

import pytest

from siqml.commands.main import main
from siqml.errors import DivergedError, TrainError
from siqml.tasks.crew import HERE, Workers
from siqml.training.many import Wanted, train_many
from siqml.training.order import TrainingOrder, carried_out
from siqml.training.run_folder import RunFolder
from siqml.training.session import Inputs, train, what_is_left
from tests.siqml.commands.test_cli import one_line

SHORT = ("adam.steps=60", "lbfgs.steps=20", "checkpoint.every=20")


def contents(folder: Path) -> dict[str, bytes]:
    """Every file by its name; of the metrics, what does not depend on the clock."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for name in found:
        if name.endswith("metrics.json"):
            metrics = json.loads(found[name])
            del metrics["seconds"]
            found[name] = json.dumps(metrics).encode()
    return found


def wanted(config: Path, folder: Path, *settings: str, seeds: tuple[int, ...] = (0, 4)) -> list[Wanted]:
    return [
        Wanted(f"seed {n}", config, RunFolder(folder / f"seed-{n}"), (*SHORT, *settings, f"seed={n}"))
        for n in seeds
    ]


def trained(trainings: list[Wanted], workers: Workers, overwrite: bool = False) -> list[str]:
    return sorted(one.wanted.title for one in train_many(trainings, io.StringIO(), workers, overwrite))


def test_an_order_is_carried_out_to_the_same_bytes(tiny_config: Path, tmp_path: Path) -> None:
    """Also with a model to start from, and where none of the files exist."""
    (start,) = wanted(tiny_config, tmp_path / "start", seeds=(7,))
    train(tiny_config, start.folder, io.StringIO(), start.overrides)
    one, other = (
        wanted(tiny_config, tmp_path / name, f"start.model={start.folder.root}", seeds=(3,))[0]
        for name in ("here", "there")
    )
    train(tiny_config, one.folder, io.StringIO(), one.overrides)
    order = TrainingOrder.of(Inputs.read(tiny_config, other.overrides), other.folder, overwrite=False)
    assert order is not None
    assert not other.folder.root.exists()
    shutil.rmtree(start.folder.root)
    (tmp_path / "tiny.yaml").unlink()
    other.folder.put(carried_out(order))
    assert contents(one.folder.root) == contents(other.folder.root)


def test_what_was_begun_is_continued_elsewhere(
    tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, part = (wanted(tiny_config, tmp_path / name, seeds=(3,))[0] for name in ("whole", "part"))
    train(tiny_config, whole.folder, io.StringIO(), whole.overrides)

    def interrupted(self: RunFolder, rows: list) -> None:
        write(self, rows)
        raise KeyboardInterrupt

    write = RunFolder.write_record
    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "write_record", interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(tiny_config, part.folder, io.StringIO(), part.overrides)
    inputs = Inputs.read(tiny_config, part.overrides)
    assert what_is_left(inputs, part.folder, overwrite=False) == "the rest"
    order = TrainingOrder.of(inputs, part.folder, overwrite=False)
    assert order is not None
    part.folder.put(carried_out(order))
    assert part.folder.read_metrics()["resumed"]
    for name in ("model", "checkpoint", "record"):
        assert getattr(part.folder, name).read_bytes() == getattr(whole.folder, name).read_bytes()
    assert what_is_left(inputs, part.folder, overwrite=False) == "nothing"
    assert TrainingOrder.of(inputs, part.folder, overwrite=False) is None


def test_an_order_says_what_the_folder_cannot_take(tiny_config: Path, tmp_path: Path) -> None:
    (one,) = wanted(tiny_config, tmp_path, seeds=(0,))
    one.folder.root.write_text("a file")
    with pytest.raises(TrainError, match="seed-0 is a file"):
        TrainingOrder.of(Inputs.read(tiny_config, one.overrides), one.folder, overwrite=True)


def test_workers_give_the_same_bytes(tiny_config: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason='not installed: pip install -e ".[cluster]"')
    for name, workers in (("here", HERE), ("two", Workers(jobs=2))):
        assert trained(wanted(tiny_config, tmp_path / name), workers) == ["seed 0", "seed 4"]
    assert contents(tmp_path / "two") == contents(tmp_path / "here")


@pytest.mark.slow
def test_one_worker_gives_the_same_bytes(tiny_config: Path, tmp_path: Path) -> None:
    """One process, and one Dask worker behind an address."""
    distributed = pytest.importorskip("distributed", reason='not installed: pip install -e ".[cluster]"')
    trained(wanted(tiny_config, tmp_path / "here"), HERE)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
    ) as machine:
        places = {
            "process": Workers(jobs=1),
            "address": Workers(scheduler=machine.scheduler_address),
        }
        for name, workers in places.items():
            assert trained(wanted(tiny_config, tmp_path / name), workers) == ["seed 0", "seed 4"]
            assert contents(tmp_path / name) == contents(tmp_path / "here")


def test_what_is_finished_calls_nobody(
    tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained(wanted(tiny_config, tmp_path / "here", "adam.steps=20"), HERE)
    monkeypatch.setattr("siqml.training.many.crew", lambda workers: pytest.fail("called"))
    assert len(trained(wanted(tiny_config, tmp_path / "here", "adam.steps=20"), Workers(jobs=2))) == 2
    with pytest.raises(TrainError, match="holds another training"):
        trained(wanted(tiny_config, tmp_path / "here", "adam.steps=40"), Workers(jobs=2))


@pytest.mark.parametrize(
    "workers", [HERE, pytest.param(Workers(jobs=1), marks=pytest.mark.slow)], ids=["here", "process"]
)
def test_one_that_diverges_leaves_the_others(tiny_config: Path, tmp_path: Path, workers: Workers) -> None:
    good, bad = wanted(tiny_config, tmp_path, "lbfgs.steps=0")
    bad = Wanted(bad.title, tiny_config, bad.folder, (*bad.overrides, "adam.scale_learning_rate=1e308"))
    found = {
        one.wanted.title: one.diverged
        for one in train_many([bad, good], io.StringIO(), workers, diverging=True)
    }
    assert found["seed 0"] is None
    assert str(found["seed 4"]).startswith("the loss is nan at adam step")
    assert good.folder.model.is_file()
    with pytest.raises(DivergedError, match="the loss is nan"):
        list(train_many([bad], io.StringIO(), workers, overwrite=True))


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--jobs", "2"], "--jobs: one training is not divided; give several --seeds, or leave it out"),
        (
            ["--scheduler", "tcp://a:1"],
            "--scheduler: one training is not divided; give several --seeds, or leave it out",
        ),
        (
            ["--seeds", "0,1", "--jobs", "2", "--scheduler", "tcp://a:1"],
            "--jobs: behind --scheduler, the cluster has its own workers; leave one of the two out",
        ),
        (
            ["--seeds", "0,1", "--scheduler", "a"],
            '--scheduler: found "a"; needed: an address such as tcp://10.0.0.5:8786',
        ),
    ],
)
def test_mistakes(
    words: list[str], line: str, tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", str(tiny_config), "-o", str(tmp_path / "new"), *words]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == line
    assert not (tmp_path / "new").exists()


def test_without_dask(
    tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("siqml.tasks.crew.find_spec", lambda name: None)
    for words in (
        ["train", str(tiny_config), "--seeds", "0,1"],
        ["learn", str(tiny_config), "--sizes", "6", "--seeds", "0"],
        ["sweep", str(tiny_config), "--over", "adam.steps=1,2"],
    ):
        line = one_line(capsys, *words, "-o", str(tmp_path / "new"), "--scheduler", "tcp://127.0.0.1:1")
        assert 'pip install -e ".[cluster]"' in line
        assert not (tmp_path / "new").exists()
