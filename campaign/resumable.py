"""Numbered trials on several processes or a cluster, with a log that a later run resumes, and progress."""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from siqml.errors import TaskError
from siqml.limits import MAX_JOBS
from siqml.tasks.crew import Workers, crew

Record = dict[str, Any]
"""What a trial found, as plain data; ``number`` says which trial it was."""

Trial = Callable[[int], Record]

BATCH = 10
NICE = 5
"""How far the processes of a campaign step back for other work."""


@dataclass(frozen=True)
class Done:
    """What is known at the end of a run.

    Attributes:
        records: records of all trials that are finished, in the order of their numbers.
        seconds: wall time of all runs that share the log.
        interrupted: whether Ctrl-C ended the run; the same command goes on from there.
    """

    records: tuple[Record, ...]
    seconds: float
    interrupted: bool = False


def run_all(trial: Trial, total: int, log: Path, workers: Workers, what: str, console: Console) -> Done:
    """Run the trials ``0 .. total - 1`` that the log does not hold yet.

    Args:
        trial: a function at the top level of a module, so that another process finds it.
        total: number of trials.
        log: file with one line of JSON for every finished trial.
        workers: where the trials run.
        what: plural of what is tried, such as ``"specs"``.
        console: shows the progress.

    Returns:
        Everything that is finished.
    """
    known = {record["number"]: record for record in logged(log) if record["number"] < total}
    todo = [number for number in range(total) if number not in known]
    clock = log.with_suffix(".seconds")
    before = float(clock.read_text()) if clock.exists() and log.exists() else 0.0
    start, interrupted = time.monotonic(), False
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=total, completed=len(known))
        try:
            for records in _batches(trial, todo, log, workers) if todo else ():
                known |= {record["number"]: record for record in records}
                failed = sum(bool(record.get("failed")) for record in known.values())
                text = f"{what}, {failed} failed" if failed else what
                progress.update(task, completed=len(known), description=text)
                clock.write_text(f"{before + time.monotonic() - start}\n")
        except KeyboardInterrupt:
            interrupted = True
    seconds = before + time.monotonic() - start
    return Done(tuple(known[number] for number in sorted(known)), seconds, interrupted)


def logged(path: Path) -> Iterator[Record]:
    """Records of earlier runs; a line that was cut short is left out."""
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def _batches(trial: Trial, numbers: Sequence[int], log: Path, workers: Workers) -> Iterator[list[Record]]:
    work = [numbers[k : k + BATCH] for k in range(0, len(numbers), BATCH)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with crew(workers.for_tasks(len(work))) as found, open(log, "a") as file:
        for _, records in found.results(partial(_batch, trial), work):
            file.write("".join(json.dumps(record) + "\n" for record in records))
            file.flush()
            yield records


def _batch(trial: Trial, numbers: Sequence[int]) -> list[Record]:
    return [trial(number) for number in numbers]


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where trials run."""
    parser.add_argument(
        "--jobs", type=whole_number, default=os.cpu_count() or 1, help="processes (default: all cores)"
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="a Dask cluster in place of processes; its workers need this checkout on their PYTHONPATH",
    )


def workers_of(options: argparse.Namespace) -> Workers:
    """Where the options of `add_workers` say that trials run; processes of this machine step back for other work."""
    if options.scheduler is not None:
        return Workers(scheduler=options.scheduler)
    return Workers(options.jobs, nice=NICE)


def answered(main: Callable[[Sequence[str]], int], words: Sequence[str]) -> int:
    """The exit code of a campaign; one line and 2 if its workers cannot be reached."""
    try:
        return main(words)
    except TaskError as error:
        print(error, file=sys.stderr)
        return 2


def whole_number(text: str) -> int:
    """A number of processes, for argparse."""
    number = int(text)
    if not 1 <= number <= MAX_JOBS:
        raise ValueError
    return number
