"""Frames as files have them, and the checks that turn them into labelled structures.

Structures are counted from 0 everywhere, like atoms, and as in ASE, ``NAME.split.json`` and Python. Lines are counted
from 1.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from siqml.errors import DataError
from siqml.molecule.structures import Array, Structures, composition, match_atoms

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, eq=False, slots=True)
class RawFrame:
    """One structure of a file, in eV and angstrom, unchecked.

    Attributes:
        symbols: chemical symbols in the order of the file.
        positions: ``(n_atoms, 3)`` in angstrom.
        energy: energy in eV; ``None`` if the file has none.
        forces: ``(n_atoms, 3)`` in eV/angstrom; ``None`` if the file has none.
        periodic: whether there is a cell that repeats.
        line: the line where the structure begins in a text file, from 1.
        charge: charge of the whole structure in elementary charges, if the file has one.
        labels: names of energy and forces in the file, if it names them.
        unread: names of values that were not taken, three for each atom, and may be forces.
        isotopes: whether some hydrogen is written as deuterium or tritium.
        info: what else the file says of the structure, by name and as it stands there; only where labels are not read.
        columns: the same for each atom: arrays of one value or several, in the order of the file.
    """

    symbols: tuple[str, ...]
    positions: Any
    energy: Any
    forces: Any
    periodic: bool = False
    line: int | None = None
    charge: float | None = None
    labels: tuple[str, str | None] | None = None
    unread: tuple[str, ...] = ()
    isotopes: bool = False
    info: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    columns: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


def place_of(source: str, number: int, line: int | None = None) -> str:
    """How messages name a structure.

    Args:
        source: the file.
        number: number of the structure, from 0.
        line: the line where it begins, from 1.

    >>> place_of("a.npz", 3)
    'a.npz: structure 3 (counted from 0)'
    >>> place_of("a.xyz", 3, 16)
    'a.xyz:16: structure 3'
    """
    return (
        f"{source}: structure {number} (counted from 0)"
        if line is None
        else f"{source}:{line}: structure {number}"
    )


def assemble(source: str, frames: Sequence[RawFrame], species: Sequence[str] | None) -> Structures:
    """Bring all frames into one atom order.

    Args:
        source: the file, for messages.
        frames: its structures.
        species: the atoms that are needed, in the order that is wanted; equal atoms keep the order of the file.
            Default: the first frame of the most frequent composition decides.

    Returns:
        The structures; ``forces`` is ``None`` if no frame has any.

    Raises:
        DataError: there is no frame; a frame has no energy or other atoms, is periodic, or has NaN or infinity; only
            some frames have forces; labels have different names.
    """
    if not frames:
        raise DataError(f"{source}: no structure in this file; structures with energies are needed")
    needed = tuple(species) if species is not None else _most_frequent(frames)
    found = _at_once(frames, needed)
    if found is None:
        found = _one_by_one(source, frames, needed, species is None)
    _refuse_changing_labels(source, frames)
    positions, energies, forces = found
    return Structures(
        needed,
        positions,
        energies,
        forces,
        source,
        charges=tuple(sorted({frame.charge for frame in frames if frame.charge is not None})),
        remarks=_remarks(source, frames, forces is not None),
    )


def _at_once(frames: Sequence[RawFrame], needed: tuple[str, ...]) -> tuple[Array, Array, Array | None] | None:
    """Positions, energies and forces; ``None`` if anything is unusual or wrong: a look at each frame then says what."""
    # Files have few kinds of frames, so atoms are matched once for each kind, not for each frame.
    kinds: dict[tuple[str, ...], int] = {}
    kind = [kinds.setdefault(frame.symbols, len(kinds)) for frame in frames]
    orders = [match_atoms(symbols, needed) for symbols in kinds]
    shape, with_forces = (len(needed), 3), frames[0].forces is not None
    # Anything that is not plain is left to `_row`, the one place that words refusals. Both must accept the same.
    for frame in frames:
        if frame.periodic or not isinstance(frame.energy, float) or not _is_array(frame.positions, shape):
            return None
        if not (_is_array(frame.forces, shape) if with_forces else frame.forces is None):
            return None
    energies = np.array([frame.energy for frame in frames])
    vectors = [np.concatenate([frame.positions for frame in frames])]
    if with_forces:
        vectors.append(np.concatenate([frame.forces for frame in frames]))
    if None in orders or not needed or not all(np.isfinite(values).all() for values in (energies, *vectors)):
        return None
    found = [values.reshape(len(frames), *shape) for values in vectors]
    if orders != [[*range(len(needed))]]:
        order = np.array(orders)[kind][:, :, None]
        found = [np.take_along_axis(values, order, axis=1) for values in found]
    return found[0], energies, found[1] if with_forces else None


def _is_array(values: Any, shape: tuple[int, int]) -> bool:
    return isinstance(values, np.ndarray) and values.shape == shape and values.dtype == np.float64


def _one_by_one(
    source: str, frames: Sequence[RawFrame], needed: tuple[str, ...], most: bool
) -> tuple[Array, Array, Array | None]:
    rows = [_row(place_of(source, i, frame.line), frame, needed, most) for i, frame in enumerate(frames)]
    with_forces = [forces is not None for _, _, forces in rows]
    if any(with_forces) and not all(with_forces):
        first = with_forces.index(False)
        place = place_of(source, first, frames[first].line)
        raise DataError(f"{place} has no forces, but others do; give forces for all structures or for none")
    positions, energies, forces = zip(*rows, strict=True)
    return np.array(positions), np.array(energies), np.array(forces) if all(with_forces) else None


def _most_frequent(frames: Sequence[RawFrame]) -> tuple[str, ...]:
    counts: Counter[tuple[str, ...]] = Counter()
    for symbols, count in Counter(frame.symbols for frame in frames).items():
        counts[tuple(sorted(symbols))] += count
    kind = counts.most_common(1)[0][0]
    return next(frame.symbols for frame in frames if tuple(sorted(frame.symbols)) == kind)


def _row(
    place: str, frame: RawFrame, needed: tuple[str, ...], most: bool
) -> tuple[Array, float, Array | None]:
    # The mistake that explains the others comes first: a frame of other atoms has another shape as well.
    order = match_atoms(frame.symbols, needed)
    if not frame.symbols:
        raise DataError(f"{place} has no atoms")
    if order is None:
        isolated = len(frame.symbols) == 1 < len(needed)
        found = composition(frame.symbols) + (", an isolated atom" if isolated else "")
        rest = (
            f"most structures here are {composition(needed)}" if most else f"this needs {composition(needed)}"
        )
        cure = "" if not (most or isolated) else "; take it out of the file: a model is of one molecule"
        raise DataError(f"{place} is {found}; {rest}{cure}")
    if frame.periodic:
        raise DataError(f"{place} is periodic; siqml models are of molecules: unwrap it and drop the cell")
    if frame.energy is None:
        raise DataError(
            f'{place} has no energy; every structure needs one (extxyz: "energy" or "REF_energy" on its comment line)'
        )
    for name, values in (("position", frame.positions), ("energy", frame.energy), ("force", frame.forces)):
        if values is not None and not _finite(values):
            raise DataError(f"{place}: its {name} is not a finite number")
    if np.ndim(frame.energy) != 0 or isinstance(frame.energy, (bool, np.bool_, str)):
        raise DataError(f"{place}: its energy is {frame.energy}; needed: one number")
    for name, values in (("positions", frame.positions), ("forces", frame.forces)):
        if values is not None and np.shape(values) != (len(needed), 3):
            raise DataError(
                f"{place}: its {name} are of shape {np.shape(values)}; needed: {(len(needed), 3)}"
            )
    positions = np.asarray(frame.positions)[order]
    return positions, float(frame.energy), None if frame.forces is None else np.asarray(frame.forces)[order]


def _refuse_changing_labels(source: str, frames: Sequence[RawFrame]) -> None:
    """Refuse labels that do not come from the same set in all structures of a file."""
    for number, frame in enumerate(frames):
        if frame.labels != frames[0].labels and frame.labels and frames[0].labels:
            found, first = (" and ".join(filter(None, labels)) for labels in (frame.labels, frames[0].labels))
            raise DataError(
                f"{place_of(source, number, frame.line)} has its labels as {found}, but structure 0 as {first}; choose "
                "one set with --energy-key and --forces-key (in a config, data.keys)"
            )


def _remarks(source: str, frames: Sequence[RawFrame], with_forces: bool) -> tuple[str, ...]:
    remarks = []
    unread = sorted({name for frame in frames for name in frame.unread})
    if unread and not with_forces:
        remarks.append(
            f"{source}: no forces were read; not taken: {', '.join(unread)}; if these are forces, choose them with "
            f"--forces-key {unread[0]} (in a config, data.keys.forces)"
        )
    if any(frame.isotopes for frame in frames):
        remarks.append(f"{source}: D and T are read as H; the mass plays no part in energies and forces")
    return tuple(remarks)


def _finite(values: Any) -> bool:
    try:
        return bool(np.isfinite(np.asarray(values, dtype=np.float64)).all())
    except (TypeError, ValueError):  # a word where a number belongs
        return False
