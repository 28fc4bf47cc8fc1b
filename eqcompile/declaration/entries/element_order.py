"""The order of one unitary up to a phase, without listing its powers if it is a Clifford."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import lcm
from typing import TypeAlias

from eqcompile.exact.arithmetic.scalars import ONE
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey, product_phase
from eqcompile.symmetry.maps import UnitaryMap

MAX_ORDER = 360
"""Order of a single unitary element, up to a phase. Beyond it, refused: write an element of lower order."""

Signed: TypeAlias = tuple[PauliKey, int]
"""A Pauli string and the power of i in front of it."""


def order_up_to_phase(unitary: UnitaryMap) -> int | None:
    """The least power that conjugates every operator to itself; ``None`` beyond ``MAX_ORDER``.

    >>> hadamard = PauliSum.parse("sqrt(2)/2*(X0 + Z0)", 1)
    >>> order_up_to_phase(UnitaryMap(1, (hadamard,)))
    2
    """
    if (tableau := _tableau(unitary)) is not None:
        return _clifford_order(tableau)
    order: int | None = 1
    for probe in _letters(unitary):
        if order is not None:
            order = _joined(order, _orbit_length(unitary, probe))
    return order


def _letters(unitary: UnitaryMap) -> list[PauliSum]:
    """X and Z of every qubit it touches: they generate all operators there."""
    qubits = sorted({q for factor in unitary.factors for q in factor.support})
    return [PauliSum.string(unitary.num_qubits, {q: name}) for q in qubits for name in "XZ"]


def _orbit_length(unitary: UnitaryMap, probe: PauliSum) -> int:
    image, length = unitary.conjugate(probe), 1
    while image != probe and length <= MAX_ORDER:
        image, length = unitary.conjugate(image), length + 1
    return length


def _joined(order: int, length: int) -> int | None:
    common = lcm(order, length)
    return common if common <= MAX_ORDER else None


@dataclass(frozen=True)
class _Tableau:
    """The images of X and Z on each qubit under a Clifford: Pauli strings with a sign."""

    images: Mapping[PauliKey, Signed]

    def image(self, string: Signed) -> Signed:
        """The product of the images of the string's letters; a Y is i times X times Z."""
        (x, z), power = string
        key, power = IDENTITY, power + (x & z).bit_count()
        for letter in (*((bit, 0) for bit in _bits(x)), *((0, bit) for bit in _bits(z))):
            target, turn = self.images[letter]
            power += turn + product_phase(key, target)
            key = key[0] ^ target[0], key[1] ^ target[1]
        return key, power % 4

    def after(self, first: Mapping[PauliKey, Signed]) -> "_Tableau":
        """Another Clifford first, then this one. Letters that the other one leaves unchanged need not be listed."""
        changed = {letter: self.image(string) for letter, string in first.items()}
        return _Tableau({**self.images, **changed})

    def power(self, exponent: int) -> "_Tableau":
        """The power, by repeated squaring."""
        if exponent == 1:
            return self
        half = self.power(exponent // 2)
        square = half.after(half.images)
        return self.after(square.images) if exponent % 2 else square


def _bits(mask: int) -> Iterator[int]:
    while mask:
        yield mask & -mask
        mask &= mask - 1


def _tableau(unitary: UnitaryMap) -> _Tableau | None:
    """Built from the last factor to the first, so that each changes only the letters of its own qubits."""
    images = {next(iter(letter)): (next(iter(letter)), 0) for letter in _letters(unitary)}
    for factor in reversed(unitary.factors):
        single = UnitaryMap(unitary.num_qubits, (factor,))
        changed: dict[PauliKey, Signed] = {}
        for letter in _letters(single):
            moved = single.conjugate(letter)
            if len(moved) != 1:
                return None
            ((key, value),) = moved.terms.items()
            changed[next(iter(letter))] = key, 0 if value == ONE else 2
        tableau = _Tableau(images)
        images |= {letter: tableau.image(string) for letter, string in changed.items()}
    return _Tableau(images)


def _clifford_order(tableau: _Tableau) -> int | None:
    """Grow the power until it fixes one letter after another; it grows only a few times."""
    order, grown = 1, tableau
    for letter in tableau.images:
        if grown.images[letter] == (letter, 0):
            continue
        string, length = tableau.images[letter], 1
        while string != (letter, 0):
            string, length = tableau.image(string), length + 1
            if length > MAX_ORDER:
                return None
        if (joined := _joined(order, length)) is None:
            return None
        order, grown = joined, tableau.power(joined)
    return order
