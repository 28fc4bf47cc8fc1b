"""The optimisers on functions whose minimum is known, beside SciPy and optax."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import optax
import pytest
from scipy.optimize import minimize, rosen, rosen_der

from siqml.training.optimisers.adam import ADAM_FLOOR, FIRST, SECOND, SMALL, Decay
from siqml.training.optimisers.gauss_newton import gauss_newton
from siqml.training.optimisers.lbfgs import lbfgs_step
from siqml.training.optimisers.task import Task

Array = np.ndarray[Any, Any]


def start(memory: int, size: int) -> dict[str, Array]:
    past = np.zeros((memory, size))
    flags = {"past": np.zeros((), np.int64), "still": np.zeros((), np.int64)}
    return {**flags, "moves": past, "turns": past, "value": np.array(np.nan), "gradient": np.zeros(size)}


def minimised(
    function: Callable[[Array], tuple[float, Array]], params: Array, steps: int, memory: int = 10
) -> tuple[Array, dict[str, Array], list[float]]:
    state, losses = start(memory, len(params)), []
    for _ in range(steps):
        params, state, loss = lbfgs_step(function, params, state)
        losses.append(loss)
    return params, state, losses


def rosenbrock(params: Array) -> tuple[float, Array]:
    return float(rosen(params)), rosen_der(params)


def test_lbfgs_reaches_the_minimum_about_as_fast_as_scipy() -> None:
    begin = np.array([-1.2, 1.0, 0.5, -0.3, 2.0, 1.1])
    params, _, losses = minimised(rosenbrock, begin, 70)
    assert np.abs(params - 1).max() < 1e-6
    assert all(later <= earlier for earlier, later in pairwise(losses))
    beside = minimize(rosenbrock, begin, jac=True, method="L-BFGS-B", options={"ftol": 0, "gtol": 1e-9})
    needed = next(k for k, loss in enumerate(losses) if loss < 1e-10)
    assert needed < 1.7 * beside.nit


def test_lbfgs_ends_a_quadratic_in_as_many_steps_as_it_has_dimensions() -> None:
    """With exact line searches it would be one step for each direction; Wolfe's conditions need a few more."""
    scales = np.array([1.0, 10.0, 100.0, 3.0])
    _, _, losses = minimised(lambda x: (float(x @ (scales * x)) / 2, scales * x), np.ones(4), 25)
    assert losses[-1] < 1e-12 * losses[0]


def test_lbfgs_stays_where_no_step_leads_down() -> None:
    """At a minimum to the last digit nothing moves any more, and nothing is evaluated any more."""
    calls = 0

    def counted(params: Array) -> tuple[float, Array]:
        nonlocal calls
        calls += 1
        return 1.0 + float(params @ params), np.full(2, 1e-30)

    params, state, losses = minimised(counted, np.zeros(2), 5)
    assert np.array_equal(params, np.zeros(2))
    assert state["still"]
    before = calls
    again, _, loss = lbfgs_step(counted, params, state)
    assert calls == before
    assert np.array_equal(again, params)
    assert loss == losses[-1] == 1.0


def test_lbfgs_does_not_follow_a_loss_that_is_no_number() -> None:
    """Beyond x = 1 the loss is not a number: trials there are not taken."""

    def edge(params: Array) -> tuple[float, Array]:
        x = params[0]
        return (
            (float(-np.log1p(-x) - 3 * x), np.array([1 / (1 - x) - 3]))
            if x < 1
            else (np.nan, np.full(1, np.nan))
        )

    params, _, losses = minimised(edge, np.array([0.2]), 20)
    assert params[0] == pytest.approx(2 / 3, abs=1e-6)
    assert np.isfinite(losses).all()


def test_lbfgs_forgets_a_curvature_that_leads_up() -> None:
    """Pairs of another function: their direction rises here, so the step is that of steepest descent."""
    state = start(2, 2)
    state["past"] = np.array(1)
    state["moves"] = np.array([[1.0, 0.0], [0.0, 0.0]])
    state["turns"] = np.array([[-1.0, 0.0], [0.0, 0.0]])
    params, after, _ = lbfgs_step(lambda x: (float(x @ x), 2 * x), np.array([3.0, 4.0]), state)
    assert params @ params < 25
    assert after["past"] == 1


