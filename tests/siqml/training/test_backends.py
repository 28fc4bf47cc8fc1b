"""Training by the kernel and by JAX: equal losses up to rounding, and runs that end with what they began with."""

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from siqml.commands.main import main
from siqml.data.reading.read import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.errors import ModelError
from siqml.field.backend import chosen_backend
from siqml.field.force_field import ForceField
from siqml.field.kernel_model import KernelModel
from siqml.field.scaling import Scaling
from siqml.molecule.internal_coordinates import InternalCoordinates
from siqml.molecule.structures import Structures
from siqml.training.config import load_config
from siqml.training.run_folder import RunFolder
from siqml.training.train import Progress, Training, fingerprint, prepare, redrawn, run
from tests.siqml.conftest import DIMER

Array = np.ndarray[Any, Any]

CLOSE = 1e-11
"""Relative: sums over structures of what agrees at 1e-12."""

SETTINGS = {
    "energies": (),
    "energies, fitted map": ("labels.map=least_squares",),
    "forces": ("loss.forces=0.5",),
    "forces alone, fitted map": ("loss.energy=0", "loss.forces=1", "labels.map=least_squares"),
    "held out": ("stop={validation: 0.2}", "loss.forces=0.5"),
}


def both(
    config: Path, settings: tuple[str, ...], field: ForceField, data: Structures
) -> tuple[Training, Training]:
    """The same training by JAX and by the kernel."""
    first, second = (
        prepare(load_config(config, (*settings, f"backend={name}")), field.model, field.frame, data)
        for name in ("jax", "kernel")
    )
    assert (first.objective.backend, second.objective.backend) == ("jax", "kernel")
    return first, second


def assert_equal_losses(first: Training, second: Training, seed: int = 0) -> None:
    start = first.force_field.params
    params = start + 0.2 * np.random.default_rng(seed).normal(size=start.shape)
    chosen = np.array([3, 0, 3, 5])
    for part in (None, chosen):
        (value, gradient), (found, slope) = (
            run.objective.value_and_gradient(params, run.labels, part) for run in (first, second)
        )
        assert found == pytest.approx(value, rel=CLOSE)
        assert np.abs(slope - gradient).max() <= CLOSE * np.abs(gradient).max()
        assert np.abs(gradient).max() > 1e-6
    maps = [run.objective.scaling_at(params, run.labels) for run in (first, second)]
    assert np.allclose(*(list(found.to_dict().values()) for found in maps), rtol=1e-9)
    elsewhere = first.held_out or first.data.chosen([1, 4])
    seen = [
        [
            run.objective.loss_over(params, maps[0], elsewhere),
            *run.objective.energies(params, maps[0], elsewhere),
        ]
        for run in (first, second)
    ]
    assert np.allclose(*seen, rtol=1e-9)


def assert_equal_normal_equations(runs: tuple[Training, ...], seed: int = 0) -> None:
    """Their gradient is that of the loss, and their steps are equal, by whatever they are found."""
    params = np.random.default_rng(seed).normal(size=runs[0].force_field.params.shape)
    steps = []
    for training in runs:
        value, gradient = training.objective.value_and_gradient(params, training.labels)
        found = training.objective.linearised(params, training.labels)
        assert found.loss == pytest.approx(value, rel=CLOSE)
        assert training.objective.value(params, training.labels) == pytest.approx(value, rel=CLOSE)
        assert np.abs(found.gradient - gradient).max() <= CLOSE * np.abs(gradient).max()
        steps.append(found.step(0.1)[0])
    for step in steps[1:]:
        assert np.abs(step - steps[0]).max() <= 1e-7 * np.abs(step).max()


@pytest.mark.parametrize("name", SETTINGS)
def test_normal_equations_of_the_kernel_and_of_jax(
    name: str, tiny_config: Path, tiny_field: ForceField, lih_train: Structures
) -> None:
    runs = both(tiny_config, SETTINGS[name], tiny_field, lih_train)
    with_jax = name in ("energies", "forces alone, fitted map")  # JAX takes seconds to compile a Jacobian
    assert_equal_normal_equations(runs if with_jax else runs[1:])


