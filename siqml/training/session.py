"""One training from start to finish, as ``siqml train`` runs it: config in, run folder out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO

import eqcompile as eq
from siqml.data.reading.bonds import declared_permutations, exchanged_atoms, refuse_other_order
from siqml.data.reading.declared_units import UNDECLARED, DeclaredUnits
from siqml.data.reading.doubts import doubts, doubts_between, warn
from siqml.data.reading.label_keys import UNNAMED, LabelKeys
from siqml.data.reading.named import locate_data, read_named, refuse_mixed
from siqml.errors import DataError, ModelError, TrainError
from siqml.evaluation.evaluate import Evaluation, doubtful, energy_variance, evaluate
from siqml.evaluation.plots import draw_curve, draw_parity, has_curve
from siqml.evaluation.verdict import Lesson, Verdict, verdict, with_contender
from siqml.field.backend import Backend, wanted_backend
from siqml.field.catalogue import compile_certified, find
from siqml.field.declared import hash_of, sites_of, text_of
from siqml.field.ensemble import SingleField, load_single
from siqml.field.force_field import ForceField
from siqml.field.model_file import here, load_model, load_origin, save_model
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Structures
from siqml.molecule.subset import subset
from siqml.training.checkpoint import has_checkpoint, read_position
from siqml.training.config import Config, DataConfig, load_config, to_yaml, validate
from siqml.training.more import lengthen
from siqml.training.picture import draw_learning
from siqml.training.run_folder import RunFolder
from siqml.training.train import Progress, Training, fingerprint, prepare, run, with_noise
from siqml.yaml_text import parse_yaml


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a training gives.

    Attributes:
        folder: where everything is.
        force_field: the trained model.
        train: errors on the training set.
        test: errors on the test set, if there is one.
        verdict: whether the model is of any use, on the test set or, without one, on the training set.
        seconds: wall time of the optimisation in this call.
    """

    folder: RunFolder
    force_field: ForceField
    train: Evaluation
    test: Evaluation | None
    verdict: Verdict
    seconds: float


def train(
    config_path: Path,
    folder: RunFolder,
    stream: TextIO,
    overrides: Sequence[str] = (),
    overwrite: bool = False,
    baseline: bool = False,
) -> Outcome:
    """Train from the beginning.

    Args:
        config_path: the YAML file.
        folder: where to write.
        stream: takes the progress report.
        overrides: settings such as ``"adam.steps=100"``.
        overwrite: whether to replace an earlier run in this folder.
        baseline: whether to fit a Gaussian process to the same labels in the end, for the verdict.

    Returns:
        The outcome. Nothing is written before config, spec, labels and certificate are found to be sound.

    Raises:
        SiqmlError: see `load_config`, `prepare`, `RunFolder.begin`.
        EqcompileError: the spec is bad or refused.
    """
    config = _named(load_config(config_path, overrides), config_path.parent)
    refuse_to_replace_the_start(config, folder)
    folder.refuse_held()
    spec = eq.load(find(config.model, "models", config_path.parent))
    work = Work.of(config.model_copy(update={"model": folder.spec.name}), spec)
    folder.refuse(overwrite)
    with folder.held(stream):
        folder.begin(overwrite)
        eq.write_atomically(folder.config, to_yaml(work.config))  # first: it makes this a run folder
        eq.write_atomically(folder.spec, text_of(spec))
        return work.finish(folder, stream, [], resume=False, baseline=baseline)


def refuse_to_replace_the_start(config: Config, folder: RunFolder) -> None:
    """Refuse to write a run over the model that it starts from.

    Raises:
        TrainError: the model lies in the folder of the run.
    """
    if config.start.model is not None and Path(config.start.model).is_relative_to(folder.root.resolve()):
        raise TrainError(
            f"start.model lies in {folder.root}, which this run would replace; choose another with -o"
        )


