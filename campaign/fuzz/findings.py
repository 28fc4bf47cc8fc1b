"""Findings: each fault once, with the smallest input that shows it as files, and the command that repeats it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import eqcompile as eq
from campaign.fuzz.case import write_files
from campaign.fuzz.outcome import KINDS, MINOR, Outcome, Problem
from campaign.fuzz.worker import Ticket, make_case


@dataclass(frozen=True)
class Finding:
    """One fault.

    Attributes:
        problem: what was seen.
        outcome: outcome of the smallest input that shows it.
        count: number of inputs that show it.
    """

    problem: Problem
    outcome: Outcome
    count: int

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return self.problem.kind

    @property
    def minor(self) -> bool:
        """Whether it is only a matter of wording."""
        return self.kind in MINOR

    @property
    def text(self) -> str:
        """Where the fault is and what it is, in a line."""
        place = f"{self.problem.where}: " if self.problem.where else ""
        return (
            f"{self.outcome.reader}:{self.outcome.number} ({self.count} inputs): {place}{self.problem.text}"
        )


def distinct(outcomes: Sequence[Outcome]) -> list[Finding]:
    """One finding for every fault, as far as kind, exception and place tell faults apart; the worst come first."""
    found: dict[tuple[str, ...], Finding] = {}
    for outcome in outcomes:
        for problem in outcome.problems:
            key = (outcome.reader, *problem.key)
            old = found.get(key)
            smallest = old is None or outcome.size < old.outcome.size
            kept = (problem, outcome) if smallest or old is None else (old.problem, old.outcome)
            found[key] = Finding(*kept, 1 if old is None else old.count + 1)
    return sorted(
        found.values(), key=lambda f: (list(KINDS).index(f.kind), f.outcome.reader, f.outcome.number)
    )


def save_findings(found: Sequence[Finding], seed: int, folder: Path) -> list[Path]:
    """Write the input of every finding into a folder ``READER-SEED-NUMBER`` of its own, and ``finding.json`` beside it.

    Returns:
        The folders.
    """
    out = []
    for finding in found:
        outcome = finding.outcome
        place = folder / f"{outcome.reader.replace(' ', '-')}-{seed}-{outcome.number}"
        case, _ = make_case(Ticket(outcome.reader, outcome.number, seed))
        write_files(place / "files", case.files)
        document = {"repeat": repeat(outcome, seed), "words": case.words, **outcome.as_dict()}
        eq.write_atomically(place / "finding.json", json.dumps(document, indent=1) + "\n")
        out.append(place)
    return out


def repeat(outcome: Outcome, seed: int) -> str:
    """The command that tries the input again."""
    return f'python -m campaign.fuzz --seed {seed} --only "{outcome.reader}:{outcome.number}"'
