"""Make a labelled data set: compute it, write it, and say how it was made."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TextIO

import numpy as np

import eqcompile as eq
from siqml.data.labelling.tolerance import DFT, FCI
from siqml.data.making.dft import make_dft
from siqml.data.making.diatomic import make_diatomic
from siqml.data.reading.extxyz import read_structures
from siqml.data.sets.dft_set import DftSet
from siqml.data.sets.diatomic import Diatomic
from siqml.data.sets.periodic import Periodic, make_periodic
from siqml.data.sets.table import Recipe
from siqml.errors import PYSCF_MISSING, LabelError
from siqml.files import sha256
from siqml.molecule.structures import composition
from siqml.molecule.units import HARTREE
from siqml.tasks.crew import ONE_PROCESS, Workers


def make(
    recipe: Recipe, folder: Path, stream: TextIO, seed: int | None = None, workers: Workers = ONE_PROCESS
) -> list[Path]:
    """Label every point of ``recipe`` and write its structures and their provenance.

    Finished points are kept in a hidden file in ``folder`` while this runs. After an interruption the same call
    continues from them and arrives at the same files.

    Args:
        recipe: what to compute.
        folder: where to write; made if missing.
        stream: takes the progress report.
        seed: seed for everything random; default: the recipe's.
        workers: where labels are computed.

    Returns:
        The files written: training set, test set, provenance.

    Raises:
        LabelError: PySCF is missing, or a point cannot be labelled.
    """
    if not isinstance(recipe, Periodic):
        require_pyscf()
    seed = recipe.seed if seed is None else seed
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(recipe, Diatomic):
        paths, account = make_diatomic(recipe, folder, stream, seed, workers)
    elif isinstance(recipe, Periodic):
        paths, account = make_periodic(recipe, folder, seed)
    else:
        paths, account = make_dft(recipe, folder, stream, seed, workers)
    provenance = folder / f"{recipe.name}.provenance.json"
    eq.write_atomically(provenance, json.dumps(_provenance(recipe, seed, paths, account), indent=2) + "\n")
    return [*paths, provenance]


def require_pyscf() -> None:
    """Refuse before any work begins if labels cannot be made here.

    Raises:
        LabelError: PySCF is not installed; the message says how to install it.
    """
    if find_spec("pyscf") is None:
        raise LabelError(PYSCF_MISSING)


def _provenance(recipe: Recipe, seed: int, paths: Sequence[Path], account: dict[str, Any]) -> dict[str, Any]:
    return {
        "data_set": recipe.name,
        "molecule": composition(recipe.species),
        **account,
        "seed": seed,
        "units": {"positions": "angstrom", "energy": "eV", "forces": "eV/angstrom", "hartree_in_ev": HARTREE},
        "tolerance": asdict(DFT if isinstance(recipe, DftSet) else FCI),
        "command": f"siqml data make {recipe.name} --seed {seed}",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "versions": {name: metadata.version(name) for name in ("pyscf", "numpy", "scipy", "ase")},
        "labels": {path.name: _spread(path) for path in paths},
        "sha256": {path.name: sha256(path) for path in paths},
    }


def _spread(path: Path) -> dict[str, float]:
    """How far the labels scatter: without it, the error of a model says nothing."""
    structures = read_structures(path)
    forces = structures.forces
    return {
        "structures": len(structures),
        "energy_variance_ev2": float(np.var(structures.energies)),
        "force_variance_ev2_per_angstrom2": 0.0 if forces is None else float(np.mean(forces**2)),
    }
