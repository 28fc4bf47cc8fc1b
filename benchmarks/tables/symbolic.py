"""The exact parts: certificates, transpiled circuits, commutants.

The questions stand in ``benchmarks/symbolic.py``: a dictionary ``QUESTIONS`` from a title to a function that prepares a
question, with public names only, and returns the call that answers it.
"""

import importlib
import importlib.util
from functools import partial

from benchmarks.case import Case, Column, Goal, Lab, Row, Settings, Table, mebibytes, significant
from benchmarks.environments import BEFORE, HERE
from benchmarks.timing import Contender, once, with_ratios

SCRIPT = "benchmarks.symbolic"

TIMES = 3
"""Processes for each question and version; what is derived is kept within a process, so each asks once."""

TEXT = f"""\
What is decided in exact numbers, by this project and at {BEFORE}. Each repetition is one call in a process of its
own.
"""

COLUMNS = (
    Column("median", "CPU s, median", significant),
    Column("minimum", "minimum", significant),
    Column("ratio", "times the first row", significant),
    Column("repetitions", "repetitions"),
    Column("memory", "peak, MiB", mebibytes),
    Column("answer", "answer"),
)


def cases(settings: Settings) -> tuple[Case, ...]:
    """One case for each question of the script, or one that says that it is not there."""
    if importlib.util.find_spec(SCRIPT) is None:
        return (Case("none", "Questions", nothing),)
    script = importlib.import_module(SCRIPT)
    goals: dict[str, tuple[Goal, ...]] = getattr(script, "GOALS", {})
    return tuple(
        Case(f"question-{k}", title, partial(measure, title), goals.get(title, ()))
        for k, title in enumerate(getattr(script, "QUESTIONS", {}))
    )


def nothing(lab: Lab) -> list[Row]:
    """A row in the place of the questions."""
    return [{"row": "this project", "missing": "not measured: no benchmarks/symbolic.py"}]


def measure(title: str, lab: Lab) -> list[Row]:
    """Both versions, in turns."""
    names = {HERE: "this project", BEFORE: BEFORE}
    rows: list[Row] = [{"row": name, "place": place, "times": []} for place, name in names.items()]
    for _ in range(1 if lab.settings.quick else TIMES):
        for row in rows:
            if "missing" in row:
                continue
            function = "benchmarks.contenders.symbolic_questions:ask"
            found = once(Contender(row["row"], row["place"], function, {"name": title}), lab)
            if "missing" in found:
                row["missing"] = found["missing"]
                continue
            row["times"].append(found["seconds"])
            row |= {key: found[key] for key in ("memory", "answer")}
    return with_ratios([_summary(row) for row in rows])


def _summary(row: Row) -> Row:
    times = sorted(row.pop("times"))
    row.pop("place")
    if times and "missing" not in row:
        row |= {"median": times[len(times) // 2], "minimum": times[0], "repetitions": len(times)}
    return row


TABLE = Table(
    "symbolic",
    "Exact decisions",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "python-flint", "sympy", "qiskit"),
)
