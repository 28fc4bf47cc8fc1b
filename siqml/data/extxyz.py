"""Extended XYZ files, through ASE.

Labels are written as ``energy`` and ``forces``: ASE moves these two into a ``SinglePointCalculator``, so that
``atoms.get_potential_energy()`` answers in every ASE program. Reading also takes ``REF_energy`` and
``REF_forces``, the names that MACE and others use because ASE leaves them alone; where a file has both,
``REF_`` is the label.
"""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.errors import DataError
from siqml.structures import Array, Structures, composition, match_atoms


def write_structures(path: Path, structures: Structures) -> None:
    """Write all structures to one extxyz file, atomically.

    Args:
        path: the file; replaced if it exists.
        structures: positions in angstrom, energies in eV, forces in eV/angstrom.
    """
    from ase import Atoms
    from ase.calculators.singlepoint import SinglePointCalculator
    from ase.io import write

    frames = []
    for i, (positions, energy) in enumerate(zip(structures.positions, structures.energies, strict=True)):
        atoms = Atoms(list(structures.species), positions=positions)
        labels: dict[str, Any] = {"energy": float(energy)}
        if structures.forces is not None:
            labels["forces"] = structures.forces[i]
        atoms.calc = SinglePointCalculator(atoms, **labels)
        frames.append(atoms)
    text = io.StringIO()
    write(text, frames, format="extxyz")
    eq.write_atomically(path, text.getvalue())


def read_structures(path: Path, species: Sequence[str] | None = None) -> Structures:
    """Read every structure of an extxyz file, with its labels, into one atom order.

    Args:
        path: the file.
        species: the atoms that are needed, in the order that is wanted; the file may list them in another.
            Equal atoms keep the order of the file. Default: the first structure decides.

    Returns:
        The structures; ``forces`` is ``None`` if no structure has any.

    Raises:
        DataError: no such file, empty, not extxyz, truncated; a structure without energy, with other atoms,
            with a periodic cell, with NaN or infinity; forces in some structures only.
    """
    frames = list(_frames(path))
    if not frames:
        raise DataError(f"{path}: no structure in this file; an extxyz file with energies is needed")
    needed = tuple(species) if species is not None else tuple(frames[0].get_chemical_symbols())
    rows = [_row(f"{path}: structure {number}", atoms, needed) for number, atoms in enumerate(frames, 1)]
    with_forces = [forces is not None for _, _, forces in rows]
    if any(with_forces) and not all(with_forces):
        raise DataError(
            f"{path}: structure {with_forces.index(False) + 1} has no forces, others have; give all or none"
        )
    positions, energies, forces = zip(*rows, strict=True)
    all_forces = np.array(forces) if all(with_forces) else None
    return Structures(needed, np.array(positions), np.array(energies), all_forces, str(path))


def _frames(path: Path) -> Iterator[Any]:
    from ase.io import iread
    from ase.io.extxyz import XYZError

    # what ASE's reader lets out on damaged text; RuntimeError: a file that ends inside a structure
    unreadable = (XYZError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError)
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: empty file; an extxyz file with energies is needed")
    count = 0
    try:
        for atoms in iread(path, index=":", format="extxyz"):
            count += 1
            yield atoms
    except unreadable as broken:
        reason = " ".join(str(broken).split()) or type(broken).__name__
        raise DataError(
            f"{path}: unreadable after {count} structures, is it truncated? ({reason})"
        ) from broken


def _row(place: str, atoms: Any, needed: tuple[str, ...]) -> tuple[Array, float, Array | None]:
    symbols = atoms.get_chemical_symbols()
    order = match_atoms(symbols, needed)
    if order is None:
        raise DataError(f"{place} is {composition(symbols)}; this needs {composition(needed)}")
    if atoms.pbc.any():
        raise DataError(f"{place} is periodic; siqml models are of molecules: unwrap it and drop the cell")
    results = atoms.calc.results if atoms.calc is not None else {}
    energy = atoms.info.get("REF_energy", results.get("energy"))
    if energy is None:
        raise DataError(
            f'{place} has no energy; needed: "energy" (or "REF_energy") in eV on its comment line'
        )
    forces = atoms.arrays.get("REF_forces", results.get("forces"))
    for name, values in (("position", atoms.positions), ("energy", energy), ("force", forces)):
        if values is not None and not _finite(values):
            raise DataError(f"{place}: its {name} is no finite number")
    positions = np.asarray(atoms.positions[order])
    return positions, float(energy), None if forces is None else np.asarray(forces[order])


def _finite(values: Any) -> bool:
    try:
        return bool(np.isfinite(np.asarray(values, dtype=np.float64)).all())
    except (TypeError, ValueError):  # a word where a number belongs
        return False
