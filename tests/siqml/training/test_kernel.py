"""Training with the kernel: the losses of JAX up to rounding, and runs that resume with the same bits."""

import io
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqcompile as eq
from siqml.commands.main import main
from siqml.data.reading.read import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.field.force_field import ForceField, energies_and_forces
from siqml.field.kernel_value import Host, KernelValue
from siqml.field.scaling import Scaling
from siqml.molecule.internal_coordinates import InternalCoordinates
from siqml.molecule.structures import Structures
from siqml.training.config import load_config
from siqml.training.losses.batch import Labels
from siqml.training.train import Progress, Training, fingerprint, prepare, redrawn, run
from tests.siqml.conftest import DIMER

CLOSE = 1e-11
"""Relative: sums over structures of what agrees at 1e-12."""

SETTINGS = {
    "energies": (),
    "energies, fitted map": ("labels.map=least_squares",),
    "forces": ("loss.forces=0.5",),
    "forces alone, fitted map": ("loss.energy=0", "loss.forces=1", "labels.map=least_squares"),
}


def both(
    config: Path, settings: tuple[str, ...], field: ForceField, data: Structures
) -> tuple[Training, Training]:
    """The same training by JAX and by the kernel."""
    made = (
        prepare(load_config(config, (*settings, f"backend={name}")), field.model, field.frame, data)
        for name in ("jax", "kernel")
    )
    first, second = made
    assert isinstance(second.objective.value, KernelValue)
    assert not isinstance(first.objective.value, KernelValue)
    return first, second


def assert_equal_losses(first: Training, second: Training, seed: int = 0) -> None:
    params = jnp.asarray(first.force_field.params)
    params = params + 0.2 * np.random.default_rng(seed).normal(size=params.shape)
    (value, gradient), (found, slope) = (
        jax.jit(jax.value_and_grad(run.objective.loss()))(params) for run in (first, second)
    )
    assert float(found) == pytest.approx(float(value), rel=CLOSE)
    assert np.abs(slope - gradient).max() <= CLOSE * np.abs(gradient).max()
    assert np.abs(gradient).max() > 1e-6
    looks = [run.look(params, None) for run in (first, second)]
    assert np.allclose(looks[0], looks[1], rtol=1e-9)


@pytest.mark.parametrize("name", SETTINGS)
def test_losses_and_gradients_are_those_of_jax(
    name: str, tiny_config: Path, tiny_field: ForceField, lih_train: Structures
) -> None:
    assert_equal_losses(*both(tiny_config, SETTINGS[name], tiny_field, lih_train))


@pytest.mark.parametrize("settings", [(), ("loss.forces=1", "labels.map=least_squares")])
def test_sums_of_programs(
    settings: tuple[str, ...], tiny_config: Path, three_terms: ForceField, dimers: Structures
) -> None:
    field = ForceField(three_terms.model, DIMER, three_terms.scaling, three_terms.params)
    assert_equal_losses(*both(tiny_config, settings, field, dimers))


def test_forces_along_a_line(tiny_config: Path, three_terms: ForceField) -> None:
    data = read_structures(shipped_file("dimer_cut_train.extxyz"), DIMER.species)
    assert_equal_losses(*both(tiny_config, ("loss.forces=1", "loss.along=line"), three_terms, data))


def test_internal_coordinates(tiny_config: Path, water_program: eq.Program) -> None:
    """Sites that are not linear in the positions: what goes back through the frame is JAX's."""
    frame = InternalCoordinates(("O", "H", "H"), ((0, 1), (0, 2)))
    data = read_structures(shipped_file("water_train.extxyz"), frame.species).chosen(range(20))
    scaling = Scaling.fit(data.energies, (-3.0, 1.0))
    field = ForceField(water_program, frame, scaling, np.zeros(water_program.num_parameters))
    assert_equal_losses(*both(tiny_config, ("loss.forces=1",), field, data))


def test_energies_and_forces(tiny_field: ForceField, lih_train: Structures) -> None:
    value = KernelValue.of(tiny_field.model, tiny_field.frame).mapped(tiny_field.scaling)
    found = energies_and_forces(value, jnp.asarray(tiny_field.params), jnp.asarray(lih_train.positions))
    expected = tiny_field.predict(lih_train.positions)
    for got, wanted in zip(found, expected, strict=True):
        assert np.allclose(got, wanted, rtol=0, atol=CLOSE * np.abs(wanted).max())


