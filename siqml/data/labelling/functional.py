"""Energy and forces of one geometry from density functional theory, through PySCF."""

from dataclasses import dataclass

import numpy as np

from siqml.errors import PYSCF_MISSING, LabelError
from siqml.molecule.structures import Array
from siqml.molecule.units import HARTREE


@dataclass(frozen=True)
class Functional:
    """A closed-shell Kohn-Sham calculation, down to what decides the sixth digit.

    Attributes:
        xc: exchange-correlation functional, as PySCF knows it.
        basis: name of the basis set.
        radial: radial shells of the integration grid on every atom.
        angular: Lebedev points of a full shell. They are fixed in space, so a molecule that turns changes its
            energy: for water by 1e-5 eV with 302 points, and by 3e-6 eV with 434.
        energy_tolerance: largest change of the energy between two cycles, in hartree.
        gradient_tolerance: largest orbital gradient; 1e-6 makes forces exact to some 1e-7 eV/angstrom.
        charge: of the whole molecule, in elementary charges; the number of electrons must stay even.
    """

    xc: str
    basis: str
    radial: int
    angular: int
    energy_tolerance: float = 1e-10
    gradient_tolerance: float = 1e-6
    charge: int = 0

    def describe(self) -> str:
        """One line for a provenance file."""
        return (
            f"Kohn-Sham density functional theory, closed shell, {self.xc.upper()}; grid of {self.radial} radial "
            f"x {self.angular} angular points on every atom, pruned; converged to {self.energy_tolerance:.0e} "
            f"hartree and an orbital gradient of {self.gradient_tolerance:.0e}"
            + (f"; charge {self.charge:+d}" if self.charge else "")
        )


@dataclass(frozen=True, eq=False)
class Point:
    """A labelled geometry: energy in eV, forces ``(n_atoms, 3)`` in eV/angstrom."""

    energy: float
    forces: Array


def dft_point(functional: Functional, species: tuple[str, ...], positions: Array) -> Point:
    """Energy of the ground state and its exact gradient, including the weights of the grid.

    Every calculation starts from the same superposition of atoms. So a label depends on its geometry alone, and not
    on what was computed before it.

    Args:
        functional: the method.
        species: chemical symbols.
        positions: ``(n_atoms, 3)`` in angstrom.

    Returns:
        The point. Its forces add up to zero.

    Raises:
        LabelError: PySCF is not installed, or the orbitals do not converge.

    References:
        Johnson, Gill and Pople, J. Chem. Phys. 98, 5612 (1993), DOI 10.1063/1.464906: gradient with the
        response of the grid.
    """
    try:
        from pyscf import dft, gto
        from pyscf.lib import param
    except ImportError as missing:
        raise LabelError(PYSCF_MISSING) from missing
    atoms = list(zip(species, positions.tolist(), strict=True))
    molecule = gto.M(atom=atoms, basis=functional.basis, unit="Angstrom", charge=functional.charge, verbose=0)
    orbitals = dft.RKS(molecule)
    orbitals.xc = functional.xc
    orbitals.grids.atom_grid = (functional.radial, functional.angular)
    orbitals.conv_tol = functional.energy_tolerance
    orbitals.conv_tol_grad = functional.gradient_tolerance
    energy = orbitals.kernel()
    if not orbitals.converged:
        raise LabelError(f"the orbitals do not converge at positions {positions.round(3).tolist()}")
    gradient = orbitals.nuc_grad_method()
    gradient.grid_response = True
    slope = np.asarray(gradient.kernel())
    # PySCF reads angstrom with its own value of the bohr, so the same value takes the gradient back
    return Point(float(energy) * HARTREE, -slope * (HARTREE / param.BOHR))
