"""One contract for every model: what symmetry promises, and what a force is."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import eqcompile as eq
from siqml.errors import ModelError
from siqml.field.backend import Backend
from siqml.field.catalogue import find
from siqml.field.engine import CHUNK, engine_for
from siqml.field.force_field import ForceField
from siqml.field.scaling import Scaling
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Array

FRAMES = {
    "lih": Frame(("Li", "H"), (0, 1), (0, 1)),
    "water": Frame(("O", "H", "H"), (1, 2), (0,)),
    "water_breaking": Frame(("O", "H", "H"), (1, 2), (0,)),
    "water_dimer": Frame(("O", "H", "H", "O", "H", "H"), (0, 1, 2, 3, 4, 5), (0, 3)),
}
BREAKING_OFF = "water_dimer"
"""A model whose spec has symmetry breaking, but which is exactly symmetric when all angles are 0."""

TOLERANCE = 1e-9
"""eV and eV/angstrom: a few hundred operations in double precision, times 5 eV per unit of expectation value."""


@pytest.fixture(scope="module", params=["lih", "water", "water_dimer"])
def field(request: pytest.FixtureRequest) -> ForceField:
    return random_field(request.param)


@cache
def random_field(name: str) -> ForceField:
    program = eq.compile(eq.load(find(name, "models")))
    params = np.random.default_rng(11).normal(0, 0.4, program.num_parameters)
    if name == BREAKING_OFF:
        params[[parameter.startswith("eps_") for parameter in program.parameter_names]] = 0.0
    return ForceField(program, FRAMES[name], Scaling(-200.0, -2.0, 0.2), params)


def geometries(field: ForceField, n: int = 3) -> Array:
    return np.random.default_rng(3).normal(0, 1.2, (n, len(field.frame.species), 3))


def rotation(seed: int) -> Array:
    matrix, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    return np.asarray(matrix * np.sign(np.linalg.det(matrix)))


def assert_covariant(field: ForceField, matrix: Array) -> None:
    positions = geometries(field)
    energies, forces = field.predict(positions)
    moved_energies, moved_forces = field.predict(positions @ matrix.T)
    np.testing.assert_allclose(moved_energies, energies, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(moved_forces, forces @ matrix.T, rtol=0, atol=TOLERANCE)


def test_rotation(field: ForceField) -> None:
    assert_covariant(field, rotation(1))


def test_inversion(field: ForceField) -> None:
    assert_covariant(field, -np.eye(3))


def test_translation(field: ForceField) -> None:
    positions = geometries(field)
    shifted = positions + np.array([3.0, -2.0, 0.5])
    for here, there in zip(field.predict(positions), field.predict(shifted), strict=True):
        np.testing.assert_allclose(there, here, rtol=0, atol=TOLERANCE)


def test_predictions_depend_on_the_geometry(field: ForceField) -> None:
    energies, forces = field.predict(geometries(field))
    assert np.ptp(energies) > 1e-3
    assert np.abs(forces).max() > 1e-3


def test_forces_sum_to_zero(field: ForceField) -> None:
    _, forces = field.predict(geometries(field))
    np.testing.assert_allclose(forces.sum(axis=1), 0.0, atol=1e-12)


def test_forces_are_minus_the_slope_of_the_energy(field: ForceField) -> None:
    step = 1e-5
    positions = geometries(field, 1)
    _, forces = field.predict(positions)
    moves = step * np.eye(positions.size).reshape(-1, *positions.shape[1:])
    slopes = (field.energies(positions + moves) - field.energies(positions - moves)) / (2 * step)
    np.testing.assert_allclose(forces.ravel(), -slopes, rtol=0, atol=1e-6)


def test_inputs_are_not_changed(field: ForceField) -> None:
    positions = geometries(field)
    before = positions.copy()
    field.predict(positions)
    np.testing.assert_array_equal(positions, before)


@pytest.mark.parametrize("backend", ["kernel", "jax"])
def test_batches_do_not_matter(field: ForceField, backend: Backend) -> None:
    positions = geometries(field, CHUNK + 2)
    engine = engine_for(field.model, field.frame, backend)
    energies, forces = engine.predict(field.params, field.scaling, positions)
    for i in (0, CHUNK - 1, CHUNK, CHUNK + 1):
        energy, force = engine.predict(field.params, field.scaling, positions[i : i + 1])
        assert energy[0] == pytest.approx(energies[i], abs=TOLERANCE)
        np.testing.assert_allclose(force[0], forces[i], rtol=0, atol=TOLERANCE)


def test_no_structure_gives_nothing(field: ForceField) -> None:
    energies, forces = field.predict(np.empty((0, len(field.frame.species), 3)))
    assert energies.shape == (0,)
    assert forces.shape == (0, len(field.frame.species), 3)


def test_identical_hydrogens_can_be_exchanged() -> None:
    field = random_field("water")
    positions, swap = geometries(field), [0, 2, 1]
    energies, forces = field.predict(positions)
    swapped_energies, swapped_forces = field.predict(positions[:, swap])
    np.testing.assert_allclose(swapped_energies, energies, rtol=0, atol=TOLERANCE)
    np.testing.assert_allclose(swapped_forces, forces[:, swap], rtol=0, atol=TOLERANCE)


def test_different_atoms_can_not() -> None:
    field = random_field("water")
    positions = geometries(field)
    assert np.abs(field.energies(positions) - field.energies(positions[:, [1, 0, 2]])).max() > 1e-3


def test_symmetry_breaking_leaves_rotations_about_z_only() -> None:
    field = random_field("water_breaking")
    about_z = np.array([[0.6, -0.8, 0], [0.8, 0.6, 0], [0, 0, 1.0]])
    assert_covariant(field, about_z)
    with pytest.raises(AssertionError):
        assert_covariant(field, about_z[[2, 0, 1]][:, [2, 0, 1]])


@pytest.mark.parametrize("shape", [(2, 3), (1, 3, 3), (1, 2, 2)])
def test_other_shapes_are_refused(tiny_field: ForceField, shape: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"positions have shape .*; this model needs \(n, 2, 3\)"):
        tiny_field.predict(np.zeros(shape))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_positions_that_are_no_numbers_are_refused(tiny_field: ForceField, value: float) -> None:
    with pytest.raises(ModelError, match="a position is not a finite number"):
        tiny_field.predict(np.full((1, 2, 3), value))


def test_another_number_of_parameters_is_refused(tiny_field: ForceField) -> None:
    with pytest.raises(ModelError, match="3 parameters given; the model has 4"):
        replace(tiny_field, params=np.zeros(3))


def test_atoms_in_one_place_have_finite_forces(tiny_field: ForceField) -> None:
    _, forces = tiny_field.predict(np.zeros((1, 2, 3)))
    assert np.isfinite(forces).all()
