"""Adam with a rate that may decay."""

from dataclasses import dataclass
from math import cos, pi
from typing import TYPE_CHECKING, Final

import numpy as np

from siqml.errors import TrainError
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.structures import Array
from siqml.training.config import Config
from siqml.training.losses.objective import Indices, Labels
from siqml.training.optimisers.phase import Phase, State
from siqml.training.optimisers.task import Task

if TYPE_CHECKING:
    import eqcompile as eq

FIRST, SECOND, SMALL = 0.9, 0.999, 1e-8
"""Decay of both averages for each step, and what is added to the root of the second, as the reference has them."""

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

    def factor(self, step: int) -> float:
        """The fraction of the start rate at a step, counted from 0.

        >>> [round(Decay(4, schedule).factor(2), 6) for schedule in ("cosine", "exponential", "constant")]
        [0.505, 0.1, 1.0]
        """
        done = min(step / max(self.steps, 1), 1.0)
        if self.schedule == "constant":
            return 1.0
        if self.schedule == "exponential":
            return float(ADAM_FLOOR**done)
        return ADAM_FLOOR + (1 - ADAM_FLOOR) * (1 + cos(pi * done)) / 2


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
    decay = Decay(task.steps, task.config.adam.schedule or "cosine")
    rates = learning_rates(task.config, task.model)
    whole = task.config.adam.batch is None
    table = None if whole else minibatches(task.config, len(task.objective.data))

    def init(params: Array) -> State:
        return {
            "count": np.zeros((), np.int64),
            "mean": np.zeros_like(params),
            "square": np.zeros_like(params),
        }

    def step(params: Array, state: State, labels: Labels) -> tuple[Array, State, float]:
        count = int(state["count"])
        chosen = None if table is None else table[count]
        value, gradient = task.objective.value_and_gradient(params, labels, chosen)
        mean = FIRST * state["mean"] + (1 - FIRST) * gradient
        square = SECOND * state["square"] + (1 - SECOND) * gradient**2
        # Both averages begin at zero; this is what they would be without the weight of that beginning.
        unbiased = mean / (1 - FIRST ** (count + 1)), square / (1 - SECOND ** (count + 1))
        update = decay.factor(count) * unbiased[0] / (np.sqrt(unbiased[1]) + SMALL)
        moved = {"count": np.array(count + 1, np.int64), "mean": mean, "square": square}
        return params - rates * update, moved, value

    return Phase(task.name, task.steps, init, step)


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
