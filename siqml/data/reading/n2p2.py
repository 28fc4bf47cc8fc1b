"""The ``input.data`` of n2p2 and RuNNer: blocks from ``begin`` to ``end``.

A block has one line ``atom x y z symbol charge unused fx fy fz`` for each atom, a line ``energy``, and ``lattice`` if
it is periodic. The format has no units.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from siqml.data.reading.declared_units import DeclaredUnits
from siqml.data.reading.label_keys import NONE, UNNAMED, LabelKeys
from siqml.data.reading.raw_frame import RawFrame, assemble
from siqml.data.reading.text import element, is_isotope, lines_of, number
from siqml.errors import DataError, cut
from siqml.molecule.structures import Structures


def read_n2p2(
    path: Path, species: Sequence[str] | None, said: DeclaredUnits, keys: LabelKeys = UNNAMED
) -> Structures:
    """Read a file of structures.

    Args:
        path: the file; it exists.
        species: see `assemble`.
        said: units of the file.
        keys: which labels to take. The format has one energy and one set of forces, without names, so the only choice
            is to leave forces out.

    Returns:
        The structures, in eV and angstrom.

    Raises:
        DataError: units are not declared, or a line does not belong; see also `assemble`.

    References:
        Singraber, Behler and Dellago, J. Chem. Theory Comput. 15, 1827 (2019), DOI 10.1021/acs.jctc.8b00770.
    """
    if keys.energy is not None or keys.forces not in (None, NONE):
        raise DataError(
            f"{path}: this format has no names for its labels; leave --energy-key and --forces-key out"
        )
    ev, angstrom = said.factors(str(path))
    frames = [
        RawFrame(
            tuple(block.symbols),
            np.array(block.positions).reshape(-1, 3) * angstrom,
            None if block.energy is None else block.energy * ev,
            None if keys.forces == NONE else np.array(block.forces).reshape(-1, 3) * (ev / angstrom),
            block.periodic,
            block.line,
            block.charge,
            isotopes=block.isotopes,
        )
        for block in _blocks(path)
    ]
    return assemble(str(path), frames, species)


def n2p2_atoms(path: Path, said: DeclaredUnits) -> Iterator[RawFrame]:
    """Every structure of a file, without its labels, which may be missing; errors are those of `read_n2p2`."""
    angstrom = said.length_factor(str(path))
    for block in _blocks(path):
        positions = np.array(block.positions).reshape(-1, 3) * angstrom
        symbols = tuple(block.symbols)
        yield RawFrame(
            symbols, positions, None, None, block.periodic, block.line, block.charge, isotopes=block.isotopes
        )


@dataclass
class _Block:
    line: int
    symbols: list[str] = field(default_factory=list)
    positions: list[list[float]] = field(default_factory=list)
    forces: list[list[float]] = field(default_factory=list)
    energy: float | None = None
    charge: float | None = None
    periodic: bool = False
    isotopes: bool = False


def _blocks(path: Path) -> Iterator[_Block]:
    block: _Block | None = None
    at = count = 0
    for at, line in enumerate(lines_of(path), 1):
        word, *rest = line.split() or [""]
        place = f"{path}:{at}"
        if word in ("", "comment"):
            continue
        if (word == "begin") != (block is None):
            raise DataError(
                f'{place}: "{cut(word)}" found; needed: {"begin" if block is None else "end first"}'
            )
        if word in ("begin", "end") and rest:
            raise DataError(f'{place}: "{cut(rest[0])}" after {word}; needed: {word} alone on its line')
        if block is None:
            block = _Block(at)
        elif word == "end":
            yield block
            block, count = None, count + 1
        else:
            _take(block, word, rest, place)
    if block is not None:
        raise DataError(f'{path}:{at}: the file ends inside structure {count}; needed: "end"')


def _take(block: _Block, word: str, rest: Sequence[str], place: str) -> None:
    if word == "atom":
        _take_atom(block, rest, place)
    elif word in ("energy", "charge"):
        if getattr(block, word) is not None:
            raise DataError(f"{place}: a second {word} in one structure; keep one of them")
        found = number(rest[0]) if len(rest) == 1 else None
        if found is None:
            raise DataError(f'{place}: cannot be read; needed: "{word} and a number"')
        setattr(block, word, found)
    elif word == "lattice":
        block.periodic = True
    else:
        raise DataError(f'{place}: unknown word "{cut(word)}"; known: atom, energy, charge, lattice, comment')


def _take_atom(block: _Block, rest: Sequence[str], place: str) -> None:
    values = [number(text) for text in (*rest[:3], *rest[6:])]
    if len(rest) != 9 or None in values:
        raise DataError(f'{place}: cannot be read; needed: "atom x y z symbol charge unused fx fy fz"')
    symbol = element(rest[3])
    if symbol is None:
        raise DataError(f'{place}: "{cut(rest[3])}" is not an element; write its symbol, such as O')
    found = [value for value in values if value is not None]
    block.symbols.append(symbol)
    block.isotopes = block.isotopes or is_isotope(rest[3])
    block.positions.append(found[:3])
    block.forces.append(found[3:])
