r"""What training minimises, in label units.

.. math:: L = w_E \frac{1}{n} \sum (E - E^{ref})^2 + w_F \frac{1}{3 n N} \sum |F - F^{ref}|^2

with E in eV and F in eV/angstrom, so that the weights mean what they mean in the literature (the paper uses
1, 0 and, for the dimer's cut, 1/2, 1/2).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from siqml.errors import TrainError
from siqml.line import Line
from siqml.model import EnergyFunction, energies_and_forces
from siqml.structures import Structures

Loss = Callable[[Any], Any]
"""``params (P,) -> ()``."""

Batch = tuple[Any, Any, Any]
"""Positions ``(n, n_atoms, 3)``, energies ``(n,)``, forces ``(n, n_atoms, 3)``."""


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
    import jax.numpy as jnp

    if force_weight and data.forces is None:
        raise TrainError(
            f"{data.source} has no forces, but loss.forces is {force_weight:g}; set loss.forces to 0"
        )
    forces = np.zeros_like(data.positions) if data.forces is None else data.forces
    arrays = jnp.asarray(data.positions), jnp.asarray(data.energies), jnp.asarray(forces)

    def loss_of(positions: Any, energies: Any, forces: Any) -> Loss:
        if force_weight == 0:
            return lambda params: energy_weight * jnp.mean((energy(params, positions) - energies) ** 2)
        return _with_forces(energy, (positions, energies, forces), (energy_weight, force_weight), line)

    return loss_of(*arrays) if chunk is None or chunk >= len(data) else _in_chunks(loss_of, arrays, chunk)


def _in_chunks(loss_of: Callable[..., Loss], arrays: Batch, chunk: int) -> Loss:
    """The mean of the losses of parts of a batch, each with its gradient before the next one begins.

    The states of a few structures stay in the cache of the processor from the pass forwards to the pass backwards.
    """
    import jax
    import jax.numpy as jnp

    size = len(arrays[0])
    count = size // chunk
    parts = tuple(array[: count * chunk].reshape(count, chunk, *array.shape[1:]) for array in arrays)
    rest = tuple(array[count * chunk :] for array in arrays)

    def weighted(params: Any, part: Batch) -> tuple[Any, Any]:
        value, gradient = jax.value_and_grad(loss_of(*part))(params)
        share = len(part[0]) / size
        return share * value, share * gradient

    def both(params: Any) -> tuple[Any, Any]:
        def add(sums: tuple[Any, Any], part: Batch) -> tuple[tuple[Any, Any], None]:
            value, gradient = weighted(params, part)
            return (sums[0] + value, sums[1] + gradient), None

        start = (jnp.zeros(()), jnp.zeros_like(params)) if not len(rest[0]) else weighted(params, rest)
        sums: tuple[Any, Any] = jax.lax.scan(add, start, parts)[0]
        return sums

    @jax.custom_vjp
    def loss(params: Any) -> Any:
        return both(params)[0]

    loss.defvjp(both, lambda gradient, cotangent: (cotangent * gradient,))
    return loss


def _with_forces(
    energy: EnergyFunction, arrays: Batch, weights: tuple[float, float], line: Line | None
) -> Loss:
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
