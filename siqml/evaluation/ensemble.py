"""How wrong an ensemble is, and whether the spread of its members shows it."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

from siqml.evaluation.evaluate import Evaluation, compared, share_outside
from siqml.field.ensemble import Ensemble
from siqml.molecule.structures import Array, Structures

FEWEST: Final = 3
"""Least number of structures for a correlation: two points always lie on a line."""


@dataclass(frozen=True)
class Agreement:
    """The spread between members beside the error of their mean.

    Attributes:
        spread: mean square of the standard deviation between members, over structures and force components. It is to
            be compared with the mean square error of the mean.
        correlation: correlation, over structures, of the standard deviation with the size of the error (for forces,
            the root mean squares over the components of a structure); ``None`` for fewer than three structures, or if
            either is the same everywhere.
    """

    spread: float
    correlation: float | None

    @classmethod
    def of(cls, std: Array, error: Array) -> "Agreement":
        """The agreement of standard deviations with errors, both ``(n,)`` or ``(n, n_atoms, 3)``.

        >>> Agreement.of(np.array([1.0, 2.0, 3.0]), np.array([2.0, -4.0, 6.0]))
        Agreement(spread=4.666666666666667, correlation=1.0)
        """
        return cls(float(np.mean(std**2)), _correlation(_size(std), _size(error)))


@dataclass(frozen=True)
class EnsembleEvaluation:
    """Errors of an ensemble on one set of structures.

    Attributes:
        members: errors of each model, by name.
        mean: errors of the mean prediction.
        energy: spread and error of energies, in eV^2.
        force: spread and error of force components, in eV^2/angstrom^2; ``None`` without force labels.
    """

    members: dict[str, Evaluation]
    mean: Evaluation
    energy: Agreement
    force: Agreement | None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON; parts without labels are ``None``."""
        return asdict(self)


def evaluate_ensemble(ensemble: Ensemble, structures: Structures) -> EnsembleEvaluation:
    """Compare the predictions of an ensemble with labels.

    Args:
        ensemble: the models.
        structures: labelled structures in their atom order.

    Returns:
        Errors of every member and of the mean, and how the spread agrees with the error.
    """
    found = ensemble.predictions(structures.positions)
    members = {
        name: compared(energies, forces, structures)
        for name, energies, forces in zip(ensemble.names, found.energies, found.forces, strict=True)
    }
    energies, forces = found.mean
    energy_std, force_std = found.std
    force = None
    if structures.forces is not None:
        force = Agreement.of(force_std, forces - structures.forces)
    energy = Agreement.of(energy_std, energies - structures.energies)
    mean = replace(
        compared(energies, forces, structures), outside=share_outside(ensemble.domain, structures.positions)
    )
    return EnsembleEvaluation(members, mean, energy, force)


def _size(values: Array) -> Array:
    """Root mean square over each structure, ``(n,)``."""
    return np.asarray(np.sqrt(np.mean(values.reshape(len(values), -1) ** 2, axis=1)))


def _correlation(one: Array, other: Array) -> float | None:
    if len(one) < FEWEST or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])
