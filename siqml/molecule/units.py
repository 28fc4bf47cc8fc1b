"""The one place for units: everything inside siqml is eV, angstrom and eV/angstrom."""

from typing import Final

HARTREE: Final = 27.211386024367243
"""One hartree in eV, from CODATA 2014: ``ase.units`` is built on the same set, so both agree to the last bit."""

MILLI: Final = 1e-3
"""One meV in eV."""

BOHR: Final = 0.5291772105638411
"""One bohr in angstrom, from the same set."""

BOLTZMANN: Final = 8.617330337217213e-05
"""One kelvin in eV, from the same set."""

KCAL_PER_MOL: Final = 0.04336410390059322
"""One kcal/mol in eV, from the same set."""

KJ_PER_MOL: Final = KCAL_PER_MOL / 4.184
"""One kJ/mol in eV."""
