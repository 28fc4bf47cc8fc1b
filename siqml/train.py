"""From a config to a trained force field: two phases of optimisation, and a checkpoint to continue from."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import numpy as np

from siqml.checkpoint import TrainState, read_position, restore, save_checkpoint
from siqml.config import Config
from siqml.errors import TrainError
from siqml.internal import AnyFrame
from siqml.line import Line
from siqml.loss import make_loss
from siqml.model import EnergyFunction, ForceField, energy_function
from siqml.optimizers import Phase, adam, lbfgs
from siqml.progress import progress
from siqml.scaling import Scaling
from siqml.start import scale_names, start_parameters
from siqml.structures import Array, Structures
from siqml.units import MILLI

if TYPE_CHECKING:
    import eqcompile as eq

NOISE_STREAM: Final = 1
"""Second word of the seed of the noise, so that it is not correlated with the start weights."""

STEPS_PER_CALL: Final = 50
"""Steps between two looks at the progress, and the longest that Ctrl-C waits."""


AMPLITUDES_AT_ONCE: Final = 16384
"""Up to here a batch is not cut: for water in 473 structures (7568 amplitudes) every cut is slower."""

AMPLITUDES_IN_CACHE: Final = 5120
"""Beyond it, parts of this size: a step of two water molecules in 400 structures took 228 ms instead of 772 with the
energy loss, 790 instead of 1452 with forces, while other work shared the caches of the processor."""


@dataclass(frozen=True)
class Progress:
    """One row of the training record.

    Attributes:
        step: over both phases, counted from 1.
        phase: ``"adam"`` or ``"lbfgs"``.
        loss: in eV^2, and eV^2/angstrom^2 for its force part.
        rmse_mev: root mean square error of the training energies in meV.
    """

    step: int
    phase: str
    loss: float
    rmse_mev: float


@dataclass(frozen=True, eq=False)
class Training:
    """A training that is ready to run: everything is decided, nothing has moved yet.

    Attributes:
        force_field: the model with its start parameters.
        data: the training set.
        phases: Adam, then L-BFGS, in one or two parts.
        fingerprint: of everything that decides the result.
    """

    force_field: ForceField
    data: Structures
    phases: tuple[Phase, ...]
    fingerprint: str

    @property
    def total_steps(self) -> int:
        """Steps of both phases."""
        return sum(phase.steps for phase in self.phases)


def prepare(config: Config, program: "eq.Program", frame: AnyFrame, data: Structures) -> Training:
    """Decide everything: scaling from the labels, start values from the seed, loss, optimisers.

    Args:
        config: of the training.
        program: the compiled model.
        frame: atoms to sites.
        data: the training set, atoms in the order of ``frame``.

    Returns:
        The training.

    Raises:
        ConfigError: a scale of the config is not one of the spec.
        LabelError: the labels cannot be scaled.
        TrainError: the loss needs forces or a line, and there are none.
    """
    mark = fingerprint(config, program.spec, data)
    data = with_noise(data, config)
    low, high = program.observable_range
    first, last = config.labels.window
    scaling = Scaling.fit(data.energies, (float(low), float(high)), (first, last))
    params = start_parameters(program, config.start, config.seed)
    chunk = _chunk(program.num_qubits, len(data))
    phases = _phases(
        config, energy_function(program, frame, scaling), data, learning_rates(config, program), chunk
    )
    return Training(ForceField(program, frame, scaling, params), data, phases, mark)


def _chunk(num_qubits: int, size: int) -> int | None:
    """How many structures go through the circuit at once; ``None``: all."""
    amplitudes = 1 << num_qubits
    return None if size * amplitudes <= AMPLITUDES_AT_ONCE else max(AMPLITUDES_IN_CACHE // amplitudes, 1)


def _phases(
    config: Config, energy: EnergyFunction, data: Structures, rates: Array, chunk: int | None
) -> tuple[Phase, ...]:
    loss = make_loss(energy, data, config.loss.energy, config.loss.forces, _line(config, data), chunk)
    second = lbfgs(loss, config.lbfgs.steps, config.lbfgs.memory)
    if config.lbfgs.energies_first is None:
        return adam(loss, config.adam.steps, rates), second
    alone = make_loss(energy, data, 1.0, 0.0, chunk=chunk)
    first = lbfgs(alone, config.lbfgs.energies_first, config.lbfgs.memory)
    return adam(alone, config.adam.steps, rates), replace(first, name="lbfgs, energies"), second


def _line(config: Config, data: Structures) -> Line | None:
    if config.loss.along is None:
        return None
    line = Line.through(data)
    if line is None:
        raise TrainError(f"{data.source}: its structures lie on no line; leave loss.along out")
    return line


def learning_rates(config: Config, program: "eq.Program") -> Array:
    """Of Adam, for each parameter, ``(P,)``: the scales move more slowly."""
    is_scale = np.isin(program.parameter_names, scale_names(program))
    return np.where(is_scale, config.adam.scale_learning_rate, config.adam.learning_rate)


def with_noise(data: Structures, config: Config) -> Structures:
    """The training set with normal noise on its energies, if the config asks for it.

    The draws depend on the seed alone: other noise of the same seed is the same noise, larger or smaller.
    """
    if config.labels.noise is None:
        return data
    draws = np.random.default_rng([config.seed, NOISE_STREAM]).normal(size=len(data))
    return replace(data, energies=data.energies + config.labels.noise * draws)


def run(
    training: Training,
    checkpoint: Path,
    every: int,
    stream: TextIO,
    record: Callable[[Progress], None],
    resume: bool = False,
) -> ForceField:
    """Take all steps, or those that are left.

    Args:
        training: from `prepare`.
        checkpoint: file that keeps the state.
        every: steps between two checkpoints.
        stream: takes the progress report.
        record: called with each row of the record.
        resume: continue from ``checkpoint``; the result has the same bits as without interruption.

    Returns:
        The trained force field.

    Raises:
        TrainError: the loss stopped being a number, or there is nothing to resume.
        KeyboardInterrupt: passed on, after a last checkpoint.
    """
    state = _resumed(training, checkpoint) if resume else _begin(training, 0, training.force_field.params)
    rmse = _rmse_function(training)
    before = _steps_done(training, state)
    saved = before
    try:
        with progress("training", training.total_steps, stream, before) as advance:
            while (state := _ready(training, state)).phase < len(training.phases):
                state, loss = _step(training, state)
                done = _steps_done(training, state)
                row = Progress(
                    done, training.phases[state.phase].name, float(loss), float(rmse(state.params))
                )
                _refuse_nan(row)
                record(row)
                advance(done, f"{row.phase} loss {row.loss:.2e} RMSE {row.rmse_mev:.4f} meV")
                if done - saved >= every:
                    save_checkpoint(checkpoint, state, training.fingerprint)
                    saved = done
    except KeyboardInterrupt:
        save_checkpoint(checkpoint, state, training.fingerprint)
        raise
    save_checkpoint(checkpoint, state, training.fingerprint)
    return ForceField(
        training.force_field.program,
        training.force_field.frame,
        training.force_field.scaling,
        np.array(state.params),
    )


def _begin(training: Training, phase: int, params: Any) -> TrainState:
    import jax.numpy as jnp

    params = jnp.asarray(params)
    optimizer = training.phases[phase].init(params) if phase < len(training.phases) else ()
    return TrainState(phase, 0, params, optimizer)


def _ready(training: Training, state: TrainState) -> TrainState:
    """``state``, or the start of the next phase that has steps, if its own is complete."""
    while state.phase < len(training.phases) and state.step >= training.phases[state.phase].steps:
        state = _begin(training, state.phase + 1, state.params)
    return state


def _step(training: Training, state: TrainState) -> tuple[TrainState, Any]:
    phase = training.phases[state.phase]
    count = min(STEPS_PER_CALL, phase.steps - state.step)
    params, optimizer, loss = phase.advance(state.params, state.optimizer, count)
    return TrainState(state.phase, state.step + count, params, optimizer), loss


def _steps_done(training: Training, state: TrainState) -> int:
    return sum(phase.steps for phase in training.phases[: state.phase]) + state.step


def _resumed(training: Training, checkpoint: Path) -> TrainState:
    phase, step, tensors = read_position(checkpoint, training.fingerprint)
    like = _begin(training, phase, training.force_field.params)
    params, optimizer = restore(tensors, like.optimizer)
    return TrainState(phase, step, params, optimizer)


def _rmse_function(training: Training) -> Callable[[Any], Any]:
    """RMSE of the training energies in meV as a function of the parameters."""
    import jax
    import jax.numpy as jnp

    field, data = training.force_field, training.data
    energy = energy_function(field.program, field.frame, field.scaling)
    positions, energies = jnp.asarray(data.positions), jnp.asarray(data.energies)
    return jax.jit(lambda params: jnp.sqrt(jnp.mean((energy(params, positions) - energies) ** 2)) / MILLI)


def _refuse_nan(row: Progress) -> None:
    if not np.isfinite(row.loss):
        raise TrainError(f"the loss is {row.loss} at {row.phase} step {row.step}; lower adam.learning_rate")


def fingerprint(config: Config, spec: "eq.Spec", data: Structures) -> str:
    """Of everything that decides the result of a training: config, text of the spec, training set.

    Args:
        config: of the training; where its files lie and how often it is saved does not count.
        spec: of the model.
        data: the training set.

    Returns:
        64 hexadecimal digits.
    """
    decides = config.model_dump(exclude={"checkpoint", "data", "model"}, exclude_none=True)
    digest = hashlib.sha256(json.dumps([decides, spec.source.sha256, data.species]).encode())
    for array in (data.positions, data.energies, data.forces):
        digest.update(b"none" if array is None else array.tobytes())
    return digest.hexdigest()
