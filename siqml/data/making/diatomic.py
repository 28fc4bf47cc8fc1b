"""Label a diatomic curve, and survive Ctrl-C."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, TextIO

import numpy as np

import eqcompile as eq
from siqml.data.labelling.fci import STEP, Label, fci_energy, label
from siqml.data.labelling.tolerance import MIN_GAP
from siqml.data.reading.extxyz import write_structures
from siqml.data.sets.diatomic import Diatomic
from siqml.molecule.structures import Structures
from siqml.progress import progress
from siqml.tasks.crew import Workers, crew


def make_diatomic(
    recipe: Diatomic, folder: Path, stream: TextIO, seed: int, workers: Workers
) -> tuple[list[Path], dict[str, Any]]:
    """Label every point of ``recipe``, and write the training and test sets.

    Args:
        recipe: what to compute.
        folder: where to write; exists.
        stream: takes the progress report.
        seed: seed for the test points.
        workers: where labels are computed.

    Returns:
        The files written, and what a provenance file says about them.

    Raises:
        LabelError: a point cannot be labelled.
    """
    train, test = recipe.train_distances(), recipe.test_distances(seed)
    cache = folder / f".{recipe.name}.partial.json"
    labels = _label_all(recipe, sorted({*train, *test}), cache, stream, workers)
    paths = [folder / f"{recipe.name}_{part}.extxyz" for part in recipe.parts]
    for path, distances in zip(paths, (train, test), strict=True):
        write_structures(path, diatomic_structures(recipe, [labels[r] for r in distances], str(path)))
    cache.unlink(missing_ok=True)
    return paths, _account(recipe, list(labels.values()))


def diatomic_structures(recipe: Diatomic, labels: Sequence[Label], source: str) -> Structures:
    """Molecules along z, centred, with the force of each label acting on both atoms."""
    along_z = np.array([[0.0, 0.0, -0.5], [0.0, 0.0, 0.5]])
    return Structures(
        species=recipe.species,
        positions=np.array([along_z * point.distance for point in labels]),
        energies=np.array([point.energy for point in labels]),
        forces=np.array([along_z * 2 * point.force for point in labels]),
        source=source,
    )


def label_points(recipe: Diatomic, distances: Sequence[float], workers: Workers) -> Iterator[Label]:
    """Labels of points on the curve, in the order in which they are finished.

    Args:
        recipe: the curve.
        distances: distances in angstrom.
        workers: where labels are computed.

    Yields:
        One label for each distance. Without distances there are no labels, and no worker is needed.
    """
    if not distances:
        return
    with crew(workers.for_tasks(len(distances))) as found:
        for _, point in found.results(partial(_label_point, recipe), distances):
            yield point


def _label_point(recipe: Diatomic, distance: float) -> Label:
    return label(partial(fci_energy, elements=recipe.species, basis=recipe.basis), distance)


def _label_all(
    recipe: Diatomic, distances: Sequence[float], cache: Path, stream: TextIO, workers: Workers
) -> dict[float, Label]:
    task = {"recipe": asdict(recipe) | {"seed": None}, "step": STEP, "pyscf": metadata.version("pyscf")}
    task = json.loads(json.dumps(task))  # tuples become lists, as in the file
    done = _load_cache(cache, task)
    missing = [r for r in distances if r not in done]
    start = len(distances) - len(missing)
    with progress(f"labels of {recipe.name}", len(distances), stream, start) as advance:
        for count, point in enumerate(label_points(recipe, missing, workers), start + 1):
            done[point.distance] = point
            eq.write_atomically(
                cache, json.dumps({"task": task, "labels": [asdict(p) for p in done.values()]})
            )
            advance(count, f"r = {point.distance:.3f} angstrom")
    return {r: done[r] for r in distances}


def _load_cache(cache: Path, task: dict[str, Any]) -> dict[float, Label]:
    """Points of an interrupted run of the same task; empty if the task was another one."""
    if not cache.is_file():
        return {}
    content = json.loads(cache.read_text())
    if content["task"] != task:
        return {}
    return {point["distance"]: Label(**point) for point in content["labels"]}


def _account(recipe: Diatomic, labels: Sequence[Label]) -> dict[str, Any]:
    low, high = recipe.interval
    return {
        "method": "full configuration interaction (all electrons, singlet ground state), RHF orbitals",
        "basis": recipe.basis,
        "training_points": f"{recipe.num_train} on the regular grid [{low}, {high}] angstrom, ends included",
        "test_points": (
            f"{recipe.num_test} uniform random in [{low}, {high}] angstrom, sorted, "
            f"none within {MIN_GAP} angstrom of a training point"
        ),
        "forces": (
            f"five-point central differences of the exact curve, step {STEP} angstrom; "
            f"largest estimated error {max(point.force_error for point in labels):.1e} eV/angstrom"
        ),
    }
