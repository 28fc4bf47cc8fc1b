"""Frames of ab initio molecular dynamics in a heat bath, for molecules that normal modes do not describe."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siqml.data.samplers.minimum import relax
from siqml.data.samplers.sampling import Sampling
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    from siqml.data.labelling.labeller import Labeller


@dataclass(frozen=True)
class LangevinFrames(Sampling):
    """Langevin dynamics on the surface of the labelling method itself.

    A molecule that turns inside out, or has a torsion of low frequency, is far from harmonic at room temperature. Its
    distribution is the one of the dynamics, up to the correlation of neighbouring frames.

    Attributes:
        temperature: temperature in kelvin.
        time_step: time step in femtoseconds.
        stride: steps between two frames; before the first frame there are twenty times as many.
        friction: friction in 1/femtosecond.
    """

    temperature: float
    time_step: float
    stride: int
    friction: float

    def geometries(self, label: "Labeller", start: Array, count: int, seed: int) -> Iterator[Array]:
        """Relax, heat, walk, yield; see `Sampling.geometries`. The centre of mass stays where it is."""
        from ase import Atoms, units
        from ase.md.langevin import Langevin
        from ase.md.velocitydistribution import MaxwellBoltzmannDistribution

        from siqml.data.labelling.dft_calculator import PointCalculator

        rng = np.random.default_rng(seed)
        atoms = Atoms(label.species, positions=relax(label, label.species, start))
        atoms.calc = PointCalculator(label)
        MaxwellBoltzmannDistribution(atoms, temperature_K=self.temperature, rng=rng)
        dynamics = Langevin(
            atoms,
            timestep=self.time_step * units.fs,
            temperature_K=self.temperature,
            friction=self.friction / units.fs,
            fixcm=False,
            rng=rng,
        )
        dynamics.run(20 * self.stride)
        for _ in range(count):
            dynamics.run(self.stride)
            yield atoms.get_positions() - atoms.get_center_of_mass()

    def describe(self) -> str:
        """One sentence for the provenance file."""
        return (
            f"ab initio Langevin dynamics (ASE) at {self.temperature:g} K, steps of {self.time_step:g} fs, friction "
            f"{self.friction:g}/fs, frames {self.stride * self.time_step:g} fs apart: neighbours in training and test "
            "set are correlated"
        )