def test_normal_equations_before_anything_else(
    tiny_config: Path, tiny_field: ForceField, lih_train: Structures
) -> None:
    """Whatever a new objective is asked for first, JAX has all digits."""
    first, second = both(tiny_config, SETTINGS["forces alone, fitted map"], tiny_field, lih_train)
    params = first.force_field.params
    maps = [run.objective.scaling_at(params, run.labels).factor for run in (first, second)]
    assert maps[0] == pytest.approx(maps[1], rel=CLOSE)


@pytest.mark.parametrize("settings", [(), ("loss.forces=1", "labels.map=least_squares")])
def test_normal_equations_of_sums_and_along_a_line(
    settings: tuple[str, ...],
    tiny_config: Path,
    three_terms: ForceField,
    dimers: Structures,
) -> None:
    cut = read_structures(shipped_file("dimer_cut_train.extxyz"), DIMER.species)
    along = ("loss.forces=1", "loss.along=line")
    for data, more in ((dimers, ()), (cut, along)):
        assert_equal_normal_equations(both(tiny_config, (*settings, *more), three_terms, data)[1:])


def test_normal_equations_in_internal_coordinates(tiny_config: Path, water_program: eq.Program) -> None:
    frame = InternalCoordinates(("O", "H", "H"), ((0, 1), (1, 0, 2)))
    data = read_structures(shipped_file("water_train.extxyz"), frame.species).chosen(range(20))
    field = ForceField(
        water_program, frame, Scaling.fit(data.energies, (-3.0, 1.0)), np.zeros(water_program.num_parameters)
    )
    assert_equal_normal_equations(both(tiny_config, ("loss.forces=1",), field, data)[1:])


@pytest.mark.parametrize("fitted", [False, True])
def test_the_curvature_is_that_of_the_residuals(
    fitted: bool, tiny_config: Path, tiny_field: ForceField, lih_train: Structures
) -> None:
    """Against differences of the residuals at a fixed map, less what a fitted map reaches of them."""
    settings = ("backend=kernel", "loss.forces=0.5", *(("labels.map=least_squares",) if fitted else ()))
    training = prepare(load_config(tiny_config, settings), tiny_field.model, tiny_field.frame, lih_train)
    objective, labels, data = training.objective, training.labels, training.data
    params = np.random.default_rng(1).normal(size=tiny_field.params.shape)
    scaling = objective.scaling_at(params, labels)

    def residuals(at: Array) -> Array:
        energies, forces = ForceField(tiny_field.model, tiny_field.frame, scaling, at).predict(data.positions)
        assert data.forces is not None
        n = len(data)
        return np.concatenate(
            [
                (energies - data.energies) / np.sqrt(n),
                np.sqrt(0.5 / data.forces.size) * (forces - data.forces).ravel(),
            ]
        )

    step = 1e-5
    jacobian = np.transpose(
        [(residuals(params + d) - residuals(params - d)) / (2 * step) for d in step * np.eye(len(params))]
    )
    if fitted:  # an offset of all energies, and a factor of energies above it and of forces
        offset = residuals(params) * 0
        offset[: len(data)] = 1 / np.sqrt(len(data))
        labelled = np.concatenate(
            [data.energies / np.sqrt(len(data)), np.sqrt(0.5 / data.positions.size) * np.ravel(data.forces)]
        )
        reached, _ = np.linalg.qr(np.stack([offset, residuals(params) + labelled], axis=1))
        jacobian = jacobian - reached @ (reached.T @ jacobian)
    move, expected = objective.linearised(params, labels).step(0.1)
    curvature, slope = jacobian.T @ jacobian, jacobian.T @ residuals(params)
    wanted = -np.linalg.solve(curvature + 0.1 * np.diag(np.diag(curvature)), slope)
    assert np.abs(move - wanted).max() < 1e-4 * np.abs(wanted).max()
    assert expected == pytest.approx(-2 * slope @ wanted - wanted @ curvature @ wanted, rel=1e-4)


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
    """Sites that are not linear in the positions, an angle among them."""
    frame = InternalCoordinates(("O", "H", "H"), ((0, 1), (1, 0, 2)))
    data = read_structures(shipped_file("water_train.extxyz"), frame.species).chosen(range(20))
    scaling = Scaling.fit(data.energies, (-3.0, 1.0))
    field = ForceField(water_program, frame, scaling, np.zeros(water_program.num_parameters))
    assert_equal_losses(*both(tiny_config, ("loss.forces=1",), field, data))


