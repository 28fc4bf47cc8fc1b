"""A phase of training: a pure function that advances any number of steps in one jitted call.

The number of steps is an argument of the compiled loop, not part of it: the same machine code runs however
the steps are cut into calls, so an interrupted training continues to the same bits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

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


def with_definite_types(init: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``init`` with every number as an array of definite type.

    A start state of weakly typed numbers differs in type from every later state: the loop would be compiled twice.
    """
    import jax
    import jax.numpy as jnp

    return lambda params: jax.tree_util.tree_map(lambda leaf: jnp.asarray(np.array(leaf)), init(params))


def jitted_loop(step: Callable[[Any, Any], tuple[Any, Any, Any]]) -> Advance:
    """A loop over a step ``(params, state) -> (params, state, loss)``, compiled once for any number of steps."""
    import jax
    import jax.numpy as jnp

    def advance(params: Any, state: Any, num_steps: int) -> tuple[Any, Any, Any]:
        def body(_: Any, carry: tuple[Any, Any, Any]) -> tuple[Any, Any, Any]:
            return step(carry[0], carry[1])

        result: tuple[Any, Any, Any] = jax.lax.fori_loop(0, num_steps, body, (params, state, jnp.inf))
        return result

    return jax.jit(advance)
