"""Read labelled structures from any file: the one door for a user's own data."""

from collections.abc import Sequence
from pathlib import Path

from siqml.data.declared_units import ASE_UNITS, UNDECLARED, DeclaredUnits
from siqml.data.extxyz import ase_frames, read_structures
from siqml.data.n2p2 import read_n2p2
from siqml.data.npz import read_npz
from siqml.data.raw_frame import assemble
from siqml.errors import DataError
from siqml.structures import Structures


def read_data(
    path: Path, species: Sequence[str] | None = None, units: DeclaredUnits = UNDECLARED
) -> Structures:
    """Read every structure of a file.

    The name decides how: ``.xyz`` and ``.extxyz`` are extxyz, ``.npz`` is sGDML's or rMD17's, a name that ends
    in ``input.data`` is n2p2's, all others are left to ASE.

    Args:
        path: the file.
        species: the atoms that are needed, in the order that is wanted; default: the first structure decides.
        units: of the file. ASE's formats are in eV and angstrom unless the user says otherwise; an archive
            may name its own; ``input.data`` needs them.

    Returns:
        The structures in eV, angstrom, eV/angstrom; ``forces`` is ``None`` if no structure has any.

    Raises:
        DataError: no such file, unreadable, units missing or contradictory, structures that are not all of the
            same atoms with an energy each.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    if path.suffix == ".npz":
        return read_npz(path, species, units)
    if path.name.endswith("input.data"):
        return read_n2p2(path, species, units)
    if path.suffix in (".xyz", ".extxyz"):
        return _converted(read_structures(path, species), units)
    return _converted(assemble(str(path), list(ase_frames(path, None)), species), units)


def _converted(structures: Structures, said: DeclaredUnits) -> Structures:
    units = DeclaredUnits(said.energy or ASE_UNITS.energy, said.length or ASE_UNITS.length)
    if units == ASE_UNITS:
        return structures
    ev, angstrom = units.factors(structures.source)
    forces = None if structures.forces is None else structures.forces * (ev / angstrom)
    return Structures(
        structures.species,
        structures.positions * angstrom,
        structures.energies * ev,
        forces,
        structures.source,
    )
