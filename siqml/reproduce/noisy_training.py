"""Training on noisy energies, many times: one compiled training serves all draws of the noise.

A run of `siqml train` with ``labels.noise`` does the same; here labels and scaling are arguments of the compiled
loops instead of constants in them, which saves a compilation for each of the eighty trainings of Fig. 5.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.data.reading.named import read_named
from siqml.errors import DataError
from siqml.field.catalogue import compile_certified, find
from siqml.field.force_field import energies_and_forces, energy_function
from siqml.field.scaling import Scaling
from siqml.molecule.structures import Array, Structures, radial
from siqml.reproduce.relevant import relevant
from siqml.training.adam import adam
from siqml.training.config import Config, load_config
from siqml.training.lbfgs import lbfgs
from siqml.training.phase import Phase
from siqml.training.start import start_parameters
from siqml.training.train import decay_of, fingerprint, learning_rates, with_noise


@dataclass(frozen=True)
class NoisePoint:
    """What one training on noisy energies reached; errors against labels without noise.

    Attributes:
        noise: standard deviation in eV.
        seed: of start values and noise.
        energy: MSE(E) in eV^2 on the relevant part of the test set.
        force: MSE(F) there, along the bond, in eV^2/angstrom^2.
        train: MSE(E) on the training set, noise included: what the optimiser saw.
        fingerprint: of everything that decides these numbers.
    """

    noise: float
    seed: int
    energy: float
    force: float
    train: float
    fingerprint: str


class NoisyTraining:
    """A model of lithium hydride, its data, and the training compiled once.

    Args:
        config: a shipped config; it and its spec, data and test set decide everything.
        settings: changes to it, such as ``"adam.steps=500"``.
    """

    def __init__(self, config: str, settings: tuple[str, ...]) -> None:
        self._path, self._settings = find(config, "configs"), settings
        self._config = load_config(self._path, settings)
        self._spec = eq.load(find(self._config.model, "models"))
        if self._config.data.test is None or self._spec.data is None:
            raise DataError(f"{config}: a noise study needs a test set and a model of positions")
        self._frame = self._config.frame.place(self._spec.data.sites)
        self._data = read_named(self._config.data.train, self._frame.species)
        self._test = relevant(read_named(self._config.data.test, self._frame.species))
        self._fit: Callable[..., tuple[Any, Any, Any]] | None = None

    def point(self, noise: float, seed: int, file: Path) -> NoisePoint:
        """Train, or read what an earlier call has finished.

        Args:
            noise: standard deviation in eV.
            seed: of start values and noise.
            file: keeps the result; replaced if it is of another training.

        Returns:
            What it reached.
        """
        found = self.finished(noise, seed, file)
        if found is None:
            found = self._train(self._with(noise, seed))
            file.parent.mkdir(parents=True, exist_ok=True)
            eq.write_atomically(file, json.dumps(asdict(found), indent=2) + "\n")
        return found

    def finished(self, noise: float, seed: int, file: Path) -> NoisePoint | None:
        """What an earlier call has finished, if it has."""
        if not file.is_file():
            return None
        try:
            found = NoisePoint(**json.loads(file.read_text()))
        except (ValueError, TypeError):
            return None
        return found if found.fingerprint == self._fingerprint(self._with(noise, seed)) else None

    def _with(self, noise: float, seed: int) -> Config:
        return load_config(self._path, (*self._settings, f"labels.noise={noise}", f"seed={seed}"))

    def _fingerprint(self, config: Config) -> str:
        return fingerprint(config, self._spec, self._data)

    def _train(self, config: Config) -> NoisePoint:
        program = compile_certified(self._spec)
        if self._fit is None:
            self._fit = _compiled(self._config, program, self._frame, self._data, self._test)
        noisy = with_noise(self._data, config)
        low, high = program.observable_range
        first, last = config.labels.window
        scaling = Scaling.fit(noisy.energies, (float(low), float(high)), (first, last))
        params = start_parameters(program, config.start, config.seed)
        loss, energies, forces = self._fit(params, noisy.energies, tuple(scaling.to_dict().values()))
        assert config.labels.noise is not None
        assert self._test.forces is not None
        return NoisePoint(
            config.labels.noise,
            config.seed,
            float(np.mean((energies - self._test.energies) ** 2)),
            float(np.mean(radial(self._test.positions, forces - self._test.forces) ** 2)),
            float(loss),
            self._fingerprint(config),
        )


def _compiled(
    config: Config, program: "eq.Program", frame: Any, data: Structures, test: Structures
) -> Callable[..., tuple[Any, Any, Any]]:
    """``(params, energies, scaling) -> (training loss, test energies, test forces)``."""
    import jax
    import jax.numpy as jnp

    decay, rates = decay_of(config), learning_rates(config, program)
    energy_function(program, frame, Scaling(0.0, 0.0, 1.0))  # switches 64-bit mode on before arrays are made
    positions, test_positions = jnp.asarray(data.positions), jnp.asarray(test.positions)

    def loss_of(energies: Any, scaling: Any) -> Callable[[Any], Any]:
        energy = energy_function(program, frame, Scaling(*scaling))
        return lambda params: config.loss.energy * jnp.mean((energy(params, positions) - energies) ** 2)

    def phases(loss: Callable[[Any], Any]) -> tuple[Phase, Phase]:
        return adam(loss, decay, rates), lbfgs(loss, config.lbfgs.steps, config.lbfgs.memory)

    @jax.jit
    def first(params: Any, state: Any, energies: Any, scaling: Any) -> Any:
        return phases(loss_of(energies, scaling))[0].advance(params, state, config.adam.steps)[0]

    @jax.jit
    def second(params: Any, state: Any, energies: Any, scaling: Any) -> tuple[Any, Any, Any]:
        loss = loss_of(energies, scaling)
        params = phases(loss)[1].advance(params, state, config.lbfgs.steps)[0]
        energy = energy_function(program, frame, Scaling(*scaling))
        return loss(params), *energies_and_forces(energy, params, test_positions)

    def fit(params: Array, energies: Array, scaling: tuple[float, ...]) -> tuple[Any, Any, Any]:
        adam_phase, lbfgs_phase = phases(lambda moved: jnp.sum(moved**2))  # the start states know no loss
        start = jnp.asarray(params)
        trained = first(start, adam_phase.init(start), energies, scaling)
        loss, test_energies, test_forces = second(trained, lbfgs_phase.init(trained), energies, scaling)
        return loss, np.asarray(test_energies), np.asarray(test_forces)

    return fit
