r"""Classical harmonic sampling: every vibration of the minimum at one temperature, in independent frames.

Along the mode with mass-weighted curvature :math:`\lambda_i`, the coordinate is normally distributed with variance
:math:`k_B T / \lambda_i`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from siqml.data.samplers.minimum import hessian, relax
from siqml.data.samplers.sampling import Sampling
from siqml.errors import LabelError
from siqml.molecule.structures import Array
from siqml.molecule.units import BOLTZMANN

if TYPE_CHECKING:
    from siqml.data.labelling.labeller import Labeller

SADDLE: Final = 1e-2
"""Size of a negative curvature, relative to the largest, above which the point is a saddle. The forces that remain at
the stationary point, and their differences, make the curvatures of rotations scatter by some 1e-3."""

BENT: Final = 1e-2
"""Extent across a molecule, relative to its length, above which it is not linear. Forces of `LARGEST_FORCE` that an
optimisation leaves bend a linear molecule by less than a tenth of that."""


@dataclass(frozen=True)
class NormalModes(Sampling):
    """Classical Boltzmann distribution of the harmonic molecule, with uniform orientations.

    Attributes:
        temperature: temperature in kelvin.
    """

    temperature: float

    def geometries(self, label: "Labeller", start: Array, count: int, seed: int) -> Iterator[Array]:
        """Relax, differentiate, draw; see `Sampling.geometries`. The heaviest atom stays where it is."""
        from ase.data import atomic_masses, atomic_numbers

        minimum = relax(label, label.species, start)
        masses = np.array([atomic_masses[atomic_numbers[symbol]] for symbol in label.species])
        spread = displacements(hessian(label, minimum), masses, self.temperature, lies_on_a_line(minimum))
        rng = np.random.default_rng(seed)
        for _ in range(count):
            moved = minimum + (spread @ rng.normal(size=spread.shape[1])).reshape(minimum.shape)
            yield (moved - moved[masses.argmax()]) @ random_rotation(rng).T

    def describe(self) -> str:
        """One sentence for the provenance file."""
        return (
            f"normal modes of the minimum, classical harmonic distribution at {self.temperature:g} K, "
            "independent frames in random orientation"
        )


def displacements(curvature: Array, masses: Array, temperature: float, is_linear: bool = False) -> Array:
    r"""Root of the covariance of the Cartesian coordinates of a harmonic molecule.

    .. math:: x = M^{-1/2} \sum_i e_i \sqrt{k_B T / \lambda_i}\; \xi_i, \qquad \xi_i \sim N(0, 1)

    Args:
        curvature: Hessian at the minimum, ``(3 n_atoms, 3 n_atoms)`` in eV/angstrom^2.
        masses: ``(n_atoms,)``, in any unit: the unit cancels in a classical distribution.
        temperature: temperature in kelvin.
        is_linear: whether all atoms lie on a line at the minimum.

    Returns:
        ``(3 n_atoms, 3 n_atoms - 6)`` in angstrom, one column for each vibration; of a linear molecule, which does not
        turn about its axis, ``(3 n_atoms, 3 n_atoms - 5)``.

    Raises:
        LabelError: the curvature is negative in some direction.

    References:
        Wilson, Decius and Cross, Molecular Vibrations (1955), ch. 2.
    """
    weights = 1 / np.sqrt(np.repeat(masses, 3))
    squares, modes = np.linalg.eigh(weights[:, None] * curvature * weights)
    if squares[0] < -squares[-1] * SADDLE:
        raise LabelError("the start relaxes to a saddle point; give a start without symmetry")
    still = 5 if is_linear else 6
    columns = modes[:, still:]  # eigenvalues rise, so those of translation and rotation come first
    largest = np.abs(columns).argmax(axis=0)
    columns = columns * np.sign(columns[largest, np.arange(columns.shape[1])])  # LAPACK's sign is arbitrary
    return np.asarray(weights[:, None] * columns * np.sqrt(BOLTZMANN * temperature / squares[still:]))


def lies_on_a_line(positions: Array) -> bool:
    """Whether atoms at ``(n_atoms, 3)`` in angstrom lie on a line, up to what an optimisation leaves.

    >>> lies_on_a_line(np.array([[0, 0, 0], [0, 0, 1.0], [0, 0.001, 2]]))
    True
    """
    lengths = np.linalg.svd(positions - positions.mean(axis=0), compute_uv=False)
    return bool(lengths[1] < BENT * lengths[0])


def random_rotation(rng: np.random.Generator) -> Array:
    """A rotation matrix, uniform over SO(3): a normal quaternion has no preferred direction."""
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_quat(rng.normal(size=4)).as_matrix())
