"""Frames as files have them, and the checks that make labelled structures of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from siqml.errors import DataError
from siqml.structures import Array, Structures, composition, match_atoms


@dataclass(frozen=True, eq=False)
class RawFrame:
    """One structure of a file, in eV and angstrom, unchecked.

    Attributes:
        symbols: chemical symbols in the order of the file.
        positions: ``(n_atoms, 3)`` in angstrom.
        energy: in eV; ``None`` if the file has none.
        forces: ``(n_atoms, 3)`` in eV/angstrom; ``None`` if the file has none.
        periodic: whether there is a cell that repeats.
    """

    symbols: tuple[str, ...]
    positions: Any
    energy: Any
    forces: Any
    periodic: bool = False


def assemble(source: str, frames: Sequence[RawFrame], species: Sequence[str] | None) -> Structures:
    """Bring all frames into one atom order.

    Args:
        source: the file, for messages.
        frames: its structures.
        species: the atoms that are needed, in the order that is wanted; equal atoms keep the order of the file.
            Default: the first frame decides.

    Returns:
        The structures; ``forces`` is ``None`` if no frame has any.

    Raises:
        DataError: no frame; one without energy, with other atoms, periodic, with NaN or infinity; forces in
            some only.
    """
    if not frames:
        raise DataError(f"{source}: no structure in this file; structures with energies are needed")
    needed = tuple(species) if species is not None else frames[0].symbols
    rows = [_row(f"{source}: structure {number}", frame, needed) for number, frame in enumerate(frames, 1)]
    with_forces = [forces is not None for _, _, forces in rows]
    if any(with_forces) and not all(with_forces):
        raise DataError(
            f"{source}: structure {with_forces.index(False) + 1} has no forces, others have; give all or none"
        )
    positions, energies, forces = zip(*rows, strict=True)
    all_forces = np.array(forces) if all(with_forces) else None
    return Structures(needed, np.array(positions), np.array(energies), all_forces, source)


def _row(place: str, frame: RawFrame, needed: tuple[str, ...]) -> tuple[Array, float, Array | None]:
    order = match_atoms(frame.symbols, needed)
    if order is None:
        raise DataError(f"{place} is {composition(frame.symbols)}; this needs {composition(needed)}")
    if frame.periodic:
        raise DataError(f"{place} is periodic; siqml models are of molecules: unwrap it and drop the cell")
    if frame.energy is None:
        raise DataError(
            f'{place} has no energy; every structure needs one (extxyz: "energy" or "REF_energy" on its comment line)'
        )
    for name, values in (("position", frame.positions), ("energy", frame.energy), ("force", frame.forces)):
        if values is not None and not _finite(values):
            raise DataError(f"{place}: its {name} is no finite number")
    positions = np.asarray(frame.positions)[order]
    return positions, float(frame.energy), None if frame.forces is None else np.asarray(frame.forces)[order]


def _finite(values: Any) -> bool:
    try:
        return bool(np.isfinite(np.asarray(values, dtype=np.float64)).all())
    except (TypeError, ValueError):  # a word where a number belongs
        return False
