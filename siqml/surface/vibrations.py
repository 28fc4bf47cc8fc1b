r"""Harmonic vibrations of a molecule on a model's energy surface.

The second derivatives are central differences of the exact forces, all in one call of the model,

.. math:: H_{ij} = -\frac{F_j(x + \delta e_i) - F_j(x - \delta e_i)}{2 \delta}.

Weighted by the masses and projected onto what neither moves nor turns the molecule, their eigenvalues are the squared
angular frequencies.

References:
    Wilson, Decius and Cross, Molecular Vibrations (1955), Ch. 2.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from siqml.errors import MdError
from siqml.field.ensemble import AnyField
from siqml.md.start import Start
from siqml.molecule.structures import Array, match_atoms

DISPLACEMENT: Final = 0.005
"""Displacement of an atom in angstrom. The error of the difference is its square times a fourth derivative, below 1/cm
for bonds; forces are exact to ten digits, so rounding stays far below."""

STATIONARY: Final = 0.05
"""Longest force on an atom, in eV/angstrom, at which a structure counts as stationary: five times the default of
``siqml optimise``. On a slope the frequencies depend on the coordinates."""

LINEAR: Final = 1e-4
"""Share of the largest singular value below which a rotation moves nothing: a molecule on a line has two rotations."""


@dataclass(frozen=True, eq=False)
class Vibrations:
    """Harmonic vibrations, from the lowest to the highest.

    Attributes:
        symbols: chemical symbols, in the order of the model.
        positions: ``(n_atoms, 3)`` in angstrom, about the centre of mass.
        masses: ``(n_atoms,)`` in unified atomic mass units.
        frequencies: ``(n_modes,)`` in 1/cm; an imaginary one is negative.
        modes: ``(n_modes, n_atoms, 3)``, displacements times the roots of the masses, orthonormal.
    """

    symbols: tuple[str, ...]
    positions: Array
    masses: Array
    frequencies: Array
    modes: Array

    @property
    def num_imaginary(self) -> int:
        """Number of directions in which the energy falls."""
        return int((self.frequencies < 0).sum())

    @property
    def is_linear(self) -> bool:
        """Whether the molecule lies on a line."""
        return len(self.frequencies) == 3 * len(self.symbols) - 5

    @property
    def zero_point_energy(self) -> float:
        r"""Energy of the vibrations at rest in eV, :math:`\frac12 \sum \hbar\omega` over those that are real."""
        from ase.units import invcm

        return float(self.frequencies[self.frequencies > 0].sum() * invcm / 2)


def vibrations(field: AnyField, start: Start, place: str) -> Vibrations:
    """The harmonic vibrations at a stationary point.

    Args:
        field: the model, or an ensemble, whose mean counts.
        start: the structure.
        place: its name in messages.

    Returns:
        The vibrations; 3 N - 6 of them, or 3 N - 5 if the molecule lies on a line.

    Raises:
        MdError: the structure is not a stationary point of the model.
    """
    from ase.data import atomic_masses, atomic_numbers

    order = match_atoms(start.symbols, field.species) or []
    positions = start.positions[order]
    forces = field.predict(positions[None])[1][0]
    longest = float(np.linalg.norm(forces, axis=1).max())
    if not longest <= STATIONARY:
        raise MdError(
            f"{place}: a force of {longest:.2e} eV/angstrom on an atom, so it is not stationary in this model, and "
            f"frequencies mean nothing; begin with: siqml optimise MODEL {place} -o minimum.extxyz"
        )
    masses = np.array([atomic_masses[atomic_numbers[symbol]] for symbol in field.species])
    positions = positions - masses @ positions / masses.sum()
    roots = np.repeat(np.sqrt(masses), 3)
    weighted = second_derivatives(field, positions) / np.outer(roots, roots)
    inner = internal_directions(positions, masses)
    squares, vectors = np.linalg.eigh(inner.T @ weighted @ inner)
    modes = (inner @ vectors).T.reshape(-1, len(masses), 3)
    return Vibrations(field.species, positions, masses, _wavenumbers(squares), modes)


def second_derivatives(field: AnyField, positions: Array) -> Array:
    """Second derivatives of the energy, ``(3 n_atoms, 3 n_atoms)`` in eV/angstrom^2, by differences of forces.

    Args:
        field: the model, or an ensemble.
        positions: ``(n_atoms, 3)`` in angstrom, in the order of the model.
    """
    shifts = DISPLACEMENT * np.eye(positions.size).reshape(-1, *positions.shape)
    forces = field.predict(np.concatenate([positions + shifts, positions - shifts]))[1].reshape(
        2, len(shifts), -1
    )
    found = (forces[1] - forces[0]) / (2 * DISPLACEMENT)
    return np.asarray((found + found.T) / 2)


def internal_directions(positions: Array, masses: Array) -> Array:
    """Mass-weighted directions that neither move nor turn a molecule.

    Args:
        positions: ``(n_atoms, 3)`` in angstrom, about the centre of mass.
        masses: ``(n_atoms,)``.

    Returns:
        ``(3 n_atoms, k)``, orthonormal columns; k is 3 N - 6, or 3 N - 5 for a molecule on a line.
    """
    roots = np.sqrt(masses)[:, None]
    scale = np.sqrt(
        (masses[:, None] * positions**2).sum() / masses.sum()
    )  # rotations as long as translations
    outer = [(roots * axis).ravel() for axis in np.eye(3)]
    outer += [(roots * np.cross(axis, positions) / scale).ravel() for axis in np.eye(3)]
    left, values, _ = np.linalg.svd(np.array(outer).T, full_matrices=True)
    return np.asarray(left[:, int((values > LINEAR * values[0]).sum()) :])


def _wavenumbers(squares: Array) -> Array:
    """Eigenvalues in eV/(angstrom^2 u) as frequencies in 1/cm, negative where the eigenvalue is."""
    from ase import units

    energy = units._hbar * 1e10 / np.sqrt(units._e * units._amu)  # of an angular frequency of one, in eV
    return np.asarray(np.sign(squares) * np.sqrt(np.abs(squares)) * energy / units.invcm)
