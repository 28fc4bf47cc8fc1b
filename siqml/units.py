"""The one place for units: everything inside siqml is eV, angstrom and eV/angstrom."""

from typing import Final

HARTREE: Final = 27.211386024367243
"""One hartree in eV: CODATA 2014, the set ``ase.units`` is built on, so that both agree to the last bit."""

MILLI: Final = 1e-3
"""One meV in eV."""
