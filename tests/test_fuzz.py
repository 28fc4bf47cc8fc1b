"""A slice of the fuzz of every reader; the fuzz must notice every fault that is planted."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from campaign.fuzz import planted
from campaign.fuzz.attempt import Terminal, attempt
from campaign.fuzz.case import Case, Command
from campaign.fuzz.command_line import attempt_command
from campaign.fuzz.findings import distinct, save_findings
from campaign.fuzz.outcome import KINDS, MINOR, Outcome, Problem, innermost, refusal_problems
from campaign.fuzz.readers import READERS
from campaign.fuzz.run import logged, main, tickets
from campaign.fuzz.tally import markdown, rows
from campaign.fuzz.worker import COMMAND_EVERY, Limits, Ticket, is_command, make_case, run_tickets, try_ticket

SEED = 0
SLICE = 36
"""Inputs of each reader; the next one would go through the command line."""

FINE = Outcome("qpy", 0, "read", ("cut",), "refused", "qpy: cut", (), 0.5, 300.0, 10)
CRASHED = replace(
    FINE, number=1, answer="", problems=(Problem("crash", "KeyError: 'x'", "a.py:1 in f", "KeyError"),)
)


@pytest.mark.parametrize("name", READERS)
def test_a_slice_of_every_reader_has_no_findings(name: str) -> None:
    with Terminal().replaced() as capture:
        outcomes = [_attempted(name, number, capture) for number in range(SLICE)]
    assert not [outcome for outcome in outcomes if outcome.problems]
    assert {outcome.answer for outcome in outcomes} == {"answered", "refused"}


def _attempted(name: str, number: int, capture: Terminal) -> Outcome:
    case, _ = make_case(Ticket(name, number, SEED))
    return attempt(READERS[name], number, case, capture)


@pytest.mark.parametrize("name", READERS)
def test_inputs_repeat(name: str) -> None:
    first = [make_case(Ticket(name, number, SEED))[0] for number in range(6)]
    assert first == [make_case(Ticket(name, number, SEED))[0] for number in range(6)]
    assert first != [make_case(Ticket(name, number, SEED + 1))[0] for number in range(6)]


def seen(name: str, case: Case | None = None) -> set[str]:
    reader = planted.READERS[name]
    with Terminal().replaced() as capture:
        outcome = attempt(reader, 0, case or reader.make(Random(0)), capture)
    return {problem.kind for problem in outcome.problems}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("stumbles", "crash"), ("talks", "noise"), ("warns", "warning"), ("removes", "loss"), ("litters", "loss"),
        ("rambles", "lines"), ("mumbles", "unclear"), ("drops", "loss"), ("differs", "changed"),
    ],
)  # fmt: skip
def test_negative_control_every_planted_fault_is_seen(name: str, kind: str) -> None:
    assert seen(name) == {kind}


def test_what_is_fine_is_no_finding() -> None:
    assert seen("sound") == set()
    assert seen("refuses") == set()


def test_negative_control_processes_that_hang_hoard_or_die_are_seen_and_replaced() -> None:
    names = ("sound", "hangs", "stumbles", "hoards", "dies", "refuses")
    wanted = [Ticket(name, 0, SEED, planted.__name__) for name in names]
    found = {o.reader: o for o in run_tickets(wanted, 1, Limits(seconds=6.0, megabytes=400))}
    kinds = {name: [problem.kind for problem in outcome.problems] for name, outcome in found.items()}
    assert kinds == {
        "sound": [], "hangs": ["hung"], "stumbles": ["crash"], "hoards": ["memory"], "dies": ["died"], "refuses": [],
    }  # fmt: skip
    assert found["hangs"].how == ("planted",)
    assert found["hangs"].problems[0].where.startswith("campaign/fuzz/planted.py")
    assert found["stumbles"].problems[0].error == "KeyError"
    assert "3" in found["dies"].problems[0].text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sound", ""), ("refuses", ""), ("stumbles", "crash"), ("removes", "loss"), ("litters", "loss"),
        ("rambles", "lines"),
        ("mumbles", "unclear"), ("talks", "noise"), ("warns", "warning"), ("spoils", "loss"),
        ("counts", "exit code"), ("dies", "exit code"),
    ],
)  # fmt: skip
def test_negative_control_faults_of_commands_are_seen(name: str, kind: str) -> None:
    reader = planted.READERS["sound"]
    spoilt = replace(
        reader, command=lambda case,
        source: Command(planted.__name__, (name, planted.MAIN, "-o", "out"), ("out",), {"out": b"old"})
    )  # fmt: skip
    outcome = attempt_command(spoilt, 39, reader.make(Random(0)), Random(0))
    assert {problem.kind for problem in outcome.problems} == ({kind} if kind else set())


def test_a_command_of_the_project_is_tried() -> None:
    number = COMMAND_EVERY - 1
    assert is_command(number)
    assert not any(is_command(k) for k in range(SLICE))
    outcome = try_ticket(Ticket("specs", number, SEED))
    assert outcome.way.startswith("$ eqcompile ")
    assert outcome.problems == ()


def test_words_of_a_refusal() -> None:
    assert refusal_problems("a.yaml:1:2: unknown key; known: name") == []
    for text, kind in (
        ("", "lines"),
        ("a\nb", "lines"),
        ("a\0", "lines"),
        ("x" * 2000, "lines"),
        ("list index out of range", "unclear"),
    ):
        assert [problem.kind for problem in refusal_problems(text)] == [kind]


def test_the_innermost_line_is_that_of_the_project() -> None:
    root = Path(planted.__file__).parents[2]
    frames = [
        (str(root / "eqcompile/face/cli/main.py"), 1, "main"),
        (str(root / "siqml/molecule/line.py"), 2, "f"),
        ("/lib/json.py", 3, "g"),
    ]
    assert innermost(frames) == "siqml/molecule/line.py:2 in f"


def test_every_fault_counts_once_and_keeps_its_smallest_input() -> None:
    smaller = replace(CRASHED, number=2, size=3)
    warned = replace(FINE, number=3, problems=(Problem("warning", "UserWarning: careful"),))
    first, second = distinct([FINE, CRASHED, warned, smaller])
    assert (first.kind, first.count, first.outcome.number, first.minor) == ("crash", 2, 2, False)
    assert (second.kind, second.minor) == ("warning", True)
    assert set(MINOR) < set(KINDS)


def test_figures() -> None:
    row, total = rows([FINE, CRASHED])
    assert (row.inputs, row.answered, row.refused, row.findings, row.slowest_refusal) == (2, 0, 1, 1, 0.5)
    assert replace(row, name="all") == total
    assert "| qpy | 2 | 0 | 0 | 1 | 0 | 1 | 0.5 | 0.5 | 300 |" in list(markdown([FINE, CRASHED]))


def test_all_inputs_are_divided_and_each_has_a_number() -> None:
    wanted = tickets(20_000, 1)
    assert len({ticket.key for ticket in wanted}) == 20_000
    assert {ticket.reader for ticket in wanted} == set(READERS)
    assert sum(is_command(ticket.number) for ticket in wanted) >= 490


def test_a_log_is_resumed_and_a_page_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(o.as_dict()) + "\n" for o in (FINE, CRASHED)) + '{"cut sh')
    assert logged(log) == [FINE, CRASHED]
    words = ["--inputs", "2", "--readers", "qpy", "--log", str(log), "--seed", str(SEED)]
    assert main([*words, "--findings", str(tmp_path / "findings"), "-o", str(tmp_path / "page")]) == 1
    assert "2 inputs in 0 s, 1 findings" in capsys.readouterr().out
    page, document = (
        (tmp_path / "page" / "fuzz.md").read_text(),
        json.loads((tmp_path / "page" / "fuzz.json").read_text()),
    )
    assert "| crash | qpy | 1 | a.py:1 in f |" in page
    assert document["readers"][0]["refused"] == 1
    assert document["findings"][0]["repeat"] == f'python -m campaign.fuzz --seed {SEED} --only "qpy:1"'
    saved = tmp_path / "findings" / f"qpy-{SEED}-1"
    assert (saved / "files" / "circuit.qpy").read_bytes() == make_case(Ticket("qpy", 1, SEED))[0].files[
        "circuit.qpy"
    ]
    assert json.loads((saved / "finding.json").read_text())["problems"][0]["kind"] == "crash"


def test_without_findings_the_command_succeeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(FINE.as_dict()) + "\n")
    words = ["--inputs", "1", "--readers", "qpy", "--log", str(log), "-o", str(tmp_path)]
    assert main([*words, "--findings", str(tmp_path / "findings")]) == 0
    assert "No findings." in (tmp_path / "fuzz.md").read_text()
    assert not (tmp_path / "findings").exists()


@pytest.mark.parametrize(
    ("words", "text"),
    [(["--only", "left:x"], "write READER:NUMBER"), (["--readers", "left"], "known: specs")],
)
def test_what_does_not_exist_is_refused(
    words: list[str], text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert text in capsys.readouterr().out


def test_findings_are_saved_once(tmp_path: Path) -> None:
    assert save_findings([], SEED, tmp_path) == []