def test_labels_may_be_drawn_anew(tiny_config: Path, tiny_field: ForceField, lih_train: Structures) -> None:
    """Labels are arguments of the compiled loop then, and so of the call to the kernel."""
    first, second = both(tiny_config, (), tiny_field, lih_train)
    config = load_config(tiny_config, ("seed=5", "labels.noise=1e-3", "backend=kernel"))
    first, second = (redrawn(run, config, lih_train) for run in (first, second))
    params = jnp.asarray(first.force_field.params)

    def loss(run: Training, labels: Labels) -> tuple[jax.Array, jax.Array]:
        def at(moved: jax.Array) -> jax.Array:
            found: jax.Array = run.objective.with_labels(labels).loss()(moved)
            return found

        return jax.value_and_grad(at)(params)

    assert first.labels is not None
    value, gradient = jax.jit(lambda labels: loss(first, labels))(first.labels)
    found, slope = jax.jit(lambda labels: loss(second, labels))(first.labels)
    assert float(found) == pytest.approx(float(value), rel=CLOSE)
    assert np.abs(slope - gradient).max() <= CLOSE * np.abs(gradient).max()


def take(
    training: Training, folder: Path, stop_at: int | None = None, resume: bool = False
) -> tuple[ForceField | None, list[Progress]]:
    rows: list[Progress] = []

    def record(row: Progress) -> None:
        rows.append(row)
        if row.step == stop_at:
            raise KeyboardInterrupt

    try:
        found = run(training, folder / "checkpoint.safetensors", 50, io.StringIO(), record, resume)
    except KeyboardInterrupt:
        assert stop_at is not None
        return None, rows
    return found, rows


@pytest.mark.parametrize(
    "settings",
    [
        ("loss.forces=1", "adam.steps=60", "lbfgs.steps=40"),
        ("adam.steps=60", "adam.batch=16", "lbfgs.steps=0", "stop.patience=50"),
    ],
)
def test_the_loss_falls_and_an_interruption_leaves_no_trace(
    settings: tuple[str, ...],
    tiny_config: Path,
    tiny_field: ForceField,
    lih_train: Structures,
    tmp_path: Path,
) -> None:
    config = load_config(tiny_config, (*settings, "backend=kernel"))
    training = prepare(config, tiny_field.model, tiny_field.frame, lih_train)
    whole, rows = take(training, tmp_path)
    assert whole is not None
    assert rows[-1].loss < rows[0].loss
    take(training, tmp_path, stop_at=50)
    again = prepare(config, tiny_field.model, tiny_field.frame, lih_train)
    resumed, later = take(again, tmp_path, resume=True)
    assert resumed is not None
    assert resumed.params.tobytes() == whole.params.tobytes()
    assert later == [row for row in rows if row.step > 50]


def test_an_interruption_within_the_kernel_is_one(
    tiny_config: Path,
    tiny_field: ForceField,
    lih_train: Structures,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """JAX makes an error of Ctrl-C in a call to the host; nothing of the steps before is lost."""
    config = load_config(tiny_config, ("adam.steps=120", "lbfgs.steps=0", "backend=kernel"))
    training = prepare(config, tiny_field.model, tiny_field.frame, lih_train)
    whole, _ = take(training, tmp_path)
    assert whole is not None
    (tmp_path / "checkpoint.safetensors").unlink()
    calls = 0
    sums = Host.energy_sums

    def struck(self: Host, *arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 75:
            raise KeyboardInterrupt
        return sums(self, *arguments)

    monkeypatch.setattr(Host, "energy_sums", struck)
    again = prepare(config, tiny_field.model, tiny_field.frame, lih_train)
    none, rows = take(again, tmp_path, stop_at=0)
    assert none is None
    assert rows
    assert rows[-1].step < 75
    assert "Traceback" not in caplog.text
    assert not caplog.records
    monkeypatch.setattr(Host, "energy_sums", sums)
    resumed, later = take(
        prepare(config, tiny_field.model, tiny_field.frame, lih_train), tmp_path, resume=True
    )
    assert resumed is not None
    assert later[0].step > rows[-1].step
    assert resumed.params.tobytes() == whole.params.tobytes()


def test_a_run_ends_with_what_it_began_with(
    tiny_config: Path, tiny_field: ForceField, lih_train: Structures
) -> None:
    """The backend is part of what decides the bits; a config without one has the mark that it always had."""
    marks = [
        fingerprint(load_config(tiny_config, settings), tiny_field.model.sha256, lih_train)
        for settings in ((), ("backend=jax",), ("backend=kernel",))
    ]
    assert len({*marks}) == 3
    assert "backend" not in load_config(tiny_config).model_dump(exclude_none=True)


def test_without_numba_one_line_says_what_to_do(
    tiny_config: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert main(["train", str(tiny_config), "--set", "backend=kernel", "-o", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "the kernel needs Numba: pip install 'eqcompile[fast]'" in error
    assert not (tmp_path / "run").exists()


def test_a_misspelt_backend(tiny_config: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["train", str(tiny_config), "--set", "backend=kernle", "-o", str(tmp_path / "run")]) == 2
    assert "kernel" in capsys.readouterr().err
