"""Forces along internal coordinates: those that give the Cartesian ones."""

import numpy as np

from siqml.molecule.internal_coordinates import InternalCoordinates
from siqml.reproduce.internal import along_coordinates

WATER = InternalCoordinates(("O", "H", "H"), ((0, 1), (0, 2), (1, 0, 2)))


def test_forces_along_coordinates_are_found_again() -> None:
    dice = np.random.default_rng(0)
    positions = np.array([[0, 0, 0], [0.9, 0.1, 0], [-0.2, 0.95, 0]]) + 0.05 * dice.normal(size=(4, 3, 3))
    along = dice.normal(size=(4, 3))
    cartesian = np.array(
        [(WATER.jacobian(x)[::3].T @ f).reshape(3, 3) for x, f in zip(positions, along, strict=True)]
    )
    assert np.allclose(along_coordinates(WATER, positions, cartesian), along, atol=1e-12)
    # A push of the whole molecule is along no coordinate.
    pushed = cartesian + dice.normal(size=(4, 1, 3))
    assert np.allclose(along_coordinates(WATER, positions, pushed), along, atol=1e-12)
    assert not np.allclose(along_coordinates(WATER, positions, 2 * cartesian), along, atol=0.1)
