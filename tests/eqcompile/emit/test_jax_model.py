"""The JAX function: shapes, derivatives, batches, symmetry in numbers."""

from collections.abc import Callable
from functools import cache
from typing import Any

import jax
import numpy as np
import pytest

import eqcompile as eq

Draw = Callable[[eq.Program, int], tuple[Any, Any]]

STEP = 1e-3
FIRST = np.array([1, -8, 0, 8, -1]) / 12
SECOND = np.array([-1, 16, -30, 16, -1]) / 12
"""Central differences of fourth order."""
DIFFERENCE, CURVATURE = 1e-5, 1e-4
"""Truncation: the step to the fourth times fifth and sixth derivatives, which reach 1e6 here."""
ROUNDING = 1e-11


DEPTHS = {"water_breaking": ("depth: 11", "depth: 3"), "water_dimer": ("depth: 30", "depth: 3")}

NAMES = [
    "asymmetric_parity",
    pytest.param("water_breaking", marks=pytest.mark.slow),
    pytest.param("water_dimer", marks=pytest.mark.slow),
    pytest.param("asymmetric", marks=pytest.mark.slow),
]
"""Compiling derivatives takes most of the time."""


@pytest.fixture(scope="session")
def small(
    spec: Callable[..., eq.Spec], asymmetric: dict[str, eq.Program]
) -> Callable[[str], tuple[eq.Program, Any]]:
    """A model with a few layers and its function."""

    def get(name: str) -> tuple[eq.Program, Any]:
        made = asymmetric[name] if name in asymmetric else eq.compile(spec(name, DEPTHS[name]))
        return made, made.to_jax()

    return cache(get)


@pytest.fixture(scope="session")
def whole(program: Callable[[str], eq.Program]) -> Callable[[str], tuple[eq.Program, Any]]:
    """A model of the paper and its function."""
    return cache(lambda name: (program(name), program(name).to_jax()))


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_those_of_finite_differences(small: Any, draw: Draw, name: str) -> None:
    """First and second, in parameters and positions together, also at zero, where |x| has no derivative."""
    program, f = small(name)
    (params, x), step = draw(program, 4), draw(program, 5)

    def energy(p: Any, y: Any) -> Any:
        return f(p, y[None])[0]

    @jax.jit
    def slopes(p: Any, y: Any) -> tuple[Any, Any]:
        gradients = jax.jvp(jax.grad(energy, argnums=(0, 1)), (p, y), step)
        return tuple(sum((a * b).sum() for a, b in zip(g, step, strict=True)) for g in gradients)

    for place in (x, np.zeros_like(x)):
        scale = np.array([-2, -1, 0, 1, 2]) * STEP
        values = [float(energy(params + t * step[0], place + t * step[1])) for t in scale]
        first, second = slopes(params, place)
        assert abs(float(first) - FIRST @ values / STEP) < DIFFERENCE
        assert abs(float(second) - SECOND @ values / STEP**2) < CURVATURE
        assert abs(float(second)) > 1e-2


@pytest.mark.parametrize("name", NAMES)
def test_a_batch_is_many_structures(small: Any, draw: Draw, name: str) -> None:
    program, f = small(name)
    params, _ = draw(program, 7)
    batch = np.stack([draw(program, seed)[1] for seed in range(8, 13)])
    before = batch.copy(), params.copy()
    values = f(params, batch)
    assert values.shape == (5,)
    assert values.dtype == np.float64
    assert np.allclose(f(params, batch[::-1])[::-1], values, rtol=0, atol=ROUNDING)
    assert np.allclose(f(params, batch[2:3]), values[2:3], rtol=0, atol=ROUNDING)
    assert np.ptp(values) > 1e-3
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


def changes(model: tuple[eq.Program, Any], params: Any, x: Any, *moved: Any) -> Any:
    """How much the value changes for each moved structure."""
    values = np.asarray(model[1](params, np.stack([x, *moved])))
    return abs(values[1:] - values[0])


def test_models_are_invariant_under_rotations_and_exchange(whole: Any, draw: Draw) -> None:
    for name in ("lih", "water"):
        model = whole(name)
        params, x = draw(model[0], 14)
        rotated = x @ rotation(np.random.default_rng(15)).T
        same, stretched, exchanged = changes(model, params, x, rotated, x @ np.diag([1, 1, 1.5]), x[::-1])
        assert same < ROUNDING
        assert stretched > 1e-3
        assert (exchanged < ROUNDING) == (name == "water")


def test_breaking_leaves_the_axis_the_certificate_names(whole: Any, draw: Draw) -> None:
    model, source = whole("water_breaking"), np.random.default_rng(16)
    params, x = draw(model[0], 17)
    assert model[0].certificate.symmetry_left == "U(1) about z x (H1 H2)"
    moved = [x @ rotation(source, axis).T for axis in np.eye(3)]
    about_x, about_y, about_z, exchanged = changes(model, params, x, *moved, x[::-1])
    assert max(about_z, exchanged) < ROUNDING
    assert min(about_x, about_y) > 1e-3


def test_a_tilted_axis_is_left_where_the_certificate_says(spec: Callable[..., eq.Spec], draw: Draw) -> None:
    tilted = "generator: " + " + ".join(f"3*X{q} + 4*Z{q}" for q in range(4))
    water = eq.compile(spec("water_breaking", ("generator: Z", tilted), ("depth: 11", "depth: 3")))
    assert water.certificate.symmetry_left.startswith("U(1) about (3/4, 0, 1)")
    params, x = draw(water, 18)
    moved = [x @ rotation(np.random.default_rng(19), axis).T for axis in ([3, 0, 4], [4, 0, 3])]
    right, wrong = changes((water, water.to_jax()), params, x, *moved)
    assert right < ROUNDING
    assert wrong > 1e-3


def test_the_dimer_keeps_what_it_says(whole: Any, draw: Draw) -> None:
    model, source = whole("water_dimer"), np.random.default_rng(22)
    params, x = draw(model[0], 23)
    kept = [x[order] for order in ([0, 2, 1, 3, 4, 5], [0, 1, 2, 3, 5, 4], [3, 4, 5, 0, 1, 2])]
    kept += [-x, x @ rotation(source, [0, 0, 1]).T]
    broken = [x @ rotation(source, [0, 1, 0]).T, x[[1, 0, 2, 3, 4, 5]]]
    found = changes(model, params, x, *kept, *broken)
    assert max(found[:5]) < ROUNDING
    assert min(found[5:]) > 1e-3
