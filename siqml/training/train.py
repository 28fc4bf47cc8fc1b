"""From a config to a trained force field: phases of optimisation, and a checkpoint to continue from."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TextIO

import numpy as np

import eqcompile as eq
from siqml.data.reading.bonds import exchanged_atoms
from siqml.errors import ConfigError, DivergedError, TrainError
from siqml.field.domain import Domain
from siqml.field.force_field import ForceField
from siqml.field.model_file import load_parameters
from siqml.field.scaling import IDENTITY, MixedScaling
from siqml.molecule.combined import CombinedSites, frame_of_term
from siqml.molecule.frame import Frame
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array, Structures
from siqml.molecule.units import MILLI
from siqml.progress import progress
from siqml.training.checkpoint import Best, TrainState, read_position, restore, save_checkpoint
from siqml.training.config import Config
from siqml.training.losses.from_config import labels_for, objective_for
from siqml.training.losses.objective import Labels, Objective
from siqml.training.optimisers.phase import Phase
from siqml.training.optimisers.plan import phases
from siqml.training.start import start_parameters

NOISE_STREAM: Final = 1
"""Second word of the seed for the noise, so that it is not correlated with the start weights."""

VALIDATION_STREAM: Final = 3
"""Second word of the seed that decides which structures are held out."""


@dataclass(frozen=True)
class Progress:
    """One row of the training record.

    Attributes:
        step: number of the step over all phases, counted from 1.
        phase: name of the phase.
        loss: loss in eV^2, and in eV^2/angstrom^2 for its force part.
        rmse_mev: root mean square error of the training energies in meV.
        validation: loss over the held-out structures, if there are any.
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
        phases: the phases in their order, see `siqml.training.optimisers.plan`.
        fingerprint: fingerprint of everything that decides the result.
        held_out: structures that decide when to stop, if any do.
        patience: number of steps that their loss may go without falling.
        labels: what the model is compared with; another draw of the noise has others, see `redrawn`.
    """

    force_field: ForceField
    data: Structures
    objective: Objective
    phases: tuple[Phase, ...]
    labels: Labels
    fingerprint: str
    held_out: Structures | None = None
    patience: int = 0

    @property
    def all_data(self) -> Structures:
        """The training set with what is held out."""
        out = self.held_out
        if out is None:
            return self.data
        forces = None
        if self.data.forces is not None and out.forces is not None:
            forces = np.concatenate([self.data.forces, out.forces])
        return replace(
            self.data,
            positions=np.concatenate([self.data.positions, out.positions]),
            energies=np.concatenate([self.data.energies, out.energies]),
            forces=forces,
        )

    @property
    def phase_names(self) -> tuple[str, ...]:
        """Names of the phases, in the order in which they run."""
        return tuple(phase.name for phase in self.phases)

    @property
    def total_steps(self) -> int:
        """Number of steps of all phases."""
        return sum(phase.steps for phase in self.phases)


def prepare(config: Config, model: "eq.AnyProgram", frame: AnyFrame, data: Structures) -> Training:
    """Decide everything: scaling from the labels, start values from the seed, loss, optimisers.

    Args:
        config: configuration of the training.
        model: the compiled model, a program or a sum of several.
        frame: atoms to sites.
        data: the training set, atoms in the order of ``frame``.

    Returns:
        The training.

    Raises:
        ConfigError: a scale of the config is not one of the spec, or the frame breaks a permutation of the spec.
        LabelError: the labels cannot be scaled.
        TrainError: the loss needs forces or a line, and there are none.
        BackendError, LimitError: the config asks for the kernel, and it is not installed or too small.
    """
    model = eq.ProgramSum.of(model)
    mark = fingerprint(config, model.sha256, data)
    _require_symmetric(frame, model)
    kept, held_out = _split(with_noise(data, config), config)
    labels = labels_for(config, model, kept.energies)
    objective = objective_for(config, model, frame, kept)
    params = start_parameters(model, config.start, config.seed)
    domain = Domain.of(data, exchanged_atoms(model, frame))
    field = ForceField(model, frame, labels.scaling or IDENTITY, params, domain)
    patience = 0 if config.stop is None else config.stop.patience
    return Training(
        field, kept, objective, phases(config, model, objective), labels, mark, held_out, patience
    )


def redrawn(training: Training, config: Config, data: Structures) -> Training:
    """The same training with another seed or other noise, and with the losses that are already compiled.

    Args:
        training: a training from `prepare`.
        config: differs from the training's config only in its seed and in ``labels.noise``.
        data: the training set, without noise.

    Returns:
        The training.

    Raises:
        LabelError: the labels cannot be scaled.
        TrainError: the seed also decides minibatches or what is held out.
    """
    if config.stop is not None or config.adam.batch is not None:
        raise TrainError("draws of labels share their optimisers: leave out stop and adam.batch")
    field, noisy = training.force_field, with_noise(data, config)
    model = field.model
    labels = labels_for(config, model, noisy.energies)
    params = start_parameters(model, config.start, config.seed)
    return replace(
        training,
        force_field=ForceField(model, field.frame, labels.scaling or IDENTITY, params, field.domain),
        data=noisy,
        labels=labels,
        fingerprint=fingerprint(config, model.sha256, data),
    )


def _require_symmetric(frame: AnyFrame, model: "eq.ProgramSum") -> None:
    """Refuse a frame in which exchanging atoms is not what the spec of a term, or of the whole, says of its sites."""
    if isinstance(frame, Frame) and not frame.origin:
        _require_shifts(model)
    for name, own, images in _exchanges(frame, model):
        if isinstance(own, Frame) and not own.follows(images):
            raise ConfigError(
                f"frame: exchanging the atoms of {name} does not exchange the sites, so the model would "
                "not be invariant under it; give such sites origins that are exchanged as well"
            )


def _require_shifts(model: "eq.ProgramSum") -> None:
    """Refuse positions themselves as sites of a model for which nothing proves that shifts change nothing."""
    if model.symmetry is None or not (model.symmetry.holds("translation") and model.is_proven):
        raise ConfigError(
            "frame: without `origin` the sites are the atoms themselves, and the model does not declare translations, "
            "so energies would change when a molecule is shifted; write - translation in the spec of a sum, or give "
            "`sites` and `origin`"
        )


def _exchanges(
    frame: AnyFrame, model: "eq.ProgramSum"
) -> Iterator[tuple[str, AnyFrame | CombinedSites, Sequence[int]]]:
    """Permutations that are declared, each with its name and the frame of the sites that it is about."""
    if model.symmetry is not None:
        yield from ((g.name, frame, g.images) for g in model.symmetry.generators if g.images)
        return
    for term in model.terms:
        own = frame_of_term(frame, model, term)
        for generator in term.program.symmetry.generators:
            images = getattr(getattr(generator, "on_data", None), "images", None)
            if images is not None:
                yield generator.name, own, images


def _split(data: Structures, config: Config) -> tuple[Structures, Structures | None]:
    """The part that is trained on, and the part that is held out to decide when to stop."""
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


def with_noise(data: Structures, config: Config) -> Structures:
    """The training set with normal noise on its energies, if the config asks for it.

    The draws depend on the seed alone: with the same seed, another ``noise`` is the same noise, larger or smaller.
    """
    if config.labels.noise is None:
        return data
    draws = np.random.default_rng([config.seed, NOISE_STREAM]).normal(size=len(data))
    return replace(data, energies=data.energies + config.labels.noise * draws)


def run(
    training: Training,
    checkpoint: Path | None,
    every: int,
    stream: TextIO,
    record: Callable[[Progress], None],
    resume: bool = False,
) -> ForceField:
    """Take all steps, or those that are left.

    Args:
        training: a training from `prepare`.
        checkpoint: file that keeps the state, or ``None`` to keep none.
        every: steps between two checkpoints.
        stream: takes the progress report.
        record: called with each row of the record.
        resume: whether to continue from ``checkpoint``; the result has the same bits as without interruption.

    Returns:
        The trained force field.

    Raises:
        TrainError: the loss stopped being a number, or there is nothing to resume.
        KeyboardInterrupt: passed on, after a last checkpoint.
    """
    state = _begin(training, 0, training.force_field.params)
    if resume and checkpoint is not None:
        state = _resumed(training, checkpoint)
    training.objective.require_agreement(training.fingerprint, [state.phase, state.step])
    saved = _steps_done(training, state)
    try:
        with progress("training", training.total_steps, stream, saved) as advance:
            while (ready := _ready(training, state)).phase < len(training.phases):
                moved, loss = _step(training, ready)
                done = _steps_done(training, moved)
                _refuse_nan(training, moved, done, loss)
                row = _looked(training, moved, done, loss)
                record(row)
                state = _compared(training, moved, row)  # Ctrl-C before this line takes the steps again
                advance(done, f"{row.phase} loss {row.loss:.2e} RMSE {row.rmse_mev:.4f} meV")
                if done - saved >= every:
                    _save(training, checkpoint, state)
                    saved = done
    except KeyboardInterrupt:
        _save(training, checkpoint, state)
        raise
    _save(training, checkpoint, state)  # where the last optimiser ended, so that it can go on from there
    return _trained(training, ready.params)


def _save(training: Training, checkpoint: Path | None, state: TrainState) -> None:
    if checkpoint is not None:
        save_checkpoint(checkpoint, state, training.fingerprint, training.objective.backend)


def _looked(training: Training, state: TrainState, done: int, loss: float) -> Progress:
    """The row of the record for a state."""
    objective, params = training.objective, state.params
    scaling = objective.scaling_at(params, training.labels)
    apart = objective.energies(params, scaling, training.data) - training.data.energies
    rmse = float(np.sqrt(np.mean(apart**2))) / MILLI
    held_out = training.held_out
    validation = None if held_out is None else objective.loss_over(params, scaling, held_out)
    return Progress(done, training.phase_names[state.phase], loss, rmse, validation)


def _trained(training: Training, params: Array) -> ForceField:
    """The force field at the end of training, with the map from values to energies that belongs to it."""
    field = training.force_field
    scaling = training.objective.scaling_at(params, training.labels)
    if isinstance(scaling, MixedScaling):
        weighted = field.model.weighted(scaling.factors)
        return ForceField(weighted, field.frame, scaling.plain, params, field.domain)
    return ForceField(field.model, field.frame, scaling, params, field.domain)


def _begin(training: Training, phase: int, params: Array) -> TrainState:
    optimizer = training.phases[phase].init(params) if phase < len(training.phases) else {}
    return TrainState(phase, 0, params, optimizer)


def _ready(training: Training, state: TrainState) -> TrainState:
    """``state``, or if its phase is complete, the start of the next phase that has steps."""
    while state.phase < len(training.phases) and state.step >= training.phases[state.phase].steps:
        state = _next_phase(training, state)
    return state


def _next_phase(training: Training, state: TrainState) -> TrainState:
    """The next phase, from where this one ended, or from the best parameters if held-out structures decide them."""
    params = state.params if state.best is None else state.best.params
    return replace(_begin(training, state.phase + 1, params), best=state.best)


def _compared(training: Training, state: TrainState, row: Progress) -> TrainState:
    """Keep the best parameters. When they have been the best for too long, go on to the next phase."""
    if row.validation is None:
        return state
    if state.best is None or row.validation < state.best.loss:
        return replace(state, best=Best(row.validation, row.step, state.params))
    without_gain = min(row.step - state.best.step, state.step)
    return _next_phase(training, state) if without_gain >= training.patience else state


def _step(training: Training, state: TrainState) -> tuple[TrainState, float]:
    phase = training.phases[state.phase]
    # Looks come at the same steps whether or not the training ended in between.
    count = min(phase.stride - state.step % phase.stride, phase.steps - state.step)
    params, optimizer, loss = phase.advance(state.params, state.optimizer, training.labels, count)
    return replace(state, step=state.step + count, params=params, optimizer=optimizer), loss


def _steps_done(training: Training, state: TrainState) -> int:
    return sum(phase.steps for phase in training.phases[: state.phase]) + state.step


def _resumed(training: Training, checkpoint: Path) -> TrainState:
    phase, step, tensors = read_position(checkpoint, training.fingerprint, training.objective.backend)
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


def _refuse_nan(training: Training, state: TrainState, done: int, loss: float) -> None:
    if not (np.isfinite(loss) and np.isfinite(state.params).all()):
        phase = training.phase_names[state.phase]
        raise DivergedError(f"the loss is {loss} at {phase} step {done}; lower adam.learning_rate")


def fingerprint(config: Config, model_sha256: str, data: Structures) -> str:
    """Of everything that decides the result of a training: config, model, training set, start model.

    Args:
        config: configuration of the training; where its files lie, how often it is saved, and what evaluates the model
            does not count, since the back ends agree up to rounding.
        model_sha256: hash of the model: that of its spec, or of a sum, see ``eqcompile.ProgramSum.sha256``.
        data: the training set.

    Returns:
        64 hexadecimal digits.
    """
    decides = config.model_dump(
        exclude={"checkpoint": True, "data": True, "model": True, "backend": True, "start": {"model"}},
        exclude_none=True,
    )
    digest = hashlib.sha256(json.dumps([decides, model_sha256, data.species]).encode())
    for array in (data.positions, data.energies, data.forces):
        digest.update(b"none" if array is None else array.tobytes())
    if config.start.model is not None:
        digest.update(load_parameters(Path(config.start.model), model_sha256).tobytes())
    return digest.hexdigest()
