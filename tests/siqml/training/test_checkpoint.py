"""A checkpoint belongs to this training and is whole, or it is refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siqml.errors import DataError, SiqmlError, TrainError
from siqml.field.sealed import read_sealed, write_sealed
from siqml.training.checkpoint import (
    KIND,
    Best,
    TrainState,
    has_checkpoint,
    read_position,
    restore,
    save_checkpoint,
)

STATE = TrainState(1, 7, np.array([0.5, 1.5]), {"mean": np.zeros(2)}, Best(0.25, 6, np.ones(2)))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint.safetensors"
    save_checkpoint(path, STATE, "mark", "kernel")
    return path


def test_round_trip(saved: Path) -> None:
    phase, step, arrays = read_position(saved, "mark")
    params, optimizer, best = restore(arrays, {"mean": np.zeros(2)})
    assert (phase, step, params.tolist(), best is not None and best.loss) == (1, 7, [0.5, 1.5], 0.25)
    assert optimizer["mean"].tolist() == [0, 0]


def changed(path: Path, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> None:
    facts, arrays = read_sealed(path, KIND, TrainError, "")
    change(facts, arrays)
    write_sealed(path, facts.pop("kind"), facts, arrays)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda facts, arrays: facts.pop("step"), r'"step" is missing in it'),
        (lambda facts, arrays: facts.update(phase=True), r'"phase" is missing in it, or of another type'),
        (lambda facts, arrays: facts.pop("fingerprint"), r'"fingerprint" is missing in it'),
        (lambda facts, arrays: facts.pop("backend"), r'"backend" is missing in it'),
        (lambda facts, arrays: arrays.pop("params"), r'the array "params" is missing in it'),
        (lambda facts, arrays: facts.update(fingerprint="x"), r"config, spec or data changed since"),
    ],
)
def test_a_forged_checkpoint_is_refused(
    saved: Path, change: Callable[[dict[str, Any], dict[str, Any]], object], message: str
) -> None:
    changed(saved, change)
    assert not has_checkpoint(saved, "mark")
    with pytest.raises(TrainError, match=message):
        read_position(saved, "mark")


@pytest.mark.parametrize("name", ["best.step", "best.loss"])
def test_the_best_parameters_are_there_in_full(saved: Path, name: str) -> None:
    changed(saved, lambda facts, arrays: arrays.pop(name))
    _, _, arrays = read_position(saved, "mark")
    with pytest.raises(TrainError, match=r"^the checkpoint does not hold the best parameters in full"):
        restore(arrays, {"mean": np.zeros(2)})


@pytest.mark.parametrize(
    "like", [{"mean": np.zeros(3)}, {"square": np.zeros(2)}, {"mean": np.zeros(2, np.int64)}]
)
def test_an_optimiser_of_another_form_is_refused(saved: Path, like: dict[str, Any]) -> None:
    _, _, arrays = read_position(saved, "mark")
    with pytest.raises(TrainError, match=r"^the checkpoint was written by another version of the optimiser"):
        restore(arrays, like)


def test_every_message_is_one_line_that_a_terminal_can_show() -> None:
    """The text of files gets into messages, and with it whatever they hold."""
    assert str(DataError("a.xyz:\n3: \x1b[31m\u200b")) == r"a.xyz: 3: \x1b[31m\u200b"
    assert str(SiqmlError()) == ""


def test_a_checkpoint_of_another_back_end_is_refused(saved: Path) -> None:
    assert has_checkpoint(saved, "mark", "kernel")
    assert not has_checkpoint(saved, "mark", "jax")
    with pytest.raises(
        TrainError, match=r"begun with backend: kernel, and now it is jax, whose last bits differ"
    ):
        read_position(saved, "mark", "jax")
