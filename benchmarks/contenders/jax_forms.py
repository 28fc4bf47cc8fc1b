"""Forms of the same computation in JAX, between which this project had to choose."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.contenders.project import training_of
from eqcompile.emit.jax import blocks
from siqml.field.engine import energies_and_forces, energy_function
from siqml.field.scaling import IDENTITY
from siqml.training.losses.batch import Batch
from siqml.training.losses.jax_objective import JaxObjective
from siqml.training.train import Training

Answer = dict[str, Any]


def compiled(function: Callable[[Any], Any], params: Any) -> Callable[[], Answer]:
    """A call, and its first number."""
    call = jax.jit(function)

    def answer() -> Answer:
        leaves = jax.tree_util.tree_leaves(jax.block_until_ready(call(params)))
        return {"first": float(np.ravel(leaves[0])[0])}

    return answer


def _loss(training: Training) -> Callable[[Any], Any]:
    """The loss of a training by JAX as a function of the parameters."""
    objective, scaling = training.objective, training.labels.scaling
    assert isinstance(objective, JaxObjective)
    assert scaling is not None
    value = energy_function(objective.model, objective.frame, IDENTITY)
    return objective.loss(value, (scaling.energy, scaling.value, scaling.factor), Batch.of(training.data))


def step(config: str, gates: bool, loss: str) -> Callable[[], Answer]:
    """A part of a step of training.

    Args:
        config: name of a shipped config with a fixed map to energies.
        gates: whether gates are applied one by one, in place of layers that are multiplied out.
        loss: ``forward``, ``energy``, ``dual`` (energies and forces by one dual pass), or ``plain`` (the same loss,
            differentiated twice).
    """
    if gates:
        blocks.MAX_BLOCK_QUBITS = 0
    training = training_of(config, "jax")
    field, data = training.force_field, training.data
    energy = energy_function(field.model, field.frame, field.scaling)
    positions, energies, forces = (jnp.asarray(a) for a in (data.positions, data.energies, data.forces))
    params = jnp.asarray(field.params + 0.1 * np.random.default_rng(0).normal(size=len(field.params)))

    def plain(moved: Any) -> Any:
        found, pulls = energies_and_forces(energy, moved, positions)
        return jnp.mean((found - energies) ** 2) + jnp.mean((pulls - forces) ** 2)

    def energy_loss(moved: Any) -> Any:
        return jnp.mean((energy(moved, positions) - energies) ** 2)

    functions = {
        "forward": lambda moved: energy(moved, positions),
        "energy": jax.value_and_grad(energy_loss),
        "dual": jax.value_and_grad(_loss(training)),
        "plain": jax.value_and_grad(plain),
    }
    return compiled(functions[loss], params)
