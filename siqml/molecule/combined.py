"""The map from atoms to what one term of a model takes: some sites of a frame, or combinations of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq


@dataclass(frozen=True, eq=False)
class CombinedSites:
    """Linear combinations of the sites of a frame.

    Attributes:
        frame: atoms to the sites of the model.
        matrix: M, ``(sites of the term, sites of the model)``.
    """

    frame: AnyFrame
    matrix: Array

    def sites_of(self, positions: Array) -> Array:
        """Sites ``(n, sites of the term, 3)`` of atoms at ``(n, n_atoms, 3)``."""
        return np.asarray(self.matrix @ self.frame.sites_of(positions))

    def jacobian(self, positions: Array) -> Array:
        """Derivatives ``(3 sites, 3 n_atoms)`` of the sites by positions ``(n_atoms, 3)`` of one structure."""
        return np.asarray(np.kron(self.matrix, np.eye(3)) @ self.frame.jacobian(positions))


def plain_sites(term: "eq.Term") -> list[int] | None:
    """The sites of the model that a term is on, if it is on sites alone; ``None`` where it takes combinations."""
    sites = range(term.program.spec.num_sites) if term.sites is None else term.sites
    numbers = [site for site in sites if isinstance(site, int)]
    return numbers if len(numbers) == len(sites) else None


def frame_of_term(frame: AnyFrame, model: "eq.ProgramSum", term: "eq.Term") -> "AnyFrame | CombinedSites":
    """The map from atoms to the sites of one term."""
    plain = plain_sites(term)
    if plain is None:
        return CombinedSites(frame, model.matrix_of(term))
    return frame if term.sites is None else frame.of_sites(plain)
