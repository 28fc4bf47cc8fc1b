"""The JAX function: shapes, derivatives, batches, symmetry in numbers."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest

import eqcompile as eq

Draw = Callable[[eq.Program, int], tuple[Any, Any]]

STEP = 1e-4
DIFFERENCE = 1e-6
"""Truncation of a central difference with this step, for derivatives up to order ten."""
ROUNDING = 1e-11


@pytest.fixture(scope="session")
def small(spec: Callable[..., eq.Spec], asymmetric: dict[str, eq.Program]) -> Callable[[str], eq.Program]:
    """Models with a few layers, which have all kinds of gates."""
    depth = {"water_breaking": ("depth: 11", "depth: 3"), "water_dimer": ("depth: 30", "depth: 3")}
    programs: dict[str, eq.Program] = dict(asymmetric)

    def get(name: str) -> eq.Program:
        if name not in programs:
            programs[name] = eq.compile(spec(name, depth[name]))
        return programs[name]

    return get


NAMES = ["water_breaking", "water_dimer", "asymmetric", "asymmetric_parity"]


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_finite_differences(small: Any, draw: Draw, name: str) -> None:
    program = small(name)
    f = program.to_jax()
    params, x = draw(program, 4)
    directions = draw(program, 5)

    def along(t: float) -> float:
        return float(f(params + t * directions[0], (x + t * directions[1])[None])[0])

    def energy(p: Any, y: Any) -> Any:
        return f(p, y[None])[0]

    by_params, by_x = jax.grad(energy, argnums=(0, 1))(params, x)
    slope = float(np.vdot(by_params, directions[0]) + np.vdot(by_x, directions[1]))
    numeric = (8 * (along(STEP) - along(-STEP)) - (along(2 * STEP) - along(-2 * STEP))) / (12 * STEP)
    assert abs(slope) > 1e-3
    assert abs(slope - numeric) < DIFFERENCE


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_finite_at_the_origin(small: Any, draw: Draw, name: str) -> None:
    """The length |x| has no derivative at zero; the model has."""
    program = small(name)
    f = program.to_jax()
    params, x = draw(program, 6)
    zero = np.zeros_like(x)

    def energy(y: Any) -> Any:
        return f(params, y[None])[0]

    gradient, hessian = jax.grad(energy)(zero), jax.hessian(energy)(zero)
    mixed = jax.jacfwd(jax.grad(lambda p, y: f(p, y[None])[0], argnums=1))(params, zero)
    assert all(np.isfinite(array).all() for array in (gradient, hessian, mixed))
    step = 1e-3
    direction = x / np.linalg.norm(x)
    second = (energy(step * direction) - 2 * energy(zero) + energy(-step * direction)) / step**2
    curvature = np.einsum("ai,aibj,bj->", direction, hessian, direction)
    assert abs(float(second) - curvature) < 1e-3 * max(1, abs(curvature))


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_many_structures(small: Any, draw: Draw, name: str) -> None:
    program = small(name)
    f = program.to_jax()
    params, _ = draw(program, 7)
    batch = np.stack([draw(program, seed)[1] for seed in range(8, 13)])
    before = batch.copy(), params.copy()
    values = f(params, batch)
    assert values.shape == (5,)
    assert values.dtype == np.float64
    assert np.allclose(values, [f(params, batch[k : k + 1])[0] for k in range(5)], rtol=0, atol=ROUNDING)
    assert np.array_equal(batch, before[0])
    assert np.array_equal(params, before[1])
    low, high = program.observable_range
    assert float(low) - ROUNDING <= values.min() <= values.max() <= float(high) + ROUNDING


def rotation(source: Any, axis: Any = None) -> Any:
    """A random proper rotation, or one about an axis."""
    vector = source.normal(size=3) if axis is None else np.array(axis, float)
    vector /= np.linalg.norm(vector)
    angle = source.uniform(0.5, 2.5)
    cross = np.cross(np.eye(3), vector)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def change(program: eq.Program, params: Any, x: Any, moved: Any) -> float:
    values = program.to_jax()(params, np.stack([x, moved]))
    return float(abs(values[1] - values[0]))


@pytest.mark.parametrize("name", ["lih", "water"])
def test_models_are_invariant_under_rotations(program: Any, draw: Draw, name: str) -> None:
    params, x = draw(program(name), 14)
    moved = x @ rotation(np.random.default_rng(15)).T
    assert change(program(name), params, x, moved) < ROUNDING
    assert change(program(name), params, x, x @ np.diag([1, 1, 1.5])) > 1e-3


def test_breaking_leaves_the_axis_the_certificate_names(program: Any, draw: Draw) -> None:
    water, source = program("water_breaking"), np.random.default_rng(16)
    params, x = draw(water, 17)
    assert water.certificate.symmetry_left.startswith("U(1) about z")
    assert change(water, params, x, x @ rotation(source, [0, 0, 1]).T) < ROUNDING
    assert change(water, params, x, x @ rotation(source, [1, 0, 0]).T) > 1e-3


def test_a_tilted_axis_is_left_where_the_certificate_says(spec: Callable[..., eq.Spec], draw: Draw) -> None:
    tilted = "generator: " + " + ".join(f"3*X{q} + 4*Z{q}" for q in range(4))
    water = eq.compile(spec("water_breaking", ("generator: Z", tilted)))
    params, x = draw(water, 18)
    source = np.random.default_rng(19)
    assert water.certificate.symmetry_left.startswith("U(1) about (3/4, 0, 1)")
    assert change(water, params, x, x @ rotation(source, [3, 0, 4]).T) < ROUNDING
    assert change(water, params, x, x @ rotation(source, [4, 0, 3]).T) > 1e-3


def test_permutations(program: Any, draw: Draw) -> None:
    water = program("water")
    params, x = draw(water, 20)
    assert change(water, params, x, x[::-1]) < ROUNDING
    untied = program("lih")
    params, x = draw(untied, 21)
    assert change(untied, params, x, x[::-1]) > 1e-3


def test_the_dimer_keeps_what_it_says(program: Any, draw: Draw) -> None:
    dimer, source = program("water_dimer"), np.random.default_rng(22)
    params, x = draw(dimer, 23)
    for order in ([0, 2, 1, 3, 4, 5], [0, 1, 2, 3, 5, 4], [3, 4, 5, 0, 1, 2]):
        assert change(dimer, params, x, x[order]) < ROUNDING
    assert change(dimer, params, x, -x) < ROUNDING
    assert change(dimer, params, x, x @ rotation(source, [0, 0, 1]).T) < ROUNDING
    assert change(dimer, params, x, x @ rotation(source, [0, 1, 0]).T) > 1e-3
    assert change(dimer, params, x, x[[1, 0, 2, 3, 4, 5]]) > 1e-3
