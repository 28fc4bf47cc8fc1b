"""Label a set with density functional theory, and survive Ctrl-C."""

from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from siqml.data.labelling.journal import Journal
from siqml.data.labelling.labeller import Labeller, representable
from siqml.data.reading.extxyz import write_structures
from siqml.data.sets.dft_set import DftSet
from siqml.molecule.structures import Structures
from siqml.progress import progress
from siqml.tasks.crew import Workers, crew


def make_dft(
    recipe: DftSet, folder: Path, stream: TextIO, seed: int, workers: Workers
) -> tuple[list[Path], dict[str, Any]]:
    """Sample, label, split and write.

    Args:
        recipe: what to compute.
        folder: where to write; exists.
        stream: takes the progress report.
        seed: seed for the sampling and for the split.
        workers: where labels are computed; a trajectory uses one worker.

    Returns:
        The files written, and what a provenance file says about them.

    Raises:
        LabelError: a geometry cannot be labelled, or no minimum is found.
    """
    journal = Journal(folder / f".{recipe.name}.partial.jsonl", _task(recipe))
    with crew(workers) as found:
        label = Labeller(recipe.functional, recipe.species, journal, found)
        everything = label_all(recipe, label, seed, stream)
    paths = []
    parts = recipe.sampling.split(recipe.count, recipe.num_train, seed)
    for part, numbers in zip(("train", "test"), parts, strict=True):
        if part in recipe.parts:
            paths.append(folder / f"{recipe.name}_{part}.extxyz")
            write_structures(paths[-1], everything.chosen(numbers))
    journal.remove()
    return paths, _account(recipe)


def label_all(recipe: DftSet, label: Labeller, seed: int, stream: TextIO) -> Structures:
    """Every geometry of ``recipe`` with its label, in the order of sampling."""
    total = recipe.count
    frames = []
    with progress(f"geometries of {recipe.name}", total, stream) as advance:
        sampled = recipe.sampling.geometries(label, recipe.start_positions(), total, seed)
        for count, positions in enumerate(sampled, 1):
            frames.append(representable(positions))
            advance(count, "")
    points = {}
    with progress(f"labels of {recipe.name}", total, stream) as advance:
        for number, point in label.many(frames):
            points[number] = point
            advance(len(points), "")
    return Structures(
        recipe.species,
        np.array(frames),
        np.array([points[number].energy for number in range(total)]),
        np.array([points[number].forces for number in range(total)]),
        recipe.name,
    )


def _task(recipe: DftSet) -> dict[str, Any]:
    """What a label depends on besides its geometry."""
    functional = recipe.functional
    return {
        "functional": {name: getattr(functional, name) for name in functional.__dataclass_fields__},
        "species": list(recipe.species),
        "pyscf": metadata.version("pyscf"),
    }


def _account(recipe: DftSet) -> dict[str, Any]:
    return {
        "method": recipe.functional.describe(),
        "basis": recipe.functional.basis,
        "sampling": recipe.sampling.describe(),
        "split": recipe.sampling.split_rule,
        "forces": "analytic gradient, the response of the integration grid included",
        **({"note": recipe.note} if recipe.note else {}),
    }
