import numpy as np
import pytest

from siqml.data.reading.extxyz import read_structures
from siqml.data.reading.shipped import shipped_file
from siqml.molecule.line import Line
from siqml.molecule.structures import Structures


def test_the_shipped_cut_is_a_line_along_one_atom() -> None:
    test, train = (read_structures(shipped_file(f"dimer_cut_{part}.extxyz")) for part in ("test", "train"))
    line = Line.through(train)
    assert line is not None
    assert np.linalg.norm(line.direction) == pytest.approx(1)
    assert np.flatnonzero(np.abs(line.direction).max(axis=1) > 1e-6).tolist() == [2]
    np.testing.assert_allclose(line.at(line.places(test.positions)), test.positions, atol=1e-6)
    other = Line.through(test)
    assert other is not None
    assert abs((other.direction * line.direction).sum()) == pytest.approx(1, abs=1e-6)


def test_the_force_along_it_is_the_slope_of_the_energy() -> None:
    train = read_structures(shipped_file("dimer_cut_train.extxyz"))
    line = Line.through(train)
    assert line is not None
    assert train.forces is not None
    places = line.places(train.positions)
    order = places.argsort()
    slopes = np.gradient(train.energies[order], places[order], edge_order=2)
    found = line.component(train.forces)[order]
    np.testing.assert_allclose(found[1:-1], -slopes[1:-1], atol=0.02 * np.abs(found).max())


def test_no_line_through_what_moves_freely_or_not_at_all_or_is_diatomic(lih_train: Structures) -> None:
    water = read_structures(shipped_file("water_test.extxyz"))
    assert Line.through(water) is None
    assert Line.through(water.chosen([3, 3])) is None
    assert Line.through(water.chosen([])) is None
    assert Line.through(lih_train) is None
