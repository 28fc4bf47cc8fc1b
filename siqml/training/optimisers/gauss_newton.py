r"""Gauss-Newton with the damping of Levenberg and Marquardt.

A loss of mean squares tells its curvature by first derivatives of energies and forces alone, see
`siqml.training.losses.normal_equations`. A step of the models of this package costs some twenty steps of Adam, and two
hundred of them end below thousands of L-BFGS, which learns the same curvature from its own steps.
"""

from typing import Final

import numpy as np

from siqml.molecule.structures import Array
from siqml.training.losses.objective import Labels
from siqml.training.optimisers.phase import Phase, State
from siqml.training.optimisers.task import Task

FIRST_DAMPING: Final = 1e-3
"""Damping of the first step, relative to the curvature along each parameter."""

LEAST_DAMPING: Final = 1e-12
"""Damping below which it falls no further: it would be rounding beside the curvature."""

TRIALS: Final = 16
"""Steps that are tried, each with more damping, before the training counts as having arrived; the last is some 1e30
times shorter than the first."""

STEPS_PER_LOOK: Final = 5
"""Steps between two looks at the progress."""


def gauss_newton(task: Task) -> Phase:
    """Steps of Levenberg and Marquardt with Nielsen's rule for the damping.

    Args:
        task: what is asked for.

    Returns:
        The phase. Where no step leads down any more, it stays where it is.

    References:
        Nielsen, Damping parameter in Marquardt's method, IMM-REP-1999-05 (1999), Eq. 2.5.
    """
    objective = task.objective

    def init(params: Array) -> State:
        return {
            "damping": np.array(FIRST_DAMPING),
            "still": np.zeros((), np.int64),
            "loss": np.array(np.nan),
        }

    def step(params: Array, state: State, labels: Labels) -> tuple[Array, State, float]:
        if state["still"]:
            return params, state, float(state["loss"])
        here = objective.linearised(params, labels)
        damping, growth = float(state["damping"]), 2.0
        for _ in range(TRIALS):
            move, expected = here.step(damping)
            value = objective.value(params + move, labels) if expected > 0 else np.nan
            if value < here.loss:
                gain = (here.loss - value) / expected
                damping = max(damping * max(1 / 3, 1 - (2 * gain - 1) ** 3), LEAST_DAMPING)
                moved = {"damping": np.array(damping), "still": state["still"], "loss": np.array(value)}
                return params + move, moved, here.loss
            damping, growth = damping * growth, 2 * growth
        arrived = {"damping": state["damping"], "still": np.ones((), np.int64), "loss": np.array(here.loss)}
        return params, arrived, here.loss

    return Phase(task.name, task.steps, init, step, STEPS_PER_LOOK)
