"""Short ways of writing down group elements, for the catalogue."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from campaign.elements import Element

EX, EY, EZ = (1, 0, 0), (0, 1, 0), (0, 0, 1)
DIAGONAL = (1, 1, 1)
HALF = Fraction(1, 2)

_ROOT = np.sqrt(np.longdouble(2)) / 2
HADAMARD = ((_ROOT, _ROOT), (_ROOT, -_ROOT))
CONTROLLED_X = ((1, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 1, 0, 0))
"""CX whose control is the first qubit, the least significant one."""


def any_turn(
    axis: tuple[int, int, int], qubits: Sequence[int] | None = None, parity: int | None = None
) -> Element:
    """All rotations about an axis."""
    return Element(f"any turn about {axis}", axis, None, qubits=_named(qubits), parity=parity)


def su2(qubits: Sequence[int] | None = None, parity: int | None = None) -> tuple[Element, ...]:
    """Rotations about x and about z, which generate all rotations."""
    return any_turn(EX, qubits, parity), any_turn(EZ, qubits, parity)


def turn(axis: tuple[int, int, int], order: int, parity: int | None = None) -> Element:
    """The rotation by a full turn divided by ``order``."""
    return Element(f"turn of order {order} about {axis}", axis, Fraction(1, order), parity=parity)


def mirror(normal: tuple[int, int, int], parity: int | None = None) -> Element:
    """The reflection in a plane: half a turn about its normal, combined with the inversion."""
    return Element(f"mirror with normal {normal}", normal, HALF, improper=True, parity=parity)


def turn_reflection(order: int, parity: int | None = None) -> Element:
    """A turn about z and the reflection in the xy plane, that is, with a further half turn and the inversion."""
    return Element(
        f"turn-reflection of order {order}", EZ, Fraction(1, order) + HALF, improper=True, parity=parity
    )


def inversion(parity: int) -> Element:
    """The inversion: a turn by zero, and Z on the parity qubit."""
    return Element("inversion", EZ, Fraction(0), improper=True, parity=parity)


def permute(*qubits: int, sites: Sequence[int] = ()) -> Element:
    """The permutation that takes qubit q to ``qubits[q]`` and site s to ``sites[s]``."""
    return Element(f"permutation {qubits}", turns=Fraction(0), permuted=qubits, sites=tuple(sites))


def paulis(word: str) -> Element:
    """A Pauli string with one letter for each qubit, such as ``"XXII"``."""
    return Element(word, turns=Fraction(0), strings=((_letters(word), 1),))


def charge(**factors: int) -> Element:
    """The charge with these factors of Pauli strings, such as ``charge(ZI=1, IZ=-2)``."""
    return Element(f"charge {factors}", strings=tuple((_letters(word), k) for word, k in factors.items()))


def gate(
    name: str, matrix: Sequence[Sequence[complex | np.longdouble | np.clongdouble]], *on: int
) -> Element:
    """A matrix on the named qubits, the least significant one first."""
    rows = tuple(tuple(np.clongdouble(value) for value in row) for row in matrix)
    return Element(name, turns=Fraction(0), matrix=rows, on=on)


def everywhere(name: str, matrix: Sequence[Sequence[np.longdouble]], num_qubits: int) -> Element:
    """A one-qubit matrix on every qubit."""
    total = np.ones((1, 1), dtype=np.clongdouble)
    for _ in range(num_qubits):
        total = np.kron(total, np.array(matrix, dtype=np.clongdouble))
    return gate(name, total.tolist(), *range(num_qubits))


def _letters(word: str) -> Mapping[int, str]:
    return {q: name for q, name in enumerate(word) if name != "I"}


def _named(qubits: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if qubits is None else tuple(qubits)
