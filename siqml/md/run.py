"""The simulation itself: the loop over steps, frames and checkpoints."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np

from siqml.errors import MdError, ModelError
from siqml.field.backend import Backend
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.ensemble import AnyField, Ensemble
from siqml.md.files import MdFiles, MdState, load_state, save_state
from siqml.md.integrators import Model, Place, Step, model_of, step_of
from siqml.md.start import Start
from siqml.md.task import MdOrder
from siqml.md.watch import Outside, OutsideError, Watch
from siqml.molecule.structures import Array
from siqml.progress import Advance, progress

CHECKPOINT_FRAMES: Final = 100
"""Frames between two checkpoints."""

LINEAR: Final = 1e-8
"""A moment of inertia below this share of the largest is that of a linear molecule about its own axis."""


def simulate(
    force_field: AnyField,
    start: Start | None,
    order: MdOrder,
    steps: int,
    files: MdFiles,
    stream: TextIO,
    outside: Outside = "ignore",
) -> None:
    """Move a molecule.

    Args:
        force_field: the model, or an ensemble whose mean moves the atoms.
        start: the atoms; momenta are drawn if it has none. ``None`` continues from the checkpoint.
        order: how to move.
        steps: number of steps in all, including those before an interruption.
        files: where to write; already begun if there is a start.
        stream: takes the progress report.
        outside: what is done when a frame lies outside the domain of the training set.

    Raises:
        OutsideError: a frame lies outside, and the simulation was to stop there; frames and checkpoint are kept.
        MdError: the molecule left the region in which numbers are finite, or nothing is left to do.
        ModelError: these atoms are not those of the model.
        KeyboardInterrupt: passed on, after a checkpoint.
    """
    if start is None:
        simulation = _resumed(force_field, order, files)
        if simulation.done == steps and not files.picture.exists():
            return  # interrupted after the last step: only the summary and the picture are left
        if simulation.done >= steps:
            raise MdError(
                f"{files.trajectory}: {simulation.done} steps are done; give more with --steps to go on"
            )
    else:
        simulation = _begun(force_field, start, order, files)
    watch = Watch.of(force_field, simulation.symbols, outside, stream)
    with progress("md", steps, stream, simulation.done) as advance:
        simulation.run(steps, advance, watch)


@dataclass
class _Simulation:
    """Atoms in motion, and the files that follow them."""

    symbols: list[str]
    place: Place
    momenta: Array
    generator: np.random.Generator
    done: int
    order: MdOrder
    files: MdFiles
    model: str
    backend: Backend
    step: Step
    freedom: int

    def run(self, steps: int, advance: Advance, watch: Watch) -> None:
        sizes = self.files.sizes()
        before = self._state(sizes)
        if not self.done:
            self._look(watch, sizes)
        try:
            while self.done < steps:
                before = self._state(sizes)
                self._move()
                if self.done % self.order.every == 0:
                    advance(self.done, self.write())
                    sizes = self.files.sizes()
                    self._look(watch, sizes)
                if self.done % (self.order.every * CHECKPOINT_FRAMES) == 0:
                    self.save(self._state(sizes))
        except KeyboardInterrupt:
            self.save(before)  # a step or a frame may be half finished: it is computed again
            raise
        self.save(self._state(sizes))

    def _look(self, watch: Watch, sizes: tuple[int, int]) -> None:
        """Stop where the last frame lies outside the domain, if that is wanted; everything so far is kept."""
        left = watch.look(self.done, self.place.positions)
        if left is not None:
            self.save(self._state(sizes))
            raise OutsideError(
                f"{left}; {self.files.trajectory} holds all frames up to this one; --resume with --outside warn goes on"
            )

    def save(self, state: MdState) -> None:
        save_state(self.files, state, self.order, self.model, self.backend, self.symbols)

    def begin(self) -> None:
        """The first frame and the first checkpoint."""
        self.write()
        self.save(self._state(self.files.sizes()))

    def _state(self, sizes: tuple[int, int]) -> MdState:
        generator = dict(self.generator.bit_generator.state)
        return MdState(self.done, self.place.positions, self.momenta, generator, sizes, self.freedom)

    def _move(self) -> None:
        number = self.done + 1
        try:
            place, momenta = self.step(self.place, self.momenta)
        except ModelError as error:
            raise MdError(
                f"step {number}: {error}; the simulation ran away: take a smaller --timestep or --temperature"
            ) from error
        if not np.isfinite(momenta).all():
            raise MdError(f"step {number}: velocities are not finite numbers; take a smaller --timestep")
        self.place, self.momenta, self.done = place, momenta, number

    def write(self) -> str:
        """Append a frame and its energies, and return what the progress report says about it."""
        from ase.calculators.singlepoint import SinglePointCalculator
        from ase.io import write
        from ase.units import kB

        order, place = self.order, self.place
        atoms = _atoms(self.symbols, place.positions, self.momenta)
        atoms.calc = SinglePointCalculator(atoms, energy=place.energy, forces=place.forces)
        atoms.info = {"step": self.done, "time_fs": self.done * order.timestep}
        frame = io.StringIO()
        write(frame, atoms, format="extxyz")
        potential, kinetic = place.energy, float(atoms.get_kinetic_energy())
        temperature = 2 * kinetic / (self.freedom * kB)
        found = [self.done * order.timestep, potential, kinetic, temperature, *place.spread]
        values = ",".join(repr(float(value)) for value in found)
        self.files.append(frame.getvalue(), f"{self.done},{values}\n")
        return f"E {potential + kinetic:.6f} eV, T {temperature:.0f} K"


def _begun(force_field: AnyField, start: Start, order: MdOrder, files: MdFiles) -> _Simulation:
    generator = np.random.default_rng(order.seed)
    symbols, positions = list(start.symbols), np.array(start.positions, dtype=np.float64)
    model = model_of(force_field, symbols)
    atoms = _atoms(symbols, positions)
    freedom = degrees_of_freedom(atoms, order.ensemble)
    momenta = start.momenta
    if momenta is None:
        momenta = _heated(atoms, order, freedom, generator)
    simulation = _simulation(
        force_field, symbols, model, positions, momenta, generator, 0, order, files, freedom
    )
    simulation.begin()
    return simulation


def _resumed(force_field: AnyField, order: MdOrder, files: MdFiles) -> _Simulation:
    state, symbols = load_state(files, order, digest(force_field), backend_of(force_field))
    generator = np.random.default_rng()
    generator.bit_generator.state = state.generator
    model = model_of(force_field, symbols)
    place = state.positions, state.momenta
    return _simulation(
        force_field, symbols, model, *place, generator, state.step, order, files, state.freedom
    )


def _simulation(
    force_field: AnyField,
    symbols: list[str],
    model: Model,
    positions: Array,
    momenta: Array,
    generator: np.random.Generator,
    done: int,
    order: MdOrder,
    files: MdFiles,
    freedom: int,
) -> _Simulation:
    step = step_of(order, _atoms(symbols, positions).get_masses(), model, generator)
    place, mark = model(positions), digest(force_field)
    backend = backend_of(force_field)
    return _Simulation(symbols, place, momenta, generator, done, order, files, mark, backend, step, freedom)


def backend_of(force_field: AnyField) -> Backend:
    """What evaluates a model, or the members of an ensemble, which have one kind of model."""
    first = force_field.members[0] if isinstance(force_field, Ensemble) else force_field
    return first.backend


def digest(force_field: AnyField) -> str:
    """64 hexadecimal digits that stand for a model, or for an ensemble."""
    if isinstance(force_field, Ensemble):
        return hashlib.sha256(" ".join(map(digest, force_field.members)).encode()).hexdigest()
    if isinstance(force_field, DescriptorField):
        return force_field.digest
    facts = f"{force_field.model.sha256} {force_field.frame} {force_field.scaling}"
    return hashlib.sha256(facts.encode() + force_field.params.tobytes()).hexdigest()


def degrees_of_freedom(atoms: Any, ensemble: str) -> int:
    """Degrees of freedom whose kinetic energy makes the temperature.

    A bath moves and turns the molecule as well: 3 N. At constant energy it neither drifts nor turns: 3 N - 6, or
    3 N - 5 for a molecule that begins on a line.

    Args:
        atoms: ASE's atoms at the start.
        ensemble: the statistical ensemble.
    """
    if ensemble == "langevin":
        return 3 * len(atoms)
    moments = np.linalg.eigvalsh(_inertia(atoms))
    turns = int((moments > LINEAR * moments[-1]).sum())
    return max(3 * len(atoms) - 3 - turns, 1)


def _atoms(symbols: Sequence[str], positions: Array, momenta: Array | None = None) -> Any:
    from ase import Atoms

    return Atoms(symbols, positions=positions, momenta=momenta)


def _heated(atoms: Any, order: MdOrder, freedom: int, generator: np.random.Generator) -> Array:
    """Momenta of exactly the temperature that is asked for, ``(n_atoms, 3)`` in ASE's units.

    They are drawn from the distribution of Maxwell and Boltzmann. At constant energy, drift and rotation of the whole
    are taken out, since they would stay for ever; a bath makes both by itself. Then all are scaled.
    """
    from ase.units import kB

    masses = atoms.get_masses()[:, None]
    momenta = np.sqrt(masses * kB * order.temperature) * generator.standard_normal((len(atoms), 3))
    if order.ensemble == "langevin":
        atoms.set_momenta(momenta)
    else:
        atoms.set_momenta(momenta - masses * momenta.sum(axis=0) / masses.sum())
        turning = np.linalg.pinv(_inertia(atoms), rcond=LINEAR) @ atoms.get_angular_momentum()
        arms = atoms.positions - atoms.get_center_of_mass()
        atoms.set_velocities(atoms.get_velocities() - np.cross(turning, arms))
    wanted = freedom * kB * order.temperature / 2
    return np.asarray(atoms.get_momenta() * np.sqrt(wanted / atoms.get_kinetic_energy()))


def _inertia(atoms: Any) -> Array:
    """The tensor of inertia about the centre of mass, ``(3, 3)``."""
    masses, arms = atoms.get_masses()[:, None], atoms.positions - atoms.get_center_of_mass()
    return np.asarray((masses * arms**2).sum() * np.eye(3) - (masses * arms).T @ arms)


def default_start(model: Path) -> Start:
    """The training structure of lowest energy.

    Args:
        model: model file or run folder.

    Raises:
        SiqmlError: its training set cannot be read.
    """
    from siqml.training.session import training_set

    data = training_set(model)
    return Start(data.species, data.positions[int(np.argmin(data.energies))])
