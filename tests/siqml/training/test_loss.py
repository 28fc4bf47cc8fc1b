from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from siqml.errors import TrainError
from siqml.field.force_field import ForceField, energies_and_forces, energy_function
from siqml.molecule.line import Line
from siqml.molecule.structures import Structures
from siqml.training.loss import make_loss


@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.0, 1.0), (0.5, 0.25)])
def test_is_the_weighted_mean_square_of_the_predictions(
    tiny_field: ForceField, lih_train: Structures, weights: tuple[float, float]
) -> None:
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)
    loss = jax.jit(make_loss(energy, lih_train, *weights))(tiny_field.params)
    energies, forces = tiny_field.predict(lih_train.positions)
    assert lih_train.forces is not None
    expected = weights[0] * np.mean((energies - lih_train.energies) ** 2)
    expected += weights[1] * np.mean((forces - lih_train.forces) ** 2)
    assert float(loss) == pytest.approx(expected, rel=1e-10)


def test_a_perfect_model_has_no_loss(tiny_field: ForceField, lih_train: Structures) -> None:
    energies, forces = tiny_field.predict(lih_train.positions)
    own = Structures(lih_train.species, lih_train.positions, energies, forces, "itself")
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)
    assert float(jax.jit(make_loss(energy, own, 1.0, 1.0))(tiny_field.params)) < 1e-20


def test_force_weight_without_forces(tiny_field: ForceField, lih_train: Structures) -> None:
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)
    with pytest.raises(TrainError) as error:
        make_loss(energy, replace(lih_train, forces=None, source="a.extxyz"), 1.0, 0.5)
    assert str(error.value) == "a.extxyz has no forces, but loss.forces is 0.5; set loss.forces to 0"


@pytest.mark.parametrize("chunk", [None, 20, 53])
@pytest.mark.parametrize("weights", [(0.0, 1.0), (0.5, 0.25), (0.5, 0.0)])
def test_the_gradient_is_that_of_automatic_differentiation(
    tiny_field: ForceField, lih_train: Structures, weights: tuple[float, float], chunk: int | None
) -> None:
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)

    def plain(params: Any) -> Any:
        energies, forces = energies_and_forces(energy, params, lih_train.positions)
        energy_part = jnp.mean((energies - lih_train.energies) ** 2)
        return weights[0] * energy_part + weights[1] * jnp.mean((forces - lih_train.forces) ** 2)

    params = jnp.asarray(tiny_field.params)
    expected = jax.jit(jax.grad(plain))(params)
    loss = make_loss(energy, lih_train, *weights, chunk=chunk)
    assert float(jax.jit(loss)(params)) == pytest.approx(float(plain(params)), rel=1e-10)
    found = jax.jit(jax.grad(loss))(params)
    assert np.allclose(found, expected, rtol=1e-10, atol=1e-12 * np.abs(expected).max())
    halved = jax.jit(jax.grad(lambda p: loss(p) / 2))(params)
    assert np.allclose(halved, expected / 2, rtol=1e-10, atol=1e-12 * np.abs(expected).max())
    assert not np.allclose(halved, expected, rtol=0.1)


def test_only_the_component_along_a_line_counts(tiny_field: ForceField, lih_train: Structures) -> None:
    direction = np.zeros((2, 3))
    direction[1, 2] = 1.0
    line = Line(lih_train.positions[0], direction)
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)
    _, forces = tiny_field.predict(lih_train.positions)
    assert lih_train.forces is not None
    expected = np.mean((forces - lih_train.forces)[:, 1, 2] ** 2)
    found = jax.jit(make_loss(energy, lih_train, 0.0, 1.0, line))(tiny_field.params)
    assert float(found) == pytest.approx(expected, rel=1e-10)
