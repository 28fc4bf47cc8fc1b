"""Run a campaign: trials in batches by several workers, a log that a later run resumes, tables, and a report."""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

import eqcompile as eq
from campaign.failures import save_failure
from campaign.report import Setting, current_commit, write_report
from campaign.resumable import add_workers, workers_of
from campaign.tally import COLUMNS, Table, tables, totals
from campaign.trial import Kind, Result, run_trial
from siqml.tasks.crew import Workers, crew

ROOT = Path(__file__).parents[1]
BATCH = 20
KINDS: tuple[Kind, ...] = ("right", "wrong")


@dataclass(frozen=True)
class Batch:
    """Neighbouring trials.

    Attributes:
        kind: kind of all trials.
        first: number of the first trial.
        count: number of trials.
        seed: seed of the campaign.
    """

    kind: Kind
    first: int
    count: int
    seed: int

    @property
    def trials(self) -> set[tuple[Kind, int]]:
        """Kind and number of each trial."""
        return {(self.kind, self.first + k) for k in range(self.count)}


def run_batch(batch: Batch) -> list[Result]:
    """All trials of a batch."""
    return [run_trial(kind, number, batch.seed) for kind, number in sorted(batch.trials)]


def batches(counts: dict[Kind, int], seed: int) -> list[Batch]:
    """Batches of all trials, right and wrong ones in turn."""
    listed = [
        Batch(kind, first, min(BATCH, count - first), seed)
        for kind, count in counts.items()
        for first in range(0, count, BATCH)
    ]
    return sorted(listed, key=lambda batch: batch.first)


def logged(path: Path) -> list[Result]:
    """Results of earlier runs; a line that was cut short is left out."""
    out = []
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            out.append(Result(**json.loads(line)))
        except json.JSONDecodeError:
            continue
    return out


def run(todo: Sequence[Batch], workers: Workers, log: Path) -> Iterator[list[Result]]:
    """Results of all batches as they come; they are kept in the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with crew(workers.for_tasks(len(todo))) as found, open(log, "a") as file:
        for _, results in found.results(run_batch, todo):
            file.write("".join(json.dumps(result.as_dict()) + "\n" for result in results))
            file.flush()
            yield results


def main(words: Sequence[str]) -> int:
    """Run the command; 1 if any verdict was false."""
    options = _parser().parse_args(words)
    console = Console()
    if options.only:
        return _repeat(options.only, options.seed, console)
    log = options.log or ROOT / "build" / "campaign" / f"seed-{options.seed}.jsonl"
    if options.fresh:
        log.unlink(missing_ok=True)
    counts: dict[Kind, int] = {"right": options.right, "wrong": options.wrong}
    results = [r for r in logged(log) if r.number < counts[r.kind]]
    known = {(result.kind, result.number) for result in results}
    todo = [batch for batch in batches(counts, options.seed) if not batch.trials <= known]
    results += _with_progress(todo, workers_of(options), log, sum(counts.values()), console)
    results = sorted({(r.kind, r.number): r for r in results}.values(), key=lambda r: (r.kind, r.number))
    return _concluded(results, options, _seconds_of(log), console)


def _concluded(results: list[Result], options: argparse.Namespace, seconds: float, console: Console) -> int:
    for table in tables(results):
        console.print(_rich(table))
    for kind, counts in totals(results).items():
        console.print(f"{kind}: " + ", ".join(f"{count} {column}" for column, count in counts.items()))
    failed = [result for result in results if result.failed]
    for result in failed:
        console.print(f"failure: {save_failure(result, options.seed, options.failures)}")
    now = datetime.now(UTC).date().isoformat()
    command = f"python -m campaign --right {options.right} --wrong {options.wrong} --seed {options.seed}"
    setting = Setting(command, options.seed, current_commit(ROOT), now, seconds, workers_of(options).jobs)
    if options.output:
        write_report(results, setting, options.output)
    console.print(f"{len(results)} circuits in {seconds:.0f} s, {len(failed)} failures")
    return 1 if failed else 0


def _with_progress(
    todo: Sequence[Batch], workers: Workers, log: Path, total: int, console: Console
) -> list[Result]:
    out: list[Result] = []
    start, before = time.monotonic(), _seconds_of(log)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        done = total - sum(batch.count for batch in todo)
        task = progress.add_task("circuits", total=total, completed=done)
        for results in run(todo, workers, log) if todo else ():
            out += results
            failures = sum(result.failed for result in out)
            text = f"circuits, {failures} failures" if failures else "circuits"
            progress.update(task, advance=len(results), description=text)
            eq.write_atomically(_clock(log), f"{before + time.monotonic() - start}\n")
    return out


def _repeat(name: str, seed: int, console: Console) -> int:
    kind, _, number = name.partition(":")
    if kind not in KINDS or not number.isdigit():
        console.print(f"--only {name}: write right:NUMBER or wrong:NUMBER", highlight=False)
        return 2
    result = run_trial("right" if kind == "right" else "wrong", int(number), seed)
    console.print_json(data=result.as_dict())
    return 1 if result.failed else 0


def _rich(table: Table) -> RichTable:
    out = RichTable(title=f"{table.kind} circuits by {table.title}", show_footer=table.title != "disguise")
    out.add_column(table.title, footer="all")
    for column, total in zip(COLUMNS[table.kind], table.total, strict=True):
        out.add_column(column, justify="right", footer=str(total))
    for name, counts in table.rows:
        out.add_row(name, *map(str, counts))
    return out


def _clock(log: Path) -> Path:
    """File with the wall time of all runs that share a log."""
    return log.with_suffix(".seconds")


def _seconds_of(log: Path) -> float:
    return float(_clock(log).read_text()) if _clock(log).exists() and log.exists() else 0.0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m campaign", description=sys.modules[__name__].__doc__)
    parser.add_argument("--right", type=int, default=10_000, help="right circuits (default 10000)")
    parser.add_argument("--wrong", type=int, default=10_000, help="wrong circuits (default 10000)")
    parser.add_argument("--seed", type=int, default=1, help="seed for all circuits (default 1)")
    add_workers(parser)
    parser.add_argument("--log", type=Path, help="where results are kept while it runs")
    parser.add_argument("--fresh", action="store_true", help="do not resume an earlier run")
    parser.add_argument("--only", metavar="KIND:NUMBER", help="repeat one trial, such as wrong:124")
    parser.add_argument(
        "--failures", type=Path, default=ROOT / "campaign" / "failures", help="folder for failures"
    )
    parser.add_argument("-o", "--output", type=Path, help="folder for campaign.md and campaign.json")
    return parser
