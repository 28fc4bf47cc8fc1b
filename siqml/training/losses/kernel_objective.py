r"""Losses and their gradients by the kernel.

A loss of energies alone takes one sweep. With forces it takes a sweep by positions, and one dual pass: with a = dL/dE
and b = dL/dF of every structure held fixed, and F = -dE/dr,

.. math:: \frac{dL}{dp} = \frac{d}{dp} \sum_n \Big( a_n E_n - b_n \cdot \frac{\partial E_n}{\partial r_n} \Big) .

A fitted map from values to energies is known once the values are; at the best map the gradient is that at a fixed one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from siqml.field.backend import Backend
from siqml.field.kernel_model import KernelModel, ModelSweep
from siqml.field.scaling import MixedScaling, Scaling
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
        scaling = self._map(sweep, labels, data)
        if isinstance(scaling, MixedScaling):
            sweep = sweep.weighted(scaling.factors)
        slopes = -sweep.by_positions() if with_forces else None
        loss, by_energies, by_forces = compared(self.terms, scaling, sweep.values, slopes, data)
        if np.isnan(loss):
            return loss, np.full(params.shape, np.nan)
        if by_forces is None:
            return loss, sweep.sums(by_energies[None] / scaling.factor)[0]
        return loss, sweep.of.dual(sweep, by_energies / scaling.factor, -by_forces / scaling.factor)

    def value(self, params: Array, labels: Labels) -> float:
        """See `Objective.value`; not a number where the parameters are none."""
        if not np.isfinite(params).all():
            return np.nan
        return self.loss_over(params, self.scaling_at(params, labels), part_of(self.data, labels, None))

    def linearised(self, params: Array, labels: Labels) -> NormalEquations:
        """See `Objective.linearised`."""
        data = part_of(self.data, labels, None)
        scaling, with_forces = self.scaling_at(params, labels), need_forces(self.terms)
        found = NormalEquations(self.terms, len(data), scaling)
        names = tuple(self.model.parameter_sets) if labels.mixed else ()
        for part in parts_of(data, params.size):
            sweep = self._kernel.sweep(params, part.positions, by_parameter=True)
            reached: list[tuple[Array, Array | None]] = [
                (values, -slopes) for values, slopes in map(sweep.of_weights, names)
            ]
            if isinstance(scaling, MixedScaling):
                sweep = sweep.weighted(scaling.factors)
            values, slopes = sweep.values, -sweep.by_positions() if with_forces else None
            if labels.scaling is None and not labels.mixed:
                reached = [(values, slopes)]
            if with_forces:
                by_parameters, of_slopes = sweep.of.jacobian(sweep)
                found.add(part, values, slopes, by_parameters, -of_slopes, reached)
            else:
                found.add(part, values, None, sweep.of.by_parameters(sweep), None, reached)
        return found

    def scaling_at(self, params: Array, labels: Labels) -> Scaling:
        """See `Objective.scaling_at`."""
        if labels.scaling is not None:
            return labels.scaling
        data = part_of(self.data, labels, None)
        return self._map(self._kernel.sweep(params, data.positions), labels, data)

    def _map(self, sweep: ModelSweep, labels: Labels, data: Structures) -> Scaling:
        """The fixed map, or the best one for a sweep."""
        if labels.scaling is not None:
            return labels.scaling
        if labels.mixed:
            parts = {name: sweep.of_weights(name) for name in self.model.parameter_sets}
            return best_mixture(
                self.terms, {name: (values, -slopes) for name, (values, slopes) in parts.items()}, data
            )
        slopes = -sweep.by_positions() if need_forces(self.terms) else None
        return best_scaling(self.terms, sweep.values, slopes, data)

    def energies(self, params: Array, scaling: Scaling, data: Structures) -> Array:
        """See `Objective.energies`."""
        return np.asarray(scaling.to_energy(self._kernel_by(scaling).values(params, data.positions)))

    def loss_over(self, params: Array, scaling: Scaling, data: Structures) -> float:
        """See `Objective.loss_over`."""
        kernel = self._kernel_by(scaling)
        if not need_forces(self.terms):
            return compared(self.terms, scaling, kernel.values(params, data.positions), None, data)[0]
        sweep = kernel.sweep(params, data.positions)
        return compared(self.terms, scaling, sweep.values, -sweep.by_positions(), data)[0]

    def _kernel_by(self, scaling: Scaling) -> KernelModel:
        """The kernels of the sum with the factors of a map."""
        return self._kernel.weighted(scaling.factors) if isinstance(scaling, MixedScaling) else self._kernel


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


def best_mixture(
    terms: Terms, parts: Mapping[str, tuple[Array, Array | None]], data: Structures
) -> MixedScaling:
    r"""The best offset, and the best factor for each name of weights.

    With residuals as for the normal equations, this is linear least squares in as many unknowns as there are names.

    Args:
        terms: terms of the loss.
        parts: values ``(n,)`` of each name, and their negative derivatives by positions.
        data: the labels.
    """
    mean_energy = float(np.mean(data.energies))
    means = {name: float(np.mean(values)) for name, (values, _) in parts.items()}
    columns: list[list[Array]] = [[] for _ in parts]
    labels: list[Array] = []
    for term in terms:
        seen = term.sees(data.energies - mean_energy, data.forces)
        scale = np.sqrt(term.weight / seen.size)
        labels.append(scale * seen.ravel())
        for column, (name, (values, slopes)) in zip(columns, parts.items(), strict=True):
            column.append(scale * term.sees(values - means[name], slopes).ravel())
    table = np.stack([np.concatenate(column) for column in columns], axis=1)
    if not np.isfinite(table).all():
        return MixedScaling(mean_energy, np.nan, np.nan, dict.fromkeys(parts, 1.0))
    found = np.linalg.lstsq(table, np.concatenate(labels), rcond=LEAST)[0]
    factors = {name: float(value) or LEAST for name, value in zip(parts, found, strict=True)}
    return MixedScaling(mean_energy, sum(factors[name] * means[name] for name in parts), 1.0, factors)


LEAST: Final = 1e-12
"""Singular value relative to the largest, below which circuits count as proportional; and the factor of one that the
labels do not want at all."""
