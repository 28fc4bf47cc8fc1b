"""Training learns, and an interruption leaves no trace in the result."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import eqcompile as eq
from siqml.errors import ConfigError, ModelError, TrainError
from siqml.field.model_file import here, save_model
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures
from siqml.training.config import load_config
from siqml.training.optimisers.adam import Decay, minibatches
from siqml.training.optimisers.plan import step_settings
from siqml.training.train import Progress, Training, prepare, redrawn, run
from tests.siqml.conftest import TINY_CONFIG, TINY_SPEC


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
    # The interruption came while the row was written, so its steps are taken again.
    assert later == [row for row in rows if row.step >= stop_at]


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


def test_jax_compiles_a_loss_once_for_all_phases(prepared, tmp_path: Path) -> None:
    training = prepared("backend=jax")
    take(training, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        take(training, tmp_path, stop_at=170)
    take(training, tmp_path, resume=True)
    assert training.objective._both._cache_size() == 1


def test_energies_first_is_one_more_phase(prepared, tmp_path: Path) -> None:
    training = prepared("lbfgs.energies_first=50", "loss.forces=1", "lbfgs.steps=20")
    whole, rows = take(training, tmp_path)
    assert [row.phase for row in rows] == ["adam"] * 3 + ["lbfgs, energies", "lbfgs"]
    with pytest.raises(KeyboardInterrupt):
        take(training, tmp_path, stop_at=170)
    assert take(training, tmp_path, resume=True)[0] == whole
    assert rows[-1].loss > rows[-2].loss  # the forces count from here on
    assert training.phase_names == ("adam", "lbfgs, energies", "lbfgs")


def test_settings_of_steps_are_those_of_the_phases(prepared, tmp_path: Path) -> None:
    for extra in ((), ("lbfgs.energies_first=50",)):
        config = load_config(tmp_path / "c.yaml", extra)
        names = prepared(*extra).phase_names
        settings = step_settings(config, range(len(names)))
        changed = prepared(*extra, *settings)
        assert [phase.steps for phase in changed.phases] == [*range(len(names))]
        assert changed.phase_names == names
        assert step_settings(config, [7]) == tuple(f"{setting.split('=')[0]}=7" for setting in settings)
    with pytest.raises(ValueError, match="shorter"):
        step_settings(config, [1, 2])


@pytest.fixture
def drawn(prepared, lih_train: Structures, tmp_path: Path):
    """A training with another seed and other noise, with the loops of one that was prepared without noise."""
    first = prepared()

    def draw(*settings: str) -> Training:
        return redrawn(first, load_config(tmp_path / "c.yaml", settings), lih_train)

    return draw


def test_a_draw_is_the_training_of_its_own_seed_and_noise(prepared, drawn, tmp_path: Path) -> None:
    settings = ("labels.noise=0.05", "seed=3")
    own, draw = prepared(*settings), drawn(*settings)
    assert draw.fingerprint == own.fingerprint
    np.testing.assert_array_equal(draw.data.energies, own.data.energies)
    np.testing.assert_array_equal(draw.force_field.params, own.force_field.params)
    assert take(draw, tmp_path) == take(own, tmp_path)


@pytest.mark.parametrize("backend", ["jax", "kernel"])
def test_draws_share_what_is_compiled_and_not_their_labels(
    prepared, lih_train: Structures, tmp_path: Path, backend: str
) -> None:
    first = prepared(f"backend={backend}")
    one, two = (
        redrawn(first, load_config(tmp_path / "c.yaml", (f"labels.noise={noise}", "seed=3")), lih_train)
        for noise in (0.05, 0.2)
    )
    assert one.objective is two.objective is first.objective
    ends = [np.frombuffer(take(draw, tmp_path)[0]) for draw in (one, two)]
    assert np.abs(ends[0] - ends[1]).max() > 1e-3
    assert backend == "kernel" or one.objective._both._cache_size() == 1
    with pytest.raises(KeyboardInterrupt):
        take(one, tmp_path, stop_at=100)
    np.testing.assert_array_equal(np.frombuffer(take(one, tmp_path, resume=True)[0]), ends[0])


@pytest.mark.parametrize("setting", ["stop={validation: 0.2}", "adam.batch=10"])
def test_draws_of_what_also_decides_the_optimisers_are_refused(drawn, setting: str) -> None:
    with pytest.raises(TrainError, match=r"^draws of labels share their optimisers: leave out stop and "):
        drawn(setting)


def test_without_a_checkpoint_nothing_is_written(training: Training, tmp_path: Path) -> None:
    field = run(training, None, 50, io.StringIO(), lambda row: None)
    assert list(tmp_path.iterdir()) == []
    assert field.params.tobytes() == take(training, tmp_path)[0]


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
    with pytest.raises(TrainError, match="do not lie on a line"):
        prepared("loss.along=line")


def test_the_result_of_a_fitted_map_carries_it(prepared, tmp_path: Path) -> None:
    """The energies of the finished model have the RMSE of the last row, except for the step after it."""
    training = prepared("labels.map=least_squares")
    rows: list[Progress] = []
    field = run(training, tmp_path / "c.safetensors", 50, io.StringIO(), rows.append)
    error = field.energies(training.data.positions) - training.data.energies
    assert 1e3 * np.sqrt(np.mean(error**2)) == pytest.approx(rows[-1].rmse_mev, rel=1e-9)
    assert abs(error.mean()) < 1e-10


def test_minibatches_see_every_structure_once_a_pass(prepared, tmp_path: Path) -> None:
    config = load_config(tmp_path / "c.yaml", ("adam.batch=10",))
    table = minibatches(config, 53)
    assert table.shape == (120, 10)
    for first in range(0, 120, 5):
        seen = table[first : first + 5].ravel()
        assert len(set(seen)) == len(seen) == 50
    assert not np.array_equal(table[:5], table[5:10])
    assert not np.array_equal(
        table, minibatches(load_config(tmp_path / "c.yaml", ("adam.batch=10", "seed=2")), 53)
    )


@pytest.mark.parametrize(
    "setting",
    ["labels.map=least_squares", "adam.batch=10", "adam.schedule=exponential", "adam.schedule=constant"],
)
def test_other_ways_to_train_learn_and_resume_to_the_same_bits(
    prepared, tmp_path: Path, setting: str
) -> None:
    training = prepared(setting, "loss.forces=0.1")
    whole, rows = take(training, tmp_path)
    assert rows[-1].loss < rows[0].loss
    with pytest.raises(KeyboardInterrupt):
        take(training, tmp_path, stop_at=50)
    assert take(training, tmp_path, resume=True)[0] == whole
    assert take(prepared("loss.forces=0.1"), tmp_path)[0] != whole


def test_a_minibatch_of_everything_is_the_full_batch(prepared, tmp_path: Path) -> None:
    whole, few = (prepared(*extra, "lbfgs.steps=0") for extra in ((), ("adam.batch=53",)))
    ends = [np.frombuffer(take(training, tmp_path)[0]) for training in (whole, few)]
    np.testing.assert_allclose(*ends, rtol=1e-6)


@pytest.mark.parametrize(
    ("schedule", "begin", "middle", "end"),
    [("cosine", 1, 0.505, 0.01), ("exponential", 1, 0.1, 0.01), ("constant", 1, 1, 1)],
)
def test_how_the_learning_rate_falls(schedule: str, begin: float, middle: float, end: float) -> None:
    assert [Decay(100, schedule).factor(step) for step in (0, 50, 100)] == pytest.approx([begin, middle, end])


def test_a_start_model_is_where_training_begins(prepared, training: Training, tmp_path: Path) -> None:
    field = run(training, tmp_path / "checkpoint.safetensors", 50, io.StringIO(), lambda row: None)
    models = [tmp_path / "one.safetensors", tmp_path / "two.safetensors"]
    for model, shift in zip(models, (0.0, 0.1), strict=True):
        save_model(model, replace(field, params=field.params + shift), here(1, "seed: 1"))
    one, two, drawn = (prepared(*extra) for extra in ([f"start.model={path}"] for path in (*models, "~")))
    np.testing.assert_array_equal(one.force_field.params, field.params)
    np.testing.assert_array_equal(two.force_field.params, field.params + 0.1)
    assert len({one.fingerprint, two.fingerprint, drawn.fingerprint}) == 3
    (tmp_path / "moved.safetensors").write_bytes(models[0].read_bytes())
    assert prepared(f"start.model={tmp_path / 'moved.safetensors'}").fingerprint == one.fingerprint


def test_a_start_model_of_another_spec_is_refused(prepared, tiny_field, tmp_path: Path) -> None:
    other = eq.compile(eq.loads(TINY_SPEC.replace("depth: 3", "depth: 4"), path="other.yaml"))
    params = np.zeros(other.num_parameters)
    save_model(
        tmp_path / "m.safetensors", replace(tiny_field, model=other, params=params), here(1, "seed: 1")
    )
    with pytest.raises(ModelError, match=r"m.safetensors: its parameters are of another spec; start from"):
        prepared(f"start.model={tmp_path / 'm.safetensors'}")


def test_a_minibatch_larger_than_the_training_set(prepared) -> None:
    with pytest.raises(
        TrainError, match=r"^adam.batch is 54, more than the 53 structures to train on; lower it$"
    ):
        prepared("adam.batch=54")


def test_early_stopping_ends_every_phase_and_returns_the_best(prepared, tmp_path: Path) -> None:
    """With steps that leap about, the loss soon stops falling; the parameters that are returned had the lowest loss."""
    training = prepared(
        "stop={validation: 0.2, patience: 50}", "adam.learning_rate=2", "adam.steps=1000", "lbfgs.steps=0"
    )
    assert (len(training.data), len(training.held_out)) == (42, 11)
    rows: list[Progress] = []
    path = tmp_path / "checkpoint.safetensors"
    field = run(training, path, 50, io.StringIO(), rows.append)
    assert rows[-1].step < 1000
    losses = [row.validation for row in rows]
    assert losses[-1] > min(losses)
    held_out = field.energies(training.held_out.positions) - training.held_out.energies
    assert np.mean(held_out**2) == pytest.approx(min(losses), rel=1e-9)
    with pytest.raises(KeyboardInterrupt):
        take(training, tmp_path, stop_at=rows[-2].step)
    assert take(training, tmp_path, resume=True)[0] == field.params.tobytes()


def test_what_is_held_out_follows_the_seed_and_is_never_trained_on(prepared) -> None:
    one, same, other = (prepared("stop={validation: 0.2}", f"seed={seed}") for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.held_out.energies, same.held_out.energies)
    assert not np.array_equal(one.held_out.energies, other.held_out.energies)
    assert not {*one.held_out.energies} & {*one.data.energies}
    assert len(one.objective.data) == len(one.data) == 42


def test_holding_out_everything_is_refused(prepared) -> None:
    with pytest.raises(TrainError, match=r"leaves none of 53 structures to train on; lower it$"):
        prepared("stop={validation: 0.995}")


def test_a_frame_that_breaks_a_permutation_of_the_spec_is_refused(
    tmp_path: Path, lih_train: Structures
) -> None:
    text = TINY_SPEC.replace("  - rotation: SU(2)\n", '  - rotation: SU(2)\n  - permutation: ["(Li H)"]\n')
    program = eq.compile(eq.loads(text, path="pair.yaml"))
    path = tmp_path / "c.yaml"
    path.write_text(TINY_CONFIG)
    config = load_config(path)
    prepare(config, program, Frame(("Li", "H"), (0, 1), (0, 1)), lih_train)
    with pytest.raises(
        ConfigError, match=r"^frame: exchanging the atoms of \(Li H\) does not exchange the sites"
    ):
        prepare(config, program, Frame(("Li", "H"), (0, 1), (0, 1), ((1, (0,)),)), lih_train)
