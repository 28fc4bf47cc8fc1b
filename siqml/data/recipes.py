"""What each shipped data set is: molecule, method, and where its training and test points lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from siqml.errors import DataError

MIN_GAP: Final = 1e-3
"""angstrom. A test point nearer than this to a training point would test memory, not interpolation."""

FILE_DECIMALS: Final = 8
"""extxyz keeps eight decimals of a coordinate; geometries are rounded first, so labels fit what is read."""


@dataclass(frozen=True)
class Diatomic:
    """A curve to sample: regular training grid, seeded random test points in the same interval.

    Attributes:
        name: of the data set.
        elements: the two atoms, in file order.
        basis: basis set of the full configuration interaction.
        interval: smallest and largest distance in angstrom.
        num_train: points of the regular grid, both ends included.
        num_test: points drawn uniformly.
        seed: of the default test set.
    """

    name: str
    elements: tuple[str, str]
    basis: str
    interval: tuple[float, float]
    num_train: int
    num_test: int
    seed: int

    def train_distances(self) -> tuple[float, ...]:
        """The regular grid in angstrom, rounded to what the file can hold."""
        return tuple(_representable(r) for r in np.linspace(*self.interval, self.num_train))

    def test_distances(self, seed: int) -> tuple[float, ...]:
        """Sorted uniform random distances in angstrom, none within `MIN_GAP` of a training point.

        Args:
            seed: of numpy's PCG64 generator; the same seed gives the same points.

        Returns:
            ``num_test`` distances.

        >>> points = LIH.test_distances(seed=LIH.seed)
        >>> len(points), points == tuple(sorted(points))
        (81, True)
        """
        rng = np.random.default_rng(seed)
        grid = np.array(self.train_distances())
        found: list[float] = []
        while len(found) < self.num_test:
            r = _representable(rng.uniform(*self.interval))
            if np.abs(grid - r).min() >= MIN_GAP:
                found.append(r)
        return tuple(sorted(found))


def _representable(distance: float) -> float:
    """The nearest distance whose half, a coordinate, has `FILE_DECIMALS` decimals."""
    return 2 * round(float(distance) / 2, FILE_DECIMALS)


LIH: Final = Diatomic("lih", ("Li", "H"), "sto-3g", (0.9, 4.5), num_train=53, num_test=81, seed=2023)
"""Sec. III A of arXiv 2311.11362: exact energies in STO-3G, r in [0.9, 4.5] angstrom, 53 and 81 points."""

RECIPES: Final[Mapping[str, Diatomic]] = MappingProxyType({LIH.name: LIH})
"""Every data set that ``siqml data make`` knows."""


def recipe(name: str) -> Diatomic:
    """The recipe of this name.

    Args:
        name: such as ``lih``.

    Returns:
        The recipe.

    Raises:
        DataError: siqml has no such data set.
    """
    if name not in RECIPES:
        raise DataError(f'no data set "{name}"; known: {", ".join(RECIPES)}')
    return RECIPES[name]
