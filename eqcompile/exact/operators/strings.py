"""Pauli strings as bit masks, and products of sums of them."""

from collections.abc import Mapping
from typing import TypeAlias

from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar, times_power_of_i

PauliKey: TypeAlias = tuple[int, int]
"""Bit masks ``(x, z)`` of one Pauli string: bit q of x is set for X or Y on qubit q, bit q of z for Z or Y."""

IDENTITY: PauliKey = (0, 0)

FEW = 8
"""Qubits up to which a support is read bit by bit; each bit costs a pass over the whole mask."""

Terms: TypeAlias = Mapping[PauliKey, Scalar]
"""The coefficient of each string."""


def product_phase(left: PauliKey, right: PauliKey) -> int:
    r"""Exponent k in ``P Q = i^k R`` for literal strings, where R has masks ``left ^ right``.

    A string with masks (x, z) is :math:`i^{|x \wedge z|} X^x Z^z`; moving :math:`Z^{z_1}` past
    :math:`X^{x_2}` costs :math:`(-1)^{|z_1 \wedge x_2|}`.

    >>> product_phase((1, 0), (1, 1))   # X Y = i Z
    1
    """
    (x1, z1), (x2, z2) = left, right
    ys = (x1 & z1).bit_count() + (x2 & z2).bit_count() - ((x1 ^ x2) & (z1 ^ z2)).bit_count()
    return (ys + 2 * (z1 & x2).bit_count()) % 4


def anticommute(left: PauliKey, right: PauliKey) -> bool:
    """Whether two Pauli strings anticommute."""
    return ((left[0] & right[1]).bit_count() + (left[1] & right[0]).bit_count()) % 2 == 1


def support_of(key: PauliKey) -> tuple[int, ...]:
    """Qubits on which the string is not the identity, ascending."""
    mask = key[0] | key[1]
    if mask.bit_count() > FEW:
        return tuple([q for q, digit in enumerate(bin(mask)[:1:-1]) if digit == "1"])
    out = []
    while mask:
        out.append((mask & -mask).bit_length() - 1)
        mask &= mask - 1
    return tuple(out)


def letter(key: PauliKey, qubit: int) -> str:
    """The letter ``I``, ``X``, ``Y`` or ``Z`` of the string on one qubit."""
    return "IXZY"[(key[0] >> qubit & 1) + 2 * (key[1] >> qubit & 1)]


def pauli_key(letters: Mapping[int, str]) -> PauliKey:
    """Masks of the string with the given letter on each named qubit.

    >>> pauli_key({0: "X", 2: "Y"})
    (5, 4)
    """
    x = sum(1 << q for q, name in letters.items() if name in "XY")
    z = sum(1 << q for q, name in letters.items() if name in "YZ")
    return x, z


def heisenberg_terms(i: int, j: int) -> Terms:
    """``X_i X_j + Y_i Y_j + Z_i Z_j``, the Heisenberg term of paper Eq. 5 with J = 1.

    Raises:
        DimensionError: the two qubits are the same.
    """
    if i == j:
        raise DimensionError(f"H({i},{j}) couples a qubit to itself; name two different qubits")
    return {pauli_key({i: name, j: name}): ONE for name in "XYZ"}


def multiplied(left: Terms, right: Terms) -> dict[PauliKey, Scalar]:
    """The product of two sums; coefficients may have become zero."""
    out: dict[PauliKey, Scalar] = {}
    for one, a in left.items():
        for other, b in right.items():
            key = (one[0] ^ other[0], one[1] ^ other[1])
            out[key] = out.get(key, ZERO) + times_power_of_i(a * b, product_phase(one, other))
    return out
