"""Compact Lie groups through their Lie algebras."""

from dataclasses import dataclass
from typing import TypeAlias

AXES = ("x", "y", "z")

Matrix3: TypeAlias = tuple[tuple[int, int, int], ...]


def levi_civita(a: int, b: int, c: int) -> int:
    """The antisymmetric symbol on indices 0, 1, 2.

    >>> levi_civita(0, 1, 2), levi_civita(1, 0, 2), levi_civita(0, 0, 2)
    (1, -1, 0)
    """
    return (a - b) * (b - c) * (c - a) // 2


def so3_generator(axis: int) -> Matrix3:
    r"""The matrix :math:`L_a` with :math:`r_a(\phi) = e^{\phi L_a}` the right-handed rotation about axis a.

    :math:`(L_a)_{cb} = \epsilon_{abc}`, so :math:`L_z e_x = e_y`.

    >>> so3_generator(2)
    ((0, -1, 0), (1, 0, 0), (0, 0, 0))
    """
    r0, r1, r2 = (tuple(levi_civita(axis, b, c) for b in range(3)) for c in range(3))
    return (r0, r1, r2)  # type: ignore[return-value]


@dataclass(frozen=True)
class SU2:
    r"""SU(2), the double cover of SO(3), with generators :math:`[T_a, T_b] = i \epsilon_{abc} T_c`."""

    name: str = "SU(2)"

    @property
    def dimension(self) -> int:
        """Number of generators of the Lie algebra."""
        return 3

    def structure_constant(self, a: int, b: int, c: int) -> int:
        r"""The :math:`f_{abc}` in :math:`[T_a, T_b] = i f_{abc} T_c`."""
        return levi_civita(a, b, c)
