"""``siqml optimise``: a minimum, the way to it, and plain words where there is none."""

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.io import read

from siqml.commands.main import main
from siqml.errors import MdError
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, save_model
from siqml.md.start import Start
from siqml.molecule.structures import Array
from siqml.surface.optimise import optimise

START = np.array([[0.0, 0.0, 0.0], [0.3, 0.2, 1.5]])


@pytest.fixture
def start(tmp_path: Path) -> Path:
    path = tmp_path / "start.xyz"
    Atoms("HLi", START).write(path)
    return path


def test_the_end_is_a_minimum_along_the_bond(
    model: Path, start: Path, bound_field: ForceField, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.extxyz"
    assert main(["optimise", str(model), str(start), "-o", str(out), "--fmax", "1e-4"]) == 0
    way, end = read(tmp_path / "out.steps.extxyz", ":"), read(out)
    largest = np.linalg.norm(end.get_forces(), axis=1).max()
    said = (
        capsys.readouterr().out
    )  # the files keep 8 digits of forces, so the force is not compared word for word
    assert said.startswith(
        f"{out}: {len(way) - 1} steps, energy {end.get_potential_energy():.6f} eV, largest force "
    )
    assert said.endswith(" eV/angstrom; all steps in out.steps.extxyz\n")
    assert float(said.split()[-6]) == pytest.approx(largest, abs=1e-7)
    assert largest < 1e-4
    assert end.get_chemical_symbols() == ["H", "Li"]
    np.testing.assert_allclose(way[0].positions, START, atol=1e-8)
    energies = [frame.get_potential_energy() for frame in way]
    assert energies[-1] == end.get_potential_energy() == min(energies)
    bond = end.get_distance(0, 1)
    assert bond == pytest.approx(1.9, abs=0.05)
    around = np.zeros((3, 2, 3))
    around[:, 1, 2] = bond + np.array([-0.02, 0.0, 0.02])
    found = bound_field.energies(around)
    assert found[1] < min(found[0], found[2])
    assert found[1] == pytest.approx(energies[-1], abs=1e-7)


def test_an_end_that_is_not_reached_is_said(
    model: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.extxyz"
    assert main(["optimise", str(model), str(start), "-o", str(out), "--steps", "1"]) == 1
    said = capsys.readouterr()
    assert said.out.startswith(f"{out}: 1 steps, energy ")
    assert said.err.startswith("NOT converged: a force of ")
    assert said.err.endswith(
        f"is left after 1 steps, and --fmax asks for 0.01; continue from {out}, or give more --steps\n"
    )
    assert len(read(tmp_path / "out.steps.extxyz", ":")) == 2


def test_atoms_that_fall_onto_one_another_are_no_minimum(
    tiny_field: ForceField, tiny_config: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hole.safetensors"
    save_model(path, tiny_field, here(0, tiny_config.read_text()))
    assert main(["optimise", str(path), str(start), "-o", str(tmp_path / "out.extxyz")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("NOT a molecule: atoms 0 (H) and 1 (Li) are 0.0")
    assert error.count("\n") == 1


def test_an_ensemble_goes_to_the_minimum_of_its_mean(models: Path, start: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.extxyz"
    assert main(["optimise", str(models), str(start), "-o", str(out)]) == 0
    end = read(out)
    assert end.info["energy_std"] > 0
    assert end.arrays["forces_std"].shape == (2, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2\n\nLi 0 0 0\nH 0 0 0.1\n", "atoms 0 (Li) and 1 (H) are 0.100 angstrom apart: one position twice"),
        ("2\n\nNa 0 0 0\nH 0 0 1\n", "it is Na H; the model is of Li H"),
        ("2\n\nLi 0 0 0\nH 0 0 nan\n", "a position in it is not a finite number"),
        ('2\nLattice="9 0 0 0 9 0 0 0 9"\nLi 0 0 0\nH 0 0 1\n', "it is periodic"),
        ("", "no structure in it"),
    ],
)
def test_a_useless_start_is_refused(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    path = tmp_path / "start.xyz"
    path.write_text(text)
    assert main(["optimise", str(model), str(path), "-o", str(tmp_path / "out.extxyz")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"{path}: {message}")
    assert error.count("\n") == 1
    assert not (tmp_path / "out.extxyz").exists()


def test_files_that_are_there_stay(
    model: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out.steps.extxyz").write_text("old")
    command = ["optimise", str(model), str(start), "-o"]
    for out, message in (
        ("out.extxyz", "out.steps.extxyz: exists; replace it with --overwrite"),
        ("out.xyz", "the minimum is written as .extxyz; end the name so"),
    ):
        assert main([*command, str(tmp_path / out)]) == 2
        assert message in capsys.readouterr().err
    assert (tmp_path / "out.steps.extxyz").read_text() == "old"
    assert main([*command, str(tmp_path / "out.extxyz"), "--overwrite"]) == 0
    assert main(["optimise", str(model), "none.xyz", "-o", str(tmp_path / "new.extxyz")]) == 2
    assert capsys.readouterr().err == "none.xyz: no such file\n"


def test_a_search_that_runs_away_is_told_apart(
    bound_field: ForceField, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = ForceField.predict
    calls = []

    def absurd(self: ForceField, positions: Array) -> tuple[Array, Array]:
        calls.append(1)
        energies, forces = predict(self, positions)
        return energies, forces if len(calls) < 3 else np.full_like(forces, np.nan)

    monkeypatch.setattr(ForceField, "predict", absurd)
    with pytest.raises(MdError, match="the search ran away: begin nearer to a minimum"):
        optimise(bound_field, Start(("Li", "H"), START), 1e-6, 20)
