"""Extended XYZ files, read line by line, with the comment line as ASE understands it.

Labels are written as ``energy`` and ``forces``. ASE moves these two into a ``SinglePointCalculator``, so
``atoms.get_potential_energy()`` works in every ASE program. Reading also takes ``REF_energy`` and ``REF_forces``, the
names that MACE and others use because ASE leaves them alone. Where a file has both sets, ``REF_`` is the label. See
`LabelKeys` for other names.

ASE's own reader stops at the first empty line, drops columns that ``Properties`` does not name, and takes the last of
two energies, all silently. Here every line belongs to a structure, or is empty between two, or is an error.
"""

import io
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

import eqcompile as eq
from siqml.data.reading.label_keys import ENERGIES, UNNAMED, LabelKeys, looks_like_forces
from siqml.data.reading.layout import MAX_LAYOUTS, Layout, names_of_numbers, parted
from siqml.data.reading.raw_frame import RawFrame, assemble, place_of
from siqml.data.reading.text import element, is_isotope, lines_of, number
from siqml.errors import DataError, cut
from siqml.molecule.structures import Structures

_PAIR: Final = re.compile(
    r"""((?:[^\s=\\"']|\\.){1,200})\s*=\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\{[^}]*\}|\[[^\]]*\]|[^\s"'{\[]\S*)?"""
)
_COUNT: Final = re.compile("[0-9]{1,18}")
_QUOTED: Final = re.compile(r"""=\s*(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\{[^}]*\}|\[[^\]]*\])""")
_NOTHING: Final = re.compile(r"""(?<!\S)[^\s=\\"']+\s*=\s*(?:""|'')(?!\S)""")
CHUNK: Final = 1000
"""Structures whose text is made at once; this bounds the memory that their numbers take as Python objects."""

MAX_COLUMNS: Final = 1000
"""Columns of an atom in extended XYZ. Beyond it, refused: leave out columns."""

MAX_COMMENT: Final = 100_000
"""Characters of a comment line in extxyz; ASE's parser takes a microsecond for each. Beyond it, refused: keep the
labels."""

Columns = dict[str, tuple[int, str, int]]
"""First column, type and number of columns of each property."""

_CHARGES: Final = ("charge", "total_charge")
_ELEMENTS: Final = ("species", "symbols", "Z", "numbers")
_POSITIONS: Final = ("pos", "positions")
"""Columns that name the elements and the positions; the first one that a file has counts."""

_OF_ATOMS: Final = ("Lattice", "Properties", "pbc")
"""What a comment line says about the atoms, in the files of every program."""

_MOTION: Final = ("velo", "vel", "velocities", "momenta", "magmoms", "dipoles", "initial_magmoms")
"""Three values for each atom that are known not to be forces."""


def write_structures(path: Path, structures: Structures) -> None:
    """Write all structures to one extxyz file, atomically, with the same bytes that ASE would write.

    Args:
        path: the file; replaced if it exists.
        structures: positions in angstrom, energies in eV, forces in eV/angstrom.
    """
    forces = structures.forces
    kinds = "" if forces is None else ":forces:R:3"
    numbers = " ".join(["%16.8f"] * (3 if forces is None else 6))
    frame = (
        f'{len(structures.species)}\nProperties=species:S:1:pos:R:3{kinds} energy=%s pbc="F F F"\n'
        + "".join(f"{symbol:<2} {numbers}\n" for symbol in structures.species)
    )
    content = io.BytesIO()
    for first in range(0, len(structures), CHUNK):
        part = slice(first, first + CHUNK)
        vectors = structures.positions[part]
        if forces is not None:
            vectors = np.concatenate([vectors, forces[part]], axis=2)
        rows = np.column_stack([structures.energies[part], vectors.reshape(len(vectors), -1)]).tolist()
        content.write("".join([frame % tuple(row) for row in rows]).encode())
    eq.write_atomically(path, content.getvalue())


