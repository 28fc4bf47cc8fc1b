"""NumPy archives of one molecule, with the names of sGDML (R, z, E, F) or of rMD17."""

import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tokenize import TokenError
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np

from siqml.data.reading.declared_units import DeclaredUnits
from siqml.data.reading.label_keys import NONE, UNNAMED, LabelKeys, looks_like_forces
from siqml.data.reading.raw_frame import RawFrame, assemble
from siqml.errors import DataError
from siqml.molecule.structures import Structures

NAMES: Final[Mapping[str, tuple[str, str, str, str]]] = MappingProxyType(
    {"sGDML": ("z", "R", "E", "F"), "rMD17": ("nuclear_charges", "coords", "energies", "forces")}
)
"""Atomic numbers, positions, energies, forces."""

MAX_ARCHIVE_BYTES: Final = 1 << 29
"""Bytes of all arrays of an archive, unpacked; 200,000 structures of 21 atoms take 0.2 GB. Beyond it, refused: split
the archive."""

CELLS: Final = ("lattice", "cell", "box", "pbc")
"""Arrays that mean a repeating cell; sGDML uses the first name."""


def read_npz(
    path: Path, species: Sequence[str] | None, said: DeclaredUnits, keys: LabelKeys = UNNAMED
) -> Structures:
    """Read an archive.

    Args:
        path: the file; it exists.
        species: see `assemble`.
        said: units declared by the user; sGDML files may name their own as ``e_unit`` and ``r_unit``.
        keys: names of the arrays of energies and forces, where they are not the usual ones.

    Returns:
        The structures, in eV and angstrom.

    Raises:
        DataError: the file is not an archive; arrays are missing or have the wrong shape; there is a cell; units are
            not declared; see also `assemble`.

    References:
        Chmiela et al., Comput. Phys. Commun. 240, 38 (2019), DOI 10.1016/j.cpc.2019.02.007: sGDML.
        Christensen and von Lilienfeld, Mach. Learn.: Sci. Technol. 1, 045018 (2020), DOI
        10.1088/2632-2153/abba6f: rMD17.
    """
    arrays = _arrays(path)
    numbers, positions, energies, forces = _named(path, arrays, keys)
    _refuse_cell(path, arrays)
    own = DeclaredUnits.named(_text(path, arrays, "e_unit"), _text(path, arrays, "r_unit"), str(path))
    ev, angstrom = own.confirmed_by(said, str(path)).factors(str(path))
    symbols = _symbols(path, numbers)
    count = len(positions) if positions.ndim else 0
    shapes = {"positions": (positions, (count, len(symbols), 3)), "energies": (energies, (count,))}
    if forces is not None:
        shapes["forces"] = (forces, (count, len(symbols), 3))
    for name, (array, shape) in shapes.items():
        if array.shape != shape:
            raise DataError(f"{path}: {name} of shape {array.shape}; needed: {shape}")
    with np.errstate(over="ignore"):  # numbers that become infinite are named below
        frames = [
            RawFrame(
                symbols,
                positions[row] * angstrom,
                energies[row] * ev,
                None if forces is None else forces[row] * (ev / angstrom),
            )
            for row in range(count)
        ]
    return assemble(str(path), frames, species)


def npz_atoms(path: Path, said: DeclaredUnits) -> Iterator[RawFrame]:
    """Every structure of an archive without its labels, which may be missing.

    Args:
        path: the file; it exists.
        said: unit of length declared by the user; sGDML files may name their own as ``r_unit``.

    Raises:
        DataError: see `read_npz`.
    """
    arrays = _arrays(path)
    there = [names for names in NAMES.values() if names[0] in arrays and names[1] in arrays]
    if len(there) != 1:
        wanted = " or ".join(f"{', '.join(names[:2])} ({origin})" for origin, names in NAMES.items())
        raise DataError(
            f"{path}: arrays {', '.join(sorted(arrays)) or 'none'}; needed: those of one set, {wanted}"
        )
    numbers, name = arrays[there[0][0]], there[0][1]
    positions = _real(path, name, arrays[name])
    _refuse_cell(path, arrays)
    own = DeclaredUnits.named(None, _text(path, arrays, "r_unit"), str(path))
    angstrom = own.confirmed_by(DeclaredUnits(None, said.length), str(path)).length_factor(str(path))
    symbols = _symbols(path, numbers)
    if positions.ndim != 3 or positions.shape[1:] != (len(symbols), 3):
        raise DataError(f"{path}: {name} of shape {positions.shape}; needed: (structures, {len(symbols)}, 3)")
    for row in positions:
        yield RawFrame(symbols, row * angstrom, None, None)


