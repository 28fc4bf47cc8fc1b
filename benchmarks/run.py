"""The program: which tables, what is left of them, and the pages."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import page
from benchmarks.case import Case, Lab, Result, Settings, Table
from benchmarks.environments import Environments
from benchmarks.machine import PAGES, ROOT, commit, load, machine, today, versions
from benchmarks.store import Store
from benchmarks.tables import TABLES

WORK = ROOT / ".bench"
INTERRUPTED = 130


def main(arguments: Sequence[str], tables: Sequence[Table] = TABLES, work: Path = WORK) -> int:
    """Run the command line.

    Args:
        arguments: arguments after the name of the program.
        tables: tables that there are.
        work: folder for environments, logs, and finished cases.

    Returns:
        The exit code.
    """
    args = _parser(tables).parse_args(arguments)
    if args.list:
        for table in tables:
            print(f"{table.name:<22}{table.title}{' (only if named, or with --long)' if table.inner else ''}")
        return 0
    known = {table.name: table for table in tables}
    unknown = [name for name in args.tables if name not in known]
    if unknown:
        print(f'no table "{unknown[0]}"; known: {", ".join(known)}', file=sys.stderr)
        return 2
    settings = Settings(args.quick, args.long)
    output = args.output or (work / "quick" if args.quick else PAGES)
    store = Store(work / "cases", commit(), machine())
    usual = [table for table in tables if settings.long or not table.inner]
    chosen = [known[name] for name in args.tables] or usual
    try:
        _measure(chosen, settings, store, work, output, args.overwrite)
    except KeyboardInterrupt:
        print("interrupted; the same command continues", file=sys.stderr)
        return INTERRUPTED
    page.write_index(output, tables)
    print(f"pages in {output.relative_to(ROOT) if output.is_relative_to(ROOT) else output}")
    return 0


def _parser(tables: Sequence[Table]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", help=f"default: all of {', '.join(t.name for t in tables)}"
    )
    parser.add_argument("--list", action="store_true", help="show the tables, and measure nothing")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes, few repetitions; pages in .bench/quick"
    )
    parser.add_argument("--long", action="store_true", help="also what takes minutes for a row")
    parser.add_argument("--overwrite", action="store_true", help="measure again what is finished")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="folder of the pages (default: docs/benchmarks)"
    )
    return parser


def _measure(
    tables: Sequence[Table], settings: Settings, store: Store, work: Path, output: Path, overwrite: bool
) -> None:
    """Measure what is left, and write a page as soon as its last case is finished."""
    todo = [(table, case) for table in tables for case in table.cases(settings)]
    started, results = time.monotonic(), dict[str, list[Result]]()
    environments = Environments(work, lambda line: _say("", line))
    for number, (table, case) in enumerate(todo, 1):
        title = f"[{number}/{len(todo)}] {table.name}, {case.name}"
        known = None if overwrite else store.load(table, case, settings)
        if known is None:
            _say(title, f"after {time.monotonic() - started:.0f} s")
            known = _measured(table, case, settings, environments, work)
            store.save(table, case, settings, known)
        else:
            _say(title, "finished before")
        results.setdefault(table.name, []).append(known)
        if table.name not in {later.name for later, _ in todo[number:]}:
            page.write(output, table, results[table.name], _origin(table, settings, store, environments))


def _measured(table: Table, case: Case, settings: Settings, environments: Environments, work: Path) -> Result:
    scratch = work / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    lab = Lab(settings, environments, scratch, lambda line: _say("", line))
    before, started = load(), time.monotonic()
    rows = case.measure(lab)
    origin = {"date": today(), "load": before, "wall_seconds": round(time.monotonic() - started)}
    return Result(case.title, rows, case.goals, origin)


def _origin(table: Table, settings: Settings, store: Store, environments: Environments) -> dict[str, Any]:
    return {
        "command": f"python -m benchmarks {table.name}{settings.options}",
        "commit": store.commit,
        "machine": store.machine,
        "versions": versions(("eqcompile", *table.packages)),
        "peers": {name: environments.versions(name) for name in table.peers},
    }


def _say(title: str, line: str) -> None:
    print(f"{title}: {line}" if title else f"    {line}", file=sys.stderr, flush=True)
