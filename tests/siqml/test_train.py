"""Training learns, and an interruption leaves no trace in the result."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
from siqml.config import load_config
from siqml.errors import TrainError
from siqml.frame import Frame
from siqml.structures import Structures
from siqml.train import Progress, Training, prepare, run
from tests.siqml.conftest import TINY_CONFIG


@pytest.fixture(scope="module")
def training(
    tiny_program: "eq.Program",
    diatomic: Frame,
    lih_train: Structures,
    tmp_path_factory: pytest.TempPathFactory,
) -> Training:
    path = tmp_path_factory.mktemp("config") / "c.yaml"
    path.write_text(TINY_CONFIG)
    return prepare(load_config(path), tiny_program, diatomic, lih_train)


def take(
    training: Training, folder: Path, stop_at: int | None = None, resume: bool = False
) -> tuple[bytes, list[Progress]]:
    """Parameters as bytes and the record; with ``stop_at``, Ctrl-C arrives after that many steps."""
    rows: list[Progress] = []

    def record(row: Progress) -> None:
        rows.append(row)
        if row.step == stop_at:
            raise KeyboardInterrupt

    field = run(training, folder / "checkpoint.safetensors", 50, io.StringIO(), record, resume)
    return field.params.tobytes(), rows


def test_the_loss_falls(training: Training, tmp_path: Path) -> None:
    _, rows = take(training, tmp_path)
    assert [row.step for row in rows] == [50, 100, 120, 170, 180]
    assert [row.phase for row in rows] == ["adam"] * 3 + ["lbfgs"] * 2
    assert rows[-1].loss < rows[0].loss / 2
    assert rows[-1].rmse_mev <= rows[2].rmse_mev


@pytest.mark.parametrize("stop_at", [50, 100, 120, 170, 180])
def test_interrupted_and_resumed_to_the_same_bits(training: Training, tmp_path: Path, stop_at: int) -> None:
    whole, rows = take(training, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        take(training, tmp_path, stop_at)
    resumed, later = take(training, tmp_path, resume=True)
    assert resumed == whole
    assert later == [row for row in rows if row.step > stop_at]


def test_each_phase_is_compiled_once(training: Training, tmp_path: Path) -> None:
    take(training, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        take(training, tmp_path, stop_at=170)
    take(training, tmp_path, resume=True)
    assert [phase.advance._cache_size() for phase in training.phases] == [1, 1]


def test_other_start_other_bits(training: Training, tmp_path: Path) -> None:
    params = np.array(training.force_field.params)
    params[0] += 1e-9
    other = replace(training, force_field=replace(training.force_field, params=params))
    assert take(other, tmp_path)[0] != take(training, tmp_path)[0]


def test_a_checkpoint_of_another_training_is_refused(training: Training, tmp_path: Path) -> None:
    take(training, tmp_path)
    with pytest.raises(TrainError, match="config, spec or data changed since; start again with --overwrite"):
        take(replace(training, fingerprint="other"), tmp_path, resume=True)


def test_nothing_to_resume(training: Training, tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="no checkpoint to continue from"):
        take(training, tmp_path, resume=True)


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:50], lambda b: b[:-1] + bytes([b[-1] ^ 1])]
)
def test_a_damaged_checkpoint_is_refused(training: Training, tmp_path: Path, damage) -> None:
    take(training, tmp_path)
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(TrainError, match="damaged"):
        take(training, tmp_path, resume=True)


def test_a_loss_that_is_no_number_stops(training: Training, tmp_path: Path) -> None:
    params = np.full(training.force_field.params.shape, np.nan)
    broken = replace(training, force_field=replace(training.force_field, params=params))
    with pytest.raises(TrainError) as error:
        take(broken, tmp_path)
    assert str(error.value) == "the loss is nan at adam step 50; lower adam.learning_rate"


@pytest.fixture
def prepared(tiny_program: "eq.Program", diatomic: Frame, lih_train: Structures, tmp_path: Path):
    """A training of the tiny config with some settings changed."""
    path = tmp_path / "c.yaml"
    path.write_text(TINY_CONFIG)
    return lambda *settings: prepare(load_config(path, settings), tiny_program, diatomic, lih_train)


def test_energies_first_is_one_more_phase(prepared, tmp_path: Path) -> None:
    training = prepared("lbfgs.energies_first=50", "loss.forces=1", "lbfgs.steps=20")
    whole, rows = take(training, tmp_path)
    assert [row.phase for row in rows] == ["adam"] * 3 + ["lbfgs, energies", "lbfgs"]
    with pytest.raises(KeyboardInterrupt):
        take(training, tmp_path, stop_at=170)
    assert take(training, tmp_path, resume=True)[0] == whole
    assert rows[-1].loss > rows[-2].loss  # the forces count from here on


def test_noise_is_on_the_energies_alone_and_follows_the_seed(prepared, lih_train: Structures) -> None:
    small, large, other = (prepared(f"labels.noise={noise}", f"seed={seed}") for noise, seed in
                           ((0.1, 1), (0.2, 1), (0.1, 2)))  # fmt: skip
    added = small.data.energies - lih_train.energies
    assert 0.05 < added.std() < 0.2
    np.testing.assert_allclose(large.data.energies - lih_train.energies, 2 * added, atol=1e-9)
    assert np.abs(other.data.energies - small.data.energies).max() > 0.01
    np.testing.assert_array_equal(small.data.forces, lih_train.forces)
    assert small.fingerprint != prepared().fingerprint


def test_a_line_must_be_there(prepared, lih_train: Structures) -> None:
    with pytest.raises(TrainError, match="lie on no line"):
        prepared("loss.along=line")
