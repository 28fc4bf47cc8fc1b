"""What is chosen: where models disagree, outside of what is known, and not the same twice."""

import numpy as np

from siqml.active.choose import disagreement, most_telling, plausible
from siqml.field.domain import Domain
from siqml.field.ensemble import Ensemble
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Array, Structures


def bonds(*lengths: float) -> Array:
    positions = np.zeros((len(lengths), 2, 3))
    positions[:, 1, 2] = lengths
    return positions


def domain(*lengths: float) -> Domain:
    data = Structures(("Li", "H"), bonds(*lengths), np.arange(len(lengths)), None, "made")
    found = Domain.of(data)
    assert found is not None
    return found


KNOWN = domain(*np.linspace(1.0, 2.0, 11))


def test_at_equal_distance_disagreement_decides() -> None:
    positions = bonds(1.05, 1.95, 1.55)
    far = KNOWN.distance(positions)
    assert most_telling(np.array([1.0, 5.0, 2.0]) / far, positions, KNOWN, 1) == [1]


def test_at_equal_disagreement_what_lies_outside_comes_first() -> None:
    assert most_telling(np.ones(3), bonds(1.05, 2.6, 1.55), KNOWN, 1) == [1]


def test_two_picks_keep_apart() -> None:
    """A negative control without diversity: the largest disagreements are twins."""
    positions, value = bonds(2.6, 2.601, 2.602, 3.4), np.array([4.0, 4.01, 4.0, 1.0])
    assert sorted(np.argsort(-value * KNOWN.distance(positions))[:2].tolist()) == [1, 2]
    assert sorted(most_telling(value, positions, KNOWN, 2)) != [1, 2]
    assert 3 in most_telling(value, positions, KNOWN, 2)


def test_no_candidate_is_taken_twice_and_few_are_all_taken() -> None:
    assert sorted(most_telling(np.zeros(4), bonds(1.05, 1.5, 1.95, 3.0), KNOWN, 9)) == [0, 1, 2, 3]


def test_what_flew_apart_or_collapsed_is_no_candidate() -> None:
    known = bonds(1.0, 2.0)
    assert plausible(bonds(0.8, 0.92, 1.5, 2.15, 2.3), known).tolist() == [False, True, True, True, False]


def test_disagreement_is_the_spread_of_forces(tiny_field: ForceField) -> None:
    other = ForceField(tiny_field.model, tiny_field.frame, tiny_field.scaling, tiny_field.params + 0.2)
    positions = bonds(1.2, 1.6, 2.4)
    found = disagreement(Ensemble((tiny_field, other), ("a", "b")), positions)
    apart = tiny_field.predict(positions)[1] - other.predict(positions)[1]
    np.testing.assert_allclose(found, np.sqrt((apart**2).mean(axis=(1, 2)) / 2))
    assert (disagreement(Ensemble((tiny_field, tiny_field), ("a", "b")), positions) == 0).all()
