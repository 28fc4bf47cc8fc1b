"""The ``input.data`` of n2p2 and RuNNer: blocks from ``begin`` to ``end``.

``atom x y z symbol charge unused fx fy fz``, one line per atom; ``energy``; ``lattice`` if it is periodic.
The format has no units.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from siqml.data.declared_units import DeclaredUnits
from siqml.data.raw_frame import RawFrame, assemble
from siqml.errors import DataError
from siqml.structures import Structures


def read_n2p2(path: Path, species: Sequence[str] | None, said: DeclaredUnits) -> Structures:
    """Read a file of structures.

    Args:
        path: the file; it exists.
        species: see `assemble`.
        said: its units.

    Returns:
        The structures, in eV and angstrom.

    Raises:
        DataError: units not declared, or a line that does not belong; see also `assemble`.

    References:
        Singraber, Behler and Dellago, J. Chem. Theory Comput. 15, 1827 (2019), DOI 10.1021/acs.jctc.8b00770.
    """
    ev, angstrom = said.factors(str(path))
    frames = [
        RawFrame(
            tuple(block.symbols),
            np.array(block.positions).reshape(-1, 3) * angstrom,
            None if block.energy is None else block.energy * ev,
            np.array(block.forces).reshape(-1, 3) * (ev / angstrom),
            block.periodic,
        )
        for block in _blocks(path)
    ]
    return assemble(str(path), frames, species)


@dataclass
class _Block:
    symbols: list[str] = field(default_factory=list)
    positions: list[list[float]] = field(default_factory=list)
    forces: list[list[float]] = field(default_factory=list)
    energy: float | None = None
    periodic: bool = False


def _blocks(path: Path) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        word, *rest = line.split() or [""]
        place = f"{path}:{number}"
        if word in ("", "comment"):
            continue
        if (word == "begin") != (block is None):
            raise DataError(
                f'{place}: "{word[:20]}" found; needed: {"begin" if block is None else "end first"}'
            )
        if block is None:
            block = _Block()
        elif word == "end":
            yield block
            block = None
        else:
            _take(block, word, rest, place)
    if block is not None:
        raise DataError(f'{path}: ends inside a structure; needed: "end"')


def _take(block: _Block, word: str, rest: Sequence[str], place: str) -> None:
    try:
        if word == "atom":
            x, y, z, symbol, _, _, *force = rest
            block.symbols.append(symbol)
            block.positions.append([float(x), float(y), float(z)])
            fx, fy, fz = force
            block.forces.append([float(fx), float(fy), float(fz)])
        elif word == "energy":
            block.energy = float(rest[0])
        elif word == "lattice":
            block.periodic = True
        elif word != "charge":
            raise DataError(
                f'{place}: unknown word "{word[:20]}"; known: atom, energy, charge, lattice, comment'
            )
    except (ValueError, IndexError) as wrong:
        needed = "atom x y z symbol charge unused fx fy fz" if word == "atom" else "energy and a number"
        raise DataError(f'{place}: cannot be read; needed: "{needed}"') from wrong