def read_structures(
    path: Path, species: Sequence[str] | None = None, keys: LabelKeys = UNNAMED
) -> Structures:
    """Read every structure of an extxyz file, with its labels, into one atom order.

    Args:
        path: the file.
        species: the atoms that are needed, in the order that is wanted; the file may list them in another order.
            Equal atoms keep the order of the file. Default: the most frequent composition decides.
        keys: names of the labels, where they are not the usual ones.

    Returns:
        The structures; ``forces`` is ``None`` if no structure has any.

    Raises:
        DataError: the file is missing, empty, not extxyz, or cut off; a structure has no energy, other atoms, a
            periodic cell, NaN or infinity; only some structures have forces; there are labels of two sets.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: empty file; an extxyz file with energies is needed")
    return assemble(str(path), list(_frames(path, keys)), species)


def _frames(path: Path, keys: LabelKeys) -> Iterator[RawFrame]:
    known: dict[tuple[str, ...], Layout] = {}
    for block in blocks(path):
        texts, numbers = parted(block.comment)
        layout = known.get(texts) if len(block.comment) <= MAX_COMMENT else None
        frame = None if layout is None else layout.frame(block.line, numbers, block.rows)
        if frame is None:
            frame, found = block.labelled(place_of(str(path), block.number, block.line), keys)
            if found is not None:
                if len(known) >= MAX_LAYOUTS:
                    known.clear()
                known[texts] = found
        yield frame


@dataclass(frozen=True)
class Block:
    """The lines of one structure.

    Attributes:
        path: the file, for messages.
        number: number of the structure, from 0.
        line: line of the number of atoms, from 1.
        comment: the line after it.
        rows: the words of each line of an atom.
    """

    path: Path
    number: int
    line: int
    comment: str
    rows: tuple[tuple[str, ...], ...]

    def atoms(self) -> RawFrame:
        """The structure that these lines describe, without labels, and with all else that they say.

        Raises:
            DataError: a word is not a number, or not an element.
        """
        plain, columns, _ = self._read(None)
        info = {name: value for name, value in self._info().items() if name not in _OF_ATOMS}
        others = [name for name in columns if name not in (*_ELEMENTS, *_POSITIONS)]
        return replace(plain, info=info, columns={name: self._column(*columns[name]) for name in others})

    def labelled(self, place: str, keys: LabelKeys) -> tuple[RawFrame, Layout | None]:
        """The structure that these lines describe, with its labels.

        Args:
            place: how messages name the structure.
            keys: which labels to take.

        Returns:
            The frame, and how to read every structure whose comment line is like this one; ``None`` if such lines may
            mean something else.

        Raises:
            DataError: a word is not a number, or not an element; there is no label, or there are labels of two sets.
        """
        plain, columns, numbers = self._read(keys)
        values = self._values()
        scalars = [name for name, text in values.items() if name == "energy" or number(text) is not None]
        if keys.forces is None:
            self._refuse_odd_forces([name for name in columns if name not in _vectors(columns)])
        others = [name for name in numbers if name != _first(_POSITIONS, numbers)]
        energy, forces = keys.chosen(scalars, others, place)
        found = number(values[energy])
        if found is None:
            raise DataError(
                f'{self._at(1)}: {energy} is "{cut(values[energy])}"; needed: one number, such as -10.5'
            )
        charge = self._charge(values)
        unread = (
            tuple(name for name in others if name not in (forces, *_MOTION)) if keys.forces is None else ()
        )
        frame = replace(
            plain,
            energy=found,
            forces=None if forces is None else numbers[forces],
            charge=charge,
            labels=(energy, forces),
            unread=unread,
        )
        return frame, self._layout(frame, columns, values)

    def _read(self, keys: LabelKeys | None) -> tuple[RawFrame, Columns, dict[str, Any]]:
        """The atoms, all columns, and the numbers of those that have three of them."""
        if len(self.comment) > MAX_COMMENT:
            raise DataError(
                f"{self._at(1)}: a comment line of {len(self.comment)} characters; the limit is {MAX_COMMENT}; keep "
                "Properties and the labels"
            )
        self._refuse_empty(keys)
        info = self._info()
        columns = self._columns(info)
        symbols, isotopes = self._symbols(columns)
        numbers = {name: self._numbers(*columns[name]) for name in _vectors(columns)}
        if (positions := _first(_POSITIONS, numbers)) is None:
            raise DataError(f"{self._at(1)}: Properties names no pos:R:3, the positions")
        periodic = _is_periodic(info)
        plain = RawFrame(symbols, numbers[positions], None, None, periodic, self.line, isotopes=isotopes)
        return plain, columns, numbers

    def _layout(self, frame: RawFrame, columns: Columns, values: Mapping[str, str]) -> Layout | None:
        names, labels = names_of_numbers(self.comment), frame.labels
        vectors, charge = _vectors(columns), _first(_CHARGES, values)
        symbol, positions = _first(_ELEMENTS, columns), _first(_POSITIONS, vectors)
        if names is None or labels is None or symbol is None or positions is None:
            return None
        if labels[0] not in names or charge not in (None, *names):
            return None
        return Layout(
            len(self.rows[0]),
            columns[symbol][0],
            {name: columns[name][0] for name in vectors},
            positions,
            labels,
            names.index(labels[0]),
            None if charge is None else names.index(charge),
            frame.periodic,
            frame.unread,
        )

    def _charge(self, values: Mapping[str, str]) -> float | None:
        """Charge of the whole structure, if the comment line names one."""
        if (name := _first(_CHARGES, values)) is None:
            return None
        if (found := number(values[name])) is None:
            raise DataError(f'{self._at(1)}: {name} is "{cut(values[name])}"; needed: one number, such as -1')
        return found

    def _at(self, offset: int) -> str:
        return f"{self.path}:{self.line + offset}"

    def _refuse_empty(self, keys: LabelKeys | None) -> None:
        """Refuse a name without a value: it would take the next pair as its value, or be passed over in silence."""
        for found in _PAIR.finditer(self.comment):
            name, value = found[1], (found[2] or "").strip("\"'")
            swallowed = re.fullmatch(rf"{re.escape(name)}\s*=\s+[^\s=\"'{{\[]+=.*", found[0]) is not None
            label = keys is not None and (name in ((keys.energy,) if keys.energy else ENERGIES))
            if swallowed or (not value and (label or name in (*_CHARGES, *_OF_ATOMS))):
                cure = "write one number, such as -10.5" if label else "write a value, or leave it out"
                raise DataError(f"{self._at(1)}: {name} is empty in structure {self.number}; {cure}")

    def _info(self) -> dict[str, Any]:
        from ase.io.extxyz import key_val_str_to_dict

        try:
            comment = _NOTHING.sub("", self.comment)  # ASE would take the next pair as the value
            found: dict[str, Any] = key_val_str_to_dict(comment) if comment.strip() else {}
        except (ValueError, RecursionError) as wrong:
            reason = " ".join(str(wrong).split())
            raise DataError(f"{self._at(1)}: comment line unreadable ({reason})") from wrong
        except LookupError as wrong:  # such as an "=" with no name before it
            raise DataError(
                f"{self._at(1)}: comment line unreadable; write pairs such as energy=-10.5"
            ) from wrong
        return found

    def _values(self) -> dict[str, str]:
        """What follows each ``name=`` of the comment line, word for word."""
        values: dict[str, str] = {}
        for name, value in self._pairs():
            if name in values:
                raise DataError(f"{self._at(1)}: {name} is given twice; keep one of them")
            values[name] = value
        return values

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for match in _PAIR.finditer(self.comment):
            value = match[2] or ""
            quoted = _QUOTED.fullmatch(f"={value}") is not None
            yield match[1], value[1:-1].strip() if quoted else value

    def _columns(self, info: Mapping[str, Any]) -> Columns:
        """First column, type and number of columns of each property, by name; every row has exactly these."""
        from ase.io.extxyz import parse_properties

        text = info.get("Properties", "species:S:1:pos:R:3")
        try:
            counts = [int(count) for count in str(text).split(":")[2::3]]
            if min(counts, default=0) < 1 or sum(counts) > MAX_COLUMNS:
                raise ValueError("a number of columns that no file has")  # ASE would create them all
            properties, names, dtype, _ = parse_properties(str(text))
            types = dict(zip(names, str(text).split(":")[1::3], strict=True))
        except (ValueError, IndexError, TypeError) as wrong:
            raise DataError(
                f'{self._at(1)}: Properties "{text}" is unreadable; needed: names, types and numbers of columns, '
                "such as species:S:1:pos:R:3:forces:R:3"
            ) from wrong
        width = len(dtype.names or ())
        for offset, row in enumerate(self.rows):
            if len(row) != width:
                said = "Properties names" if "Properties" in info else "without Properties there are"
                cure = (
                    "; name them all: Properties=species:S:1:pos:R:3:forces:R:3"
                    if len(row) > width
                    else f"; a value is missing in structure {self.number}"
                )
                raise DataError(f"{self._at(2 + offset)}: {len(row)} columns; {said} {width}{cure}")
        columns: Columns = {}
        first = 0
        for name in names:
            count = int(properties[name][1])
            columns[name] = (first, types[name], count)
            first += count
        return columns

    def _refuse_odd_forces(self, names: Sequence[str]) -> None:
        """Refuse forces that are not three numbers for each atom: they would vanish."""
        for name in names:
            if looks_like_forces(name) or name.lower() in ("fx", "fy", "fz"):
                raise DataError(
                    f'{self._at(1)}: Properties has "{name}", which is not three numbers for each atom; write forces '
                    "as forces:R:3, or leave them out with --forces-key none"
                )

    def _symbols(self, columns: Columns) -> tuple[tuple[str, ...], bool]:
        if (name := _first(_ELEMENTS, columns)) is None:
            raise DataError(f"{self._at(1)}: Properties names no species:S:1, the elements")
        labels = [row[columns[name][0]] for row in self.rows]
        symbols = []
        for offset, label in enumerate(labels):
            symbol = element(label)
            if symbol is None:
                raise DataError(
                    f'{self._at(2 + offset)}: "{cut(label)}" is not an element; write its symbol, such as O'
                )
            symbols.append(symbol)
        return tuple(symbols), any(map(is_isotope, labels))

    def _column(self, first: int, kind: str, count: int) -> Any:
        """The values of a property: ``(n_atoms,)``, or ``(n_atoms, count)`` if there are several."""
        if kind in "RI":
            found = self._numbers(first, kind, count).astype(np.int64 if kind == "I" else np.float64)
        else:
            words = np.array([row[first : first + count] for row in self.rows])
            found = np.char.startswith(np.char.upper(words), "T") if kind == "L" else words
        return found[:, 0] if count == 1 else found

    def _numbers(self, first: int, kind: str, count: int) -> Any:
        rows = []
        for offset, row in enumerate(self.rows):
            values = [number(word) for word in row[first : first + count]]
            if None in values:
                word = row[first + values.index(None)]
                raise DataError(f'{self._at(2 + offset)}: "{cut(word)}" is not a number')
            rows.append(values)
        return np.array(rows, dtype=np.float64).reshape(-1, count)


def blocks(path: Path) -> Iterator[Block]:
    """Every structure of an xyz file, as lines; each line of the file is accounted for.

    Args:
        path: the file; it exists.

    Yields:
        The blocks, in order.

    Raises:
        DataError: a line belongs to no structure, or a structure is cut off.
    """
    lines = lines_of(path)
    at = count = 0
    while at < len(lines):
        if not lines[at].strip():  # between two structures
            at += 1
            continue
        place, word = f"{path}:{at + 1}", lines[at].strip()
        if word.startswith("VEC"):
            raise DataError(
                f"{place}: a cell vector; siqml models are of molecules: unwrap it and drop the cell"
            )
        size = int(word) if _COUNT.fullmatch(word) else 0
        if size == 0:
            raise DataError(
                f'{place}: "{cut(word)}" found; needed: the number of atoms of structure {count}, alone on its line'
            )
        rows = tuple(tuple(line.split()) for line in lines[at + 2 : at + 2 + size])
        if len(rows) < size:
            raise DataError(f"{path}:{len(lines)}: the file ends inside structure {count}, after {len(rows)} of {size} "
                            "atoms")  # fmt: skip
        for offset, row in enumerate(rows):
            if not row:
                raise DataError(
                    f"{path}:{at + 3 + offset}: an empty line inside structure {count}, after {offset} of {size} atoms"
                )
        yield Block(path, count, at + 1, lines[at + 1], rows)
        at += 2 + size
        count += 1


def _first(names: Sequence[str], there: Container[str]) -> str | None:
    return next((name for name in names if name in there), None)


def _vectors(columns: Columns) -> list[str]:
    """Properties of three numbers for each atom."""
    return [name for name, (_, kind, count) in columns.items() if count == 3 and kind in "RI"]


def _is_periodic(info: Mapping[str, Any]) -> bool:
    """Whether the structure is periodic, by ASE's rule: ``pbc`` decides, or without it, whether there is a cell."""
    if "pbc" in info:
        return bool(np.any(np.asarray(info["pbc"]) != False))  # noqa: E712 (an array, or a word, which is not False)
    return "Lattice" in info and bool(np.any(info["Lattice"]))
