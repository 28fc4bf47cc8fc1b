"""The two phases of training, each as a pure function that advances any number of steps in one jitted call.

The number of steps is an argument of the compiled loop, not part of it: the same machine code runs however
the steps are cut into calls, so an interrupted training continues to the same bits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from siqml.molecule.structures import Array
from siqml.training.loss import Loss

ADAM_FLOOR: Final = 0.01
"""The learning rate falls to this fraction, so that L-BFGS begins near a minimum."""

LINESEARCH_STEPS: Final = 20
"""Evaluations that one L-BFGS step may spend on its step size; 1.2 are used on average."""

Indices = npt.NDArray[np.int64]

Advance = Callable[[Any, Any, int], tuple[Any, Any, Any]]
"""``(params, state, num_steps) -> (params, state, loss)``; the loss is the one before the last step."""


@dataclass(frozen=True)
class Phase:
    """One optimiser at work.

    Attributes:
        name: ``"adam"`` or ``"lbfgs"``.
        steps: how many it takes in all.
        init: state for given parameters.
        advance: the jitted loop.
    """

    name: str
    steps: int
    init: Callable[[Any], Any]
    advance: Advance


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

    return Phase("adam", decay.steps, _typed(optimizer.init), _loop(step))


def lbfgs(loss: Loss, steps: int, memory: int) -> Phase:
    """L-BFGS with a line search that satisfies the strong Wolfe conditions.

    Args:
        loss: to be minimised.
        steps: how many.
        memory: how many past steps model the curvature. About as many as there are parameters is worth its
            small price here: with 10 instead of 50 the loss of LiH after 4000 steps is some ten times larger.

    Returns:
        The phase.

    References:
        Nocedal and Wright, Numerical Optimization (2006), Algorithms 3.5, 3.6 and 7.5.
    """
    import optax

    search = optax.scale_by_zoom_linesearch(LINESEARCH_STEPS, initial_guess_strategy="one")
    optimizer = optax.lbfgs(memory_size=memory, linesearch=search)
    value_and_grad = optax.value_and_grad_from_state(loss)

    def step(params: Any, state: Any) -> tuple[Any, Any, Any]:
        value, gradient = value_and_grad(params, state=state)
        update, state = optimizer.update(gradient, state, params, value=value, grad=gradient, value_fn=loss)
        return optax.apply_updates(params, update), state, value

    return Phase("lbfgs", steps, _typed(optimizer.init), _loop(step))


def _typed(init: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``init`` with every number as an array of definite type.

    A start state of weakly typed numbers differs in type from every later state: the loop would be compiled twice.
    """
    import jax
    import jax.numpy as jnp

    return lambda params: jax.tree_util.tree_map(lambda leaf: jnp.asarray(np.array(leaf)), init(params))


def _loop(step: Callable[[Any, Any], tuple[Any, Any, Any]]) -> Advance:
    import jax
    import jax.numpy as jnp

    def advance(params: Any, state: Any, num_steps: int) -> tuple[Any, Any, Any]:
        def body(_: Any, carry: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
            return step(carry[0], carry[1])

        result: tuple[Any, Any, Any] = jax.lax.fori_loop(0, num_steps, body, (params, state, jnp.inf))
        return result

    return jax.jit(advance)
