r"""Where a model knows its way: near its training structures.

Coordinates are inverse interatomic distances in units of their scatter over the training set. They do not change when a
molecule moves, turns or is mirrored, and exchanges g of equal atoms that the spec declares are minimised over:

.. math:: d(x) = \min_{j, g} \frac{| x - g x_j |}{R}, \qquad
    b(x) = \max_p \frac{\max(x_p - h_p, l_p - x_p)}{m (h_p - l_p)}

R is the spacing of the training set: nearly all of its structures are nearer than R to another one. The box from l to h
holds the training values of a coordinate, and m is a margin. The **distance** of a structure is the larger of d and b.
Above 1 it lies outside, and nothing that the model has seen is near. Inside it may still be predicted badly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from siqml.molecule.inverse_distances import Pairs, exchanges, inverse_distances, scatter_of
from siqml.molecule.structures import Array, Structures
from siqml.molecule.subset import evenly

MAX_KEPT: Final = 2000
"""Training structures that a model file keeps to tell what is near them. Beyond it, weaker: evenly spread structures
stand for all, and the spacing is that between these."""

NEARLY_ALL: Final = 0.99
"""Share of the training structures that are nearer than R / `SLACK` to another one: in every set a few lie alone."""

SLACK: Final = 1.5
"""R over that distance. With this and `MARGIN`, less than 1 % of every shipped test set lies outside, a quarter of
water at 1000 K, and 96 % of the dimer at 300 K for a model of the cool one."""

MARGIN: Final = 0.05
"""m: the largest of new values lies beyond the largest of known ones as often as not, but not far beyond."""

RIGID: Final = 1e-3
"""Least scatter of a coordinate as a share of its mean: a bond that is the same everywhere is so up to rounding."""

TWICE: Final = 1e-6
"""Distance up to which two training structures are one: a set that holds each twice has no smaller spacing."""

MANY: Final = 500
"""Structures that are looked at at once."""


@dataclass(frozen=True, eq=False)
class Domain:
    """The summary of a training set.

    Attributes:
        points: coordinates of training structures, ``(k, P)``, in units of ``scatter``.
        scatter: ``(P,)`` in 1/angstrom.
        low, high: least and largest value of every coordinate over the whole training set, ``(P,)``, in these units.
        reach: R, in these units.
        permutations: generators of the exchanges of atoms; atom a goes to ``images[a]``.
    """

    points: Array
    scatter: Array
    low: Array
    high: Array
    reach: float
    permutations: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, data: Structures, permutations: Sequence[Sequence[int]] = ()) -> "Domain | None":
        """The domain of a training set; ``None`` for fewer than two structures or atoms, which have no spacing."""
        count, n_atoms = data.positions.shape[:2]
        if count < 2 or n_atoms < 2:
            return None
        rows = exchanges(n_atoms, permutations)
        coordinates = inverse_distances(data.positions)
        scatter = scatter_of(coordinates, rows, RIGID)
        values = coordinates / scatter
        low, high = (pick(values, axis=0)[rows] for pick in (np.min, np.max))
        points = values[evenly(count, MAX_KEPT)]
        near = _nearest(points, points, rows, TWICE)
        known = near[np.isfinite(near)]
        reach = SLACK * float(np.quantile(known, NEARLY_ALL)) if known.size else 1.0
        images = tuple(tuple(images) for images in permutations)
        return cls(points, scatter, low.min(axis=0), high.max(axis=0), reach, images)

    @cached_property
    def _rows(self) -> Pairs:
        n_atoms = round((1 + (1 + 8 * len(self.scatter)) ** 0.5) / 2)
        return exchanges(n_atoms, self.permutations)

    def distance(self, positions: Array) -> Array:
        """How far structures are from the training set.

        Args:
            positions: ``(n, n_atoms, 3)`` in angstrom, atoms in the order of the model.

        Returns:
            ``(n,)`` without unit, at least 0; above 1, a structure lies outside. Empty for n = 0.
        """
        values = inverse_distances(np.asarray(positions)) / self.scatter
        near = _nearest(values, self.points, self._rows) / self.reach
        beyond = np.maximum(values - self.high, self.low - values)
        beyond /= MARGIN * np.maximum(self.high - self.low, 1.0)
        return np.asarray(np.maximum(near, beyond.max(axis=1)))

    def apart(self, positions: Array, others: Array) -> Array:
        """d ``(n,)`` of structures ``(n, n_atoms, 3)``, with others in the place of the training set."""
        values, points = (inverse_distances(np.asarray(one)) / self.scatter for one in (positions, others))
        return np.asarray(_nearest(values, points, self._rows) / self.reach)

    def outside(self, positions: Array) -> Array:
        """Whether structures lie outside, ``(n,)`` of bool; arguments as for `distance`."""
        return np.asarray(self.distance(positions) > 1)

    @property
    def arrays(self) -> dict[str, Array]:
        """The arrays, for a model file."""
        return {"domain_points": self.points, "domain_box": np.stack([self.scatter, self.low, self.high])}

    @property
    def facts(self) -> dict[str, Any]:
        """What else `read` needs."""
        return {"reach": self.reach, "permutations": [list(images) for images in self.permutations]}

    @classmethod
    def read(cls, facts: Mapping[str, Any], arrays: Mapping[str, Array], n_atoms: int) -> "Domain":
        """What `facts` and `arrays` gave.

        Raises:
            ValueError, LookupError, TypeError: something is missing, or of another form.
        """
        points, box = arrays["domain_points"], arrays["domain_box"]
        reach, permutations = facts["reach"], facts["permutations"]
        pairs = n_atoms * (n_atoms - 1) // 2
        shaped = box.shape == (3, pairs) and points.ndim == 2 and points.shape[1:] == (pairs,) and len(points)
        numbers = all(one.dtype == np.float64 and np.isfinite(one).all() for one in (points, box))
        if not (shaped and numbers and (box[0] > 0).all() and type(reach) is float and 0 < reach < np.inf):
            raise ValueError("not a domain")
        if not all(sorted(images) == list(range(n_atoms)) for images in permutations):
            raise ValueError("not permutations of the atoms")
        scatter, low, high = box
        return cls(points, scatter, low, high, reach, tuple(map(tuple, permutations)))


@dataclass(frozen=True, eq=False)
class CommonDomain:
    """Where every model of an ensemble knows its way.

    Attributes:
        parts: the domains of the models.
    """

    parts: tuple[Domain, ...]

    @classmethod
    def of(cls, parts: Sequence["Domain | None"]) -> "Domain | CommonDomain | None":
        """What several models have in common; the domain itself if it is the same; ``None`` if one is unknown."""
        known = [part for part in parts if part is not None]
        distinct = list({(part.points.tobytes(), part.reach): part for part in known}.values())
        if len(known) < len(parts):
            return None
        return distinct[0] if len(distinct) == 1 else cls(tuple(distinct))

    def distance(self, positions: Array) -> Array:
        """The largest of the distances, ``(n,)``, see `Domain.distance`."""
        return np.asarray(np.max([part.distance(positions) for part in self.parts], axis=0))

    def outside(self, positions: Array) -> Array:
        """Whether structures lie outside of one of the domains, ``(n,)`` of bool."""
        return np.asarray(self.distance(positions) > 1)


AnyDomain = Domain | CommonDomain
"""The domain of a model, or of an ensemble."""


def _nearest(values: Array, points: Array, rows: Pairs, beyond: float = -1.0) -> Array:
    """Distance of every row of values to the nearest point, among those farther than ``beyond``; else infinity."""
    found = np.full(len(values), np.inf)
    for first in range(0, len(values), MANY):
        part = values[first : first + MANY]
        for row in rows:
            square = np.zeros((len(part), len(points)))
            for column, image in enumerate(row):
                square += (part[:, column, None] - points[:, image]) ** 2
            apart = np.sqrt(square)
            apart[apart <= beyond] = np.inf
            found[first : first + MANY] = np.minimum(found[first : first + MANY], apart.min(axis=1))
    return found
