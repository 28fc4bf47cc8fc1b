"""From atoms to sites: where the origin is, and how forces find their way back.

Sites are positions relative to the mean of the origin atoms,

.. math:: x_s = r_{a(s)} - \\frac{1}{|O|} \\sum_{o \\in O} r_o ,

so energies do not change under translation. This is a linear map A whose rows sum to zero. Forces go
back by its transpose, F = -A^T dE/dx, hence they sum to zero: Newton's third law holds for all parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from siqml.errors import ModelError
from siqml.structures import Array


@dataclass(frozen=True)
class Frame:
    """The linear map from atoms to sites.

    Attributes:
        species: chemical symbols of the atoms, in the order of the model.
        sites: the atom at each site, as an index into ``species``, in the order of the spec's sites.
        origin: the atoms whose mean position is the origin.
    """

    species: tuple[str, ...]
    sites: tuple[int, ...]
    origin: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.species or not self.origin:
            raise ModelError("a frame needs at least one atom and one origin atom")
        for index in (*self.sites, *self.origin):
            if not 0 <= index < len(self.species):
                raise ModelError(
                    f"atom {index} does not exist: atoms are numbered 0 to {len(self.species) - 1} "
                    f"({' '.join(self.species)})"
                )
        if len(set(self.origin)) < len(self.origin):
            raise ModelError("an origin atom is listed twice")

    @classmethod
    def named(
        cls, atoms: Sequence[str], sites: Mapping[str, int], origin: Sequence[int], order: Sequence[str]
    ) -> "Frame":
        """Frame from named sites.

        Args:
            atoms: chemical symbols.
            sites: atom of each site, by name of the site.
            origin: the origin atoms.
            order: names of the sites as the spec orders them.

        Returns:
            The frame.

        Raises:
            ModelError: sites of the spec and of the frame differ, or an atom does not exist.

        >>> Frame.named(["O", "H", "H"], {"H1": 1, "H2": 2}, [0], order=["H1", "H2"]).sites
        (1, 2)
        """
        if set(sites) != set(order):
            raise ModelError(
                f"the frame places the sites {', '.join(sites) or 'none'}; the spec has {', '.join(order)}"
            )
        return cls(tuple(atoms), tuple(sites[name] for name in order), tuple(origin))

    @property
    def matrix(self) -> Array:
        """A, ``(num_sites, n_atoms)``: sites = A @ positions.

        >>> Frame(("Li", "H"), (0, 1), (0, 1)).matrix
        array([[ 0.5, -0.5],
               [-0.5,  0.5]])
        """
        matrix = np.zeros((len(self.sites), len(self.species)))
        matrix[:, list(self.origin)] = -1 / len(self.origin)
        matrix[np.arange(len(self.sites)), list(self.sites)] += 1
        return matrix

    def to_sites(self, positions: Any) -> Any:
        """Sites ``(n, num_sites, 3)`` of positions ``(n, n_atoms, 3)`` in angstrom, differentiable."""
        import jax.numpy as jnp

        return jnp.einsum("sa,nac->nsc", jnp.asarray(self.matrix), positions)

    def sites_of(self, positions: Array) -> Array:
        """Sites ``(n, num_sites, 3)`` of atoms at ``(n, n_atoms, 3)``."""
        return np.asarray(np.einsum("sa,nac->nsc", self.matrix, positions))

    def jacobian(self, positions: Array) -> Array:
        """Derivatives ``(3 num_sites, 3 n_atoms)`` of the sites by the positions ``(n_atoms, 3)``: A on each axis."""
        return np.kron(self.matrix, np.eye(3)).astype(np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, for a model file."""
        return {"species": list(self.species), "sites": list(self.sites), "origin": list(self.origin)}
