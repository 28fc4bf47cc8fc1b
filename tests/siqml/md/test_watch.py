"""Simulations that leave the domain: a warning with its step, or a stop that keeps everything."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siqml.commands.main import main
from siqml.data.reading.extxyz import read_structures
from siqml.field.domain import Domain
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, load_model, save_model
from siqml.molecule.structures import Structures

HOT = ("--steps", "60", "--every", "2", "--temperature", "20000", "--timestep", "1")


@pytest.fixture
def model(tiny_field: ForceField, tiny_config: Path, lih_train: Structures, tmp_path: Path) -> Path:
    """A model that has seen short bonds only."""
    path = tmp_path / "model.safetensors"
    field = replace(tiny_field, domain=Domain.of(lih_train.chosen(range(12))))
    save_model(path, field, here(0, tiny_config.read_text().replace("lih_test", "lih_train")))
    return path


@pytest.fixture
def start(tmp_path: Path) -> Path:
    from ase import Atoms

    path = tmp_path / "start.xyz"
    Atoms("HLi", positions=[[0, 0, 1.1], [0, 0, -0.1]]).write(path)
    return path


def test_a_warning_names_the_step_and_the_frames_are_the_same(
    model: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ["md", str(model), "--start", str(start), *HOT]
    assert main([*order, "-o", str(tmp_path / "warned.extxyz")]) == 0
    captured = capsys.readouterr()
    warnings = [line for line in captured.err.splitlines() if line.startswith("warning: step ")]
    assert warnings
    assert warnings[0].endswith("times its reach; the model extrapolates")
    frames = read_structures(tmp_path / "warned.extxyz", ["Li", "H"])
    domain = load_model(model).domain
    assert domain is not None
    outside = domain.outside(frames.positions)
    assert len(warnings) == np.count_nonzero(np.diff(outside.astype(int), prepend=0) == 1)
    assert (
        f"{100 * outside.mean():.1f} % of the frames lie outside the domain of the training set\n"
        in captured.out
    )
    assert main([*order, "-o", str(tmp_path / "ignored.extxyz"), "--outside", "ignore"]) == 0
    captured = capsys.readouterr()
    assert "domain" not in captured.out + captured.err
    for end in (".extxyz", ".csv", ".checkpoint.safetensors"):
        assert (tmp_path / f"warned{end}").read_bytes() == (tmp_path / f"ignored{end}").read_bytes()


def test_a_stop_keeps_everything_and_can_be_continued(
    model: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ["md", str(model), *HOT]
    assert main([*order, "--start", str(start), "-o", str(tmp_path / "whole.extxyz")]) == 0
    first = capsys.readouterr().err.partition("warning: step ")[2].partition(":")[0]
    stopped = tmp_path / "stopped.extxyz"
    assert main([*order, "--start", str(start), "-o", str(stopped), "--outside", "stop"]) == 2
    captured = capsys.readouterr()
    assert captured.err.splitlines()[-1].startswith(
        f"step {first}: outside the domain of the training set, at "
    )
    assert captured.err.splitlines()[-1].endswith(
        f"; {stopped} holds all frames up to this one; --resume with --outside warn goes on"
    )
    assert "frames, " in captured.out
    assert stopped.with_suffix(".png").exists()
    assert len(read_structures(stopped, ["Li", "H"])) == int(first) // 2 + 1
    assert main([*order, "-o", str(stopped), "--resume"]) == 0
    for end in (".extxyz", ".csv", ".checkpoint.safetensors"):
        assert stopped.with_suffix(end).read_bytes() == (tmp_path / f"whole{end}").read_bytes()


def test_a_start_outside_stops_before_the_first_step(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ase import Atoms

    Atoms("LiH", positions=np.array([[0, 0, 0], [0, 0, 6.0]])).write(tmp_path / "far.xyz")
    order = ["md", str(model), "--start", str(tmp_path / "far.xyz"), "-o", str(tmp_path / "t.extxyz")]
    assert main([*order, "--outside", "stop"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("step 0: outside the domain")


def test_a_model_without_a_domain(
    tiny_field: ForceField, tiny_config: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plain.safetensors"
    save_model(path, tiny_field, here(0, tiny_config.read_text()))
    order = ["md", str(path), "--start", str(start), "-o", str(tmp_path / "t.extxyz"), "--steps", "10"]
    assert main([*order, "--outside", "stop"]) == 2
    assert capsys.readouterr().err.startswith("--outside stop: the model file does not hold the domain")
    assert not (tmp_path / "t.extxyz").exists()
    assert main(order) == 0
    assert "domain of the training set: unknown, the model file does not hold it\n" in capsys.readouterr().out
