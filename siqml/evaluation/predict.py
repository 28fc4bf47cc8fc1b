"""What a model predicts for the structures of a file, written as labels."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np

import eqcompile as eq
from siqml.data.reading.bonds import declared_permutations, refuse_other_order
from siqml.data.reading.declared_units import UNDECLARED, DeclaredUnits
from siqml.data.reading.doubts import doubts, warn
from siqml.data.reading.named import locate_data
from siqml.data.reading.raw_frame import RawFrame, assemble
from siqml.data.reading.read import read_atoms
from siqml.data.reading.shipped import shipped_file
from siqml.errors import DataError
from siqml.field.ensemble import AnyField, Ensemble
from siqml.molecule.structures import Array, match_atoms

REPLACED: Final = (
    "energy", "free_energy", "energies", "forces", "stress", "stresses", "virial", "virials",
    "energy_std", "forces_std",
)  # fmt: skip
"""Names in the input that ASE would take for results of the same calculation as the predictions."""

TAKEN: Final = ("numbers", "positions", "symbols", "species", "pos", "move_mask")
"""Columns that ASE writes by itself."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Predictions for every structure of a file, its atoms in the order of the file.

    Attributes:
        frames: the structures as they were read.
        energies: ``(n,)`` in eV.
        forces: for each structure ``(n_atoms, 3)`` in eV/angstrom.
        energies_std: standard deviations between the members of an ensemble, ``(n,)``; ``None`` for one model.
        forces_std: the same for every force component.
    """

    frames: tuple[RawFrame, ...]
    energies: Array
    forces: tuple[Array, ...]
    energies_std: Array | None = None
    forces_std: tuple[Array, ...] | None = None


def predict_file(
    field: AnyField, name: str, units: DeclaredUnits = UNDECLARED, stream: TextIO | None = None
) -> Predicted:
    """Predict for every structure of a file, which needs no energies.

    Args:
        field: the model, or an ensemble, whose mean is the prediction.
        name: a file of the user, in any format that `read_atoms` takes, or the name of a shipped one.
        units: unit of length of the user's file.
        stream: takes a line for everything that looks wrong with the structures.

    Returns:
        The predictions, at least one.

    Raises:
        DataError: the file cannot be read, has no structure, or holds other molecules than that of the model.
    """
    located = locate_data(name, Path())
    own = Path(located).is_absolute()
    if units != UNDECLARED and not own:
        raise DataError("a unit is declared, but no file of yours is named; name it, or leave the unit out")
    path = Path(located) if own else shipped_file(located)
    with eq.stage(f"reading {eq.one_line(path.name)}"):
        frames = tuple(read_atoms(path, units))
    if not frames:
        raise DataError(f"{path}: no structure in this file")
    # Structures without labels: the energy of zero only fills its place, and nothing reads it.
    structures = assemble(
        str(path), [replace(frame, energy=0.0, forces=None) for frame in frames], field.species
    )
    for member in field.members if isinstance(field, Ensemble) else (field,):
        refuse_other_order([structures], member.frame, declared_permutations(member.model))
    if stream is not None:
        warn(doubts(structures), stream)
    back = [np.argsort(match_atoms(frame.symbols, field.species) or []) for frame in frames]
    with eq.stage("the predictions"):
        if not isinstance(field, Ensemble):
            energies, forces = field.predict(structures.positions)
            return Predicted(frames, energies, _in_file_order(forces, back))
        found = field.predictions(structures.positions)
    (energies, forces), (energies_std, forces_std) = found.mean, found.std
    return Predicted(
        frames, energies, _in_file_order(forces, back), energies_std, _in_file_order(forces_std, back)
    )


def write_predicted(path: Path, found: Predicted) -> None:
    """Write predictions as labels, atomically: ``energy`` and ``forces``, which ASE and siqml read as such.

    What else the input said of a structure or of its atoms is kept as it stood there, except results that ASE would
    ascribe to the model. An ensemble adds ``energy_std`` and the column ``forces_std``.

    Args:
        path: the extxyz file.
        found: what to write, in eV, angstrom and eV/angstrom.
    """
    from ase import Atoms
    from ase.io import write

    content = io.StringIO()
    for number, frame in enumerate(found.frames):
        atoms = Atoms(list(frame.symbols), positions=frame.positions)
        atoms.info = {key: value for key, value in frame.info.items() if _is_kept(key, value)}
        for key, column in frame.columns.items():
            if key not in (*REPLACED, *TAKEN):
                atoms.arrays[key] = column
        atoms.info["energy"] = float(found.energies[number])
        atoms.arrays["forces"] = found.forces[number]
        if found.energies_std is not None and found.forces_std is not None:
            atoms.info["energy_std"] = float(found.energies_std[number])
            atoms.arrays["forces_std"] = found.forces_std[number]
        write(content, atoms, format="extxyz")
    eq.write_atomically(path, content.getvalue())


def _in_file_order(values: Array, back: Sequence[Any]) -> tuple[Array, ...]:
    return tuple(one[order] for one, order in zip(values, back, strict=True))


def _is_kept(name: object, value: Any) -> bool:
    """Whether extxyz has a form for a value of ``info``, and the predictions do not replace it."""
    plain = isinstance(value, str | int | float | np.generic)
    numbers = isinstance(value, np.ndarray) and value.dtype.kind in "ifb"
    return isinstance(name, str) and name not in REPLACED and (plain or numbers)