def resume(folder: RunFolder, stream: TextIO, more: int = 0, baseline: bool = False) -> Outcome:
    """Continue a training from its checkpoint, to the same bits; with ``more``, beyond the steps of its config.

    Args:
        folder: folder of the run, interrupted or finished.
        stream: takes the progress report.
        more: steps that the last phase takes beyond those of the config. The config of the run then asks for them, and
            the result has the bits of a training that asked for them from the start.
        baseline: as for `train`.

    Returns:
        The outcome.

    Raises:
        TrainError: this is not a run folder, there is no checkpoint, config, spec or data have changed since, another
            process is at work here, or more steps would be another training; see `siqml.training.more.lengthen`.
    """
    folder.reopen()
    with folder.held(stream):
        return _resumed(folder, stream, more, baseline)


def _resumed(folder: RunFolder, stream: TextIO, more: int = 0, baseline: bool = False) -> Outcome:
    config, spec = load_config(folder.config), eq.load(folder.spec)
    sets = _read_sets(config, config.frame.atoms)
    if more:
        config = lengthen(
            folder, config, lambda config: fingerprint(config, spec.source.sha256, sets[0]), more
        )
    work = Work.of(config, spec, sets)
    # Before any warning: an error is one line.
    read_position(folder.checkpoint, work.training.fingerprint, work.training.objective.backend)
    return work.finish(folder, stream, folder.read_record(), resume=True, baseline=baseline)


def train_or_continue(
    config_path: Path, folder: RunFolder, stream: TextIO, overrides: Sequence[str], overwrite: bool = True
) -> None:
    """Do what is left of a training: all of it, the rest, or nothing.

    Args:
        config_path: the YAML file.
        folder: where to write.
        stream: takes the progress report.
        overrides: settings such as ``"adam.steps=100"``.
        overwrite: whether to replace a run of another config, model or data in this folder.

    Raises:
        TrainError: such a run is there and may not be replaced.
        SiqmlError: see `train`.
        EqcompileError: see `train`.
    """
    inputs = Inputs.read(config_path, overrides)
    left = what_is_left(inputs, folder, overwrite)
    if left == "the rest":
        with folder.held(stream):
            eq.write_atomically(folder.config, to_yaml(inputs.config_of_run(folder, left)))
            _resumed(folder, stream)
    elif left == "all":
        train(config_path, folder, stream, overrides, overwrite=True)


def is_finished(config_path: Path, folder: RunFolder, overrides: Sequence[str]) -> bool:
    """Whether `train_or_continue` with the same arguments would have nothing to do."""
    inputs = Inputs.read(config_path, overrides)
    return _holds(folder, inputs.fingerprint, inputs.test, inputs.config.backend)


