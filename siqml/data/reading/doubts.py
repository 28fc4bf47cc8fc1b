r"""What is probably wrong with labels although every number can be read: pointed out, never decided.

Forces are minus the gradient of the energy, so along a short path from one structure to another

.. math:: E_j - E_i \approx W = -\tfrac12 (F_i + F_j) \cdot (x_j - x_i),

exact for a quadratic surface. Structures of a set may be turned relative to one another. A path is short only after the
second structure is turned (and mirrored) onto the first, which leaves its energy unchanged and turns its forces with
it. Each of some 200 structures is compared with its nearest neighbour by interatomic distances. The ratio of
:math:`\Delta E` and W is the median over the near pairs, each weighted by its size. It is 1 for labels that belong
together, 23 for energies in kcal/mol beside forces in eV, 0.5 for lengths in bohr, and -1 for gradients in place of
forces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TextIO

import numpy as np

from siqml.data.reading.raw_frame import place_of
from siqml.molecule.structures import Array, Structures

SPOT: Final = 0.3
"""Distance in angstrom below which two atoms are on one spot. The shortest bond there is, H-H, has 0.74; at 0.3 it is
20 eV up the wall."""

REACH: Final = 0.15
"""Step in angstrom of the atom that moves farthest; beyond it, an O-H bond that turns is no longer a straight path."""

ENTRIES: Final = 1 << 20
"""Distances that are computed at once: all those of 100,000 structures of 21 atoms would take a gigabyte."""

RATIO: Final = 1.5
"""Largest ratio, or its inverse, that is not doubted. Shipped sets, and every fifth and twentieth structure of them,
lie between 0.86 and 1.22; the smallest wrong factor, angstrom per bohr, is 1.9."""

MIN_NEAR: Final = 5
"""Pairs of structures near each other that decide whether energies and forces agree. Below it, weaker: all pairs are
looked at, with wider bounds."""

FAR_RATIO: Final = (0.1, 6.0)
"""Bounds on the ratio of the median sizes, where too few neighbours are near. Straight paths overstate the work, so
sound sets lie between 0.36 and 1.6; the factor between eV and kcal/mol, 23, still shows."""

MIN_FAR: Final = 20
"""Pairs of structures at any distance that decide whether energies and forces agree. Below it, weaker: no doubt is
raised."""

SIZABLE: Final = 1e-3
"""Size in eV below which, in all pairs, energy differences and work are rounding and convergence of a calculation."""

MAX_COMPARED: Final = 200
"""Structures that are compared with a neighbour, to see whether energies and forces agree. Beyond it, weaker: evenly
spread structures stand for all."""

MAX_CANDIDATES: Final = 2000
"""Structures among which a neighbour is looked for. Beyond it, weaker: evenly spread structures stand for all."""

GAP: Final = 3.0
"""Two sets whose energies lie apart by this many times the wider set's range, and by more than `ZERO`, have different
zeros: even structures at 1000 K overlap with those at 300 K."""

ZERO: Final = 1.0
"""Least distance between two zeros of energy, in eV."""


def warn(lines: Sequence[str], stream: TextIO) -> None:
    """Print each line after ``warning:``."""
    for line in lines:
        print(f"warning: {line}", file=stream, flush=True)


def doubts(structures: Structures) -> list[str]:
    """What is odd within one set.

    Args:
        structures: structures of one source.

    Returns:
        One line each for what the reader found, for charges that differ, for atoms on one spot, and for forces that
        contradict energies.
    """
    return [*structures.remarks, *_mixed(structures), *_on_one_spot(structures), *_contradiction(structures)]


def doubts_between(train: Structures, test: Structures) -> list[str]:
    """What is odd about a test set compared with its training set, one line each."""
    found = []
    if train.charges and test.charges and train.charges != test.charges and len(test.charges) == 1:
        found.append(
            f"{test.source}: charge {_charges(test)}, but the training set has {_charges(train)}: these are other "
            "molecules"
        )
    low, high, first, last = (
        float(pick(energies)) for energies in (train.energies, test.energies) for pick in (np.min, np.max)
    )
    gap = max(first - high, low - last)
    if gap > ZERO and gap > GAP * max(high - low, last - first):
        found.append(
            f"{test.source}: its energies, {first:.6g} to {last:.6g} eV, are far from those of the training set, "
            f"{low:.6g} to {high:.6g} eV: another zero, unit or method?"
        )
    return found


def _mixed(structures: Structures) -> list[str]:
    if len(structures.charges) < 2:
        return []
    return [
        f"{structures.source}: structures of different charge, {_charges(structures)}; a model has one energy "
        "surface, so keep those of one charge"
    ]


def _charges(structures: Structures) -> str:
    return " and ".join(f"{charge:g}" for charge in structures.charges[:4])


def _on_one_spot(structures: Structures) -> list[str]:
    upper = np.triu_indices(len(structures.species), 1)
    least, number, pair, count = SPOT, 0, 0, 0
    step = max(1, ENTRIES // max(1, len(upper[0])))
    for first in range(0, len(structures), step):
        distances = _distances(structures.positions[first : first + step])
        count += int((distances < SPOT).any(axis=1).sum())
        if distances.size and (nearest := float(distances.min())) < least:
            row, column = np.unravel_index(int(distances.argmin()), distances.shape)
            least, number, pair = nearest, first + int(row), int(column)
    if not count:
        return []
    i, j = int(upper[0][pair]), int(upper[1][pair])
    a, b = structures.species[i], structures.species[j]
    others = f" ({count} such structures)" if count > 1 else ""
    return [
        f"{place_of(structures.source, number)}: atoms {i} ({a}) and {j} ({b}) are {least:.3f} angstrom "
        f"apart{others}: one position twice, or a wrong unit of length?"
    ]


def _contradiction(structures: Structures) -> list[str]:
    if structures.forces is None:
        return []
    ways = [_way(structures, structures.forces, i, j) for i, j in _neighbours(structures.positions)]
    near, ratio = [way for way in ways if way.reach <= REACH], 1.0
    if _sizable(near, MIN_NEAR):
        ratio = _weighted_median(near)
        fine = 1 / RATIO < ratio < RATIO
    elif _sizable(ways, MIN_FAR):
        work = float(np.median([abs(way.work) for way in ways]))
        ratio = float(np.median([abs(way.difference) for way in ways])) / max(work, np.finfo(float).tiny)
        fine = FAR_RATIO[0] < ratio < FAR_RATIO[1]
    else:
        return []
    if fine:
        return []
    return [
        f"{structures.source}: between neighbouring structures the energy changes {ratio:.3g} times as much as "
        "the forces say (1 is right): does one of them have another unit, sign or method?"
    ]


@dataclass(frozen=True)
class _Way:
    """A path between two structures: change of energy and work of the forces in eV, and longest step of an atom."""

    difference: float
    work: float
    reach: float

    @property
    def size(self) -> float:
        return float(np.hypot(self.difference, self.work))

    @property
    def ratio(self) -> float:
        return self.difference / self.work if self.work else float(np.copysign(np.inf, self.difference))


def _sizable(ways: Sequence[_Way], count: int) -> bool:
    """Whether at least that many paths are of a size that means something."""
    return len(ways) >= count and sorted(way.size for way in ways)[-count] >= SIZABLE


def _neighbours(positions: Array) -> list[tuple[int, int]]:
    """Evenly spread structures, each with the structure whose interatomic distances are most like its own."""
    among = np.unique(np.linspace(0, len(positions) - 1, min(len(positions), MAX_CANDIDATES)).astype(int))
    chosen = np.unique(np.linspace(0, len(positions) - 1, min(len(positions), MAX_COMPARED)).astype(int))
    known = _distances(positions[among])
    pairs = []
    for i in chosen.tolist():
        apart = np.abs(known - _distances(positions[i : i + 1])).max(axis=1, initial=0.0)
        apart[(among == i) | (apart == 0)] = np.inf
        if np.isfinite(apart.min()):
            pairs.append((i, int(among[apart.argmin()])))
    return pairs


def _way(structures: Structures, forces: Array, i: int, j: int) -> _Way:
    """The path from structure i to structure j, which is turned onto it."""
    here, there = (structures.positions[k] - structures.positions[k].mean(axis=0) for k in (i, j))
    left, _, right = np.linalg.svd(
        there.T @ here
    )  # Kabsch without the sign: a mirror image has the same energy
    turn = left @ right
    steps = there @ turn - here
    work = -0.5 * ((forces[i] + forces[j] @ turn) * steps).sum()
    reach = np.linalg.norm(steps, axis=1).max()
    return _Way(float(structures.energies[j] - structures.energies[i]), float(work), float(reach))


def _weighted_median(ways: Sequence[_Way]) -> float:
    """Median of the ratios, each weighted by the size of its path."""
    ordered = sorted(ways, key=lambda way: way.ratio)
    heights = np.cumsum([way.size for way in ordered])
    return ordered[int(np.searchsorted(heights, heights[-1] / 2))].ratio


def _distances(positions: Array) -> Array:
    """All interatomic distances, ``(n, pairs)``, of positions ``(n, n_atoms, 3)``."""
    first, second = np.triu_indices(positions.shape[1], 1)
    return np.asarray(np.linalg.norm(positions[:, first] - positions[:, second], axis=2))
