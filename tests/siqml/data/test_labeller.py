from collections.abc import Callable
from typing import Any

import numpy as np

from siqml.data.labelling.labeller import Labeller, representable

WATER = ("O", "H", "H")
MOLECULE = np.array([[0.0, 0, 0], [0, 0.8, 0.6], [0, -0.8, 0.6]])

Make = Callable[[tuple[str, ...]], Labeller]


def calls(label: Labeller) -> int:
    crew: Any = label.crew
    return int(crew.calls)


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
