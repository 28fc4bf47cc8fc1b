"""The mean of several models, how much they disagree, and which paths name them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.calculators.fd import calculate_numerical_forces

from siqml.commands.report import ensemble_lines, seeds_lines
from siqml.errors import ModelError
from siqml.evaluation.ensemble import Agreement, evaluate_ensemble
from siqml.evaluation.evaluate import evaluate
from siqml.field.calculator import SiqmlCalculator
from siqml.field.ensemble import Ensemble, expanded, is_model, load_field, runs_in
from siqml.field.force_field import ForceField
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures

NAMES = ("a", "b", "c")
POSITIONS = np.array([[0.1, 0.2, -0.7], [-0.3, 0.1, 0.8]])


@pytest.fixture(scope="module")
def members(tiny_field: ForceField) -> tuple[ForceField, ...]:
    """Models with other weights, and one with another scaling as well."""
    source = np.random.default_rng(2)
    fields = [replace(tiny_field, params=tiny_field.params + source.normal(0, 0.1, 4)) for _ in NAMES]
    fields[2] = replace(fields[2], scaling=replace(fields[2].scaling, factor=0.7))
    return tuple(fields)


@pytest.fixture(scope="module")
def ensemble(members: tuple[ForceField, ...]) -> Ensemble:
    return Ensemble(members, NAMES)


def test_mean_and_standard_deviation_are_those_of_the_members(
    ensemble: Ensemble, members: tuple[ForceField, ...], lih_test: Structures
) -> None:
    found = ensemble.predictions(lih_test.positions)
    energies, forces = members[2].predict(lih_test.positions)
    np.testing.assert_allclose(found.energies[2], energies, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(found.forces[2], forces, rtol=1e-12, atol=1e-11)
    assert np.ptp(found.energies, axis=0).min() > 0
    for each, mean, std in zip((found.energies, found.forces), found.mean, found.std, strict=True):
        expected = (each[0] + each[1] + each[2]) / 3
        np.testing.assert_allclose(mean, expected, rtol=1e-12, atol=1e-11)
        np.testing.assert_allclose(
            std, np.sqrt(((each - expected) ** 2).sum(axis=0) / 2), rtol=1e-8, atol=1e-9
        )
    np.testing.assert_array_equal(ensemble.predict(lih_test.positions)[1], found.mean[1])


def test_members_that_differ_in_numbers_are_compiled_once(
    members: tuple[ForceField, ...], lih_test: Structures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIQML_BACKEND", "jax")
    made = [replace(member, params=member.params + 0.0) for member in members]
    found = Ensemble(tuple(made), ("a", "b", "c")).predictions(lih_test.positions)
    assert {member.backend for member in made} == {"jax"}
    assert len({id(member._engine) for member in made}) == 1
    for member, energies in zip(members, found.energies, strict=True):
        assert member.backend == "kernel"
        np.testing.assert_allclose(member.energies(lih_test.positions), energies, rtol=0, atol=1e-11)


def test_no_structure_no_prediction(ensemble: Ensemble) -> None:
    found = ensemble.predictions(np.empty((0, 2, 3)))
    assert found.energies.shape == (3, 0)
    assert found.forces.shape == (3, 0, 2, 3)


def test_wrong_shapes_are_refused_as_by_one_model(ensemble: Ensemble) -> None:
    with pytest.raises(ModelError, match=r"positions have shape \(1, 3, 3\); this model needs \(n, 2, 3\)"):
        ensemble.predict(np.zeros((1, 3, 3)))


def test_members_must_be_of_the_same_atoms(members: tuple[ForceField, ...]) -> None:
    other = replace(members[1], frame=Frame(("H", "Li"), (1, 0), (0, 1)))
    with pytest.raises(ModelError) as error:
        Ensemble((members[0], other), ("runs/a", "runs/b"))
    assert str(error.value) == (
        "runs/b is of the atoms H Li; runs/a of Li H; an ensemble needs the same atoms in the same order"
    )


def test_one_model_is_no_ensemble(members: tuple[ForceField, ...]) -> None:
    with pytest.raises(
        ModelError, match="an ensemble of 1 models with 1 names; it needs two models at least"
    ):
        Ensemble(members[:1], ("a",))


def test_errors_of_members_of_the_mean_and_the_spread(
    ensemble: Ensemble, members: tuple[ForceField, ...], lih_test: Structures
) -> None:
    found = evaluate_ensemble(ensemble, lih_test)
    assert list(found.members) == list(NAMES)
    assert found.members["c"].energy.mse == pytest.approx(evaluate(members[2], lih_test).energy.mse)
    std, force_std = ensemble.predictions(lih_test.positions).std
    energies, forces = ensemble.predict(lih_test.positions)
    assert found.mean.energy.mse == pytest.approx(np.mean((energies - lih_test.energies) ** 2))
    assert found.energy.spread == pytest.approx(np.mean(std**2))
    expected = np.corrcoef(std, np.abs(energies - lih_test.energies))[0, 1]
    assert found.energy.correlation == pytest.approx(expected)
    assert found.force is not None
    assert lih_test.forces is not None
    sizes = [np.linalg.norm(part.reshape(81, 6), axis=1) for part in (force_std, forces - lih_test.forces)]
    assert found.force.correlation == pytest.approx(np.corrcoef(*sizes)[0, 1])


def test_the_mean_square_error_of_the_mean_is_never_that_of_the_worst(
    ensemble: Ensemble, lih_test: Structures
) -> None:
    found = evaluate_ensemble(ensemble, lih_test)
    errors = [member.energy.mse for member in found.members.values()]
    variance = found.energy.spread * 2 / 3
    assert found.mean.energy.mse == pytest.approx(np.mean(errors) - variance)


@pytest.mark.parametrize("turned", [1, -1])
def test_a_spread_that_says_nothing_has_no_correlation(turned: int) -> None:
    error = np.random.default_rng(0).normal(size=2000)
    std = np.abs(np.random.default_rng(1).normal(size=2000))
    assert abs(Agreement.of(std, turned * error).correlation or 0) < 0.1
    assert Agreement.of(np.abs(error), turned * error).correlation == pytest.approx(1)


@pytest.mark.parametrize("std", [np.array([1.0, 2.0]), np.array([1.0, 1.0, 1.0])])
def test_no_correlation_of_two_points_or_of_a_constant(std: np.ndarray) -> None:
    assert Agreement.of(std, np.arange(len(std), dtype=float)).correlation is None


def test_without_forces(ensemble: Ensemble, lih_test: Structures) -> None:
    found = evaluate_ensemble(ensemble, replace(lih_test.chosen([0, 1]), forces=None))
    assert found.force is None
    assert found.to_dict()["force"] is None
    lines = ensemble_lines([found])
    spread, correlation = (line for line in lines if line.startswith(("  squared spread", "  correlation")))
    assert spread.split()[-1] == "-"
    assert correlation.split()[-2:] == ["-", "-"]


def test_the_tables_show_the_numbers(ensemble: Ensemble, lih_test: Structures) -> None:
    found = evaluate_ensemble(ensemble, lih_test)
    rows = [line.split() for line in ensemble_lines([found])]
    assert rows[0] == ["lih_test.extxyz:", "81", "structures"]
    assert [row[0] for row in rows[2:5]] == list(NAMES)
    assert float(rows[5][-2]) == pytest.approx(found.mean.energy.mse, rel=1e-3)
    assert float(rows[7][-2]) == pytest.approx(found.energy.correlation, abs=0.01)
    energy = next(line.split() for line in seeds_lines(found) if "energy" in line)
    mses = sorted(member.energy.mse for member in found.members.values())
    expected = [mses[1], mses[0], mses[2], found.mean.energy.mse]
    assert [float(value) for value in energy[2:]] == pytest.approx(expected, rel=1e-2)


def test_the_calculator_gives_means_and_standard_deviations(ensemble: Ensemble) -> None:
    found = ensemble.predictions(POSITIONS[None])
    for order in ([0, 1], [1, 0]):
        atoms = Atoms([("Li", "H")[i] for i in order], POSITIONS[order])
        atoms.calc = SiqmlCalculator(ensemble)
        assert atoms.get_potential_energy() == found.mean[0][0]
        np.testing.assert_array_equal(atoms.get_forces(), found.mean[1][0][order])
        assert atoms.calc.results["energy_std"] == found.std[0][0]
        np.testing.assert_array_equal(atoms.calc.results["forces_std"], found.std[1][0][order])
    np.testing.assert_allclose(calculate_numerical_forces(atoms, eps=1e-5), atoms.get_forces(), atol=1e-7)


def test_ase_takes_what_it_knows(ensemble: Ensemble, tiny_field: ForceField) -> None:
    atoms = Atoms("LiH", POSITIONS)
    for field in (ensemble, tiny_field):
        found = SiqmlCalculator(field).calculate_properties(atoms, ["energy", "forces"])
        assert found["energy"] == field.predict(POSITIONS[None])[0][0]
    assert "energy_std" not in Atoms("LiH", POSITIONS, calculator=SiqmlCalculator(tiny_field)).calc.results


def begun(folder: Path, *names: str) -> Path:
    """A folder of runs that have started."""
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "config.yaml").touch()
        (folder / name / "spec.yaml").touch()
    return folder


def test_runs_are_found_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    begun(tmp_path, "seed-10", "seed-9", "seed-1")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes.txt").touch()
    assert [run.name for run in runs_in(tmp_path)] == ["seed-1", "seed-9", "seed-10"]
    assert runs_in(tmp_path / "seed-1") == []
    assert runs_in(tmp_path / "notes.txt") == []
    assert expanded([tmp_path / "seed-9", tmp_path / "model.safetensors"]) == [
        tmp_path / "seed-9",
        tmp_path / "model.safetensors",
    ]


def test_what_is_a_model_and_what_is_data(tmp_path: Path) -> None:
    begun(tmp_path / "runs", "seed-0")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "water.extxyz").touch()
    assert is_model(tmp_path / "runs")
    assert is_model(tmp_path / "runs" / "seed-0")
    assert is_model(tmp_path / "nowhere.safetensors")
    assert not is_model(tmp_path / "data")
    assert not is_model(tmp_path / "data" / "water.extxyz")
    assert not is_model(Path("water_test.extxyz"))


def test_the_same_model_twice_is_refused(tmp_path: Path) -> None:
    runs = begun(tmp_path / "runs", "seed-0", "seed-1")
    (runs / "seed-1" / "model.safetensors").touch()
    with pytest.raises(ModelError) as error:
        load_field([runs, runs / "seed-1" / "model.safetensors"])
    assert str(error.value) == (
        f"{runs}/seed-1/model.safetensors: named twice; the same model agrees with itself"
    )
    assert expanded([runs]) == [runs / "seed-0", runs / "seed-1"]


def test_one_run_in_a_folder_is_one_model(tmp_path: Path) -> None:
    assert expanded([begun(tmp_path, "seed-3")]) == [tmp_path / "seed-3"]


def test_an_unfinished_run_is_named(tmp_path: Path) -> None:
    runs = begun(tmp_path / "runs", "seed-0", "seed-1")
    with pytest.raises(ModelError, match=r"seed-0/model.safetensors: no such model; `siqml train` makes one"):
        load_field([runs])
