"""Many independent trainings: one after another, or by workers, to the same bits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from siqml.data.reading.doubts import warn
from siqml.errors import DivergedError
from siqml.progress import progress
from siqml.tasks.crew import HERE, Workers, crew
from siqml.training.order import TrainingOrder, carried_out
from siqml.training.run_folder import RunFolder
from siqml.training.session import Inputs, train_or_continue


@dataclass(frozen=True)
class Wanted:
    """One training of many.

    Attributes:
        title: what it is called in the progress report.
        config_path: the YAML file.
        folder: where its run belongs.
        overrides: settings such as ``"adam.steps=100"``.
    """

    title: str
    config_path: Path
    folder: RunFolder
    overrides: tuple[str, ...]


@dataclass(frozen=True)
class Ended:
    """A training that is over.

    Attributes:
        wanted: which one.
        diverged: why it has no result, if its loss stopped being a number.
    """

    wanted: Wanted
    diverged: str | None = None


def train_many(
    wanted: Sequence[Wanted],
    stream: TextIO,
    workers: Workers = HERE,
    overwrite: bool = False,
    diverging: bool = False,
) -> Iterator[Ended]:
    """Do what is left of every training; finished runs stay, interrupted ones continue.

    Workers get a training as plain data and give back the files of its run, which are written here as soon as they
    arrive. So a worker needs none of these folders, and what a lost worker had begun is begun again.

    Args:
        wanted: the trainings, each with a folder of its own.
        stream: takes the progress report.
        workers: where the trainings run.
        overwrite: whether to replace runs of other trainings.
        diverging: whether the other trainings go on when the loss of one stops being a number.

    Yields:
        Every training when it is over; in the order of ``wanted`` if they run here.

    Raises:
        SiqmlError: see `siqml.training.session.train_or_continue` and `siqml.tasks.crew.Crew.results`.
        EqcompileError: the same.
    """
    if workers.elsewhere:
        yield from _elsewhere(wanted, stream, workers, overwrite, diverging)
        return
    for one in wanted:
        print(one.title, file=stream, flush=True)
        try:
            train_or_continue(one.config_path, one.folder, stream, one.overrides, overwrite)
        except DivergedError as error:
            if not diverging:
                raise
            yield Ended(one, str(error))
        else:
            yield Ended(one)


def _elsewhere(
    wanted: Sequence[Wanted], stream: TextIO, workers: Workers, overwrite: bool, diverging: bool
) -> Iterator[Ended]:
    waiting, orders = [], []
    for one in wanted:
        order = TrainingOrder.of(Inputs.read(one.config_path, one.overrides), one.folder, overwrite)
        if order is None:
            yield Ended(one)
        else:
            waiting.append(one)
            orders.append(order)
    if not orders:
        return
    begun, said = len(wanted) - len(orders), set[str]()
    with (
        progress("trainings", len(wanted), stream, begun) as advance,
        crew(workers.for_tasks(len(orders))) as found,
    ):
        function = _carried_out_or_diverged if diverging else carried_out
        for done, (number, files) in enumerate(found.results(function, orders), begun + 1):
            one = waiting[number]
            if isinstance(files, str):
                advance(done, f"{one.title}: {files}")
                yield Ended(one, files)
                continue
            with one.folder.held(stream):
                _write(one.folder, files, orders[number])
            warnings = [line for line in one.folder.read_metrics()["warnings"] if line not in said]
            warn(warnings, stream)
            said.update(warnings)
            advance(done, one.title)
            yield Ended(one)


def _write(folder: RunFolder, files: dict[str, bytes], order: TrainingOrder) -> None:
    if not order.begun:
        folder.begin(overwrite=True)
    folder.put(files)


def _carried_out_or_diverged(order: TrainingOrder) -> Any:
    """The files of the run; if its loss stopped being a number, the line that says so."""
    try:
        return carried_out(order)
    except DivergedError as error:
        return str(error)
