"""Run the trials of specs: in batches, with a log that a later run resumes, tables and a page."""

import argparse
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from campaign.report import Setting, current_commit
from campaign.specs.page import outcomes, write_page
from campaign.specs.trial import Result, run_trial
from campaign.specs.write import case

ROOT = Path(__file__).parents[2]
BATCH = 10


def logged(path: Path) -> list[Result]:
    """Results of earlier runs; a line that was cut short is left out."""
    out = []
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        out.append(Result(**found | {"kinds": tuple(found["kinds"])}))
    return out


def run_batch(work: tuple[Sequence[int], int]) -> list[Result]:
    """Some trials of one seed."""
    numbers, seed = work
    return [run_trial(number, seed) for number in numbers]


def run(numbers: Sequence[int], seed: int, jobs: int, log: Path) -> Iterator[list[Result]]:
    """Results as they come, kept in the log."""
    work = [(numbers[k : k + BATCH], seed) for k in range(0, len(numbers), BATCH)]
    log.parent.mkdir(parents=True, exist_ok=True)
    with multiprocessing.get_context("spawn").Pool(jobs, initializer=_quiet) as pool, open(log, "a") as file:
        for results in pool.imap_unordered(run_batch, work):
            file.write("".join(json.dumps(result.as_dict()) + "\n" for result in results))
            file.flush()
            yield results


def _quiet() -> None:
    """A process leaves the keyboard to the one that started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(5)


def main(words: Sequence[str]) -> int:
    """The command; 1 if the two sides differ anywhere, 130 if it was stopped."""
    options = _parser().parse_args(words)
    console = Console()
    if options.only is not None:
        written = case(options.only, options.seed)
        for text in (*written.texts, *written.files.values()):
            console.print(text, markup=False, highlight=False)
        result = run_trial(options.only, options.seed)
        console.print_json(data=result.as_dict())
        return 1 if result.failed else 0
    commit = current_commit(ROOT)
    log = options.log or ROOT / "build" / "campaign" / f"specs-{options.seed}.jsonl"
    if options.fresh:
        log.unlink(missing_ok=True)
    known = {result.number: result for result in logged(log) if result.number < options.specs}
    todo = [number for number in range(options.specs) if number not in known]
    clock = log.with_suffix(".seconds")
    before = float(clock.read_text()) if clock.exists() and log.exists() else 0.0
    start = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("specs", total=options.specs, completed=len(known))
            for results in run(todo, options.seed, options.jobs, log) if todo else ():
                known |= {result.number: result for result in results}
                differ = sum(result.failed for result in known.values())
                text = f"specs, {differ} differ" if differ else "specs"
                progress.update(task, completed=len(known), description=text)
                clock.write_text(f"{before + time.monotonic() - start}\n")
    except KeyboardInterrupt:
        console.print(
            f"stopped after {len(known)} of {options.specs} specs; the same command goes on from there"
        )
        return 130
    results = [known[number] for number in sorted(known)]
    for result in results:
        if result.failed:
            repeat = f"python -m campaign.specs --seed {options.seed} --only {result.number}"
            console.print(f"differs: {repeat}: {result.differences[0]}", markup=False, highlight=False)
    seconds = before + time.monotonic() - start
    command = f"python -m campaign.specs --specs {options.specs} --seed {options.seed}"
    now = datetime.now(UTC).date().isoformat()
    if options.output:
        write_page(
            results, Setting(command, options.seed, commit, now, seconds, options.jobs), options.output
        )
    console.print(
        f"{len(results)} specs in {seconds:.0f} s: " + ", ".join(f"{n} {k}" for k, n in outcomes(results))
    )
    return 1 if any(result.failed for result in results) else 0


def whole_number(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m campaign.specs", description=sys.modules[__name__].__doc__
    )
    parser.add_argument("--specs", type=whole_number, default=3_000, help="number of specs (default 3000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of all specs (default 1)")
    parser.add_argument(
        "--jobs", type=whole_number, default=os.cpu_count() or 1, help="processes (default: all cores)"
    )
    parser.add_argument("--log", type=Path, help="where results are kept while it runs")
    parser.add_argument("--fresh", action="store_true", help="do not resume an earlier run")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="print one spec and repeat its trial")
    parser.add_argument(
        "-o", "--output", type=Path, help="folder for campaign_specs.md and campaign_specs.json"
    )
    return parser
