"""Pages: what is measured, what is missing and why, and whether goals are met."""

import doctest
import json
from dataclasses import replace
from pathlib import Path

from benchmarks import case
from benchmarks.case import Case, Column, Goal, Result, Row, Table, milliseconds, significant
from benchmarks.page import goal_line, rows_of, text, write, write_index

COLUMNS = (
    Column("median", "CPU ms, median", milliseconds),
    Column("ratio", "times the kernel", significant),
    Column("never", "never measured"),
)
ROWS: list[Row] = [
    {"row": "kernel", "median": 0.002, "ratio": 1.0},
    {"row": "before", "median": 0.0205, "ratio": 10.25},
    {"row": "peer", "missing": "not installed: no such version"},
]
GOALS = (Goal("kernel", "before", 10), Goal("kernel", "before", 11), Goal("kernel", "peer", 2))
ORIGIN = {
    "command": "python -m benchmarks sample",
    "commit": "0123456789abcdef",
    "machine": {
        "processor": "a processor", "cores": 2, "memory_gib": 24, "system": "Linux x86_64", "python": "3.11.7",
    },
    "versions": {"numpy": "2.4.6"},
    "peers": {"peer": []},
}  # fmt: skip
RESULT = Result("Water", ROWS, GOALS, {"date": "2026-11-30", "load": 0.5, "wall_seconds": 3})


def sample() -> Table:
    water = Case("water", "Water", lambda lab: ROWS, GOALS)
    return Table("sample", "A sample", "What is compared.", COLUMNS, lambda settings: (water,))


def test_a_row_without_numbers_says_why_and_columns_without_numbers_are_left_out() -> None:
    assert rows_of(COLUMNS, ROWS) == [
        "| | CPU ms, median | times the kernel |",
        "|---|---|---|",
        "| kernel | 2.00 | 1.00 |",
        "| before | 20.5 | 10.2 |",
        "| peer | not installed: no such version |  |",
    ]


def test_a_table_of_which_nothing_is_there_is_a_table() -> None:
    lines = rows_of(COLUMNS, ROWS[2:])
    assert lines[0].count("|") == lines[1].count("|") == lines[2].count("|")
    assert "not installed" in lines[2]


def test_goals_are_met_missed_or_not_measured() -> None:
    met, missed, unknown = (goal_line(goal, ROWS) for goal in GOALS)
    assert met.endswith("measured 10.2: met.")
    assert missed.endswith("measured 10.2: **not met**.")
    assert unknown.endswith("; not measured.")


def test_a_page_says_where_it_comes_from() -> None:
    page = text(sample(), [RESULT], ORIGIN)
    for part in (
        "`python -m benchmarks sample`",
        "0123456789abcdef",
        "2026-11-30",
        "a processor, 2 cores",
        "numpy 2.4.6",
        "- peer: not installed",
        "0.5 to 0.5",
    ):
        assert part in page


def test_the_numbers_of_a_page_stand_in_the_file_beside_it(tmp_path: Path) -> None:
    write(tmp_path, sample(), [RESULT], ORIGIN)
    found = json.loads((tmp_path / "sample.json").read_text())
    (water,) = found["cases"]
    assert water["rows"] == ROWS
    assert [goal.get("met") for goal in water["goals"]] == [True, False, None]
    write_index(tmp_path, [sample()])
    index = (tmp_path / "README.md").read_text()
    assert "[A sample](sample.md)" in index
    assert "| Water | kernel | before | 11 | 10.2 | **no** |" in index


def test_numbers_have_three_digits() -> None:
    assert [significant(v) for v in (0.001234, 0.5, 9.996, 99.96, 999.4, 999.6, 123456.0)] == [
        "0.00123", "0.500", "10.0", "100", "999", "1000", "123456",
    ]  # fmt: skip


def test_examples_of_docstrings_hold() -> None:
    found = doctest.testmod(case)
    assert found.attempted > 2
    assert found.failed == 0


def test_an_index_of_nothing_says_so(tmp_path: Path) -> None:
    write_index(tmp_path, [sample()])
    assert "Nothing is measured yet." in (tmp_path / "README.md").read_text()


def test_a_case_may_have_a_remark(tmp_path: Path) -> None:
    remarked = replace(sample(), remark=lambda rows: f"{len(rows)} rows.")
    assert "\n3 rows.\n" in text(remarked, [RESULT], ORIGIN)
