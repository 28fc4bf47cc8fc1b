"""L-BFGS with a zoom line search."""

from typing import Any, Final

from siqml.training.loss import Loss
from siqml.training.phase import Phase, jitted_loop, with_definite_types

LINESEARCH_STEPS: Final = 20
"""Evaluations that one L-BFGS step may spend on its step size; 1.2 are used on average."""


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

    return Phase("lbfgs", steps, with_definite_types(optimizer.init), jitted_loop(step))
