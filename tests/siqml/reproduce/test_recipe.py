"""Trials of the recipe, in few steps."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from siqml.errors import TrainError
from siqml.reproduce import recipe
from siqml.reproduce.recipe import MOLECULES, STARTS, WINDOWS, reproduce_recipe, trials


def test_every_combination_is_tried_once() -> None:
    for molecule in MOLECULES:
        found = [trial.named for trial in trials(molecule)]
        assert len(set(found)) == len(found) == len(molecule.rates) * 2 * 3 * 2 * len(molecule.alphas) * 2


def test_quick_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "MOLECULES", (replace(MOLECULES[0], rates=(0.01,)),))
    monkeypatch.setattr(recipe, "SCHEDULES", ("constant",))
    monkeypatch.setattr(recipe, "SLOWER", {"as the weights": 1.0})
    stream = io.StringIO()
    with pytest.raises(TrainError, match=r"^recipe: not finished in"):
        reproduce_recipe(True, True, tmp_path, stream)
    page = reproduce_recipe(True, False, tmp_path, stream)
    text = page.read_text()
    assert page == tmp_path / "recipe-quick.md"
    assert "QUICK" in text
    assert f"The best of {len(STARTS) * len(WINDOWS)} combinations" in text
    assert "So nothing that we tried gives the printed energies." in text
    found = json.loads((tmp_path / "recipe-quick.json").read_text())["trials"]["lih_paper"]
    medians = [one["test_energy_mse"]["median"] for one in found]
    assert len(medians) == 6
    assert medians == sorted(medians)
    assert {one["start"] for one in found} == set(STARTS)
    assert reproduce_recipe(True, True, tmp_path, stream).read_text() == text
