r"""Internal coordinates in place of positions: the input of a model without symmetry.

A bond length or an angle does not change when the molecule moves or turns, so it can be fed to a circuit that knows
nothing about rotations. Each coordinate q is one site of the spec, the vector (q, 0, 0), and its encoding
exp(-i alpha q X) is a plain rotation. Energies are invariant whatever the circuit does, because its input is. Forces
come from automatic differentiation through q, that is, by the chain rule:

.. math:: F = -\sum_s \frac{\partial E}{\partial q_s} \frac{\partial q_s}{\partial r} .
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from siqml.errors import ModelError
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Array

TINY: Final = 1e-24
"""Squared length below which a vector counts as zero. The length is 1e-12 angstrom, far below the rounding of
positions."""


@dataclass(frozen=True)
class InternalCoordinates:
    """Bond lengths in angstrom and angles in radians as the sites of a model.

    Attributes:
        species: chemical symbols of the atoms, in the order of the model.
        coordinates: one for each site, in the order of the spec's sites: two atoms for their distance, three
            for the angle at the middle one. A coordinate may be given more than once.
    """

    species: tuple[str, ...]
    coordinates: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        for atoms in self.coordinates:
            if len(atoms) not in (2, 3) or len(set(atoms)) < len(atoms):
                raise ModelError(
                    f"coordinate {list(atoms)}: give two atoms for their distance, or three for the angle at the "
                    "middle one, each once"
                )
            for index in atoms:
                if not 0 <= index < len(self.species):
                    raise ModelError(
                        f"coordinate {list(atoms)}: atoms are numbered 0 to {len(self.species) - 1} "
                        f"({' '.join(self.species)})"
                    )

    @classmethod
    def named(
        cls, atoms: Sequence[str], coordinates: Mapping[str, Sequence[int]], order: Sequence[str]
    ) -> "InternalCoordinates":
        """Coordinates from named sites.

        Args:
            atoms: chemical symbols.
            coordinates: atoms of each coordinate, by name of the site.
            order: names of the sites as the spec orders them.

        Returns:
            The coordinates.

        Raises:
            ModelError: sites of the spec and of the config differ, or a coordinate is impossible.

        >>> InternalCoordinates.named(["O", "H", "H"], {"A": [1, 0, 2], "R": [0, 1]}, ["R", "A"]).coordinates
        ((0, 1), (1, 0, 2))
        """
        if set(coordinates) != set(order):
            raise ModelError(
                f"the frame has the coordinates {', '.join(coordinates) or 'none'}; the spec has the sites "
                f"{', '.join(order)}"
            )
        return cls(tuple(atoms), tuple(tuple(coordinates[name]) for name in order))

    @property
    def num_sites(self) -> int:
        """Number of sites."""
        return len(self.coordinates)

    def of_sites(self, sites: Sequence[int] | None) -> "InternalCoordinates":
        """The coordinates at some of the sites, in this order; ``None``: all, the frame itself."""
        if sites is None:
            return self
        return InternalCoordinates(self.species, tuple(self.coordinates[site] for site in sites))

    def to_sites(self, positions: Any) -> Any:
        """Sites ``(n, num_sites, 3)`` of positions ``(n, n_atoms, 3)`` in angstrom; differentiable."""
        import jax.numpy as jnp

        values = jnp.stack([_value(positions, atoms) for atoms in self.coordinates], axis=1)
        return values[:, :, None] * jnp.array([1.0, 0.0, 0.0])

    def sites_of(self, positions: Array) -> Array:
        """Sites ``(n, num_sites, 3)`` of atoms at ``(n, n_atoms, 3)``."""
        sites = np.zeros((len(positions), self.num_sites, 3))
        for site, atoms in enumerate(self.coordinates):
            sites[:, site, 0] = _with_slopes(positions, atoms)[0]
        return sites

    def along(self, positions: Array, directions: Array) -> Array:
        """Derivatives ``(n, num_sites, 3)`` of the sites when atoms move along ``(n, n_atoms, 3)``."""
        moved = np.zeros((len(positions), self.num_sites, 3))
        for site, atoms in enumerate(self.coordinates):
            for atom, slope in zip(atoms, _with_slopes(positions, atoms)[1], strict=True):
                moved[:, site, 0] += (slope * directions[:, atom]).sum(axis=1)
        return moved

    def pulled_back(self, positions: Array, by_sites: Array) -> Array:
        """Derivatives by positions, ``(n, n_atoms, 3)``, of what has the derivatives ``(n, num_sites, 3)`` by sites.

        Further axes, as of many such functions at once, follow and stay.
        """
        found = np.zeros(positions.shape + by_sites.shape[3:])
        for site, atoms in enumerate(self.coordinates):
            for atom, slope in zip(atoms, _with_slopes(positions, atoms)[1], strict=True):
                found[:, atom] += np.einsum("n...,nc->nc...", by_sites[:, site, 0], slope)
        return found

    def jacobian(self, positions: Array) -> Array:
        """Derivatives ``(3 num_sites, 3 n_atoms)`` of the sites by positions ``(n_atoms, 3)`` of one structure."""
        derivatives = np.zeros((self.num_sites, 3, *positions.shape))
        for site, atoms in enumerate(self.coordinates):
            for atom, slope in zip(atoms, _with_slopes(positions[None], atoms)[1], strict=True):
                derivatives[site, 0, atom] += slope[0]
        return derivatives.reshape(3 * self.num_sites, positions.size)

    def to_dict(self) -> dict[str, Any]:
        """Plain lists, for a model file."""
        return {"species": list(self.species), "coordinates": [list(atoms) for atoms in self.coordinates]}


AnyFrame = Frame | InternalCoordinates
"""How atoms become the sites of a spec."""


def frame_from_dict(content: Mapping[str, Any]) -> AnyFrame:
    """The frame of a model file.

    Raises:
        KeyError: something is missing.

    >>> frame_from_dict({"species": ["Li", "H"], "coordinates": [[0, 1]]})
    InternalCoordinates(species=('Li', 'H'), coordinates=((0, 1),))
    """
    if "coordinates" in content:
        coordinates = tuple(tuple(atoms) for atoms in content["coordinates"])
        return InternalCoordinates(tuple(content["species"]), coordinates)
    own = tuple((site, tuple(atoms)) for site, atoms in content.get("own", ()))
    species, sites, origin = (tuple(content[name]) for name in ("species", "sites", "origin"))
    return Frame(species, sites, origin, own)


def _value(positions: Any, atoms: tuple[int, ...]) -> Any:
    """A length, or an angle as the arc tangent of sine and cosine, which is exact near 0 and pi as well."""
    import jax.numpy as jnp

    if len(atoms) == 2:
        return _norm(positions[:, atoms[1]] - positions[:, atoms[0]])
    left, right = (positions[:, end] - positions[:, atoms[1]] for end in (atoms[0], atoms[2]))
    sine, cosine = _norm(jnp.cross(left, right)), jnp.sum(left * right, axis=1)
    undefined = (sine == 0) & (cosine == 0)  # an arm of length zero: any angle will do, with slope zero
    return jnp.arctan2(sine, jnp.where(undefined, 1.0, cosine))


def _norm(vectors: Any) -> Any:
    """Length of vectors ``(n, 3)``; its slope at zero is zero instead of infinite."""
    import jax.numpy as jnp

    square = jnp.sum(vectors**2, axis=1)
    return jnp.where(square > TINY, jnp.sqrt(jnp.where(square > TINY, square, 1.0)), 0.0)


def _with_slopes(positions: Array, atoms: tuple[int, ...]) -> tuple[Array, list[Array]]:
    """What `_value` gives, ``(n,)``, and its derivatives by the position of each of its atoms, ``(n, 3)``."""
    if len(atoms) == 2:
        length, axis = _lengths(positions[:, atoms[1]] - positions[:, atoms[0]])
        return length, [-axis, axis]
    left, right = (positions[:, end] - positions[:, atoms[1]] for end in (atoms[0], atoms[2]))
    sine, normal = _lengths(np.cross(left, right))
    cosine = (left * right).sum(axis=1)
    undefined = (sine == 0) & (cosine == 0)
    cosine = np.where(undefined, 1.0, cosine)
    square = sine**2 + cosine**2
    by_sine, by_cosine = (cosine / square)[:, None], (np.where(undefined, 0.0, sine) / square)[:, None]
    by_left = by_sine * np.cross(right, normal) - by_cosine * right
    by_right = by_sine * np.cross(normal, left) - by_cosine * left
    return np.arctan2(sine, cosine), [by_left, -by_left - by_right, by_right]


def _lengths(vectors: Array) -> tuple[Array, Array]:
    """Lengths ``(n,)`` of vectors ``(n, 3)``, and their slopes: unit vectors, or zero where the length is zero."""
    square = (vectors**2).sum(axis=1)
    length = np.where(square > TINY, np.sqrt(square), 0.0)
    return length, vectors / np.where(length > 0, length, np.inf)[:, None]
