"""What a way of sampling geometries must offer to a recipe."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from siqml.data.reading.split import shuffled_split
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    from siqml.data.labelling.labeller import Labeller


class Sampling(ABC):
    """A deterministic program that asks for labels and yields geometries."""

    split_rule: ClassVar[str] = "seeded shuffle; each part in the order of sampling"

    @abstractmethod
    def geometries(self, label: "Labeller", start: Array, count: int, seed: int) -> Iterator[Array]:
        """Yield ``count`` geometries.

        Args:
            label: gives energies and forces, in the atom order of ``start``.
            start: positions near a minimum, ``(n_atoms, 3)`` in angstrom.
            count: number of geometries.
            seed: seed for everything random.

        Yields:
            ``(n_atoms, 3)`` in angstrom.
        """

    @abstractmethod
    def describe(self) -> str:
        """One sentence for the provenance file."""

    def split(self, count: int, num_train: int, seed: int) -> tuple[Sequence[int], Sequence[int]]:
        """Numbers of the geometries for training and of those for testing, as `split_rule` says."""
        return shuffled_split(count, num_train, count - num_train, seed)
