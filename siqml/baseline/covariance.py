r"""Covariances of an energy and of its slopes, for a kernel that depends on a distance alone.

With :math:`k(z, z') = f(q)`, :math:`q = |z - z'|^2` and :math:`\Delta = z - z'`,

.. math:: \partial_a k = 2 f' \Delta_a, \quad \partial'_b k = -2 f' \Delta_b, \quad
    \partial_a \partial'_b k = -4 f'' \Delta_a \Delta_b - 2 f' \delta_{ab} .

Symmetry under exchanges of atoms is that of an average over the second argument, :math:`\sum_g k(z, g z') / |G|`.

References:
    Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), Secs. 4.2 and 9.4;
    Bartok and Csanyi, Int. J. Quantum Chem. 115, 1051 (2015), DOI 10.1002/qua.24927, for the average.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from siqml.molecule.inverse_distances import Pairs
from siqml.molecule.structures import Array

Radial = Callable[[Array], tuple[Array, Array, Array]]
"""f, f' and f'' at q."""


def squared_exponential(q: Array) -> tuple[Array, Array, Array]:
    """exp(-q / 2): surfaces with all derivatives."""
    found = np.exp(-q / 2)
    return found, -found / 2, found / 4


def matern(q: Array) -> tuple[Array, Array, Array]:
    """The Matérn kernel of 5/2, with t = sqrt(5 q): (1 + t + t^2 / 3) exp(-t), for surfaces that are less smooth."""
    t = np.sqrt(5 * q)
    decay = np.exp(-t)
    return (1 + t + t * t / 3) * decay, -(5 / 6) * (1 + t) * decay, (25 / 12) * decay


KERNELS: Final[Mapping[str, Radial]] = MappingProxyType(
    {"squared exponential": squared_exponential, "Matern 5/2": matern}
)


@dataclass(frozen=True, eq=False)
class Points:
    """Structures as a kernel sees them.

    Attributes:
        z: coordinates ``(n, P)``, divided by the length scale of the kernel.
        slopes: derivatives of the coordinates in the d directions in which a force is known, ``(n, P, d)``; d may be 0.
    """

    z: Array
    slopes: Array

    def __len__(self) -> int:
        return len(self.z)

    @property
    def size(self) -> int:
        """Number of values: an energy and d slopes of each structure."""
        return len(self.z) * (1 + int(self.slopes.shape[2]))

    def exchanged(self, row: Array) -> "Points":
        """The same with atoms exchanged."""
        return Points(self.z[:, row], self.slopes[:, row])


def covariance(kernel: Radial, points: Points, rows: Pairs) -> Array:
    """Covariances of all values: first energies, then slopes, structure by structure.

    Args:
        kernel: f.
        points: n structures with d slopes each.
        rows: exchanges ``(g, P)``.

    Returns:
        ``(n + n d, n + n d)``, symmetric.
    """
    n, d = len(points), points.slopes.shape[2]
    found = np.zeros((points.size, points.size))
    mine = np.ascontiguousarray(points.slopes.transpose(0, 2, 1)).reshape(n * d, points.z.shape[1])
    for row in rows:
        other = points.exchanged(row)
        f, f1, f2 = kernel(_squares(points.z, other.z))
        found[:n, :n] += f
        if not d:
            continue
        theirs = np.ascontiguousarray(other.slopes.transpose(0, 2, 1)).reshape(n * d, points.z.shape[1])
        # slopes of one structure times the difference of two, (n, d, n) and (n, n, d)
        left = (mine @ other.z.T).reshape(n, d, n)
        left = (points.slopes * points.z[:, :, None]).sum(axis=1)[:, :, None] - left
        right = (points.z @ theirs.T).reshape(n, n, d)
        right = right - (other.slopes * other.z[:, :, None]).sum(axis=1)
        found[:n, n:] += (-2 * f1[:, :, None] * right).reshape(n, n * d)
        both = (mine @ theirs.T).reshape(n, d, n, d)
        both *= -2 * f1[:, None, :, None]
        both -= (4 * f2[:, None, :] * left)[:, :, :, None] * right[:, None]
        found[n:, n:] += both.reshape(n * d, n * d)
    found /= len(rows)
    found[n:, :n] = found[:n, n:].T
    return found


def expectation(
    kernel: Radial, at: Array, points: Points, weights: Array, rows: Pairs
) -> tuple[Array, Array]:
    """Weighted sums of covariances with an energy, and their slopes.

    Args:
        kernel: f.
        at: coordinates ``(m, P)``, divided by the length scale.
        points: the structures that the weights belong to.
        weights: ``(n + n d,)`` in the order of `covariance`.
        rows: exchanges ``(g, P)``.

    Returns:
        ``(m,)``, and derivatives by the coordinates ``(m, P)``.
    """
    n, d = len(points), points.slopes.shape[2]
    of_energies, of_slopes = weights[:n], weights[n:].reshape(n, d)
    pulls = (points.slopes * of_slopes[:, None, :]).sum(axis=2)  # sums over the directions, (n, P)
    values, gradients = np.zeros(len(at)), np.zeros(at.shape)
    for row in rows:
        z, pull = points.z[:, row], pulls[:, row]
        f, f1, f2 = kernel(_squares(at, z))
        along = at @ pull.T - (z * pull).sum(axis=1)
        values += f @ of_energies - 2 * (f1 * along).sum(axis=1)
        by_difference = 2 * f1 * of_energies - 4 * f2 * along
        gradients += by_difference.sum(axis=1)[:, None] * at - by_difference @ z - 2 * f1 @ pull
    return values / len(rows), gradients / len(rows)


def _squares(one: Array, other: Array) -> Array:
    """Squared distances; sums of squares of differences, which do not lose the digits of near structures."""
    found = np.zeros((len(one), len(other)))
    for a, b in zip(one.T, other.T, strict=True):
        found += (a[:, None] - b) ** 2
    return found
