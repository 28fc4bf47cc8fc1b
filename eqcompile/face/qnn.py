"""Programs as neural networks of qiskit-machine-learning."""

from typing import TYPE_CHECKING, Any, Literal, get_args

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from eqcompile.arguments import accepts, found, require_text, require_truth
from eqcompile.emit.binding import circuit_values
from eqcompile.errors import BackendError, DimensionError
from eqcompile.program import PROGRAM, Program

if TYPE_CHECKING:
    from qiskit_machine_learning.neural_networks import EstimatorQNN

DataForm = Literal["positions", "angles"]
Floats = NDArray[np.float64]


@accepts(program=PROGRAM, data=require_text, input_gradients=require_truth)
def qnn(
    program: Program, data: DataForm = "positions", input_gradients: bool = False, **options: Any
) -> "EstimatorQNN":
    """The program as an EstimatorQNN.

    Args:
        program: the program whose observable is measured.
        data: what the inputs are. ``"positions"``: three coordinates of every site, and the weights are the
            parameters in the order of JAX. ``"angles"``: three gate angles of every site, and the weights are those
            parameters without the scales, which are part of the angles; see :func:`qnn_inputs`.
        input_gradients: whether ``backward`` also differentiates by the inputs; only with ``"angles"``.
        options: further arguments of EstimatorQNN: ``estimator``, ``gradient``, ``pass_manager``,
            ``default_precision``.

    Raises:
        BackendError: qiskit-machine-learning is not installed; the form of the data is unknown; or gradients by
            positions are asked for. Qiskit takes numbers below 2e-16 for zero, and their expressions have such factors.
    """
    try:
        from qiskit_machine_learning.neural_networks import EstimatorQNN
    except ImportError:
        raise BackendError(
            'a network needs the package qiskit-machine-learning; install it with: pip install -e ".[learning]"'
        ) from None
    if data not in get_args(DataForm):
        raise BackendError(
            f'a network takes data="positions" or "angles"; found {data!r}, which Qiskit cannot differentiate'
        )
    if input_gradients and data == "positions":
        raise BackendError(
            'Qiskit cannot differentiate by positions; use data="angles" and eqcompile.qnn_gradients'
        )
    parameters = program.qiskit_parameters(data)
    return EstimatorQNN(
        circuit=program.to_qiskit(data=data),
        observables=program.to_qiskit_observable(),
        input_params=parameters.data,
        weight_params=parameters.weights,
        input_gradients=input_gradients,
        **options,
    )


@accepts(program=PROGRAM, data=require_text)
def qnn_inputs(
    program: Program, params: ArrayLike, x: ArrayLike, data: DataForm = "positions"
) -> tuple[Floats, Floats]:
    """What :func:`qnn`'s network takes for these parameters and structures.

    Args:
        program: the model.
        params: ``(num_parameters,)``, in the order of JAX.
        x: ``(batch, num_sites, 3)`` in angstrom.
        data: form of the inputs.

    Returns:
        Inputs ``(batch, 3 * num_sites)`` and weights.

    Raises:
        DimensionError: wrong shapes, or numbers that are not finite.
    """
    batch = _batch(program, x)
    parameters = program.qiskit_parameters(data)
    values = [circuit_values(program.ansatz, params, one, data) for one in batch]
    inputs = np.array([[one[p.name] for p in parameters.data] for one in values])
    return inputs, np.array([values[0][p.name] for p in parameters.weights])


@accepts(program=PROGRAM)
def qnn_gradients(
    program: Program, network: "EstimatorQNN", params: ArrayLike, x: ArrayLike
) -> tuple[Floats, Floats]:
    r"""Gradients by parameters and positions, from gradients by angles, through the chain rule.

    The angles of a site at :math:`x` are its azimuth, its elevation and :math:`2 \alpha |x|`. Scales and positions get
    their gradients from these three.

    Args:
        program: the model.
        network: a network from :func:`qnn` with ``data="angles"`` and ``input_gradients=True``.
        params: ``(num_parameters,)``, in the order of JAX.
        x: ``(batch, num_sites, 3)`` in angstrom.

    Returns:
        Derivatives of each value by the parameters, ``(batch, num_parameters)``, and by the positions,
        ``(batch, num_sites, 3)``; the force is the negative of the latter.

    Raises:
        BackendError: the network has no gradients by its inputs, or a site on the z axis, which has no azimuth.
        DimensionError: wrong shapes, or numbers that are not finite.
    """
    if not getattr(network, "input_gradients", False):
        raise BackendError('the chain rule needs a network made with data="angles", input_gradients=True')
    inputs, weights = qnn_inputs(program, params, x, "angles")
    by_inputs, by_weights = network.backward(inputs, weights)
    assert by_inputs is not None
    assert by_weights is not None
    batch, num_scales = _batch(program, x), len(program.ansatz.scale_names)
    if (np.hypot(batch[..., 0], batch[..., 1]) == 0).any():
        raise BackendError("a site on the z axis has no azimuth to differentiate; move it off the axis")
    scales = jnp.asarray(params, float)[program.num_parameters - num_scales :]
    place = {name: k for k, name in enumerate(program.ansatz.scale_names)}
    scale_of = {gate.site: place[gate.scale] for gate in program.ansatz.encoding}
    chosen = jnp.array([scale_of[site] for site in range(batch.shape[1])])

    def pulled(positions: Any, cotangent: Any) -> Any:
        _, back = jax.vjp(lambda s, r: _angles(s[chosen], r), scales, positions)
        return back(cotangent)

    by_scales, by_positions = jax.vmap(pulled)(jnp.asarray(batch), by_inputs[:, 0].reshape(batch.shape))
    return np.concatenate([by_weights[:, 0], by_scales], axis=1), np.asarray(by_positions)


def _angles(scales: Any, positions: Any) -> Any:
    """Azimuth, elevation and turn of every site, ``(num_sites, 3)``."""
    x, y, z = positions.T
    radius = jnp.sqrt((positions * positions).sum(-1))
    return jnp.stack(
        [jnp.arctan2(y, x), jnp.arctan2(z, jnp.sqrt(x * x + y * y)), 2 * scales * radius], axis=-1
    )


def _batch(program: Program, x: ArrayLike) -> Floats:
    sites = len(program.ansatz.site_names)
    try:
        batch = np.asarray(x, float)
    except (TypeError, ValueError):
        raise DimensionError(f"positions must be an array of numbers; found {found(x)}") from None
    if batch.ndim != 3 or batch.shape[1:] != (sites, 3) or not len(batch):
        raise DimensionError(f"expected positions of shape (batch, {sites}, 3); found {batch.shape}")
    return batch
