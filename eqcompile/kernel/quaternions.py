r"""The encoding gate as a quaternion, with its first and second derivatives, for a tile of eight structures.

For :math:`u = \alpha x` the gate is :math:`e^{-i\,u \cdot \sigma} = c - i\,s\;u \cdot \sigma` with
:math:`c = \cos |u|` and :math:`s = \sin |u| / |u|`; its quaternion is :math:`q(u) = (c, s\,u)`. With
:math:`h = (c - s)/|u|^2` and :math:`h_2 = (-s - 3h)/|u|^2`, all of them smooth functions of :math:`|u|^2`,

.. math::
    \partial_w q = (-s\,u{\cdot}w,\; s\,w + h\,(u{\cdot}w)\,u), \qquad
    \partial_w \partial_y q = (-s\,w{\cdot}y - h\,(u{\cdot}w)(u{\cdot}y),\;
    h\,[(u{\cdot}y)\,w + (u{\cdot}w)\,y + (w{\cdot}y)\,u] + h_2\,(u{\cdot}w)(u{\cdot}y)\,u) .
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from math import cos, factorial, sin, sqrt
from typing import Final

from numba import njit

from eqcompile.kernel.gates import INNER

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
_SERIES = tuple(zip(_COS, _SINC, _H, _H2, strict=False))[::-1]


@njit(**INNER)
def smooth_functions(square):
    """c, s, h and h2 at a squared angle, to double precision everywhere, zero included."""
    if square < SERIES_BELOW:
        c = s = h = h2 = 0.0
        for terms in _SERIES:
            c, s = c * square + terms[0], s * square + terms[1]
            h, h2 = h * square + terms[2], h2 * square + terms[3]
        return c, s, h, h2
    r = sqrt(square)
    c, s = cos(r), sin(r) / r
    h = (c - s) / square
    return c, s, h, (-s - 3 * h) / square


@njit(**INNER)
def quaternions_of(x, rows, first, site, alpha, q, functions):
    """The quaternions of a tile.

    Args:
        x: positions ``(n, num_sites, 3)``.
        rows: number of structures; the last is repeated where a tile has room for more.
        first: first structure of the tile.
        site: the site of every quaternion.
        alpha: its scale.
        q: written, ``(keys, 4, 8)`` flat.
        functions: s, h and h2, ``(keys, 3, 8)``, written.
    """
    for k in range(site.shape[0]):
        for b in range(8):
            row = min(first + b, rows - 1)
            u0 = alpha[k] * x[row, site[k], 0]
            u1 = alpha[k] * x[row, site[k], 1]
            u2 = alpha[k] * x[row, site[k], 2]
            c, s, h, h2 = smooth_functions(u0 * u0 + u1 * u1 + u2 * u2)
            q[32 * k + b] = c
            q[32 * k + 8 + b] = s * u0
            q[32 * k + 16 + b] = s * u1
            q[32 * k + 24 + b] = s * u2
            functions[k, 0, b] = s
            functions[k, 1, b] = h
            functions[k, 2, b] = h2


@njit(**INNER)
def quaternions_along(x, y, rows, first, site, alpha, functions, dq):
    """The derivatives of a tile's quaternions along directions ``(n, num_sites, 3)`` of the positions."""
    for k in range(site.shape[0]):
        for b in range(8):
            row = min(first + b, rows - 1)
            s, h = functions[k, 0, b], functions[k, 1, b]
            uw = 0.0
            for i in range(3):
                uw += alpha[k] * x[row, site[k], i] * alpha[k] * y[row, site[k], i]
            dq[32 * k + b] = -s * uw
            for i in range(3):
                u, w = alpha[k] * x[row, site[k], i], alpha[k] * y[row, site[k], i]
                dq[32 * k + 8 + 8 * i + b] = s * w + h * uw * u


@njit(**INNER)
def pulled_back(x, row, site, alpha, s, h, g0, g1, g2, g3):
    """The gradient by u of the inner product of q(u) with a fixed quaternion g."""
    u0, u1, u2 = alpha * x[row, site, 0], alpha * x[row, site, 1], alpha * x[row, site, 2]
    turn = h * (u0 * g1 + u1 * g2 + u2 * g3) - s * g0
    return s * g1 + turn * u0, s * g2 + turn * u1, s * g3 + turn * u2


@njit(**INNER)
def along_both(x, row, site, alpha, y, functions, k, b, g0, g1, g2, g3):
    r"""The inner product of g with the derivative, by alpha, of the derivative of q along alpha y.

    That is :math:`g \cdot (\partial_x \partial_{\alpha y} q + \partial_y q)`.
    """
    s, h, h2 = functions[k, 0, b], functions[k, 1, b], functions[k, 2, b]
    ux = uy = xy = gu = gx = gy = 0.0
    for i in range(3):
        g = g1 if i == 0 else g2 if i == 1 else g3
        v, w = x[row, site, i], y[row, site, i]
        u = alpha * v
        ux += u * v
        uy += u * w
        xy += v * w
        gu += g * u
        gx += g * v
        gy += g * w
    both = g0 * (-s * xy - h * ux * uy) + h * (uy * gx + ux * gy + xy * gu) + h2 * ux * uy * gu
    return alpha * both + (s * gy + h * uy * gu - g0 * s * uy)
