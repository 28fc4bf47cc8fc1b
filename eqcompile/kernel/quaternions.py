r"""The encoding gate as a quaternion, with its first and second derivatives.

For :math:`u = \alpha x` the gate is :math:`e^{-i\,u \cdot \sigma} = c - i\,s\;u \cdot \sigma` with
:math:`c = \cos |u|` and :math:`s = \sin |u| / |u|`; its quaternion is :math:`q(u) = (c, s\,u)`. With
:math:`h = (c - s)/|u|^2` and :math:`h_2 = (-s - 3h)/|u|^2`, all of them smooth functions of :math:`|u|^2`,

.. math::
    \partial_w q = (-s\,u{\cdot}w,\; s\,w + h\,(u{\cdot}w)\,u), \qquad
    \partial_w \partial_y q = (-s\,w{\cdot}y - h\,(u{\cdot}w)(u{\cdot}y),\;
    h\,[(u{\cdot}y)\,w + (u{\cdot}w)\,y + (w{\cdot}y)\,u] + h_2\,(u{\cdot}w)(u{\cdot}y)\,u) .
"""

from dataclasses import dataclass
from functools import cached_property
from math import factorial
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SERIES_BELOW: Final = 1.0
"""Squared angle below which the smooth functions are summed as power series, where quotients would lose digits."""

_TERMS: Final = 12
"""Terms of the series: the next one is below 1e-24 at the squared angle 1."""

_ALTERNATING = [(-1) ** k for k in range(_TERMS + 2)]
_COS = [sign / factorial(2 * k) for k, sign in enumerate(_ALTERNATING)]
_SINC = [sign / factorial(2 * k + 1) for k, sign in enumerate(_ALTERNATING)]
# c - s has no constant term, nor has -s - 3h: division by the square shifts the coefficients by one place.
_H = [c - s for c, s in zip(_COS, _SINC, strict=True)][1:]
_H2 = [-s - 3 * h for s, h in zip(_SINC, _H, strict=False)][1:]


def smooth_functions(square: Array) -> tuple[Array, Array, Array, Array]:
    """c, s, h and h2 at the squared angle, to double precision everywhere, zero included.

    >>> [float(value) for value in smooth_functions(np.zeros(()))][:2]
    [1.0, 1.0]
    """
    small = square < SERIES_BELOW
    safe = np.where(small, SERIES_BELOW, square)
    r = np.sqrt(safe)
    c, s = np.cos(r), np.sin(r) / r
    h = (c - s) / safe
    direct = c, s, h, (-s - 3 * h) / safe
    near = np.where(small, square, 0.0)
    series = (np.polynomial.polynomial.polyval(near, terms) for terms in (_COS, _SINC, _H, _H2))
    c, s, h, h2 = (np.where(small, n, d) for n, d in zip(series, direct, strict=True))
    return c, s, h, h2


@dataclass(frozen=True)
class Quaternions:
    """The encodings of many structures.

    Attributes:
        u: alpha x, ``(n, keys, 3)``.
    """

    u: Array

    @cached_property
    def _functions(self) -> tuple[Array, Array, Array, Array]:
        return smooth_functions((self.u * self.u).sum(-1))

    @cached_property
    def value(self) -> Array:
        """q, ``(n, keys, 4)``."""
        c, s, _, _ = self._functions
        return np.concatenate([c[..., None], s[..., None] * self.u], axis=-1)

    def along(self, w: Array) -> Array:
        """The derivative of q along w, ``(n, keys, 4)``."""
        _, s, h, _ = self._functions
        uw = (self.u * w).sum(-1)
        return np.concatenate(
            [(-s * uw)[..., None], s[..., None] * w + (h * uw)[..., None] * self.u], axis=-1
        )

    def along_both(self, w: Array, y: Array) -> Array:
        """The second derivative of q along w and y, ``(n, keys, 4)``."""
        _, s, h, h2 = self._functions
        uw, uy, wy = ((a * b).sum(-1) for a, b in ((self.u, w), (self.u, y), (w, y)))
        first = -wy * s - uw * uy * h
        rest = (h * uy)[..., None] * w + (h * uw)[..., None] * y + (h * wy + h2 * uw * uy)[..., None] * self.u
        return np.concatenate([first[..., None], rest], axis=-1)

    def pulled_back(self, cotangent: Array) -> Array:
        """The gradient by u of the inner product of q with a fixed ``(..., n, keys, 4)``: ``(..., n, keys, 3)``."""
        _, s, h, _ = self._functions
        rest = cotangent[..., 1:]
        turn = h * (self.u * rest).sum(-1) - s * cotangent[..., 0]
        return np.asarray(s[..., None] * rest + turn[..., None] * self.u)
