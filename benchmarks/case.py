"""What a table is: cases, each with rows; columns; goals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.environments import Environments

Row = dict[str, Any]
"""Values by the keys of the columns. ``row`` is the name, ``missing`` says why a row has no values."""


@dataclass(frozen=True)
class Settings:
    """How thoroughly is measured.

    Attributes:
        quick: small sizes and few repetitions, to see that everything works.
        long: also what takes minutes for a row.
    """

    quick: bool = False
    long: bool = False

    @property
    def options(self) -> str:
        """The options of the command that ask for it."""
        return "".join(f" --{name}" for name in ("quick", "long") if getattr(self, name))


@dataclass(frozen=True)
class Lab:
    """What a case has to work with.

    Attributes:
        settings: how thoroughly to measure.
        environments: where contenders run.
        scratch: a folder for files that need not be kept.
        say: takes a line about what is going on.
    """

    settings: Settings
    environments: Environments
    scratch: Path
    say: Callable[[str], None]


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: key of its values in a row.
        title: what stands above it, with the unit.
        show: text of a value.
    """

    key: str
    title: str
    show: Callable[[Any], str] = str


@dataclass(frozen=True)
class Goal:
    """A ratio that is aimed at: ``slower`` takes at least ``times`` as long as ``faster``, by medians."""

    faster: str
    slower: str
    times: float


@dataclass(frozen=True)
class Case:
    """One question of a table, measured in one go.

    Attributes:
        name: name in file names, and within the table.
        title: title on the page.
        measure: function that gives the rows.
        goals: ratios aimed at.
    """

    name: str
    title: str
    measure: Callable[[Lab], list[Row]]
    goals: tuple[Goal, ...] = ()


@dataclass(frozen=True)
class Table:
    """A page of results.

    Attributes:
        name: name of the page and on the command line.
        title: title of the page.
        text: what is compared, and how; Markdown.
        columns: columns of every case.
        cases: function from settings to cases.
        remark: a sentence below the rows of a case, made from them.
        packages: packages of this environment that decide the numbers.
        inner: whether it is about this project alone, and measured only when it is named, or with ``--long``.
        peers: environments that take part, see `benchmarks.environments`.
    """

    name: str
    title: str
    text: str
    columns: tuple[Column, ...]
    cases: Callable[[Settings], tuple[Case, ...]]
    remark: Callable[[list[Row]], str] | None = None
    packages: tuple[str, ...] = ("numpy",)
    peers: tuple[str, ...] = ()
    inner: bool = False


@dataclass(frozen=True)
class Result:
    """The rows of a case, and where they come from.

    Attributes:
        title: title of the case.
        rows: the rows.
        goals: ratios aimed at.
        origin: commit, machine, date and so on, see `benchmarks.machine`.
    """

    title: str
    rows: list[Row]
    goals: tuple[Goal, ...] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)


def where_slower(ours: str, rows: list[Row]) -> str:
    """A sentence about the sizes at which a program is not the fastest, by ``seconds`` at equal ``qubits``.

    >>> rows = [{"row": "a", "qubits": 3, "seconds": 0.2}, {"row": "b", "qubits": 3, "seconds": 0.1}]
    >>> where_slower("a", rows)
    'Faster than a: b at 3 qubits (2.00 times).'
    >>> where_slower("b", rows)
    'Nothing here is faster than b.'
    """
    own = {row["qubits"]: row["seconds"] for row in rows if row["row"] == ours and "seconds" in row}
    faster = [
        f"{row['row']} at {row['qubits']} qubits ({significant(own[row['qubits']] / row['seconds'])} times)"
        for row in rows
        if row["row"] != ours and "seconds" in row and row["seconds"] < own.get(row["qubits"], 0.0)
    ]
    return f"Faster than {ours}: {', '.join(faster)}." if faster else f"Nothing here is faster than {ours}."


def milliseconds(seconds: float) -> str:
    """Three significant digits, in milliseconds."""
    return significant(1e3 * seconds)


def mebibytes(size: int) -> str:
    """Whole mebibytes."""
    return f"{size / (1 << 20):.0f}"


def significant(value: float) -> str:
    """Three significant digits, without an exponent.

    >>> [significant(v) for v in (0.00123, 1.2345, 98.765, 12345.0, 0.0)]
    ['0.00123', '1.23', '98.8', '12345', '0']
    """
    if value == 0:
        return "0"
    return f"{value:.0f}" if abs(value) >= 999.5 else f"{float(f'{value:.3g}'):#.3g}".rstrip(".")


def exponent(value: float) -> str:
    """One significant digit and the power of ten."""
    return f"{value:.0e}"
