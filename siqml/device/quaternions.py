r"""Encoding gates as unit quaternions, and the parameter-shift rule along great circles of them.

An encoding gate is :math:`e^{-i v\cdot\tau} = q_0 - i\, \vec q\cdot\tau` with :math:`v = \alpha x`,
:math:`q = (\cos|v|, \operatorname{sinc}|v|\; v)` and :math:`\tau = \sigma`, or :math:`\sigma X` with a parity qubit.
An expectation value is a quadratic form in the quaternion of each gate, :math:`f = q^T A\, q`. For the direction
:math:`p = \partial q / \partial v_k`, which is orthogonal to q, two values give the derivative exactly:

.. math:: \frac{\partial f}{\partial v_k} = 2\, q^T A\, p
          = |p| \left[ f(q_+) - f(q_-) \right], \qquad q_\pm = \frac{q \pm \hat p}{\sqrt 2}.

This is the two-term shift rule on the great circle through q and p, a quarter of its half turn to either side. Both
quaternions are again encoding gates, of other vectors. Nothing is singular: q is a smooth function of x, also at the
zero vector and on the axes, where azimuth and elevation have no derivative.

References:
    Mitarai et al., Phys. Rev. A 98, 032309 (2018), and Schuld et al., Phys. Rev. A 99, 032331 (2019), on the
    two-term rule.
"""

from typing import Final

import numpy as np

from siqml.molecule.structures import Array

SMALL_LENGTH: Final = 0.05
"""Length below which the series to sixth order is exact to double precision, while the closed form loses digits."""


def quaternion(v: Array) -> Array:
    """The gate of a vector: ``(..., 3)`` to ``(..., 4)``.

    >>> quaternion(np.array([0.0, 0.0, np.pi / 2])).round(12)
    array([0., 0., 0., 1.])
    """
    length = np.linalg.norm(v, axis=-1, keepdims=True)
    return np.concatenate([np.cos(length), np.sinc(length / np.pi) * v], axis=-1)


def jacobian(v: Array) -> Array:
    r"""Derivatives of the quaternion along x, y and z: ``(..., 3)`` to ``(..., 3, 4)``.

    .. math:: \frac{\partial q_0}{\partial v_k} = -\operatorname{sinc}|v|\, v_k, \qquad
              \frac{\partial \vec q}{\partial v_k} = \operatorname{sinc}|v|\, e_k
              + \frac{\cos|v| - \operatorname{sinc}|v|}{|v|^2}\, v_k v

    >>> jacobian(np.zeros(3))
    array([[-0.,  1.,  0.,  0.],
           [-0.,  0.,  1.,  0.],
           [-0.,  0.,  0.,  1.]])
    """
    square = np.sum(v * v, axis=-1)[..., None, None]
    length = np.sqrt(square)
    sinc = np.sinc(length / np.pi)
    small = length < SMALL_LENGTH
    series = -1 / 3 + square / 30 - square**2 / 840 + square**3 / 45360
    bend = np.where(small, series, (np.cos(length) - sinc) / np.where(small, 1.0, square))
    vector = sinc * np.eye(3) + bend * v[..., :, None] * v[..., None, :]
    return np.concatenate([-sinc * v[..., :, None], vector], axis=-1)


def shifted(v: Array) -> tuple[Array, Array]:
    """The gates that the rule evaluates, and the factors of their differences.

    Args:
        v: scale times position, ``(..., 3)``.

    Returns:
        quaternions ``(..., 3, 2, 4)``, for each derivative the upper and the lower one, and factors ``(..., 3)``.
        A derivative that vanishes has the factor 0.
    """
    directions = jacobian(v)
    factors = np.linalg.norm(directions, axis=-1)
    unit = directions / np.where(factors > 0, factors, 1.0)[..., None]
    centre = quaternion(v)[..., None, :]
    return np.stack([centre + unit, centre - unit], axis=-2) / np.sqrt(2), factors


def gate_angles(q: Array) -> Array:
    """Azimuth, elevation and turn of gates, as circuits take them: ``(..., 4)`` to ``(..., 3)``.

    >>> gate_angles(quaternion(np.array([0.0, 0.3, 0.0]))).round(12)
    array([1.57079633, 0.        , 0.6       ])
    """
    scalar, x, y, z = np.moveaxis(q, -1, 0)
    across = np.hypot(x, y)
    turn = 2 * np.arctan2(np.hypot(across, z), scalar)
    return np.stack([np.arctan2(y, x), np.arctan2(z, across), turn], axis=-1)
