"""Internal coordinates: their values, their forces, and the models that use them."""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqcompile as eq
from siqml.errors import ModelError
from siqml.field.calculator import SiqmlCalculator
from siqml.field.catalogue import compile_certified, find
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, load_model, save_model
from siqml.field.scaling import Scaling
from siqml.molecule.frame import Frame
from siqml.molecule.internal_coordinates import InternalCoordinates, frame_from_dict
from siqml.molecule.structures import Array
from siqml.training.config import load_config

WATER = InternalCoordinates(("O", "H", "H"), ((0, 1), (0, 2), (1, 0, 2)))


@pytest.fixture(scope="module")
def field() -> ForceField:
    config = load_config(find("water_generic", "configs"))
    program = compile_certified(eq.load(find(config.model, "models")))
    assert program.spec.data is not None
    frame = config.frame.place(program.spec.data.sites)
    assert frame == WATER
    params = np.random.default_rng(2).normal(0, 0.4, program.num_parameters)
    return ForceField(program, frame, Scaling(-200.0, -2.0, 0.2), params)


@pytest.fixture
def positions() -> Array:
    return np.random.default_rng(7).normal(size=(4, 3, 3))


def test_lengths_and_the_angle_between_them() -> None:
    bent = np.array([[[0, 0, 0], [2, 0, 0], [0, 3, 0]], [[1, 0, 0], [2, 0, 0], [-3, 0, 0]]], dtype=float)
    sites = np.asarray(WATER.to_sites(bent))
    np.testing.assert_allclose(sites[:, :, 0], [[2, 3, np.pi / 2], [1, 4, np.pi]], atol=1e-7)
    assert not sites[:, :, 1:].any()


def test_energy_is_invariant_and_forces_turn(field: ForceField, positions: Array) -> None:
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))  # a reflection is as good
    energies, forces = field.predict(positions)
    moved_energies, moved_forces = field.predict(positions @ rotation.T + [1.0, -2.0, 0.5])
    np.testing.assert_allclose(moved_energies, energies, atol=1e-9)
    np.testing.assert_allclose(moved_forces, forces @ rotation.T, atol=1e-9)
    np.testing.assert_allclose(forces.sum(axis=1), 0, atol=1e-12)


def test_forces_are_minus_the_slope_of_the_energy(field: ForceField, positions: Array) -> None:
    step = 1e-5
    _, forces = field.predict(positions[:1])
    moves = step * np.eye(9).reshape(-1, 3, 3)
    slopes = (field.energies(positions[0] + moves) - field.energies(positions[0] - moves)) / (2 * step)
    np.testing.assert_allclose(forces.ravel(), -slopes, atol=1e-6)


def test_it_has_no_symmetry_under_exchange(field: ForceField, positions: Array) -> None:
    assert np.abs(field.energies(positions) - field.energies(positions[:, [0, 2, 1]])).max() > 1e-3


def test_atoms_in_one_place_and_on_a_line_have_finite_forces(field: ForceField) -> None:
    line = np.array([[0, 0, 0], [0, 0, 1], [0, 0, -1]], dtype=float)
    _, forces = field.predict(np.stack([np.zeros((3, 3)), line]))
    assert np.isfinite(forces).all()


def test_file_and_calculator_take_it_as_any_other(
    field: ForceField, positions: Array, tmp_path: Path
) -> None:
    from ase import Atoms

    path = tmp_path / "model.safetensors"
    save_model(path, field, here(0, ""))
    loaded = load_model(path)
    assert loaded.frame == field.frame
    energies, forces = field.predict(positions[:1])
    atoms = Atoms("HOH", positions=positions[0][[1, 0, 2]], calculator=SiqmlCalculator(loaded))
    assert atoms.get_potential_energy() == energies[0]
    np.testing.assert_array_equal(atoms.get_forces()[[1, 0, 2]], forces[0])


@pytest.mark.parametrize(("name", "count", "depth"), [("lih_generic", 94, 13), ("water_generic", 80, 11)])
def test_the_count_of_the_paper(name: str, count: int, depth: int) -> None:
    spec = eq.load(find(name, "models"))
    assert spec.ansatz is not None
    assert spec.ansatz.depth == depth
    assert compile_certified(spec).num_parameters == 7 * depth + 3 == count


@pytest.mark.parametrize(
    ("coordinates", "message"),
    [
        ({"R": [0]}, r"coordinate \[0\]: give two atoms for their distance, or three for the angle"),
        ({"R": [1, 1]}, r"coordinate \[1, 1\]: give two atoms"),
        ({"R": [0, 3]}, r"coordinate \[0, 3\]: atoms are numbered 0 to 2 \(O H H\)"),
        ({"Q": [0, 1]}, "the frame has the coordinates Q; the spec has the sites R"),
    ],
)
def test_impossible_coordinates(coordinates: dict[str, list[int]], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        InternalCoordinates.named(["O", "H", "H"], coordinates, ["R"])


def test_frames_survive_a_file() -> None:
    for frame in (WATER, Frame(("Li", "H"), (0, 1), (0, 1))):
        assert frame_from_dict(frame.to_dict()) == frame


@pytest.mark.parametrize("frame", [WATER, Frame(("O", "H", "H"), (1, 2), (0,))])
def test_the_jacobian_is_the_slope_of_the_sites(frame: InternalCoordinates | Frame, positions: Array) -> None:
    step, place = 1e-6, positions[0]
    moves = step * np.eye(9).reshape(-1, 3, 3)
    slopes = (frame.sites_of(place + moves) - frame.sites_of(place - moves)) / (2 * step)
    np.testing.assert_allclose(frame.jacobian(place), slopes.reshape(9, -1).T, atol=1e-8)


@pytest.mark.parametrize("place", ["bent", "straight", "coinciding"])
def test_sites_and_their_derivatives_are_those_of_jax(place: str) -> None:
    """Where a bond or an angle has no derivative both take zero."""
    jax.config.update("jax_enable_x64", True)
    frame = InternalCoordinates(("O", "H", "H"), ((0, 1), (1, 0, 2), (2, 0)))
    here = {
        "bent": [[0.1, 0.2, 0.3], [1.0, 0.1, 0.0], [-0.3, 0.9, 0.2]],
        "straight": [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [-2.0, 0.0, 0.0]],
        "coinciding": [[0.5, 0.0, 0.0], [0.5, 0.0, 0.0], [1.0, 1.0, 0.0]],
    }[place]
    positions = np.array([here, np.add(here, 1.0)])
    np.testing.assert_allclose(frame.sites_of(positions), frame.to_sites(positions), atol=1e-15)
    dice = np.random.default_rng(1)
    directions, slopes = dice.normal(size=positions.shape), dice.normal(size=(2, 3, 3))
    _, along = jax.jvp(frame.to_sites, (jnp.asarray(positions),), (jnp.asarray(directions),))
    np.testing.assert_allclose(frame.along(positions, directions), along, atol=1e-14)
    _, back = jax.vjp(frame.to_sites, jnp.asarray(positions))
    np.testing.assert_allclose(frame.pulled_back(positions, slopes), back(jnp.asarray(slopes))[0], atol=1e-14)
