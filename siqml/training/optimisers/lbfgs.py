"""L-BFGS with a zoom line search."""

from typing import Any, Final

from siqml.training.losses.batch import Labels
from siqml.training.optimisers.phase import Phase, jitted_loop, with_definite_types
from siqml.training.optimisers.task import Task

LINESEARCH_STEPS: Final = 20
"""Evaluations that one L-BFGS step may spend on its step size; on average it uses 1.2."""


def lbfgs(task: Task) -> Phase:
    """L-BFGS with a line search that satisfies the strong Wolfe conditions.

    Keeping about as many past steps as there are parameters (``lbfgs.memory``) is worth its small price: with 10
    instead of 50, the loss of LiH after 4000 steps is some ten times larger.

    Args:
        task: what is asked for.

    Returns:
        The phase.

    References:
        Nocedal and Wright, Numerical Optimization (2006), Algorithms 3.5, 3.6 and 7.5.
    """
    import optax

    search = optax.scale_by_zoom_linesearch(LINESEARCH_STEPS, initial_guess_strategy="one")
    optimizer = optax.lbfgs(memory_size=task.config.lbfgs.memory, linesearch=search)

    def step(params: Any, state: Any, labels: Labels | None) -> tuple[Any, Any, Any]:
        loss = task.objective.with_labels(labels).loss()
        value, gradient = optax.value_and_grad_from_state(loss)(params, state=state)
        update, state = optimizer.update(gradient, state, params, value=value, grad=gradient, value_fn=loss)
        return optax.apply_updates(params, update), state, value

    return Phase(task.name, task.steps, with_definite_types(optimizer.init), jitted_loop(step))
