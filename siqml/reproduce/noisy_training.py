"""Training on noisy energies, many times: one prepared training serves all draws of the noise.

A run of `siqml train` with ``labels.noise`` does the same, to the same bits.
"""

import io
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

import eqcompile as eq
from siqml.data.reading.named import read_named
from siqml.errors import DataError
from siqml.field.catalogue import compile_certified, find
from siqml.field.declared import sites_of
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Structures, radial
from siqml.reproduce.relevant import relevant
from siqml.training.config import Config, load_config
from siqml.training.train import Training, fingerprint, prepare, redrawn, run


@dataclass(frozen=True)
class NoisePoint:
    """What one training on noisy energies reached; errors are measured against labels without noise.

    Attributes:
        noise: standard deviation of the noise in eV.
        seed: seed for the start values and the noise.
        energy: MSE(E) in eV^2 on the relevant part of the test set.
        force: MSE(F) there, along the bond, in eV^2/angstrom^2.
        full_energy: MSE(E) in eV^2 on the full test set.
        full_force: MSE(F) there, along the bond, in eV^2/angstrom^2.
        train: MSE(E) on the training set, noise included: what the optimiser saw.
        fingerprint: fingerprint of everything that decides these numbers.
    """

    noise: float
    seed: int
    energy: float
    force: float
    full_energy: float
    full_force: float
    train: float
    fingerprint: str

    def keep(self, file: Path) -> None:
        """Write it where `NoisyTraining.finished` looks for it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        eq.write_atomically(file, json.dumps(asdict(self), indent=2) + "\n")


class NoisyTraining:
    """A model of lithium hydride, its data, and the training, which is compiled once.

    Args:
        config: a shipped config; together with its spec, data and test set it decides everything.
        settings: changes to it, such as ``"adam.steps=500"``.
    """

    def __init__(self, config: str, settings: tuple[str, ...]) -> None:
        self._path, self._settings = find(config, "configs"), settings
        self._config = load_config(self._path, settings)
        self._spec = eq.load(find(self._config.model, "models"))
        if self._config.data.test is None:
            raise DataError(f"{config}: a noise study needs a test set")
        self._frame = self._config.frame.place(sites_of(self._spec))
        self._data = read_named(self._config.data.train, self._frame.species)
        self._full = read_named(self._config.data.test, self._frame.species)
        self._test = relevant(self._full)
        self._prepared: Training | None = None

    def point(self, noise: float, seed: int, file: Path) -> NoisePoint:
        """Train, or read what an earlier call has finished.

        Args:
            noise: standard deviation of the noise in eV.
            seed: seed for the start values and the noise.
            file: keeps the result; it is replaced if it belongs to another training.

        Returns:
            What the training reached.
        """
        found = self.finished(noise, seed, file)
        if found is None:
            found = self.computed(noise, seed)
            found.keep(file)
        return found

    def computed(self, noise: float, seed: int) -> NoisePoint:
        """Train; the arguments are those of `point`."""
        return self._train(self._with(noise, seed))

    def finished(self, noise: float, seed: int, file: Path) -> NoisePoint | None:
        """The result of an earlier call, if it has finished."""
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
        return fingerprint(config, self._spec.source.sha256, self._data)

    def _train(self, config: Config) -> NoisePoint:
        if self._prepared is None:
            self._prepared = prepare(self._config, compile_certified(self._spec), self._frame, self._data)
        training = redrawn(self._prepared, config, self._data)
        field = run(training, None, config.checkpoint.every, io.StringIO(), lambda row: None)
        loss, _ = training.objective.value_and_gradient(field.params, training.labels)
        assert config.labels.noise is not None
        return NoisePoint(
            config.labels.noise,
            config.seed,
            *_errors(field, self._test),
            *_errors(field, self._full),
            loss,
            training.fingerprint,
        )


def _errors(field: ForceField, test: Structures) -> tuple[float, float]:
    """MSE(E), and MSE(F) along the bond."""
    energies, forces = field.predict(test.positions)
    assert test.forces is not None
    along = radial(test.positions, forces - test.forces)
    return float(np.mean((energies - test.energies) ** 2)), float(np.mean(along**2))


@dataclass(frozen=True)
class Draw:
    """One training of the study as plain data: shipped config, settings, noise in eV, seed."""

    config: str
    settings: tuple[str, ...]
    noise: float
    seed: int


def noise_point(draw: Draw) -> NoisePoint:
    """What a training reaches, in a process that may be asked for others of the same model."""
    return _training(draw.config, draw.settings).computed(draw.noise, draw.seed)


@cache
def _training(config: str, settings: tuple[str, ...]) -> NoisyTraining:
    """Compiled once in every process."""
    return NoisyTraining(config, settings)