Left = Literal["nothing", "the rest", "all"]
"""How much of a training is still to be done."""


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything that a training reads from files, except a model that it starts from.

    Attributes:
        config: the config, with absolute paths.
        spec: the spec of the model.
        data: the training set.
        test: the test set, if there is one.
    """

    config: Config
    spec: "eq.AnySpec"
    data: Structures
    test: Structures | None

    @classmethod
    def read(cls, config_path: Path, overrides: Sequence[str]) -> "Inputs":
        """Read the files that a config names; the errors are those of `train`."""
        config = _named(load_config(config_path, overrides), config_path.parent)
        spec = eq.load(find(config.model, "models", config_path.parent))
        return cls(config, spec, *_read_sets(config, config.frame.atoms))

    @property
    def fingerprint(self) -> str:
        """Fingerprint of everything that decides the training."""
        return fingerprint(self.config, hash_of(self.spec), self.data)

    def config_of_run(self, folder: RunFolder, left: Left) -> Config:
        """The config as a run folder holds it: beside its copy of the spec, with the back end that it began with."""
        backend = self.config.backend or wanted_backend()
        if self.config.backend is None and left == "the rest":
            backend = load_config(folder.config).backend
        return self.config.model_copy(update={"model": folder.spec.name, "backend": backend})


def what_is_left(inputs: Inputs, folder: RunFolder, overwrite: bool) -> Left:
    """How much of a training is still to be done, going by its run folder.

    Args:
        inputs: what is trained.
        folder: where its run is, or will be.
        overwrite: whether a run of another training in this folder may be replaced.

    Raises:
        TrainError: such a run is there and may not be replaced.
    """
    wanted, backend = inputs.fingerprint, inputs.config.backend
    if _holds(folder, wanted, inputs.test, backend):
        return "nothing"
    if folder.config.is_file() and has_checkpoint(folder.checkpoint, wanted, backend):
        return "the rest"
    if not overwrite and (folder.checkpoint.is_file() or folder.model.is_file()):
        raise TrainError(
            f"{folder.root} holds another training, or a damaged one; replace it with --overwrite, or choose "
            "another folder with -o"
        )
    return "all"


def _holds(folder: RunFolder, wanted: str, test: Structures | None, backend: Backend | None) -> bool:
    """Whether the metrics in a folder belong to this training and, as far as their scatter tells, to this test set.

    What evaluated the model counts only if the config names it.
    """
    if not (folder.metrics.is_file() and folder.model.is_file()):
        return False
    found = folder.read_metrics()
    variance = None if found["test"] is None else found["test"]["energy_variance"]
    expected = None if test is None else energy_variance(test)
    same = found["fingerprint"] == wanted and variance == expected
    return bool(same and backend in (None, found.get("backend", "jax")))


def _read_sets(config: Config, species: Sequence[str]) -> tuple[Structures, Structures | None]:
    """Training set, drawn from its file if the config asks for it, and test set."""
    data = config.data
    refuse_mixed([name for name in (data.train, data.test) if name is not None], data.declared)
    train = read_named(data.train, species, data.declared, data.named)
    return (
        subset(train, data.train_size, config.seed),
        None if data.test is None else read_named(data.test, species, data.declared, data.named),
    )


@dataclass(frozen=True, eq=False)
class Work:
    """A training that is ready to run, with its test set.

    Attributes:
        config: the config as its run folder holds it.
        training: what runs.
        test: the test set, if there is one.
        warnings: what looks wrong with the labels.
    """

    config: Config
    training: Training
    test: Structures | None
    warnings: tuple[str, ...]

    @classmethod
    def of(
        cls,
        config: Config,
        spec: "eq.AnySpec",
        sets: tuple[Structures, Structures | None] | None = None,
        start: Path | None = None,
    ) -> "Work":
        """Compile and certify the model, and decide everything else.

        Args:
            config: the config as its run folder holds it.
            spec: the spec of the model.
            sets: training and test set; by default they are read from the files that the config names.
            start: where this machine has the model that the config starts from, if the path in the config is another
                machine's.

        Raises:
            SiqmlError: see `prepare`.
            EqcompileError: the spec is refused.
        """
        frame = config.frame.place(sites_of(spec))
        data, test = _read_sets(config, frame.species) if sets is None else sets
        program = compile_certified(spec)
        training = prepare(_started_from(config, start), program, frame, data)
        config = config.model_copy(update={"backend": training.objective.backend})
        both = [data] if test is None else [data, test]
        refuse_other_order(both, frame, declared_permutations(program))
        found = [line for structures in both for line in doubts(structures)]
        found += [] if test is None else doubts_between(data, test)
        return cls(config, training, test, tuple(dict.fromkeys(found)))

    def finish(
        self, folder: RunFolder, stream: TextIO, rows: list[Progress], resume: bool, baseline: bool = False
    ) -> Outcome:
        """Take the steps that are left, and write everything that a run leaves.

        Args:
            folder: where to write.
            stream: takes the progress report.
            rows: the record so far.
            resume: whether to continue from the checkpoint in the folder.
            baseline: as for `train`.
        """

        def record(row: Progress) -> None:
            rows[:] = [old for old in rows if old.step < row.step]  # rows after the checkpoint are made again
            rows.append(row)
            folder.write_record(rows)

        warn(self.warnings, stream)
        started = time.perf_counter()
        every = self.config.checkpoint.every
        force_field = run(self.training, folder.checkpoint, every, stream, record, resume)
        seconds = time.perf_counter() - started
        save_model(folder.model, force_field, here(self.config.seed, to_yaml(self.config)))
        on_train = evaluate(force_field, self.training.data)
        on_test = None if self.test is None else evaluate(force_field, self.test)
        found = verdict(on_train if on_test is None else on_test)
        if baseline:
            data = self.training.data if self.test is None else self.test
            lesson = lesson_of(self.config, force_field.model, force_field.frame, self.training.all_data)
            (found,) = with_contender([found], lesson, [data])
        folder.write_metrics(
            self._metrics(on_train, on_test, seconds)
            | {"verdict": found.to_dict(), "resumed": resume}
            | _stopped(rows)
        )
        draw_parity(folder.parity, force_field, self.training.data, self.test)
        if rows:
            draw_learning(folder.learning, rows, force_field.model.name)
        if has_curve(self.training.data):
            draw_curve(folder.curve, force_field, self.training.data, self.test)
        return Outcome(folder, force_field, on_train, on_test, found, seconds)

    def _metrics(self, train: Evaluation, test: Evaluation | None, seconds: float) -> dict[str, Any]:
        model = self.training.force_field.model
        return {
            "model": model.name,
            "num_parameters": model.num_parameters,
            "seed": self.config.seed,
            "steps": self.training.total_steps,
            "backend": self.training.objective.backend,
            "seconds": round(seconds, 2),
            "fingerprint": self.training.fingerprint,
            "train": train.to_dict(),
            "test": None if test is None else test.to_dict(),
            "warnings": list(self.warnings),
        }


def _stopped(rows: list[Progress]) -> dict[str, Any]:
    """What early stopping chose, if it is used."""
    validated = [(row.validation, row.step) for row in rows if row.validation is not None]
    if not validated:
        return {}
    loss, step = min(validated)
    return {"stopped": {"best_step": step, "validation_loss": loss, "last_step": rows[-1].step}}


def lesson_of(config: Config, model: "eq.AnyProgram", frame: AnyFrame, data: Structures) -> Lesson:
    """What a Gaussian process learns from to be compared with a model.

    Args:
        config: config of the training; its loss says whether the model saw forces.
        model: the model, whose declared permutations the Gaussian process has as well.
        frame: atoms to sites.
        data: the training set, with everything that is held out, and with the noise of its labels.
    """
    loss = config.loss
    return Lesson(data, exchanged_atoms(model, frame), loss.forces > 0, loss.along == "line")


def _started_from(config: Config, model: Path | None) -> Config:
    """The config with another path to the model that it starts from."""
    if model is None:
        return config
    return config.model_copy(update={"start": config.start.model_copy(update={"model": str(model)})})


def _named(config: Config, beside: Path) -> Config:
    """The config with absolute paths for the user's files; shipped data keeps its bare name."""
    files = {"train": config.data.train, "test": config.data.test}
    data = {name: locate_data(value, beside) for name, value in files.items() if value is not None}
    start = config.start
    if start.model is not None:
        start = start.model_copy(update={"model": str((beside / start.model).resolve())})
    return config.model_copy(update={"data": config.data.model_copy(update=data), "start": start})


