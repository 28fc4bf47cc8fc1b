"""Labels for the structures that are chosen: computed, or uncovered in a file that has them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TextIO

import numpy as np

from siqml.data.labelling.functional import Functional
from siqml.data.labelling.journal import Journal
from siqml.data.labelling.labeller import Labeller, representable
from siqml.data.making.make import require_pyscf
from siqml.data.sets.dft_set import DftSet
from siqml.data.sets.table import recipe
from siqml.errors import ConfigError, DataError
from siqml.molecule.structures import Array, Structures
from siqml.progress import progress
from siqml.tasks.crew import Workers, crew

POOL: Final = "pool"
"""The labels of the pool itself: what is not chosen stays covered."""

SAME_METHOD: Final = 1e-3
"""Largest difference in eV between a label of the training set and the same label made again."""


@dataclass(frozen=True)
class Method:
    """How chosen structures are labelled.

    Attributes:
        functional: the calculation; ``None`` for the labels of the pool.
    """

    functional: Functional | None

    @classmethod
    def named(cls, name: str) -> "Method":
        """The method of a data set that siqml knows, such as ``"water"``, or ``"pool"``.

        Raises:
            DataError: there is no such set.
            ConfigError: its labels are of another kind.
        """
        if name == POOL:
            return cls(None)
        found = recipe(name)
        if not isinstance(found, DftSet):
            raise ConfigError(
                f"--labels {name}: only labels of density functional theory are made here; name a set of them, or pool"
            )
        return cls(found.functional)

    def label(
        self, species: Sequence[str], geometries: Array, folder: Path, workers: Workers, stream: TextIO
    ) -> Structures:
        """Label geometries; what is finished is kept in a hidden file of the folder.

        Args:
            species: chemical symbols.
            geometries: ``(n, n_atoms, 3)`` in angstrom, at least one.
            folder: keeps the journal.
            workers: where labels are computed.
            stream: takes the progress report.

        Raises:
            LabelError: PySCF is missing, or a label does not converge.
        """
        if self.functional is None:
            raise ConfigError("labels of a pool are not computed")
        require_pyscf()
        task = {"functional": asdict(self.functional), "species": list(species)}
        journal, points = Journal(folder / ".labels.jsonl", task), {}
        with progress("labels", len(geometries), stream) as advance, crew(workers) as found:
            labeller = Labeller(self.functional, tuple(species), journal, found)
            for number, point in labeller.many(list(geometries)):
                points[number] = point
                advance(len(points), "")
        return Structures(
            tuple(species),
            representable(geometries),
            np.array([points[number].energy for number in range(len(geometries))]),
            np.array([points[number].forces for number in range(len(geometries))]),
            "labels made here",
        )

    def refuse_another(self, data: Structures, folder: Path, workers: Workers, stream: TextIO) -> None:
        """Refuse a method whose energies are not those of a training set, by one label that is made again.

        Raises:
            DataError: they differ.
            LabelError: see `label`.
        """
        if self.functional is None:
            return
        again = self.label(data.species, data.positions[:1], folder, workers, stream)
        off = float(again.energies[0] - data.energies[0])
        if abs(off) > SAME_METHOD:
            raise DataError(
                f"{data.source}: its labels are of another method than --labels: that of structure 0, "
                f"{data.energies[0]:.6f} eV, changes by {off:+.6f} when it is made again"
            )
