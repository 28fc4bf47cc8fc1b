"""A thin ASE calculator: the model behind ASE's interface, nothing more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from ase.calculators.calculator import Calculator, all_changes

from siqml.errors import ModelError
from siqml.model import ForceField
from siqml.model_file import load_model
from siqml.structures import composition, match_atoms


class SiqmlCalculator(Calculator):  # type: ignore[misc]  # ASE has no types
    """Energies in eV and forces in eV/angstrom for one molecule.

    Atoms may come in any order; equal atoms are taken in the order in which they are listed.

    Args:
        force_field: the trained model.
    """

    implemented_properties: ClassVar[list[str]] = ["energy", "forces"]

    def __init__(self, force_field: ForceField) -> None:
        super().__init__()
        self.force_field = force_field

    @classmethod
    def load(cls, path: str | Path) -> "SiqmlCalculator":
        """Calculator of a model file or run folder; see `siqml.model_file.load_model`."""
        return cls(load_model(Path(path)))

    def calculate(
        self,
        atoms: Any = None,
        properties: Sequence[str] = ("energy",),
        system_changes: Sequence[str] = tuple(all_changes),
    ) -> None:
        """Called by ASE. Energy and forces come together: one backward pass gives both.

        Raises:
            ModelError: other atoms than the model's, or a periodic cell.
        """
        super().calculate(atoms, properties, system_changes)
        symbols, needed = self.atoms.get_chemical_symbols(), self.force_field.frame.species
        order = match_atoms(symbols, needed)
        if order is None:
            raise ModelError(f"these atoms are {composition(symbols)}; the model is of {composition(needed)}")
        if self.atoms.pbc.any():
            raise ModelError("these atoms are periodic; the model is of one molecule: set atoms.pbc = False")
        energies, forces = self.force_field.predict(self.atoms.positions[order][None])
        in_file_order = np.empty_like(forces[0])
        in_file_order[order] = forces[0]
        self.results = {"energy": float(energies[0]), "forces": in_file_order}
