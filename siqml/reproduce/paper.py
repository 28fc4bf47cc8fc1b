"""What the paper prints, for comparison with what we reach.

Le, Kiss, Schuhmacher, Tacchino, Tavernelli, "Symmetry-invariant quantum machine learning force fields",
arXiv 2311.11362 (2023).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PrintedRow:
    """One row of a table of the paper, with errors on its test set.

    Attributes:
        source: where it is printed.
        model: what the paper calls the model.
        parameters: number of trainable parameters.
        energy_mse: MSE(E) in eV^2.
        force_mse: MSE(F) in eV^2/angstrom^2.
        train: both on the training set, where they are printed.
    """

    source: str
    model: str
    parameters: int
    energy_mse: float
    force_mse: float
    train: tuple[float, float] | None = None


LIH_GENERIC: Final = PrintedRow("Table I", "generic VQLM, relevant part", 94, 1.20e-6, 1.23e-3)
LIH_GENERIC_FULL: Final = PrintedRow("Table I", "generic VQLM, full test set", 94, 2.48e-2, 24.91)
LIH_INVARIANT: Final = PrintedRow("Table I", "siVQLM", 67, 1.89e-6, 3.14e-4)

WATER_GENERIC: Final = PrintedRow("Table II", "generic VQLM", 80, 3.84e-6, 5.55e-3, (1.69e-6, 3.29e-3))
WATER_PLAIN: Final = PrintedRow(
    "Table II", "siVQLM without symmetry breaking", 67, 3.40e-6, 1.53e-3, (2.19e-6, 1.36e-3)
)
WATER_BREAKING: Final = PrintedRow(
    "Table II", "siVQLM with symmetry breaking", 78, 4.54e-7, 2.39e-4, (4.59e-7, 2.10e-4)
)
"""Table II: one water molecule, energy loss."""

DIMER: Final = PrintedRow("Table III", "siVQLM", 122, 7.45e-9, 3.28e-3, (7.26e-9, 3.28e-3))
"""Table III: two water molecules, energy loss."""

CUT_ENERGY: Final = PrintedRow("Table IV", "siVQLM, energy loss", 122, 1.04e-6, 3.79e-3)
CUT_FORCES: Final = PrintedRow("Table IV", "siVQLM, energy and force loss", 122, 3.19e-7, 4.58e-4)
"""Table IV: two water molecules, of which one hydrogen moves in one direction."""
