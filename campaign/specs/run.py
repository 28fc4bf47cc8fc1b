"""Run the trials of specs in batches, with a log that a later run resumes, tables, and a page."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from campaign.report import Setting, current_commit
from campaign.resumable import Record, add_workers, run_all, workers_of
from campaign.specs.page import outcomes, write_page
from campaign.specs.trial import Result, run_trial
from campaign.specs.write import case

ROOT = Path(__file__).parents[2]


def recorded(number: int, seed: int) -> Record:
    """One trial as plain data."""
    result = run_trial(number, seed)
    return result.as_dict() | {"failed": result.failed}


def result_of(record: Record) -> Result:
    """The result that a record holds."""
    values = {key: value for key, value in record.items() if key != "failed"}
    return Result(**values | {"kinds": tuple(record["kinds"])})


def main(words: Sequence[str]) -> int:
    """Run the command; 1 if the two sides differ anywhere, 130 if it was stopped."""
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
    trial = partial(recorded, seed=options.seed)
    done = run_all(trial, options.specs, log, workers_of(options), "specs", console)
    if done.interrupted:
        console.print(f"stopped after {len(done.records)} specs; the same command goes on from there")
        return 130
    results = [result_of(record) for record in done.records]
    for result in results:
        if result.failed:
            repeat = f"python -m campaign.specs --seed {options.seed} --only {result.number}"
            console.print(f"differs: {repeat}: {result.differences[0]}", markup=False, highlight=False)
    command = f"python -m campaign.specs --specs {options.specs} --seed {options.seed}"
    now = datetime.now(UTC).date().isoformat()
    if options.output:
        write_page(
            results,
            Setting(command, options.seed, commit, now, done.seconds, workers_of(options).jobs),
            options.output,
        )
    console.print(
        f"{len(results)} specs in {done.seconds:.0f} s: "
        + ", ".join(f"{n} {k}" for k, n in outcomes(results))
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
    add_workers(parser)
    parser.add_argument("--log", type=Path, help="where results are kept while it runs")
    parser.add_argument("--fresh", action="store_true", help="do not resume an earlier run")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="print one spec and repeat its trial")
    parser.add_argument(
        "-o", "--output", type=Path, help="folder for campaign_specs.md and campaign_specs.json"
    )
    return parser
