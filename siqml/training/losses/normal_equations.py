r"""The normal equations of a loss: what a step of Gauss-Newton solves.

A loss of weighted mean squares is :math:`L = |r|^2`, with one residual for every energy and every component of a force,
each divided by the root of the number of its kind and multiplied by the root of its weight. With the Jacobian
:math:`J = \partial r / \partial \theta`, a step :math:`\delta` changes it by

.. math:: 2\, g \cdot \delta + \delta^T H \delta , \qquad g = J^T r, \quad H = J^T J ,

up to the curvature of the residuals, which matters little where they are small. If the map from values to energies is
fitted for all parameters, it follows the step. The residuals are then the part of the labels that no map reaches, and J
loses its part :math:`\Phi (\Phi^T \Phi)^{-1} \Phi^T J` within reach of the map, whose columns are
:math:`\Phi` (Kaufman's form of variable projection; its error is of second order in r).

References:
    Kaufman, BIT 15, 49 (1975), DOI 10.1007/BF01932995.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from siqml.field.scaling import Scaling
from siqml.molecule.structures import Array, Structures
from siqml.training.losses.terms import Terms, need_forces

NUMBERS_AT_ONCE: Final = 4_000_000
"""Numbers of a Jacobian that are held at a time, 32 MB; more structures go through in parts."""


class NormalEquations:
    """Sums over structures, part after part.

    Args:
        terms: terms of the loss.
        size: number of structures in all.
        scaling: map from values to energies.

    Attributes:
        loss: the loss.
    """

    def __init__(self, terms: Terms, size: int, scaling: Scaling) -> None:
        self._terms, self._size, self._scaling = terms, size, scaling
        self._num_reached = 0
        self._products: list[Array] = []
        self.loss = 0.0

    def add(
        self,
        data: Structures,
        values: Array,
        slopes: Array | None,
        by_parameters: Array,
        slopes_by_parameters: Array | None,
        reached: Sequence[tuple[Array, Array | None]] = (),
    ) -> None:
        """Add some structures.

        Args:
            data: their labels.
            values: ``(n,)``.
            slopes: negative derivatives of the values by positions, ``(n, n_atoms, 3)``.
            by_parameters: derivatives of the values, ``(n, P)``.
            slopes_by_parameters: those of the slopes, ``(n, n_atoms, 3, P)``.
            reached: values and slopes whose factors a fitted map chooses, beside its offset; none if it is fixed.
        """
        values, by_parameters = np.asarray(values), np.asarray(by_parameters)
        slopes, slopes_by_parameters = (
            None if array is None else np.asarray(array) for array in (slopes, slopes_by_parameters)
        )
        factor, forces = self._scaling.factor, data.forces if need_forces(self._terms) else None
        apart = (
            self._scaling.to_energy(values) - data.energies,
            None if slopes is None or forces is None else slopes / factor - forces,
        )
        count = by_parameters.shape[1]
        shares = len(data) / self._size
        for term in self._terms:
            residual = term.sees(*apart)
            scale = np.sqrt(term.weight * shares / residual.size)
            columns = [scale * residual.ravel()]
            if reached:
                offset = np.ones(len(data)), None if slopes is None else np.zeros(slopes.shape)
                columns += [term.sees(*seen).ravel() * scale for seen in (offset, *reached)]
            self._num_reached = len(columns) - 1
            table = np.empty((residual.size, len(columns) + count))
            table[:, : len(columns)] = np.transpose(columns)
            for k in range(count):
                of_slopes = None if slopes_by_parameters is None else slopes_by_parameters[..., k]
                table[:, len(columns) + k] = term.sees(by_parameters[:, k], of_slopes).ravel() * (
                    scale / factor
                )
            self._products.append(table.T @ table)
            self.loss += float(columns[0] @ columns[0])

    def step(self, damping: float) -> tuple[Array, float]:
        r"""The step of Levenberg and Marquardt, and by how much it lowers the linearised loss.

        .. math:: (H + \lambda\, \mathrm{diag}\, H)\, \delta = -g

        Args:
            damping: :math:`\lambda`.

        Returns:
            ``(P,)``, and a number that is not negative; zeros where there is no such step.
        """
        slope, curvature = self._projected
        diagonal = np.diag(curvature)
        floor = TINY * float(diagonal.max(initial=0.0))
        damped = curvature + np.diag(damping * np.maximum(diagonal, floor) + floor * TINY)
        try:
            move = np.asarray(-np.linalg.solve(damped, slope), float)
        except np.linalg.LinAlgError:
            return np.zeros(slope.shape), 0.0
        return move, float(-2 * slope @ move - move @ curvature @ move)

    @property
    def gradient(self) -> Array:
        """The gradient of the loss, ``(P,)``."""
        return 2 * self._projected[0]

    @property
    def _projected(self) -> tuple[Array, Array]:
        """g and H, without what the map reaches."""
        whole = np.sum(self._products, axis=0)
        first = 1 + self._num_reached
        slope, curvature = whole[first:, 0], whole[first:, first:]
        if self._num_reached:
            reached = whole[1:first, first:]
            within = whole[1:first, 1:first]
            size = np.sqrt(np.maximum(np.diag(within), np.finfo(float).tiny))
            inverse = np.linalg.pinv(within / np.outer(size, size), hermitian=True) / np.outer(size, size)
            curvature = curvature - reached.T @ inverse @ reached
        return slope, curvature


TINY: Final = 1e-8
"""Curvature relative to the largest, below which a direction counts as flat: that of a redundant weight is rounding."""


def parts_of(data: Structures, num_parameters: int) -> Iterator[Structures]:
    """Parts of a training set whose Jacobians are not too large."""
    of_one = (1 + 3 * len(data.species)) * max(num_parameters, 1)
    size = max(NUMBERS_AT_ONCE // of_one, 1)
    for first in range(0, len(data), size):
        numbers: Sequence[int] = range(first, min(first + size, len(data)))
        yield data if len(numbers) == len(data) else data.chosen(numbers)
