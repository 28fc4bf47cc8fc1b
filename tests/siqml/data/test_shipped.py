"""The shipped LiH labels are what their provenance says."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siqml.data.check import check
from siqml.data.extxyz import write_structures
from siqml.data.recipes import LIH
from siqml.data.shipped import provenance, shipped_file, shipped_files
from siqml.errors import DataError, LabelError
from siqml.files import sha256
from siqml.structures import Array, Structures


def lengths(structures: Structures) -> Array:
    return np.asarray(np.linalg.norm(structures.positions[:, 1] - structures.positions[:, 0], axis=1))


def test_fingerprints() -> None:
    assert provenance("lih")["sha256"] == {name: sha256(shipped_file(name)) for name in shipped_files()}


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
        "lih_tarin.extxyz: no such shipped file; shipped: lih_train.extxyz, lih_test.extxyz"
    )


class TestCheck:
    pyscf = pytest.importorskip("pyscf", reason="labels need PySCF, an optional dependency")

    def test_shipped_labels_are_reproduced(self) -> None:
        found = check(LIH, shipped_file("lih_train.extxyz"), shipped_file("lih_test.extxyz"), num_points=2)
        assert found.num_points == 2
        assert found.energy < 1e-9

    def test_another_file_is_noticed(self, tmp_path: Path) -> None:
        copy = tmp_path / "lih_train.extxyz"
        copy.write_bytes(shipped_file("lih_train.extxyz").read_bytes() + b"\n")
        with pytest.raises(LabelError, match=r"sha256 differs from the one in lih.provenance.json"):
            check(LIH, copy, shipped_file("lih_test.extxyz"), num_points=2)

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
        monkeypatch.setattr("siqml.data.check.provenance", lambda name: record)
        with pytest.raises(LabelError, match=message):
            check(LIH, copy, shipped_file("lih_test.extxyz"), num_points=2)
