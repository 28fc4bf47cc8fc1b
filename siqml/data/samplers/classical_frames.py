"""Decorrelated frames of a water dimer at one temperature, from long classical molecular dynamics.

Ab initio dynamics long enough to forget its start costs a hundred steps per frame. Here a classical model walks
instead, and the better method labels the places where it has been. The labels are exact; the distribution is the
model's.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from siqml.data.samplers.flexible_water import FlexibleWater
from siqml.data.samplers.minimum import hessian, relax
from siqml.data.samplers.sampling import Sampling
from siqml.molecule.structures import Array

if TYPE_CHECKING:
    from siqml.data.labelling.labeller import Labeller


@dataclass(frozen=True)
class ClassicalFrames(Sampling):
    """Langevin dynamics of `FlexibleWater`, whose molecules vibrate as they do in the labelling method.

    Attributes:
        temperature: temperature in kelvin.
        time_step: time step in femtoseconds.
        stride: steps between two frames; before the first frame there are ten times as many.
        friction: friction in 1/femtosecond.
        wall: O-O distance in angstrom beyond which a spring pulls the molecules together.
        spring: stiffness of that spring in eV/angstrom^2.
    """

    temperature: float
    time_step: float
    stride: int
    friction: float
    wall: float
    spring: float

    def geometries(self, label: "Labeller", start: Array, count: int, seed: int) -> Iterator[Array]:
        """Fit the model to one molecule, walk, yield; see `Sampling.geometries`."""
        from ase import Atoms, units
        from ase.md.langevin import Langevin

        from siqml.data.labelling.dft_calculator import PointCalculator

        model = self.model(label, start)
        atoms = Atoms(label.species, positions=start)
        atoms.calc = PointCalculator(model)
        rng = np.random.default_rng(seed)
        dynamics = Langevin(
            atoms,
            timestep=self.time_step * units.fs,
            temperature_K=self.temperature,
            friction=self.friction / units.fs,
            fixcm=False,
            rng=rng,
        )
        dynamics.run(10 * self.stride)
        for _ in range(count):
            dynamics.run(self.stride)
            yield atoms.get_positions() - atoms.get_center_of_mass()

    def model(self, label: "Labeller", start: Array) -> FlexibleWater:
        """The walker: the harmonic surface of the first molecule of ``start``, relaxed on its own."""
        monomer = replace(label, species=label.species[:3])
        minimum = relax(monomer, monomer.species, start[:3])
        return FlexibleWater.of_monomer(minimum, hessian(monomer, minimum), self.wall, self.spring)

    def describe(self) -> str:
        """One sentence for the provenance file."""
        return (
            f"Langevin dynamics (ASE) at {self.temperature:g} K, not of the labelling method but of a classical "
            f"model: inside a molecule the harmonic surface of the labelling method, between molecules SPC/Fw, "
            f"a wall at an O-O distance of {self.wall:g} angstrom; steps of {self.time_step:g} fs, friction "
            f"{self.friction:g}/fs, frames {self.stride * self.time_step:g} fs apart"
        )
