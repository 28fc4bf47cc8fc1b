"""Product states letter by letter: ``0 1 + - r l``, the eigenstates of Z, X and Y, one letter per qubit."""

from collections.abc import Mapping
from types import MappingProxyType

from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ONE, ZERO, Scalar

LETTERS: Mapping[str, tuple[Scalar, Scalar]] = MappingProxyType(
    {
        "0": (ONE, ZERO),
        "1": (ZERO, ONE),
        "+": (ONE, ONE),
        "-": (ONE, -ONE),
        "r": (ONE, IMAGINARY_UNIT),
        "l": (ONE, -IMAGINARY_UNIT),
    }
)
"""Amplitudes of |0> and |1>, not normalised; ``r`` and ``l`` are |0> + i |1> and |0> - i |1>."""

_LETTER_OF_RATIO = {pair[1]: letter for letter, pair in LETTERS.items() if letter not in "01"}


def num_superposed(letters: str) -> int:
    """How many of the letters are neither 0 nor 1: the ket has 2 to this power amplitudes."""
    return sum(letter not in "01" for letter in letters)


def product_amplitudes(letters: str) -> dict[int, Scalar]:
    """Amplitudes of a product ket, qubit 0 first, not normalised.

    >>> product_amplitudes("1-") == {1: ONE, 3: -ONE}
    True
    """
    amplitudes = {0: ONE}
    for qubit, letter in enumerate(letters):
        zero, one = LETTERS[letter]
        up = {bits | 1 << qubit: value * one for bits, value in amplitudes.items() if one}
        amplitudes = ({bits: value * zero for bits, value in amplitudes.items()} if zero else {}) | up
    return amplitudes


def peel(amplitudes: Mapping[int, Scalar], qubit: int) -> tuple[str, dict[int, Scalar]] | None:
    """Split off one qubit: its letter, and the amplitudes of the others, in which its bit is 0.

    Returns:
        ``None`` for a qubit that is entangled, or whose state is none of the six letters.

    >>> peel({0: ONE, 1: ONE, 2: -ONE, 3: -ONE}, 1) == ("-", {0: ONE, 1: ONE})
    True
    """
    zeros = {bits: value for bits, value in amplitudes.items() if not bits >> qubit & 1}
    ones = {bits ^ 1 << qubit: value for bits, value in amplitudes.items() if bits >> qubit & 1}
    if not ones:
        return "0", zeros
    if not zeros:
        return "1", ones
    first = next(iter(zeros))
    ratio = ones.get(first, ZERO) / zeros[first]
    if ratio not in _LETTER_OF_RATIO or ones != {bits: value * ratio for bits, value in zeros.items()}:
        return None
    return _LETTER_OF_RATIO[ratio], zeros


MAX_AMPLITUDES = 1 << 16
"""Amplitudes of an exact state that are not zero. Beyond it, refused: use fewer of the letters + - r l, or fewer
singlets."""
