"""The program: finished cases are taken over, interrupted ones are not, unknown tables are refused in one line."""

import json
import platform
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import run
from benchmarks.case import Case, Column, Lab, Result, Row, Settings, Table
from benchmarks.machine import UNKNOWN, commit, machine
from benchmarks.store import Store
from benchmarks.tables import TABLES


class Counted:
    """A table of two cases that counts how often each is measured."""

    def __init__(self, stop_at: str | None = None) -> None:
        self.measured: list[str] = []
        self.stop_at = stop_at

    def rows(self, name: str) -> Callable[[Lab], list[Row]]:
        def measure(lab: Lab) -> list[Row]:
            if name == self.stop_at:
                raise KeyboardInterrupt
            self.measured.append(name)
            return [{"row": name, "value": len(self.measured)}]

        return measure

    @property
    def table(self) -> Table:
        cases = tuple(Case(name, name, self.rows(name)) for name in ("first", "second"))
        return Table("counted", "Counted", "Text.", (Column("value", "value"),), lambda settings: cases)


def main(counted: Counted, folder: Path, *arguments: str) -> int:
    return run.main([*arguments, "-o", str(folder / "pages")], (counted.table,), folder / "work")


def test_a_finished_table_is_not_measured_again_unless_asked(tmp_path: Path) -> None:
    counted = Counted()
    assert main(counted, tmp_path) == 0
    page = tmp_path / "pages" / "counted.md"
    before = page.read_text()
    assert main(counted, tmp_path) == 0
    assert (counted.measured, page.read_text()) == (["first", "second"], before)
    assert main(counted, tmp_path, "--overwrite") == 0
    assert len(counted.measured) == 4


def test_what_was_finished_before_an_interruption_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    counted = Counted(stop_at="second")
    assert main(counted, tmp_path) == run.INTERRUPTED
    assert capsys.readouterr().err.endswith("interrupted; the same command continues\n")
    assert not (tmp_path / "pages").exists()
    counted.stop_at = None
    assert main(counted, tmp_path) == 0
    assert counted.measured == ["first", "second"]
    assert json.loads((tmp_path / "pages" / "counted.json").read_text())["cases"][1]["rows"][0]["value"] == 2


@pytest.mark.parametrize("name", ["commit", "machine"])
def test_negative_control_another_commit_or_machine_is_measured_again(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = Counted()
    assert main(counted, tmp_path) == 0
    other = "another" if name == "commit" else machine() | {"processor": "another"}
    monkeypatch.setattr(run, name, lambda: other)
    assert main(counted, tmp_path) == 0
    assert len(counted.measured) == 4


def test_a_peer_that_could_not_be_installed_is_tried_again(tmp_path: Path) -> None:
    store, settings = Store(tmp_path, "commit", machine()), Settings()
    table = Counted().table
    (case, _) = table.cases(settings)
    for row, known in (
        ({"row": "peer", "missing": "not installed: why"}, False),
        ({"row": "peer", "missing": "more than 30 s"}, True),
    ):
        store.save(table, case, settings, Result("first", [row]))
        assert (store.load(table, case, settings) is not None) is known
    assert store.load(table, case, Settings(quick=True)) is None


def test_unknown_tables_are_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(Counted(), tmp_path, "conted") == 2
    assert capsys.readouterr().err == 'no table "conted"; known: counted\n'


def test_the_list_names_every_table_and_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["--list"]) == 0
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.splitlines()] == [table.name for table in TABLES]


@pytest.mark.parametrize("settings", [Settings(), Settings(quick=True), Settings(long=True)], ids=str)
def test_cases_have_names_of_their_own(settings: Settings) -> None:
    assert len({table.name for table in TABLES}) == len(TABLES)
    for table in TABLES:
        names = [case.name for case in table.cases(settings)]
        assert names
        assert len(set(names)) == len(names)
        assert all(name.replace("_", "").replace("-", "").isalnum() for name in names)


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def test_pages_do_not_change_the_commit_they_are_measured_at(tmp_path: Path) -> None:
    code, pages = tmp_path / "code.py", tmp_path / "pages"
    assert commit(tmp_path, pages) == UNKNOWN
    git(tmp_path, "init")
    code.write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "code")
    first = commit(tmp_path, pages)
    assert len(first) == 40
    pages.mkdir()
    (pages / "page.md").write_text("a page")
    git(tmp_path, "add", ".")
    assert commit(tmp_path, pages) == first
    git(tmp_path, "commit", "-m", "a page")
    assert commit(tmp_path, pages) == first
    code.write_text("2")
    assert commit(tmp_path, pages).startswith(f"{first}, with uncommitted changes ")


def test_what_is_said_of_a_machine_does_not_name_it() -> None:
    assert platform.node() not in json.dumps(machine())


def test_tables_about_this_project_alone_are_measured_if_asked_for(tmp_path: Path) -> None:
    counted = Counted()
    inner = replace(counted.table, inner=True)
    for arguments, measured in (([], 0), (["counted"], 2), (["--long"], 4)):
        assert run.main([*arguments, "-o", str(tmp_path / "pages")], (inner,), tmp_path / "work") == 0
        assert len(counted.measured) == measured
