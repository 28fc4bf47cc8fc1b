import numpy as np
import pytest

from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.data.sets.periodic import quartic
from siqml.data.sets.table import LIH, LIH_PERIODIC
from siqml.molecule.structures import Array

PERIOD = 8.4


def curve(part: str) -> tuple[Array, Array, Array]:
    structures = read_structures(shipped_file(f"lih_periodic_{part}.extxyz"))
    forces = structures.radial_forces()
    assert forces is not None
    lengths = np.linalg.norm(structures.positions[:, 1] - structures.positions[:, 0], axis=1)
    return np.asarray(lengths), structures.energies, forces


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_physical_part_is_the_shipped_curve(part: str) -> None:
    lengths, energies, forces = curve(part)
    shipped = read_structures(shipped_file(f"lih_{part}.extxyz"))
    physical = lengths <= 4.5 + 1e-6
    np.testing.assert_array_equal(energies[physical], shipped.energies)
    np.testing.assert_allclose(forces[physical], shipped.radial_forces(), atol=1e-12)
    assert physical.sum() == len(shipped)


def test_there_is_a_mirror_and_the_forces_turn() -> None:
    lengths, energies, forces = curve("train")
    image = np.abs(lengths[:, None] - (9.6 - lengths[None])) < 1e-6
    left, right = np.nonzero(image & (lengths[:, None] < 4.8 - 1e-6))
    assert len(left) == LIH.num_train + 1  # and a pair on the bridge
    np.testing.assert_allclose(energies[left], energies[right], atol=1e-10)
    np.testing.assert_allclose(forces[left], -forces[right], atol=1e-8)


@pytest.mark.parametrize("part", ["train", "test"])
def test_one_smooth_periodic_curve_goes_through_everything(part: str) -> None:
    from scipy.interpolate import CubicHermiteSpline

    lengths, energies, forces = curve("train")
    assert lengths.max() - lengths.min() < PERIOD
    around = CubicHermiteSpline(
        np.append(lengths, lengths[0] + PERIOD), np.append(energies, energies[0]),
        -np.append(forces, forces[0]),
    )  # fmt: skip
    at, found, pulls = curve(part)
    assert np.abs(around(at) - found).max() < 0.02  # eV, of 8
    assert np.abs(around(at, 1) + pulls).max() < 0.5  # eV/angstrom, of 20
    longer = np.append(lengths, lengths[0] + PERIOD + 0.3)
    wrong = CubicHermiteSpline(longer, np.append(energies, energies[0]), -np.append(forces, forces[0]))
    assert abs(wrong(9.25, 1) - around(9.25, 1)) > 0.5


def test_the_seed_moves_only_the_bridges() -> None:
    ours, other = LIH_PERIODIC.build(2023), LIH_PERIODIC.build(1)
    np.testing.assert_array_equal(ours["train"].positions, other["train"].positions)
    assert np.abs(ours["test"].positions - other["test"].positions).max() > 1e-3


def test_the_quartic_continues_value_slope_and_curvature() -> None:
    constant, second, fourth = quartic(1.3, -20.0, 90.0, 0.3)
    u = -0.3
    assert constant + second * u**2 + fourth * u**4 == pytest.approx(1.3)
    assert 2 * second * u + 4 * fourth * u**3 == pytest.approx(-20)
    assert 2 * second + 12 * fourth * u**2 == pytest.approx(90)
