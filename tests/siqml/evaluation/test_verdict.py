"""Verdicts: a useless model is called useless, a good one good, and the contender sees what the model saw."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siqml.commands.main import main
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.evaluation.evaluate import compared, evaluate
from siqml.evaluation.verdict import Lesson, Skill, verdict, verdict_lines, with_contender
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Array, Structures


def words(energies: Array, forces: Array, structures: Structures) -> list[str]:
    """First words about energies and forces of these predictions."""
    lines = verdict_lines(verdict(compared(energies, forces, structures)))
    return [line.partition(";")[0].strip() for line in lines[1:]]


def test_words(lih_test: Structures) -> None:
    assert lih_test.forces is not None
    energies, forces = lih_test.energies, lih_test.forces
    mean = np.full(len(energies), energies.mean())
    assert words(energies, forces, lih_test) == ["energies: good", "forces: good"]
    assert words(mean, 0 * forces, lih_test) == [
        "energies: useless, no better than the mean",
        "forces: useless, no better than zero",
    ]
    almost = 0.03 * energies + 0.97 * mean
    assert words(almost, -forces, lih_test)[0] == "energies: useless, hardly better than the mean"
    assert words((energies + mean) / 2, forces / 2, lih_test) == ["energies: weak", "forces: weak"]


def test_a_wrong_zero_of_energy_shows_as_correlation_without_skill(lih_test: Structures) -> None:
    assert lih_test.forces is not None
    found = verdict(compared(lih_test.energies + 10, lih_test.forces, lih_test))
    assert found.energy is not None
    assert found.energy.word == "useless"
    assert found.energy.r_squared == pytest.approx(1)


def test_labels_that_do_not_vary_give_no_verdict() -> None:
    assert Skill.of(1.0, 0.0, None) is None
    flat = Structures(("H", "H"), np.arange(12.0).reshape(2, 2, 3), np.ones(2), None, "flat")
    found = verdict(compared(np.ones(2), np.zeros((2, 2, 3)), flat))
    assert verdict_lines(found)[1:] == ["  energies: no verdict, the labels are the same everywhere"]


def test_on_a_cut_the_force_is_the_one_along_it() -> None:
    cut = read_structures(shipped_file("dimer_cut_test.extxyz"))
    assert cut.forces is not None
    found = compared(cut.energies, 0 * cut.forces, cut)
    assert found.line_force is not None
    assert found.line_force_variance == pytest.approx(found.line_force.mse)
    judged = verdict(found).force
    assert judged is not None
    assert judged.skill == pytest.approx(0)


@pytest.mark.parametrize("with_forces", [False, True])
def test_the_contender_sees_what_the_model_saw(
    tiny_field: ForceField, lih_train: Structures, lih_test: Structures, with_forces: bool
) -> None:
    found = [verdict(evaluate(tiny_field, data)) for data in (lih_train, lih_test)]
    own, other = with_contender(found, Lesson(lih_train, [], with_forces), [lih_train, lih_test])
    assert verdict_lines(own)[-1] == (
        "  a Gaussian process: none, these are the points that a Gaussian process would be fitted to"
    )
    assert other.contender is not None
    labels = "energies and forces" if with_forces else "energies"
    assert (other.contender.num_structures, other.contender.with_forces) == (53, with_forces)
    assert f"on the same points (53 structures, {labels}): MSE(E)" in verdict_lines(other)[-1]
    assert (other.contender.energy_mse < 1e-7) is with_forces
    assert (other.energy_mse, other.energy) == (found[1].energy_mse, found[1].energy)


def test_a_contender_that_cannot_be_fitted_says_why(
    tiny_field: ForceField, lih_train: Structures, lih_test: Structures
) -> None:
    one = replace(lih_train.chosen([0]), source="one.extxyz")
    (found,) = with_contender([verdict(evaluate(tiny_field, lih_test))], Lesson(one, [], False), [lih_test])
    assert found.contender is None
    assert "none, one.extxyz: a Gaussian process needs two structures" in verdict_lines(found)[-1]


def train(config: Path, run: Path, *options: str) -> dict[str, dict[str, dict[str, object]]]:
    assert main(["train", str(config), "-o", str(run), *options]) == 0
    found: dict[str, dict[str, dict[str, object]]] = json.loads((run / "metrics.json").read_text())
    return found


def test_a_training_is_judged_and_the_model_stays_the_same(
    tiny_config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without steps the model is useless, and the command says so; with them it is not."""
    short = "--set", "adam.steps=0", "--set", "lbfgs.steps=0"
    useless = train(tiny_config, tmp_path / "useless", *short)["verdict"]
    out = capsys.readouterr().out
    assert useless["energy"]["word"] == "useless"
    assert "verdict on lih_test.extxyz\n  energies: useless, no better than the mean; skill -" in out
    assert "  a Gaussian process on the same points (53 structures, energies): MSE(E) " in out
    assert useless["contender"]["with_forces"] is False
    trained = train(tiny_config, tmp_path / "trained")["verdict"]
    assert trained["energy"]["word"] != "useless"
    quick = train(tiny_config, tmp_path / "quick", "--no-baseline")["verdict"]
    assert (quick["contender"], quick["no_contender"]) == (None, None)
    assert quick["energy"] == trained["energy"]
    files = [tmp_path / name / "model.safetensors" for name in ("trained", "quick")]
    assert files[0].read_bytes() == files[1].read_bytes()
    capsys.readouterr()
    assert main(["evaluate", str(tmp_path / "trained"), "lih_test.extxyz", "--json", "--baseline"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["verdict"]["contender"] == trained["contender"]
    assert main(["evaluate", str(tmp_path / "trained"), "lih_test.extxyz"]) == 0
    assert "verdict on lih_test.extxyz\n" in capsys.readouterr().out


def test_held_out_structures_are_labels_of_the_contender_too(tiny_config: Path, tmp_path: Path) -> None:
    held_out = "stop={validation: 0.2, patience: 50}"
    found = train(tiny_config, tmp_path / "run", "--set", held_out, "--set", "data.test=null")
    assert found["train"]["num_structures"] == 42
    assert found["verdict"]["contender"] is None


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["train", "lih", "--seeds", "0,1", "--no-baseline"],
            "--no-baseline: with --seeds there is none; leave it out",
        ),
        (["evaluate", "a.safetensors", "b.safetensors", "--baseline"], "--baseline takes one model; found 2"),
        (
            ["evaluate", "a", "--baseline", "--backend", "aer"],
            "--baseline is about a model without a device; leave --backend out",
        ),
    ],
)
def test_options_that_contradict_one_another(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err == f"{message}\n"
