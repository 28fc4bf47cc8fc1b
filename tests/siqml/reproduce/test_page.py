from dataclasses import replace
from pathlib import Path

import pytest

from siqml.evaluation.floor import Floor
from siqml.provenance import UNKNOWN, Origin, commit
from siqml.reproduce.breaking import Breaking
from siqml.reproduce.internal import InternalErrors
from siqml.reproduce.page import QUICK, Found, page, verdicts
from siqml.reproduce.seeds import SeedResult
from siqml.reproduce.tables.dimer import TABLE_3
from siqml.reproduce.tables.lih import TABLE_1
from siqml.reproduce.tables.water import TABLE_2

ORIGIN = Origin("siqml reproduce table2", "abc", {"python": "3"}, "2026-01-01")
(ROW,) = (row for row in TABLE_2.rows if row.config == "water")
(DEEP,) = (row for row in TABLE_2.rows if row.config == "water_deep")


def found(*errors: tuple[float, float]) -> Found:
    results = tuple(
        SeedResult(seed, Path(), 67, 100, None if seed == 1 else 4.0, (1e-9, 1e-5), test, 474)
        for seed, test in enumerate(errors)
    )
    internal = (InternalErrors(1e-3, 4e-3, 2e-3), InternalErrors(3e-3, 6e-3, 4e-3))
    breaking = Breaking(5e-4, 2e-9, 4e-8, 8e-8)
    return Found(ROW, results, "a.png", (1e-3, 1e-2), (), "Adam 3", breaking, internal)


def test_better_and_worse_are_told_apart() -> None:
    better, goal = verdicts(found((3.40e-7, 3.06e-4)))
    assert better.endswith("the median of MSE(E) is 10.0 times smaller, of MSE(F) 5.0 times smaller.")
    assert "our goal of 2e-07 for MSE(E) is NOT met, of 3e-04 for MSE(F) NOT met; 1 of the 5 seeds" in goal
    worse, goal = verdicts(found(*[(3.40e-5, 1e-4)] * 5))
    assert "the median of MSE(E) is 10.0 times LARGER" in worse
    assert goal.endswith("MSE(E) is NOT met, of 3e-04 for MSE(F) met.")


def test_a_row_without_a_printed_figure_has_no_verdict_against_it() -> None:
    assert len(verdicts(replace(found((1e-9, 1e-9)), row=DEEP))) == 1


def test_a_row_without_a_goal_has_no_verdict_on_it() -> None:
    (only,) = verdicts(replace(found((1e-9, 1e-9)), row=TABLE_3.rows[0]))
    assert "against Table III" in only


def test_the_page_shows_median_best_worst_and_every_seed() -> None:
    text = "\n".join(
        page(TABLE_2, [found((1e-8, 1e-5), (3e-8, 3e-5), (2e-8, 2e-5))], ["labels"], ORIGIN, False)
    )
    assert (
        "| 67 | Adam 3 | 100 | 3 | 1.00e-09 | 1.00e-05 | 474 | **2.00e-08** (1.00e-08 to 3.00e-08) | **2.00e-05** "
        "(1.00e-05 to 3.00e-05) |" in text
    )
    printed = "| 78 | as printed | 3000 | | 4.59e-07 | 2.10e-04 | | 4.54e-07 | 2.39e-04 |"
    assert f"| paper: siVQLM with symmetry breaking {printed}" in text
    rows = [line for line in text.splitlines()[4:] if line.startswith(("| paper", "| **ours"))]
    assert {line.count("|") for line in rows} == {11}
    assert (
        "varies by 2.0e-09 eV^2, 5.0% of MSE(E); with all breaking angles set to zero, MSE(E) is 8.00e-08."
        in text
    )
    assert "| no breaking, energy loss | 2.00e-03 | 5.00e-03 | 3.00e-03 |" in text
    assert "| 1 | 100 | interrupted | 1.00e-09" in text
    assert "| 2 | 100 | 4 | 1.00e-09" in text
    assert "- command: `siqml reproduce table2`" in text
    assert "has MSE(E) 1.00e-03 and MSE(F) 1.00e-02" in text
    assert "- no breaking, D = 13, energy loss: not run." in text
    assert "- no breaking, energy loss: not run." not in text
    assert QUICK not in text


def test_a_printed_row_beside_two_of_ours_is_shown_once() -> None:
    assert sum(row.printed is not None for row in TABLE_3.rows) > 1
    lines = page(TABLE_3, [replace(found((1e-8, 1e-5)), row=TABLE_3.rows[0])], [], ORIGIN, False)
    assert sum(line.startswith("| paper: ") for line in lines) == 1


def test_a_printed_row_without_train_errors_has_as_many_cells() -> None:
    lines = page(TABLE_1, [replace(found((1e-8, 1e-5)), row=TABLE_1.rows[0])], [], ORIGIN, False)
    assert {line.count("|") for line in lines if line.startswith(("| paper", "| **ours"))} == {11}


def test_forces_out_of_reach_are_said_once_for_all_rows_that_share_them() -> None:
    near, far = Floor((12, 12), 15, 1e-4, 1e-3), Floor((7, 7), 15, 1e-2, 0.1)
    parts = [
        replace(found((1e-8, 1e-5)), row=row, floors=(("", near), (" without breaking", last)))
        for row, last in zip(TABLE_3.rows[:3], (far, far, near), strict=True)
    ]
    lines = [line for line in page(TABLE_3, parts, [], ORIGIN, False) if "this model sees" in line]
    one, two, three = (row.title for row in TABLE_3.rows[:3])
    assert [line.partition(": ")[0] for line in lines] == [
        f"- {one} and {two} and {three}",
        f"- {one} and {two} without breaking",
        f"- {three} without breaking",
    ]
    assert "10 % of the mean square" in lines[1]


def test_a_quick_page_says_so_at_the_top() -> None:
    assert page(TABLE_2, [found((1e-8, 1e-5))], [], ORIGIN, True)[2] == QUICK


def test_the_commit_of_a_folder_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit(tmp_path) == UNKNOWN
    monkeypatch.setenv("PATH", "")
    assert commit(tmp_path) == UNKNOWN
