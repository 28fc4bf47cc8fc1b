"""The page of a fuzz campaign, in Markdown and JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import eqcompile as eq
from campaign.fuzz.attempt import COMPUTING_SECONDS
from campaign.fuzz.findings import Finding, repeat
from campaign.fuzz.outcome import KINDS, MAX_LINE, MEGABYTES, REFUSAL_SECONDS, SECONDS, Outcome
from campaign.fuzz.tally import markdown, rows
from campaign.report import Setting

INTRODUCTION = f"""\
Every reader is given sound files that were edited: bits flipped, parts lost, doubled or spliced with other files,
numbers and words replaced by those that break readers, lines and statements moved, values of a tree exchanged,
brackets nested, encodings changed, digests made to fit again. One input in forty goes through the command line.

An input is fine if it is answered, or refused by one of the documented exceptions in one line of at most {MAX_LINE}
characters; on the command line with exit code 0, 1 or 2, one line for what cannot be used, and every file that was
there unchanged. It has {SECONDS:.0f} s and {MEGABYTES} MB, libraries included; a file is refused within
{REFUSAL_SECONDS:.0f} s.
What is computed from an input that was read has a budget of {COMPUTING_SECONDS} s here, and says so when it is used up.
Structures that were read are counted against the lines of the file, and edits that change only the look of a file must
not change the answer. Seconds are processor time; an input that hung is tried again on its own before it counts.
"""


def write_page(outcomes: Sequence[Outcome], found: Sequence[Finding], setting: Setting, folder: Path) -> None:
    """Write ``fuzz.md`` and ``fuzz.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    eq.write_atomically(folder / "fuzz.md", "\n".join(_lines(outcomes, found, setting)) + "\n")
    document = {
        "command": setting.command,
        "seed": setting.seed,
        "commit": setting.commit,
        "date": setting.date,
        "seconds": round(setting.seconds),
        "processes": setting.processes,
        "versions": setting.versions,
        "limits": {"seconds": SECONDS, "seconds_to_refuse": REFUSAL_SECONDS, "megabytes": MEGABYTES},
        "readers": [asdict(row) for row in rows(outcomes)],
        "edits": _edits(outcomes),
        "findings": [
            {
                "inputs": f.count,
                "repeat": repeat(f.outcome, setting.seed),
                **asdict(f.problem),
                "outcome": f.outcome.as_dict(),
            }
            for f in found
        ],
    }
    eq.write_atomically(folder / "fuzz.json", json.dumps(document, indent=1) + "\n")


def _edits(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many inputs each edit was made on."""
    return dict(
        sorted(Counter(name for outcome in outcomes for name in set(outcome.how) if "/" not in name).items())
    )


def _lines(outcomes: Sequence[Outcome], found: Sequence[Finding], setting: Setting) -> Iterator[str]:
    versions = ", ".join(f"{name} {number}" for name, number in setting.versions.items())
    yield "# The fuzz of every reader\n"
    yield INTRODUCTION
    yield f"`{setting.command}` at commit `{setting.commit}`, {setting.date}, seed {setting.seed}: "
    yield f"{setting.seconds:.0f} s on {setting.processes} processes. {versions}.\n"
    yield from markdown(outcomes)
    yield ""
    if not found:
        yield "No findings."
        return
    yield "## Findings\n"
    yield "Each fault once; its input lies in `campaign/failures/fuzz`.\n"
    yield "| kind | reader | inputs | where | what | repeat |"
    yield "|---|---|---:|---|---|---|"
    for f in found:
        cells = (
            f.kind,
            f.outcome.reader,
            str(f.count),
            f.problem.where,
            f.problem.text[:160],
            f"`{repeat(f.outcome, setting.seed)}`",
        )
        yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"
    yield ""
    yield from (f"- {kind}: {what}" for kind, what in KINDS.items() if kind in {f.kind for f in found})


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
