"""Run the fuzz: inputs on several processes, a log that a later run resumes, a table, a page, and findings as files."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table as RichTable

from campaign.fuzz.findings import distinct, save_findings
from campaign.fuzz.outcome import KINDS, ROOT, Outcome
from campaign.fuzz.page import write_page
from campaign.fuzz.readers import READERS
from campaign.fuzz.tally import COLUMNS, cells, rows
from campaign.fuzz.worker import Limits, Ticket, run_tickets, try_ticket
from campaign.report import Setting, current_commit

INTERRUPTED = 130


def tickets(total: int, seed: int, names: Sequence[str] = tuple(READERS)) -> list[Ticket]:
    """Tickets for ``total`` inputs, divided among the readers by their shares, in turn."""
    shares = {name: READERS[name].share for name in names}
    counts = {name: total * share // sum(shares.values()) for name, share in shares.items()}
    for name in list(counts)[: total - sum(counts.values())]:
        counts[name] += 1
    listed = [Ticket(name, number, seed) for name, count in counts.items() for number in range(count)]
    return sorted(listed, key=lambda ticket: (ticket.number / counts[ticket.reader], ticket.reader))


def logged(path: Path) -> list[Outcome]:
    """Outcomes of earlier runs; a line that was cut short is left out."""
    out = []
    for line in path.read_text().splitlines() if path.exists() else ():
        try:
            out.append(Outcome.from_dict(json.loads(line)))
        except json.JSONDecodeError:
            continue
    return out


def main(words: Sequence[str]) -> int:
    """Run the command; 1 if there are findings, 130 after Ctrl-C."""
    options = _parser().parse_args(words)
    console = Console()
    if options.only:
        return _repeat(options.only, options.seed, console)
    log = options.log or ROOT / "build" / "campaign" / f"fuzz-seed-{options.seed}.jsonl"
    if options.fresh:
        log.unlink(missing_ok=True)
    names = options.readers.split(",") if options.readers else list(READERS)
    if unknown := [name for name in names if name not in READERS]:
        console.print(f"--readers {unknown[0]}: known: {', '.join(READERS)}", highlight=False)
        return 2
    wanted = tickets(options.inputs, options.seed, names)
    keys = {ticket.key for ticket in wanted}
    known = {(o.reader, o.number): o for o in logged(log) if (o.reader, o.number) in keys}
    todo = [ticket for ticket in wanted if ticket.key not in known]
    try:
        known |= {(o.reader, o.number): o for o in _with_progress(todo, options, log, len(wanted), console)}
    except KeyboardInterrupt:
        console.print("interrupted; the same command continues")
        return INTERRUPTED
    outcomes = [
        known[ticket.key] for ticket in sorted(wanted, key=lambda t: (names.index(t.reader), t.number))
    ]
    return _concluded(outcomes, options, _seconds_of(log), console)


def _concluded(outcomes: list[Outcome], options: argparse.Namespace, seconds: float, console: Console) -> int:
    console.print(_rich(outcomes))
    found = distinct(outcomes)
    for finding in found:
        console.print(f"{finding.kind}: {finding.text}", highlight=False, markup=False)
    for path in save_findings(found, options.seed, options.findings):
        console.print(f"finding: {path}", highlight=False)
    command = f"python -m campaign.fuzz --inputs {options.inputs} --seed {options.seed}"
    now = datetime.now(UTC).date().isoformat()
    setting = Setting(command, options.seed, current_commit(ROOT), now, seconds, options.jobs)
    if options.output:
        write_page(outcomes, found, setting, options.output)
    console.print(f"{len(outcomes)} inputs in {seconds:.0f} s, {len(found)} findings")
    return 1 if found else 0


def _with_progress(
    todo: list[Ticket], options: argparse.Namespace, log: Path, total: int, console: Console
) -> list[Outcome]:
    out: list[Outcome] = []
    start, before = time.monotonic(), _seconds_of(log)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("inputs", total=total, completed=total - len(todo))
        for outcome in _run(todo, options.jobs, log):
            out.append(outcome)
            findings = sum(bool(o.problems) for o in out)
            progress.update(
                task, advance=1, description=f"inputs, {findings} with findings" if findings else "inputs"
            )
            _clock(log).write_text(f"{before + time.monotonic() - start}\n")
    return out


def _run(todo: Sequence[Ticket], jobs: int, log: Path) -> Iterator[Outcome]:
    """All outcomes as they come, kept in the log. What took too long is tried again at the end, on its own."""
    log.parent.mkdir(parents=True, exist_ok=True)
    late: list[Ticket] = []
    by_key = {ticket.key: ticket for ticket in todo}
    with open(log, "a") as file:
        for outcome in run_tickets(todo, jobs):
            if {problem.kind for problem in outcome.problems} & {"hung", "slow"}:
                late.append(by_key[outcome.reader, outcome.number])  # the machine may just have been busy
                continue
            yield _kept(outcome, file)
        for outcome in run_tickets(late, 1, Limits()):
            yield _kept(outcome, file)


def _kept(outcome: Outcome, file) -> Outcome:
    file.write(json.dumps(outcome.as_dict()) + "\n")
    file.flush()
    return outcome


def _repeat(name: str, seed: int, console: Console) -> int:
    reader, _, number = name.rpartition(":")
    if reader not in READERS or not number.isdecimal():
        console.print(f"--only {name}: write READER:NUMBER; readers: {', '.join(READERS)}", highlight=False)
        return 2
    outcome = try_ticket(Ticket(reader, int(number), seed))
    console.print_json(data=outcome.as_dict())
    return 1 if outcome.problems else 0


def _rich(outcomes: Sequence[Outcome]) -> RichTable:
    out = RichTable(title="readers")
    out.add_column("reader")
    for column in COLUMNS:
        out.add_column(column, justify="right")
    for row in rows(outcomes):
        out.add_row(row.name, *cells(row))
    return out


def _clock(log: Path) -> Path:
    """File with the wall time of all runs that share a log."""
    return log.with_suffix(".seconds")


def _seconds_of(log: Path) -> float:
    return float(_clock(log).read_text()) if _clock(log).exists() and log.exists() else 0.0


def _parser() -> argparse.ArgumentParser:
    kinds = "; ".join(f"{kind}: {what}" for kind, what in KINDS.items())
    parser = argparse.ArgumentParser(
        prog="python -m campaign.fuzz",
        description=sys.modules[__name__].__doc__,
        epilog=f"Findings are {kinds}.",
    )
    parser.add_argument("--inputs", type=int, default=20_400, help="of all readers together (default 20400)")
    parser.add_argument("--readers", metavar="NAME,NAME", help=f"only these of {', '.join(READERS)}")
    parser.add_argument("--seed", type=int, default=1, help="of all inputs (default 1)")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: all cores)"
    )
    parser.add_argument("--log", type=Path, help="where outcomes are kept while it runs")
    parser.add_argument("--fresh", action="store_true", help="do not resume an earlier run")
    parser.add_argument("--only", metavar="READER:NUMBER", help="repeat one input, such as qpy:124")
    parser.add_argument(
        "--findings",
        type=Path,
        default=ROOT / "campaign" / "failures" / "fuzz",
        help="folder for the inputs of findings",
    )
    parser.add_argument("-o", "--output", type=Path, help="folder for fuzz.md and fuzz.json")
    return parser
