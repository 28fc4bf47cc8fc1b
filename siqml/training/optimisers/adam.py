"""Adam with a rate that may decay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from siqml.errors import TrainError
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.structures import Array
from siqml.training.config import Config
from siqml.training.losses.batch import Labels
from siqml.training.optimisers.phase import Phase, jitted_loop, with_definite_types
from siqml.training.optimisers.task import Task

if TYPE_CHECKING:
    import eqcompile as eq

Indices = npt.NDArray[np.int64]

ADAM_FLOOR: Final = 0.01
"""Fraction that the learning rate falls to, so that L-BFGS begins near a minimum."""

BATCH_STREAM: Final = 2
"""Second word of the seed for minibatches."""


@dataclass(frozen=True)
class Decay:
    """How the learning rate of Adam falls over its steps.

    Attributes:
        steps: number of steps.
        schedule: ``"cosine"`` or ``"exponential"``, both down to `ADAM_FLOOR` of the start, or ``"constant"``.
    """

    steps: int
    schedule: str = "cosine"

    def factor(self) -> Callable[[Any], Any]:
        """The fraction of the start rate, as a function of the step."""
        import optax

        steps = max(self.steps, 1)
        schedules: dict[str, Callable[[Any], Any]] = {
            "cosine": optax.cosine_decay_schedule(1.0, steps, ADAM_FLOOR),
            "exponential": optax.exponential_decay(1.0, steps, ADAM_FLOOR),
            "constant": optax.constant_schedule(1.0),
        }
        return schedules[self.schedule]


def adam(task: Task) -> Phase:
    """Adam with a rate that falls as ``adam.schedule`` says, on all structures or on minibatches.

    Args:
        task: what is asked for.

    Returns:
        The phase.

    Raises:
        TrainError: batches are larger than the training set.

    References:
        Kingma and Ba, ICLR 2015, arXiv 1412.6980.
    """
    import jax
    import jax.numpy as jnp
    import optax

    decay = Decay(task.steps, task.config.adam.schedule or "cosine")
    optimizer = optax.chain(optax.scale_by_adam(), optax.scale_by_learning_rate(decay.factor()))
    rates = jnp.asarray(learning_rates(task.config, task.model))
    whole = task.config.adam.batch is None
    table = None if whole else jnp.asarray(minibatches(task.config, len(task.objective.batch)))

    def step(params: Any, state: Any, labels: Labels | None) -> tuple[Any, Any, Any]:
        objective = task.objective.with_labels(labels)
        batch = None if table is None else objective.batch[table[state[0].count]]
        value, gradient = jax.value_and_grad(objective.loss(batch))(params)
        update, state = optimizer.update(gradient, state, params)
        return optax.apply_updates(params, rates * update), state, value

    return Phase(task.name, task.steps, with_definite_types(optimizer.init), jitted_loop(step))


def learning_rates(config: Config, model: "eq.ProgramSum") -> Array:
    """The rate of each parameter at the start, ``(P,)``: the scales move more slowly."""
    is_scale = of_kind(model, "scale")
    return np.where(is_scale, config.adam.scale_learning_rate, config.adam.learning_rate)


def minibatches(config: Config, size: int) -> Indices:
    """Indices of the structures that every step sees, ``(steps, batch)``.

    Each pass over the training set has its own order; structures that a pass leaves over are seen in others.

    Raises:
        TrainError: batches are larger than the training set.
    """
    batch, steps = config.adam.batch, config.adam.steps
    if batch is None or batch > size:
        raise TrainError(f"adam.batch is {batch}, more than the {size} structures to train on; lower it")
    source = np.random.default_rng([config.seed, BATCH_STREAM])
    per_pass = size // batch
    passes = [source.permutation(size)[: per_pass * batch] for _ in range(-(-steps // per_pass))]
    return np.array(passes, dtype=np.int64).reshape(-1, batch)[:steps]