def test_labels_may_be_drawn_anew(tiny_config: Path, tiny_field: ForceField, lih_train: Structures) -> None:
    config = load_config(tiny_config, ("seed=5", "labels.noise=1e-3"))
    first, second = (redrawn(run, config, lih_train) for run in both(tiny_config, (), tiny_field, lih_train))
    assert_equal_losses(first, second)
    plain = prepare(load_config(tiny_config), tiny_field.model, tiny_field.frame, lih_train)
    params = np.array(first.force_field.params)
    losses = [run.objective.value_and_gradient(params, run.labels)[0] for run in (first, plain)]
    assert losses[0] != losses[1]


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
        ("adam.steps=60", "lbfgs.steps=0", "backend=jax"),
        ("loss.forces=1", "adam.steps=0", "lbfgs.steps=0", "gauss_newton.steps=60"),
    ],
)
def test_the_loss_falls_and_an_interruption_leaves_no_trace(
    settings: tuple[str, ...],
    tiny_config: Path,
    tiny_field: ForceField,
    lih_train: Structures,
    tmp_path: Path,
) -> None:
    config = load_config(tiny_config, settings)
    training = prepare(config, tiny_field.model, tiny_field.frame, lih_train)
    whole, rows = take(training, tmp_path)
    assert whole is not None
    assert rows[-1].loss < rows[0].loss
    take(training, tmp_path, stop_at=50)
    again = prepare(config, tiny_field.model, tiny_field.frame, lih_train)
    resumed, later = take(again, tmp_path, resume=True)
    assert resumed is not None
    assert resumed.params.tobytes() == whole.params.tobytes()
    assert later == [row for row in rows if row.step >= 50]


