"""What the comment lines of a file have in common, read once for all lines that differ only in numbers.

Every structure has a comment line, and most of them say the same except for the energy. Such a line is cut into texts
and numbers. Lines with the same texts share one `Layout`, by which a structure is read without reading its comment line
again.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from operator import itemgetter
from typing import Final

import numpy as np

from siqml.data.reading.raw_frame import RawFrame
from siqml.data.reading.text import element, is_isotope

Parts = tuple[tuple[str, ...], tuple[str, ...]]
"""Texts and numbers in turn, with one more text; all texts but the last end in ``name=`` or ``name="``."""

_PLAIN: Final = r"[-+]?[0-9]{1,15}(?:\.[0-9]{0,20})?(?:[eE][-+]?[0-9]{1,3})?"
_NUMBERS: Final = re.compile(
    rf'(?<=[A-Za-z0-9_-]=)({_PLAIN})(?!\S)|(?<=[A-Za-z0-9_-]=")({_PLAIN}(?: {_PLAIN})+)(?="(?:\s|\Z))'
)
"""Values that every reader takes for a number or, in quotation marks, for several numbers."""

_ORDINARY: Final = re.compile(
    r"""\s*(?:[A-Za-z_][A-Za-z0-9_-]*(?:=(?:"[^"'\\={}\[\]]+"|[^\s"'\\={}\[\]]+))?(?:\s+|$))*"""
)
"""Comment lines in which it is plain where a value begins and ends: there, other numbers are only other values."""

_DECISIVE: Final = ("Lattice", "Properties", "pbc", "stress", "virial")
"""Names whose numbers decide how the line is read, or whether it can be."""

_DIGITS: Final = re.compile(r"[-+.0-9eE]*")
"""Words of these characters are numbers for Python if and only if they are for `siqml.data.reading.text.number`."""

MAX_LAYOUTS: Final = 200
"""Kinds of comment line, and orders of atoms, that are remembered while a file is read. Beyond it, weaker: they are
forgotten and read again, which takes longer."""


def parted(comment: str) -> Parts:
    """Cut a comment line into texts and numbers; the values of several numbers in quotation marks are left out.

    >>> parted("energy=-1.5 note=fine")
    (('energy=', ' note=fine'), ('-1.5',))
    """
    parts = _NUMBERS.split(comment)
    return tuple(parts[::3]), tuple(parts[1::3])


def names_of_numbers(comment: str) -> list[str] | None:
    """Names of the numbers of `parted`; ``None`` if lines of the same texts may have another layout.

    >>> names_of_numbers("energy=-1.5 charge=1"), names_of_numbers("note='energy=5 '")
    (['energy', 'charge'], None)
    """
    if _ORDINARY.fullmatch(comment) is None:
        return None
    names = [text.split()[-1].rstrip('="') for text in parted(comment)[0][:-1]]
    return None if {*names} & {*_DECISIVE} else names


@dataclass(frozen=True)
class Layout:
    """How to read the structures whose comment lines have the same texts.

    Attributes:
        width: number of columns of an atom.
        symbol: the column of its element.
        vectors: first column of everything that has three numbers, by name.
        positions: name of the positions among them.
        labels: names of energy and forces.
        energy: which number of the comment line is the energy.
        charge: which number is the charge; ``None`` if there is none.
        periodic: whether there is a cell that repeats.
        unread: see `RawFrame`.
    """

    width: int
    symbol: int
    vectors: Mapping[str, int]
    positions: str
    labels: tuple[str, str | None]
    energy: int
    charge: int | None
    periodic: bool
    unread: tuple[str, ...]

    def frame(self, line: int, numbers: Sequence[str], rows: Sequence[Sequence[str]]) -> RawFrame | None:
        """A structure of this layout.

        Args:
            line: where it begins in the file, from 1.
            numbers: numbers of its comment line.
            rows: the words of each line of an atom.

        Returns:
            The frame; ``None`` if anything in the rows is unusual or wrong. Reading them word by word then says what.
        """
        for row in rows:
            if len(row) != self.width:
                return None
        symbols, isotopes = _elements(tuple([row[self.symbol] for row in rows]))
        words = [word for row in rows for word in self._pick(row)]
        if symbols is None or _DIGITS.fullmatch("".join(words)) is None:
            return None
        try:
            values = np.array([float(word) for word in words])
        except ValueError:
            return None
        table = values.reshape(len(rows), -1, 3)
        names, forces = [*self.vectors], self.labels[1]
        return RawFrame(
            symbols,
            table[:, names.index(self.positions)],
            float(numbers[self.energy]),
            None if forces is None else table[:, names.index(forces)],
            self.periodic,
            line,
            None if self.charge is None else float(numbers[self.charge]),
            self.labels,
            self.unread,
            isotopes,
        )

    @cached_property
    def _pick(self) -> Callable[[Sequence[str]], tuple[str, ...]]:
        """The words of all vectors in a row."""
        return itemgetter(*chain.from_iterable(range(first, first + 3) for first in self.vectors.values()))


@lru_cache(MAX_LAYOUTS)
def _elements(labels: tuple[str, ...]) -> tuple[tuple[str, ...] | None, bool]:
    """The elements, or ``None`` if one of the labels does not name an element; and whether there are isotopes."""
    symbols = tuple(symbol for label in labels if (symbol := element(label)) is not None)
    return symbols if len(symbols) == len(labels) else None, any(map(is_isotope, labels))
