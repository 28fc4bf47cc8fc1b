r"""Clifford unitaries: they take every Pauli string to a Pauli string or to minus one.

Strings are kept as :math:`i^k X^x Z^z`, whose products need masks and a sign only:
:math:`X^{x_1} Z^{z_1} X^{x_2} Z^{z_2} = (-1)^{|z_1 \wedge x_2|} X^{x_1 \oplus x_2} Z^{z_1 \oplus z_2}`.
"""

from collections.abc import Sequence
from functools import cached_property
from itertools import combinations
from math import gcd, lcm
from typing import TypeAlias

from eqcompile.exact.arithmetic.scalars import ONE, is_rational, real_part, to_fraction
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute

Phased: TypeAlias = tuple[int, int, int]
r"""``(x, z, k)``, which is :math:`i^k X^x Z^z`."""

CHUNK = 4
"""Qubits whose 4^CHUNK strings have their images in one table."""


class Clifford:
    """A Clifford unitary on operators, by the images of X and Z of every qubit.

    Args:
        x_images, z_images: the images of X and of Z of qubit 0, 1, ...

    >>> swap = clifford([PauliSum.parse(text, 2) for text in ("X1", "X0")], [PauliSum.parse("-Z1", 2)] * 2)
    >>> swap.image((1, 1))  # Y0 = i X0 Z0
    ((2, 2), -1)
    """

    def __init__(self, x_images: Sequence[Phased], z_images: Sequence[Phased]) -> None:
        self.x_images, self.z_images = tuple(x_images), tuple(z_images)

    def image(self, key: PauliKey) -> tuple[PauliKey, int]:
        """The image of a string, and its sign."""
        x, z = key
        total: Phased = (0, 0, 0)
        place = 0
        while x or z:
            part = self._tables[place][x & _LOW | (z & _LOW) << CHUNK]
            total = _product(total, part)
            x, z, place = x >> CHUNK, z >> CHUNK, place + 1
        x, z, k = total
        # A literal string is i^|x and z| X^x Z^z, and only signs are left over.
        return (x, z), 1 - (k - (x & z).bit_count()) % 4

    def image_of(self, op: PauliSum) -> PauliSum:
        """The image of an operator."""
        images = [(self.image(key), value) for key, value in op.terms.items()]
        return PauliSum(op.num_qubits, {key: value * sign for (key, sign), value in images})

    @cached_property
    def _tables(self) -> list[list[Phased]]:
        """The images of all strings on the first few qubits, on the next few, and so on."""
        places = range(0, len(self.x_images), CHUNK)
        return [_table(self.x_images[q : q + CHUNK], self.z_images[q : q + CHUNK]) for q in places]


_LOW = (1 << CHUNK) - 1


def clifford(x_images: Sequence[PauliSum], z_images: Sequence[PauliSum]) -> Clifford | None:
    """The Clifford unitary with these images of X and Z of every qubit; ``None`` if one is more than a signed string.

    Args:
        x_images, z_images: the images under conjugation by one unitary.
    """
    images = [_phased(op) for op in (*x_images, *z_images)]
    known = [image for image in images if image is not None]
    if len(known) < len(images):
        return None
    return Clifford(known[: len(x_images)], known[len(x_images) :])


def quarter_turns(generator: PauliSum) -> Clifford | None:
    r"""The Clifford unitary :math:`e^{-i \phi T}` with the smallest angle, for a Hermitian sum T of commuting strings.

    For :math:`T = \sum_k c_k P_k` with :math:`c_k = m_k g` and whole numbers :math:`m_k`, the angle is
    :math:`\pi / 4 g`, and :math:`e^{-i m \pi P / 4}` takes what anticommutes with P to :math:`(-i P)^m` times it.

    Returns:
        ``None`` if strings anticommute or their coefficients are not in rational proportion.

    >>> turn = quarter_turns(PauliSum.parse("1/2*Z0 + 1/2*Z1", 2))
    >>> turn.image((1, 0)), turn.image((1, 1))  # X0 to Y0, and Y0 to -X0
    (((1, 1), 1), ((1, 0), -1))
    >>> quarter_turns(PauliSum.parse("X0 + Z0", 1))
    """
    terms = {key: real_part(value) for key, value in generator.without_identity().terms.items()}
    if not terms or any(anticommute(*pair) for pair in combinations(terms, 2)):
        return None
    size = abs(next(iter(terms.values())))
    ratios = {key: value / size for key, value in terms.items()}
    if not all(map(is_rational, ratios.values())):
        return None
    fractions = {key: to_fraction(value) for key, value in ratios.items()}
    common = lcm(*(value.denominator for value in fractions.values()))
    whole = {key: int(value * common) for key, value in fractions.items()}
    step = gcd(*whole.values())
    turns = {key: value // step for key, value in whole.items()}

    def turned(x: int, z: int) -> Phased:
        out = (x, z, 0)
        for key, times in turns.items():
            if anticommute(key, (x, z)):
                for _ in range(times % 4):
                    a, b, k = _product((*key, (key[0] & key[1]).bit_count()), out)
                    out = (a, b, (k + 3) % 4)
        return out

    qubits = range(generator.num_qubits)
    return Clifford([turned(1 << q, 0) for q in qubits], [turned(0, 1 << q) for q in qubits])


def _phased(op: PauliSum) -> Phased | None:
    """A single string with coefficient 1 or -1."""
    if len(op) != 1:
        return None
    ((x, z), value) = next(iter(op.terms.items()))
    if value not in (ONE, -ONE):
        return None
    return x, z, ((x & z).bit_count() + (0 if value == ONE else 2)) % 4


def _product(left: Phased, right: Phased) -> Phased:
    (x, z, k), (a, b, m) = left, right
    return x ^ a, z ^ b, (k + m + 2 * (z & a).bit_count()) & 3


def _table(x_images: Sequence[Phased], z_images: Sequence[Phased]) -> list[Phased]:
    """The images of the literal strings, numbered by x + 2^CHUNK z."""
    xs, zs = _products(x_images), _products(z_images)
    return [
        _product((0, 0, (a & b).bit_count()), _product(xs[a & len(xs) - 1], zs[b & len(zs) - 1]))
        for b in range(1 << CHUNK)
        for a in range(1 << CHUNK)
    ]


def _products(images: Sequence[Phased]) -> list[Phased]:
    """Products of all subsets, numbered by bits; these commute with one another."""
    out: list[Phased] = [(0, 0, 0)]
    for image in images:
        out += [_product(part, image) for part in out]
    return out
