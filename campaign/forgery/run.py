"""Forge certificates of every kind, recheck them with and without their files, and write a page."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console

from campaign.forgery.page import tables, write_page
from campaign.forgery.trial import forgery, run_trial
from campaign.report import Setting, current_commit
from campaign.resumable import add_workers, run_all, workers_of

ROOT = Path(__file__).parents[2]


def main(words: Sequence[str]) -> int:
    """Run the command: 1 if a forgery was confirmed although it is false of the files, 130 if it was stopped."""
    options = _parser().parse_args(words)
    console = Console()
    if options.only is not None:
        print(forgery(options.only, options.seed)[2])
        record = run_trial(options.only, options.seed)
        print(*(f"{key}: {value}" for key, value in record.items()), sep="\n", file=sys.stderr)
        return 1 if record["failed"] else 0
    commit = current_commit(ROOT)
    log = options.log or ROOT / "build" / "campaign" / f"forgery-{options.seed}.jsonl"
    if options.fresh:
        log.unlink(missing_ok=True)
    trial = partial(run_trial, seed=options.seed)
    done = run_all(trial, options.edits, log, workers_of(options), "forgeries", console)
    if done.interrupted:
        console.print(f"stopped after {len(done.records)} forgeries; the same command goes on from there")
        return 130
    failed = [record for record in done.records if record["failed"]]
    for record in failed:
        repeat = f"python -m campaign.forgery --seed {options.seed} --only {record['number']}"
        console.print(f"{repeat}: {record['words']}", markup=False, highlight=False)
    command = f"python -m campaign.forgery --edits {options.edits} --seed {options.seed}"
    now = datetime.now(UTC).date().isoformat()
    if options.output:
        setting = Setting(command, options.seed, commit, now, done.seconds, workers_of(options).jobs)
        write_page(done.records, setting, options.output)
    for line in tables(done.records):
        console.print(line, markup=False, highlight=False)
    console.print(f"{len(done.records)} forgeries in {done.seconds:.0f} s, {len(failed)} failures")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m campaign.forgery", description=sys.modules[__name__].__doc__
    )
    parser.add_argument("--edits", type=int, default=6_000, help="number of forgeries (default 6000)")
    parser.add_argument("--seed", type=int, default=1, help="seed of all edits (default 1)")
    add_workers(parser)
    parser.add_argument("--log", type=Path, help="where results are kept while it runs")
    parser.add_argument("--fresh", action="store_true", help="do not resume an earlier run")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="print one forgery and repeat its trial")
    parser.add_argument("-o", "--output", type=Path, help="folder for forgery.md and forgery.json")
    return parser
