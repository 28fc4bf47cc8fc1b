"""What ``siqml init`` decides: sites, qubits, symmetry and depth of a model for given structures."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from siqml.design.graph import MolecularGraph, cycles
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures, composition

ANGLE: Final = 0.75
"""Angle alpha |x| in radians at which uploads of the mean displacement begin. On water, half and twice as much end at
errors that are several times larger."""


@dataclass(frozen=True)
class Choice:
    """How often each site is uploaded, and how many spins carry none.

    Attributes:
        copies: qubits of each site.
        spectators: spins without a site, which turn with the molecule and stand where the origin is.
    """

    copies: int
    spectators: int

    def spins(self, num_sites: int) -> int:
        """The number of spins."""
        return self.copies * num_sites + self.spectators


@dataclass(frozen=True, eq=False)
class Design:
    """A model for one kind of molecule.

    Attributes:
        structures: the training set.
        graph: its bonds.
        choice: qubits.
        depth: layers.
        scales: start of the scale of each kind of site, in 1/angstrom, by name.
        refused: choices that were looked at before, each with what speaks against it.
    """

    structures: Structures
    graph: MolecularGraph
    choice: Choice
    depth: int
    refused: tuple[tuple[Choice, str], ...] = ()

    @property
    def name(self) -> str:
        """The formula, in the order in which the elements first appear."""
        return composition(self.graph.species).replace(" ", "")

    @cached_property
    def atom_names(self) -> tuple[str, ...]:
        """Element and number of each atom, counted from 0 as everywhere."""
        return tuple(f"{symbol}{number}" for number, symbol in enumerate(self.graph.species))

    @cached_property
    def site_names(self) -> tuple[str, ...]:
        """Names of the sites: those of their atoms."""
        return tuple(self.atom_names[seen.atom] for seen in self.graph.seen)

    @property
    def num_spins(self) -> int:
        """Qubits that turn with the molecule."""
        return self.choice.spins(len(self.site_names))

    @property
    def has_parity(self) -> bool:
        """Whether mirror images differ, so that a qubit must tell them to be equal: with four atoms or more."""
        return len(self.graph.species) > 3

    @property
    def num_qubits(self) -> int:
        """Qubits of the circuit."""
        return self.num_spins + self.has_parity

    @cached_property
    def qubits(self) -> dict[str, list[int]]:
        """The qubits of each site."""
        count = len(self.site_names)
        return {
            name: [k + count * copy for copy in range(self.choice.copies)]
            for k, name in enumerate(self.site_names)
        }

    @cached_property
    def exchanges(self) -> tuple[str, ...]:
        """Generators of the exchanges of sites, in the notation of a spec."""
        return tuple(cycles(images, self.atom_names) for images in self.graph.exchanges)

    @cached_property
    def kinds(self) -> dict[str, list[str]]:
        """Sites that share a scale, by its name: those that can be exchanged."""
        found: dict[str, list[str]] = {}
        for seen, name in zip(self.graph.seen, self.site_names, strict=True):
            first = self.atom_names[min(self.graph.orbit(seen.atom))]
            found.setdefault(f"alpha_{first}", []).append(name)
        return found

    @cached_property
    def frame(self) -> Frame:
        """Atoms to sites."""
        return Frame.named(
            self.graph.species,
            {name: seen.atom for name, seen in zip(self.site_names, self.graph.seen, strict=True)},
            self.origin,
            self.site_names,
            self.origins,
        )

    @property
    def origin(self) -> tuple[int, ...]:
        """The origin of most sites."""
        origins = [seen.origin for seen in self.graph.seen]
        return max(origins, key=lambda origin: (origins.count(origin), -origins.index(origin)))

    @property
    def origins(self) -> dict[str, tuple[int, ...]]:
        """Origins of the other sites."""
        pairs = zip(self.site_names, self.graph.seen, strict=True)
        return {name: seen.origin for name, seen in pairs if seen.origin != self.origin}

    @cached_property
    def scales(self) -> dict[str, float]:
        """Where the scales begin: `ANGLE` over the mean length of the displacements, with two digits."""
        lengths = np.linalg.norm(self.frame.sites_of(self.structures.positions), axis=2).mean(axis=0)
        return {
            name: float(f"{ANGLE / lengths[[self.site_names.index(site) for site in sites]].mean():.2g}")
            for name, sites in self.kinds.items()
        }
