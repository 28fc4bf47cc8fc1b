"""The shipped labels are what their provenance says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siqml.data.making.check import check
from siqml.data.reading.extxyz import read_structures, write_structures
from siqml.data.reading.shipped import provenance, shipped_file, shipped_files, shipped_sets
from siqml.data.sets.dft_set import DftSet
from siqml.data.sets.table import DIMER_COOL, LIH, LIH_PERIODIC, RECIPES, WATER
from siqml.errors import DataError, LabelError
from siqml.files import sha256
from siqml.molecule.structures import Array, Structures
from siqml.molecule.units import BOLTZMANN

LIH_FILES = [shipped_file(f"lih_{part}.extxyz") for part in LIH.parts]


NOT_YET = {"h3o", "hcooh"}
"""Recipes whose labels take an hour or more and have not been made for the package."""


def lengths(structures: Structures) -> Array:
    return np.asarray(np.linalg.norm(structures.positions[:, 1] - structures.positions[:, 0], axis=1))


@pytest.mark.parametrize("name", shipped_sets())
def test_fingerprints(name: str) -> None:
    found = provenance(name)["sha256"]
    assert found == {file: sha256(shipped_file(file)) for file in found}


def test_every_recipe_is_shipped() -> None:
    assert set(shipped_sets()) == set(RECIPES) - NOT_YET
    wanted = {f"{name}_{part}.extxyz" for name in shipped_sets() for part in RECIPES[name].parts}
    assert set(shipped_files()) == wanted


@pytest.mark.parametrize("name", shipped_sets())
def test_provenance_is_complete(name: str) -> None:
    record = provenance(name)
    assert {"method", "basis", "forces", "seed", "units", "command", "date", "versions"} <= set(record)
    assert record["seed"] == RECIPES[name].seed
    assert record["command"] == f"siqml data make {name} --seed {record['seed']}"
    for file, spread in record["labels"].items():
        structures = read_structures(shipped_file(file), RECIPES[name].species)
        assert structures.forces is not None
        assert spread["structures"] == len(structures)
        assert spread["energy_variance_ev2"] == pytest.approx(np.var(structures.energies), rel=1e-9)
        assert spread["force_variance_ev2_per_angstrom2"] == pytest.approx(
            np.mean(structures.forces**2), rel=1e-9
        )


@pytest.mark.parametrize("name", shipped_sets())
def test_sizes_are_those_of_the_recipe_and_no_structure_comes_twice(name: str) -> None:
    recipe = RECIPES[name]
    sets = [read_structures(shipped_file(f"{name}_{part}.extxyz"), recipe.species) for part in recipe.parts]
    wanted = [recipe.num_train, recipe.num_test][-len(sets) :]
    assert [len(structures) for structures in sets] == wanted
    everything = np.concatenate([structures.positions for structures in sets])
    assert len(np.unique(everything.reshape(len(everything), -1), axis=0)) == len(everything)


def test_distances_are_those_of_the_recipe(lih_train: Structures, lih_test: Structures) -> None:
    np.testing.assert_allclose(lengths(lih_train), np.linspace(0.9, 4.5, 53), atol=2e-8)
    np.testing.assert_allclose(lengths(lih_test), LIH.test_distances(provenance("lih")["seed"]), atol=1e-12)


def test_molecules_are_centred_and_forces_balance(lih_train: Structures, lih_test: Structures) -> None:
    for structures in (lih_train, lih_test):
        assert structures.forces is not None
        np.testing.assert_array_equal(structures.positions.sum(axis=1), 0.0)
        np.testing.assert_array_equal(structures.forces.sum(axis=1), 0.0)


def test_forces_are_the_slope_of_the_energies(lih_train: Structures) -> None:
    from scipy.interpolate import CubicSpline

    slope = CubicSpline(lengths(lih_train), lih_train.energies)(lengths(lih_train), 1)
    forces = lih_train.radial_forces()
    assert forces is not None
    assert np.abs(forces + slope)[5:-5].max() < 5e-3  # a spline through 53 points knows the slope that well
    assert np.abs(forces).max() > 15


def test_the_minimum_is_near_the_bond_length_of_lih(lih_train: Structures) -> None:
    assert lengths(lih_train)[lih_train.energies.argmin()] == pytest.approx(1.55, abs=0.05)


def test_unknown_files_are_named() -> None:
    with pytest.raises(DataError) as error:
        shipped_file("lih_tarin.extxyz")
    assert str(error.value) == (
        f"lih_tarin.extxyz: no such shipped file; shipped: {', '.join(shipped_files())}"
    )


DFT_SETS = [name for name in shipped_sets() if isinstance(RECIPES[name], DftSet)]


def both_parts(name: str) -> list[Structures]:
    recipe = RECIPES[name]
    return [read_structures(shipped_file(f"{name}_{part}.extxyz"), recipe.species) for part in recipe.parts]


@pytest.mark.parametrize("name", DFT_SETS)
def test_net_force_and_torque(name: str) -> None:
    for structures in both_parts(name):
        assert structures.forces is not None
        assert np.abs(structures.forces.sum(axis=1)).max() < 1e-7  # eight decimals in the file
        torque = np.cross(structures.positions, structures.forces).sum(axis=1)
        assert np.abs(torque).max() < 3e-3  # eV: the grid of the functional does not turn with the molecule
        assert np.abs(np.cross(structures.positions, np.abs(structures.forces)).sum(axis=1)).max() > 0.1


def test_forces_along_the_cut_are_the_slope_of_the_energies() -> None:
    from scipy.interpolate import CubicSpline

    train = both_parts("dimer_cut")[0]
    assert train.forces is not None
    bonds = train.positions[:, 2] - train.positions[:, 0]
    lengths = np.linalg.norm(bonds, axis=1)
    along = (train.forces[:, 2] * bonds).sum(axis=1) / lengths
    slope = CubicSpline(lengths, train.energies)(lengths, 1)
    assert np.abs(along + slope)[5:-5].max() < 1e-4
    assert np.abs(along).max() > 1
    rest = [0, 1, 3, 4, 5]
    np.testing.assert_array_equal(np.ptp(train.positions[:, rest], axis=0), 0.0)


def test_energies_along_the_trajectory_are_the_work_of_the_forces() -> None:
    train, test = both_parts("dimer_cool")
    parts = DIMER_COOL.sampling.split(DIMER_COOL.count, DIMER_COOL.num_train, DIMER_COOL.seed)
    order = np.argsort(np.concatenate(parts))
    positions = np.concatenate([train.positions, test.positions])[order]
    energies = np.concatenate([train.energies, test.energies])[order]
    assert train.forces is not None
    assert test.forces is not None
    forces = np.concatenate([train.forces, test.forces])[order]
    steps = np.diff(positions, axis=0)
    work = ((forces[1:] + forces[:-1]) / 2 * steps).sum(axis=(1, 2))
    assert np.abs(steps).max() < 0.03  # every step of half a femtosecond is there
    assert np.abs(np.diff(energies)).max() > 1e-3
    assert np.abs(np.diff(energies) + work).max() < 5e-5  # the trapezoid's error


def test_water_scatters_as_three_classical_oscillators_do() -> None:
    train, test = both_parts("water")
    (wide,) = both_parts("water_wide")
    kt = BOLTZMANN * 300
    energies = np.concatenate([train.energies, test.energies])
    assert energies.std() == pytest.approx(np.sqrt(1.5) * kt, rel=0.15)
    assert wide.energies.std() > 2.5 * energies.std()


def test_frames_of_the_dimer_at_300_k_have_forgotten_one_another() -> None:
    """Unlike in the cool trajectory, no frame has a near neighbour, and the molecules point anywhere."""
    nearest = {}
    for name in ("dimer_300K", "dimer_cool"):
        train, test = both_parts(name)
        distances = np.linalg.norm(test.positions[:, None] - train.positions, axis=(2, 3))
        nearest[name] = np.median(distances.min(axis=1))
        axes = train.positions[:, 3] - train.positions[:, 0]
        mean = np.linalg.norm((axes / np.linalg.norm(axes, axis=1, keepdims=True)).mean(axis=0))
        assert (mean < 0.2) == (name == "dimer_300K")
    assert nearest["dimer_300K"] > 20 * nearest["dimer_cool"]


@pytest.mark.slow
@pytest.mark.parametrize("name", DFT_SETS)
def test_shipped_dft_labels_are_reproduced(name: str) -> None:
    pytest.importorskip("pyscf", reason="labels need PySCF, an optional dependency")
    files = [shipped_file(f"{name}_{part}.extxyz") for part in RECIPES[name].parts]
    found = check(RECIPES[name], files, num_points=2)
    assert found.num_points == 2
    assert found.energy < 1e-7


def test_the_periodic_set_is_rebuilt_from_the_shipped_curve() -> None:
    files = [shipped_file(f"lih_periodic_{part}.extxyz") for part in LIH_PERIODIC.parts]
    found = check(LIH_PERIODIC, files, num_points=300)
    assert found.num_points == 113 + 150
    assert found.force <= 5e-9


class TestCheck:
    pyscf = pytest.importorskip("pyscf", reason="labels need PySCF, an optional dependency")

    def test_shipped_labels_are_reproduced(self) -> None:
        found = check(LIH, LIH_FILES, num_points=2)
        assert found.num_points == 2
        assert found.energy < 1e-9

    def test_another_file_is_noticed(self, tmp_path: Path) -> None:
        copy = tmp_path / "lih_train.extxyz"
        copy.write_bytes(shipped_file("lih_train.extxyz").read_bytes() + b"\n")
        with pytest.raises(LabelError, match=r"sha256 differs from the one in lih.provenance.json"):
            check(LIH, [copy, LIH_FILES[1]], num_points=2)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"energies": 2e-7}, r"recomputed energy differs by 2.0e-07, allowed 1e-07"),
            ({"forces": 1e-7}, r"recomputed force differs by 1.0e-07, allowed 5e-08"),
            ({"positions": 1e-6}, r"its distances are not those of the recipe"),
        ],
    )
    def test_changed_labels_are_noticed(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        lih_train: Structures,
        change: dict[str, float],
        message: str,
    ) -> None:
        ((name, shift),) = change.items()
        copy = tmp_path / "lih_train.extxyz"
        write_structures(copy, replace(lih_train, **{name: getattr(lih_train, name) + shift}))
        record = provenance("lih")
        record["sha256"][copy.name] = sha256(copy)
        monkeypatch.setattr("siqml.data.making.check.provenance", lambda name: record)
        with pytest.raises(LabelError, match=message):
            check(LIH, [copy, LIH_FILES[1]], num_points=2)

    def test_a_missing_structure_is_noticed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lih_train: Structures
    ) -> None:
        copy = tmp_path / "lih_train.extxyz"
        write_structures(copy, lih_train.chosen(range(52)))
        record = provenance("lih")
        record["sha256"][copy.name] = sha256(copy)
        monkeypatch.setattr("siqml.data.making.check.provenance", lambda name: record)
        with pytest.raises(LabelError, match=r"52 structures; the recipe has 53"):
            check(LIH, [copy, LIH_FILES[1]], num_points=2)

    def test_another_functional_is_noticed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        files = [shipped_file(f"water_{part}.extxyz") for part in WATER.parts]
        coarser = replace(WATER, functional=replace(WATER.functional, angular=302))
        with pytest.raises(LabelError, match=r"recomputed energy differs by .*e-0[56], allowed 1e-06"):
            check(coarser, files, num_points=2)
