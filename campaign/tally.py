"""What a campaign found: counts by group, by mutation and by disguise."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from campaign.trial import Result

COLUMNS = {
    "right": ("tried", "proven", "rounded, not decided", "not decided", "refused", "crashed"),
    "wrong": ("tried", "refused", "rounded, not decided", "not decided", "accepted", "crashed", "harmless"),
}


@dataclass(frozen=True)
class Table:
    """Counts by row and column.

    Attributes:
        title: what the rows are.
        kind: right or wrong circuits.
        rows: name and counts, in the order of ``COLUMNS``.
    """

    title: str
    kind: str
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def total(self) -> tuple[int, ...]:
        """Sums of the columns."""
        return tuple(sum(column) for column in zip(*(counts for _, counts in self.rows), strict=True))


def verdict_column(result: Result) -> str:
    """The column that a result counts in."""
    if result.verdict.startswith("crash"):
        return "crashed"
    if result.verdict == "not decided":
        return "rounded, not decided" if result.rounded else "not decided"
    return "accepted" if result.kind == "wrong" and result.verdict == "proven" else result.verdict


def tables(results: Iterable[Result]) -> tuple[Table, ...]:
    """All tables that are not empty."""
    listed = list(results)
    right = [result for result in listed if result.kind == "right"]
    wrong = [result for result in listed if result.kind == "wrong"]
    found = (
        _table("group", "right", right, lambda r: [r.group]),
        _table("disguise", "right", right, lambda r: r.disguise.split(" + ")),
        _table("group", "wrong", wrong, lambda r: [r.group]),
        _table("mutation", "wrong", wrong, lambda r: [r.mutation]),
        _table("disguise", "wrong", wrong, lambda r: r.disguise.split(" + ")),
    )
    return tuple(table for table in found if table.rows)


def totals(results: Iterable[Result]) -> dict[str, dict[str, int]]:
    """Counts of all circuits of each kind together."""
    return {
        kind: dict(zip(COLUMNS[kind], _table("", kind, chosen, lambda r: [""]).total, strict=True))
        for kind in COLUMNS
        if (chosen := [r for r in results if r.kind == kind])
    }


def _table(title: str, kind: str, results: list[Result], rows_of: Callable[[Result], list[str]]) -> Table:
    counts: dict[str, Counter[str]] = {}
    for result in results:
        for row in rows_of(result):
            counts.setdefault(row, Counter()).update(["tried", verdict_column(result)])
        for mutation, number in result.harmless.items():
            row = mutation if title == "mutation" else rows_of(result)[0]
            counts.setdefault(row, Counter())["harmless"] += number
    rows = ((name, tuple(counter[c] for c in COLUMNS[kind])) for name, counter in counts.items())
    return Table(title, kind, tuple(sorted(rows) if title != "group" else rows))


def markdown(table: Table) -> Iterator[str]:
    """The table in Markdown."""
    columns = COLUMNS[table.kind]
    yield f"| {table.title} | " + " | ".join(columns) + " |"
    yield "|---|" + "---:|" * len(columns)
    for name, counts in table.rows:
        yield f"| {name} | " + " | ".join(map(str, counts)) + " |"
