"""Read labelled structures from any file: the single entrance for a user's own data."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import eqcompile as eq
from siqml.data.reading.ase_file import ase_frames, format_of
from siqml.data.reading.declared_units import ASE_UNITS, UNDECLARED, DeclaredUnits
from siqml.data.reading.extxyz import blocks, read_structures
from siqml.data.reading.label_keys import UNNAMED, LabelKeys
from siqml.data.reading.n2p2 import n2p2_atoms, read_n2p2
from siqml.data.reading.npz import npz_atoms, read_npz
from siqml.data.reading.raw_frame import RawFrame, assemble
from siqml.errors import DataError
from siqml.molecule.structures import Structures

XYZ: Final = ("xyz", "extxyz")
"""Formats of ASE that siqml reads itself, line by line, whatever the file is called."""


def read_data(
    path: Path,
    species: Sequence[str] | None = None,
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
) -> Structures:
    """Read every structure of a file.

    The name decides how: ``.xyz`` and ``.extxyz`` are extxyz, ``.npz`` is sGDML's or rMD17's, and a name that ends in
    ``input.data`` is n2p2's. All others are left to ASE.

    Args:
        path: the file.
        species: the atoms that are needed, in the order that is wanted; default: the most frequent composition
            decides.
        units: units of the file. ASE's formats are in eV and angstrom unless the user says otherwise; an archive may
            name its own units; ``input.data`` needs a declaration.
        keys: names of energy and forces in the file, where they are not the usual ones.

    Returns:
        The structures in eV, angstrom and eV/angstrom; ``forces`` is ``None`` if no structure has any.

    Raises:
        DataError: the file is missing or unreadable; units are missing or contradictory; labels are missing or of two
            sets; structures differ in their atoms or have no energy.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    with eq.stage(f"reading {eq.one_line(path.name)}"):
        return _read(path, species, units, keys)


def _read(path: Path, species: Sequence[str] | None, units: DeclaredUnits, keys: LabelKeys) -> Structures:
    if path.suffix == ".npz":
        return read_npz(path, species, units, keys)
    if path.name.endswith("input.data"):
        return read_n2p2(path, species, units, keys)
    if _is_xyz(path):
        return _converted(read_structures(path, species, keys), units)
    format = format_of(path)
    frames = list(ase_frames(path, format, keys))
    if not frames:
        raise DataError(
            f"{path}: ASE takes it for {format} and finds no structure in it; if it is extxyz, name it .extxyz"
        )
    return _converted(assemble(str(path), frames, species), units)


def read_atoms(path: Path, units: DeclaredUnits = UNDECLARED) -> Iterator[RawFrame]:
    """The structures of a file in angstrom, without their labels, which may be missing.

    Args:
        path: the file, of any format that `read_data` takes.
        units: unit of length of the file, as for `read_data`; energies are not read.

    Yields:
        The frames in the order of the file, with what else it says of them and of their atoms, as it stands there.

    Raises:
        DataError: the file is missing or unreadable, or needs a unit of length that nothing declares.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    if path.suffix == ".npz":
        yield from npz_atoms(path, units)
    elif path.name.endswith("input.data"):
        yield from n2p2_atoms(path, units)
    else:
        angstrom = DeclaredUnits(None, units.length or ASE_UNITS.length).length_factor(str(path))
        frames = (
            (block.atoms() for block in blocks(path))
            if _is_xyz(path)
            else ase_frames(path, format_of(path), None)
        )
        for frame in frames:
            yield frame if angstrom == 1 else replace(frame, positions=frame.positions * angstrom)


def _is_xyz(path: Path) -> bool:
    return path.suffix in (".xyz", ".extxyz") or format_of(path) in XYZ


def _converted(structures: Structures, said: DeclaredUnits) -> Structures:
    units = DeclaredUnits(said.energy or ASE_UNITS.energy, said.length or ASE_UNITS.length)
    if units == ASE_UNITS:
        return structures
    ev, angstrom = units.factors(structures.source)
    forces = None if structures.forces is None else structures.forces * (ev / angstrom)
    return replace(
        structures,
        positions=structures.positions * angstrom,
        energies=structures.energies * ev,
        forces=forces,
    )