def test_an_interruption_within_the_kernel_loses_no_row(
    tiny_config: Path,
    tiny_field: ForceField,
    lih_train: Structures,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = load_config(tiny_config, ("adam.steps=120", "lbfgs.steps=0", "backend=kernel"))
    whole, _ = take(prepare(config, tiny_field.model, tiny_field.frame, lih_train), tmp_path)
    assert whole is not None
    (tmp_path / "checkpoint.safetensors").unlink()
    calls, sweep = 0, KernelModel.sweep

    def struck(self: KernelModel, *arguments: object, **options: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 75:
            raise KeyboardInterrupt
        return sweep(self, *arguments, **options)

    monkeypatch.setattr(KernelModel, "sweep", struck)
    none, rows = take(prepare(config, tiny_field.model, tiny_field.frame, lih_train), tmp_path, stop_at=0)
    assert none is None
    assert rows[-1].step == 50
    monkeypatch.setattr(KernelModel, "sweep", sweep)
    resumed, later = take(
        prepare(config, tiny_field.model, tiny_field.frame, lih_train), tmp_path, resume=True
    )
    assert resumed is not None
    assert later[0].step == 100
    assert resumed.params.tobytes() == whole.params.tobytes()


def test_equal_energies_have_no_map_and_that_is_one_line(
    tiny_config: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    settings = ["--set", "labels.map=least_squares", "--set", "adam.batch=1"]
    assert main(["train", str(tiny_config), *settings, "-o", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert error.splitlines()[-1].endswith("the loss is nan at adam step 50; lower adam.learning_rate")


def test_numba_that_does_not_load_leaves_the_work_to_jax(
    tiny_field: ForceField, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert chosen_backend(tiny_field.model) == "jax"
    with pytest.raises(eq.EqcompileError, match="the kernel needs Numba"):
        chosen_backend(tiny_field.model, "kernel")


def test_the_back_end_is_no_part_of_what_is_trained(
    tiny_config: Path, tiny_field: ForceField, lih_train: Structures
) -> None:
    marks = {
        fingerprint(load_config(tiny_config, settings), tiny_field.model.sha256, lih_train)
        for settings in ((), ("backend=jax",), ("backend=kernel",))
    }
    assert len(marks) == 1


@pytest.mark.parametrize(("first", "other"), [("kernel", "jax"), ("jax", "kernel")])
def test_a_run_ends_with_what_it_began_with(
    tiny_config: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    other: str,
) -> None:
    """The config of the run names it, whatever the environment or the user's config says later."""
    folder = RunFolder(tmp_path / "run")
    command = ["train", str(tiny_config), "-o", str(folder.root)]
    monkeypatch.setenv("SIQML_BACKEND", first)
    assert main(command) == 0
    assert folder.read_metrics()["backend"] == load_config(folder.config).backend == first
    bits = folder.model.read_bytes()
    for left in (folder.metrics, folder.model):
        left.unlink()
    monkeypatch.setenv("SIQML_BACKEND", other)
    assert main(["train", "--resume", str(folder.root)]) == 0
    assert folder.model.read_bytes() == bits
    capsys.readouterr()
    folder.config.write_text(folder.config.read_text().replace(f"backend: {first}", f"backend: {other}"))
    assert main(["train", "--resume", str(folder.root)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert f"begun with backend: {first}, and now it is {other}" in error
    assert folder.model.read_bytes() == bits


def test_seeds_keep_runs_of_another_back_end_unless_one_is_named(
    tiny_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [
        "train",
        str(tiny_config),
        "-o",
        str(tmp_path / "runs"),
        "--seeds",
        "0,1",
        "--set",
        "lbfgs.steps=5",
    ]
    monkeypatch.setenv("SIQML_BACKEND", "jax")
    assert main(command) == 0
    folder = RunFolder(tmp_path / "runs" / "seed-0")
    bits = folder.metrics.read_bytes()
    monkeypatch.setenv("SIQML_BACKEND", "kernel")
    assert main(command) == 0
    assert folder.metrics.read_bytes() == bits
    assert main([*command, "--set", "backend=kernel", "--overwrite"]) == 0
    assert folder.read_metrics()["backend"] == "kernel"
    capsys.readouterr()


def test_without_numba_jax_does_the_work(
    tiny_config: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("siqml.field.backend.find_spec", lambda name: None)
    steps = ["--set", "adam.steps=2", "--set", "lbfgs.steps=0"]
    assert main(["train", str(tiny_config), *steps, "-o", str(tmp_path / "run")]) == 0
    assert RunFolder(tmp_path / "run").read_metrics()["backend"] == "jax"
    capsys.readouterr()


def test_without_numba_one_line_says_what_to_do(
    tiny_config: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert main(["train", str(tiny_config), "--set", "backend=kernel", "-o", str(tmp_path / "run")]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "the kernel needs Numba: pip install 'eqcompile[fast]'" in error
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("where", ["config", "environment"])
def test_a_misspelt_backend(
    tiny_config: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    command = ["train", str(tiny_config), "-o", str(tmp_path / "run")]
    if where == "config":
        command += ["--set", "backend=kernle"]
    else:
        monkeypatch.setenv("SIQML_BACKEND", "kernle")
    assert main(command) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "kernel" in error
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("threads", ["0", "abc", "-1", ""])
def test_a_number_of_threads_that_is_none(
    tiny_field: ForceField, monkeypatch: pytest.MonkeyPatch, threads: str
) -> None:
    monkeypatch.setenv("NUMBA_NUM_THREADS", threads)
    with pytest.raises(ModelError, match=r"^NUMBA_NUM_THREADS is '.*'; a whole number of threads is needed"):
        chosen_backend(tiny_field.model)
