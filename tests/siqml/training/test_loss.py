from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from siqml.errors import TrainError
from siqml.field.engine import energies_and_forces, energy_function
from siqml.field.force_field import ForceField
from siqml.molecule.line import Line
from siqml.molecule.structures import Structures
from siqml.training.config import LossConfig
from siqml.training.losses.batch import Batch
from siqml.training.losses.loss import loss_over
from siqml.training.losses.terms import Energy, Forces, Terms, terms_of


def weighted(energy: float, forces: float, line: Line | None = None) -> Terms:
    return Energy(energy), Forces(forces, line)


@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.0, 1.0), (0.5, 0.25)])
def test_is_the_weighted_mean_square_of_the_predictions(
    tiny_field: ForceField, lih_train: Structures, weights: tuple[float, float]
) -> None:
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)
    loss = jax.jit(loss_over(energy, Batch.of(lih_train), weighted(*weights)))(tiny_field.params)
    energies, forces = tiny_field.predict(lih_train.positions)
    assert lih_train.forces is not None
    expected = weights[0] * np.mean((energies - lih_train.energies) ** 2)
    expected += weights[1] * np.mean((forces - lih_train.forces) ** 2)
    assert float(loss) == pytest.approx(expected, rel=1e-10)


def test_a_perfect_model_has_no_loss(tiny_field: ForceField, lih_train: Structures) -> None:
    energies, forces = tiny_field.predict(lih_train.positions)
    own = Structures(lih_train.species, lih_train.positions, energies, forces, "itself")
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)
    assert float(jax.jit(loss_over(energy, Batch.of(own), weighted(1.0, 1.0)))(tiny_field.params)) < 1e-20


def test_force_weight_without_forces(lih_train: Structures) -> None:
    with pytest.raises(TrainError) as error:
        terms_of(LossConfig(forces=0.5), replace(lih_train, forces=None, source="a.extxyz"))
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
    loss = loss_over(energy, Batch.of(lih_train), weighted(*weights), chunk)
    assert float(jax.jit(loss)(params)) == pytest.approx(float(plain(params)), rel=1e-10)
    found = jax.jit(jax.grad(loss))(params)
    assert np.allclose(found, expected, rtol=1e-10, atol=1e-12 * np.abs(expected).max())
    halved = jax.jit(jax.grad(lambda p: loss(p) / 2))(params)
    assert np.allclose(halved, expected / 2, rtol=1e-10, atol=1e-12 * np.abs(expected).max())
    assert not np.allclose(halved, expected, rtol=0.1)


def test_only_terms_with_a_weight_are_there(lih_train: Structures) -> None:
    cases = {(1.0, 0.0): [Energy], (0.0, 2.0): [Forces], (0.5, 0.5): [Energy, Forces]}
    for (energy, forces), kinds in cases.items():
        found = terms_of(LossConfig(energy=energy, forces=forces), lih_train)
        assert [type(term) for term in found] == kinds
        assert [term.weight for term in found] == [weight for weight in (energy, forces) if weight]


def test_energies_alone_compute_no_forces(tiny_field: ForceField, lih_train: Structures) -> None:
    """A model whose forces are not numbers has a loss of its energies, but none of its forces."""
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)
    batch = Batch.of(replace(lih_train, forces=np.full_like(lih_train.positions, np.nan)))
    params = jnp.asarray(tiny_field.params)
    assert np.isfinite(loss_over(energy, batch, (Energy(1.0),))(params))
    assert np.isnan(loss_over(energy, batch, (Energy(1.0), Forces(1.0)))(params))


def test_a_batch_is_a_tree_of_arrays_with_structures_first(lih_train: Structures) -> None:
    batch = Batch.of(lih_train)
    assert len(batch) == 53
    assert [leaf.shape for leaf in jax.tree_util.tree_leaves(batch)] == [(53, 2, 3), (53,), (53, 2, 3)]
    part = batch[np.array([5, 2])]
    np.testing.assert_array_equal(part.energies, lih_train.energies[[5, 2]])
    without = Batch.of(replace(lih_train, forces=None))[:3]
    assert (without.forces, len(without)) == (None, 3)
    with pytest.raises(TypeError):
        _positions, _energies, _forces = batch  # not by position


def test_only_the_component_along_a_line_counts(tiny_field: ForceField, lih_train: Structures) -> None:
    direction = np.zeros((2, 3))
    direction[1, 2] = 1.0
    line = Line(lih_train.positions[0], direction)
    energy = energy_function(tiny_field.program, tiny_field.frame, tiny_field.scaling)
    _, forces = tiny_field.predict(lih_train.positions)
    assert lih_train.forces is not None
    expected = np.mean((forces - lih_train.forces)[:, 1, 2] ** 2)
    found = jax.jit(loss_over(energy, Batch.of(lih_train), (Forces(1.0, line),)))(tiny_field.params)
    assert float(found) == pytest.approx(expected, rel=1e-10)
