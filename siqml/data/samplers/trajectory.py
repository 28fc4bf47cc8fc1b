"""A short trajectory of ab initio molecular dynamics at constant energy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siqml.data.samplers.minimum import relax
from siqml.data.samplers.sampling import Sampling
from siqml.molecule.structures import Array
from siqml.molecule.units import BOLTZMANN

if TYPE_CHECKING:
    from siqml.data.labelling.labeller import Labeller


@dataclass(frozen=True)
class Trajectory(Sampling):
    """Velocity Verlet from a stationary point; every step is a frame.

    At the start all energy is kinetic, that of twice the temperature. The vibrations then share it between kinetic and
    potential energy.

    Attributes:
        temperature: the mean temperature that is aimed at, in kelvin.
        time_step: time step in femtoseconds.
    """

    temperature: float
    time_step: float

    def geometries(self, label: "Labeller", start: Array, count: int, seed: int) -> Iterator[Array]:
        """Relax, kick, run; see `Sampling.geometries`. The trajectory neither drifts nor turns."""
        from ase import Atoms, units
        from ase.md.velocitydistribution import Stationary, ZeroRotation
        from ase.md.verlet import VelocityVerlet

        from siqml.data.labelling.dft_calculator import PointCalculator

        atoms = Atoms(label.species, positions=relax(label, label.species, start))
        atoms.positions -= atoms.get_center_of_mass()
        atoms.calc = PointCalculator(label)
        kicks = np.random.default_rng(seed).normal(size=atoms.positions.shape)
        atoms.set_momenta(
            kicks * np.sqrt(atoms.get_masses())[:, None]
        )  # Maxwell's distribution, up to a scale below
        Stationary(atoms)
        ZeroRotation(atoms)
        vibrations = atoms.positions.size - 6
        wanted = vibrations * BOLTZMANN * self.temperature
        atoms.set_momenta(atoms.get_momenta() * np.sqrt(wanted / atoms.get_kinetic_energy()))
        dynamics = VelocityVerlet(atoms, timestep=self.time_step * units.fs)
        for _ in range(count):
            dynamics.run(1)
            yield atoms.get_positions()

    def describe(self) -> str:
        """One sentence for the provenance file."""
        return (
            "one trajectory of ab initio molecular dynamics (ASE, velocity Verlet, constant energy, no rotation) "
            f"from the stationary point that the start relaxes to, kinetic energy of {2 * self.temperature:g} K "
            f"at first, hence about {self.temperature:g} K if that is a minimum; every step of "
            f"{self.time_step:g} fs is a frame: neighbours in training and test set are correlated"
        )
