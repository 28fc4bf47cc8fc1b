r"""Inverse interatomic distances: the same when a molecule moves or turns, in another order when atoms are exchanged.

.. math:: x_{ab} = \frac{1}{|r_a - r_b|}, \quad a < b, \qquad (g x)_{ab} = x_{g^{-1}(a)\, g^{-1}(b)}

A permutation of atoms permutes the pairs. A structure and its mirror image have the same coordinates.

References:
    Chmiela et al., Sci. Adv. 3, e1603015 (2017), DOI 10.1126/sciadv.1603015: these coordinates for force fields.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from siqml.molecule.structures import Array

CLOSEST: Final = 1e-3
"""Distance in angstrom below which two atoms count as this far apart: an inverse distance stays a finite number."""

MAX_EXCHANGES: Final = 48
"""Exchanges of equal atoms that are averaged over, as many as six equal atoms of an octahedron have. Beyond it, weaker:
none are, and structures that differ by an exchange are different ones."""

Pairs = npt.NDArray[np.intp]
"""Numbers of pairs of atoms."""


def inverse_distances(positions: Array) -> Array:
    """Coordinates of structures.

    Args:
        positions: ``(n, n_atoms, 3)`` in angstrom.

    Returns:
        ``(n, P)`` in 1/angstrom, for P = n_atoms (n_atoms - 1) / 2 pairs in the order 01, 02, ..., 12, ...

    >>> inverse_distances(np.array([[[0, 0, 0.0], [0, 0, 2.0], [0, 0, 4.0]]]))
    array([[0.5 , 0.25, 0.5 ]])
    """
    first, second = np.triu_indices(positions.shape[1], 1)
    apart = np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
    return np.asarray(1 / np.maximum(apart, CLOSEST))


def slopes(positions: Array) -> Array:
    """Derivatives of the coordinates.

    Args:
        positions: ``(n, n_atoms, 3)`` in angstrom.

    Returns:
        ``(n, P, 3 n_atoms)`` in 1/angstrom^2.
    """
    count, n_atoms = positions.shape[:2]
    first, second = np.triu_indices(n_atoms, 1)
    by_first = -(positions[:, first] - positions[:, second]) * inverse_distances(positions)[:, :, None] ** 3
    found, pairs = np.zeros((count, len(first), n_atoms, 3)), np.arange(len(first))
    found[:, pairs, first] = by_first
    found[:, pairs, second] = -by_first
    return found.reshape(count, len(first), 3 * n_atoms)


def exchanges(n_atoms: int, permutations: Sequence[Sequence[int]]) -> Pairs:
    """What exchanges of atoms do to the pairs.

    Args:
        n_atoms: number of atoms.
        permutations: generators of a group; atom a goes to ``images[a]``.

    Returns:
        ``(g, P)``, a row for every element of the group, the identity first. The coordinates of a structure whose atoms
        are exchanged are ``x[row]``. Of groups beyond `MAX_EXCHANGES`, the identity alone.

    >>> exchanges(3, [(0, 2, 1)])
    array([[0, 1, 2],
           [1, 0, 2]])
    """
    found = [tuple(range(n_atoms))]
    for element in found:  # it grows until every product with a generator is there
        new = (tuple(element[image] for image in images) for images in permutations)
        found += [product for product in dict.fromkeys(new) if product not in found]
        if len(found) > MAX_EXCHANGES:
            found = found[:1]
            break
    first, second = np.triu_indices(n_atoms, 1)
    number = np.zeros((n_atoms, n_atoms), dtype=np.intp)
    number[first, second] = number[second, first] = np.arange(len(first))
    images = np.array(found)
    return np.asarray(number[images[:, first], images[:, second]])


def orbit_means(values: Array, rows: Pairs) -> Array:
    """Values of the pairs ``(P,)``, averaged over pairs that exchanges `rows` ``(g, P)`` take to one another.

    >>> orbit_means(np.array([1.0, 3.0, 7.0]), exchanges(3, [(0, 2, 1)]))
    array([2., 2., 7.])
    """
    return np.asarray(values[rows].mean(axis=0))


def scatter_of(coordinates: Array, rows: Pairs, least: float) -> Array:
    """Standard deviation of every coordinate over a set and its images under exchanges.

    Args:
        coordinates: ``(n, P)``.
        rows: exchanges ``(g, P)``.
        least: smallest value, as a share of the mean.

    Returns:
        ``(P,)``, above 0.
    """
    mean = coordinates.mean(axis=0)
    common = orbit_means(mean, rows)
    variance = orbit_means(coordinates.var(axis=0) + (mean - common) ** 2, rows)
    return np.asarray(np.sqrt(np.maximum(variance, (least * common) ** 2)))
