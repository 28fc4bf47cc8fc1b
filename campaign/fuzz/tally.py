"""Figures of a fuzz campaign, for each reader."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from campaign.fuzz.outcome import Outcome

COLUMNS = (
    "inputs",
    "on the command line",
    "answered",
    "refused",
    "given up",
    "with findings",
    "slowest in s",
    "slowest refusal in s",
    "largest memory in MB",
)


@dataclass(frozen=True)
class Row:
    """What became of the inputs of a reader.

    Attributes:
        name: name of the reader.
        inputs: number of all inputs.
        commands: number of inputs that went through the command line.
        answered: number of inputs with a value or a verdict.
        refused: number of inputs with a refusal.
        given_up: number of inputs for which a computation took more than its budget.
        findings: number of inputs that led to something that must not happen.
        slowest: most processor seconds that an input took.
        slowest_refusal: most seconds until a refusal.
        megabytes: peak memory of a process, including its libraries.
    """

    name: str
    inputs: int
    commands: int
    answered: int
    refused: int
    given_up: int
    findings: int
    slowest: float
    slowest_refusal: float
    megabytes: float


def rows(outcomes: Sequence[Outcome]) -> Iterator[Row]:
    """One row for each reader, and one for all of them."""
    names = list(dict.fromkeys(outcome.reader for outcome in outcomes))
    for name in names:
        yield _row(name, [outcome for outcome in outcomes if outcome.reader == name])
    if outcomes:
        yield _row("all", outcomes)


def _row(name: str, outcomes: Sequence[Outcome]) -> Row:
    refused = [outcome for outcome in outcomes if outcome.answer == "refused"]
    return Row(
        name,
        len(outcomes),
        sum(outcome.way.startswith("$") for outcome in outcomes),
        sum(outcome.answer == "answered" for outcome in outcomes),
        len(refused),
        sum(outcome.answer == "given up" for outcome in outcomes),
        sum(bool(outcome.problems) for outcome in outcomes),
        max(outcome.seconds for outcome in outcomes),
        max((outcome.seconds for outcome in refused), default=0.0),
        max(outcome.megabytes for outcome in outcomes),
    )


def cells(row: Row) -> tuple[str, ...]:
    """The row without its name, in the order of `COLUMNS`."""
    counts = (row.inputs, row.commands, row.answered, row.refused, row.given_up, row.findings)
    return (*map(str, counts), f"{row.slowest:.1f}", f"{row.slowest_refusal:.1f}", f"{row.megabytes:.0f}")


def markdown(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The table in Markdown."""
    yield "| reader | " + " | ".join(COLUMNS) + " |"
    yield "|---|" + "---:|" * len(COLUMNS)
    for row in rows(outcomes):
        yield f"| {row.name} | " + " | ".join(cells(row)) + " |"
