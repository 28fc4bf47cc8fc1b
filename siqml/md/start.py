"""The structure that a simulation, a search for a minimum or an analysis of vibrations begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from siqml.data.reading.bonds import declared_permutations, refuse_other_order
from siqml.data.reading.doubts import SPOT
from siqml.data.reading.read import read_atoms
from siqml.errors import DataError
from siqml.field.ensemble import AnyField, Ensemble
from siqml.molecule.structures import Array, Structures, composition, match_atoms


@dataclass(frozen=True, eq=False)
class Start:
    """One structure, with its atoms in the order of its file.

    Attributes:
        symbols: chemical symbols.
        positions: ``(n_atoms, 3)`` in angstrom.
        momenta: ``(n_atoms, 3)`` in ASE's units; ``None`` if the file has none.
    """

    symbols: tuple[str, ...]
    positions: Array
    momenta: Array | None = None


def read_start(path: Path, field: AnyField, said: str = "") -> Start:
    """The first structure of a file.

    Args:
        path: the file, of any format that `siqml.data.reading.read.read_atoms` takes.
        field: the model, or an ensemble.
        said: option that names the file, for messages.

    Raises:
        DataError: there is no such file or no structure in it; its atoms are not those of the model, in another order,
            on one spot, periodic, or where no number is.
    """
    place, species = f"{said} {path}".strip(), field.species
    if not path.is_file():
        raise DataError(f"{place}: no such file")
    frame = next(read_atoms(path), None)
    if frame is None:
        raise DataError(f"{place}: no structure in it")
    order = match_atoms(frame.symbols, species)
    if order is None:
        raise DataError(
            f"{place}: it is {composition(frame.symbols)}; the model is of {composition(species)}"
        )
    if frame.periodic:
        raise DataError(f"{place}: it is periodic; the model is of one molecule: unwrap it and drop the cell")
    if not np.isfinite(frame.positions).all():
        raise DataError(f"{place}: a position in it is not a finite number")
    _refuse_one_spot(place, frame.symbols, frame.positions)
    alone = Structures(species, frame.positions[order][None], np.zeros(1), None, place)
    for member in field.members if isinstance(field, Ensemble) else (field,):
        refuse_other_order([alone], member.frame, declared_permutations(member.model))
    return Start(frame.symbols, np.array(frame.positions), frame.columns.get("momenta"))


def on_one_spot(symbols: Sequence[str], positions: Array) -> str | None:
    """The two atoms of a structure that are on one spot, as words; ``None`` if there are none.

    >>> on_one_spot(["O", "H"], np.array([[0, 0, 0.0], [0, 0, 0.1]]))
    'atoms 0 (O) and 1 (H) are 0.100 angstrom apart'
    """
    apart = np.linalg.norm(positions[:, None] - positions, axis=2) + np.diag(np.full(len(positions), np.inf))
    i, j = (int(k) for k in np.unravel_index(int(apart.argmin()), apart.shape))
    if not apart[i, j] < SPOT:
        return None
    return f"atoms {i} ({symbols[i]}) and {j} ({symbols[j]}) are {apart[i, j]:.3f} angstrom apart"


def _refuse_one_spot(place: str, symbols: tuple[str, ...], positions: Array) -> None:
    found = on_one_spot(symbols, positions)
    if found is not None:
        raise DataError(f"{place}: {found}: one position twice, or a wrong unit of length")
