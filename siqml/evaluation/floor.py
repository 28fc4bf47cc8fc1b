r"""The share of the forces that a model cannot express, whatever its parameters.

At one structure x, the forces that a model can give are the gradients of its energy for all parameters. If they fill
only a subspace S(x) of the 3 N directions, the rest of the true force is out of reach, and no training goes below

.. math:: \min_\theta \mathrm{MSE}(F) \ge \frac{1}{3 n N} \sum_x | (1 - P_{S(x)}) F(x) |^2 .

For a network on descriptors, S(x) is the span of their gradients at the parameters that the circuit has. For a circuit,
S(x) is found as the span of the gradients at many random parameters. It always misses the three translations. A
rotation-invariant model also misses the three rotations, along which true forces vanish. A model with more symmetry
than the molecule misses directions in which forces do act.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from siqml.errors import DataError
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.engine import engine_for
from siqml.field.ensemble import SingleField
from siqml.field.force_field import ForceField
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.structures import Array, Structures

RANK_CUT: Final = 1e-6
"""Singular values below this share of the largest count as zero: on the shipped sets, gradients of random circuits
leave 1e-15 where there is nothing, and 6e-4 or more where there is something."""

SEED: Final = 20
"""Seed for the random parameters; any other gives the same subspace."""


@dataclass(frozen=True)
class Floor:
    """What is out of reach.

    Attributes:
        seen: smallest and largest number of directions that the model sees at a structure.
        directions: how many there are once the molecule may not shift, 3 N - 3.
        mse: lower bound of MSE(F) over all components, in eV^2/angstrom^2.
        share: the same as a share of the mean square of the force labels.
    """

    seen: tuple[int, int]
    directions: int
    mse: float
    share: float


def force_floor(force_field: SingleField, structures: Structures, breaking: bool = True) -> Floor:
    """How much of the force labels lies in directions that a model does not see.

    Args:
        force_field: the model; of the parameters of a circuit only the scales alpha matter, because the size of what
            can be seen depends on them, and its being seen does not. Of a network nothing matters.
        structures: structures with forces, at least one.
        breaking: whether the angles that break the symmetry vary; otherwise they are 0. Those of descriptors are fixed.

    Returns:
        The floor. Rank and projection are numerical, see `RANK_CUT`.

    Raises:
        DataError: there are no forces, or no structures.
    """
    if structures.forces is None or not len(structures):
        raise DataError(f"{structures.source}: the share of forces out of reach needs structures with forces")
    if isinstance(force_field, DescriptorField):
        slopes = force_field.descriptors.at(structures.positions)[1]
        gradients = (slopes / force_field.spread[:, None, None]).reshape(*slopes.shape[:2], -1)
    else:
        gradients = _random_gradients(force_field, structures.positions, breaking)
    forces = structures.forces.reshape(len(structures), -1)
    ranks, lost = [], 0.0
    for spanning, force in zip(gradients, forces, strict=True):
        basis = _basis(spanning)
        ranks.append(len(basis))
        lost += float(np.sum((force - basis.T @ (basis @ force)) ** 2))
    mse, size = lost / forces.size, float(np.mean(forces**2))
    return Floor((min(ranks), max(ranks)), forces.shape[1] - 3, mse, mse / size if size else 0.0)


def _random_gradients(force_field: ForceField, positions: Array, breaking: bool) -> Array:
    """Gradients ``(n, K, 3 N)`` of the energy at K parameter vectors, twice as many as there are directions."""
    model, width = force_field.model, positions[0].size
    generator = np.random.default_rng(SEED)
    draws = generator.uniform(-np.pi, np.pi, (2 * width, model.num_parameters))
    scales = np.abs(force_field.params) * generator.uniform(0.5, 1.5, draws.shape)
    draws = np.where(of_kind(model, "scale"), scales, draws)
    if not breaking:
        draws[:, of_kind(model, "breaking")] = 0.0
    engine = engine_for(model, force_field.frame)
    found = [-engine.predict(row, force_field.scaling, positions)[1] for row in draws]
    return np.stack(found, axis=1).reshape(len(positions), len(draws), width)


def _basis(spanning: Array) -> Array:
    """Orthonormal rows that span the rows of a matrix."""
    _, sizes, rows = np.linalg.svd(spanning, full_matrices=False)
    return np.asarray(rows[sizes > RANK_CUT * sizes[0]])


def floor_text(floor: Floor) -> str:
    """The forces that a model cannot express, in one sentence.

    >>> floor_text(Floor((12, 12), 15, 0.0125, 0.125))
    'this model sees 12 of 15 directions; forces along the others: 1.250e-02, 12.5 % of the mean square'
    """
    low, high = floor.seen
    seen = f"{low}" if low == high else f"{low} to {high}"
    return (
        f"this model sees {seen} of {floor.directions} directions; forces along the others: {floor.mse:.3e}, "
        f"{100 * floor.share:.3g} % of the mean square"
    )
