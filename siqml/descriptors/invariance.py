"""A second opinion in floating point: what rotations and exchanges of atoms change in values that must not change."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from siqml.data.reading.bonds import declared_permutations, on_atoms
from siqml.evaluation.device import oriented
from siqml.field.ensemble import SingleField
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Array


@dataclass(frozen=True)
class Change:
    """The largest change of any value.

    Attributes:
        rotation: under a rotation of each structure, drawn at random.
        exchange: under the permutations that the spec declares; 0 if there are none.
    """

    rotation: float
    exchange: float


def largest_change(
    values: Callable[[Array], Array], field: SingleField, positions: Array, seed: int = 0
) -> Change:
    """How much values differ between equivalent structures.

    Args:
        values: ``positions (n, n_atoms, 3) -> (n, ...)``, such as the descriptors of a circuit.
        field: the model, whose frame and spec say which atoms may be exchanged.
        positions: ``(n, n_atoms, 3)`` in angstrom, at least one structure.
        seed: seed for the rotations.

    Returns:
        The largest changes, in the unit of the values.
    """
    here = values(positions)
    turned = values(oriented(positions, seed))
    frame, moves = field.frame, declared_permutations(field.model)
    swapped = (
        [values(positions[:, on_atoms(frame, images)]) for images in moves]
        if isinstance(frame, Frame)
        else []
    )
    exchange = max((float(np.abs(there - here).max()) for there in swapped), default=0.0)
    return Change(float(np.abs(turned - here).max()), exchange)
