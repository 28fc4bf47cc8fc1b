"""The order of one unitary up to a phase, without listing its powers where it is a Clifford."""

from dataclasses import dataclass
from math import lcm

from eqcompile.exact.pauli import IDENTITY, PauliKey, PauliSum, product_phase
from eqcompile.exact.scalars import ONE, scalar
from eqcompile.reps.maps import UnitaryMap

MAX_ORDER = 360
"""As of a rotation; also the powers that a derivation of states looks through."""


def order_up_to_phase(unitary: UnitaryMap, num_qubits: int) -> int | None:
    """The least power that conjugates every operator to itself; ``None`` beyond ``MAX_ORDER``.

    >>> order_up_to_phase(UnitaryMap(1, (PauliSum.parse("sqrt(2)/2*(X0 + Z0)", 1),)), 1)
    2
    """
    touched = sorted({q for factor in unitary.factors for q in factor.support})
    probes = [PauliSum.string(num_qubits, {q: name}) for q in touched for name in "XZ"]
    images = [unitary.conjugate(probe) for probe in probes]
    if all(len(image) == 1 for image in images):
        return _clifford_order(_Tableau.of(probes, images))
    order: int | None = 1
    for probe, image in zip(probes, images, strict=True):
        if order is not None:
            order = _joined(order, _orbit_length(unitary, probe, image))
    return order


def _orbit_length(unitary: UnitaryMap, probe: PauliSum, image: PauliSum) -> int:
    length = 1
    while image != probe and length <= MAX_ORDER:
        image, length = unitary.conjugate(image), length + 1
    return length


def _joined(order: int, length: int) -> int | None:
    return common if (common := lcm(order, length)) <= MAX_ORDER else None


@dataclass(frozen=True)
class _Tableau:
    """What a Clifford makes of X and Z on each qubit: Pauli strings with a sign."""

    images: dict[PauliKey, tuple[PauliKey, int]]

    @classmethod
    def of(cls, probes: list[PauliSum], images: list[PauliSum]) -> "_Tableau":
        out = {}
        for probe, image in zip(probes, images, strict=True):
            ((key, value),) = image.terms.items()
            out[next(iter(probe))] = key, 0 if value == ONE else 2
            assert value in (ONE, scalar(-1)), "the image of a Hermitian string is one"
        return cls(out)

    def image(self, string: tuple[PauliKey, int]) -> tuple[PauliKey, int]:
        """A string times a power of i, as the product of the images of its letters."""
        (x, z), power = string
        key, power = IDENTITY, power + (x & z).bit_count()
        for masks in ((x, 0), (0, z)):
            for letter in _single(masks):
                target, turn = self.images[letter]
                power += turn + product_phase(key, target)
                key = key[0] ^ target[0], key[1] ^ target[1]
        return key, power % 4

    def after(self, other: "_Tableau") -> "_Tableau":
        """The other one first, then this one."""
        return _Tableau({letter: self.image(string) for letter, string in other.images.items()})

    def power(self, exponent: int) -> "_Tableau":
        """By repeated squaring."""
        half = self if exponent == 1 else self.power(exponent // 2)
        if exponent == 1:
            return half
        square = half.after(half)
        return self.after(square) if exponent % 2 else square


def _single(masks: PauliKey) -> list[PauliKey]:
    """The letters X, or the letters Z, of a string, one by one."""
    out, (x, z) = [], masks
    while x | z:
        out.append((x & -x, 0) if x else (0, z & -z))
        x, z = x & (x - 1) if x else 0, z & (z - 1) if z else 0
    return out


def _clifford_order(tableau: _Tableau) -> int | None:
    """Grow the power until it fixes one letter after the other; few letters make it grow."""
    order, grown = 1, tableau
    for letter in tableau.images:
        start = string = letter, 0
        if grown.images[letter] == start:
            continue
        length = 0
        while length == 0 or string != start:
            string, length = tableau.image(string), length + 1
            if length > MAX_ORDER:
                return None
        joined = _joined(order, length)
        if joined is None:
            return None
        order, grown = joined, tableau.power(joined)
    return order
