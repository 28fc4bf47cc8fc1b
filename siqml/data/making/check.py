"""Does a recipe make the data that is shipped? Recompute a few points and compare."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Final

import numpy as np

import eqcompile as eq
from siqml.data.labelling.functional import Functional, dft_point
from siqml.data.labelling.tolerance import DFT, FCI, Tolerance
from siqml.data.making.diatomic import diatomic_structures, label_points
from siqml.data.making.make import require_pyscf
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import provenance
from siqml.data.sets.dft_set import DftSet
from siqml.data.sets.diatomic import Diatomic
from siqml.data.sets.periodic import Periodic
from siqml.data.sets.table import Recipe
from siqml.errors import LabelError
from siqml.files import sha256
from siqml.molecule.structures import Structures
from siqml.tasks.crew import ONE_PROCESS, crew

CURE: Final = "recompute fewer --points, or allow more with --budget, such as --budget 10min,8GB"


@dataclass(frozen=True)
class Recomputed:
    """The largest deviations of ``num_points`` recomputed points, in eV and eV/angstrom."""

    num_points: int
    energy: float
    force: float

    def __add__(self, other: "Recomputed") -> "Recomputed":
        return Recomputed(
            self.num_points + other.num_points, max(self.energy, other.energy), max(self.force, other.force)
        )


def check(recipe: Recipe, files: Sequence[Path], num_points: int = 6) -> Recomputed:
    """Recompute evenly spread points of every file.

    Args:
        recipe: what the files claim to be.
        files: one file for each part of the recipe, training before test.
        num_points: least number of points; the same number is taken from every file.

    Returns:
        The largest deviations.

    Raises:
        LabelError: the fingerprint, geometries or labels are not those of the recipe.
    """
    if not isinstance(recipe, Periodic):
        require_pyscf()
    record = provenance(recipe.name)
    found = Recomputed(0, 0.0, 0.0)
    for part, path in zip(recipe.parts, files, strict=True):
        if sha256(path) != record["sha256"][path.name]:
            raise LabelError(
                f"{path}: sha256 differs from the one in {recipe.name}.provenance.json; make it again"
            )
        shipped = read_structures(path, recipe.species)
        wanted = recipe.num_train if part == "train" else recipe.num_test
        if len(shipped) != wanted:
            raise LabelError(f"{path}: {len(shipped)} structures; the recipe has {wanted}")
        share = -(-num_points // len(files))  # rounded up
        chosen = np.unique(np.linspace(0, wanted - 1, share).astype(int)).tolist()
        with eq.stage(f"recomputing labels of {path.name}", CURE):
            fresh, tolerance = _recomputed(recipe, part, shipped, chosen, record["seed"])
        found += _deviation(shipped.chosen(chosen), fresh, tolerance)
    return found


def _recomputed(
    recipe: Recipe, part: str, shipped: Structures, chosen: Sequence[int], seed: int
) -> tuple[Structures, Tolerance]:
    if isinstance(recipe, Diatomic):
        return _on_curve(recipe, part, chosen, seed, shipped.source), FCI
    if isinstance(recipe, DftSet):
        return _labelled(recipe.functional, shipped.chosen(chosen)), DFT
    return recipe.build(seed)[part].chosen(chosen), FCI


def _on_curve(recipe: Diatomic, part: str, chosen: Sequence[int], seed: int, source: str) -> Structures:
    distances = recipe.train_distances() if part == "train" else recipe.test_distances(seed)
    labels = sorted(
        label_points(recipe, [distances[i] for i in chosen], ONE_PROCESS), key=lambda p: p.distance
    )
    return diatomic_structures(recipe, labels, source)


def _labelled(functional: Functional, structures: Structures) -> Structures:
    label = partial(dft_point, functional, structures.species)
    with crew(ONE_PROCESS) as found:
        points = [point for _, point in sorted(found.results(label, structures.positions), key=itemgetter(0))]
    return Structures(
        structures.species,
        structures.positions,
        np.array([point.energy for point in points]),
        np.array([point.forces for point in points]),
        structures.source,
    )


def _deviation(shipped: Structures, fresh: Structures, tolerance: Tolerance) -> Recomputed:
    if np.abs(shipped.positions - fresh.positions).max() > 1e-12:
        raise LabelError(f"{shipped.source}: its distances are not those of the recipe")
    if shipped.forces is None or fresh.forces is None:
        raise LabelError(f"{shipped.source}: has no forces")
    energy = float(np.abs(shipped.energies - fresh.energies).max())
    force = float(np.abs(shipped.forces - fresh.forces).max())
    for name, found, allowed in (("energy", energy, tolerance.energy), ("force", force, tolerance.force)):
        if not found <= allowed:
            raise LabelError(
                f"{shipped.source}: recomputed {name} differs by {found:.1e}, "
                f"allowed {allowed:.0e} (in eV, angstrom)"
            )
    return Recomputed(len(shipped), energy, force)
