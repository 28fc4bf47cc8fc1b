"""What breaking does to a trained model: its angles, and how far energies change under rotations."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial.transform import Rotation

from siqml.field.force_field import ForceField
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.structures import Structures

ROTATIONS: Final = 32
"""Random rotations of every structure."""


@dataclass(frozen=True)
class Breaking:
    """A model with breaking after training.

    Attributes:
        largest_angle: largest of the breaking angles, as an absolute value.
        rotation_variance: variance of the energy of a structure under random rotations, mean over the structures, in
            eV^2. A model that keeps the symmetry has none, and of the error of this one it is a part.
        energy_mse: MSE(E) of the same model on the same structures, in eV^2.
        without: MSE(E) with all breaking angles set to zero, in eV^2.
    """

    largest_angle: float
    rotation_variance: float
    energy_mse: float
    without: float

    @property
    def text(self) -> str:
        """One sentence."""
        ratio = self.rotation_variance / self.energy_mse
        share = f"{ratio:.1%} of" if ratio < 1 else f"{ratio:.2g} times the"
        return (
            f"the largest breaking angle is {self.largest_angle:.1e}; under random rotations an energy varies by "
            f"{self.rotation_variance:.1e} eV^2, {share} MSE(E); with all breaking angles set to zero, MSE(E) is "
            f"{self.without:.2e}"
        )


def breaking_of(force_field: ForceField, structures: Structures) -> Breaking | None:
    """What breaking does to a model on labelled structures; ``None`` if it has no breaking."""
    broken = of_kind(force_field.model, "breaking")
    if not broken.any():
        return None
    turns = Rotation.random(ROTATIONS, rng=np.random.default_rng(0)).as_matrix()
    turned = np.einsum("rij,naj->rnai", turns, structures.positions)
    energies = force_field.predict(turned.reshape(-1, *structures.positions.shape[1:]))[0]
    without = np.where(broken, 0.0, force_field.params)
    kept = ForceField(force_field.model, force_field.frame, force_field.scaling, without)

    def mse(field: ForceField) -> float:
        return float(np.mean((field.predict(structures.positions)[0] - structures.energies) ** 2))

    return Breaking(
        float(np.abs(force_field.params[broken]).max()),
        float(energies.reshape(ROTATIONS, -1).var(axis=0).mean()),
        mse(force_field),
        mse(kept),
    )
