r"""What training minimises, in label units.

.. math:: L = w_E \frac{1}{n} \sum (E - E^{ref})^2 + w_F \frac{1}{3 n N} \sum |F - F^{ref}|^2

with E in eV and F in eV/angstrom, so that the weights mean what they mean in the literature (the paper uses
1, 0 and, for the dimer's cut, 1/2, 1/2).
"""

from collections.abc import Callable
from typing import Any

from siqml.errors import TrainError
from siqml.model import EnergyFunction, energies_and_forces
from siqml.structures import Structures

Loss = Callable[[Any], Any]
"""``params (P,) -> ()``."""


def make_loss(energy: EnergyFunction, data: Structures, energy_weight: float, force_weight: float) -> Loss:
    """The loss over all of ``data``.

    Args:
        energy: model energy, see `EnergyFunction`.
        data: the training set.
        energy_weight: w_E.
        force_weight: w_F; with 0 no force is computed, which is several times faster.

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

    def loss(params: Any) -> Any:
        predicted, predicted_forces = energies_and_forces(energy, params, positions)
        energy_part = jnp.mean((predicted - energies) ** 2)
        return energy_weight * energy_part + force_weight * jnp.mean((predicted_forces - forces) ** 2)

    return loss
