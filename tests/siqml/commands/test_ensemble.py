"""Several seeds from the command line: trained once, continued where they were, evaluated together."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from siqml.commands.main import main
from siqml.field.model_file import here, load_model, save_model
from siqml.training.run_folder import RunFolder
from siqml.training.session import is_finished, sets_of, train_or_continue
from siqml.training.train import Progress
from tests.siqml.commands.test_cli import one_line
from tests.siqml.conftest import TINY_CONFIG, TINY_SPEC

SHORT = ("--set", "adam.steps=60", "--set", "lbfgs.steps=0")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "tiny.yaml").write_text(TINY_SPEC)
    (folder / "config.yaml").write_text(TINY_CONFIG)
    assert train(folder / "runs", "--seeds", "0,4") == 0
    return folder / "runs"


def train(runs: Path, *options: str) -> int:
    return main(["train", str(runs.parent / "config.yaml"), "-o", str(runs), *SHORT, *options])


def copied(folder: Path, copy: Path) -> None:
    """Configs and runs; the config of a run names no file beside it."""
    shutil.copytree(folder, copy, dirs_exist_ok=True)


def test_every_seed_has_its_run(runs: Path) -> None:
    assert sorted(path.name for path in runs.iterdir()) == ["seed-0", "seed-4"]
    assert [RunFolder(runs / f"seed-{n}").read_metrics()["seed"] for n in (0, 4)] == [0, 4]
    weights = [(runs / f"seed-{n}" / "model.safetensors").read_bytes() for n in (0, 4)]
    assert weights[0] != weights[1]


def test_what_is_finished_is_not_repeated(
    runs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("siqml.training.session.run", lambda *args: pytest.fail("trained again"))
    assert train(runs, "--seeds", "0,4") == 0
    captured = capsys.readouterr()
    assert captured.err == "seed 0\nseed 4\n"
    assert captured.out.startswith("lih_test.extxyz: 81 structures, 2 models\nmean squares")
    tests = [RunFolder(runs / f"seed-{n}").read_metrics()["test"]["energy"]["mse"] for n in (0, 4)]
    energy = next(line for line in captured.out.splitlines() if "energy, eV^2" in line).split()
    expected = [sum(tests) / 2, min(tests), max(tests)]
    assert [float(value) for value in energy[2:5]] == pytest.approx(expected, rel=1e-2)


def test_ctrl_c_is_continued_by_the_same_command(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    copied(runs.parent, tmp_path)
    shutil.rmtree(tmp_path / "runs" / "seed-4")

    def interrupted(self: RunFolder, rows: list[Progress]) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RunFolder, "write_record", interrupted)
        assert train(tmp_path / "runs", "--seeds", "4,0") == 130
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted; the same command continues"
    assert train(tmp_path / "runs", "--seeds", "4,0") == 0
    assert RunFolder(tmp_path / "runs" / "seed-4").read_metrics()["resumed"]
    for n in (0, 4):
        again = tmp_path / "runs" / f"seed-{n}" / "checkpoint.safetensors"
        assert again.read_bytes() == (runs / f"seed-{n}" / "checkpoint.safetensors").read_bytes()


def test_another_training_is_not_replaced_unasked(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (runs / "seed-0" / "model.safetensors").read_bytes()
    assert train(runs, "--seeds", "0,4", "--set", "labels.window=[0.1, 0.3]") == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"{runs}/seed-0 holds another training, or a damaged one; replace it with --overwrite, or choose another "
        "folder with -o"
    )
    assert (runs / "seed-0" / "model.safetensors").read_bytes() == before


def test_another_test_set_is_evaluated_without_training(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siqml.training.train._step", lambda *args: pytest.fail("trained again"))
    copied(runs.parent, tmp_path)
    run = RunFolder(tmp_path / "runs" / "seed-0")
    settings = [*SHORT[1::2], "seed=0", "data.test=lih_train.extxyz"]
    train_or_continue(tmp_path / "config.yaml", run, io.StringIO(), settings)
    assert run.read_metrics()["test"]["num_structures"] == 53
    assert is_finished(tmp_path / "config.yaml", run, settings)


def test_evaluate_takes_models_and_folders_of_runs(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(runs), "lih_test.extxyz", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert list(found["members"]) == [f"{runs}/seed-0", f"{runs}/seed-4"]
    for n in (0, 4):
        expected = RunFolder(runs / f"seed-{n}").read_metrics()["test"]["energy"]["mse"]
        assert found["members"][f"{runs}/seed-{n}"]["energy"]["mse"] == pytest.approx(expected, rel=1e-9)
    assert -1 <= found["energy"]["correlation"] <= 1
    models = [str(runs / "seed-0"), str(runs / "seed-4" / "model.safetensors")]
    assert main(["evaluate", *models]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if line.endswith("structures") and line[0] != " "] == [
        "lih_train.extxyz",
        "lih_test.extxyz",
    ]
    assert f"{found['mean']['energy']['mse']:.3e}" in next(line for line in lines[8:] if "mean of 2" in line)


def test_in_a_process_of_its_own(runs: Path) -> None:
    """Nothing has switched on 64-bit numbers before."""
    command = [
        sys.executable,
        "-m",
        "siqml",
        "evaluate",
        str(runs),
        "lih_test.extxyz",
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    (found,) = json.loads(done.stdout)
    expected = RunFolder(runs / "seed-4").read_metrics()["test"]["energy"]["mse"]
    assert found["members"][f"{runs}/seed-4"]["energy"]["mse"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--seeds", "3"], "--seeds 3: an ensemble needs at least two seeds; for a single one: --seed 3"),
        (["--seeds", "1,1"], '--seeds: found "1,1"; the same seed twice gives the same run twice'),
        (["--seeds", "1,01"], '--seeds: found "1,01"; the same seed twice gives the same run twice'),
        (["--seeds="], '--seeds: found ""; needed: whole numbers with commas, such as 0,1,2'),
        (["--seeds", "1,-2"], '--seeds: found "1,-2"; needed: whole numbers with commas, such as 0,1,2'),
        (["--seeds", "1,2", "--seed", "0"], "--seed and --seeds are both given; leave one out"),
        (["--seeds", "1,2", "--set", "seed=0"], "--set seed=0: --seeds gives the seeds; leave it out"),
    ],
)
def test_mistakes_about_seeds_are_one_line(
    runs: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    folder = runs.parent / "none"
    assert one_line(capsys, "train", runs.parent / "config.yaml", "-o", folder, *options) == message
    assert not folder.exists()


def test_a_run_holds_no_runs(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config, run = runs.parent / "config.yaml", runs / "seed-0"
    line = f"{run} is a run itself; choose another folder with -o for several"
    assert one_line(capsys, "train", config, "-o", run, "--seeds", "0,1") == line
    assert one_line(capsys, "learn", config, "-o", run, "--sizes", "9") == line


def test_resume_takes_no_seeds(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert one_line(capsys, "train", "--resume", runs, "--seeds", "0,1") == (
        "--resume RUN takes everything from the run folder; leave the other arguments out"
    )


def test_a_device_takes_one_model(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert one_line(capsys, "evaluate", runs, "--backend", "aer") == "--backend aer takes one model; found 2"
    assert one_line(capsys, "evaluate", runs, "--shots", "9").startswith("--shots is about a device; ")


def test_models_of_different_training_data_need_data(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.safetensors"
    config = (runs / "seed-0" / "config.yaml").read_text().replace("train_size: null", "train_size: 20")
    save_model(other, load_model(runs / "seed-0"), here(0, config))
    assert one_line(capsys, "evaluate", runs / "seed-0", other) == (
        f"{other} was trained with other data than {runs}/seed-0; name the data to evaluate on"
    )
    train_set, test_set = sets_of([other], [], ["Li", "H"])
    assert (len(train_set), len(test_set)) == (20, 81)
