"""Molecular dynamics: conservation, restarts to the same bits, and every mistake in one line."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siqml.commands.main import main
from siqml.data.reading.extxyz import read_structures
from siqml.errors import MdError
from siqml.field.calculator import SiqmlCalculator
from siqml.field.ensemble import AnyField, Ensemble
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, save_model
from siqml.md.files import MdFiles
from siqml.md.run import degrees_of_freedom, simulate
from siqml.md.start import Start
from siqml.md.summary import summary
from siqml.md.task import MdOrder
from siqml.molecule.structures import Array, Structures

START = Start(("H", "Li"), np.array([[0.0, 0.0, 1.1], [0.3, 0.0, -0.5]]))


@pytest.fixture
def model(tiny_field: ForceField, tiny_config: Path, tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_model(path, tiny_field, here(0, tiny_config.read_text()))
    return path


@pytest.fixture
def start(tmp_path: Path, lih_train: Structures) -> Path:
    from ase import Atoms

    path = tmp_path / "start.xyz"
    Atoms(START.symbols, positions=START.positions).write(path)
    return path


def run(field: AnyField, path: Path, order: MdOrder, steps: int, fresh: bool = True) -> MdFiles:
    files = MdFiles(path)
    if fresh:
        files.begin(overwrite=False, spread=isinstance(field, Ensemble))
    with (path.parent / "log").open("w") as log:
        simulate(field, START if fresh else None, order, steps, files, log)
    return files


def test_an_interruption_in_the_middle_of_a_frame_leaves_no_trace(
    tiny_field: ForceField, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = MdOrder("langevin", every=2)
    whole = run(tiny_field, tmp_path / "whole.extxyz", order, 20)
    append = MdFiles.append

    def half(self: MdFiles, frame: str, line: str) -> None:
        if line.startswith("10,"):
            append(self, frame, "")
            raise KeyboardInterrupt
        append(self, frame, line)

    monkeypatch.setattr(MdFiles, "append", half)
    with pytest.raises(KeyboardInterrupt):
        run(tiny_field, tmp_path / "parts.extxyz", order, 20)
    monkeypatch.undo()
    parts = run(tiny_field, tmp_path / "parts.extxyz", order, 20, fresh=False)
    for name in ("trajectory", "energies", "checkpoint"):
        assert getattr(parts, name).read_bytes() == getattr(whole, name).read_bytes(), name


@pytest.mark.parametrize("ensemble", ["nve", "langevin"])
def test_trajectories_are_those_of_ase(tiny_field: ForceField, tmp_path: Path, ensemble: str) -> None:
    """The same start, the same draws: ASE's integrators with the calculator, step by step through its objects."""
    from ase import Atoms, units
    from ase.io import read
    from ase.md.langevin import Langevin
    from ase.md.verlet import VelocityVerlet

    order, steps = MdOrder(ensemble, timestep=0.4, every=1, friction=20.0, seed=6), 30
    files = run(tiny_field, tmp_path / "t.extxyz", order, steps)
    momenta = read(files.trajectory, 0).get_momenta()
    generator = np.random.default_rng(order.seed)
    generator.standard_normal((2, 3))  # the start velocities
    atoms = Atoms(
        START.symbols, positions=START.positions, momenta=momenta, calculator=SiqmlCalculator(tiny_field)
    )
    dt = order.timestep * units.fs
    if ensemble == "nve":
        dynamics = VelocityVerlet(atoms, timestep=dt)
    else:
        friction = order.friction / (1000 * units.fs)
        dynamics = Langevin(atoms, dt, temperature_K=300, friction=friction, fixcm=False, rng=generator)
    for number, frame in enumerate(read(files.trajectory, ":")):
        if number:
            dynamics.step()
        np.testing.assert_allclose(
            frame.positions, atoms.positions, rtol=0, atol=2e-7
        )  # the file keeps 8 digits
        np.testing.assert_allclose(frame.get_momenta(), atoms.get_momenta(), rtol=0, atol=2e-6)
    assert np.abs(atoms.positions - START.positions).max() > 1e-2


@pytest.mark.parametrize("ensemble", ["nve", "langevin"])
def test_a_restart_has_the_same_bits(tiny_field: ForceField, tmp_path: Path, ensemble: str) -> None:
    order = MdOrder(ensemble, every=3, seed=4)
    whole = run(tiny_field, tmp_path / "whole.extxyz", order, 40)
    parts = run(tiny_field, tmp_path / "parts.extxyz", order, 17)
    parts.append("half a frame of a killed process", "17,")
    run(tiny_field, tmp_path / "parts.extxyz", order, 40, fresh=False)
    for name in ("trajectory", "energies", "checkpoint"):
        assert getattr(parts, name).read_bytes() == getattr(whole, name).read_bytes(), name


