"""A one-dimensional cut: one atom moves along its bond, and all others stay."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from siqml.data.labelling.tolerance import MIN_GAP
from siqml.data.samplers.minimum import relax
from siqml.data.samplers.sampling import Sampling
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    from siqml.data.labelling.labeller import Labeller


@dataclass(frozen=True)
class Stretch(Sampling):
    """A regular grid of bond lengths for training, with random test lengths in between.

    Attributes:
        fixed: number of the atom that stays, from 0.
        moved: number of the atom that moves along the bond between the two.
        interval: smallest and largest bond length in angstrom.
        num_train: points of the grid, including both ends; they come first.
    """

    split_rule: ClassVar[str] = "the grid trains, the random lengths test"

    fixed: int
    moved: int
    interval: tuple[float, float]
    num_train: int

    def geometries(self, label: "Labeller", start: Array, count: int, seed: int) -> Iterator[Array]:
        """Relax, then move one atom; see `Sampling.geometries`."""
        minimum = relax(label, label.species, start)
        bond = minimum[self.moved] - minimum[self.fixed]
        for length in self.lengths(count, seed):
            positions = minimum.copy()
            positions[self.moved] = minimum[self.fixed] + length * bond / np.linalg.norm(bond)
            yield positions

    def lengths(self, count: int, seed: int) -> list[float]:
        """Bond lengths in angstrom: the grid, then sorted random ones at least `MIN_GAP` away from it.

        >>> Stretch(0, 1, (1.0, 2.0), num_train=3).lengths(3, seed=0)
        [1.0, 1.5, 2.0]
        """
        grid = np.linspace(*self.interval, self.num_train)
        rng = np.random.default_rng(seed)
        random: list[float] = []
        while len(random) < count - self.num_train:
            length = rng.uniform(*self.interval)
            if np.abs(grid - length).min() >= MIN_GAP:
                random.append(length)
        return [*grid.tolist(), *sorted(random)]

    def split(self, count: int, num_train: int, seed: int) -> tuple[Sequence[int], Sequence[int]]:
        """The grid comes first; see `Sampling.split`."""
        return range(num_train), range(num_train, count)

    def describe(self) -> str:
        """One sentence for the provenance file."""
        low, high = self.interval
        return (
            f"atom {self.moved} moves along its bond to atom {self.fixed} (from 0), length {low:g} to {high:g} "
            "angstrom, all else as at the stationary point that the start relaxes to; training points on a "
            f"regular grid, test points uniform, none within {MIN_GAP} angstrom of the grid"
        )
