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


@pytest.mark.parametrize("window", [(0.0, 0.5), (0.5, 1.0), (0.5, 0.5), (0.6, 0.4)])
def test_windows_at_an_edge_or_upside_down_are_refused(window: tuple[float, float]) -> None:
    with pytest.raises(LabelError, match=r"must rise inside \(0, 1\)"):
        Scaling.fit(np.array([0.0, 1.0]), (-3.0, 1.0), window)
