r"""The affine map from expectation values to energies, fitted by least squares for every set of parameters.

With :math:`f = -\partial v / \partial r`, the loss is smallest over all maps :math:`E = \bar E + a\,(v - \bar v)` at

.. math:: a = \frac{w_E \operatorname{cov}(v, E) + w_F \langle f \cdot F \rangle}
                   {w_E \operatorname{var}(v) + w_F \langle f \cdot f \rangle} ,

so training minimises what is left, over the parameters of the circuit (variable projection). The gradient is that at a
fixed map, because the loss is stationary in it. Where energies vary little from structure to structure, a window that
is fixed beforehand makes a circuit match values first and shapes later, or never. Here its output may have any size and
offset.

References:
    Golub and Pereyra, SIAM J. Numer. Anal. 10, 413 (1973), on variable projection.
"""

from collections.abc import Callable
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from siqml.field.engine import EnergyFunction, energies_and_forces
from siqml.field.scaling import Scaling
from siqml.training.losses.batch import Batch
from siqml.training.losses.loss import Loss, loss_over, mapped, mean_over, with_gradient
from siqml.training.losses.terms import Terms, need_forces

if TYPE_CHECKING:
    from jax.sharding import Mesh

ScalingOf = Callable[[Any], Scaling]
"""``params (P,) -> the map``; the map has traced numbers if the parameters are traced."""


def fitted_scaling(
    value: EnergyFunction,
    batch: Batch,
    terms: Terms,
    chunk: int | None = None,
    mesh: "Mesh | None" = None,
) -> ScalingOf:
    """The best affine map at given parameters.

    Args:
        value: expectation value, as a function with the arguments of an energy.
        batch: labels that it is compared with.
        terms: terms of the loss.
        chunk: number of structures that go through the circuit at once.
        mesh: devices among which the batch is divided.

    Returns:
        A pure function of the parameters.
    """
    import jax.numpy as jnp

    def scaling(params: Any) -> Scaling:
        mean_energy: Any = jnp.mean(batch.energies)

        def means(part: Batch) -> Any:
            above = part.energies - mean_energy
            if need_forces(terms):
                values, slopes = energies_and_forces(value, params, part.positions)
            else:
                values, slopes = value(params, part.positions), None
            seen = [(term.sees(values, slopes), term.sees(above, part.forces)) for term in terms]
            return jnp.mean(values), [(jnp.mean(v * v), jnp.mean(v * label)) for v, label in seen]

        mean, products = mean_over(means, batch, chunk, mesh)
        parts = list(zip(terms, products, strict=True))
        down = (t.weight * (square - mean * mean if t.has_offset else square) for t, (square, _) in parts)
        up = (term.weight * with_label for term, (_, with_label) in parts)
        return Scaling(mean_energy, mean, reduce(add, down) / reduce(add, up))

    return scaling


def fitted_loss(
    value: EnergyFunction,
    batch: Batch,
    terms: Terms,
    chunk: int | None = None,
    mesh: "Mesh | None" = None,
) -> Loss:
    """The loss at the best affine map, with its gradient; the arguments are those of `fitted_scaling`."""
    import jax

    scaling = fitted_scaling(value, batch, terms, chunk, mesh)

    def both(params: Any) -> tuple[Any, Any]:
        found = scaling(params)

        energy = mapped(value, found)
        result: tuple[Any, Any] = jax.value_and_grad(loss_over(energy, batch, terms, chunk, mesh))(params)
        return result

    return with_gradient(both)
