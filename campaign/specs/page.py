"""The page of the trials of specs, in Markdown and JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import eqcompile as eq
from campaign.report import Setting
from campaign.specs.spaces import CLEAR, ZERO
from campaign.specs.trial import Result
from campaign.specs.write import KINDS

OUTCOMES = ("agrees", "refused by both", "repeats an entry", "differs", "unclear", "too slow")

INTRODUCTION = """\
Every trial writes a spec at random: one to four entries of every kind, with and without `data`, with and without a
parity qubit, in any order. Two in three groups are declared a second time, by other entries in another order. An oracle
reads the text itself, according to [the reference](../spec.md) and without any part of the compiler. It builds every
element as a dense matrix on up to six qubits, and counts what commutes, by weight, and what intertwines data and
operators. The compiler must find the same dimensions, derive nothing that does not commute, and recognise two
declarations of one group as the same. It must give the verdict of the matrices on operators, on the parts of a model
(state, encodings, layer, observable), and on small circuits. Some specs are spoilt, and both sides must refuse them.
Where a spec declares one entry twice in other words, the compiler says so, and the oracle must agree.
"""


def outcomes(results: Sequence[Result]) -> list[tuple[str, int]]:
    """How many trials had each outcome."""
    counts = Counter(result.outcome for result in results)
    return [(name, counts[name]) for name in OUTCOMES]


def compared(results: Sequence[Result]) -> Counter[str]:
    """How many things of every kind were compared."""
    total: Counter[str] = Counter()
    for result in results:
        total.update(result.compared)
    return total


def write_page(results: Sequence[Result], setting: Setting, folder: Path) -> None:
    """Write ``campaign_specs.md`` and ``campaign_specs.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    eq.write_atomically(folder / "campaign_specs.md", "\n".join(_lines(results, setting)) + "\n")
    document = {
        "command": setting.command,
        "seed": setting.seed,
        "commit": setting.commit,
        "date": setting.date,
        "seconds": round(setting.seconds),
        "processes": setting.processes,
        "versions": setting.versions,
        "outcomes": dict(outcomes(results)),
        "compared": dict(sorted(compared(results).items())),
        "kinds": {kind: dict(outcomes(_with(results, kind))) for kind in KINDS},
        "not agreed": [r.as_dict() for r in results if r.outcome in ("differs", "unclear", "too slow")],
    }
    eq.write_atomically(folder / "campaign_specs.json", json.dumps(document, indent=1) + "\n")


def _with(results: Sequence[Result], kind: str) -> list[Result]:
    return [result for result in results if kind in result.kinds]


def _lines(results: Sequence[Result], setting: Setting) -> Iterator[str]:
    versions = ", ".join(f"{name} {number}" for name, number in setting.versions.items())
    yield "# Specs against an oracle that reads their text\n"
    yield INTRODUCTION
    yield f"`{setting.command}` at commit `{setting.commit}`, {setting.date}, seed {setting.seed}:"
    yield f"{setting.seconds:.0f} s on {setting.where}. {versions};"
    yield f"squared defects below {ZERO:.0e} are zero, those above {CLEAR:.0e} are not, and none may lie between.\n"
    yield f"- {len(results)} specs: " + ", ".join(f"{count} {name}" for name, count in outcomes(results))
    with_data = sum(result.data for result in results)
    sizes = Counter(result.qubits for result in results)
    yield f"- with data {with_data}, without {len(results) - with_data}"
    yield "- qubits: " + ", ".join(f"{count} of {n}" for n, count in sorted(sizes.items())) + "\n"
    yield "| compared | number |"
    yield "|---|---:|"
    for name, count in sorted(compared(results).items()):
        yield f"| {name} | {count} |"
    yield "\n| specs with | " + " | ".join(OUTCOMES) + " |"
    yield "|---|" + "---:|" * len(OUTCOMES)
    for kind in KINDS:
        counts = dict(outcomes(_with(results, kind)))
        yield f"| `{kind}` | " + " | ".join(str(counts[name]) for name in OUTCOMES) + " |"