def config_of(model: Path) -> Config:
    """The config of a saved model, from its file or run folder.

    Raises:
        ModelError: the model cannot be read.
        ConfigError: its config is not one of this version.
    """
    return validate(parse_yaml(load_origin(model).config, str(model)))


def training_set(model: Path) -> Structures:
    """The training set of a saved model.

    Args:
        model: model file or run folder.

    Returns:
        Its structures.

    Raises:
        ModelError: the model cannot be read.
        DataError: the training set is no longer where it was.
    """
    config = config_of(model)
    whole = read_named(config.data.train, config.frame.atoms, config.data.declared, config.data.named)
    return subset(whole, config.data.train_size, config.seed)


def test_or_training_set(model: Path) -> Structures:
    """The test set of a saved model, or all structures of its training file. Errors are those of `training_set`."""
    config = config_of(model)
    data = config.data
    return read_named(data.test or data.train, config.frame.atoms, data.declared, data.named)


def evaluate_files(
    model: Path,
    data: Sequence[str],
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
    stream: TextIO | None = None,
    baseline: bool = False,
) -> list[tuple[Evaluation, Verdict]]:
    """Errors of a saved model, and what they say about it.

    Args:
        model: model file or run folder.
        data: files of the user, or names of shipped ones; if empty, the training and test set of the model.
        units: units of the user's files.
        keys: names of the labels in the user's files.
        stream: takes a line for everything that looks wrong with the labels.
        baseline: whether to fit a Gaussian process to the labels that the model was trained with.

    Returns:
        Evaluation and verdict for each file, with the part of the forces that the model cannot express.

    Raises:
        ModelError: the model cannot be read.
        DataError: a file cannot be read, or is of another molecule; or the training set of the baseline.
    """
    force_field, sets = field_and_data(model, data, units, keys, stream)
    found = [evaluate(force_field, structures, with_floor=True) for structures in sets]
    if stream is not None:
        warn([line for evaluation in found for line in doubtful(evaluation)], stream)
    verdicts = [verdict(evaluation) for evaluation in found]
    if baseline:
        config = config_of(model)
        lesson = lesson_of(
            config, force_field.model, force_field.frame, with_noise(training_set(model), config)
        )
        with eq.stage("a Gaussian process on the training set"):
            verdicts = with_contender(verdicts, lesson, sets)
    return list(zip(found, verdicts, strict=True))


