"""What the paper prints, to stand beside what we reach.

Le, Kiss, Schuhmacher, Tacchino, Tavernelli, "Symmetry-invariant quantum machine learning force fields",
arXiv 2311.11362 (2023).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PrintedRow:
    """One row of a table of the paper, on its test set.

    Attributes:
        source: where it is printed.
        model: as the paper calls it.
        parameters: number of trainable parameters.
        energy_mse: in eV^2.
        force_mse: in eV^2/angstrom^2.
    """

    source: str
    model: str
    parameters: int
    energy_mse: float
    force_mse: float


LIH_GENERIC: Final = PrintedRow("Table I", "generic VQLM, relevant part", 94, 1.20e-6, 1.23e-3)
LIH_INVARIANT: Final = PrintedRow("Table I", "siVQLM", 67, 1.89e-6, 3.14e-4)
