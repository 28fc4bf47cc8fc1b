"""An ASE calculator around any function that labels a geometry."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from ase.calculators.calculator import Calculator, all_changes

from siqml.data.labelling.functional import Point
from siqml.molecule.structures import Array


class PointCalculator(Calculator):  # type: ignore[misc]  # ASE has no annotations
    """Hand the energies and forces of ``point`` to ASE, for molecular dynamics and optimisation.

    Args:
        point: function from positions ``(n_atoms, 3)`` in angstrom to the labelled point.
    """

    implemented_properties: ClassVar[list[str]] = ["energy", "forces"]

    def __init__(self, point: Callable[[Array], Point]) -> None:
        super().__init__()
        self._point = point

    def calculate(
        self,
        atoms: Any = None,
        properties: Sequence[str] = ("energy",),
        system_changes: Sequence[str] = tuple(all_changes),
    ) -> None:
        """Energy and forces of ``atoms``, both at once, whatever ``properties`` asks for."""
        super().calculate(atoms, properties, system_changes)
        found = self._point(atoms.get_positions())
        self.results = {"energy": found.energy, "forces": found.forces.copy()}
