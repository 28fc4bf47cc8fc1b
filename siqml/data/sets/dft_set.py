"""A set of labelled geometries of one molecule or cluster: what it holds, labelled by which method, sampled how."""

from dataclasses import dataclass

import numpy as np

from siqml.data.labelling.functional import Functional
from siqml.data.samplers.sampling import Sampling
from siqml.molecule.structures import Array


@dataclass(frozen=True)
class DftSet:
    """Energies and forces from density functional theory.

    Attributes:
        name: name of the data set.
        species: chemical symbols, in file order.
        start: positions near a minimum, in angstrom.
        functional: the labelling method.
        sampling: where the geometries come from.
        num_train: size of the training set; 0 if there is none.
        num_test: size of the test set.
        seed: seed of the shipped set.
        note: what else users of the set must know.
    """

    name: str
    species: tuple[str, ...]
    start: tuple[tuple[float, float, float], ...]
    functional: Functional
    sampling: Sampling
    num_train: int
    num_test: int
    seed: int
    note: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of its files, without the name of the set."""
        return ("train", "test") if self.num_train else ("test",)

    @property
    def count(self) -> int:
        """Number of geometries in all."""
        return self.num_train + self.num_test

    def start_positions(self) -> Array:
        """``(n_atoms, 3)`` in angstrom."""
        return np.array(self.start)
