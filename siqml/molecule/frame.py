"""From atoms to sites: where the origin is, and how forces find their way back.

Sites are positions relative to the mean of origin atoms. These atoms are the same for all sites, or a site has its own:

.. math:: x_s = r_{a(s)} - \\frac{1}{|O_s|} \\sum_{o \\in O_s} r_o ,

so energies do not change under translation. This is a linear map A whose rows sum to zero. Forces go back by its
transpose, F = -A^T dE/dx. Hence they sum to zero: Newton's third law holds for all parameters.

Without origin, sites are the positions of atoms themselves. That is for models that are proven not to see shifts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from siqml.errors import ModelError
from siqml.molecule.structures import Array

NEEDS_ATOMS = "a frame needs at least one atom and one origin atom"


@dataclass(frozen=True)
class Frame:
    """The linear map from atoms to sites.

    Attributes:
        species: chemical symbols of the atoms, in the order of the model.
        sites: the atom at each site, as an index into ``species``, in the order of the spec's sites.
        origin: the atoms whose mean position is the origin; none if sites are positions themselves.
        own: sites with an origin of their own, each with the atoms of that origin.
    """

    species: tuple[str, ...]
    sites: tuple[int, ...]
    origin: tuple[int, ...]
    own: tuple[tuple[int, tuple[int, ...]], ...] = ()

    def __post_init__(self) -> None:
        for name in ("species", "sites", "origin"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "own", tuple((site, tuple(atoms)) for site, atoms in self.own))
        origins = [self.origin, *(atoms for _, atoms in self.own)]
        if not self.species or not all(atoms for _, atoms in self.own) or (self.own and not self.origin):
            raise ModelError(NEEDS_ATOMS)
        for index in (*self.sites, *chain.from_iterable(origins)):
            if not 0 <= index < len(self.species):
                raise ModelError(
                    f"atom {index} does not exist: atoms are numbered 0 to {len(self.species) - 1} "
                    f"({' '.join(self.species)})"
                )
        if any(len(set(atoms)) < len(atoms) for atoms in origins):
            raise ModelError("an origin atom is listed twice")
        for site, atoms in self.own:
            if not 0 <= site < len(self.sites):
                raise ModelError(
                    f"site {site} has an origin, and there are {len(self.sites)} sites, counted from 0"
                )
            if atoms == (self.sites[site],):
                raise ModelError(f"site {site} is its own origin, so it never moves; leave it out")

    @classmethod
    def named(
        cls,
        atoms: Sequence[str],
        sites: Mapping[str, int],
        origin: Sequence[int],
        order: Sequence[str],
        own: Mapping[str, Sequence[int]] | None = None,
    ) -> "Frame":
        """Frame from named sites.

        Args:
            atoms: chemical symbols.
            sites: atom of each site, by name of the site.
            origin: the origin atoms.
            order: names of the sites as the spec orders them.
            own: sites with an origin of their own, each with the atoms of that origin.

        Returns:
            The frame.

        Raises:
            ModelError: sites of the spec and of the frame differ, or an atom does not exist.

        >>> Frame.named(["O", "H", "H"], {"H1": 1, "H2": 2}, [0], order=["H1", "H2"]).sites
        (1, 2)
        """
        if not origin:
            raise ModelError(NEEDS_ATOMS)
        if set(sites) != set(order):
            raise ModelError(
                f"the frame places the sites {', '.join(sites) or 'none'}; the spec has {', '.join(order)}"
            )
        if unknown := sorted(set(own or {}) - set(order)):
            raise ModelError(f"an origin is given for {unknown[0]}; the sites are {', '.join(order)}")
        pairs = tuple((order.index(name), tuple(found)) for name, found in (own or {}).items())
        return cls(tuple(atoms), tuple(sites[name] for name in order), tuple(origin), tuple(sorted(pairs)))

    @property
    def num_sites(self) -> int:
        """Number of sites."""
        return len(self.sites)

    def of_sites(self, sites: Sequence[int] | None) -> "Frame":
        """The frame of some of the sites, in this order; ``None``: of all, the frame itself.

        >>> Frame(("O", "H", "H"), (0, 1, 2), (1, 2), ((2, (0,)),)).of_sites([2, 1])
        Frame(species=('O', 'H', 'H'), sites=(2, 1), origin=(1, 2), own=((0, (0,)),))
        """
        if sites is None:
            return self
        own = dict(self.own)
        kept = tuple((place, own[site]) for place, site in enumerate(sites) if site in own)
        return Frame(self.species, tuple(self.sites[site] for site in sites), self.origin, kept)

    @property
    def matrix(self) -> Array:
        """A, ``(num_sites, n_atoms)``: sites = A @ positions.

        >>> Frame(("Li", "H"), (0, 1), (0, 1)).matrix
        array([[ 0.5, -0.5],
               [-0.5,  0.5]])
        """
        matrix = np.zeros((len(self.sites), len(self.species)))
        for site, atoms in (*enumerate([self.origin] * len(self.sites)), *self.own):
            matrix[site] = 0
            if atoms:
                matrix[site, list(atoms)] = -1 / len(atoms)
        matrix[np.arange(len(self.sites)), list(self.sites)] += 1
        return matrix

    @cached_property
    def _matrix(self) -> Array:
        return self.matrix

    def follows(self, images: Sequence[int]) -> bool:
        """Whether exchanging the atoms at the sites exchanges the sites themselves.

        If not, a symmetry of the circuit is not a symmetry of the molecule.

        Args:
            images: site s goes to site ``images[s]``.

        >>> Frame(("Li", "H"), (0, 1), (0, 1)).follows([1, 0])
        True
        >>> Frame(("Li", "H"), (0, 1), (0, 1), ((1, (0,)),)).follows([1, 0])
        False
        """
        targets = list(range(len(self.species)))
        for site, image in enumerate(images):
            targets[self.sites[site]] = self.sites[image]
        moved = self.matrix[np.ix_(images, targets)]
        return len(set(targets)) == len(targets) and bool(np.array_equal(moved, self.matrix))

    def to_sites(self, positions: Any) -> Any:
        """Sites ``(n, num_sites, 3)`` of positions ``(n, n_atoms, 3)`` in angstrom; differentiable."""
        import jax.numpy as jnp

        return jnp.einsum("sa,nac->nsc", jnp.asarray(self.matrix), positions)

    def sites_of(self, positions: Array) -> Array:
        """Sites ``(n, num_sites, 3)`` of atoms at ``(n, n_atoms, 3)``."""
        return np.asarray(np.einsum("sa,nac->nsc", self._matrix, positions))

    def along(self, positions: Array, directions: Array) -> Array:
        """Derivatives ``(n, num_sites, 3)`` of the sites when atoms move along ``(n, n_atoms, 3)``: A once more."""
        return self.sites_of(directions)

    def pulled_back(self, positions: Array, by_sites: Array) -> Array:
        """Derivatives by positions, ``(n, n_atoms, 3)``, of what has the derivatives ``(n, num_sites, 3)`` by sites.

        Further axes, as of many such functions at once, follow and stay.
        """
        return np.asarray(np.einsum("sa,nsc...->nac...", self._matrix, by_sites))

    def jacobian(self, positions: Array) -> Array:
        """Derivatives ``(3 num_sites, 3 n_atoms)`` of the sites by positions ``(n_atoms, 3)``: A along every axis."""
        return np.kron(self.matrix, np.eye(3)).astype(np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, for a model file."""
        content = {"species": list(self.species), "sites": list(self.sites), "origin": list(self.origin)}
        return content | ({"own": [[site, list(atoms)] for site, atoms in self.own]} if self.own else {})
