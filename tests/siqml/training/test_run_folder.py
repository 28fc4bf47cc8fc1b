import json
from pathlib import Path

import numpy as np
import pytest

from siqml.errors import TrainError
from siqml.training.checkpoint import TrainState, save_checkpoint
from siqml.training.run_folder import RunFolder
from siqml.training.train import Progress


def test_a_new_and_an_empty_folder_are_taken(tmp_path: Path) -> None:
    RunFolder(tmp_path / "a" / "b").begin(overwrite=False)
    RunFolder(tmp_path / "a" / "b").begin(overwrite=False)
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["config.yaml", "checkpoint.safetensors"], "holds a run whose checkpoint cannot be continued: replace it with "
         "--overwrite, or choose another folder with -o"),
        (["config.yaml", "spec.yaml"], "holds a run that has reached no checkpoint: begin it again with --overwrite, "
         "or choose another folder with -o"),
        (["config.yaml", "model.safetensors"], "holds a trained model without a checkpoint: replace it with "
         "--overwrite, or choose another folder with -o"),
        (["notes.txt"], "is not empty and holds no run; choose another folder with -o"),
    ],
)  # fmt: skip
def test_a_full_folder_is_refused_with_a_way_out(tmp_path: Path, names: list[str], expected: str) -> None:
    for name in names:
        (tmp_path / name).write_text("model: spec.yaml\n")
    with pytest.raises(TrainError) as error:
        RunFolder(tmp_path).begin(overwrite=False)
    assert str(error.value) == f"{tmp_path} {expected.replace('FOLDER', str(tmp_path))}"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


def test_a_run_that_can_be_continued_is_refused_with_the_command_that_does(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("model: spec.yaml\n")
    state = TrainState(0, 3, np.zeros(2), {})
    save_checkpoint(tmp_path / "checkpoint.safetensors", state, "0", "kernel")
    with pytest.raises(
        TrainError, match=rf"is not empty: continue it with --resume {tmp_path}, replace it with"
    ):
        RunFolder(tmp_path).begin(overwrite=False)


@pytest.mark.parametrize("name", ["metrics.csv", "model.safetensors", "curve.png"])
def test_a_folder_in_place_of_a_file_is_found_before_anything_is_removed(tmp_path: Path, name: str) -> None:
    for other in ("config.yaml", "spec.yaml", "checkpoint.safetensors"):
        (tmp_path / other).write_text("precious")
    (tmp_path / name).mkdir()
    folder = RunFolder(tmp_path)
    for refused in (folder.reopen, lambda: folder.begin(overwrite=True)):
        with pytest.raises(TrainError) as error:
            refused()
        assert (
            str(error.value) == f"{tmp_path / name} is a folder where a file of the run belongs; move it away"
        )
    assert (tmp_path / "spec.yaml").read_text() == "precious"


HEADER = "step,phase,loss,rmse_mev,validation_loss\n"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (HEADER + "50,adam,1.0,2.0,\njunk\n", 3),
        (HEADER + "50,adam,one,2.0,\n", 2),
        (HEADER + "50,adam,1.0,2.0,,7\n", 2),
        (HEADER + "50,adam,1.0\n", 2),
        ("junk\n50\n", 1),
        ("{}", 1),
        (HEADER + "50,adam,1.0,\ufffd,\n", 2),
    ],
)
def test_a_damaged_record_names_its_line(tmp_path: Path, content: str, line: int) -> None:
    folder = RunFolder(tmp_path)
    folder.record.write_text(content, encoding="utf-8")
    with pytest.raises(TrainError) as error:
        folder.read_record()
    assert str(error.value) == (
        f"{folder.record}:{line}: damaged, not a line of a record; remove the line, or the file: the training goes on "
        "without its record"
    )
    assert folder.record.read_text(encoding="utf-8") == content


