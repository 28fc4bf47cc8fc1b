"""The encoding as a quaternion: the smooth functions to the last digits, derivatives against complex steps."""

import mpmath
import numpy as np
import pytest

from eqcompile.kernel.quaternions import SERIES_BELOW, Quaternions, smooth_functions

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
    found = [float(value) for value in smooth_functions(np.array(square))]
    assert np.allclose(found, expected, rtol=0, atol=DIGITS)


@pytest.mark.parametrize("size", [0.0, 1e-9, 0.4, 1.0, 3.0])
def test_derivatives_are_those_of_complex_steps(size: float) -> None:
    """Analytic functions: the imaginary part at a tiny imaginary step is the derivative, without a difference."""
    dice = np.random.default_rng(5)
    u = dice.normal(size=(3, 2, 3))
    u *= size / np.linalg.norm(u, axis=-1, keepdims=True)
    w, y = dice.normal(size=(2, 3, 2, 3))

    def q(v: np.ndarray) -> np.ndarray:
        square = (v * v).sum(-1)
        odd, even = (
            [(-1) ** k / float(mpmath.factorial(2 * k + shift)) for k in range(40)] for shift in (1, 0)
        )
        c, s = (np.polynomial.polynomial.polyval(square, terms) for terms in (even, odd))
        return np.concatenate([c[..., None], s[..., None] * v], axis=-1)

    found = Quaternions(u)
    step = 1e-30
    assert np.allclose(found.value, q(u), atol=1e-14)
    assert np.allclose(found.along(w), q(u + 1j * step * w).imag / step, atol=1e-13)
    further, back = (Quaternions(u + t * y).along(w) for t in (1e-5, -1e-5))
    assert np.allclose(found.along_both(w, y), (further - back) / 2e-5, atol=1e-8)
    assert np.allclose(found.along_both(w, y), found.along_both(y, w), atol=1e-15)
    cotangent = dice.normal(size=(3, 2, 4))
    pulled = found.pulled_back(cotangent)
    assert np.allclose((pulled * w).sum(), (cotangent * found.along(w)).sum(), atol=1e-13)
