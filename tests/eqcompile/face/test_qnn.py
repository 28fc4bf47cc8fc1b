"""EstimatorQNN of qiskit-machine-learning: the energies and gradients of JAX."""

import sys
from typing import Any

import jax
import numpy as np
import pytest

import eqcompile as eq
from eqcompile.errors import BackendError, DimensionError

pytest.importorskip("qiskit_machine_learning", reason="qiskit-machine-learning is not installed")

AGREEMENT = 1e-10
"""Parameter shifts of sines and cosines of order one, a few dozen of them added up."""


@pytest.fixture(scope="module")
def program() -> eq.Program:
    """Two sites with a scale each, and layers whose order by name is not that by number."""
    return eq.model(
        eq.SU2(2),
        encode={"A": [0], "B": [1]},
        scales={"beta": ["B"], "alpha": ["A"]},
        state=[(0, 1)],
        observable="H(0,1)",
        layer=["H(0,1)"],
        depth=2,
        breaking="Z0",
    )


@pytest.fixture(scope="module")
def point(program: eq.Program) -> tuple[Any, Any]:
    """Parameters and a batch of two structures."""
    source = np.random.default_rng(51)
    return source.uniform(-1, 1, program.num_parameters), source.normal(size=(2, 2, 3))


@pytest.fixture(scope="module")
def exact(program: eq.Program, point: tuple[Any, Any]) -> tuple[Any, Any, Any]:
    """Values, and their derivatives by parameters and by positions."""
    f, (params, x) = program.to_jax(), point

    def one(p: Any, r: Any) -> Any:
        return f(p, r[None])[0]

    by_params, by_x = jax.vmap(jax.grad(one, argnums=(0, 1)), in_axes=(None, 0))(params, x)
    return f(params, x), by_params, by_x


@pytest.mark.parametrize("data", ["positions", "angles"])
def test_forward(program: eq.Program, point: Any, exact: Any, data: Any) -> None:
    network = eq.qnn(program, data)
    inputs, weights = eq.qnn_inputs(program, *point, data)
    assert np.abs(network.forward(inputs, weights)[:, 0] - exact[0]).max() < AGREEMENT
    assert np.abs(network.forward(inputs, weights[::-1])[:, 0] - exact[0]).max() > 1e-3


def test_positions_take_the_numbers_of_jax(program: eq.Program, point: Any) -> None:
    params, x = point
    inputs, weights = eq.qnn_inputs(program, params, x)
    assert np.array_equal(inputs, x.reshape(2, 6))
    assert np.array_equal(weights, params)
    network = eq.qnn(program)
    assert (network.num_inputs, network.num_weights) == (6, program.num_parameters)


def test_backward_by_positions(program: eq.Program, point: Any, exact: Any) -> None:
    """Weights alone, including the scales."""
    params, x = point
    nothing, by_weights = eq.qnn(program).backward(*eq.qnn_inputs(program, params, x[1:]))
    assert nothing is None
    assert np.abs(by_weights[0, 0] - exact[1][1]).max() < AGREEMENT
    assert np.abs(exact[1][:, -2:]).min() > 1e-3, "the scales matter"


def test_gradients_by_angles(program: eq.Program, point: Any, exact: Any) -> None:
    """The chain rule gives the derivatives by scales and positions."""
    network = eq.qnn(program, "angles", input_gradients=True)
    by_params, by_x = eq.qnn_gradients(program, network, *point)
    assert np.abs(by_params - exact[1]).max() < AGREEMENT
    assert np.abs(by_x - exact[2]).max() < AGREEMENT
    _, by_weights = network.backward(*eq.qnn_inputs(program, *point, "angles"))
    assert by_weights.shape == (2, 1, program.num_parameters - 2), "no scales without the chain rule"


def test_many_layers_keep_their_order() -> None:
    deep = eq.model(eq.U1(2), layer=["Z0", "H(0,1)"], observable="Z0", state="|+0>", depth=11)
    params = np.random.default_rng(52).uniform(-1, 1, 22)
    network = eq.qnn(deep)
    assert tuple(p.name for p in network.weight_params) == deep.parameter_names
    f = deep.to_jax()
    assert abs(network.forward(None, params).item() - f(params)[0]) < AGREEMENT
    _, by_weights = network.backward(None, params)
    assert np.abs(by_weights.ravel() - jax.grad(lambda p: f(p)[0])(params)).max() < AGREEMENT


def test_options_are_passed_on(program: eq.Program) -> None:
    assert eq.qnn(program, default_precision=0.5).default_precision == 0.5


def test_what_qiskit_cannot_differentiate_is_refused(program: eq.Program) -> None:
    with pytest.raises(BackendError, match=r"^a network takes .* found 'vectors', which Qiskit cannot diff"):
        eq.qnn(program, "vectors")  # type: ignore[arg-type]
    message = '^Qiskit cannot differentiate by positions; use data="angles" and eqcompile.qnn_gradients$'
    with pytest.raises(BackendError, match=message):
        eq.qnn(program, input_gradients=True)


def test_a_network_without_gradients_by_inputs_is_refused(program: eq.Program, point: Any) -> None:
    message = '^the chain rule needs a network made with data="angles", input_gradients=True$'
    with pytest.raises(BackendError, match=message):
        eq.qnn_gradients(program, eq.qnn(program, "angles"), *point)


def test_a_site_on_the_z_axis_has_no_azimuth(program: eq.Program, point: Any) -> None:
    params, x = point
    network = eq.qnn(program, "angles", input_gradients=True)
    with pytest.raises(
        BackendError, match=r"^a site on the z axis has no azimuth to differentiate; move it off"
    ):
        eq.qnn_gradients(program, network, params, x * [0, 0, 1])


@pytest.mark.parametrize("shape", [(2, 3), (1, 3, 3), (0, 2, 3), (1, 2, 3, 1)])
def test_wrong_shapes_are_refused(program: eq.Program, point: Any, shape: tuple[int, ...]) -> None:
    message = rf"^expected positions of shape \(batch, 2, 3\); found \({', '.join(map(str, shape))}\)$"
    with pytest.raises(DimensionError, match=message):
        eq.qnn_inputs(program, point[0], np.zeros(shape))


def test_without_the_library(program: eq.Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "qiskit_machine_learning.neural_networks", None)
    message = r'^a network needs the package qiskit-machine-learning; install it with: pip install -e "\.\[learning\]"$'
    with pytest.raises(BackendError, match=message):
        eq.qnn(program)
