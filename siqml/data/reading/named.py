"""Structures by the names that configs and command lines use: a shipped file, or a user's file of any format."""

from collections.abc import Sequence
from pathlib import Path

from siqml.data.reading.declared_units import ASE_UNITS, UNDECLARED, DeclaredUnits
from siqml.data.reading.label_keys import UNNAMED, LabelKeys
from siqml.data.reading.read import read_data
from siqml.data.reading.shipped import is_shipped, shipped_file, shipped_files
from siqml.errors import DataError
from siqml.molecule.structures import Structures


def locate_data(name: str, beside: Path) -> str:
    """The absolute path of a user's file, or the bare name of a shipped one.

    Args:
        name: path or bare name; a user's file overrides a shipped one.
        beside: folder at which relative paths start.

    Returns:
        What `read_named` takes.

    Raises:
        DataError: neither exists.
    """
    path = beside / name
    if path.is_file():
        return str(path.resolve())
    if len(Path(name).parts) == 1 and is_shipped(name):
        return name
    if path.is_dir():
        raise DataError(f"{path}: a folder; name a file in it")
    raise DataError(
        f"{path}: no such file, nor a shipped one of this name; shipped: {', '.join(shipped_files())}"
    )


def read_named(
    name: str,
    species: Sequence[str] | None = None,
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
) -> Structures:
    """Every structure behind a name from `locate_data`.

    Args:
        name: absolute path of a user's file, in any format that `read_data` takes, or name of a shipped file.
        species: the atoms that are needed, in the order that is wanted.
        units: units of a user's file; shipped files are in eV and angstrom.
        keys: names of the labels in a user's file; shipped files have ``energy`` and ``forces``.

    Returns:
        The structures in eV, angstrom, eV/angstrom.

    Raises:
        DataError: see `read_data`.
    """
    if Path(name).is_absolute():
        return read_data(Path(name), species, units, keys)
    return read_data(shipped_file(name), species)


def refuse_mixed(names: Sequence[str], units: DeclaredUnits) -> None:
    """Refuse units that are declared both for a file that needs them and for one that ASE reads in eV and angstrom.

    Args:
        names: names from `locate_data`; shipped files do not count.
        units: declared for all of them.

    Raises:
        DataError: there are files of both kinds.
    """
    own = [name for name in names if Path(name).is_absolute()]
    silent = [name for name in own if name.endswith((".npz", "input.data"))]
    others = [name for name in own if name not in silent]
    if silent and others and units not in (UNDECLARED, ASE_UNITS):
        raise DataError(
            f"{others[0]}: read in eV and angstrom unless units are declared, and the units declared here are those "
            f"of {Path(silent[0]).name}; convert that file: siqml data convert"
        )
