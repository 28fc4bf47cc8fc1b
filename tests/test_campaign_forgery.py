"""A slice of the forgery campaign; a forgery that is confirmed would be noticed."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from rich.console import Console

from campaign import resumable
from campaign.forgery import trial
from campaign.forgery.edits import DIRECTED, digested, forged, statement
from campaign.forgery.meaning import meaning
from campaign.forgery.originals import names, original
from campaign.forgery.run import main
from eqcompile.errors import EqcompileError
from eqcompile.recheck.decide import recheck
from siqml.tasks.crew import Workers

SEED = 0


def body_of(name: str) -> dict[str, Any]:
    return json.loads(original(name).text)


def _reads(text: str) -> bool:
    try:
        recheck(text, SEED)
    except EqcompileError:
        return False
    return True


@pytest.mark.parametrize("name", names())
def test_an_honest_certificate_is_confirmed_of_its_files(name: str) -> None:
    honest = original(name)
    path = honest.spec.parent / "honest.json"
    path.write_text(digested(body_of(name)))
    files = ["--spec", str(honest.spec), *(["--circuit", str(honest.circuit)] if honest.circuit else [])]
    # A claim about a circuit that is in no file is not confirmed for files, whoever wrote it.
    compares = body_of(name)["target_data"].get("unchanged", False)
    assert trial.outcome(path, files)[0] == ("not confirmed" if compares else "confirmed")


@pytest.mark.parametrize("first", range(0, 100, 20))
def test_no_forgery_is_confirmed_of_the_files(first: int) -> None:
    assert [r for r in (trial.run_trial(k, SEED) for k in range(first, first + 20)) if r["failed"]] == []


def test_every_kind_of_edit_comes_up() -> None:
    kinds = {trial.forgery(number, SEED)[1] for number in range(600)}
    assert set(DIRECTED) <= kinds
    assert {f"{word} one field" for word in ("drop", "empty", "swap", "double", "alter")} <= kinds


def test_a_forgery_that_is_confirmed_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "outcome", lambda path, files: ("confirmed", "CONFIRMED"))
    records = [trial.run_trial(number, SEED) for number in range(20)]
    assert [r["failed"] for r in records] == [r["differs"] for r in records]
    assert any(r["failed"] for r in records)


def test_a_traceback_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "main", lambda words: {}["nothing"])
    assert trial.run_trial(0, SEED)["failed"]


def test_the_same_circuit_in_other_words_is_the_same_statement() -> None:
    body = body_of("heisenberg")
    other = json.loads(json.dumps(body))
    operations = other["target_data"]["operations"]
    operations[:] = [["unitary", "X0"], ["unitary", "X0"], *operations]
    assert statement(other) != statement(body)
    assert meaning(other) == meaning(body)
    del operations[-1]
    assert meaning(other) != meaning(body)


def test_the_digest_of_a_forgery_fits() -> None:
    body = body_of("tied")
    assert recheck(digested(body), SEED)
    texts = [digested(forged(body, {"tied": body}, Random(seed))[1]) for seed in range(30)]
    found = [recheck(text, SEED) for text in texts if _reads(text)]
    assert len(found) > 10
    assert not [result for result in found if any("digest" in problem for problem in result.problems)]


def test_a_run_is_resumed_and_writes_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def quick(
        trial_: Any, total: int, log: Path, workers: Workers, what: str, console: Console
    ) -> resumable.Done:
        return resumable.Done(tuple(trial_(number) for number in range(total)), 1.0)

    monkeypatch.setattr("campaign.forgery.run.run_all", quick)
    words = ["--edits", "6", "--seed", "0", "--log", str(tmp_path / "log.jsonl"), "-o", str(tmp_path)]
    assert main(words) == 0
    assert "6 forgeries, 0 failures" in (tmp_path / "forgery.md").read_text()
    document = json.loads((tmp_path / "forgery.json").read_text())
    assert (document["forgeries"], document["failures"]) == (6, [])
    assert sum(row["count"] for row in document["counts"]) == 6


def _square(number: int) -> dict[str, int]:
    return {"number": number, "square": number**2}


def test_trials_go_on_where_the_log_ends(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"number": 0, "square": 0}\n{"number": 1, "square": 99}\n{"number": 2, "sq')
    done = resumable.run_all(_square, 4, log, Workers(jobs=1), "squares", Console(quiet=True))
    assert [record["square"] for record in done.records] == [0, 99, 4, 9]
    assert not done.interrupted