@pytest.mark.parametrize("schedule", ["cosine", "exponential", "constant"])
def test_rates_are_those_of_optax(schedule: str) -> None:
    steps = 40
    wanted = {
        "cosine": optax.cosine_decay_schedule(1.0, steps, ADAM_FLOOR),
        "exponential": optax.exponential_decay(1.0, steps, ADAM_FLOOR),
        "constant": optax.constant_schedule(1.0),
    }[schedule]
    for step in (0, 1, 17, 39, 40):
        assert Decay(steps, schedule).factor(step) == pytest.approx(float(wanted(step)), rel=1e-5)


def test_the_constants_of_adam_are_those_of_optax() -> None:
    defaults = {
        name: found.default for name, found in inspect.signature(optax.scale_by_adam).parameters.items()
    }
    assert (defaults["b1"], defaults["b2"], defaults["eps"]) == (FIRST, SECOND, SMALL)


def test_lbfgs_finds_a_first_step_far_shorter_than_its_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """A narrow hollow in a wide plain that rises: halved ten times, a step of length 1 is still far too long."""

    def hollow(params: Array) -> tuple[float, Array]:
        x = 1e6 * params
        deep = np.exp(-(x @ x))
        return float(1 - deep + params @ params), 2e6 * deep * x + 2 * params

    begin = np.array([0.5e-6, -0.2e-6])
    params, state, losses = minimised(hollow, begin, 15)
    assert losses[0] == pytest.approx(0.2517, abs=1e-4)
    assert losses[-1] < 1e-9
    monkeypatch.setattr("siqml.training.optimisers.lbfgs.FIRST_LENGTHS", (1.0,))
    params, state, _ = minimised(hollow, begin, 15)
    assert state["still"]
    assert np.array_equal(params, begin)


class Curved:
    """A loss whose linearised steps are known: |r|^2 for residuals of Rosenbrock's valley."""

    def __init__(self) -> None:
        self.calls = 0

    def residuals(self, x: Array) -> Array:
        return np.array([10 * (x[1] - x[0] ** 2), 1 - x[0]])

    def value(self, params: Array, labels: object) -> float:
        self.calls += 1
        found = self.residuals(params)
        return float(found @ found) if params[0] < 3 else np.nan

    def linearised(self, params: Array, labels: object) -> "Linear":
        jacobian = np.array([[-20 * params[0], 10.0], [-1.0, 0.0]])
        return Linear(self.value(params, labels), jacobian.T @ self.residuals(params), jacobian.T @ jacobian)


@dataclass
class Linear:
    loss: float
    slope: Array
    curvature: Array

    def step(self, damping: float) -> tuple[Array, float]:
        move = -np.linalg.solve(self.curvature + damping * np.diag(np.diag(self.curvature)), self.slope)
        return move, float(-2 * self.slope @ move - move @ self.curvature @ move)


def test_gauss_newton_reaches_the_end_of_a_valley_and_stays_there() -> None:
    objective: Any = Curved()
    phase = gauss_newton(Task("gauss-newton", 60, objective, None, None))  # type: ignore[arg-type]
    params = np.array([-1.2, 1.0])
    state, losses = phase.init(params), []
    for _ in range(60):
        params, state, loss = phase.step(params, state, None)  # type: ignore[arg-type]
        losses.append(loss)
    assert np.abs(params - 1).max() < 1e-7
    assert all(later <= earlier for earlier, later in pairwise(losses))
    assert sum(loss > 1e-12 for loss in losses) < 40  # steepest descent takes thousands
    assert state["still"]
    before = objective.calls
    phase.step(params, state, None)  # type: ignore[arg-type]
    assert objective.calls == before


def test_gauss_newton_takes_no_step_to_where_the_loss_is_no_number() -> None:
    """Beyond x = 3 there is none, and the first undamped step would lead there."""
    objective: Any = Curved()
    phase = gauss_newton(Task("gauss-newton", 1, objective, None, None))  # type: ignore[arg-type]
    params = np.array([2.9, 40.0])
    state = {**phase.init(params), "damping": np.array(1e-9)}
    for _ in range(30):
        params, state, loss = phase.step(params, state, None)  # type: ignore[arg-type]
        assert np.isfinite(loss)
        assert params[0] < 3
    assert np.abs(params - 1).max() < 1e-6
