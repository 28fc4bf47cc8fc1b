"""A slice of the campaign against false verdicts; the campaign itself must be able to tell right from wrong."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

import eqcompile as eq
from campaign.catalogue import CATALOGUE
from campaign.disguises import DISGUISES
from campaign.mutations import MUTATIONS, coefficient, sign
from campaign.oracle import ZERO, defect
from campaign.right import right_circuit
from campaign.run import batches, main
from campaign.tally import markdown, tables, totals, verdict_column
from campaign.trial import Kind, Result, make_task, run_trial
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import PauliRotation
from eqcompile.exact.operators.strings import pauli_key

SEED = 0
SLICE = 2 * len(CATALOGUE)
BY_NAME = {entry.name: entry for entry in CATALOGUE}
SMALL = [entry for entry in CATALOGUE if entry.qubits <= 3]

ACCEPTED = Result("wrong", 0, "D_3", "one sign", "none", "proven", False, {"one tie": 2}, 0.1)


@pytest.mark.parametrize("first", range(0, SLICE, 20))
def test_right_circuits_are_proven(first: int) -> None:
    results = [run_trial("right", number, SEED) for number in range(first, min(first + 20, SLICE))]
    assert not [result for result in results if result.failed]


@pytest.mark.parametrize("first", range(0, SLICE, 20))
def test_wrong_circuits_are_refused(first: int) -> None:
    results = [run_trial("wrong", number, SEED) for number in range(first, min(first + 20, SLICE))]
    assert not [result for result in results if result.failed]


def heisenberg(x: Fraction, y: Fraction, z: Fraction) -> Circuit:
    theta = ExactAngle.parameter("p0")
    factors = {"X": x, "Y": y, "Z": z}
    return Circuit(2, tuple(
        PauliRotation(pauli_key({0: name, 1: name}), theta * factor) for name, factor in factors.items()
    ))  # fmt: skip


@pytest.mark.parametrize("size", [Fraction(0), Fraction(1, 10**9), Fraction(1, 10**6), Fraction(-2)])
def test_the_oracle_measures_what_is_wrong(size: Fraction) -> None:
    entry = BY_NAME["SU(2) on 2"]
    circuit = heisenberg(Fraction(1), Fraction(1), 1 + size)
    found = defect(circuit, entry.elements, (), np.random.default_rng(1))
    assert found <= ZERO if not size else ZERO < found <= 4 * abs(size)


def test_the_oracle_knows_that_data_move() -> None:
    entry = BY_NAME["data: S_2"]
    a, b = ExactAngle.parameter("A_z"), ExactAngle.parameter("B_z")
    rotations = [PauliRotation(pauli_key({q: "Z"}), angle) for q, angle in enumerate((a, b))]
    exchanged = [PauliRotation(pauli_key({q: "Z"}), angle) for q, angle in enumerate((a, a))]
    dice = np.random.default_rng(1)
    assert defect(Circuit(2, tuple(rotations)), entry.elements, entry.sites, dice) <= ZERO
    assert defect(Circuit(2, tuple(exchanged)), entry.elements, entry.sites, dice) > ZERO


@pytest.mark.parametrize("name", DISGUISES)
@pytest.mark.parametrize("wrong", [False, True])
def test_disguises_keep_right_right_and_wrong_wrong(name: str, wrong: bool) -> None:
    for number, entry in enumerate(SMALL):
        source, dice = Random(number), np.random.default_rng(number)
        circuit = right_circuit(entry, source)
        if wrong:
            changed = MUTATIONS["one sign"](list(circuit.operations), entry, source)
            circuit = replace(circuit, operations=tuple(changed or ()))
        before = defect(circuit, entry.elements, entry.sites, dice)
        after = defect(DISGUISES[name](circuit, entry, source), entry.elements, entry.sites, dice)
        assert (before > ZERO) == (after > ZERO)


def test_mutations_change_one_angle() -> None:
    entry = BY_NAME["SU(2) on 2"]
    right = heisenberg(Fraction(1), Fraction(1), Fraction(1))
    for mutation in (sign, coefficient(Fraction(1, 10**9))):
        changed = mutation(list(right.operations), entry, Random(1))
        assert changed is not None
        assert sum(a != b for a, b in zip(changed, right.operations, strict=True)) == 1
        assert not eq.verify(replace(right, operations=tuple(changed)), entry.group)


def test_trials_repeat() -> None:
    assert repr(make_task("wrong", 3, SEED).circuit) == repr(make_task("wrong", 3, SEED).circuit)
    assert repr(make_task("wrong", 3, SEED).circuit) != repr(make_task("wrong", 3, SEED + 1).circuit)


@pytest.mark.parametrize(("kind", "verdict"), [("right", "refused"), ("wrong", "proven")])
def test_an_engine_with_one_answer_is_caught(
    kind: Kind, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eq, "verify", lambda target, spec: SimpleNamespace(verdict=verdict))
    assert run_trial(kind, 1, SEED).failed


def test_an_engine_that_crashes_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eq, "verify", lambda target, spec: {}["verdict"])
    assert verdict_column(run_trial("right", 1, SEED)) == "crashed"


def test_batches_that_are_known_in_part_run_again() -> None:
    first, second = batches({"right": 30}, SEED)
    assert first.trials == {("right", number) for number in range(20)}
    assert second.trials == {("right", number) for number in range(20, 30)}


def test_a_false_verdict_counts_as_a_failure() -> None:
    right = Result("right", 0, "D_3", "", "none", "proven", False, {}, 0.0)
    assert ACCEPTED.failed
    assert not right.failed
    assert not replace(right, verdict="not decided", rounded=True).failed
    for verdict in ("refused", "not decided", "crash: KeyError"):
        assert replace(right, verdict=verdict).failed
    columns = [verdict_column(r) for r in (ACCEPTED, right, replace(right, verdict="crash: KeyError"))]
    assert columns == ["accepted", "proven", "crashed"]


def test_tables_count_everything_once() -> None:
    results = [ACCEPTED, replace(ACCEPTED, number=1, verdict="refused")]
    counts = totals(results)["wrong"]
    assert (counts["tried"], counts["accepted"], counts["refused"], counts["harmless"]) == (2, 1, 1, 4)
    by_mutation = next(
        table for table in tables(results) if (table.kind, table.title) == ("wrong", "mutation")
    )
    assert "| one sign | 2 | 1 | 0 | 0 | 1 | 0 | 0 |" in list(markdown(by_mutation))


def test_a_failure_is_saved_and_the_command_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(ACCEPTED.as_dict()) + '\n{"cut sh')
    words = ["--right", "0", "--wrong", "1", "--log", str(log), "--seed", str(SEED)]
    code = main([*words, "--failures", str(tmp_path / "failures"), "-o", str(tmp_path / "report")])
    assert code == 1
    assert "1 accepted" in capsys.readouterr().out
    saved = json.loads((tmp_path / "failures" / f"wrong-{SEED}-0.json").read_text())
    assert (saved["expected"], saved["verdict"]) == ("refused", "proven")
    assert eq.load(tmp_path / "failures" / f"wrong-{SEED}-0.yaml").qubits == CATALOGUE[0].qubits
    assert json.loads((tmp_path / "report" / "campaign.json").read_text())["totals"]["wrong"]["accepted"] == 1


def test_an_unknown_trial_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "left:3"]) == 2
    assert "write right:NUMBER or wrong:NUMBER" in capsys.readouterr().out


def test_without_failures_the_command_succeeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(replace(ACCEPTED, verdict="refused").as_dict()) + "\n")
    assert (
        main(["--right", "0", "--wrong", "1", "--log", str(log), "--failures", str(tmp_path / "failures")])
        == 0
    )
    assert not (tmp_path / "failures").exists()
    assert "0 failures" in capsys.readouterr().out
