"""A diatomic curve to sample: the molecule, the method, and where its training and test points lie."""

from dataclasses import dataclass

import numpy as np

from siqml.data.labelling.tolerance import MIN_GAP, representable_length


@dataclass(frozen=True)
class Diatomic:
    """A curve to sample: a regular training grid, and seeded random test points in the same interval.

    Attributes:
        name: name of the data set.
        species: the two atoms, in file order.
        basis: basis set of the full configuration interaction.
        interval: smallest and largest distance in angstrom.
        num_train: points of the regular grid, including both ends.
        num_test: points drawn uniformly.
        seed: seed of the default test set.
    """

    name: str
    species: tuple[str, str]
    basis: str
    interval: tuple[float, float]
    num_train: int
    num_test: int
    seed: int

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of its files, without the name of the set."""
        return ("train", "test")

    def train_distances(self) -> tuple[float, ...]:
        """The regular grid in angstrom, rounded to what a file can hold."""
        return tuple(representable_length(r) for r in np.linspace(*self.interval, self.num_train))

    def test_distances(self, seed: int) -> tuple[float, ...]:
        """Sorted uniform random distances in angstrom, none within `MIN_GAP` of a training point.

        Args:
            seed: seed for numpy's PCG64 generator; the same seed gives the same points.

        Returns:
            ``num_test`` distances.

        >>> curve = Diatomic("h2", ("H", "H"), "sto-3g", (0.5, 2.0), num_train=3, num_test=4, seed=1)
        >>> points = curve.test_distances(seed=1)
        >>> len(points), points == tuple(sorted(points))
        (4, True)
        """
        rng = np.random.default_rng(seed)
        grid = np.array(self.train_distances())
        found: list[float] = []
        while len(found) < self.num_test:
            r = representable_length(rng.uniform(*self.interval))
            if np.abs(grid - r).min() >= MIN_GAP:
                found.append(r)
        return tuple(sorted(found))
