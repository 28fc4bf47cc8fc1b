"""The gradient of the energy + force loss: one dual pass against plain double differentiation.

``python benchmarks/force_loss.py [CONFIG ...]`` takes names of shipped configs; default: water.
"""

import sys
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import eqcompile as eq
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.field.catalogue import compile_certified, find
from siqml.field.engine import EnergyFunction, energies_and_forces, energy_function
from siqml.field.scaling import Scaling
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Structures
from siqml.training.config import load_config
from siqml.training.losses.batch import Batch
from siqml.training.losses.loss import loss_over
from siqml.training.losses.terms import Energy, Forces

REPEATS = 20


def plain_loss(energy: EnergyFunction, data: Structures) -> Any:
    def loss(params: Any) -> Any:
        energies, forces = energies_and_forces(energy, params, jnp.asarray(data.positions))
        return jnp.mean((energies - data.energies) ** 2) + jnp.mean((forces - data.forces) ** 2)

    return loss


def measure(name: str) -> None:
    config = load_config(find(name, "configs"))
    program = compile_certified(eq.load(find(config.model, "models")))
    names = program.spec.data.sites
    frame = Frame.named(config.frame.atoms, config.frame.sites, config.frame.origin, names)
    data = read_structures(shipped_file(config.data.train), frame.species)
    low, high = map(float, program.observable_range)
    energy = energy_function(program, frame, Scaling.fit(data.energies, (low, high)))
    losses = {
        "energy": loss_over(energy, Batch.of(data), (Energy(1.0),)),
        "energy + force, one dual pass": loss_over(energy, Batch.of(data), (Energy(1.0), Forces(1.0))),
        "energy + force, plain": plain_loss(energy, data),
    }
    steps = {label: jax.jit(jax.value_and_grad(loss)) for label, loss in losses.items()}
    params = jnp.asarray(np.random.default_rng(0).normal(size=program.num_parameters) * 0.1)
    for step in steps.values():
        jax.block_until_ready(step(params))
    times = dict.fromkeys(steps, np.inf)
    for _ in range(REPEATS):  # in turns, so that a busy machine slows all of them alike
        for label, step in steps.items():
            start = time.perf_counter()
            jax.block_until_ready(step(params))
            times[label] = min(times[label], time.perf_counter() - start)
    print(f"{name}, batch {len(data)}: energy step {1e3 * times['energy']:.1f} ms")
    for label, seconds in times.items():
        print(f"  {label:<30}{seconds / times['energy']:7.2f}   (energy = 1)")


def main() -> None:
    for name in sys.argv[1:] or ["water"]:
        measure(name)


if __name__ == "__main__":
    main()
