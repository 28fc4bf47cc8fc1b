"""Adam with a rate that may decay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from siqml.molecule.structures import Array
from siqml.training.phase import Indices, Phase, jitted_loop, with_definite_types

ADAM_FLOOR: Final = 0.01
"""The learning rate falls to this fraction, so that L-BFGS begins near a minimum."""


@dataclass(frozen=True)
class Decay:
    """How the learning rate of Adam falls over its steps.

    Attributes:
        steps: how many.
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


def adam(
    loss: Callable[..., Any], decay: Decay, learning_rates: Array, batches: Indices | None = None
) -> Phase:
    """Adam with a falling learning rate.

    Args:
        loss: to be minimised, of the parameters, and of the indices of a minibatch where there are ``batches``.
        decay: how many steps, and how the rate falls over them.
        learning_rates: of each parameter at the start, ``(P,)``.
        batches: indices of the structures that each step sees, ``(steps, size)``; by default it sees all.

    Returns:
        The phase.

    References:
        Kingma and Ba, ICLR 2015, arXiv 1412.6980.
    """
    import jax
    import jax.numpy as jnp
    import optax

    optimizer = optax.chain(optax.scale_by_adam(), optax.scale_by_learning_rate(decay.factor()))
    value_and_grad = jax.value_and_grad(loss)
    rates = jnp.asarray(learning_rates)
    table = None if batches is None else jnp.asarray(batches)

    def step(params: Any, state: Any) -> tuple[Any, Any, Any]:
        seen = () if table is None else (table[state[0].count],)
        value, gradient = value_and_grad(params, *seen)
        update, state = optimizer.update(gradient, state, params)
        return optax.apply_updates(params, rates * update), state, value

    return Phase("adam", decay.steps, with_definite_types(optimizer.init), jitted_loop(step))
