r"""The affine map from expectation values to energies, fitted by least squares for every set of parameters.

With :math:`f = -\partial v / \partial r`, the loss is smallest over all maps :math:`E = \bar E + a\,(v - \bar v)` at

.. math:: a = \frac{w_E \operatorname{cov}(v, E) + w_F \langle f \cdot F \rangle}
                   {w_E \operatorname{var}(v) + w_F \langle f \cdot f \rangle} ,

so training minimises over the parameters of the circuit what is left (variable projection). The gradient is that at a
fixed map, because the loss is stationary in it. Where energies vary little from structure to structure, a window fixed
beforehand makes a circuit hit values first and shapes later, or never; here its output has any size and offset.

References:
    Golub and Pereyra, SIAM J. Numer. Anal. 10, 413 (1973), on variable projection.
"""

from collections.abc import Callable
from typing import Any

from siqml.field.force_field import EnergyFunction, energies_and_forces
from siqml.field.scaling import Scaling
from siqml.molecule.line import Line
from siqml.training.loss import Batch, Loss, Weights, chunked_loss, mean_over, with_gradient

ScalingOf = Callable[[Any], Scaling]
"""``params (P,) -> the map``; of traced numbers where the parameters are."""


def fitted_scaling(
    value: EnergyFunction, batch: Batch, weights: Weights, line: Line | None = None, chunk: int | None = None
) -> ScalingOf:
    """The best affine map at given parameters.

    Args:
        value: expectation value, as a function like an energy.
        batch: positions, energies and forces.
        weights: w_E and w_F.
        line: of the forces, only the component along it counts.
        chunk: structures that go through the circuit at once.

    Returns:
        A pure function of the parameters.
    """
    import jax.numpy as jnp

    def scaling(params: Any) -> Scaling:
        mean_energy: Any = jnp.mean(batch[1])

        def means(part: Batch) -> Any:
            positions, energies, forces = part
            above = energies - mean_energy
            if weights[1] == 0:
                values, slopes = value(params, positions), jnp.zeros(())
                forces = slopes
            else:
                values, slopes = energies_and_forces(value, params, positions)
                if line is not None:
                    slopes, forces = line.component(slopes), line.component(forces)
            products = values, values * values, values * above, slopes * slopes, slopes * forces
            return tuple(map(jnp.mean, products))

        mean, square, with_energy, slope_square, with_force = mean_over(means, batch, chunk)
        down = weights[0] * (square - mean * mean) + weights[1] * slope_square
        up = weights[0] * with_energy + weights[1] * with_force
        return Scaling(mean_energy, mean, down / up)

    return scaling


def fitted_loss(
    value: EnergyFunction, batch: Batch, weights: Weights, line: Line | None = None, chunk: int | None = None
) -> Loss:
    """The loss at the best affine map, with its gradient; arguments as `fitted_scaling`."""
    import jax

    scaling = fitted_scaling(value, batch, weights, line, chunk)

    def both(params: Any) -> tuple[Any, Any]:
        found = scaling(params)

        def energy(moved: Any, positions: Any) -> Any:
            return found.to_energy(value(moved, positions))

        result: tuple[Any, Any] = jax.value_and_grad(chunked_loss(energy, batch, weights, line, chunk))(
            params
        )
        return result

    return with_gradient(both)
