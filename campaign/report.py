"""The report of a whole campaign, in Markdown and JSON."""

import json
import platform
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import eqcompile as eq
from campaign.oracle import PRECISION
from campaign.tally import Table, markdown, tables, totals
from campaign.trial import Result

PACKAGES = ("numpy", "qiskit", "python-flint", "sympy")

INTRODUCTION = """\
Right circuits are products of exact exponentials of derived generators and encodings, over the whole catalogue of
groups, with parameters tied at random, under one to three disguises. Wrong circuits have one thing changed and wear the
same disguises. Whether a mutant is wrong is found out without the engine: from group elements written down by hand, and
by applying both sides to random states in extended precision. Mutants that are right by chance count as harmless and
are thrown away. A right circuit must be proven, and a wrong one refused. Where Qiskit has turned fixed gates into
rounded numbers, nothing can be proven, and the engine must say "not decided" about a right circuit.
"""


@dataclass(frozen=True)
class Setting:
    """How a campaign was run.

    Attributes:
        command: the command that repeats it.
        seed: seed for all circuits.
        commit: commit of the working tree.
        date: the date in ISO form.
        seconds: wall time.
        processes: number of processes that shared the work; ``None`` on a cluster.
    """

    command: str
    seed: int
    commit: str
    date: str
    seconds: float
    processes: int | None

    @property
    def where(self) -> str:
        """What did the work, such as ``4 processes``."""
        if self.processes is None:
            return "a cluster"
        return "1 process" if self.processes == 1 else f"{self.processes} processes"

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the software that took part."""
        found = {name: version(name) for name in ("eqcompile", *PACKAGES)}
        return {"python": platform.python_version(), **found}


def current_commit(root: Path) -> str:
    """The commit of the working tree, and whether there are changes; ``unknown`` outside a repository."""
    try:
        head = _git(root, "rev-parse", "HEAD")
        changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}, with changes" if changed else head


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write_report(results: Sequence[Result], setting: Setting, folder: Path) -> None:
    """Write ``campaign.md`` and ``campaign.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    found = tables(results)
    eq.write_atomically(folder / "campaign.md", "\n".join(_lines(results, found, setting)) + "\n")
    document = {
        "command": setting.command,
        "seed": setting.seed,
        "commit": setting.commit,
        "date": setting.date,
        "seconds": round(setting.seconds),
        "processes": setting.processes,
        "versions": setting.versions,
        "totals": totals(results),
        "tables": [{"rows": t.title, "kind": t.kind, "counts": dict(t.rows)} for t in found],
        "failures": [result.as_dict() for result in results if result.failed],
    }
    eq.write_atomically(folder / "campaign.json", json.dumps(document, indent=1) + "\n")


def _lines(results: Sequence[Result], found: Iterable[Table], setting: Setting) -> Iterator[str]:
    versions = ", ".join(f"{name} {number}" for name, number in setting.versions.items())
    yield "# The campaign against false verdicts\n"
    yield INTRODUCTION
    yield f"`{setting.command}` at commit `{setting.commit}`, {setting.date}, seed {setting.seed}: "
    yield f"{setting.seconds:.0f} s on {setting.where}. {versions}; "
    yield f"the oracle computes to {PRECISION:.0e}.\n"
    for kind, counts in totals(results).items():
        yield f"- {kind}: " + ", ".join(f"{count} {column}" for column, count in counts.items())
    yield f"- failures: {sum(result.failed for result in results)}"
    smallest = min((r.defect for r in results if r.kind == "wrong" and r.verdict == "refused"), default=0.0)
    yield f"- smallest defect among the wrong circuits that were refused: {smallest:.1e}\n"
    for table in found:
        yield f"## {table.kind.capitalize()} circuits by {table.title}\n"
        if table.title == "disguise":
            yield "A circuit counts in the row of every disguise that it wears.\n"
        yield from markdown(table)
        yield ""
