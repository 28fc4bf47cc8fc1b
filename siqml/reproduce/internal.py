r"""Errors of forces in internal coordinates, for comparison with what is printed in them.

With :math:`B = \partial q / \partial r`, forces along the coordinates q are those that give the Cartesian ones,
:math:`F_r = B^T F_q`; for any forces, :math:`F_q = (B B^T)^{-1} B F_r` is the best solution.
"""

from dataclasses import dataclass

import numpy as np

from siqml.field.force_field import ForceField
from siqml.molecule.internal_coordinates import InternalCoordinates
from siqml.molecule.structures import Array, Structures


@dataclass(frozen=True)
class InternalErrors:
    """Mean square errors of forces along internal coordinates.

    Attributes:
        lengths: over bond lengths, in eV^2/angstrom^2.
        angles: over angles, in eV^2/rad^2; ``None`` without angles.
        mean: over all coordinates, with both units mixed, as a single number that a table may print.
    """

    lengths: float
    angles: float | None
    mean: float


def internal_errors(
    force_field: ForceField, structures: Structures, coordinates: tuple[tuple[int, ...], ...]
) -> InternalErrors:
    """Errors of a model along internal coordinates.

    Args:
        force_field: the model.
        structures: structures with forces.
        coordinates: two atoms for a length, three for an angle, see `InternalCoordinates`.
    """
    assert structures.forces is not None
    forces = force_field.predict(structures.positions)[1] - structures.forces
    seen = InternalCoordinates(structures.species, coordinates)
    error = along_coordinates(seen, structures.positions, forces) ** 2
    is_length = np.array([len(atoms) == 2 for atoms in coordinates])
    angles = None if is_length.all() else float(error[:, ~is_length].mean())
    return InternalErrors(float(error[:, is_length].mean()), angles, float(error.mean()))


def along_coordinates(coordinates: InternalCoordinates, positions: Array, forces: Array) -> Array:
    """Forces along internal coordinates, ``(n, coordinates)``, of Cartesian ones ``(n, n_atoms, 3)``."""
    found = np.empty((len(positions), coordinates.num_sites))
    for number, (place, force) in enumerate(zip(positions, forces, strict=True)):
        slopes = coordinates.jacobian(place)[::3]
        found[number] = np.linalg.solve(slopes @ slopes.T, slopes @ force.ravel())
    return found
