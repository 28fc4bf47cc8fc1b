"""Permutation groups by name: generators of S_n, A_n, C_n and D_n on n points."""

import re
from collections.abc import Callable

from eqcompile.errors import ExpressionError
from eqcompile.spec.wording import shown, unknown

Images = tuple[tuple[int, ...], ...]
"""One permutation as a product of disjoint cycles of the points 0 .. n-1."""

LETTERS = {"symmetric": "S", "alternating": "A", "cyclic": "C", "dihedral": "D"}
"""Long names, which take n from the number of members, and the letter each stands for."""

KNOWN = ("S_n", "A_n", "C_n", "D_n", *LETTERS)
SMALLEST = {"S": 2, "A": 3, "C": 2, "D": 3}
"""Smallest n for which the group is not trivial and the letter has one meaning."""

_NAME = re.compile(r"([SACD])_?([0-9]{1,4})")


def named_generators(name: str, num_members: int) -> tuple[str, tuple[Images, ...]]:
    """Generators of a named group acting on ``num_members`` points in their given order.

    Args:
        name: ``S_3``, ``S3`` or ``symmetric``, and likewise for A, C and D; D_n has 2n elements.
        num_members: n.

    Returns:
        The name in the form ``S_3``, and the generators as products of disjoint cycles.

    Raises:
        ExpressionError: unknown name, another n than the number of members, or n too small.

    >>> named_generators("D_4", 4)
    ('D_4', (((0, 1, 2, 3),), ((1, 3),)))
    """
    letter, written = read_group_name(name)
    n = num_members if written is None else written
    if n != num_members:
        raise ExpressionError(f"{letter}_{n} permutes {n} members; found {num_members}", 0)
    if n < SMALLEST[letter]:
        raise ExpressionError(f"{letter}_{n} is too small; {letter}_n begins at n = {SMALLEST[letter]}", 0)
    return f"{letter}_{n}", _GENERATORS[letter](n)


def read_group_name(name: str) -> tuple[str, int | None]:
    """The letter S, A, C or D, and n where the name tells it.

    Raises:
        ExpressionError: unknown name.

    >>> read_group_name("S_3"), read_group_name("dihedral")
    (('S', 3), ('D', None))
    """
    if name in LETTERS:
        return LETTERS[name], None
    match = _NAME.fullmatch(name)
    if match is None:
        raise ExpressionError(_unknown(name), 0)
    return match[1], int(match[2])


def _unknown(name: str) -> str:
    if " wr " in name:
        known = ", ".join(KNOWN)
        return f"wreath product {shown(name)} is not supported yet; write its cycles. Known: {known}."
    return unknown("permutation group", name, KNOWN)


def _symmetric(n: int) -> tuple[Images, ...]:
    swap = ((0, 1),)
    return (swap,) if n == 2 else (swap, (tuple(range(n)),))


def _alternating(n: int) -> tuple[Images, ...]:
    """A 3-cycle and the longest even cycle, which leaves out point 0 when n is even."""
    three = ((0, 1, 2),)
    return (three,) if n == 3 else (three, (tuple(range(1 - n % 2, n)),))


def _cyclic(n: int) -> tuple[Images, ...]:
    return ((tuple(range(n)),),)


def _dihedral(n: int) -> tuple[Images, ...]:
    """The rotation i -> i + 1 and the reflection i -> -i, modulo n."""
    return *_cyclic(n), tuple((i, n - i) for i in range(1, (n + 1) // 2))


_GENERATORS: dict[str, Callable[[int], tuple[Images, ...]]] = {
    "S": _symmetric, "A": _alternating, "C": _cyclic, "D": _dihedral,
}  # fmt: skip
