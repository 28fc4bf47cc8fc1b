"""Is shipped data what its recipe makes? Recompute a few points and compare."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from siqml.data.extxyz import read_structures
from siqml.data.make import diatomic_structures, label_points, require_pyscf
from siqml.data.recipes import Diatomic
from siqml.data.shipped import provenance
from siqml.errors import LabelError
from siqml.files import sha256
from siqml.structures import Structures

ENERGY_TOLERANCE: Final = 1e-7
"""eV. Another PySCF or LAPACK moves an FCI energy by some 1e-11 eV; other CODATA constants, by 1e-6 eV, which
must be noticed."""

FORCE_TOLERANCE: Final = 5e-8
"""eV/angstrom: the file rounds at 5e-9; energies rounded at 1e-11 eV, over a step of 0.002, add as much."""


@dataclass(frozen=True)
class Recomputed:
    """The largest deviations of ``num_points`` recomputed points, in eV and eV/angstrom."""

    num_points: int
    energy: float
    force: float


def check(recipe: Diatomic, train: Path, test: Path, num_points: int = 6) -> Recomputed:
    """Recompute evenly spread points of both files.

    Args:
        recipe: what the files claim to be.
        train: training set.
        test: test set.
        num_points: how many points in all; half of each file.

    Returns:
        The largest deviations.

    Raises:
        LabelError: fingerprint, distances or labels are not those of the recipe.
    """
    require_pyscf()
    record = provenance(recipe.name)
    wanted = (recipe.train_distances(), recipe.test_distances(record["seed"]))
    worst = Recomputed(0, 0.0, 0.0)
    for path, distances in zip((train, test), wanted, strict=True):
        if sha256(path) != record["sha256"][path.name]:
            raise LabelError(
                f"{path}: sha256 differs from the one in {recipe.name}.provenance.json; make it again"
            )
        worst = _compare(
            recipe, read_structures(path, recipe.elements), distances, max(1, num_points // 2), worst
        )
    return worst


def _compare(
    recipe: Diatomic, shipped: Structures, distances: tuple[float, ...], count: int, so_far: Recomputed
) -> Recomputed:
    chosen = np.unique(np.linspace(0, len(distances) - 1, count).astype(int))
    labels = sorted(label_points(recipe, [distances[i] for i in chosen], jobs=1), key=lambda p: p.distance)
    fresh = diatomic_structures(recipe, labels, shipped.source)
    if len(shipped) != len(distances) or np.abs(shipped.positions[chosen] - fresh.positions).max() > 1e-12:
        raise LabelError(f"{shipped.source}: its distances are not those of the recipe")
    if shipped.forces is None or fresh.forces is None:
        raise LabelError(f"{shipped.source}: has no forces")
    energy = float(np.abs(shipped.energies[chosen] - fresh.energies).max())
    force = float(np.abs(shipped.forces[chosen] - fresh.forces).max())
    for name, found, allowed in (("energy", energy, ENERGY_TOLERANCE), ("force", force, FORCE_TOLERANCE)):
        if not found <= allowed:
            raise LabelError(
                f"{shipped.source}: recomputed {name} differs by {found:.1e}, "
                f"allowed {allowed:.0e} (in eV, angstrom)"
            )
    return Recomputed(so_far.num_points + len(chosen), max(so_far.energy, energy), max(so_far.force, force))
