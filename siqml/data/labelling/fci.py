r"""Exact labels of a diatomic molecule: full configuration interaction, forces from the curve itself.

The force is the five-point central difference of the exact curve,

.. math:: F(r) = -\frac{E(r-2h) - 8E(r-h) + 8E(r+h) - E(r+2h)}{12h} + O(h^4)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from siqml.errors import PYSCF_MISSING, LabelError
from siqml.molecule.units import HARTREE

STEP: Final = 0.002
"""h in angstrom. For LiH the truncation error, which falls as h^4, is then at most 2e-9 eV/angstrom (at 0.9
angstrom, the steepest point). Rounding (1.4e-13 eV per energy, over h) adds 1e-10. Both are below the 1e-8 that an
extxyz file keeps. A smaller h gains nothing; h = 0.005 already costs 5e-8."""

MAX_FORCE_ERROR: Final = 1e-7
"""Estimated error of a label's force in eV/angstrom. Beyond it, refused: the energy curve has a kink there; leave
that point out."""

MAX_SPIN_SQUARE: Final = 1e-8
"""Expectation value of S^2 of a singlet, which is 0; the nearest other state has 2, and at a large distance both have
almost the same energy. Beyond it, refused: another state was found; leave that point out."""


@dataclass(frozen=True)
class Label:
    """One point of the curve.

    Attributes:
        distance: r in angstrom.
        energy: total energy in eV.
        force: -dE/dr in eV/angstrom, positive where the atoms repel.
        force_error: estimated error of the force, from the stencil of twice the step, in eV/angstrom.
    """

    distance: float
    energy: float
    force: float
    force_error: float


def five_point_slope(curve: Callable[[float], float], at: float, step: float) -> float:
    """Derivative of ``curve`` by the five-point central stencil, exact for polynomials up to degree four.

    Args:
        curve: a smooth function of one number.
        at: the point at which the slope is taken.
        step: h, in the unit of ``at``.

    Returns:
        The slope; its error is h^4 times the fifth derivative over 30.

    References:
        Fornberg, Math. Comp. 51, 699 (1988), DOI 10.1090/S0025-5718-1988-0935077-0, Table 1.

    >>> round(five_point_slope(lambda r: r**4, 1.0, 0.1), 12)
    4.0
    """
    far = curve(at - 2 * step) - curve(at + 2 * step)
    near = curve(at + step) - curve(at - step)
    return (far + 8 * near) / (12 * step)


def label(curve: Callable[[float], float], distance: float, step: float = STEP) -> Label:
    """Energy and force at one distance, with an error estimate that is measured, not assumed.

    Args:
        curve: total energy in eV as a function of the distance in angstrom.
        distance: r in angstrom.
        step: h in angstrom.

    Returns:
        The label. Halving h divides the truncation error by 16, hence the estimate |F(2h) - F(h)| / 15.

    Raises:
        LabelError: the estimate exceeds `MAX_FORCE_ERROR`.

    >>> round(label(lambda r: r**2, 1.0).force, 9)
    -2.0
    """
    fine = -five_point_slope(curve, distance, step)
    coarse = -five_point_slope(curve, distance, 2 * step)
    error = abs(fine - coarse) / 15
    if error > MAX_FORCE_ERROR:
        raise LabelError(
            f"the force at r = {distance:g} angstrom is uncertain by {error:.1e} eV/angstrom, "
            f"allowed {MAX_FORCE_ERROR:.0e}: the curve is not smooth there"
        )
    return Label(distance, curve(distance), fine, error)


def fci_energy(distance: float, elements: tuple[str, str], basis: str) -> float:
    """Total energy of the singlet ground state of a diatomic molecule, exact in its basis.

    Args:
        distance: r in angstrom; the molecule lies along z, centred.
        elements: the two chemical symbols.
        basis: name of the basis set, as PySCF knows it.

    Returns:
        Energy in eV.

    Raises:
        LabelError: PySCF is not installed, or the state found is not a singlet.

    References:
        Knowles and Handy, Chem. Phys. Lett. 111, 315 (1984), DOI 10.1016/0009-2614(84)85513-X.
    """
    try:
        from pyscf import fci, gto, scf
    except ImportError as missing:
        raise LabelError(PYSCF_MISSING) from missing
    first, second = elements
    atoms = [(first, (0.0, 0.0, -distance / 2)), (second, (0.0, 0.0, distance / 2))]
    molecule = gto.M(atom=atoms, basis=basis, unit="Angstrom", verbose=0)
    orbitals = scf.RHF(molecule)
    orbitals.kernel()  # any orthonormal orbitals give the same FCI energy, so convergence is not needed here
    solver = fci.FCI(orbitals)
    solver.conv_tol = 1e-13  # unused below 400 determinants (LiH has 225): PySCF diagonalises densely
    energy, state = solver.kernel()
    spin_square, _ = fci.spin_op.spin_square0(state, orbitals.mo_coeff.shape[1], molecule.nelec)
    if spin_square > MAX_SPIN_SQUARE:
        raise LabelError(
            f"the state at r = {distance:g} angstrom is not a singlet: <S^2> = {spin_square:.2g}"
        )
    return float(energy) * HARTREE