def test_frames_carry_the_forces_of_the_model(tiny_field: ForceField, tmp_path: Path) -> None:
    files = run(tiny_field, tmp_path / "t.extxyz", MdOrder(every=5), 20)
    frames = read_structures(files.trajectory, ["Li", "H"])
    energies, forces = tiny_field.predict(frames.positions)
    assert len(frames) == 5
    np.testing.assert_allclose(frames.energies, energies, atol=1e-6)  # the file rounds positions to 1e-8
    assert frames.forces is not None
    np.testing.assert_allclose(frames.forces, forces, atol=1e-6)
    assert len({*frames.energies}) == 5


def test_energy_is_kept_better_by_smaller_steps(tiny_field: ForceField, tmp_path: Path) -> None:
    def scatter(timestep: float) -> float:
        steps = round(40 / timestep)
        files = run(
            tiny_field, tmp_path / f"{timestep}.extxyz", MdOrder(timestep=timestep, every=steps // 20), steps
        )
        return float(np.ptp(files.table()[:, 2:4].sum(axis=1)))

    coarse, fine = scatter(0.4), scatter(0.2)
    assert 2.5 < coarse / fine < 6  # velocity Verlet: the error is of second order


def test_start_velocities_neither_move_nor_turn_the_molecule(tiny_field: ForceField, tmp_path: Path) -> None:
    from ase.io import read

    files = run(tiny_field, tmp_path / "t.extxyz", MdOrder(temperature=500), 1)
    atoms = read(files.trajectory, index=0)
    assert np.abs(atoms.get_momenta().sum(axis=0)).max() < 1e-7
    assert np.abs(atoms.get_angular_momentum()).max() < 1e-7
    assert files.table()[0, 4] == pytest.approx(500)


@pytest.mark.parametrize("ensemble", ["nve", "langevin"])
def test_the_first_frame_has_the_temperature_that_is_asked_for(
    tiny_field: ForceField, tmp_path: Path, ensemble: str
) -> None:
    from ase.io import read
    from ase.units import kB

    files = run(tiny_field, tmp_path / "t.extxyz", MdOrder(ensemble, temperature=321, seed=8), 1)
    assert files.table()[0, 4] == pytest.approx(321, rel=1e-12)
    atoms = read(files.trajectory, 0)
    freedom = {"nve": 1, "langevin": 6}[ensemble]  # a bath also moves and turns the molecule
    assert 2 * atoms.get_kinetic_energy() / (freedom * kB) == pytest.approx(321, rel=1e-6)
    drift = np.abs(atoms.get_momenta().sum(axis=0)).max()
    assert (drift > 1e-3) == (ensemble == "langevin")


@pytest.mark.parametrize(
    ("positions", "freedom"),
    [
        ([[0, 0, 0], [1.1, 0.3, 0], [-1.1, -0.3, 0]], 4),
        ([[0, 0, 0], [1.1, 0.3, 0], [-1.1, 0.3, 0]], 3),
        ([[0, 0, 0], [1.1, 0.3, 0], [-1.1, -0.303, 0]], 3),
    ],
)
def test_what_begins_on_a_line_turns_about_two_axes(positions: list[list[float]], freedom: int) -> None:
    from ase import Atoms

    atoms = Atoms("CO2", positions=positions)
    assert degrees_of_freedom(atoms, "nve") == freedom
    assert degrees_of_freedom(atoms, "langevin") == 9


def test_velocities_of_a_file_are_kept_if_asked(
    model: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ase.io import read

    command = ["md", str(model), "--steps", "10", "-o"]
    assert main([*command, str(tmp_path / "one.extxyz"), "--start", str(start)]) == 0
    (tmp_path / "moving.xyz").write_text((tmp_path / "one.extxyz").read_text())
    first = read(tmp_path / "one.extxyz", 0)
    for name, options, kept in (("two", ["--keep-velocities"], True), ("new", ["--seed", "5"], False)):
        out = tmp_path / f"{name}.extxyz"
        assert main([*command, str(out), "--start", str(tmp_path / "moving.xyz"), *options]) == 0
        same = np.abs(read(out, 0).get_momenta() - first.get_momenta()).max() < 1e-7
        assert same == kept
    capsys.readouterr()
    for options, message in (
        (["--keep-velocities"], "--keep-velocities keeps those of a file; name it with --start"),
        (["--keep-velocities", "--start", str(start)], f"--start {start}: it has no velocities to keep"),
    ):
        assert main([*command, str(tmp_path / "three.extxyz"), *options]) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1


def test_the_summary_counts_what_is_outside(tiny_field: ForceField, tmp_path: Path) -> None:
    files = run(tiny_field, tmp_path / "t.extxyz", MdOrder(every=1), 10)
    energies = files.table()[:, 2]
    inside, beyond = np.array([energies.min(), energies.max()]), np.array([0.0, 1.0])
    assert "; the model extrapolates" not in "\n".join(summary(files, "nve", inside))
    assert "100.0 % of the frames" in "\n".join(summary(files, "nve", beyond))
    assert "meV/ps" in "\n".join(summary(files, "nve", None))
    assert "meV/ps" not in "\n".join(summary(files, "langevin", None))


@pytest.fixture
def pair(tiny_field: ForceField) -> Ensemble:
    other = replace(tiny_field, params=tiny_field.params + 0.01)
    return Ensemble((tiny_field, other), ("a", "b"))


def test_an_ensemble_moves_by_its_mean_and_keeps_its_spread(pair: Ensemble, tmp_path: Path) -> None:
    order = MdOrder(every=2, seed=3)
    files = run(pair, tmp_path / "whole.extxyz", order, 40)
    frames = read_structures(files.trajectory, pair.species)
    found = pair.predictions(frames.positions)
    np.testing.assert_allclose(frames.forces, found.mean[1], atol=1e-6)
    table = files.table()
    assert table.shape == (21, 7)
    np.testing.assert_allclose(table[:, 5], found.std[0], atol=1e-6)
    np.testing.assert_allclose(table[:, 6], found.std[1].reshape(21, -1).max(axis=1), atol=1e-6)
    (line,) = (line for line in summary(files, "nve", None) if "spread" in line)
    assert line == (
        f"largest spread between the models in a frame: energy {1e3 * table[:, 5].max():.3g} meV (step "
        f"{table[table[:, 5].argmax(), 0]:.0f}), force component {1e3 * table[:, 6].max():.3g} meV/A (step "
        f"{table[table[:, 6].argmax(), 0]:.0f})"
    )
    parts = run(pair, tmp_path / "parts.extxyz", order, 17)
    run(pair, tmp_path / "parts.extxyz", order, 40, fresh=False)
    for name in ("trajectory", "energies"):
        assert getattr(parts, name).read_bytes() == getattr(files, name).read_bytes(), name


def test_another_ensemble_does_not_go_on(pair: Ensemble, tmp_path: Path) -> None:
    run(pair, tmp_path / "t.extxyz", MdOrder(), 10)
    swapped = Ensemble(pair.members[::-1], pair.names)
    for other in (swapped, pair.members[0]):
        with pytest.raises(MdError, match="the model is another one now"):
            run(other, tmp_path / "t.extxyz", MdOrder(), 20, fresh=False)


def test_one_model_has_no_spread(tiny_field: ForceField, tmp_path: Path) -> None:
    files = run(tiny_field, tmp_path / "t.extxyz", MdOrder(), 10)
    assert files.table().shape == (2, 5)
    assert "spread" not in "\n".join(summary(files, "nve", None))


def test_a_folder_of_runs_from_the_command_line(
    pair: Ensemble, tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for member, name in zip(pair.members, ("seed-0", "seed-1"), strict=True):
        (tmp_path / "runs" / name).mkdir(parents=True)
        save_model(tmp_path / "runs" / name / "model.safetensors", member, here(0, tiny_config.read_text()))
    command = ["md", str(tmp_path / "runs"), "--steps", "20", "-o", str(tmp_path / "t.extxyz")]
    assert main(command) == 0
    out = capsys.readouterr().out
    assert "3 frames, 0.01 ps" in out
    assert "largest spread between the models in a frame: energy " in out
    assert (tmp_path / "t.csv").read_text().splitlines()[0].endswith(",largest_force_std_ev_per_angstrom")


def test_from_the_command_line(
    model: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["md", str(model), "--steps", "20", "-o", str(tmp_path / "t.extxyz")]
    assert main([*command, "--start", str(start)]) == 0
    assert "3 frames, 0.01 ps" in capsys.readouterr().out
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")
    cases = [
        ([], "exists: continue it with --resume, replace it with --overwrite"),
        (["--resume"], "20 steps are done; give more with --steps to go on"),
        (["--resume", "--timestep", "1"], "begun with --timestep 0.5; continue with the same"),
        (["--resume", "--overwrite"], "--resume takes the structure from the checkpoint"),
        (["--steps", "0"], "--steps: found 0; needed: at least 1"),
        (["--timestep", "-1"], "--timestep: found -1; needed: above 0, up to 10"),
        (["--temperature", "nan"], "--temperature: found nan; needed: above 0"),
        (["--ensemble", "npt"], '--ensemble: found "npt"; known: nve, langevin'),
        (["--every", "0"], "--every: found 0; needed: at least 1"),
        (["--start", "none.xyz"], "--start none.xyz: no such file"),
        (["-o", str(tmp_path / "t.xyz"), "--start", str(start)], "a trajectory is written as .extxyz"),
        (["-o", str(tmp_path / "new.extxyz"), "--resume"], "nothing to continue; start without --resume"),
    ]
    for arguments, expected in cases:
        given = (
            arguments
            if "--start" in arguments or "--resume" in arguments
            else [*arguments, "--start", str(start)]
        )
        assert main([*command, *given]) == 2, arguments
        error = capsys.readouterr().err
        assert expected in error
        assert error.count("\n") == 1


def test_another_back_end_does_not_go_on(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["md", str(model), "-o", str(tmp_path / "t.extxyz"), "--steps", "20"]
    assert main(command) == 0
    monkeypatch.setenv("SIQML_BACKEND", "jax")
    assert main([*command, "--steps", "40", "--resume"]) == 2
    assert "begun with SIQML_BACKEND=kernel, and now it is jax, whose last bits" in capsys.readouterr().err
    monkeypatch.delenv("SIQML_BACKEND")
    assert main([*command, "--steps", "40", "--resume"]) == 0


def test_what_is_left_after_the_last_step_is_the_picture(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["md", str(model), "-o", str(tmp_path / "t.extxyz"), "--steps", "20"]
    files = MdFiles(tmp_path / "t.extxyz")
    assert main(command) == 0
    said, frames = capsys.readouterr().out, files.trajectory.read_bytes()
    files.picture.unlink()
    assert main([*command, "--resume"]) == 0
    assert capsys.readouterr().out == said
    assert files.picture.is_file()
    assert files.trajectory.read_bytes() == frames
    assert main([*command, "--resume"]) == 2
    assert "20 steps are done; give more with --steps" in capsys.readouterr().err


def test_a_trajectory_that_was_cut_is_refused(tiny_field: ForceField, tmp_path: Path) -> None:
    files = run(tiny_field, tmp_path / "t.extxyz", MdOrder(), 20)
    files.energies.write_text("")
    with pytest.raises(MdError, match="shorter than when the checkpoint was written"):
        run(tiny_field, files.trajectory, MdOrder(), 40, fresh=False)


def test_a_runaway_is_told_apart(
    tiny_field: ForceField, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absurd(self: ForceField, positions: Array) -> tuple[Array, Array]:
        return np.zeros(1), np.full((1, 2, 3), np.inf)

    monkeypatch.setattr(ForceField, "predict", absurd)
    with pytest.raises(MdError, match=r"step 1: .*smaller --timestep"), np.errstate(all="ignore"):
        run(tiny_field, tmp_path / "t.extxyz", MdOrder(), 5)


def test_links_are_followed_and_stay_when_a_trajectory_is_replaced(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    files = MdFiles(tmp_path / "t.extxyz")
    for path in (files.trajectory, files.energies, files.checkpoint):
        path.symlink_to(disk / path.name)
        path.write_text("old")
        path.chmod(0o600)
    with pytest.raises(MdError, match="exists: continue it with --resume"):
        files.begin(overwrite=False)
    files.begin(overwrite=True)
    files.append("frame\n", "line\n")
    assert (disk / "t.extxyz").read_text() == "frame\n"
    assert (disk / "t.csv").read_text().endswith("line\n")
    assert (disk / "t.csv").stat().st_mode & 0o777 == 0o600
    assert files.trajectory.is_symlink()
    assert files.checkpoint.is_symlink()
    assert not files.checkpoint.exists()


def test_a_trajectory_that_cannot_be_read_again_is_refused(tmp_path: Path) -> None:
    files = MdFiles(tmp_path / "t.extxyz")
    os.mkfifo(files.energies)
    files.trajectory.write_text("old")
    with pytest.raises(
        MdError, match=r"t\.csv is a device or FIFO, which cannot be read again; choose another name"
    ):
        files.begin(overwrite=True)
    assert files.energies.is_fifo()
    assert files.trajectory.read_text() == "old"
