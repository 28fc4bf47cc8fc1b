"""Every way of sampling: it keeps its promises, the seed decides, and resuming changes nothing."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from siqml.data.labelling.functional import Point
from siqml.data.labelling.labeller import Labeller
from siqml.data.reading.split import shuffled_split
from siqml.data.samplers.classical_frames import ClassicalFrames
from siqml.data.samplers.flexible_water import FlexibleWater, internal_coordinates
from siqml.data.samplers.minimum import LARGEST_FORCE, hessian, relax
from siqml.data.samplers.normal_modes import NormalModes, displacements, random_rotation
from siqml.data.samplers.sampling import Sampling
from siqml.data.samplers.stretch import Stretch
from siqml.data.samplers.trajectory import Trajectory
from siqml.errors import DataError, LabelError
from siqml.molecule.structures import Array
from siqml.molecule.units import BOLTZMANN

WATER = ("O", "H", "H")
START = np.array([[0.0, 0, 0], [0, 0.8, 0.6], [0, -0.8, 0.6]])
PAIR = np.concatenate([START - np.array([0, 0, 0.1]), START + np.array([3.0, 0, 0])])
MASSES = np.array([15.999, 1.008, 1.008])

Make = Callable[[tuple[str, ...]], Labeller]

CLASSICAL = ClassicalFrames(300.0, time_step=0.5, stride=3, friction=0.01, wall=3.8, spring=1.0)
CASES = [
    pytest.param(NormalModes(300.0), WATER, START, id="normal modes"),
    pytest.param(Trajectory(50.0, 0.5), WATER, START, id="trajectory"),
    pytest.param(Stretch(0, 1, (0.8, 1.2), 3), WATER, START, id="stretch"),
    pytest.param(CLASSICAL, WATER * 2, PAIR, id="classical frames"),
]


def sampled(label: Labeller, sampling: Sampling, start: Array, seed: int = 1, count: int = 5) -> Array:
    return np.array(list(sampling.geometries(label, start, count, seed)))


@pytest.mark.parametrize(("sampling", "species", "start"), CASES)
class TestEvery:
    def test_the_seed_decides(
        self, springs_labeller: Make, sampling: Sampling, species: tuple[str, ...], start: Array
    ) -> None:
        label = springs_labeller(species)
        frames = sampled(label, sampling, start)
        assert frames.shape == (5, len(species), 3)
        np.testing.assert_array_equal(frames, sampled(label, sampling, start))
        assert np.abs(frames - sampled(label, sampling, start, seed=2)).max() > 1e-4

    def test_a_second_run_is_answered_from_the_journal(
        self, springs_labeller: Make, sampling: Sampling, species: tuple[str, ...], start: Array
    ) -> None:
        frames = sampled(springs_labeller(species), sampling, start)
        again = springs_labeller(species)
        np.testing.assert_array_equal(frames, sampled(again, sampling, start))
        crew: Any = again.crew
        assert crew.calls == 0

    def test_it_describes_itself(
        self, springs_labeller: Make, sampling: Sampling, species: tuple[str, ...], start: Array
    ) -> None:
        assert len(sampling.describe()) > 60

    def test_the_split_is_a_partition(
        self, springs_labeller: Make, sampling: Sampling, species: tuple[str, ...], start: Array
    ) -> None:
        train, test = sampling.split(5, 3, seed=1)
        assert len(train) == 3
        assert sorted([*train, *test]) == list(range(5))


def test_relaxing_ends_where_no_force_is_left(springs_labeller: Make) -> None:
    label = springs_labeller(WATER)
    found = relax(label, WATER, START * 1.1)
    assert np.abs(label(found).forces).max() <= LARGEST_FORCE
    assert np.linalg.norm(found[1] - found[0]) == pytest.approx(0.96, abs=1e-4)


def test_a_slope_without_end_is_refused() -> None:
    def slope(positions: Array) -> Point:
        steep = np.sqrt(1 + positions**2)
        return Point(-float(steep.sum()), positions / steep)

    with pytest.raises(
        LabelError, match="no stationary point within 300 steps of the optimisation; give a better start"
    ):
        relax(slope, WATER, START + 1)


def test_hessian_of_springs_has_three_vibrations(springs_labeller: Make) -> None:
    label = springs_labeller(WATER)
    curvature = hessian(label, relax(label, WATER, START))
    np.testing.assert_array_equal(curvature, curvature.T)
    stiff = np.linalg.eigvalsh(curvature)
    assert np.abs(stiff[:6]).max() < 0.02
    assert stiff[6] > 5


class TestNormalModes:
    def curvature(self, make: Make) -> Array:
        label = make(WATER)
        return hessian(label, relax(label, WATER, START))

    def test_each_vibration_has_half_kt(self, springs_labeller: Make) -> None:
        curvature = self.curvature(springs_labeller)
        columns = displacements(curvature, MASSES, 300.0)
        assert columns.shape == (9, 3)
        energies = np.einsum("im,ij,jm->m", columns, curvature, columns) / 2
        np.testing.assert_allclose(energies, BOLTZMANN * 300 / 2, rtol=1e-9)

    def test_vibrations_do_not_move_the_centre_of_mass(self, springs_labeller: Make) -> None:
        columns = displacements(self.curvature(springs_labeller), MASSES, 300.0).reshape(3, 3, 3)
        assert np.abs(np.einsum("a,axm->xm", MASSES, columns)).max() < 1e-3 * np.abs(columns).max()

    def test_a_saddle_point_is_refused(self, springs_labeller: Make) -> None:
        curvature = self.curvature(springs_labeller)
        with pytest.raises(LabelError, match="relaxes to a saddle point; give a start without symmetry"):
            displacements(-curvature, MASSES, 300.0)

    def test_frames_are_warm_and_turned(self, springs_labeller: Make) -> None:
        label = springs_labeller(WATER)
        frames = sampled(label, NormalModes(300.0), START, count=400)
        energies = [label(frame).energy for frame in frames]
        assert np.mean(energies) == pytest.approx(1.5 * BOLTZMANN * 300, rel=0.2)
        np.testing.assert_array_equal(frames[:, 0], 0.0)
        normals = np.cross(frames[:, 1], frames[:, 2])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        assert np.abs(normals.mean(axis=0)).max() < 0.15  # all directions alike
        assert np.abs((normals**2).mean(axis=0) - 1 / 3).max() < 0.07

    def test_rotations_are_proper(self) -> None:
        rng = np.random.default_rng(0)
        for _ in range(20):
            turn = random_rotation(rng)
            np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-14)
            assert np.linalg.det(turn) == pytest.approx(1)


class TestTrajectory:
    def test_energy_is_conserved_and_nothing_drifts(self, springs_labeller: Make) -> None:
        label = springs_labeller(WATER)
        frames = sampled(label, Trajectory(50.0, 0.5), START, count=200)
        potential = np.array([label(frame).energy for frame in frames])
        assert potential.max() <= 3 * BOLTZMANN * 50 * 1.01  # all that was kinetic at the start
        assert potential.mean() == pytest.approx(1.5 * BOLTZMANN * 50, rel=0.35)
        centre = np.einsum("a,nax->nx", MASSES, frames) / MASSES.sum()
        assert np.abs(centre).max() < 1e-6
        assert np.abs(frames - frames[0]).max() < 0.15

    def test_neighbours_are_close(self, springs_labeller: Make) -> None:
        frames = sampled(springs_labeller(WATER), Trajectory(50.0, 0.5), START, count=20)
        steps = np.abs(np.diff(frames, axis=0)).max(axis=(1, 2))
        assert steps.min() > 0
        assert steps.max() < 0.02


class TestStretch:
    cut = Stretch(fixed=0, moved=2, interval=(0.8, 1.3), num_train=6)

    def test_one_atom_moves_along_its_bond(self, springs_labeller: Make) -> None:
        frames = sampled(springs_labeller(WATER), self.cut, START, count=10)
        np.testing.assert_array_equal(np.ptp(frames[:, :2], axis=0), 0.0)
        bonds = frames[:, 2] - frames[:, 0]
        lengths = np.linalg.norm(bonds, axis=1)
        np.testing.assert_allclose(bonds / lengths[:, None], (bonds / lengths[:, None])[:1].repeat(10, 0))
        np.testing.assert_allclose(lengths[:6], np.linspace(0.8, 1.3, 6))

    def test_test_lengths_avoid_the_grid(self) -> None:
        lengths = np.array(self.cut.lengths(200, seed=0))
        assert len(lengths) == 200
        assert np.abs(lengths[6:, None] - lengths[:6]).min() >= 1e-3
        assert (np.diff(lengths[6:]) > 0).all()

    def test_the_grid_trains(self) -> None:
        train, test = self.cut.split(10, 6, seed=5)
        assert list(train) == [0, 1, 2, 3, 4, 5]
        assert list(test) == [6, 7, 8, 9]


class TestFlexibleWater:
    def model(self, make: Make) -> FlexibleWater:
        return CLASSICAL.model(make(WATER * 2), PAIR)

    def test_forces_are_the_gradient(self, springs_labeller: Make) -> None:
        model = self.model(springs_labeller)
        for shift in (0.0, 1.5):  # inside and beyond the wall
            positions = PAIR + 0.05 * np.random.default_rng(3).normal(size=PAIR.shape)
            positions[3:, 0] += shift
            forces, step = model(positions).forces, 1e-5
            for index in np.ndindex(6, 3):
                moved = np.zeros((6, 3))
                moved[index] = step
                slope = (model(positions + moved).energy - model(positions - moved).energy) / (2 * step)
                assert forces[index] == pytest.approx(-slope, abs=1e-7)
            assert np.abs(forces.sum(axis=0)).max() < 1e-12
            assert np.abs(np.cross(positions, forces).sum(axis=0)).max() < 1e-12

    def test_one_molecule_is_as_stiff_as_the_other_method_says(self, springs_labeller: Make) -> None:
        label, model = springs_labeller(WATER), self.model(springs_labeller)
        minimum = relax(label, WATER, START)

        def molecule(positions: Array) -> Point:
            far = np.concatenate([positions, minimum + np.array([1e6, 0, 0])])
            found = FlexibleWater(model.rest, model.stiffness, wall=1e9, spring=0.0)(far)
            return Point(found.energy, found.forces[:3])

        assert molecule(minimum).energy == pytest.approx(0, abs=1e-6)
        np.testing.assert_allclose(hessian(molecule, minimum), hessian(label, minimum), atol=0.03)

    def test_the_wall_pulls(self, springs_labeller: Make) -> None:
        model, far = self.model(springs_labeller), PAIR.copy()
        far[3:, 0] += 10.0
        assert model(far).forces[3:, 0].sum() < -5
        free = FlexibleWater(model.rest, model.stiffness, model.wall, spring=0.0)
        assert abs(free(far).forces[3:, 0].sum()) < 0.1

    def test_internal_coordinates_of_a_right_angle(self) -> None:
        found, jacobian = internal_coordinates(np.array([[0.0, 0, 0], [2, 0, 0], [0, 1, 0]]))
        np.testing.assert_allclose(found, [2, 1, np.pi / 2])
        np.testing.assert_allclose(jacobian[2, 1], [0, -0.5, 0], atol=1e-15)
        np.testing.assert_allclose(jacobian.sum(axis=1), 0, atol=1e-15)

    def test_frames_stay_together_and_centred(self, springs_labeller: Make) -> None:
        frames = sampled(springs_labeller(WATER * 2), CLASSICAL, PAIR, count=20)
        assert np.linalg.norm(frames[:, 0] - frames[:, 3], axis=1).max() < 5
        masses = np.tile(MASSES, 2)
        assert np.abs(np.einsum("a,nax->nx", masses, frames)).max() < 1e-3


@pytest.mark.parametrize(("train", "test"), [(4, 3), (-1, 2), (7, 0)])
def test_a_split_of_too_few_is_refused(train: int, test: int) -> None:
    with pytest.raises(DataError) as error:
        shuffled_split(6, train, test, seed=0)
    assert str(error.value) == f"{train} + {test} structures wanted for training and test; there are 6"
