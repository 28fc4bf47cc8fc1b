r"""Steps of molecular dynamics on plain arrays.

A step takes a few microseconds here, where one through ASE's objects takes longer than the forces themselves. The
formulas are those of ASE's integrators, operation by operation, and give the same trajectories.

References:
    Swope, Andersen, Berens and Wilson, J. Chem. Phys. 76, 637 (1982); Vanden-Eijnden and Ciccotti, Chem. Phys. Lett.
    429, 310 (2006), Eq. 23.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from siqml.errors import ModelError
from siqml.field.ensemble import AnyField, Ensemble
from siqml.md.task import FEMTO_PER_PICO, MdOrder
from siqml.molecule.structures import Array, composition, match_atoms


@dataclass(frozen=True, eq=False)
class Place:
    """Where the atoms are, and what the model says there.

    Attributes:
        positions: ``(n_atoms, 3)`` in angstrom.
        energy: in eV.
        forces: ``(n_atoms, 3)`` in eV/angstrom.
        spread: standard deviations between the members of an ensemble: of the energy, and the largest one of all force
            components; empty for a single model.
    """

    positions: Array
    energy: float
    forces: Array
    spread: tuple[float, ...] = ()


Model = Callable[[Array], Place]
"""Positions in the order of the file to what the model says there."""

Step = Callable[[Place, Array], tuple[Place, Array]]
"""``(place, momenta (n_atoms, 3)) -> the same after one step``, in ASE's units."""


def model_of(field: AnyField, symbols: list[str]) -> Model:
    """What a model says of atoms in the order of a file.

    Args:
        field: the model, or an ensemble, whose mean moves the atoms.
        symbols: chemical symbols in this order.

    Raises:
        ModelError: these atoms are not those of the model.
    """
    order = match_atoms(symbols, field.species)
    if order is None:
        raise ModelError(
            f"these atoms are {composition(symbols)}; the model is of {composition(field.species)}"
        )
    back = np.argsort(order)

    def at(positions: Array) -> Place:
        there = positions[order][None]
        if isinstance(field, Ensemble):
            found = field.predictions(there)
            (energies, forces), (energy_std, forces_std) = found.mean, found.std
            spread = float(energy_std[0]), float(forces_std.max())
            return Place(positions, float(energies[0]), forces[0][back], spread)
        energies, forces = field.predict(there)
        return Place(positions, float(energies[0]), forces[0][back])

    return at


def step_of(order: MdOrder, masses: Array, model: Model, generator: np.random.Generator) -> Step:
    """The step of the ensemble that is asked for.

    Args:
        order: how to move.
        masses: in unified atomic mass units, ``(n_atoms,)``.
        model: the forces.
        generator: draws for the bath.
    """
    from ase import units

    masses, dt = masses[:, None], order.timestep * units.fs
    if order.ensemble == "nve":
        return lambda place, momenta: _verlet(place, momenta, masses, dt, model)
    friction = order.friction / (FEMTO_PER_PICO * units.fs)
    bath = _Bath.of(dt, friction, units.kB * order.temperature, masses)
    return lambda place, momenta: _langevin(place, momenta, masses, bath, model, generator)


def _verlet(place: Place, momenta: Array, masses: Array, dt: float, model: Model) -> tuple[Place, Array]:
    momenta = momenta + 0.5 * dt * place.forces
    moved = model(place.positions + dt * momenta / masses)
    return moved, momenta + 0.5 * dt * moved.forces


@dataclass(frozen=True, eq=False)
class _Bath:
    """The constants of a step in a bath, by the names of the reference."""

    dt: float
    c1: float
    c2: float
    c3: Array
    c4: Array
    c5: Array

    @classmethod
    def of(cls, dt: float, friction: float, temperature: float, masses: Array) -> "_Bath":
        sigma = np.sqrt(2 * temperature * friction / masses)
        c5 = dt**1.5 * sigma / (2 * np.sqrt(3))
        return cls(
            dt,
            dt / 2.0 - dt * dt * friction / 8.0,
            dt * friction / 2 - dt * dt * friction * friction / 8.0,
            np.sqrt(dt) * sigma / 2.0 - dt**1.5 * friction * sigma / 8.0,
            friction / 2.0 * c5,
            c5,
        )


def _langevin(
    place: Place, momenta: Array, masses: Array, bath: _Bath, model: Model, generator: np.random.Generator
) -> tuple[Place, Array]:
    xi, eta = (generator.standard_normal(size=momenta.shape) for _ in range(2))
    shift, kick = bath.c5 * eta, bath.c3 * xi - bath.c4 * eta
    velocities = momenta / masses
    velocities = velocities + (bath.c1 * place.forces / masses - bath.c2 * velocities + kick)
    moved = model(place.positions + bath.dt * velocities + shift)
    velocities = (moved.positions - place.positions - shift) / bath.dt
    velocities += bath.c1 * moved.forces / masses - bath.c2 * velocities + kick
    return moved, velocities * masses
