"""How wrong a model is on labelled structures."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

import eqcompile as eq
from siqml.evaluation.floor import Floor, force_floor
from siqml.field.domain import AnyDomain
from siqml.field.ensemble import SingleField
from siqml.molecule.line import Line
from siqml.molecule.structures import Array, Structures, radial


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
        source: where the structures come from.
        num_structures: number of structures.
        energy: errors of total energies.
        force: errors over all Cartesian components of all atoms, including those that are zero by symmetry.
        radial_force: errors of -dE/dr, for diatomic molecules only. Their mean square is three times the Cartesian one,
            which averages over three directions of which one carries the force.
        line_force: errors along the line of a cut, see `Line`, if all structures lie on one.
        energy_variance: variance of the labels, in eV^2: the mean square error of answering their mean.
        force_variance: mean square of the force components, in eV^2/angstrom^2: the error of answering zero.
        floor: the part of it that no parameters of this model can express, if it was asked for.
        energy_r_squared: squared correlation of predicted and labelled energies; ``None`` if either is the same
            everywhere.
        force_r_squared: the same of force components; along the line, if all structures lie on one.
        line_force_variance: mean square of the forces along the line, in eV^2/angstrom^2.
        outside: share of the structures outside the domain of the training set; ``None`` if it is unknown.
    """

    source: str
    num_structures: int
    energy: Errors
    force: Errors | None
    radial_force: Errors | None
    line_force: Errors | None
    energy_variance: float
    force_variance: float | None
    floor: Floor | None = None
    energy_r_squared: float | None = None
    force_r_squared: float | None = None
    line_force_variance: float | None = None
    outside: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON; parts without labels are ``None``."""
        return asdict(self)


ANOTHER_ZERO: Final = 100.0
"""Mean square errors this many times the variance of the labels, and above 1 eV^2, do not come from poor training: even
the mean of the training set as the answer is wrong only by about the variance."""


def doubtful(evaluation: Evaluation) -> list[str]:
    """A line if the size of the errors says that labels and model have different zeros or units; empty otherwise."""
    error, variance = evaluation.energy.mse, evaluation.energy_variance
    if error <= 1.0 or error <= ANOTHER_ZERO * variance:
        return []
    return [
        f"{evaluation.source}: energies are off by {error**0.5:.3g} eV, while the labels vary by {variance**0.5:.3g}: "
        "another zero, unit or method than that of the training set?"
    ]


def evaluate(force_field: SingleField, structures: Structures, with_floor: bool = False) -> Evaluation:
    """Compare predictions with labels.

    Args:
        force_field: the model.
        structures: labelled structures in the atom order of the model.
        with_floor: whether to find the part of the forces that the model cannot express, too; this takes seconds.

    Returns:
        The errors; those of forces are ``None`` if the structures have no forces.
    """
    has_floor = with_floor and structures.forces is not None and len(structures) > 0
    with eq.stage("the part of the forces that the model cannot express"):
        floor = force_floor(force_field, structures) if has_floor else None
    with eq.stage("the predictions"):
        found = compared(*force_field.predict(structures.positions), structures, floor)
    return replace(found, outside=share_outside(force_field.domain, structures.positions))


def share_outside(domain: AnyDomain | None, positions: Array) -> float | None:
    """Share of structures ``(n, n_atoms, 3)`` outside a domain; ``None`` if it is unknown, or for n = 0."""
    return None if domain is None or not len(positions) else float(domain.outside(positions).mean())


def compared(
    energies: Array, forces: Array, structures: Structures, floor: Floor | None = None
) -> Evaluation:
    """Compare any predictions with labels.

    Args:
        energies: predicted energies ``(n,)`` in eV.
        forces: predicted forces ``(n, n_atoms, 3)`` in eV/angstrom.
        structures: n labelled structures with their atoms in the same order.
        floor: passed on.

    Returns:
        The errors; those of forces are ``None`` if the structures have no forces.
    """
    force = along_bond = along_line = force_variance = line_variance = force_r_squared = None
    if structures.forces is not None:
        force = Errors.of(forces - structures.forces)
        force_variance = float(np.mean(structures.forces**2))
        force_r_squared = r_squared(forces, structures.forces)
        if len(structures.species) == 2:
            along_bond = Errors.of(radial(structures.positions, forces - structures.forces))
        if (line := Line.through(structures)) is not None:
            along_line = Errors.of(line.component(forces - structures.forces))
            line_variance = float(np.mean(line.component(structures.forces) ** 2))
            force_r_squared = r_squared(line.component(forces), line.component(structures.forces))
    return Evaluation(
        structures.source,
        len(structures),
        Errors.of(energies - structures.energies),
        force,
        along_bond,
        along_line,
        energy_variance(structures),
        force_variance,
        floor,
        r_squared(energies, structures.energies),
        force_r_squared,
        line_variance,
    )


def energy_variance(structures: Structures) -> float:
    """Variance of the energy labels in eV^2."""
    return float(np.var(structures.energies))


def r_squared(predicted: Array, labels: Array) -> float | None:
    """Squared correlation of two arrays of one shape; ``None`` if either is the same everywhere.

    >>> round(r_squared(np.array([1.0, 2.0, 3.0]), np.array([-2.0, -4.0, -6.0])), 12)
    1.0
    """
    one, other = (np.ravel(values - values.mean()) for values in (predicted, labels))
    size = float(one @ one) * float(other @ other)
    return float(one @ other) ** 2 / size if size > 0 else None
