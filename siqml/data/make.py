"""Make a labelled data set: sample the curve, survive Ctrl-C, write files with their provenance."""

import json
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TextIO

import numpy as np

import eqcompile as eq
from siqml.data.extxyz import write_structures
from siqml.data.labels import STEP, Label, fci_energy, label
from siqml.data.recipes import MIN_GAP, Diatomic
from siqml.errors import LabelError
from siqml.files import sha256
from siqml.progress import progress
from siqml.structures import Structures
from siqml.units import HARTREE


def make(
    recipe: Diatomic, folder: Path, stream: TextIO, seed: int | None = None, jobs: int = 1
) -> list[Path]:
    """Label every point of ``recipe`` and write training set, test set and provenance.

    Finished points are kept in a hidden file of ``folder`` while this runs; after an interruption the same
    call continues from them.

    Args:
        recipe: what to compute.
        folder: where to write; made if missing.
        stream: takes the progress report.
        seed: of the test points; default: the recipe's.
        jobs: number of processes.

    Returns:
        The files written: training set, test set, provenance.

    Raises:
        LabelError: PySCF is missing, or a point cannot be labelled.
    """
    require_pyscf()
    seed = recipe.seed if seed is None else seed
    train, test = recipe.train_distances(), recipe.test_distances(seed)
    folder.mkdir(parents=True, exist_ok=True)
    cache = folder / f".{recipe.name}.partial.json"
    labels = _label_all(recipe, sorted({*train, *test}), cache, stream, jobs)
    paths = [folder / f"{recipe.name}_{part}.extxyz" for part in ("train", "test")]
    for path, distances in zip(paths, (train, test), strict=True):
        write_structures(path, diatomic_structures(recipe, [labels[r] for r in distances], str(path)))
    provenance = folder / f"{recipe.name}.provenance.json"
    eq.write_atomically(
        provenance, json.dumps(_provenance(recipe, seed, paths, list(labels.values())), indent=2) + "\n"
    )
    cache.unlink(missing_ok=True)
    return [*paths, provenance]


def diatomic_structures(recipe: Diatomic, labels: Sequence[Label], source: str) -> Structures:
    """Molecules along z, centred, with the force of each label on both atoms."""
    along_z = np.array([[0.0, 0.0, -0.5], [0.0, 0.0, 0.5]])
    return Structures(
        species=recipe.elements,
        positions=np.array([along_z * point.distance for point in labels]),
        energies=np.array([point.energy for point in labels]),
        forces=np.array([along_z * 2 * point.force for point in labels]),
        source=source,
    )


def require_pyscf() -> None:
    """Refuse at once, before any work, if labels cannot be made here.

    Raises:
        LabelError: PySCF is not installed; the message says how to install it.
    """
    from importlib.util import find_spec

    if find_spec("pyscf") is None:
        raise LabelError("making labels needs PySCF: pip install 'eqcompile[labels]'")


def label_points(recipe: Diatomic, distances: Sequence[float], jobs: int) -> Iterator[Label]:
    """Points of the curve, in the order in which they are finished.

    Each process runs one thread: on matrices this small, threads of the linear algebra cost five times what they
    give. That must be said before numpy is loaded, hence processes even for one job.

    Args:
        recipe: the curve.
        distances: in angstrom.
        jobs: number of processes.

    Yields:
        One label per distance; nothing, and no process, for no distance.
    """
    if not distances:
        return
    with _single_threaded_children():
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_leave_ctrl_c_to_the_parent)
        try:
            futures = [pool.submit(_label_point, recipe, r) for r in distances]
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _label_point(recipe: Diatomic, distance: float) -> Label:
    return label(partial(fci_energy, elements=recipe.elements, basis=recipe.basis), distance)


@contextmanager
def _single_threaded_children() -> Iterator[None]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _label_all(
    recipe: Diatomic, distances: Sequence[float], cache: Path, stream: TextIO, jobs: int
) -> dict[float, Label]:
    task = {"recipe": asdict(recipe) | {"seed": None}, "step": STEP, "pyscf": metadata.version("pyscf")}
    task = json.loads(json.dumps(task))  # tuples become lists, as in the file
    done = _load_cache(cache, task)
    missing = [r for r in distances if r not in done]
    start = len(distances) - len(missing)
    with progress(f"labels of {recipe.name}", len(distances), stream, start) as advance:
        for count, point in enumerate(label_points(recipe, missing, jobs), start + 1):
            done[point.distance] = point
            eq.write_atomically(
                cache, json.dumps({"task": task, "labels": [asdict(p) for p in done.values()]})
            )
            advance(count, f"r = {point.distance:.3f} angstrom")
    return {r: done[r] for r in distances}


def _load_cache(cache: Path, task: dict[str, Any]) -> dict[float, Label]:
    """Points of an interrupted run of the same task; of another task none."""
    if not cache.is_file():
        return {}
    content = json.loads(cache.read_text())
    if content["task"] != task:
        return {}
    return {point["distance"]: Label(**point) for point in content["labels"]}


def _provenance(
    recipe: Diatomic, seed: int, paths: Sequence[Path], labels: Sequence[Label]
) -> dict[str, Any]:
    low, high = recipe.interval
    return {
        "data_set": recipe.name,
        "molecule": "".join(recipe.elements),
        "method": "full configuration interaction (all electrons, singlet ground state), RHF orbitals",
        "basis": recipe.basis,
        "training_points": f"{recipe.num_train} on the regular grid [{low}, {high}] angstrom, ends included",
        "test_points": (
            f"{recipe.num_test} uniform random in [{low}, {high}] angstrom, sorted, "
            f"none within {MIN_GAP} angstrom of a training point"
        ),
        "seed": seed,
        "forces": (
            f"five-point central differences of the exact curve, step {STEP} angstrom; "
            f"largest estimated error {max(point.force_error for point in labels):.1e} eV/angstrom"
        ),
        "units": {"positions": "angstrom", "energy": "eV", "forces": "eV/angstrom", "hartree_in_ev": HARTREE},
        "command": f"siqml data make {recipe.name} --seed {seed}",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "versions": {name: metadata.version(name) for name in ("pyscf", "numpy", "ase")},
        "sha256": {path.name: sha256(path) for path in paths},
    }