def model_and_data(
    model: Path,
    data: Sequence[str],
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
    stream: TextIO | None = None,
) -> tuple[ForceField, list[Structures]]:
    """A saved model that is a circuit alone, and sets of structures; otherwise as `field_and_data`."""
    with eq.stage("compiling the model"):
        force_field = load_model(model)
    return force_field, _data_of(force_field, model, data, units, keys, stream)


def field_and_data(
    model: Path,
    data: Sequence[str],
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
    stream: TextIO | None = None,
) -> tuple[SingleField, list[Structures]]:
    """A saved model, and sets of structures for it; arguments and errors are those of `evaluate_files`."""
    with eq.stage("compiling the model"):
        force_field = load_single(model)
    return force_field, _data_of(force_field, model, data, units, keys, stream)


def _data_of(
    force_field: SingleField,
    model: Path,
    data: Sequence[str],
    units: DeclaredUnits,
    keys: LabelKeys,
    stream: TextIO | None,
) -> list[Structures]:
    """Sets of structures whose atoms are in the order of the model."""
    sets = sets_of([model], data, force_field.species, units, keys)
    refuse_other_order(sets, force_field.frame, declared_permutations(force_field.model))
    if stream is not None:
        warn([line for structures in sets for line in doubts(structures)], stream)
    return sets


def sets_of(
    models: Sequence[Path],
    data: Sequence[str],
    species: Sequence[str],
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
) -> list[Structures]:
    """Sets of structures for saved models.

    Args:
        models: model files or run folders, at least one.
        data: files of the user, or names of shipped ones; if empty, the training and test set of the models.
        species: the atoms, in their order.
        units: units of the user's files.
        keys: names of the labels in the user's files.

    Returns:
        The sets.

    Raises:
        ModelError: no data is named, and the models were trained with different data.
        DataError: a file cannot be read, or is of another molecule; units are declared for no file of the user.
    """
    located = [locate_data(name, Path()) for name in data]
    own = any(Path(name).is_absolute() for name in located)
    if units != UNDECLARED and not own:
        raise DataError("units are declared, but no file of yours is named; name it, or leave the units out")
    if keys != UNNAMED and not own:
        raise DataError("keys of labels are given, but no file of yours is named; name it, or leave them out")
    refuse_mixed(located, units)
    if located:
        return [read_named(name, species, units, keys) for name in located]
    first, *others = map(config_of, models)
    for model, other in zip(models[1:], others, strict=True):
        if _source(other) != _source(first):
            raise ModelError(
                f"{model} was trained with other data than {models[0]}; name the data to evaluate on"
            )
    train, test = _read_sets(first, species)
    return [train] if test is None else [train, test]


def _source(config: Config) -> tuple[DataConfig, int | None]:
    """What decides the training and test sets."""
    return config.data, None if config.data.train_size is None else config.seed