def _arrays(path: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
            size = sum(info.file_size for info in members)
            if size > MAX_ARCHIVE_BYTES:
                raise DataError(
                    f"{path}: its arrays have {size >> 20} MB; the limit is {MAX_ARCHIVE_BYTES >> 20} MB; put fewer "
                    "structures into a file"
                )
            return {info.filename.removesuffix(".npy"): _array(path, archive, info) for info in members}
    except OSError as wrong:
        raise DataError(f"{path}: {wrong.strerror or wrong}") from wrong
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as broken:
        # RuntimeError: a member that needs a password
        raise DataError(f"{path}: not an archive of plain arrays ({broken})") from broken


def _array(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Any:
    """One array of an archive. Its header is read first, and must not ask for more than the archive holds."""
    name = info.filename.removesuffix(".npy")
    with archive.open(info) as member:
        try:
            version = np.lib.format.read_magic(member)
            read = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, fortran, kind = read(member)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError, TokenError) as broken:
            raise DataError(f'{path}: the header of its array "{name}" is damaged') from broken
        if kind.hasobject:
            raise DataError(
                f'{path}: its array "{name}" holds Python objects; needed: plain numbers and texts'
            )
        content = member.read()
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count * kind.itemsize != len(content):
        raise DataError(
            f'{path}: its array "{name}" claims to have the shape {shape}, but holds {len(content)} bytes'
        )
    order: Literal["F", "C"] = "F" if fortran else "C"
    return np.ndarray(shape, kind, content, order=order)


def _named(path: Path, arrays: dict[str, Any], keys: LabelKeys) -> tuple[Any, Any, Any, Any]:
    """Atomic numbers, positions, energies and forces, by the names of one origin or those of the user."""
    # With two sets of labels, perhaps of two levels of theory, either may be meant: the order of NAMES must not choose.
    if all(name in arrays for _, positions, energies, _ in NAMES.values() for name in (positions, energies)):
        both = " and of ".join(f"{origin} ({', '.join(names[:3])})" for origin, names in NAMES.items())
        raise DataError(f"{path} has the arrays of {both}; keep those of one set")
    for numbers, positions, energies, forces in NAMES.values():
        # A name that the user gives is looked for in the first set whose atoms are there; if missing, it is named.
        energy = keys.energy or energies
        if numbers in arrays and positions in arrays and (energy in arrays or keys.energy is not None):
            force = _force_name(path, arrays, forces, keys)
            for name in filter(None, (energy, force)):
                if name not in arrays:
                    raise DataError(f'{path} has no array "{name}"; found: {", ".join(sorted(arrays))}')
            found = [_real(path, name, arrays[name]) for name in (positions, energy)]
            pulls = None if force is None else _real(path, force, arrays[force])
            # Some programs write one energy per structure as a column.
            column = found[1].ndim == 2 and found[1].shape[1] == 1
            return arrays[numbers], found[0], found[1].reshape(-1) if column else found[1], pulls
    wanted = " or ".join(f"{', '.join(names[:3])} ({origin})" for origin, names in NAMES.items())
    raise DataError(
        f"{path}: arrays {', '.join(sorted(arrays)) or 'none'}; needed: {wanted}; "
        "if the energies have another name, give it with --energy-key"
    )


def _force_name(path: Path, arrays: dict[str, Any], forces: str, keys: LabelKeys) -> str | None:
    if keys.forces is not None:
        return None if keys.forces == NONE else keys.forces
    if forces in arrays and keys.energy is None:
        return forces
    alike = [name for name in arrays if looks_like_forces(name) and arrays[name].ndim >= 2]
    if alike:
        raise DataError(
            f"{path} has forces under a name that does not go with its energies: {', '.join(alike)}; choose with "
            f"--forces-key {alike[0]} (in a config, data.keys.forces), or leave forces out with --forces-key {NONE}"
        )
    return None


def _refuse_cell(path: Path, arrays: dict[str, Any]) -> None:
    """Refuse a cell: it means copies that repeat, unless the archive says that nothing does."""
    open_ends = "pbc" in arrays and not np.any(arrays["pbc"])
    for name in CELLS:
        if name in arrays and np.any(arrays[name]) and not open_ends:
            raise DataError(
                f'{path} is periodic: it has a "{name}"; siqml models are of molecules: unwrap it and drop the cell'
            )


def _real(path: Path, name: str, array: Any) -> Any:
    if array.dtype.kind not in "fiu":
        raise DataError(f"{path}: {name} holds {array.dtype}; needed: numbers")
    return np.asarray(array, dtype=np.float64)


def _symbols(path: Path, numbers: Any) -> tuple[str, ...]:
    from ase.data import chemical_symbols

    if numbers.ndim != 1 or numbers.dtype.kind not in "iu":
        raise DataError(f"{path}: atomic numbers of shape {numbers.shape} and type {numbers.dtype}; needed: one "
                        "integer per atom, the same in every structure")  # fmt: skip
    if len(numbers) and not 1 <= numbers.min() <= numbers.max() < len(chemical_symbols):
        raise DataError(f"{path}: atomic numbers from {numbers.min()} to {numbers.max()}; needed: elements")
    return tuple(chemical_symbols[number] for number in numbers)


def _text(path: Path, arrays: dict[str, Any], name: str) -> str | None:
    if name not in arrays:
        return None
    if arrays[name].size != 1:
        raise DataError(f"{path}: {name} holds {arrays[name].size} values; needed: one name of a unit")
    value = arrays[name].reshape(-1)[0]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
