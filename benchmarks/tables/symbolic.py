"""The exact parts: certificates, transpiled circuits, commutants.

The questions stand in ``benchmarks/symbolic.py``: a dictionary ``CASES`` from a title to a program that ends by
printing the CPU seconds of the work, those of the whole process, and the answer. They use public names only, so that an
old commit can answer them.
"""

import importlib
import importlib.util
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.case import Case, Column, Goal, Lab, Row, Settings, Table, mebibytes, significant
from benchmarks.environments import BEFORE, HERE, NotInstalled
from benchmarks.timing import Failed, command, last_line, missing, with_ratios

SCRIPT = "benchmarks.symbolic"

TIMES, BUDGET = 3, 15.0
"""Processes for each question and version, and CPU seconds after which there are no more of them."""

TEXT = f"""\
What is decided in exact numbers, by this project and at {BEFORE}, in turns. Each repetition is one call in a process of
its own; the whole process includes its imports.
"""

COLUMNS = (
    Column("median", "CPU s, median", significant),
    Column("minimum", "minimum", significant),
    Column("ratio", "times the first row", significant),
    Column("whole", "whole process, s", significant),
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
    asked = list(enumerate(script.CASES.items()))[: 1 if settings.quick else None]
    return tuple(
        Case(f"question-{k}", title, partial(measure, source), goals.get(title, ()))
        for k, (title, source) in asked
    )


def nothing(lab: Lab) -> list[Row]:
    """A row in the place of the questions."""
    return [{"row": "this project", "missing": "not measured: no benchmarks/symbolic.py"}]


def measure(source: str, lab: Lab) -> list[Row]:
    """Both versions, in turns."""
    places = {"this project": HERE, BEFORE: BEFORE}
    rows: list[Row] = [{"row": name} for name in places]
    times: dict[str, list[float]] = {name: [] for name in places}
    for _ in range(1 if lab.settings.quick else TIMES):
        for row in rows:
            name = row["row"]
            if "missing" in row or sum(times[name]) > BUDGET:
                continue
            try:
                place = lab.environments.place(places[name])
                with TemporaryDirectory(dir=lab.scratch) as folder:
                    spent = command(place, ["-c", source], Path(folder), {})
                    work, whole, answer = last_line(Path(folder)).split(maxsplit=2)
            except (NotInstalled, Failed) as error:
                row["missing"] = missing(error)
                continue
            lab.say(f"{name}: {float(work):.2f} s")
            times[name].append(float(work))
            row |= {"whole": float(whole), "memory": spent.memory, "answer": answer}
    for row in rows:
        if (found := times[row["row"]]) and "missing" not in row:
            row |= {"median": median(found), "minimum": min(found), "repetitions": len(found)}
    return with_ratios(rows)


TABLE = Table(
    "symbolic",
    "Exact decisions",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "python-flint", "sympy", "qiskit"),
)
