"""Permutation groups by name: S_n, A_n, C_n and D_n, wreath products ``S_2 wr S_3``, direct products ``S_3 x S_2``."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from eqcompile.declaration.yaml.wording import unknown
from eqcompile.errors import ExpressionError
from eqcompile.groups.named import SMALLEST, alternating, cyclic, dihedral, symmetric
from eqcompile.groups.permutation import PermutationGroup

LETTERS = {"symmetric": "S", "alternating": "A", "cyclic": "C", "dihedral": "D"}
"""Long names, which take n from the number of members, and the letter that each stands for."""

KNOWN = ("S_n", "A_n", "C_n", "D_n", *LETTERS)

_NAME = re.compile(r"([SACD])_?([0-9]{1,4}|n)")
_PRODUCT = re.compile(r"\s+x\s+")
_WREATH = re.compile(r"\s+wr\s+")
_MAKERS: dict[str, Callable[[int], PermutationGroup]] = {
    "S": symmetric, "A": alternating, "C": cyclic, "D": dihedral,
}  # fmt: skip


@dataclass(frozen=True)
class NamedGroup:
    """One letter and its n, or ``None`` if the members determine it."""

    letter: str
    n: int | None

    def on(self, num_members: int) -> tuple[str, PermutationGroup]:
        """The name in the form ``S_3``, and the group on this many points.

        Raises:
            ExpressionError: n differs from the number of members, or is too small.
        """
        n = num_members if self.n is None else self.n
        if n != num_members:
            raise ExpressionError(f"{self.letter}_{n} permutes {n} members; found {num_members}", 0)
        if n < SMALLEST[self.letter]:
            begins = f"{self.letter}_n begins at n = {SMALLEST[self.letter]}"
            raise ExpressionError(f"{self.letter}_{n} is too small; {begins}", 0)
        return f"{self.letter}_{n}", _MAKERS[self.letter](n)


@dataclass(frozen=True)
class WreathName:
    """``inner`` inside every block, ``outer`` permutes the blocks."""

    inner: NamedGroup
    outer: NamedGroup


GroupName = NamedGroup | WreathName


def read_product(text: str) -> tuple[GroupName, ...]:
    """The factors of a direct product; a single factor for a name without `` x ``.

    Raises:
        ExpressionError: an unknown name, or a wreath product of more than two groups.

    >>> read_product("S_2 wr S_3 x C_n")[1]
    NamedGroup(letter='C', n=None)
    """
    return tuple(_read_wreath(factor) for factor in _PRODUCT.split(text.strip()))


def _read_wreath(text: str) -> GroupName:
    parts = _WREATH.split(text)
    if len(parts) == 1:
        return read_group_name(text)
    if len(parts) > 2:
        raise ExpressionError('a wreath product has two groups, such as "S_2 wr S_3"', 0)
    return WreathName(read_group_name(parts[0]), read_group_name(parts[1]))


def read_group_name(name: str) -> NamedGroup:
    """The letter S, A, C or D, and n if the name gives it.

    Raises:
        ExpressionError: the name is unknown.

    >>> read_group_name("S_3"), read_group_name("dihedral")
    (NamedGroup(letter='S', n=3), NamedGroup(letter='D', n=None))
    """
    if name in LETTERS:
        return NamedGroup(LETTERS[name], None)
    match = _NAME.fullmatch(name)
    if match is None:
        raise ExpressionError(unknown("permutation group", name, KNOWN), 0)
    return NamedGroup(match[1], None if match[2] == "n" else int(match[2]))
