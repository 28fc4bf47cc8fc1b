"""The fitted map is the best one, and the loss has the gradient that it claims to have."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from siqml.field.engine import EnergyFunction, energy_function
from siqml.field.force_field import ForceField
from siqml.field.scaling import IDENTITY, Scaling
from siqml.molecule.line import Line
from siqml.molecule.structures import Structures
from siqml.training.losses.batch import Batch
from siqml.training.losses.fitted_loss import fitted_loss, fitted_scaling
from siqml.training.losses.loss import loss_over
from siqml.training.losses.terms import Energy, Forces, Terms

BOTH = (Energy(1.0), Forces(1.0))
CASES = [((Energy(1.0),), 20), ((Forces(1.0),), None), ((Energy(0.5), Forces(0.25)), 20)]


@pytest.fixture
def value(tiny_field: ForceField) -> EnergyFunction:
    return energy_function(tiny_field.program, tiny_field.frame, IDENTITY)


def mapped(value: EnergyFunction, scaling: Scaling) -> EnergyFunction:
    return lambda params, positions: scaling.to_energy(value(params, positions))


@pytest.mark.parametrize(("terms", "chunk"), CASES)
def test_no_other_map_is_better(
    value: EnergyFunction, tiny_field: ForceField, lih_train: Structures, terms: Terms, chunk: int | None
) -> None:
    batch, params = Batch.of(lih_train), jnp.asarray(tiny_field.params)
    best = fitted_scaling(value, batch, terms, chunk=chunk)(params)

    def loss(scaling: Scaling) -> float:
        return float(loss_over(mapped(value, scaling), batch, terms)(params))

    least = loss(best)
    assert float(fitted_loss(value, batch, terms, chunk=chunk)(params)) == pytest.approx(least, rel=1e-10)
    for factor in (0.9, 1.1):
        assert loss(Scaling(best.energy, best.value, factor * best.factor)) > least
    if any(term.has_offset for term in terms):
        for shift in (-0.1, 0.1):
            assert loss(Scaling(best.energy + shift, best.value, best.factor)) > least


@pytest.mark.parametrize(("terms", "chunk"), CASES)
def test_the_gradient_is_that_of_differences(
    value: EnergyFunction, tiny_field: ForceField, lih_train: Structures, terms: Terms, chunk: int | None
) -> None:
    loss = jax.jit(fitted_loss(value, Batch.of(lih_train), terms, chunk=chunk))
    params = jnp.asarray(tiny_field.params)
    found = jax.jit(jax.grad(loss))(params)
    step = 1e-5
    for k, unit in enumerate(np.eye(len(params)) * step):
        slope = (loss(params + unit) - loss(params - unit)) / (2 * step)
        assert float(found[k]) == pytest.approx(float(slope), rel=1e-5, abs=1e-8)


def test_labels_that_are_an_affine_map_of_the_values_are_met_exactly(
    value: EnergyFunction, tiny_field: ForceField, lih_train: Structures
) -> None:
    params = jnp.asarray(tiny_field.params)
    upside_down = ForceField(tiny_field.program, tiny_field.frame, Scaling(-200.0, 0.3, -0.7), params)
    energies, forces = upside_down.predict(lih_train.positions)
    own = Structures(lih_train.species, lih_train.positions, energies, forces, "itself")
    batch = Batch.of(own)
    assert float(fitted_loss(value, batch, BOTH)(params)) < 1e-20
    found = fitted_scaling(value, batch, BOTH)(params)
    assert float(found.factor) == pytest.approx(-0.7, rel=1e-9)
    assert float(found.to_energy(0.3)) == pytest.approx(-200.0, abs=1e-9)


def test_only_the_component_along_a_line_counts(
    value: EnergyFunction, tiny_field: ForceField, lih_train: Structures
) -> None:
    """In a diatomic molecule, all force is along the bond; forces across it, which the labels lack, change nothing."""
    direction = np.zeros((2, 3))
    direction[1] = lih_train.positions[0, 1] - lih_train.positions[0, 0]
    line = Line(lih_train.positions[0], direction / np.linalg.norm(direction))
    params = jnp.asarray(tiny_field.params)
    batch = Batch.of(lih_train)
    twisted = replace(batch, forces=batch.forces + jnp.roll(jnp.asarray(line.direction), 1, axis=1))
    along = fitted_scaling(value, batch, (Forces(1.0, line),))(params)
    whole = fitted_scaling(value, batch, (Forces(1.0),))(params)
    same = fitted_scaling(value, twisted, (Forces(1.0, line),))(params)
    assert float(along.factor) == pytest.approx(float(whole.factor), rel=1e-9)
    assert float(same.factor) == pytest.approx(float(along.factor), rel=1e-12)
