"""L-BFGS with a line search by the strong Wolfe conditions."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from siqml.molecule.structures import Array
from siqml.training.losses.objective import Labels
from siqml.training.optimisers.phase import Phase, State
from siqml.training.optimisers.task import Task

LINESEARCH_STEPS: Final = 20
"""Trials that each half of a line search may spend on its step size; a step of L-BFGS takes 1.1 on average."""

CURVATURE: Final = 1e-10
"""Least cosine between a step and the change of the gradient along it; a flatter pair says nothing of the curvature."""

FIRST_LENGTHS: Final = (1.0, 1e-3, 1e-6, 1e-9)
"""Lengths at which a search along the negative gradient begins, one after the other until one leads down: a search by
itself halves its step some ten times."""

Function = Callable[[Array], tuple[float, Array]]
"""``params (P,) -> value and gradient``."""


def lbfgs(task: Task) -> Phase:
    """L-BFGS with a line search that satisfies the strong Wolfe conditions.

    Keeping about as many past steps as there are parameters (``lbfgs.memory``) is worth its small price: with 10
    instead of 50, the loss of LiH after 4000 steps is some ten times larger.

    Args:
        task: what is asked for.

    Returns:
        The phase.

    References:
        Nocedal and Wright, Numerical Optimization (2006), Algorithms 3.5, 3.6 (by SciPy) and 7.4.
    """
    memory, objective = task.config.lbfgs.memory, task.objective

    def init(params: Array) -> State:
        return lbfgs_start(params, memory)

    def step(params: Array, state: State, labels: Labels) -> tuple[Array, State, float]:
        return lbfgs_step(lambda at: objective.value_and_gradient(at, labels), params, state)

    return Phase(task.name, task.steps, init, step)


def lbfgs_start(params: Array, memory: int) -> State:
    """The state before the first step from parameters ``(P,)``, with room for so many past steps."""
    past = np.zeros((memory, params.size))
    flags = {"past": np.zeros((), np.int64), "still": np.zeros((), np.int64)}
    return {
        **flags,
        "moves": past,
        "turns": past,
        "value": np.array(np.nan),
        "gradient": np.zeros(params.shape),
    }


def lbfgs_step(function: Function, params: Array, state: State) -> tuple[Array, State, float]:
    """One step.

    Args:
        function: what is minimised.
        params: ``(P,)``.
        state: ``moves`` and ``turns``, the differences of parameters and of gradients over the last ``past`` steps, the
            newest first; ``value`` and ``gradient`` at the parameters, not a number where they are not known yet; and
            ``still``, 1 once no step leads down any more.

    Returns:
        parameters, state, and the value before the step.
    """
    if state["still"]:
        return params, state, float(state["value"])
    value, gradient = float(state["value"]), state["gradient"]
    if np.isnan(value):
        value, gradient = function(params)
    past = int(state["past"])
    found = None
    if past:
        found = _searched(function, params, value, gradient, _direction(gradient, state, past))
    if found is None:
        # Not even a small step along that direction leads down: forget the curvature.
        past, found = 0, _descended(function, params, value, gradient)
    kept = {"value": np.array(value), "gradient": gradient, "moves": state["moves"], "turns": state["turns"]}
    if found is None:
        still = np.ones((), np.int64)
        return params, {**kept, "past": np.zeros((), np.int64), "still": still}, value
    move, turn = found.params - params, found.gradient - gradient
    kept |= {"value": np.array(found.value), "gradient": found.gradient}
    if move @ turn > CURVATURE * np.sqrt((move @ move) * (turn @ turn)):
        kept["moves"] = np.concatenate([move[None], state["moves"][:-1]])
        kept["turns"] = np.concatenate([turn[None], state["turns"][:-1]])
        past = min(past + 1, len(state["moves"]))
    return found.params, {**kept, "past": np.array(past, np.int64), "still": state["still"]}, value


def _direction(gradient: Array, state: State, past: int) -> Array:
    """Minus the gradient times the inverse of the curvature that past steps have shown, the newest first."""
    moves, turns = state["moves"][:past], state["turns"][:past]
    rest, weights = gradient.copy(), []
    for move, turn in zip(moves, turns, strict=True):
        weight = (move @ rest) / (move @ turn)
        rest -= weight * turn
        weights.append(weight)
    rest *= (moves[0] @ turns[0]) / (turns[0] @ turns[0])
    for move, turn, weight in zip(moves[::-1], turns[::-1], weights[::-1], strict=True):
        rest += move * (weight - (turn @ rest) / (move @ turn))
    return -rest


def _descended(function: Function, params: Array, value: float, gradient: Array) -> "_Trial | None":
    """A lower point along the negative gradient; the search begins at a length of 1, then at far smaller ones."""
    size = float(np.linalg.norm(gradient))
    if not size > 0:
        return None
    for length in FIRST_LENGTHS:
        found = _searched(function, params, value, gradient, -gradient * min(1.0, 1.0 / size) * length)
        if found is not None:
            return found
    return None


@dataclass(frozen=True, eq=False)
class _Trial:
    params: Array
    value: float
    gradient: Array


@dataclass(eq=False)
class _Trials:
    """What a line search has evaluated: SciPy asks for value and slope one after the other."""

    function: Function
    found: dict[bytes, _Trial] = field(default_factory=dict)

    def at(self, params: Array) -> _Trial:
        key = params.tobytes()
        if key not in self.found:
            value, gradient = self.function(params)
            self.found[key] = _Trial(params.copy(), value if np.isfinite(value) else np.inf, gradient)
        return self.found[key]


def _searched(
    function: Function, params: Array, value: float, gradient: Array, direction: Array
) -> _Trial | None:
    """A point further along a direction by the strong Wolfe conditions, else the lowest one seen, if one is lower."""
    from scipy.optimize import line_search

    if not direction @ gradient < 0:
        return None
    trials = _Trials(function)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where it does not converge, the lowest trial is taken
        size = line_search(
            lambda at: trials.at(at).value,
            lambda at: trials.at(at).gradient,
            params,
            direction,
            gradient,
            value,
            maxiter=LINESEARCH_STEPS,
        )[0]
    if size is not None:
        return trials.at(params + size * direction)
    lowest = min(trials.found.values(), key=lambda trial: trial.value, default=None)
    return lowest if lowest is not None and lowest.value < value else None
