r"""What training minimises, in label units.

.. math:: L = w_E \frac{1}{n} \sum (E - E^{ref})^2 + w_F \frac{1}{3 n N} \sum |F - F^{ref}|^2

with E in eV and F in eV/angstrom, so that the weights mean what they mean in the literature (the paper uses
1, 0 and, for the dimer's cut, 1/2, 1/2).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from siqml.errors import TrainError
from siqml.field.force_field import EnergyFunction, energies_and_forces
from siqml.molecule.line import Line
from siqml.molecule.structures import Structures

Loss = Callable[[Any], Any]
"""``params (P,) -> ()``."""

Batch = tuple[Any, Any, Any]
"""Positions ``(n, n_atoms, 3)``, energies ``(n,)``, forces ``(n, n_atoms, 3)``."""

Weights = tuple[float, float]
"""w_E and w_F."""


def make_loss(
    energy: EnergyFunction,
    data: Structures,
    energy_weight: float,
    force_weight: float,
    line: Line | None = None,
    chunk: int | None = None,
) -> Loss:
    """The loss over all of ``data``.

    Args:
        energy: model energy, see `EnergyFunction`.
        data: the training set.
        energy_weight: w_E.
        force_weight: w_F; with 0 no force is computed, which is several times faster.
        line: of the forces, only the component along it counts.
        chunk: structures that go through the circuit at once; default: all. The same up to rounding.

    Returns:
        A pure function of the parameters.

    Raises:
        TrainError: forces are wanted and ``data`` has none.
    """
    weights = energy_weight, force_weight
    return chunked_loss(energy, batch_of(data, force_weight), weights, line, chunk)


def batch_of(data: Structures, force_weight: float) -> Batch:
    """The arrays of a training set; forces are zero where there are none and none are wanted.

    Raises:
        TrainError: forces are wanted and ``data`` has none.
    """
    import jax.numpy as jnp

    if force_weight and data.forces is None:
        raise TrainError(
            f"{data.source} has no forces, but loss.forces is {force_weight:g}; set loss.forces to 0"
        )
    forces = np.zeros_like(data.positions) if data.forces is None else data.forces
    return jnp.asarray(data.positions), jnp.asarray(data.energies), jnp.asarray(forces)


def chunked_loss(
    energy: EnergyFunction, batch: Batch, weights: Weights, line: Line | None, chunk: int | None
) -> Loss:
    """The loss over a batch, as the mean of those of its parts, each with its gradient before the next one begins.

    The states of a few structures stay in the cache of the processor from the pass forwards to the pass backwards.
    """
    import jax

    def loss_of(part: Batch) -> Loss:
        if weights[1] == 0:
            return partial(_energy_loss, energy, part, weights[0])
        return _with_forces(energy, part, weights, line)

    if chunk is None or chunk >= len(batch[0]):
        return loss_of(batch)

    def both(params: Any) -> tuple[Any, Any]:
        found: tuple[Any, Any] = mean_over(
            lambda part: jax.value_and_grad(loss_of(part))(params), batch, chunk
        )
        return found

    return with_gradient(both)


def with_gradient(both: Callable[[Any], tuple[Any, Any]]) -> Loss:
    """A loss whose value and gradient are found together."""
    import jax

    @jax.custom_vjp
    def loss(params: Any) -> Any:
        return both(params)[0]

    loss.defvjp(both, lambda gradient, cotangent: (cotangent * gradient,))
    return loss


def mean_over(function: Callable[[Batch], Any], batch: Batch, chunk: int | None) -> Any:
    """The mean over a batch of what ``function`` gives as means over parts of it, part after part.

    Args:
        function: of a part; any tree of arrays.
        batch: arrays with structures along the first axis.
        chunk: structures of a part; ``None``: all in one.
    """
    import jax
    import jax.numpy as jnp

    size = len(batch[0])
    if chunk is None or chunk >= size:
        return function(batch)
    whole = size // chunk * chunk
    parts = tuple(array[:whole].reshape(-1, chunk, *array.shape[1:]) for array in batch)

    def weighted(part: Batch) -> Any:
        return jax.tree_util.tree_map(lambda mean: len(part[0]) / size * mean, function(part))

    def add(sums: Any, part: Batch) -> tuple[Any, None]:
        return jax.tree_util.tree_map(jnp.add, sums, weighted(part)), None

    rest = tuple(array[whole:] for array in batch)
    shapes = jax.eval_shape(weighted, tuple(array[:chunk] for array in batch))
    zeros = jax.tree_util.tree_map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    return jax.lax.scan(add, weighted(rest) if whole < size else zeros, parts)[0]


def _energy_loss(energy: EnergyFunction, batch: Batch, weight: float, params: Any) -> Any:
    import jax.numpy as jnp

    positions, energies, _ = batch
    return weight * jnp.mean((energy(params, positions) - energies) ** 2)


def _with_forces(energy: EnergyFunction, arrays: Batch, weights: Weights, line: Line | None) -> Loss:
    import jax.numpy as jnp

    positions, energies, forces = arrays

    def difference(params: Any) -> tuple[Any, Any]:
        predicted, predicted_forces = energies_and_forces(energy, params, positions)
        return predicted - energies, predicted_forces - forces

    def total(energy_part: Any, force_part: Any) -> Any:
        if line is not None:
            force_part = line.component(force_part)
        return weights[0] * jnp.mean(energy_part**2) + weights[1] * jnp.mean(force_part**2)

    return _with_one_dual_pass(energy, positions, difference, total)


def _with_one_dual_pass(
    energy: EnergyFunction,
    positions: Any,
    difference: Callable[[Any], tuple[Any, Any]],
    total: Callable[[Any, Any], Any],
) -> Loss:
    r"""``total(difference(params))``, with a gradient that goes backwards through the model only once.

    With a = dL/dE and b = dL/dF of every structure held fixed, and F = -dE/dr,

    .. math:: \frac{dL}{dp} = \frac{d}{dp} \sum_n \Big( a_n E_n - b_n \cdot \frac{\partial E_n}{\partial r_n} \Big) ,

    and the second term is the derivative of E along -b: one pass with dual numbers. Backwards through the
    backward pass of the forces, as automatic differentiation would go, takes about 1.6 times as long
    (water, 473 structures; ``benchmarks/force_loss.py``).
    """
    import jax
    import jax.numpy as jnp

    @jax.custom_vjp
    def loss(params: Any) -> Any:
        return total(*difference(params))

    def forward(params: Any) -> tuple[Any, Any]:
        value, slopes = jax.value_and_grad(lambda parts: total(*parts))(difference(params))
        return value, (params, *slopes)

    def backward(kept: Any, cotangent: Any) -> tuple[Any]:
        params, energy_slope, force_slope = kept

        def linearised(moved: Any) -> Any:
            predicted, along = jax.jvp(lambda x: energy(moved, x), (positions,), (-force_slope,))
            return jnp.sum(energy_slope * predicted) + jnp.sum(along)

        return (cotangent * jax.grad(linearised)(params),)

    loss.defvjp(forward, backward)
    return loss
