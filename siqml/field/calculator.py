"""A thin ASE calculator: the model behind ASE's interface, nothing more."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

import numpy as np
from ase.calculators.calculator import Calculator, PropertyNotImplementedError, all_changes

from siqml.errors import ModelError
from siqml.field.ensemble import AnyField, Ensemble, SingleField, load_field
from siqml.molecule.structures import Array, composition, match_atoms

MISSING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "energies": "the model gives one energy for the molecule, and no share of it to an atom; ask for energy",
        "stress": "the model is of one free molecule, which has no cell to strain; ask for energy or forces",
        "stresses": "the model is of one free molecule, which has no cell to strain; ask for energy or forces",
    }
)
"""Why the model has no such property."""


class PropertyError(ModelError, PropertyNotImplementedError):  # type: ignore[misc]  # ASE has no types
    """A property that the model does not have; ASE's own tools know what to do then."""


class SiqmlCalculator(Calculator):  # type: ignore[misc]  # ASE has no types
    """Energies in eV and forces in eV/angstrom for one molecule.

    Atoms may come in any order; equal atoms are taken in the order in which they are listed. For an ensemble, energies
    and forces are the means, and ``results`` also holds the standard deviations between its members: ``energy_std`` in
    eV and ``forces_std``, ``(n_atoms, 3)`` in eV/angstrom. ``free_energy`` is the energy: there are no electrons at a
    temperature whose entropy could count. Other properties raise a `PropertyError` with the reason.

    It can be copied and pickled. A copy shares the model, which never changes. A pickle holds the text of the spec and
    numbers; the model is compiled and certified again where the pickle is read.

    Args:
        force_field: the trained model, or an ensemble.

    Raises:
        ModelError: ``force_field`` is something else.
    """

    implemented_properties: ClassVar[list[str]] = ["energy", "free_energy", "forces"]

    def __init__(self, force_field: AnyField) -> None:
        if not isinstance(force_field, SingleField | Ensemble):
            raise ModelError(
                f"a trained model is needed, such as SiqmlCalculator.load gives; found a {type(force_field).__name__}"
            )
        super().__init__()
        self.force_field = force_field

    @classmethod
    def load(cls, path: str | Path) -> "SiqmlCalculator":
        """Calculator of a model file or run folder, or of a folder of runs; see `siqml.field.ensemble.load_field`.

        Raises:
            ModelError: ``path`` is not a file name; see also `siqml.field.ensemble.load_field`.
        """
        if not isinstance(path, str | os.PathLike):
            raise ModelError(
                f"the name of a model file or run folder is needed; found a {type(path).__name__}"
            )
        return cls(load_field([Path(path)]))

    def get_property(self, name: str, atoms: Any = None, allow_calculation: bool = True) -> Any:
        """Called by ASE for one property.

        Raises:
            PropertyError: the model does not have it.
            ModelError: see `calculate`.
        """
        if name not in self.implemented_properties:
            reason = MISSING.get(
                name, f"not a property of the model; it has {', '.join(self.implemented_properties)}"
            )
            raise PropertyError(f"{name}: {reason}")
        return super().get_property(name, atoms, allow_calculation)

    def calculate(
        self,
        atoms: Any = None,
        properties: Sequence[str] = ("energy",),
        system_changes: Sequence[str] = tuple(all_changes),
    ) -> None:
        """Called by ASE. Energy and forces come together: one backward pass gives both.

        Raises:
            ModelError: the atoms are not those of the model, or there is a periodic cell.
        """
        super().calculate(atoms, properties, system_changes)
        symbols, needed = self.atoms.get_chemical_symbols(), self.force_field.species
        order = match_atoms(symbols, needed)
        if order is None:
            raise ModelError(f"these atoms are {composition(symbols)}; the model is of {composition(needed)}")
        if self.atoms.pbc.any():
            raise ModelError("these atoms are periodic; the model is of one molecule: set atoms.pbc = False")
        positions = self.atoms.positions[order][None]
        if isinstance(self.force_field, Ensemble):
            found = self.force_field.predictions(positions)
            self.results = _results(found.mean, order) | _results(found.std, order, "_std")
        else:
            self.results = _results(self.force_field.predict(positions), order)
        self.results["free_energy"] = self.results["energy"]

    def export_properties(self) -> Any:
        """The results that ASE knows; it refuses names that are not its own."""
        from ase.outputs import Properties, all_outputs

        return Properties({name: value for name, value in self.results.items() if name in all_outputs})


def _results(found: tuple[Array, Array], order: list[int], suffix: str = "") -> dict[str, Any]:
    """Energy and forces of one structure, with its atoms in the order of the file."""
    energies, forces = found
    in_file_order = np.empty_like(forces[0])
    in_file_order[order] = forces[0]
    return {f"energy{suffix}": float(energies[0]), f"forces{suffix}": in_file_order}
