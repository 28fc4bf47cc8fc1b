r"""Sums of Pauli strings over a prime field, in the form :math:`\sum c_{x,z} X^x Z^z`.

With :math:`Y = i X Z`, no phase other than a sign ever appears:
:math:`X^a Z^b \, X^c Z^d = (-1)^{|b \wedge c|} X^{a \oplus c} Z^{b \oplus d}`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Terms: TypeAlias = dict[tuple[int, int], int]
"""Coefficient of every :math:`X^x Z^z`, without zeros, keyed by the masks (x, z)."""

Amplitudes: TypeAlias = dict[int, int]
"""Amplitude of every basis state, without zeros."""

UNIT = (0, 0)


def product(left: Terms, right: Terms, p: int) -> Terms:
    """The product of two sums.

    >>> product({(0, 1): 1}, {(1, 0): 1}, 7)   # Z X = -X Z
    {(1, 1): 6}
    """
    out: Terms = {}
    for (a, b), v in left.items():
        for (c, d), w in right.items():
            key = (a ^ c, b ^ d)
            out[key] = out.get(key, 0) + (-v * w if (b & c).bit_count() & 1 else v * w)
    return reduced(out, p)


def combined(parts: Sequence[tuple[int, Terms]], p: int) -> Terms:
    """A linear combination of sums."""
    out: Terms = {}
    for factor, terms in parts:
        for key, value in terms.items():
            out[key] = out.get(key, 0) + factor * value
    return reduced(out, p)


def commutator(left: Terms, right: Terms, p: int) -> Terms:
    """``left right - right left``; strings that commute cost nothing."""
    out: Terms = {}
    for (a, b), v in left.items():
        for (c, d), w in right.items():
            sign = (b & c).bit_count() & 1
            if sign != (d & a).bit_count() & 1:
                key = (a ^ c, b ^ d)
                out[key] = out.get(key, 0) + (-2 * v * w if sign else 2 * v * w)
    return reduced(out, p)


def reduced(terms: Mapping[tuple[int, int], int], p: int) -> Terms:
    """Coefficients modulo p, zeros dropped."""
    return {key: value % p for key, value in terms.items() if value % p}


def moved(terms: Terms, images: Sequence[int], p: int) -> Terms:
    """The sum with qubit q moved to ``images[q]``."""
    return reduced({(moved_bits(x, images), moved_bits(z, images)): v for (x, z), v in terms.items()}, p)


def moved_bits(bits: int, images: Sequence[int]) -> int:
    """The bits with bit q moved to ``images[q]``; bits beyond the images stay.

    >>> moved_bits(0b101, [1, 2, 0])
    3
    """
    out = bits >> len(images) << len(images)
    for q, image in enumerate(images):
        out |= (bits >> q & 1) << image
    return out


def mask_of(terms: Terms) -> int:
    """The qubits that the sum touches, as bits."""
    mask = 0
    for x, z in terms:
        mask |= x | z
    return mask


@dataclass(frozen=True)
class Operator:
    """A sum and its adjoint, both read from the same text."""

    terms: Terms
    adjoint: Terms

    @property
    def is_hermitian(self) -> bool:
        """Whether the two agree."""
        return self.terms == self.adjoint


def conjugated(terms: Terms, unitary: Operator, p: int) -> Terms:
    """``U A U^dagger``; terms that U does not touch are left unchanged."""
    mask = mask_of(unitary.terms)
    touched = {key: value for key, value in terms.items() if (key[0] | key[1]) & mask}
    if not touched:
        return terms
    rest = {key: value for key, value in terms.items() if key not in touched}
    image = product(product(unitary.terms, touched, p), unitary.adjoint, p)
    return combined([(1, rest), (1, image)], p)


def applied(terms: Terms, state: Amplitudes, p: int) -> Amplitudes:
    """The sum applied to a state."""
    out: Amplitudes = {}
    for (x, z), value in terms.items():
        for bits, amplitude in state.items():
            change = -value * amplitude if (z & bits).bit_count() & 1 else value * amplitude
            out[bits ^ x] = out.get(bits ^ x, 0) + change
    return {bits: value % p for bits, value in out.items() if value % p}


def parallel(left: Amplitudes, right: Amplitudes, p: int) -> bool:
    """Whether the first state is a multiple of the second, which is not zero."""
    bits, amplitude = next(iter(right.items()))
    ratio = left.get(bits, 0) * pow(amplitude, -1, p) % p
    return left == {b: v * ratio % p for b, v in right.items() if v * ratio % p}


def strings_of(terms: Terms) -> Iterator[Terms]:
    """Every string with its coefficient."""
    return ({key: value} for key, value in terms.items())
