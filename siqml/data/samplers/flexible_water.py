"""A flexible classical water model from which geometries are drawn: cheap, smooth, and never a label.

Inside a molecule it has the harmonic surface of a better method. Between molecules it has the charges and the
oxygen-oxygen Lennard-Jones term of SPC/Fw, and a soft wall that keeps a pair together.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from siqml.data.labelling.functional import Point
from siqml.molecule.structures import Array
from siqml.molecule.units import BOHR, HARTREE, KCAL_PER_MOL

CHARGES: Final = (-0.82, 0.41, 0.41)
"""Charges of O, H and H in SPC/Fw, in elementary charges."""

SIGMA: Final = 3.165492
"""Length of the Lennard-Jones term of SPC/Fw, in angstrom."""

EPSILON: Final = 0.1554253 * KCAL_PER_MOL
"""Energy of the Lennard-Jones term of SPC/Fw, in eV."""

COULOMB: Final = HARTREE * BOHR
"""Energy of two elementary charges at one angstrom, in eV."""


@dataclass(frozen=True, eq=False)
class FlexibleWater:
    """Two water molecules, atoms O H H O H H.

    Attributes:
        rest: both bond lengths and the angle at the monomer's minimum, in angstrom and radian.
        stiffness: ``(3, 3)``, second derivatives in these coordinates, in eV.
        wall: O-O distance in angstrom beyond which a spring pulls back.
        spring: stiffness of that spring in eV/angstrom^2.

    References:
        Wu, Tepper and Voth, J. Chem. Phys. 124, 024503 (2006), DOI 10.1063/1.2136877, Table I.
    """

    rest: Array
    stiffness: Array
    wall: float
    spring: float

    @classmethod
    def of_monomer(cls, minimum: Array, curvature: Array, wall: float, spring: float) -> "FlexibleWater":
        """Take the harmonic surface of a molecule from its Hessian.

        At a minimum the Hessian in internal coordinates is ``A.T @ H @ A``, where ``A`` is the pseudo-inverse of their
        Jacobian.

        Args:
            minimum: positions ``(3, 3)`` of O, H and H, in angstrom.
            curvature: Hessian ``(9, 9)`` in eV/angstrom^2.
            wall: see the class.
            spring: see the class.
        """
        rest, jacobian = internal_coordinates(minimum)
        back = np.linalg.pinv(jacobian.reshape(3, 9))
        return cls(rest, back.T @ curvature @ back, wall, spring)

    def __call__(self, positions: Array) -> Point:
        """Energy in eV, which is zero for two molecules at rest far apart, and forces in eV/angstrom."""
        energy, forces = self._between(positions)
        for atoms in (slice(0, 3), slice(3, 6)):
            found, jacobian = internal_coordinates(positions[atoms])
            pull = self.stiffness @ (found - self.rest)
            energy += float(pull @ (found - self.rest)) / 2
            forces[atoms] -= np.tensordot(pull, jacobian, axes=1)
        return Point(energy, forces)

    def _between(self, positions: Array) -> tuple[float, Array]:
        apart = positions[:3, None] - positions[None, 3:]
        distance = np.sqrt((apart * apart).sum(axis=-1))
        pairs = COULOMB * np.outer(CHARGES, CHARGES) / distance
        slope = -pairs / distance
        energy = float(pairs.sum())
        oxygens = float(distance[0, 0])
        attraction = (SIGMA / oxygens) ** 6
        beyond = max(oxygens - self.wall, 0.0)
        energy += 4 * EPSILON * (attraction**2 - attraction) + self.spring * beyond**2 / 2
        slope[0, 0] += 24 * EPSILON * (attraction - 2 * attraction**2) / oxygens + self.spring * beyond
        pulls = (slope / distance)[..., None] * apart
        return energy, np.concatenate([-pulls.sum(axis=1), pulls.sum(axis=0)])


def internal_coordinates(molecule: Array) -> tuple[Array, Array]:
    """Both bond lengths and the angle of a water molecule, with their derivatives.

    Args:
        molecule: positions ``(3, 3)`` of O, H and H, in angstrom.

    Returns:
        The coordinates ``(3,)`` in angstrom, angstrom and radian, and their derivatives ``(3, 3, 3)`` by coordinate,
        atom and direction.

    References:
        Wilson, Decius and Cross, Molecular Vibrations (1955), Sec. 4-1.
    """
    bonds = molecule[1:] - molecule[0]
    lengths = np.sqrt((bonds * bonds).sum(axis=1))
    first, second = bonds / lengths[:, None]
    cosine = float(first @ second)
    sine = np.sqrt(1 - cosine**2)
    turn_first = (cosine * first - second) / (lengths[0] * sine)
    turn_second = (cosine * second - first) / (lengths[1] * sine)
    jacobian = np.array(
        [
            [-first, first, np.zeros(3)],
            [-second, np.zeros(3), second],
            [-turn_first - turn_second, turn_first, turn_second],
        ]
    )
    return np.array([*lengths, np.arccos(cosine)]), jacobian
