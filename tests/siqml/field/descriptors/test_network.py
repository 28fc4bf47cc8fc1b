"""The network against differences and against JAX."""

import numpy as np
import pytest

from siqml.errors import ModelError
from siqml.field.descriptors.network import MAX_LAYERS, MAX_WIDTH, Network, num_weights

SHAPES = [(3, 1), (3, 5, 1), (4, 6, 5, 1)]


def random(sizes: tuple[int, ...]) -> tuple[Network, np.ndarray, np.random.Generator]:
    source = np.random.default_rng(4)
    network = Network(sizes, source.normal(size=num_weights(sizes)))
    return network, source.normal(size=(7, sizes[0])), source


@pytest.mark.parametrize("sizes", SHAPES)
def test_slopes_and_gradient_are_those_of_jax(sizes: tuple[int, ...]) -> None:
    import eqcompile as eq

    eq.compile(eq.load("siqml/models/h2.yaml")).to_jax()  # switches 64-bit mode on
    import jax
    import jax.numpy as jnp

    network, inputs, source = random(sizes)
    places = [array.size for layer in network.layers for array in layer]
    shapes = [array.shape for layer in network.layers for array in layer]

    def value(weights, z):
        parts = jnp.split(weights, np.cumsum(places)[:-1])
        arrays = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
        for matrix, offset in zip(arrays[:-2:2], arrays[1:-2:2], strict=True):
            z = jnp.tanh(z @ matrix + offset)
        return (z @ arrays[-2] + arrays[-1])[0]

    found, slopes = network.at(inputs)
    expected = jax.vmap(jax.value_and_grad(value, argnums=1), (None, 0))(network.weights, inputs)
    np.testing.assert_allclose(found, expected[0], rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(slopes, expected[1], rtol=1e-12, atol=1e-13)

    by_value, directions = source.normal(size=7), source.normal(size=inputs.shape)

    def whole(weights):
        values, gradients = jax.vmap(jax.value_and_grad(value, argnums=1), (None, 0))(weights, inputs)
        return by_value @ values + (directions * gradients).sum()

    gradient = network.gradient(inputs, by_value, directions)
    np.testing.assert_allclose(gradient, jax.grad(whole)(network.weights), rtol=1e-11, atol=1e-12)


def test_negative_control_another_direction_gives_another_gradient() -> None:
    network, inputs, source = random((4, 6, 5, 1))
    p, y = source.normal(size=7), source.normal(size=inputs.shape)
    assert abs(network.gradient(inputs, p, y) - network.gradient(inputs, p, -y)).max() > 0.1


def test_no_structures() -> None:
    network, _, _ = random((3, 5, 1))
    values, slopes = network.at(np.empty((0, 3)))
    assert values.shape == (0,)
    assert slopes.shape == (0, 3)


def test_the_seed_decides_the_start() -> None:
    one, same, other = (Network.random((3, 4, 1), seed).weights.tobytes() for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((3,), "layers of 3 units are no network"),
        ((3, 2), "layers of 3-2 units are no network"),
        ((3, 0, 1), "layers of 3-0-1 units are no network"),
        ((3, *[2] * (MAX_LAYERS + 1), 1), f"no network of up to {MAX_LAYERS} hidden layers"),
        ((3, MAX_WIDTH + 1, 1), f"a layer of {MAX_WIDTH + 1} units; at most {MAX_WIDTH} are taken"),
        ((3, 4, 1), "2 weights; layers of 3-4-1 units need 21"),
    ],
)
def test_what_is_no_network(sizes: tuple[int, ...], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Network(sizes, np.zeros(2))
