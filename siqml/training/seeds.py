"""The same training from several seeds."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from siqml.evaluation.ensemble import EnsembleEvaluation, evaluate_ensemble
from siqml.field.ensemble import Ensemble
from siqml.tasks.crew import HERE, Workers
from siqml.training.many import Wanted, train_many
from siqml.training.run_folder import RunFolder
from siqml.training.session import test_or_training_set


def train_seeds(
    config_path: Path,
    folder: Path,
    seeds: Sequence[int],
    stream: TextIO,
    overrides: Sequence[str] = (),
    overwrite: bool = False,
    workers: Workers = HERE,
) -> list[RunFolder]:
    """Train once for each seed, in ``seed-0``, ``seed-1`` and so on; finished runs stay, interrupted ones continue.

    Args:
        config_path: the YAML file.
        folder: takes the runs.
        seeds: seeds for the start values and everything else that is drawn.
        stream: takes the progress report.
        overrides: settings such as ``"adam.steps=100"``.
        overwrite: whether to replace runs of other trainings.
        workers: where the trainings run.

    Returns:
        The finished runs, in the order of the seeds.

    Raises:
        TrainError: the folder is a run itself.
        SiqmlError: see `siqml.training.many.train_many`.
        EqcompileError: see `siqml.training.session.train`.
    """
    RunFolder(folder).refuse_to_hold_runs()
    wanted = [
        Wanted(f"seed {seed}", config_path, RunFolder(folder / f"seed-{seed}"), (*overrides, f"seed={seed}"))
        for seed in seeds
    ]
    for _ in train_many(wanted, stream, workers, overwrite):
        pass
    return [one.folder for one in wanted]


def evaluate_seeds(runs: Sequence[RunFolder]) -> EnsembleEvaluation:
    """Errors of two or more finished runs of one training, and of their mean.

    Args:
        runs: runs from `train_seeds`.

    Returns:
        Errors on the test set; without one, on the whole file of training structures.

    Raises:
        SiqmlError: a model or the data cannot be read.
    """
    ensemble = Ensemble.load([run.root for run in runs])
    return evaluate_ensemble(ensemble, test_or_training_set(runs[0].root))
