"""The project at the commit that the goals are measured by; its modules had other names."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from ase import Atoms, units
from ase.md.verlet import VelocityVerlet
from siqml.calculator import SiqmlCalculator
from siqml.catalogue import compile_certified, find
from siqml.config import load_config
from siqml.data.extxyz import read_structures
from siqml.data.shipped import shipped_file
from siqml.train import prepare

import eqcompile as eq


def training_of(config: str) -> Any:
    """A training of a shipped config, ready to run."""
    path = find(config, "configs")
    found = load_config(path)
    spec = eq.load(find(found.model, "models", path.parent))
    frame = found.frame.place(spec.data.sites)
    data = read_structures(shipped_file(found.data.train), frame.species)
    return prepare(found, compile_certified(spec), frame, data)


def step(config: str, task: str) -> Callable[[], dict[str, Any]]:
    """The loss and its gradient, as training computed them."""
    loss = training_of(config).objective.loss()
    function, params = jax.jit(jax.value_and_grad(loss)), jnp.asarray(np.load(task)["params"])

    def call() -> dict[str, Any]:
        value, gradient = jax.block_until_ready(function(params))
        return {"loss": float(value), "gradient": np.asarray(gradient).tolist()}

    return call


def predict(config: str) -> Callable[[], dict[str, Any]]:
    """Energy and forces of one structure."""
    training = training_of(config)
    field, one = training.force_field, training.data.positions[:1]

    def call() -> dict[str, Any]:
        energies, forces = field.predict(one)
        return {"energy": float(energies[0]), "forces": np.asarray(forces).ravel().tolist()}

    return call


def molecular_dynamics(config: str, steps: int) -> Callable[[], dict[str, Any]]:
    """Steps of molecular dynamics at constant energy."""
    training = training_of(config)
    atoms = Atoms(training.force_field.species, training.data.positions[0])
    atoms.calc = SiqmlCalculator(training.force_field)
    start = atoms.get_positions()

    def call() -> dict[str, Any]:
        atoms.set_positions(start)
        atoms.set_momenta(np.zeros_like(start))
        VelocityVerlet(atoms, timestep=0.5 * units.fs).run(steps)
        return {"energy": float(atoms.get_potential_energy()), "forces": atoms.get_forces().ravel().tolist()}

    return call
