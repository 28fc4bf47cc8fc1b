"""A phase of training: a pure function that advances any number of steps in one jitted call.

The number of steps is an argument of the compiled loop, not part of it. The same machine code runs however the steps
are cut into calls, so an interrupted training continues to the same bits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from siqml.training.losses.batch import Labels

Advance = Callable[[Any, Any, Labels | None, int], tuple[Any, Any, Any]]
"""``(params, state, labels, num_steps) -> (params, state, loss)``; the loss is the one before the last step.

Without labels, those of the objective are constants of the loop."""


@dataclass(frozen=True)
class Phase:
    """One optimiser at work.

    Attributes:
        name: name in the record of a run, see `siqml.training.optimisers.plan`.
        steps: number of steps in all.
        init: function that gives the state for given parameters.
        advance: the jitted loop.
    """

    name: str
    steps: int
    init: Callable[[Any], Any]
    advance: Advance


def with_definite_types(init: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``init``, with every number turned into an array of definite type.

    A start state of weakly typed numbers differs in type from every later state, so the loop would be compiled twice.
    """
    import jax
    import jax.numpy as jnp

    return lambda params: jax.tree_util.tree_map(lambda leaf: jnp.asarray(np.array(leaf)), init(params))


def jitted_loop(step: Callable[[Any, Any, Labels | None], tuple[Any, Any, Any]]) -> Advance:
    """A loop over ``(params, state, labels) -> (params, state, loss)``, compiled once for any number of steps."""
    import jax
    import jax.numpy as jnp

    @jax.jit
    def advance(params: Any, state: Any, labels: Labels | None, num_steps: int) -> tuple[Any, Any, Any]:
        def loop(params: Any, state: Any, num_steps: int) -> tuple[Any, Any, Any]:
            def body(_: Any, carry: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
                return step(carry[0], carry[1], labels)

            found: tuple[Any, Any, Any] = jax.lax.fori_loop(0, num_steps, body, (params, state, jnp.inf))
            return found

        # Labels reach the loop through the closure of a compiled function. The last bits depend on the order in which
        # the compiler meets operations, and the results of Fig. 5 were made in this order.
        return loop(params, state, num_steps) if labels is None else jax.jit(loop)(params, state, num_steps)

    return advance
