"""A labeller without PySCF: springs inside every molecule, computed in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from siqml.data.labelling.functional import Functional, Point
from siqml.data.labelling.journal import Journal
from siqml.data.labelling.labeller import Labeller
from siqml.molecule.structures import Array
from siqml.tasks.crew import InThisProcess

STIFFNESS = 10.0
REST = {("H", "O"): 0.96, ("O", "H"): 0.96, ("H", "H"): 1.5}


class Counting:
    """A crew of this process that counts."""

    def __init__(self) -> None:
        self.calls = 0

    def results(self, function: Any, items: Any) -> Any:
        for found in InThisProcess().results(function, items):
            self.calls += 1
            yield found


def springs(functional: Functional, species: tuple[str, ...], positions: Array) -> Point:
    """In every three atoms that belong together, each pair is held at its distance in water."""
    energy, forces = 0.0, np.zeros_like(positions)
    for i in range(len(species)):
        for j in range(i):
            if i // 3 == j // 3:
                apart = positions[i] - positions[j]
                distance = float(np.linalg.norm(apart))
                stretched = distance - REST[species[i], species[j]]
                energy += STIFFNESS * stretched**2 / 2
                pull = STIFFNESS * stretched * apart / distance
                forces[i] -= pull
                forces[j] += pull
    return Point(energy, forces)


@pytest.fixture
def springs_labeller(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[tuple[str, ...]], Labeller]:
    """From chemical symbols to a labeller; its ``crew.calls`` counts the work."""
    monkeypatch.setattr("siqml.data.labelling.labeller.dft_point", springs)

    def make(species: tuple[str, ...]) -> Labeller:
        journal = Journal(tmp_path / "journal.jsonl", {"species": list(species)})
        return Labeller(Functional("lda", "sto-3g", radial=10, angular=14), species, journal, Counting())

    return make
