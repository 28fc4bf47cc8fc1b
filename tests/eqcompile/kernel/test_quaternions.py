"""The encoding as a quaternion: the smooth functions to the last digits, derivatives against complex steps."""

import mpmath
import numpy as np
import pytest

from eqcompile.kernel.quaternions import (
    SERIES_BELOW,
    along_both,
    pulled_back,
    quaternions_along,
    smooth_functions,
)

SQUARES = [
    0.0,
    1e-300,
    1e-16,
    1e-8,
    1e-3,
    0.02,
    0.3,
    SERIES_BELOW * (1 - 1e-15),
    SERIES_BELOW,
    1.7,
    9.0,
    400.0,
]
DIGITS = 4e-15
"""A few units in the last place; h2 is a difference of numbers near 1/3, divided by a square of at least 1."""


@pytest.mark.parametrize("square", SQUARES)
def test_smooth_functions_against_many_digits(square: float) -> None:
    with mpmath.workdps(1000):
        if square:
            r = mpmath.sqrt(mpmath.mpf(square))
            c, s = mpmath.cos(r), mpmath.sin(r) / r
            h = (c - s) / r**2
            expected = [float(value) for value in (c, s, h, (-s - 3 * h) / r**2)]
        else:
            expected = [1.0, 1.0, -1 / 3, 1 / 15]
    found = smooth_functions.py_func(square)
    assert np.allclose(found, expected, rtol=0, atol=DIGITS)


def q(u: np.ndarray) -> np.ndarray:
    """The quaternion of a vector, as power series: complex vectors too."""
    square = (u * u).sum()
    odd, even = ([(-1) ** k / float(mpmath.factorial(2 * k + shift)) for k in range(40)] for shift in (1, 0))
    c, s = (np.polynomial.polynomial.polyval(square, terms) for terms in (even, odd))
    return np.concatenate([[c], s * u])


@pytest.mark.parametrize("size", [0.0, 1e-9, 0.4, 1.0, 3.0])
def test_derivatives_are_those_of_complex_steps(size: float) -> None:
    """Analytic functions: the imaginary part at a tiny imaginary step is the derivative, without a difference."""
    dice = np.random.default_rng(5)
    alpha, step = 0.7, 1e-30
    u, y = dice.normal(size=3), dice.normal(size=3)
    u *= size / np.linalg.norm(u)
    g = dice.normal(size=4)
    x = u / alpha
    c, s, h, h2 = smooth_functions.py_func(float(u @ u))
    assert np.allclose([c, *(s * u)], q(u), atol=1e-14)
    by_u = [g @ q(u + 1j * step * axis).imag / step for axis in np.eye(3)]
    structures = x[None, None], 0, 0, alpha
    assert np.allclose(pulled_back.py_func(*structures, s, h, *g), by_u, atol=1e-13)
    functions = np.array([[[s], [h], [h2]]])
    along = np.zeros(32)
    functions_of_tile = np.repeat(functions, 8, axis=2)
    one = np.zeros(1, np.int64)
    quaternions_along.py_func(
        x[None, None], y[None, None], 1, 0, one, np.array([alpha]), functions_of_tile, along
    )
    exact = q(u + 1j * step * alpha * y).imag / step
    assert np.allclose(along.reshape(4, 8), exact[:, None], atol=1e-13)

    def by_alpha(scale: float) -> float:
        """The derivative of q along the scaled direction, at scaled positions; its slope is what is wanted."""
        return float(g @ q(scale * x + 1j * step * scale * y).imag / step)

    slope = (by_alpha(alpha + 1e-5) - by_alpha(alpha - 1e-5)) / 2e-5
    found = along_both.py_func(*structures, y[None, None], functions, 0, 0, *g)
    assert found == pytest.approx(slope, abs=1e-8)
