"""Contenders in environments of their own: what cannot be installed or fails is a row, not a crash."""

import sys
from pathlib import Path

import pytest

from benchmarks.case import Lab, Settings
from benchmarks.environments import Environments, NotInstalled, Place, pinned, reason, without_places
from benchmarks.machine import ROOT
from benchmarks.timing import Contender, Failed, Turns, command, in_turns, once

TURNS = Turns(2, 0.001, 3)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    (tmp_path / "peers").mkdir()
    environments = Environments(tmp_path, lambda line: None, tmp_path / "peers")
    return Lab(Settings(quick=True), environments, tmp_path, lambda line: None)


def contender(name: str, function: str = "twice", place: str = "here", **arguments: object) -> Contender:
    return Contender(name, place, f"tests.benchmarks.test_contenders:{function}", arguments)


def twice(value: float = 1.0) -> object:
    """A contender: twice a number."""
    return lambda: {"value": 2 * value}


def failing() -> object:
    """A contender whose call fails."""

    def call() -> None:
        raise ValueError("no answer in /var/lib/some/where")

    return call


def hungry() -> object:
    """A contender that takes more memory than it may."""
    return lambda: {"value": len(bytearray(1 << 30))}


def endless() -> object:
    """A contender whose call has no end."""

    def call() -> None:
        while True:
            pass

    return call


def apart(outcome: dict[str, float], expected: dict[str, float]) -> float:
    return abs(outcome["value"] - expected["value"])


def test_contenders_take_turns_and_one_with_other_numbers_is_not_timed(lab: Lab) -> None:
    rows = in_turns(
        [
            contender("first"),
            contender("same"),
            contender("other", value=1.5),
            contender("failing", "failing"),
        ],
        lab,
        TURNS,
        apart,
        limit=1e-8,
    )
    first, same, other, failed = rows
    assert first["ratio"] == 1
    assert same["repetitions"] >= 2
    assert same["minimum"] <= same["median"]
    assert (same["apart"], other["apart"]) == (0, 1)
    assert other["missing"] == "gives other numbers, apart by 1e+00"
    assert failed["missing"] == "failed: ValueError: no answer in …"
    assert "median" not in other
    assert "median" not in failed


def test_a_peer_that_cannot_be_installed_is_a_row(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    (lab.environments.peers / "peer.txt").write_text("a-package==1\n")
    tried = []

    def run(command: list[str], log: Path) -> None:
        tried.append(command)
        raise NotInstalled("no matching distribution")

    monkeypatch.setattr(lab.environments, "_run", run)
    rows = in_turns([contender("here"), contender("peer", place="peer")], lab, TURNS)
    assert rows[1] == {"row": "peer", "missing": "not installed: no matching distribution"}
    assert once(contender("peer", place="peer"), lab)["missing"].startswith("not installed")
    assert len(tried) == 1
    assert lab.environments.versions("peer") == []


def test_pip_says_why_and_the_reason_has_no_addresses(lab: Lab) -> None:
    (lab.environments.peers / "peer.txt").write_text("not a requirement\n")
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-index", "-r"]
    command_line = [*pip, str(lab.environments.peers / "peer.txt")]
    with pytest.raises(NotInstalled, match="Invalid requirement"):
        lab.environments._run(command_line, lab.environments.folder / "log.txt")


def test_what_takes_too_much_memory_is_a_row(lab: Lab) -> None:
    small = Contender("small", "here", "tests.benchmarks.test_contenders:hungry", {}, 60, 0.5)
    assert once(small, lab)["missing"] == "out of memory"
    assert once(contender("large", "hungry"), lab)["value"] == 1 << 30


def test_what_takes_too_long_is_a_row(lab: Lab) -> None:
    slow = Contender("slow", "here", "tests.benchmarks.test_contenders:endless", {}, 0.2)
    assert once(slow, lab)["missing"] == "more than 0.2 s"


def test_a_command_is_measured_with_what_it_starts(tmp_path: Path) -> None:
    child = "sum(k * k for k in range(2_000_000))"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    alone = command(Place(Path(sys.executable)), ["-c", "pass"], tmp_path, {})
    spent = command(Place(Path(sys.executable)), ["-c", code], tmp_path, {})
    assert spent.memory > 0
    assert min(alone.cpu, spent.cpu) > 0
    with pytest.raises(Failed, match="failed: wrong"):
        command(Place(Path(sys.executable)), ["-c", "import sys; sys.exit('wrong')"], tmp_path, {})


def test_reasons_are_lines_of_errors_without_places() -> None:
    text = "WARNING: old\nERROR: No matching distribution for a-package==1 at https://some.where/simple\n[notice] new\n"
    assert reason(text) == "ERROR: No matching distribution for a-package==1 at …"
    assert reason("") == "no reason given"
    assert without_places("cannot open /home/some/one/file.txt | n/m") == "cannot open … / n/m"


def test_every_peer_is_pinned() -> None:
    for path in (ROOT / "benchmarks" / "peers").glob("*.txt"):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        assert all("==" in line for line in lines), path.name
        assert 1 <= len(pinned(path)) <= 8
