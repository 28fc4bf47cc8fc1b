r"""What training minimises, in label units.

.. math:: L = w_E \frac{1}{n} \sum (E - E^{ref})^2 + w_F \frac{1}{3 n N} \sum |F - F^{ref}|^2

with E in eV and F in eV/angstrom, so that the weights mean what they mean in the literature (the paper uses
1, 0 and, for the dimer's cut, 1/2, 1/2).
"""

from collections.abc import Callable
from typing import Any

from siqml.errors import TrainError
from siqml.line import Line
from siqml.model import EnergyFunction, energies_and_forces
from siqml.structures import Structures

Loss = Callable[[Any], Any]
"""``params (P,) -> ()``."""


def make_loss(
    energy: EnergyFunction,
    data: Structures,
    energy_weight: float,
    force_weight: float,
    line: Line | None = None,
) -> Loss:
    """The loss over all of ``data``.

    Args:
        energy: model energy, see `EnergyFunction`.
        data: the training set.
        energy_weight: w_E.
        force_weight: w_F; with 0 no force is computed, which is several times faster.
        line: of the forces, only the component along it counts.

    Returns:
        A pure function of the parameters.

    Raises:
        TrainError: forces are wanted and ``data`` has none.
    """
    import jax.numpy as jnp

    positions, energies = jnp.asarray(data.positions), jnp.asarray(data.energies)
    if force_weight == 0:
        return lambda params: energy_weight * jnp.mean((energy(params, positions) - energies) ** 2)
    if data.forces is None:
        raise TrainError(
            f"{data.source} has no forces, but loss.forces is {force_weight:g}; set loss.forces to 0"
        )
    forces = jnp.asarray(data.forces)

    def difference(params: Any) -> tuple[Any, Any]:
        predicted, predicted_forces = energies_and_forces(energy, params, positions)
        return predicted - energies, predicted_forces - forces

    def total(energy_part: Any, force_part: Any) -> Any:
        if line is not None:
            force_part = line.component(force_part)
        return energy_weight * jnp.mean(energy_part**2) + force_weight * jnp.mean(force_part**2)

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
