"""From a config to a trained force field: two phases of optimisation, and a checkpoint to continue from."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import numpy as np

from siqml.errors import ConfigError, TrainError
from siqml.field.force_field import ForceField
from siqml.field.model_file import load_parameters
from siqml.field.parameter_kinds import of_kind
from siqml.field.scaling import IDENTITY, Scaling
from siqml.molecule.frame import Frame
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array, Structures
from siqml.molecule.units import MILLI
from siqml.progress import progress
from siqml.training.adam import Decay, adam
from siqml.training.checkpoint import Best, TrainState, read_position, restore, save_checkpoint
from siqml.training.config import Config
from siqml.training.lbfgs import lbfgs
from siqml.training.loss import batch_of
from siqml.training.objective import Objective
from siqml.training.phase import Indices, Phase
from siqml.training.start import start_parameters

if TYPE_CHECKING:
    import eqcompile as eq

NOISE_STREAM: Final = 1
"""Second word of the seed of the noise, so that it is not correlated with the start weights."""

STEPS_PER_CALL: Final = 50
"""Steps between two looks at the progress, and the longest that Ctrl-C waits."""


BATCH_STREAM: Final = 2
"""Second word of the seed of minibatches."""

VALIDATION_STREAM: Final = 3
"""Second word of the seed that decides which structures are held out."""


@dataclass(frozen=True)
class Progress:
    """One row of the training record.

    Attributes:
        step: over both phases, counted from 1.
        phase: ``"adam"`` or ``"lbfgs"``.
        loss: in eV^2, and eV^2/angstrom^2 for its force part.
        rmse_mev: root mean square error of the training energies in meV.
        validation: loss over the structures that are held out, if there are any.
    """

    step: int
    phase: str
    loss: float
    rmse_mev: float
    validation: float | None = None


@dataclass(frozen=True, eq=False)
class Training:
    """A training that is ready to run: everything is decided, nothing has moved yet.

    Attributes:
        force_field: the model with its start parameters.
        data: the training set, without what is held out.
        objective: what is minimised over it.
        phases: Adam, then L-BFGS, in one or two parts.
        fingerprint: of everything that decides the result.
        held_out: structures that decide when to stop, if any do.
        patience: steps that their loss may go without falling.
    """

    force_field: ForceField
    data: Structures
    objective: Objective
    phases: tuple[Phase, ...]
    fingerprint: str
    held_out: Structures | None = None
    patience: int = 0

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
        ConfigError: a scale of the config is not one of the spec, or the frame breaks a permutation of the spec.
        LabelError: the labels cannot be scaled.
        TrainError: the loss needs forces or a line, and there are none.
    """
    mark = fingerprint(config, program.spec, data)
    _require_symmetric(frame, program)
    kept, held_out = _split(with_noise(data, config), config)
    objective = Objective.of(config, program, frame, kept)
    params = start_parameters(program, config.start, config.seed)
    phases = _phases(config, objective, learning_rates(config, program))
    field = ForceField(program, frame, objective.scaling or IDENTITY, params)
    patience = 0 if config.stop is None else config.stop.patience
    return Training(field, kept, objective, phases, mark, held_out, patience)


def _require_symmetric(frame: AnyFrame, program: "eq.Program") -> None:
    """Refuse a frame in which exchanging atoms is not what the spec says of their sites."""
    for name, generator in zip(program.symmetry.generator_names, program.symmetry.generators, strict=True):
        images = getattr(getattr(generator, "on_data", None), "images", None)
        if images is not None and isinstance(frame, Frame) and not frame.follows(images):
            raise ConfigError(
                f"frame: exchanging the atoms of {name} does not exchange the sites, so the model would not be "
                "invariant under it; give such sites origins that are exchanged as well"
            )


