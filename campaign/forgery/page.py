"""The page of a forgery campaign, in Markdown and JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import eqcompile as eq
from campaign.forgery.trial import OUTCOMES
from campaign.report import Setting

INTRODUCTION = """\
Each forgery is an honest certificate in which one field, two fields or a whole section are changed. Or it has a change
that a forger who knows the form would make: a claim lost with everything that demands it, a generator lost, no gates,
more symmetry left. The digest is computed anew. `eqcompile recheck` reads each forgery twice: alone, and with `--spec`
and `--circuit`.

A forgery **fails** the campaign if recheck confirms it for the files although its statement differs from that of the
honest certificate, or if there is a traceback. The statement is everything except explanations for people (method,
detail, counterexample), hashes, and versions of software. The same operator or the same circuit in other words is the
same statement. So are claims in another order, an assumption added to a target that is in no file, and anything that a
group without elements leaves unchanged. Alone, a forgery may rightly be confirmed: a certificate for other gates under
another group can be true of what it contains. That is why the last line of recheck says what it is about.
"""


def tables(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Tables of counts, in Markdown."""
    yield "| what it says | recheck | " + " | ".join(OUTCOMES) + " | crashed |"
    yield "|---|---|" + "---:|" * (len(OUTCOMES) + 1)
    for differs, words in ((True, "something else"), (False, "the same")):
        for key, how in (("alone", "alone"), ("with_files", "with the files")):
            found = Counter(record[key] for record in records if record["differs"] == differs)
            counts = " | ".join(str(found[outcome]) for outcome in (*OUTCOMES, "crashed"))
            yield f"| {words} | {how} | {counts} |"


def _by(key: str, records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"| {key} | forgeries | confirmed alone | confirmed with the files | failures |"
    yield "|---|---:|---:|---:|---:|"
    for name in sorted({record[key] for record in records}):
        chosen = [r for r in records if r[key] == name and r["differs"]]
        alone, held = (sum(r[how] == "confirmed" for r in chosen) for how in ("alone", "with_files"))
        failed = sum(r["failed"] for r in chosen)
        yield f"| {name} | {len(chosen)} | {alone} | {held} | {failed} |"


def write_page(records: Sequence[Mapping[str, Any]], setting: Setting, folder: Path) -> None:
    """Write ``forgery.md`` and ``forgery.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    versions = ", ".join(f"{name} {number}" for name, number in setting.versions.items())
    lines = [
        "# Forged certificates", "", INTRODUCTION,
        f"`{setting.command}` at commit `{setting.commit}`, {setting.date}: {setting.seconds:.0f} s on "
        f"{setting.where}. {versions}.", "",
        f"{len(records)} forgeries, {sum(record['failed'] for record in records)} failures.", "",
        *tables(records), "", "## By certificate", "", "Forgeries that say something else.", "",
        *_by("certificate", records), "", "## By edit", "", *_by("edit", records),
    ]  # fmt: skip
    eq.write_atomically(folder / "forgery.md", "\n".join(lines) + "\n")
    document = {
        "command": setting.command, "seed": setting.seed, "commit": setting.commit, "date": setting.date,
        "seconds": round(setting.seconds), "processes": setting.processes, "versions": setting.versions,
        "forgeries": len(records),
        "counts": [
            {"certificate": name, "edit": edit, "differs": differs, "alone": alone, "with_files": held, "count": count}
            for (name, edit, differs, alone, held), count in sorted(
                Counter(
                    (r["certificate"], r["edit"], r["differs"], r["alone"], r["with_files"]) for r in records
                ).items()
            )
        ],
        "failures": [record for record in records if record["failed"]],
    }  # fmt: skip
    eq.write_atomically(folder / "forgery.json", json.dumps(document, indent=1) + "\n")
