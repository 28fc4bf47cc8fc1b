"""A stationary point of an energy surface, and the curvature there."""

from collections.abc import Callable
from typing import Final

import numpy as np

from siqml.data.labelling.functional import Point
from siqml.errors import LabelError
from siqml.molecule.structures import Array

LARGEST_FORCE: Final = 1e-3
"""Largest force at a stationary point, in eV/angstrom: over a soft stiffness of 1 eV/angstrom^2, 0.001 angstrom."""

MAX_STEPS: Final = 300
"""Steps of the optimisation of a geometry; a water dimer needs about 50. Beyond it, refused: begin nearer to a
minimum."""

DISPLACEMENT: Final = 0.01
"""Step for central differences of forces, in angstrom: the error, third order in it, is near 0.1 % for an O-H bond."""


def relax(point: Callable[[Array], Point], species: tuple[str, ...], start: Array) -> Array:
    """Follow the forces downhill, by ASE's BFGS.

    Args:
        point: function that labels a geometry.
        species: chemical symbols.
        start: positions ``(n_atoms, 3)`` in angstrom.

    Returns:
        Positions ``(n_atoms, 3)`` in angstrom, at which no force is larger than `LARGEST_FORCE`. A symmetry of the
        start is kept, so this may be a saddle point.

    Raises:
        LabelError: no such point is reached within `MAX_STEPS`.
    """
    from ase import Atoms
    from ase.optimize import BFGS

    from siqml.data.labelling.dft_calculator import PointCalculator

    atoms = Atoms(species, positions=start)
    atoms.calc = PointCalculator(point)
    if not BFGS(atoms, logfile=None).run(fmax=LARGEST_FORCE, steps=MAX_STEPS):
        raise LabelError(
            f"no stationary point within {MAX_STEPS} steps of the optimisation; give a better start"
        )
    return np.asarray(atoms.get_positions())


def hessian(point: Callable[[Array], Point], at: Array) -> Array:
    r"""Second derivatives by central differences of forces, made symmetric.

    .. math:: H_{ij} = -\frac{F_j(x + h e_i) - F_j(x - h e_i)}{2h}

    Args:
        point: function that labels a geometry.
        at: positions ``(n_atoms, 3)`` in angstrom.

    Returns:
        ``(3 n_atoms, 3 n_atoms)`` in eV/angstrom^2.

    >>> spring = lambda x: Point(float((x**2).sum()), -2 * x)
    >>> hessian(spring, np.zeros((1, 3))).round(9).tolist()
    [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 2.0]]
    """
    rows = []
    for direction in np.eye(at.size):
        step = DISPLACEMENT * direction.reshape(at.shape)
        rows.append((point(at - step).forces - point(at + step).forces).ravel() / (2 * DISPLACEMENT))
    curvature = np.array(rows)
    return np.asarray((curvature + curvature.T) / 2 + 0.0)