def _split(data: Structures, config: Config) -> tuple[Structures, Structures | None]:
    """What is trained on, and what is held out to decide when to stop."""
    if config.stop is None:
        return data, None
    count = max(1, round(config.stop.validation * len(data)))
    if count >= len(data):
        raise TrainError(
            f"{data.source}: stop.validation {config.stop.validation:g} leaves none of {len(data)} structures to "
            "train on; lower it"
        )
    order = np.random.default_rng([config.seed, VALIDATION_STREAM]).permutation(len(data))
    return data.chosen(sorted(order[count:])), data.chosen(sorted(order[:count]))


def _phases(config: Config, objective: Objective, rates: Array) -> tuple[Phase, ...]:
    energies = (1.0, 0.0)
    first = config.lbfgs.energies_first
    weights = None if first is None else energies
    decay = decay_of(config)
    second = lbfgs(objective.loss(), config.lbfgs.steps, config.lbfgs.memory)
    if config.adam.batch is None:
        begin = adam(objective.loss(weights=weights), decay, rates)
    else:
        batches = minibatches(config, len(objective.batch[0]))
        begin = adam(objective.minibatch_loss(weights), decay, rates, batches)
    if first is None:
        return begin, second
    alone = lbfgs(objective.loss(weights=energies), first, config.lbfgs.memory)
    return begin, replace(alone, name="lbfgs, energies"), second


