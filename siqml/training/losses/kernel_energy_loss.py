r"""The energy loss by the kernel: value and gradient from one sweep, also at the best map from values to energies.

With :math:`E_n = e + (v_n - v_0)/s` and labels :math:`\ell_n` around their mean :math:`\bar\ell`, the gradient is a
combination of three sums over structures,

.. math:: \nabla L = \frac{2 w}{n s} \Big[ (e - v_0/s - \bar\ell) \sum_n \nabla v_n + \frac1s \sum_n v_n \nabla v_n
          - \sum_n (\ell_n - \bar\ell)\, \nabla v_n \Big] ,

so the map may be known only after the sweep. At the best map the gradient is that at a fixed map.
"""

from typing import Any

from siqml.field.kernel_value import KernelValue
from siqml.field.scaling import Scaling
from siqml.training.losses.batch import Batch
from siqml.training.losses.loss import Loss, with_gradient


def kernel_energy_loss(value: KernelValue, batch: Batch, weight: float, scaling: Scaling | None) -> Loss:
    """w MSE(E) over a batch.

    Args:
        value: the model.
        batch: the structures.
        weight: w.
        scaling: map from values to energies; ``None`` for the best one at each set of parameters.
    """
    import jax.numpy as jnp

    def both(params: Any) -> tuple[Any, Any]:
        mean = jnp.mean(batch.energies)
        above = batch.energies - mean
        values, (plain, labelled, squared) = value.energy_sums(params, batch.positions, above)
        used = _best(values, above, mean) if scaling is None else scaling
        difference = used.to_energy(values) - batch.energies
        gradient = (used.energy - used.value / used.factor - mean) * plain + squared / used.factor - labelled
        return weight * jnp.mean(difference**2), 2 * weight / (len(values) * used.factor) * gradient

    return with_gradient(both)


def _best(values: Any, above: Any, mean: Any) -> Scaling:
    """The affine map of least squares, see `siqml.training.losses.fitted_loss`."""
    import jax.numpy as jnp

    centre: Any = jnp.mean(values)
    factor: Any = (jnp.mean(values**2) - centre**2) / jnp.mean(values * above)
    return Scaling(mean, centre, factor)
