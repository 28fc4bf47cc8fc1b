"""Numbers for named parameters, and what is refused."""

from collections.abc import Callable

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.errors import DimensionError

Programs = Callable[[str], eq.Program]


def test_positions_and_angles(program: Programs) -> None:
    water = program("water")
    params = np.arange(67.0) / 10
    x = np.array([[0, 0, 2], [-1, 0, 0]])
    positions = water.circuit_values(params, x)
    assert positions["w_0_0_1"] == 0.1
    assert positions["alpha"] == 6.6
    assert (positions["H1_z"], positions["H2_x"]) == (2, -1)
    angles = water.circuit_values(params, x, "angles")
    assert "alpha" not in angles
    assert np.isclose(angles["H1_elevation"], np.pi / 2)
    assert np.isclose(angles["H2_azimuth"], np.pi)
    assert np.isclose(angles["H1_turn"], 2 * 6.6 * 2)


@pytest.mark.parametrize(("count", "shape"), [(66, (2, 3)), (67, (3, 3)), (67, (2,)), (67, (1, 2, 3))])
def test_wrong_shapes(program: Programs, count: int, shape: tuple[int, ...]) -> None:
    with pytest.raises(DimensionError) as caught:
        program("water").circuit_values(np.zeros(count), np.zeros(shape))
    assert str(caught.value) == (
        f"expected parameters of shape (67,) and positions of shape (2, 3); found ({count},) and {shape}"
    )


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_must_be_finite(program: Programs, bad: float) -> None:
    for params, x in ((np.full(67, bad), np.zeros((2, 3))), (np.zeros(67), np.full((2, 3), bad))):
        with pytest.raises(DimensionError, match=r"^parameters and positions must be finite numbers$"):
            program("water").circuit_values(params, x)