def test_a_record_that_is_no_text(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.record.write_bytes(HEADER.encode() + b"\xff\xfe\n")
    with pytest.raises(TrainError, match="damaged, not a line of a record"):
        folder.read_record()


def test_an_old_record_has_no_validation_loss(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.record.write_text("step,phase,loss,rmse_mev\n50,adam,1.0,2.0\n")
    assert folder.read_record() == [Progress(50, "adam", 1.0, 2.0)]


EVALUATION = {"energy": {"mse": 1.0}, "force": None, "energy_variance": 1.0}
METRICS = {
    "model": "x",
    "num_parameters": 1,
    "seed": 0,
    "steps": 1,
    "fingerprint": "f",
    "train": EVALUATION,
    "test": None,
}


def test_sound_metrics_are_read(tmp_path: Path) -> None:
    RunFolder(tmp_path).write_metrics(METRICS)
    assert RunFolder(tmp_path).read_metrics() == METRICS


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "junk", "1", "[" * 100_000, "\ufffd", '{"test": null}']
    + [json.dumps({**METRICS, key: value}) for key, value in (
        ("train", None), ("test", {}), ("test", 3), ("train", EVALUATION | {"energy": {"mse": "x"}}))],
)  # fmt: skip
def test_damaged_metrics(tmp_path: Path, content: str) -> None:
    folder = RunFolder(tmp_path)
    folder.metrics.write_text(content, encoding="utf-8")
    with pytest.raises(TrainError) as error:
        folder.read_metrics()
    assert str(error.value) == (
        f"{folder.metrics}: missing or damaged; remove it and write it again: siqml train --resume {tmp_path}"
    )


def test_overwriting_removes_the_run_and_nothing_else(tmp_path: Path) -> None:
    for name in ("config.yaml", "model.safetensors", "notes.txt"):
        (tmp_path / name).touch()
    RunFolder(tmp_path).begin(overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_what_is_no_run_folder_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").touch()
    with pytest.raises(TrainError, match="is not a run folder and is left alone"):
        RunFolder(tmp_path).begin(overwrite=True)
    assert (tmp_path / "model.safetensors").exists()


def test_a_config_that_the_user_keeps_in_the_folder_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("# mine\nmodel: tiny.yaml\n")
    (tmp_path / "spec.yaml").write_text("# mine too\n")
    for overwrite, expected in (
        (False, "holds no run; choose another folder"),
        (True, "is not a run folder and is left"),
    ):
        with pytest.raises(TrainError, match=expected):
            RunFolder(tmp_path).begin(overwrite)
    assert (tmp_path / "config.yaml").read_text().startswith("# mine")
    assert (tmp_path / "spec.yaml").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(TrainError, match="is a file; give a folder with -o"):
        RunFolder(tmp_path / "x").begin(overwrite=True)


def test_resuming_needs_a_run(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"is not a run folder: no config.yaml in it"):
        RunFolder(tmp_path).reopen()


def test_the_record_survives_to_the_bit(tmp_path: Path) -> None:
    rows = [Progress(50, "adam", 0.1 + 0.2, 1e-17), Progress(100, "lbfgs", 1 / 3, 5.0, 0.7)]
    folder = RunFolder(tmp_path)
    assert folder.read_record() == []
    folder.write_record(rows)
    assert folder.read_record() == rows
    assert folder.record.read_text().startswith("step,phase,loss,rmse_mev,validation_loss\n50,adam,")


def test_a_link_in_a_run_folder_stays_and_its_target_is_made_anew(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.begin(overwrite=False)
    folder.config.write_text(f"model: {folder.spec.name}\n")
    folder.metrics.symlink_to(tmp_path / "metrics.json")
    folder.metrics.write_text("{}")
    folder.begin(overwrite=True)
    assert not (tmp_path / "metrics.json").exists()
    folder.write_metrics({"rmse": 1})
    assert folder.metrics.is_symlink()
    assert (tmp_path / "metrics.json").is_file()
    assert '"rmse": 1' in (tmp_path / "metrics.json").read_text()
