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

import eqcompile as eq
from siqml.data.raw_frame import RawFrame, assemble
from siqml.errors import DataError
from siqml.structures import Structures


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
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: empty file; an extxyz file with energies is needed")
    return assemble(str(path), list(ase_frames(path, "extxyz")), species)


def ase_frames(path: Path, format: str | None) -> Iterator[RawFrame]:
    """Every structure of a file that ASE can read.

    Args:
        path: the file; it exists.
        format: ASE's name of the format; ``None``: ASE guesses.

    Yields:
        The frames; ASE hands out eV and angstrom.

    Raises:
        DataError: unreadable, or of no format that ASE knows.
    """
    from ase.io import iread
    from ase.io.extxyz import XYZError
    from ase.io.formats import UnknownFileTypeError

    # what ASE's readers let out on damaged text; RuntimeError: a file that ends inside a structure
    unreadable = (XYZError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError)
    count = 0
    try:
        for atoms in iread(path, index=":", format=format):
            count += 1
            yield _raw(atoms)
    except UnknownFileTypeError as unknown:
        raise DataError(
            f"{path}: of no format that ASE knows; siqml data convert makes extxyz of .npz and of ...input.data, too"
        ) from unknown
    except unreadable as broken:
        reason = " ".join(str(broken).split()) or type(broken).__name__
        raise DataError(
            f"{path}: unreadable after {count} structures, is it truncated? ({reason})"
        ) from broken


def _raw(atoms: Any) -> RawFrame:
    results = atoms.calc.results if atoms.calc is not None else {}
    return RawFrame(
        tuple(atoms.get_chemical_symbols()),
        atoms.positions,
        atoms.info.get("REF_energy", results.get("energy")),
        atoms.arrays.get("REF_forces", results.get("forces")),
        bool(atoms.pbc.any()),
    )
