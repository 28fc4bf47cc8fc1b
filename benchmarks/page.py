"""Pages of results: Markdown for people, and the same numbers as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import eqcompile as eq
from benchmarks.case import Column, Goal, Result, Row, Table, significant


def write(folder: Path, table: Table, results: Sequence[Result], origin: Mapping[str, Any]) -> None:
    """Write ``NAME.md`` and ``NAME.json``.

    Args:
        folder: folder of the pages.
        table: the table.
        results: one for each case.
        origin: where the page comes from, see `origin_lines`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {
        "title": table.title,
        **origin,
        "cases": [
            {
                "case": result.title,
                **result.origin,
                "rows": result.rows,
                "goals": [asdict(goal) | met(goal, result.rows) for goal in result.goals],
            }
            for result in results
        ],
    }
    eq.write_atomically(folder / f"{table.name}.json", json.dumps(numbers, indent=1) + "\n")
    eq.write_atomically(folder / f"{table.name}.md", text(table, results, origin))


def text(table: Table, results: Sequence[Result], origin: Mapping[str, Any]) -> str:
    """The page in Markdown."""
    lines = [f"# {table.title}", "", table.text.strip(), ""]
    for result in results:
        lines += [f"## {result.title}", "", *rows_of(table.columns, result.rows), ""]
        if table.remark is not None:
            lines += [table.remark(result.rows), ""]
        lines += [goal_line(goal, result.rows) for goal in result.goals] + ([""] if result.goals else [])
    return "\n".join([*lines, "## Where it comes from", "", *origin_lines(origin, results), ""])


def rows_of(columns: Sequence[Column], rows: Sequence[Row]) -> list[str]:
    """A Markdown table. Columns that no row has are left out; a row without values says why."""
    used = [column for column in columns if any(column.key in row for row in rows)]
    if not used:
        used = list(columns[:1])
    lines = ["| | " + " | ".join(column.title for column in used) + " |", "|---" * (len(used) + 1) + "|"]
    for row in rows:
        cells = [column.show(row[column.key]) if row.get(column.key) is not None else "" for column in used]
        if "missing" in row:
            free = next((k for k, cell in enumerate(cells) if not cell), len(cells) - 1)
            cells[free] = row["missing"]
        lines.append(f"| {row['row']} | " + " | ".join(cells) + " |")
    return lines


def met(goal: Goal, rows: Sequence[Row]) -> dict[str, Any]:
    """The ratio of a goal, and whether it is reached; empty where one of both was not measured."""
    medians = {row["row"]: row["median"] for row in rows if "median" in row}
    if goal.faster not in medians or goal.slower not in medians:
        return {}
    ratio = medians[goal.slower] / medians[goal.faster]
    return {"measured": ratio, "met": ratio >= goal.times}


def goal_line(goal: Goal, rows: Sequence[Row]) -> str:
    """The goal in words."""
    asked = f"- Goal: {goal.faster} at least {goal.times:g} times faster than {goal.slower}"
    found = met(goal, rows)
    if not found:
        return f"{asked}; not measured."
    return f"{asked}; measured {significant(found['measured'])}: {'met' if found['met'] else '**not met**'}."


def origin_lines(origin: Mapping[str, Any], results: Sequence[Result]) -> list[str]:
    """Command, commit, date, machine, load and versions."""
    machine = origin["machine"]
    loads = [result.origin["load"] for result in results if "load" in result.origin]
    days = sorted({result.origin["date"] for result in results if "date" in result.origin})
    lines = [
        f"- command: `{origin['command']}`",
        f"- commit: {origin['commit']}",
        f"- date: {', '.join(days) or 'unknown'}",
        f"- machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
        + machine["system"],
        f"- versions: Python {machine['python']}, "
        + ", ".join(f"{name} {version}" for name, version in origin["versions"].items()),
    ]
    for peer, pins in origin.get("peers", {}).items():
        lines.append(f"- {peer}: {', '.join(pins) if pins else 'not installed'}")
    if loads:
        between = f"{min(loads):g} to {max(loads):g}"
        lines.append(
            f"- load average when a case began: {between}; contenders took turns, times are CPU seconds"
        )
    return lines


def write_index(folder: Path, tables: Sequence[Table]) -> None:
    """``README.md``: the pages that there are, and the goals."""
    lines = [
        "# Benchmarks",
        "",
        "`make bench` measures everything on these pages in one run, and writes them; nothing is typed by hand. Times",
        "are CPU seconds of one thread. Contenders take turns, so that other work on a machine slows all alike; ratios",
        "mean more than milliseconds. How it is done: [benchmarks/README.md](../../benchmarks/README.md).",
        "",
    ]
    pages: list[str] = []
    goals: list[str] = []
    for table in tables:
        path = folder / f"{table.name}.json"
        if not path.exists():
            continue
        found = json.loads(path.read_text())
        machine = found["machine"]
        place = f"{machine['processor']}, {machine['cores']} cores"
        pages.append(f"| [{table.title}]({table.name}.md) | {place} | {found['commit'][:7]} |")
        goals += [
            f"| {case['case']} | {goal['faster']} | {goal['slower']} | {goal['times']:g} | "
            + (
                f"{significant(goal['measured'])} | {'yes' if goal['met'] else '**no**'} |"
                if "met" in goal
                else "| |"
            )
            for case in found["cases"]
            for goal in case["goals"]
        ]
    lines += (
        ["| page | machine | commit |", "|---|---|---|", *pages] if pages else ["Nothing is measured yet."]
    )
    if goals:
        lines += [
            "",
            "## Goals",
            "",
            "| | faster | than | at least, times | measured | met |",
            "|---" * 6 + "|",
            *goals,
        ]
    eq.write_atomically(folder / "README.md", "\n".join([*lines, ""]))
