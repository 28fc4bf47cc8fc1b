"""Files of any other format, which ASE reads in eV and angstrom."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.data.reading.label_keys import LabelKeys
from siqml.data.reading.raw_frame import RawFrame, place_of
from siqml.errors import MAX_REASON, DataError


def format_of(path: Path) -> str:
    """ASE's name for the format of a file.

    Raises:
        DataError: ASE does not know the format.
    """
    from ase.io.formats import UnknownFileTypeError, filetype, ioformats

    try:
        found = str(filetype(str(path)))
    except (UnknownFileTypeError, OSError, EOFError):  # OSError: compressed by its name, but not in fact
        found = ""
    if found not in ioformats:
        raise DataError(
            f"{path}: not in a format that ASE knows; siqml data convert also reads .npz and ...input.data"
        )
    return found


def ase_frames(path: Path, format: str, keys: LabelKeys | None) -> Iterator[RawFrame]:
    """Every structure of a file that ASE can read.

    Args:
        path: the file; it exists.
        format: ASE's name for the format.
        keys: which labels to take; ``None`` if only the atoms are needed.

    Yields:
        The frames; ASE hands out eV and angstrom.

    Raises:
        DataError: the file is unreadable, or has no label or labels of two sets.
    """
    from ase.io import iread

    count = 0
    frames = iter(iread(path, index=":", format=format))
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # ASE's own warnings, about formats; what matters here is checked below
                atoms = next(frames, None)
        except (KeyboardInterrupt, MemoryError, eq.BudgetError):
            raise
        except Exception as broken:
            reason = " ".join(str(broken).split()) or type(broken).__name__
            raise DataError(
                f"{path}: ASE reads {count} structures of the format {format} and then fails ({reason[:MAX_REASON]})"
            ) from broken
        if atoms is None:
            return
        yield _raw(atoms, place_of(str(path), count), keys)
        count += 1


def _raw(atoms: Any, place: str, keys: LabelKeys | None) -> RawFrame:
    symbols, periodic = tuple(atoms.get_chemical_symbols()), bool(atoms.pbc.any())
    if keys is None:
        columns = {name: kept for name, kept in atoms.arrays.items() if name not in ("numbers", "positions")}
        return RawFrame(
            symbols, atoms.positions, None, None, periodic, info=dict(atoms.info), columns=columns
        )
    results = dict(atoms.calc.results) if atoms.calc is not None else {}
    scalars = {name: value for name, value in {**results, **atoms.info}.items() if _is_number(value)}
    vectors = {
        name: value
        for name, value in {**results, **atoms.arrays}.items()
        if name != "positions" and np.shape(value) == (len(symbols), 3)
    }
    energy, forces = keys.chosen([str(name) for name in scalars], [str(name) for name in vectors], place)
    pulls = None if forces is None else vectors[forces]
    charge = scalars.get("charge")
    return RawFrame(
        symbols, atoms.positions, scalars[energy], pulls, periodic, charge=charge, labels=(energy, forces)
    )


def _is_number(value: Any) -> bool:
    return np.ndim(value) == 0 and isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
