"""How well a regenerated label must agree with the shipped one."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Tolerance:
    """How much a recomputed label may differ, in eV and eV/angstrom."""

    energy: float
    force: float


FCI: Final = Tolerance(1e-7, 5e-8)
"""Another PySCF or LAPACK moves an FCI energy by some 1e-11 eV; other CODATA constants move it by 1e-6 eV, which must
be noticed. For forces, the file rounds at 5e-9, and energies rounded at 1e-11 eV add as much over a step of 0.002."""

DFT: Final = Tolerance(1e-6, 1e-5)
"""Converged orbitals leave 1e-11 eV and 2e-7 eV/angstrom; another library of functionals, some 1e-8 eV. Another
integration grid moves an energy by 1e-5 eV, which must be noticed."""


MIN_GAP: Final = 1e-3
"""Distance in angstrom between a test point and the nearest training point; a nearer one would test memory, not
interpolation. Below it, weaker: the test point is drawn again."""

FILE_DECIMALS: Final = 8
"""Decimals of a coordinate that extxyz keeps. Geometries are rounded first, so that labels belong to what is read."""


def representable_length(distance: float) -> float:
    """The nearest distance whose half, a coordinate, has `FILE_DECIMALS` decimals."""
    return 2 * round(float(distance) / 2, FILE_DECIMALS)
