"""The noise study, in few steps."""

import json
from pathlib import Path

import numpy as np
import pytest

from siqml.commands.main import main
from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.provenance import Origin
from siqml.reproduce import fig5
from siqml.reproduce.fig5 import Level, NoiseOrder, noise_page
from siqml.reproduce.noisy_training import NoisePoint, NoisyTraining
from siqml.reproduce.relevant import relevant
from siqml.training.run_folder import RunFolder

ORIGIN = Origin("siqml reproduce fig5", "abc", {"python": "3"}, "2026-01-01")
FEW = ("adam.steps=30", "lbfgs.steps=20")


def test_it_is_resumed_and_noise_makes_it_worse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fig5, "MODELS", {"lih": "siVQLM"})
    assert main(["reproduce", "fig5", "--quick", "-o", str(tmp_path)]) == 0
    text = (tmp_path / "fig5-quick.md").read_text()
    assert "QUICK" in text
    assert (tmp_path / "fig5-quick.png").read_bytes().startswith(b"\x89PNG")
    small, large = json.loads((tmp_path / "fig5-quick.json").read_text())["levels"]
    assert small["test_energy_mse"]["median"] < large["test_energy_mse"]["median"]

    def refuse(self: NoisyTraining, config: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(NoisyTraining, "_train", refuse)
    assert main(["reproduce", "fig5", "--quick", "-o", str(tmp_path)]) == 0
    assert (tmp_path / "fig5-quick.md").read_text() == text
    capsys.readouterr()
    assert main(["reproduce", "fig5", "--finished", "-o", str(tmp_path)]) == 2
    assert "fig5: no finished run in" in capsys.readouterr().err


@pytest.mark.slow
def test_a_point_is_what_siqml_train_gives(tmp_path: Path) -> None:
    point = NoisyTraining("lih", FEW).point(0.05, 3, tmp_path / "point.json")
    settings = [f"--set={setting}" for setting in (*FEW, "labels.noise=0.05")]
    assert main(["train", "lih", "--seed", "3", *settings, "-o", str(tmp_path / "run")]) == 0
    found = RunFolder(tmp_path / "run").read_metrics()
    assert found["fingerprint"] == point.fingerprint
    assert point.train == pytest.approx(found["train"]["energy"]["mse"], rel=1e-6)


def test_a_damaged_point_is_done_again(tmp_path: Path) -> None:
    training, file = NoisyTraining("lih", FEW), tmp_path / "point.json"
    for text in ("{", "{}", '{"noise": 1}'):
        file.write_text(text)
        assert training.finished(0.05, 3, file) is None
    point = training.point(0.05, 3, file)
    assert training.finished(0.05, 3, file) == point
    assert training.finished(0.05, 4, file) is None


def test_the_relevant_part_is_on_the_curve_and_below_its_end() -> None:
    for name in ("lih_test.extxyz", "lih_periodic_test.extxyz"):
        part = relevant(read_structures(shipped_file(name)))
        lengths = np.linalg.norm(part.positions[:, 1] - part.positions[:, 0], axis=1)
        assert 0.9 < lengths.min() < lengths.max() < 4.5
        assert len(part) == 80


def test_the_page_says_who_is_better() -> None:
    def level(model: str, noise: float, energy: float) -> Level:
        return Level(
            model, noise, (NoisePoint(noise, 0, energy, 100 * energy, 2 * energy, 300 * energy, 0.0, ""),)
        )

    levels = [level("lih", 0.1, 1e-3), level("lih_generic", 0.1, 5e-3), level("lih", 0.2, 4e-3)]
    text = "\n".join(noise_page([*levels, level("lih_generic", 0.2, 2e-3)], ORIGIN, False, "a.png"))
    assert "MSE(E): the siVQLM has the smaller median at 1 of 2 levels" in text
    assert "from little noise to much: 5, 0.5." in text
    assert (
        "| 2.00e-03 (2.00e-03 to 2.00e-03) | 3.00e-01 (3.00e-01 to 3.00e-01) |" in text
    )  # the full test set
    assert "QUICK" not in text


def test_levels_and_seeds_of_the_issue() -> None:
    assert len(NoiseOrder((0,)).levels) >= 8
