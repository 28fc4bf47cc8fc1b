"""What `docs/descriptors.md` says about the results is what their numbers say."""

import json
from pathlib import Path
from statistics import median
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
MOLECULES = json.loads((ROOT / "docs" / "results" / "descriptors.json").read_text(encoding="utf-8"))[
    "molecules"
]
WATER, COOL, WARM = MOLECULES


def ratios(molecule: dict[str, Any], circuit: str, part: str = "test") -> tuple[float, float]:
    """Medians of MSE(E) and MSE(F) of the networks, over those of the circuit alone with its energy + force loss."""
    alone = molecule["plain"][-1]
    of_alone = (
        alone["beyond"]
        if part == "beyond"
        else [alone[f"test_{what}_mse"]["median"] for what in ("energy", "force")]
    )
    rows = molecule["rows"][circuit]
    energy, force = (median(row[part][k] for row in rows) / of_alone[k] for k in (0, 1))
    return energy, force


def test_water_needs_no_training_of_the_circuit() -> None:
    energy, force = ratios(WATER, "start")
    assert 0.5 < energy < 1
    assert force == pytest.approx(1, abs=0.05)


def test_water_is_extrapolated_worse() -> None:
    assert min(*ratios(WATER, "start", "beyond"), *ratios(WATER, "trained", "beyond")) > 2


def test_the_cool_dimer_gains() -> None:
    assert max(ratios(COOL, "trained")) < 1


def test_at_300_kelvin_the_network_loses_and_overfits() -> None:
    assert min(ratios(WARM, "trained")) > 1
    rows = WARM["rows"]["trained"]
    assert all(row["test"][1] > 2 * row["train"][1] for row in rows)
    assert median(row["test"][1] for row in rows) > median(row["circuit"][1] for row in rows)


@pytest.mark.parametrize("molecule", [COOL, WARM], ids=["cool", "300 K"])
def test_a_dimer_that_was_not_trained_is_far_worse(molecule: dict[str, Any]) -> None:
    assert min(ratios(molecule, "start")) > 2


@pytest.mark.parametrize("molecule", MOLECULES, ids=lambda molecule: molecule["title"])
def test_the_second_opinion_and_its_control(molecule: dict[str, Any]) -> None:
    for row in [*molecule["rows"]["start"], *molecule["rows"]["trained"]]:
        assert max(row["changes"]["descriptors"].values()) < 1e-12
        assert max(row["changes"]["energies"].values()) < 1e-10
        assert min(row["changes"]["Z0"].values()) > 0.01
