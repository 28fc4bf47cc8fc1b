r"""Losses and their gradients by the kernel.

A loss of energies alone takes one sweep. With forces it takes a sweep by positions, and one dual pass: with a = dL/dE
and b = dL/dF of every structure held fixed, and F = -dE/dr,

.. math:: \frac{dL}{dp} = \frac{d}{dp} \sum_n \Big( a_n E_n - b_n \cdot \frac{\partial E_n}{\partial r_n} \Big) .

A fitted map from values to energies is known once the values are; at the best map the gradient is that at a fixed one.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from siqml.field.backend import Backend
from siqml.field.kernel_model import KernelModel, ModelSweep
from siqml.field.scaling import Scaling
from siqml.molecule.structures import Array, Structures
from siqml.training.losses.normal_equations import NormalEquations, parts_of
from siqml.training.losses.objective import Indices, Labels, Objective, part_of
from siqml.training.losses.terms import Terms, need_forces


@dataclass(frozen=True, eq=False)
class KernelObjective(Objective):
    """See `Objective`."""

    @property
    def backend(self) -> Backend:
        """``"kernel"``."""
        return "kernel"

    @cached_property
    def _kernel(self) -> KernelModel:
        return KernelModel(self.model, self.frame)

    def value_and_gradient(
        self, params: Array, labels: Labels, chosen: Indices | None = None
    ) -> tuple[float, Array]:
        """See `Objective.value_and_gradient`; not a number where the parameters are none."""
        if not np.isfinite(params).all():
            return np.nan, np.full(params.shape, np.nan)
        data = part_of(self.data, labels, chosen)
        with_forces = need_forces(self.terms)
        sweep = self._kernel.sweep(params, data.positions, by_parameter=not with_forces)
        slopes = -sweep.by_positions() if with_forces else None
        scaling = labels.scaling or best_scaling(self.terms, sweep.values, slopes, data)
        loss, by_energies, by_forces = compared(self.terms, scaling, sweep.values, slopes, data)
        if np.isnan(loss):
            return loss, np.full(params.shape, np.nan)
        if by_forces is None:
            return loss, sweep.sums(by_energies[None] / scaling.factor)[0]
        return loss, self._kernel.dual(sweep, by_energies / scaling.factor, -by_forces / scaling.factor)

    def value(self, params: Array, labels: Labels) -> float:
        """See `Objective.value`; not a number where the parameters are none."""
        if not np.isfinite(params).all():
            return np.nan
        return self.loss_over(params, self.scaling_at(params, labels), part_of(self.data, labels, None))

    def linearised(self, params: Array, labels: Labels) -> NormalEquations:
        """See `Objective.linearised`."""
        data = part_of(self.data, labels, None)
        scaling, with_forces = self.scaling_at(params, labels), need_forces(self.terms)
        found = NormalEquations(self.terms, len(data), scaling, is_fitted=labels.scaling is None)
        for part in parts_of(data, params.size):
            sweep = self._kernel.sweep(params, part.positions, by_parameter=True)
            if with_forces:
                values, slopes = self._kernel.jacobian(sweep)
                found.add(part, sweep.values, -sweep.by_positions(), values, -slopes)
            else:
                found.add(part, sweep.values, None, self._kernel.by_parameters(sweep), None)
        return found

    def scaling_at(self, params: Array, labels: Labels) -> Scaling:
        """See `Objective.scaling_at`."""
        if labels.scaling is not None:
            return labels.scaling
        values, slopes = self._values(params, self.data)
        return best_scaling(self.terms, values, slopes, part_of(self.data, labels, None))

    def energies(self, params: Array, scaling: Scaling, data: Structures) -> Array:
        """See `Objective.energies`."""
        return np.asarray(scaling.to_energy(self._kernel.values(params, data.positions)))

    def loss_over(self, params: Array, scaling: Scaling, data: Structures) -> float:
        """See `Objective.loss_over`."""
        return compared(self.terms, scaling, *self._values(params, data), data)[0]

    def _values(self, params: Array, data: Structures) -> tuple[Array, Array | None]:
        """Values, and their negative derivatives by positions if a term needs them."""
        if not need_forces(self.terms):
            return self._kernel.values(params, data.positions), None
        sweep: ModelSweep = self._kernel.sweep(params, data.positions)
        return sweep.values, -sweep.by_positions()


def compared(
    terms: Terms, scaling: Scaling, values: Array, slopes: Array | None, data: Structures
) -> tuple[float, Array, Array | None]:
    """The loss, and its derivatives by energies ``(n,)`` and by forces ``(n, n_atoms, 3)``.

    Args:
        terms: terms of the loss.
        scaling: map from values to energies.
        values: ``(n,)``.
        slopes: negative derivatives of the values by positions; ``None`` if no term needs them.
        data: the labels.
    """
    if not np.isfinite(scaling.factor) or scaling.factor == 0:
        return (
            np.nan,
            np.full(values.shape, np.nan),
            None if slopes is None else np.full(slopes.shape, np.nan),
        )
    energies = scaling.to_energy(values) - data.energies
    forces = None if slopes is None or data.forces is None else slopes / scaling.factor - data.forces
    loss, by_energies = 0.0, np.zeros(energies.shape)
    by_forces = None if forces is None else np.zeros(forces.shape)
    for term in terms:
        seen = term.sees(energies, forces)
        loss += term.weight * float(np.mean(seen**2))
        for_energies, for_forces = term.seen_from(2 * term.weight / seen.size * seen)
        by_energies += 0.0 if for_energies is None else for_energies
        if by_forces is not None and for_forces is not None:
            by_forces += for_forces
    return loss, by_energies, by_forces


def best_scaling(terms: Terms, values: Array, slopes: Array | None, data: Structures) -> Scaling:
    """The affine map of least squares, see `siqml.training.losses.fitted_loss`; arguments as for `compared`."""
    mean_energy, mean = float(np.mean(data.energies)), float(np.mean(values))
    down = up = 0.0
    for term in terms:
        seen, label = term.sees(values, slopes), term.sees(data.energies - mean_energy, data.forces)
        down += term.weight * (float(np.mean(seen**2)) - (mean * mean if term.has_offset else 0.0))
        up += term.weight * float(np.mean(seen * label))
    with np.errstate(all="ignore"):  # equal energies have no map, and a loss that is not a number
        return Scaling(mean_energy, mean, float(np.divide(down, up)))