def minibatches(config: Config, size: int) -> Indices:
    """Indices of the structures that every step of Adam sees, ``(steps, batch)``.

    Each pass over the training set has its own order; what a pass leaves over is seen in others.

    Raises:
        TrainError: batches larger than the training set.
    """
    batch, steps = config.adam.batch, config.adam.steps
    if batch is None or batch > size:
        raise TrainError(f"adam.batch is {batch}, more than the {size} structures to train on; lower it")
    source = np.random.default_rng([config.seed, BATCH_STREAM])
    per_pass = size // batch
    passes = [source.permutation(size)[: per_pass * batch] for _ in range(-(-steps // per_pass))]
    return np.array(passes, dtype=np.int64).reshape(-1, batch)[:steps]


def decay_of(config: Config) -> Decay:
    """Of the learning rates of Adam: along a cosine, if the config says nothing else."""
    return Decay(config.adam.steps, config.adam.schedule or "cosine")


def learning_rates(config: Config, program: "eq.Program") -> Array:
    """Of Adam, for each parameter, ``(P,)``: the scales move more slowly."""
    is_scale = of_kind(program, "scale")
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
    look = _look(training)
    saved = _steps_done(training, state)
    try:
        with progress("training", training.total_steps, stream, saved) as advance:
            while (state := _ready(training, state)).phase < len(training.phases):
                moved, loss = _step(training, state)
                done = _steps_done(training, moved)
                rmse, validation = look(moved.params)
                row = Progress(done, training.phases[moved.phase].name, float(loss), rmse, validation)
                _refuse_nan(row)
                state = _compared(training, moved, row)  # Ctrl-C before this line takes the steps again
                record(row)
                advance(done, f"{row.phase} loss {row.loss:.2e} RMSE {row.rmse_mev:.4f} meV")
                if done - saved >= every:
                    save_checkpoint(checkpoint, state, training.fingerprint)
                    saved = done
    except KeyboardInterrupt:
        save_checkpoint(checkpoint, state, training.fingerprint)
        raise
    save_checkpoint(checkpoint, state, training.fingerprint)
    return _trained(training, state.params)


def _trained(training: Training, params: Any) -> ForceField:
    """The force field at the end, with plain numbers in its map from values to energies."""
    import jax

    field = training.force_field
    found = jax.jit(lambda moved: tuple(training.objective.scaling_of(moved).to_dict().values()))(params)
    return ForceField(field.program, field.frame, Scaling(*map(float, found)), np.array(params))


def _begin(training: Training, phase: int, params: Any) -> TrainState:
    import jax.numpy as jnp

    params = jnp.asarray(params)
    optimizer = training.phases[phase].init(params) if phase < len(training.phases) else ()
    return TrainState(phase, 0, params, optimizer)


def _ready(training: Training, state: TrainState) -> TrainState:
    """``state``, or the start of the next phase that has steps, if its own is complete."""
    while state.phase < len(training.phases) and state.step >= training.phases[state.phase].steps:
        state = _next_phase(training, state)
    return state


def _next_phase(training: Training, state: TrainState) -> TrainState:
    """From where the phase ended, or from the best parameters where something decides which are."""
    params = state.params if state.best is None else state.best.params
    return replace(_begin(training, state.phase + 1, params), best=state.best)


def _compared(training: Training, state: TrainState, row: Progress) -> TrainState:
    """Keep the best parameters; when they have been the best for too long, go on to the next phase."""
    if row.validation is None:
        return state
    if state.best is None or row.validation < state.best.loss:
        return replace(state, best=Best(row.validation, row.step, state.params))
    without_gain = min(row.step - state.best.step, state.step)
    return _next_phase(training, state) if without_gain >= training.patience else state


def _step(training: Training, state: TrainState) -> tuple[TrainState, Any]:
    phase = training.phases[state.phase]
    count = min(STEPS_PER_CALL, phase.steps - state.step)
    params, optimizer, loss = phase.advance(state.params, state.optimizer, count)
    return replace(state, step=state.step + count, params=params, optimizer=optimizer), loss


def _steps_done(training: Training, state: TrainState) -> int:
    return sum(phase.steps for phase in training.phases[: state.phase]) + state.step


def _resumed(training: Training, checkpoint: Path) -> TrainState:
    phase, step, tensors = read_position(checkpoint, training.fingerprint)
    if (
        not 0 <= phase <= len(training.phases)
        or step < 0
        or tensors["params"].shape != training.force_field.params.shape
    ):
        raise TrainError(
            f"{checkpoint}: it stands where this training never is; start again with --overwrite"
        )
    like = _begin(training, phase, training.force_field.params)
    params, optimizer, best = restore(tensors, like.optimizer)
    return TrainState(phase, step, params, optimizer, best)


def _look(training: Training) -> Callable[[Any], tuple[float, float | None]]:
    """RMSE of the training energies in meV, and the loss over what is held out, as a function of the parameters."""
    import jax
    import jax.numpy as jnp

    objective = training.objective
    positions, energies, _ = objective.batch
    held_out = training.held_out
    elsewhere = None
    if held_out is not None:
        elsewhere = objective.loss_elsewhere(batch_of(held_out, objective.weights[1]))

    def both(params: Any) -> tuple[Any, Any]:
        found = objective.scaling_of(params).to_energy(objective.value(params, positions))
        rmse = jnp.sqrt(jnp.mean((found - energies) ** 2)) / MILLI
        return rmse, jnp.zeros(()) if elsewhere is None else elsewhere(params)

    jitted = jax.jit(both)

    def look(params: Any) -> tuple[float, float | None]:
        rmse, loss = jitted(params)
        return float(rmse), None if elsewhere is None else float(loss)

    return look


def _refuse_nan(row: Progress) -> None:
    if not np.isfinite(row.loss):
        raise TrainError(f"the loss is {row.loss} at {row.phase} step {row.step}; lower adam.learning_rate")


def fingerprint(config: Config, spec: "eq.Spec", data: Structures) -> str:
    """Of everything that decides the result of a training: config, text of the spec, training set, start model.

    Args:
        config: of the training; where its files lie and how often it is saved does not count.
        spec: of the model.
        data: the training set.

    Returns:
        64 hexadecimal digits.
    """
    decides = config.model_dump(
        exclude={"checkpoint": True, "data": True, "model": True, "start": {"model"}}, exclude_none=True
    )
    digest = hashlib.sha256(json.dumps([decides, spec.source.sha256, data.species]).encode())
    for array in (data.positions, data.energies, data.forces):
        digest.update(b"none" if array is None else array.tobytes())
    if config.start.model is not None:
        digest.update(load_parameters(Path(config.start.model), spec.source.sha256).tobytes())
    return digest.hexdigest()
