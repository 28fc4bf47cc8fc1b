from dataclasses import replace

import jax
import numpy as np
import pytest

from siqml.errors import TrainError
from siqml.loss import make_loss
from siqml.model import ForceField, energy_function
from siqml.structures import Structures


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
