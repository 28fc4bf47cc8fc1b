"""This project as it stands in the working tree."""

from collections.abc import Callable
from typing import Any

import numpy as np
from ase import Atoms, units
from ase.md.verlet import VelocityVerlet

import eqcompile as eq
from siqml.data.reading.read import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.field.calculator import SiqmlCalculator
from siqml.field.catalogue import compile_certified, find
from siqml.md.integrators import model_of, step_of
from siqml.md.task import MdOrder
from siqml.training.config import load_config
from siqml.training.train import Training, prepare

SPREAD = 0.1
"""Standard deviation of the change of the start parameters: at the start, some derivatives are zero."""


def training_of(config: str, backend: str) -> Training:
    """A training of a shipped config, ready to run."""
    path = find(config, "configs")
    found = load_config(path, (f"backend={backend}",))
    spec = eq.load(find(found.model, "models", path.parent))
    assert spec.data is not None
    frame = found.frame.place(spec.data.sites)
    data = read_structures(shipped_file(found.data.train), frame.species)
    return prepare(found, compile_certified(spec), frame, data)


def write_task(config: str, path: str) -> Callable[[], dict[str, Any]]:
    """Everything that another program needs to compute the same loss, as an ``npz`` file."""
    training = training_of(config, "kernel")
    start = training.force_field.params
    params = start + SPREAD * np.random.default_rng(0).normal(size=len(start))
    objective, data = training.objective, training.data
    weights = {type(term).__name__: float(term.weight) for term in objective.terms}
    scaling = training.labels.scaling
    arrays = {
        "start": start,
        "params": params,
        "positions": data.positions,
        "energies": data.energies,
        "forces": np.zeros(0) if data.forces is None else data.forces,
        "frame": training.force_field.frame.matrix,
        "weights": [weights.get("Energy", 0.0), weights.get("Forces", 0.0)],
        "map": [] if scaling is None else [scaling.energy, scaling.value, scaling.factor],
        "layers": [
            training.force_field.program.spec.ansatz.depth,
            training.force_field.program.spec.ansatz.blocks,
        ],
    }
    np.savez(path, **arrays)
    return lambda: {"structures": len(data), "parameters": len(params)} | step(config, path, "kernel")()


def step(config: str, task: str, backend: str) -> Callable[[], dict[str, Any]]:
    """The loss and its gradient, as training computes them."""
    training, params = training_of(config, backend), np.load(task)["params"]

    def call() -> dict[str, Any]:
        value, gradient = training.objective.value_and_gradient(params, training.labels)
        return {"loss": value, "gradient": gradient.tolist()}

    return call


def predict(config: str) -> Callable[[], dict[str, Any]]:
    """Energy and forces of one structure, by the force field as it comes."""
    training = training_of(config, "kernel")
    field, one = training.force_field, training.data.positions[:1]

    def call() -> dict[str, Any]:
        energies, forces = field.predict(one)
        return {"energy": float(energies[0]), "forces": np.asarray(forces).ravel().tolist()}

    return call


def kernel_alone(config: str) -> Callable[[], dict[str, Any]]:
    """The same by the kernel of the program, without JAX."""
    training = training_of(config, "kernel")
    field, one = training.force_field, training.data.positions[:1]
    kernel, frame, scaling, params = (
        field.program.to_kernel(),
        field.frame.matrix,
        field.scaling,
        field.params,
    )

    def call() -> dict[str, Any]:
        sweep = kernel.sweep(params, np.einsum("sa,nac->nsc", frame, one), by_parameter=False)
        forces = -np.einsum("sa,nsc->nac", frame, sweep.by_position[:, 0]) / scaling.factor
        return {"energy": float(scaling.to_energy(sweep.values[0, 0])), "forces": forces.ravel().tolist()}

    return call


def molecular_dynamics(config: str, steps: int) -> Callable[[], dict[str, Any]]:
    """Steps of molecular dynamics at constant energy, as ``siqml md`` takes them."""
    training = training_of(config, "kernel")
    symbols, start = list(training.force_field.species), training.data.positions[0]
    model = model_of(training.force_field, symbols)
    masses = Atoms(symbols, start).get_masses()
    step = step_of(MdOrder(timestep=0.5), masses, model, np.random.default_rng(0))

    def call() -> dict[str, Any]:
        place, momenta = model(start), np.zeros_like(start)
        for _ in range(steps):
            place, momenta = step(place, momenta)
        return {"energy": place.energy, "forces": place.forces.ravel().tolist()}

    return call


def ase_dynamics(config: str, steps: int) -> Callable[[], dict[str, Any]]:
    """The same by ASE's integrator and the calculator as it comes."""
    training = training_of(config, "kernel")
    atoms = Atoms(training.force_field.species, training.data.positions[0])
    atoms.calc = SiqmlCalculator(training.force_field)
    return moved(atoms, steps)


def moved(atoms: Atoms, steps: int) -> Callable[[], dict[str, Any]]:
    """A call that moves atoms, each time from the same place at rest."""
    start = atoms.get_positions()

    def call() -> dict[str, Any]:
        atoms.set_positions(start)
        atoms.set_momenta(np.zeros_like(start))
        VelocityVerlet(atoms, timestep=0.5 * units.fs).run(steps)
        return {"energy": float(atoms.get_potential_energy()), "forces": atoms.get_forces().ravel().tolist()}

    return call
