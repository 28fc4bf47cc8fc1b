"""The simulation itself: ASE integrates, the model gives the forces."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np

from siqml.errors import MdError, ModelError
from siqml.field.calculator import SiqmlCalculator
from siqml.field.ensemble import AnyField, Ensemble
from siqml.md.files import MdFiles, MdState, load_state, save_state
from siqml.md.task import MdOrder
from siqml.molecule.structures import Array
from siqml.progress import Advance, progress

CHECKPOINT_FRAMES: Final = 100
"""Frames between two checkpoints."""

FEMTO_PER_PICO: Final = 1000.0

LINEAR: Final = 1e-8
"""A moment of inertia below this share of the largest is that of a linear molecule about its own axis."""


def simulate(
    force_field: AnyField,
    start: tuple[Sequence[str], Array] | None,
    order: MdOrder,
    steps: int,
    files: MdFiles,
    stream: TextIO,
) -> None:
    """Move a molecule.

    Args:
        force_field: the model, or an ensemble whose mean moves the atoms.
        start: symbols and positions ``(n_atoms, 3)`` in angstrom; ``None`` continues from the checkpoint.
        order: how to move.
        steps: number of steps in all, including those before an interruption.
        files: where to write; already begun if there is a start.
        stream: takes the progress report.

    Raises:
        MdError: the molecule left the region in which numbers are finite, or nothing is left to do.
        ModelError: these atoms are not those of the model.
        KeyboardInterrupt: passed on, after a checkpoint.
    """
    if start is None:
        simulation = _resumed(force_field, order, files)
        if simulation.done >= steps:
            raise MdError(
                f"{files.trajectory}: {simulation.done} steps are done; give more with --steps to go on"
            )
    else:
        simulation = _begun(force_field, start, order, files)
    with progress("md", steps, stream, simulation.done) as advance:
        simulation.run(steps, advance)


@dataclass
class _Simulation:
    """Atoms in motion, and the files that follow them."""

    atoms: Any
    generator: np.random.Generator
    done: int
    order: MdOrder
    files: MdFiles
    model: str

    def run(self, steps: int, advance: Advance) -> None:
        dynamics = _dynamics(self.atoms, self.order, self.generator)
        before = self._state()
        try:
            while self.done < steps:
                before = self._state()
                _step(dynamics, self.atoms, self.done + 1)
                self.done += 1
                if self.done % self.order.every == 0:
                    advance(self.done, _write(self.files, self.atoms, self.order, self.done))
                if self.done % (self.order.every * CHECKPOINT_FRAMES) == 0:
                    self.save(self._state())
        except KeyboardInterrupt:
            self.save(before)  # a step or a frame may be half finished: it is computed again
            raise
        self.save(self._state())

    def save(self, state: MdState) -> None:
        symbols = self.atoms.get_chemical_symbols()
        save_state(self.files, state, self.order, self.model, symbols)

    def _state(self) -> MdState:
        generator = dict(self.generator.bit_generator.state)
        place = self.atoms.get_positions(), self.atoms.get_momenta()
        return MdState(self.done, *place, generator, self.files.sizes())


def _begun(
    force_field: AnyField, start: tuple[Sequence[str], Array], order: MdOrder, files: MdFiles
) -> _Simulation:
    generator = np.random.default_rng(order.seed)
    atoms = _atoms(start[0], start[1], None, force_field)
    _heat(atoms, order.temperature, generator)
    simulation = _Simulation(atoms, generator, 0, order, files, digest(force_field))
    _write(files, atoms, order, 0)
    simulation.save(simulation._state())
    return simulation


def _resumed(force_field: AnyField, order: MdOrder, files: MdFiles) -> _Simulation:
    model = digest(force_field)
    state, symbols = load_state(files, order, model)
    generator = np.random.default_rng()
    generator.bit_generator.state = state.generator
    atoms = _atoms(symbols, state.positions, state.momenta, force_field)
    return _Simulation(atoms, generator, state.step, order, files, model)


def digest(force_field: AnyField) -> str:
    """64 hexadecimal digits that stand for a model, or for an ensemble."""
    if isinstance(force_field, Ensemble):
        return hashlib.sha256(" ".join(map(digest, force_field.members)).encode()).hexdigest()
    facts = f"{force_field.model.sha256} {force_field.frame} {force_field.scaling}"
    return hashlib.sha256(facts.encode() + force_field.params.tobytes()).hexdigest()


def degrees_of_freedom(n_atoms: int) -> int:
    """Degrees of freedom of a molecule that neither drifts nor turns; it counts as linear only if it has two atoms."""
    return max(3 * n_atoms - (5 if n_atoms == 2 else 6), 1)


def _atoms(symbols: Sequence[str], positions: Array, momenta: Array | None, force_field: AnyField) -> Any:
    from ase import Atoms

    return Atoms(symbols, positions=positions, momenta=momenta, calculator=SiqmlCalculator(force_field))


def _heat(atoms: Any, temperature: float, generator: np.random.Generator) -> None:
    """Give the atoms velocities of this temperature, without drift or rotation of the whole."""
    from ase.units import kB

    masses = atoms.get_masses()[:, None]
    momenta = np.sqrt(masses * kB * temperature) * generator.standard_normal((len(atoms), 3))
    atoms.set_momenta(momenta - masses * momenta.sum(axis=0) / masses.sum())
    arms = atoms.positions - atoms.get_center_of_mass()
    inertia = (masses * arms**2).sum() * np.eye(3) - (masses * arms).T @ arms
    turning = np.linalg.pinv(inertia, rcond=LINEAR) @ atoms.get_angular_momentum()
    atoms.set_velocities(atoms.get_velocities() - np.cross(turning, arms))
    wanted = degrees_of_freedom(len(atoms)) * kB * temperature / 2
    atoms.set_momenta(atoms.get_momenta() * np.sqrt(wanted / atoms.get_kinetic_energy()))


def _dynamics(atoms: Any, order: MdOrder, generator: np.random.Generator) -> Any:
    from ase import units
    from ase.md.langevin import Langevin
    from ase.md.verlet import VelocityVerlet

    if order.ensemble == "nve":
        return VelocityVerlet(atoms, timestep=order.timestep * units.fs)
    return Langevin(
        atoms,
        timestep=order.timestep * units.fs,
        temperature_K=order.temperature,
        friction=order.friction / (FEMTO_PER_PICO * units.fs),
        fixcm=False,
        rng=generator,
    )


def _step(dynamics: Any, atoms: Any, number: int) -> None:
    try:
        dynamics.step()
    except ModelError as error:
        raise MdError(
            f"step {number}: {error}; the simulation ran away: take a smaller --timestep or --temperature"
        ) from error
    if not np.isfinite(atoms.get_momenta()).all():
        raise MdError(f"step {number}: velocities are not finite numbers; take a smaller --timestep")


def _write(files: MdFiles, atoms: Any, order: MdOrder, step: int) -> str:
    """Append a frame and its energies, and return what the progress report says about it."""
    from ase.io import write
    from ase.units import kB

    potential, kinetic = float(atoms.get_potential_energy()), float(atoms.get_kinetic_energy())
    freedom = 3 * len(atoms) if order.ensemble == "langevin" else degrees_of_freedom(len(atoms))
    temperature = 2 * kinetic / (freedom * kB)
    atoms.info = {"step": step, "time_fs": step * order.timestep}
    frame = io.StringIO()
    write(frame, atoms, format="extxyz")
    found = [step * order.timestep, potential, kinetic, temperature, *_spread(atoms.calc.results)]
    values = ",".join(repr(float(value)) for value in found)
    files.append(frame.getvalue(), f"{step},{values}\n")
    return f"E {potential + kinetic:.6f} eV, T {temperature:.0f} K"


def _spread(results: dict[str, Any]) -> list[float]:
    """Spread of the energy, and the largest one of all force components; empty for a single model."""
    return [results["energy_std"], results["forces_std"].max()] if "energy_std" in results else []


def default_start(model: Path) -> tuple[Sequence[str], Array]:
    """The training structure of lowest energy.

    Args:
        model: model file or run folder.

    Raises:
        SiqmlError: its training set cannot be read.
    """
    from siqml.training.session import training_set

    data = training_set(model)
    return data.species, data.positions[int(np.argmin(data.energies))]
