"""Labels on demand: looked up in the journal, or computed by workers.

A recipe is a deterministic program that asks for labels. When it is run again after an interruption, it asks for the
same geometries, is answered from the journal, and so arrives where it was. Optimisations and trajectories continue
to the same bits, and their state need not be saved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from siqml.data.labelling.functional import Functional, Point, dft_point
from siqml.data.labelling.journal import Journal
from siqml.data.labelling.tolerance import FILE_DECIMALS
from siqml.molecule.structures import Array
from siqml.tasks.crew import Crew


@dataclass(frozen=True, eq=False)
class Labeller:
    """Density functional labels of one molecule.

    Attributes:
        functional: the method.
        species: chemical symbols, in the order of all positions.
        journal: keeps what is finished.
        crew: does the work.
    """

    functional: Functional
    species: tuple[str, ...]
    journal: Journal
    crew: Crew

    def __call__(self, positions: Array) -> Point:
        """The label at ``(n_atoms, 3)`` positions in angstrom, rounded to what a file can hold."""
        ((_, point),) = self.many([positions])
        return point

    def many(self, geometries: Sequence[Array]) -> Iterator[tuple[int, Point]]:
        """Label independent geometries.

        Args:
            geometries: each ``(n_atoms, 3)`` in angstrom.

        Yields:
            Number and label of each geometry, in the order in which they are finished; known ones come first.
        """
        waiting = []
        for number, exact in enumerate(geometries):
            positions = representable(exact)
            known = self.journal.get(positions)
            if known is not None:
                yield number, known
            else:
                waiting.append((number, positions))
        label = partial(dft_point, self.functional, self.species)
        for place, point in self.crew.results(label, [positions for _, positions in waiting]):
            number, positions = waiting[place]
            self.journal.add(positions, point)
            yield number, point


def representable(positions: Array) -> Array:
    """The nearest positions that a file can hold exactly; minus zero becomes zero.

    >>> representable(np.array([[0.123456789, -1e-12, 0]])).tolist()
    [[0.12345679, 0.0, 0.0]]
    """
    return np.asarray(np.round(positions, FILE_DECIMALS) + 0.0)
