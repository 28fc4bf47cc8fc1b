from pathlib import Path

import pytest

from siqml.errors import TrainError
from siqml.run_folder import RunFolder
from siqml.train import Progress


def test_a_new_and_an_empty_folder_are_taken(tmp_path: Path) -> None:
    RunFolder(tmp_path / "a" / "b").begin(overwrite=False)
    RunFolder(tmp_path / "a" / "b").begin(overwrite=False)
    assert (tmp_path / "a" / "b").is_dir()


def test_a_full_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").touch()
    with pytest.raises(TrainError) as error:
        RunFolder(tmp_path).begin(overwrite=False)
    assert str(error.value) == (
        f"{tmp_path} is not empty: continue it with --resume {tmp_path}, "
        "replace it with --overwrite, or choose another folder with -o"
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
    folder.config.write_text("old")
    folder.metrics.symlink_to(tmp_path / "metrics.json")
    folder.metrics.write_text("{}")
    folder.begin(overwrite=True)
    assert not (tmp_path / "metrics.json").exists()
    folder.write_metrics({"rmse": 1})
    assert folder.metrics.is_symlink()
    assert (tmp_path / "metrics.json").is_file()
    assert folder.read_metrics() == {"rmse": 1}
