import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from siqml.data.labelling.labeller import Labeller, processes, representable

WATER = ("O", "H", "H")
MOLECULE = np.array([[0.0, 0, 0], [0, 0.8, 0.6], [0, -0.8, 0.6]])

Make = Callable[[tuple[str, ...]], Labeller]


def calls(label: Labeller) -> int:
    pool: Any = label.pool
    return int(pool.calls)


def test_nothing_is_computed_twice(springs_labeller: Make) -> None:
    label = springs_labeller(WATER)
    first = label(MOLECULE)
    assert calls(label) == 1
    assert label(MOLECULE + 1e-10).energy == first.energy  # the same eight decimals
    assert calls(label) == 1
    label(MOLECULE + np.array([[0, 0, 1e-6], [0, 0, 0], [0, 0, 0]]))
    assert calls(label) == 2


def test_known_points_come_first_and_all_come(springs_labeller: Make) -> None:
    label = springs_labeller(WATER)
    geometries = [MOLECULE * scale for scale in (1.0, 1.1, 1.2)]
    known = label(geometries[2])
    found = list(label.many(geometries))
    assert found[0][0] == 2
    assert found[0][1].energy == known.energy
    assert sorted(number for number, _ in found) == [0, 1, 2]
    assert calls(label) == 3


def test_labels_belong_to_rounded_positions(springs_labeller: Make) -> None:
    rough = MOLECULE + 0.123456789123
    assert springs_labeller(WATER).journal.get(representable(rough)) is None
    label = springs_labeller(WATER)
    label(rough)
    assert label.journal.get(representable(rough)) is not None
    assert label.journal.get(rough) is None


def test_processes_have_one_thread_and_leave_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    with processes(1) as pool:
        assert pool.submit(os.getenv, "OMP_NUM_THREADS").result() == "1"
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ
