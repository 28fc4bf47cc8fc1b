r"""Which candidates to label: those that the models disagree about, far from what is known, and from one another.

One after another, the candidate i is taken that has the largest

.. math:: s_i \, d_i, \qquad s_i^2 = \frac{1}{3 n} \sum_c \mathrm{var}_k F_{k,c}(x_i),

where s is the disagreement of the models k about the forces, and d the distance from the training set and from all that
are taken so far, see `siqml.field.domain`. So d favours what lies outside the domain, and keeps two picks apart.

References:
    Smith, Nebgen, Lubbers, Isayev and Roitberg, J. Chem. Phys. 148, 241733 (2018), DOI 10.1063/1.5023802, for s.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from siqml.field.domain import Domain
from siqml.field.ensemble import Ensemble
from siqml.molecule.inverse_distances import inverse_distances
from siqml.molecule.structures import Array

BEYOND: Final = 1.1
"""How far one round goes: up to the longest distance of two atoms in the training set times this, and down to the
shortest over it. The dynamics of a poor model go anywhere, and labels of several eV spoil the next one."""


def plausible(positions: Array, known: Array) -> npt.NDArray[np.bool_]:
    """Whether candidates of a poor model's dynamics are worth a label, see `BEYOND`.

    Args:
        positions: candidates ``(n, n_atoms, 3)`` in angstrom.
        known: training structures ``(m, n_atoms, 3)``.

    Returns:
        ``(n,)`` of bool.
    """
    found, there = inverse_distances(positions), inverse_distances(known)
    high, low = there.max(axis=0) * BEYOND, there.min(axis=0) / BEYOND
    return np.asarray(((found <= high) & (found >= low)).all(axis=1))


def disagreement(ensemble: Ensemble, positions: Array) -> Array:
    """s ``(n,)`` in eV/angstrom of positions ``(n, n_atoms, 3)``."""
    spread = ensemble.predictions(positions).std[1].reshape(len(positions), -1)
    return np.asarray(np.sqrt(np.mean(spread**2, axis=1)))


def most_telling(disagreement: Array, positions: Array, domain: Domain, count: int) -> list[int]:
    """The candidates to label.

    Args:
        disagreement: s ``(n,)``.
        positions: ``(n, n_atoms, 3)`` in angstrom.
        domain: that of the training set.
        count: how many to take.

    Returns:
        Their numbers, counted from 0, in the order in which they are taken; fewer if there are fewer.
    """
    far, taken = domain.distance(positions), list[int]()
    for _ in range(min(count, len(positions))):
        value = disagreement * far
        value[taken] = -1.0
        taken.append(int(value.argmax()))
        far = np.minimum(far, domain.apart(positions, positions[taken[-1:]]))
    return taken
