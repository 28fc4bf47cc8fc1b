"""How wrong a model is on labelled structures."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from siqml.model import ForceField
from siqml.structures import Array, Structures, radial


@dataclass(frozen=True)
class Errors:
    """Mean square, mean absolute and largest error; eV for energies, eV/angstrom for forces."""

    mse: float
    mae: float
    max: float

    @classmethod
    def of(cls, difference: Array) -> "Errors":
        """Errors of any array of differences, every component counted once.

        >>> Errors.of(np.array([1.0, -3.0]))
        Errors(mse=5.0, mae=2.0, max=3.0)
        """
        size = np.abs(difference)
        return cls(float((size**2).mean()), float(size.mean()), float(size.max()))


@dataclass(frozen=True)
class Evaluation:
    """Errors of one model on one set of structures.

    Attributes:
        source: the structures.
        num_structures: how many.
        energy: of total energies.
        force: over all Cartesian components of all atoms, zeros by symmetry included.
        radial_force: of -dE/dr, for diatomic molecules only. Its mean square is three times the Cartesian
            one, which averages over three directions of which one carries the force.
        energy_variance: of the labels, in eV^2: the mean square error of answering their mean.
        force_variance: mean square of the force components, in eV^2/angstrom^2: the error of answering zero.
    """

    source: str
    num_structures: int
    energy: Errors
    force: Errors | None
    radial_force: Errors | None
    energy_variance: float
    force_variance: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON; parts without labels are ``None``."""
        return asdict(self)


def evaluate(force_field: ForceField, structures: Structures) -> Evaluation:
    """Compare predictions with labels.

    Args:
        force_field: the model.
        structures: labelled structures in the atom order of the model.

    Returns:
        The errors; those of forces are ``None`` where the structures have none.
    """
    energies, forces = force_field.predict(structures.positions)
    force = along_bond = force_variance = None
    if structures.forces is not None:
        force = Errors.of(forces - structures.forces)
        force_variance = float(np.mean(structures.forces**2))
        if len(structures.species) == 2:
            along_bond = Errors.of(radial(structures.positions, forces - structures.forces))
    return Evaluation(
        structures.source,
        len(structures),
        Errors.of(energies - structures.energies),
        force,
        along_bond,
        energy_variance(structures),
        force_variance,
    )


def energy_variance(structures: Structures) -> float:
    """Variance of the energy labels in eV^2."""
    return float(np.var(structures.energies))
