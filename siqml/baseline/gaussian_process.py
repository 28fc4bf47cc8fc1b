r"""A Gaussian process on inverse distances: energies and exact forces, from energies or from both.

The energy is a random function of the coordinates with a constant mean and a stationary kernel, averaged over exchanges
of equal atoms. Forces are its slopes, so they come from the same covariance. Coordinates are in units of their scatter
over the training set. One length, the kernel, and one relative noise maximise the likelihood of (part of) the training
labels; mean and variance have a closed form:

.. math:: \log p = -\tfrac N2 \log \frac{(y - \mu h)^T C^{-1} (y - \mu h)}{N} - \tfrac12 \log |C|, \quad
    \mu = \frac{h^T C^{-1} y}{h^T C^{-1} h},

with h = 1 for energies and 0 for slopes. Nothing is drawn at random, and no test set is looked at.

A force is known in 3 n_atoms directions, and the energy changes in 3 n_atoms - 6 of them. Labels enter by their
components along these alone; along the others the covariance is zero, and they tell nothing.

References:
    Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), Eqs. 2.23 to 2.30, 2.41 and 5.8;
    Chmiela et al., Nat. Commun. 9, 3887 (2018), DOI 10.1038/s41467-018-06169-2, for forces alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from siqml.baseline.covariance import KERNELS, Points, covariance, expectation
from siqml.errors import DataError
from siqml.molecule.inverse_distances import Pairs, exchanges, inverse_distances, scatter_of, slopes
from siqml.molecule.structures import Array, Structures
from siqml.molecule.subset import evenly

MAX_VALUES: Final = 6000
"""Energies and slopes that a Gaussian process is fitted to, within 1 GB of memory. Beyond it, weaker: it is fitted to
evenly spread structures of the training set, and says to how many."""

MAX_TUNED: Final = 700
"""Energies and slopes whose likelihood decides length, kernel and noise. Beyond it, weaker: evenly spread structures
stand for all."""

LENGTHS: Final = tuple(2.0**k for k in range(-1, 7))
"""Lengths that are tried first, in units of the scatter of the coordinates."""

NOISES: Final = (1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2)
"""Variances of the noise that are tried first, as shares of the variance of the labels; below 1e-12, rounding
decides."""

SAME: Final = 1e-8
"""Scatter of a coordinate, as a share of its mean, below which it is the same everywhere: a rigid bond."""

MANY: Final = 200
"""Structures that are predicted at once."""


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """A fitted Gaussian process.

    Attributes:
        kernel: name of the kernel, see `siqml.baseline.covariance.KERNELS`.
        length: length of the kernel, in units of the scatter of the coordinates.
        noise: variance of the noise as a share of the variance of the labels.
        species: chemical symbols, in the order of all positions.
        num_structures: structures that it is fitted to.
        num_given: structures that it was given.
        with_forces: whether it is fitted to forces as well.
        scatter: units of the coordinates, ``(P,)`` in 1/angstrom.
        rows: exchanges of atoms, as those of pairs.
        points: the structures that it is fitted to.
        weights: of energies and slopes, in the order of the covariance.
        mean: in eV.
    """

    kernel: str
    length: float
    noise: float
    species: tuple[str, ...]
    num_structures: int
    num_given: int
    with_forces: bool
    scatter: Array
    rows: Pairs
    points: Points
    weights: Array
    mean: float

    @classmethod
    def fit(
        cls,
        data: Structures,
        permutations: Sequence[Sequence[int]] = (),
        with_forces: bool = True,
        along: Array | None = None,
    ) -> "GaussianProcess":
        """Fit to labelled structures.

        Args:
            data: the training set.
            permutations: exchanges of atoms that leave the energy alone; atom a goes to ``images[a]``.
            with_forces: whether forces are labels, too, if there are any.
            along: unit vector ``(n_atoms, 3)``, if forces are known along one direction only, as in a cut.

        Returns:
            The fit. The same arguments give the same bits on one machine.

        Raises:
            DataError: fewer than two structures, a single atom, or energies that are all the same.
        """
        forces = data.forces if with_forces else None
        n_atoms = data.positions.shape[1]
        if len(data) < 2 or n_atoms < 2 or np.ptp(data.energies) == 0:
            raise DataError(
                f"{data.source}: a Gaussian process needs two structures of two atoms and different energies; found "
                f"{len(data)} of {n_atoms}"
            )
        rows = exchanges(n_atoms, permutations)
        d = 0 if forces is None else 1 if along is not None else max(3 * n_atoms - 6, 1)
        chosen = evenly(len(data), MAX_VALUES // (1 + d))
        positions, energies = data.positions[chosen], data.energies[chosen]
        coordinates = inverse_distances(positions)
        scatter = scatter_of(coordinates, rows, SAME)
        by_positions = slopes(positions)
        directions = np.zeros((len(chosen), positions[0].size, 0))
        if along is not None and d:
            directions = np.tile(along.reshape(1, -1, 1), (len(chosen), 1, 1))
        elif d:
            directions = np.linalg.svd(by_positions, full_matrices=False)[2][:, :d].transpose(0, 2, 1)
        points = Points(coordinates / scatter, (by_positions @ directions) / scatter[:, None])
        known = np.zeros((len(chosen), 0))
        if forces is not None:
            known = -np.einsum("nc,ncd->nd", forces[chosen].reshape(len(chosen), -1), directions)
        kernel, length, noise = _tuned(points, energies, known, rows)
        scaled = Points(points.z / length, points.slopes / length)
        weights, mean, noise = _solved(kernel, scaled, energies, known, rows, noise)
        return cls(
            kernel, length, noise, data.species, len(chosen), len(data), d > 0, scatter * length, rows, scaled, weights,
            mean,
        )  # fmt: skip

    def predict(self, positions: Array) -> tuple[Array, Array]:
        """Energies and exact forces, F = -dE/dr.

        Args:
            positions: ``(n, n_atoms, 3)`` in angstrom; not changed.

        Returns:
            energies ``(n,)`` in eV and forces ``(n, n_atoms, 3)`` in eV/angstrom; empty arrays for n = 0.
        """
        energies, forces = np.zeros(len(positions)), np.zeros(positions.shape)
        for first in range(0, len(positions), MANY):
            part = positions[first : first + MANY]
            z = inverse_distances(part) / self.scatter
            found, by_z = expectation(KERNELS[self.kernel], z, self.points, self.weights, self.rows)
            by_coordinates = (by_z / self.scatter)[:, None, :]
            energies[first : first + MANY] = self.mean + found
            forces[first : first + MANY] = -(by_coordinates @ slopes(part)).reshape(part.shape)
        return energies, forces


def _tuned(points: Points, energies: Array, known: Array, rows: Pairs) -> tuple[str, float, float]:
    """Kernel, length and noise of the largest likelihood: first on a grid, then by the method of Nelder and Mead."""
    from scipy.optimize import minimize

    part = evenly(len(points), max(2, MAX_TUNED // (1 + known.shape[1])))
    z, by, energies, known = points.z[part], points.slopes[part], energies[part], known[part]
    best = (np.inf, "", np.zeros(2))
    for kernel in KERNELS:
        for length in LENGTHS:
            scaled = Points(z / length, by / length)
            whole = covariance(KERNELS[kernel], scaled, rows)
            for noise in NOISES:
                found = _loss(whole, len(part), energies, known, noise)
                if found < best[0]:
                    best = (found, kernel, np.log([length, noise]))
    if not best[1]:
        return "Matern 5/2", 1.0, NOISES[-1]

    def loss(at: Array) -> float:
        length, noise = np.exp(at)
        if noise < NOISES[0]:
            return np.inf
        whole = covariance(KERNELS[best[1]], Points(z / length, by / length), rows)
        return _loss(whole, len(part), energies, known, noise)

    steps = best[2] + np.array([[0, 0], [0.4, 0], [0, 1.5]])
    found = minimize(loss, best[2], method="Nelder-Mead", options={"initial_simplex": steps, "maxfev": 40})
    length, noise = np.exp(found.x)
    return best[1], float(length), float(noise)


def _loss(whole: Array, n: int, energies: Array, known: Array, noise: float) -> float:
    """Minus the logarithm of the likelihood, up to a constant; infinite where the covariance is singular."""
    try:
        _, _, variance, log_det = _whitened(whole, n, energies, known, noise)
    except np.linalg.LinAlgError:
        return np.inf
    return float(len(whole) * np.log(variance) + log_det) / 2


def _whitened(
    whole: Array, n: int, energies: Array, known: Array, noise: float
) -> tuple[Array, float, float, float]:
    """Weights, mean, variance and logarithm of the determinant.

    Raises:
        LinAlgError: the covariance is singular.
    """
    from scipy.linalg import cho_factor, cho_solve

    size = whole.diagonal()
    shares = np.concatenate(
        [np.full(n, size[:n].mean()), np.full(len(size) - n, size[n:].mean() if n < len(size) else 0)]
    )
    noisy = whole + np.diag(noise * shares)
    factor = cho_factor(noisy, lower=True, overwrite_a=True, check_finite=False)
    labels = np.concatenate([energies - energies.mean(), known.ravel()])
    ones = np.concatenate([np.ones(n), np.zeros(known.size)])
    by_labels, by_ones = cho_solve(factor, np.stack([labels, ones], axis=1), check_finite=False).T
    mean = float((ones @ by_labels) / (ones @ by_ones))
    weights = by_labels - mean * by_ones
    variance = float((labels - mean * ones) @ weights) / len(labels)
    if not (np.isfinite(variance) and variance > 0):
        raise np.linalg.LinAlgError("the covariance is singular")
    return weights, mean + float(energies.mean()), variance, 2 * float(np.log(factor[0].diagonal()).sum())


def _solved(
    kernel: str, points: Points, energies: Array, known: Array, rows: Pairs, noise: float
) -> tuple[Array, float, float]:
    """Weights and mean, with as much more noise as the factorisation needs."""
    whole = covariance(KERNELS[kernel], points, rows)
    while True:
        try:
            weights, mean, _, _ = _whitened(whole, len(points), energies, known, noise)
        except np.linalg.LinAlgError:
            if noise > 1:
                raise
            noise *= 10
        else:
            return weights, mean, noise
