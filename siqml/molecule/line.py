r"""Structures that differ by one movement only, and the force along it.

A cut through an energy surface, :math:`x(s) = x_0 + s\,t` with a unit vector t in the space of all coordinates, says
nothing about energies off the cut. The only force that a model of its energies can be asked for is the one along it,

.. math:: F_s = -\frac{dE}{ds} = \sum_a F_a \cdot t_a ,

where t moves one atom by one angstrom per angstrom of s, or several atoms at once.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from siqml.molecule.structures import Array, Structures

TOLERANCE: Final = 1e-6
"""How far off the line a structure may be, in angstrom; files keep eight digits."""


@dataclass(frozen=True, eq=False)
class Line:
    """A straight path through the space of all coordinates.

    Attributes:
        origin: one structure on the path, ``(n_atoms, 3)`` in angstrom.
        direction: vector ``(n_atoms, 3)`` of length 1 in the space of all coordinates.
    """

    origin: Array
    direction: Array

    @classmethod
    def through(cls, structures: Structures) -> "Line | None":
        """The line on which all structures lie, from the first to the one farthest from it; ``None`` if there is none.

        An oriented diatomic molecule always lies on one, along its bond: `radial` serves it, and this is ``None``.
        """
        moved = structures.positions - structures.positions[:1]
        lengths = np.sqrt((moved**2).sum(axis=(1, 2)))
        if not len(lengths) or lengths.max() < TOLERANCE or len(structures.species) == 2:
            return None
        line = cls(structures.positions[0], moved[lengths.argmax()] / lengths.max())
        beside = structures.positions - line.at(line.places(structures.positions))
        return line if np.abs(beside).max() < TOLERANCE else None

    def places(self, positions: Array) -> Array:
        """s in angstrom, ``(n,)``, of positions ``(n, n_atoms, 3)``."""
        return np.asarray(((positions - self.origin) * self.direction).sum(axis=(1, 2)))

    def at(self, places: Array) -> Array:
        """Positions ``(n, n_atoms, 3)`` at s, ``(n,)`` in angstrom."""
        return np.asarray(self.origin + places[:, None, None] * self.direction)

    def component(self, forces: Any) -> Any:
        """F_s, ``(n,)`` in eV/angstrom, of forces ``(n, n_atoms, 3)``, which may be traced arrays."""
        return (forces * self.direction).sum(axis=(1, 2))
