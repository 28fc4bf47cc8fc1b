"""A thin ASE calculator: the model behind ASE's interface, nothing more."""

import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal, get_args

import numpy as np
from ase.calculators.calculator import Calculator, PropertyNotImplementedError, all_changes

from siqml.errors import ModelError
from siqml.field.ensemble import AnyField, Ensemble, SingleField, load_field
from siqml.molecule.structures import Array, composition, match_atoms

OnOutside = Literal["warn", "stop", "ignore"]
"""What a calculator does with a structure outside the domain of the training set."""


class OutsideWarning(UserWarning):
    """A structure lies outside the domain of the training set of a model."""


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

    Where the model file holds the domain of the training set, ``results`` has the distance of the structure from it as
    ``domain_distance``, see `siqml.field.domain`. Above 1 the structure lies outside.

    It can be copied and pickled. A copy shares the model, which never changes. A pickle holds the text of the spec and
    numbers; the model is compiled and certified again where the pickle is read.

    Args:
        force_field: the trained model, or an ensemble.
        domain: what to do outside: ``"warn"``, once for each calculator, ``"stop"``, with a `ModelError`, or
            ``"ignore"``. Without a known domain nothing is ever outside, and ``"stop"`` is refused.

    Raises:
        ModelError: ``force_field`` or ``domain`` is something else, or there is no domain to stop at.
    """

    implemented_properties: ClassVar[list[str]] = ["energy", "free_energy", "forces"]

    def __init__(self, force_field: AnyField, domain: OnOutside = "warn") -> None:
        if not isinstance(force_field, SingleField | Ensemble):
            raise ModelError(
                f"a trained model is needed, such as SiqmlCalculator.load gives; found a {type(force_field).__name__}"
            )
        if domain not in get_args(OnOutside):
            raise ModelError(f'domain: found "{domain}"; known: {", ".join(get_args(OnOutside))}')
        if domain == "stop" and force_field.domain is None:
            raise ModelError(
                "domain: there is none to stop at, the model file does not hold it; train the model again, or take "
                '"ignore"'
            )
        super().__init__()
        self.force_field = force_field
        self._on_outside = domain
        self._warned = False

    @classmethod
    def load(cls, path: str | Path, domain: OnOutside = "warn") -> "SiqmlCalculator":
        """Calculator of a model file or run folder, or of a folder of runs; see `siqml.field.ensemble.load_field`.

        Args:
            path: the file or folder.
            domain: as for the class.

        Raises:
            ModelError: ``path`` is not a file name; see also `siqml.field.ensemble.load_field`.
        """
        if not isinstance(path, str | os.PathLike):
            raise ModelError(
                f"the name of a model file or run folder is needed; found a {type(path).__name__}"
            )
        return cls(load_field([Path(path)]), domain)

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
            ModelError: the atoms are not those of the model, or there is a periodic cell; or the structure lies outside
                the domain, and this is to stop there.
        """
        super().calculate(atoms, properties, system_changes)
        symbols, needed = self.atoms.get_chemical_symbols(), self.force_field.species
        order = match_atoms(symbols, needed)
        if order is None:
            raise ModelError(f"these atoms are {composition(symbols)}; the model is of {composition(needed)}")
        if self.atoms.pbc.any():
            raise ModelError("these atoms are periodic; the model is of one molecule: set atoms.pbc = False")
        positions = self.atoms.positions[order][None]
        distance = self._refused_outside(positions)
        if isinstance(self.force_field, Ensemble):
            found = self.force_field.predictions(positions)
            self.results = _results(found.mean, order) | _results(found.std, order, "_std")
        else:
            self.results = _results(self.force_field.predict(positions), order)
        self.results |= {"free_energy": self.results["energy"], **distance}

    def _refused_outside(self, positions: Array) -> dict[str, float]:
        """The distance from the domain, if it is known, after a warning or an error where it is too large."""
        known = self.force_field.domain
        if known is None or self._on_outside == "ignore" or not np.isfinite(positions).all():
            return {}
        distance = float(known.distance(positions)[0])
        line = (
            f"this structure lies outside the domain of the training set, at {distance:.2f} times its reach"
        )
        if distance > 1 and self._on_outside == "stop":
            raise ModelError(f'{line}; take domain="warn" to go on')
        if distance > 1 and not self._warned:
            self._warned = True
            warnings.warn(f"{line}; the model extrapolates", OutsideWarning, stacklevel=2)
        return {"domain_distance": distance}

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
