r"""A vector over a prime field as one long integer, so that one multiplication acts on all amplitudes at once.

Amplitude b has its own slot of w binary digits, at place w b. A product with a field element, a sum, an exchange of
slots and a choice of slots by a mask are each one operation of long integers, as long as no slot overflows. Products
are brought back below 2p by Montgomery's reduction, in all slots at once: with R = 2^r,

.. math:: t \mapsto (t + p\,(-t\,p^{-1} \bmod R)) / R,

which is t / R modulo p. Field elements that multiply therefore come with a factor R. Nothing is rounded, and amplitudes
that are read are the least residues.

References:
    Montgomery, Math. Comp. 44, 519 (1985).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flint import fmpz

from eqcompile.exact.operators.strings import PauliKey

Packed: TypeAlias = fmpz
"""A vector; every slot is at most 2p, so that it may be negated as 2p minus itself."""

Unreduced: TypeAlias = fmpz
"""A sum of products with field elements; every slot is at most 16 * 4^n p^2."""

Turn: TypeAlias = tuple[fmpz, tuple[tuple[fmpz, fmpz], tuple[fmpz, fmpz]]]
"""A number and a matrix by rows, ready to multiply."""

LIMB = 64
"""Slots are whole machine words, so that shifts move words."""


@dataclass(frozen=True)
class Strings:
    """A sum of Pauli strings, ready to act: for every coefficient and every flip of bits, masks with signs.

    Attributes:
        groups: a coefficient times R, and for every flip the masks of a sum of strings :math:`\\pm X^x Z^z`.
    """

    groups: tuple[tuple[fmpz, tuple[tuple[int, tuple[tuple[int, int], ...]], ...]], ...]


class Packing:
    """Vectors of 2^n elements of the field of p elements, or several such vectors side by side.

    Args:
        p: a prime other than 2.
        num_qubits: n.
        i: the square root of -1 that stands for the imaginary unit.
        copies: how many vectors one integer holds.

    >>> packing = Packing(13, 1, 5)
    >>> x_plus_y = packing.strings({(1, 0): 1, (1, 1): 1})
    >>> packing.unpacked(packing.sum_of_strings(x_plus_y, packing.packed([1, 2])))  # 2 - 2i and 1 + i
    [5, 6]
    """

    def __init__(self, p: int, num_qubits: int, i: int, copies: int = 1) -> None:
        self.p, self.num_qubits, self._i, self._copies = p, num_qubits, i, copies
        # With R > 16 * 4^n p, what is reduced is below t / R + p < 2p, and its parts stay below R^2 and 2 R p < R^2.
        self._r = -(-(p.bit_length() + 2 * num_qubits + 4) // LIMB) * LIMB
        self.width = 2 * self._r
        self._length = self.width << num_qubits
        ones = self._side_by_side(self._doubled(fmpz(1)))
        self._low = ones * fmpz((1 << self._r) - 1)
        self._inverse = fmpz(-pow(p, -1, 1 << self._r) % (1 << self._r))
        self._p = fmpz(p)
        self._twice_p = ones * fmpz(2 * p)
        self._ones = ones
        self._borrow = ones * fmpz((1 << self._r) - p)
        self._odd: dict[int, fmpz] = {0: fmpz(0)}

    def packed(self, values: Sequence[int]) -> Packed:
        """The vector with these amplitudes, least residues; of several vectors one after the other."""
        size = self.width // 8
        return fmpz(int.from_bytes(b"".join([value.to_bytes(size, "little") for value in values]), "little"))

    def unpacked(self, vector: Packed) -> list[int]:
        """The amplitudes, as least residues."""
        size, total = self.width // 8, self._copies * self._length // 8
        data = int(self.least(vector)).to_bytes(total, "little")
        return [int.from_bytes(data[k : k + size], "little") for k in range(0, total, size)]

    def element(self, value: int) -> fmpz:
        """A field element, ready to multiply."""
        return fmpz((value << self._r) % self.p)

    def reduced(self, total: Unreduced, low: fmpz | None = None) -> Packed:
        """The vector whose multiple by R is given; ``low`` is for parts of a vector, see :meth:`blocks`."""
        low = self._low if low is None else low
        return (total + ((total & low) * self._inverse & low) * self._p) >> self._r

    def least(self, vector: Packed) -> Packed:
        """The same with every slot below p."""
        for _ in range(2):  # from 2p, included, to below p
            # Adding R - p carries into digit r exactly where the slot is at least p.
            over = (vector + self._borrow >> self._r) & self._ones
            vector = vector - over * self._p
        return vector

    def flipped(self, vector: Packed, x: int) -> Packed:
        """The amplitude of every basis state b at b ^ x."""
        for q in range(x.bit_length()):
            if x >> q & 1:
                shift, odd = self.width << q, self.odd(1 << q)
                vector = (vector & odd) >> shift | (vector << shift) & odd
        return vector

    def exchanged(self, vector: Packed, first: int, second: int) -> Packed:
        """Two bits of every basis state exchanged."""
        low, high = sorted((first, second))
        shift = (self.width << high) - (self.width << low)
        # Slots with the low bit alone change places with those with the high bit alone, which stand further up.
        alone = self.odd(1 << low) - (self.odd(1 << low) & self.odd(1 << high))
        change = (vector >> shift ^ vector) & alone
        return vector ^ change ^ change << shift

    def odd(self, z: int) -> fmpz:
        """All digits of the slots whose basis states have an odd number of bits in common with z."""
        if z not in self._odd:
            mask, size = fmpz(0), self.width
            for q in range(self.num_qubits):
                other = mask ^ (fmpz(1) << size) - 1 if z >> q & 1 else mask
                mask, size = mask | other << size, size * 2
            self._odd[z] = self._side_by_side(mask)
        return self._odd[z]

    def strings(self, terms: Mapping[PauliKey, int]) -> Strings:
        """Read a sum of literal Pauli strings with coefficients in the field."""
        groups: dict[int, dict[int, list[tuple[int, int]]]] = {}
        for (x, z), value in terms.items():
            # A literal string is i^|x and z| X^x Z^z. Coefficients that differ by a sign share a multiplication.
            value = value * pow(self._i, (x & z).bit_count() % 4, self.p) % self.p
            sign = 1 if 2 * value < self.p else -1
            groups.setdefault(sign * value % self.p, {}).setdefault(x, []).append((z, sign))
        return Strings(
            tuple(
                (self.element(value), tuple((x, tuple(masks)) for x, masks in by_x.items()))
                for value, by_x in groups.items()
                if value
            )
        )

    def sum_of_strings(self, strings: Strings, vector: Packed) -> Packed:
        """A sum of Pauli strings applied to the vector."""
        return self.reduced(self.products(strings, vector))

    def products(self, strings: Strings, vector: Packed) -> Unreduced:
        """The same, not yet reduced; every slot is at most 12 * 4^n p^2, which leaves room for two more vectors."""
        total = fmpz(0)
        for value, by_x in strings.groups:
            plus, minus, count = fmpz(0), fmpz(0), 0
            for x, masks in by_x:
                # X^x Z^z takes b to b ^ x with the sign of z at b; v minus twice its odd part is the signed v.
                kept = sum(sign for _, sign in masks)
                here = vector * kept if kept > 0 else fmpz(0)
                away = vector * -kept if kept < 0 else fmpz(0)
                for z, sign in masks:
                    if z:
                        part = (vector & self.odd(z)) << 1
                        here, away = (here, away + part) if sign > 0 else (here + part, away)
                plus, minus = plus + self.flipped(here, x), minus + self.flipped(away, x)
                count += 3 * len(masks)
            # Each mask adds at most 6p to what is taken off, and no slot may fall below zero.
            total += (plus + self._twice_p * count - minus) * value
        return total

    def blocks(self, products: Sequence[tuple[Sequence[Sequence[int]], Packed]]) -> Packed:
        """The sum of matrices applied to the highest bits of all basis states, each to a single vector of its own.

        Args:
            products: one or two pairs of a matrix, as rows of field elements, 2^k of them for k bits, and a vector.
        """
        rows = len(products[0][0])
        length = self._length // rows
        whole = (fmpz(1) << length) - 1
        low = self._low & whole
        parts = [vector >> length * j & whole for _, vector in products for j in range(rows)]
        out = fmpz(0)
        for i in range(rows):
            total = fmpz(0)
            for value, part in zip((v for matrix, _ in products for v in matrix[i]), parts, strict=True):
                if value:
                    total += part * self.element(value)
            out = out | self.reduced(total, low) << length * i
        return out

    def turned(self, vector: Packed, qubit: int, flip: int, turns: Sequence[Turn]) -> Packed:
        r"""The operator :math:`c + X^{\text{flip}} S` on every vector, S a matrix on one qubit.

        Args:
            vector: as many vectors as there are copies.
            qubit: the qubit that S acts on.
            flip: qubits that X acts on, other than this one.
            turns: c and the rows of S for each copy.
        """
        odd = self.odd(1 << qubit)
        ones, shift = vector & odd, self.width << qubit
        zeros = vector - ones
        whole = (fmpz(1) << self._length) - 1
        kept, moved = fmpz(0), fmpz(0)
        for copy, (c, ((a, b), (d, e))) in enumerate(turns):
            place = self._length * copy
            zero, one = zeros >> place & whole, ones >> place & whole
            kept = kept | (zero + one) * c << place
            moved = moved | zero * a + (one * b >> shift) + (zero * d << shift) + one * e << place
        return self.reduced(kept + self.flipped(moved, flip))

    def _doubled(self, slot: fmpz) -> fmpz:
        """The content of a slot in all slots of a vector."""
        size = self.width
        for _ in range(self.num_qubits):
            slot, size = slot | slot << size, size * 2
        return slot

    def _side_by_side(self, vector: fmpz) -> fmpz:
        return sum((vector << self._length * copy for copy in range(self._copies)), start=fmpz(0))
