import numpy as np
import pytest

from siqml.errors import LabelError
from siqml.field.scaling import Scaling


def test_window_is_filled_exactly() -> None:
    energies = np.array([-5.0, -3.0, -1.0])
    values = Scaling.fit(energies, (-3.0, 1.0), (0.05, 0.25)).to_value(energies)
    np.testing.assert_allclose(values, [-2.8, -2.4, -2.0], atol=1e-15)


def test_inverse() -> None:
    scaling = Scaling.fit(np.array([-214.5, -210.1]), (-3.0, 1.0))
    energies = np.linspace(-220, -200, 7)
    np.testing.assert_allclose(scaling.to_energy(scaling.to_value(energies)), energies, atol=1e-11)


def test_equal_energies_are_refused() -> None:
    with pytest.raises(LabelError) as error:
        Scaling.fit(np.full(3, -214.0), (-3.0, 1.0))
    assert str(error.value) == (
        "all 3 training energies equal -214.000000 eV: nothing to learn; give structures of different energy"
    )


@pytest.mark.parametrize("window", [(-0.1, 0.5), (0.5, 1.1), (0.5, 0.5), (1.5, 0.4)])
def test_windows_beyond_the_range_or_without_width_are_refused(window: tuple[float, float]) -> None:
    with pytest.raises(
        LabelError, match="must be two different fractions of the observable's range, from 0 to 1"
    ):
        Scaling.fit(np.array([0.0, 1.0]), (-3.0, 1.0), window)


@pytest.mark.parametrize(("window", "ends"), [((0.0, 1.0), [-3.0, 1.0]), ((1.0, 0.0), [1.0, -3.0])])
def test_the_whole_range_and_the_range_upside_down(window: tuple[float, float], ends: list[float]) -> None:
    energies = np.array([-214.5, -210.1])
    scaling = Scaling.fit(energies, (-3.0, 1.0), window)
    np.testing.assert_allclose(scaling.to_value(energies), ends, atol=1e-14)
    np.testing.assert_allclose(scaling.to_energy(np.array(ends)), energies, atol=1e-12)
