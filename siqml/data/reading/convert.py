"""A user's file as siqml's extxyz, either whole or divided into training and test sets."""

import json
from pathlib import Path
from typing import TextIO

import eqcompile as eq
from siqml.data.reading.declared_units import UNDECLARED, DeclaredUnits
from siqml.data.reading.doubts import doubts, warn
from siqml.data.reading.extxyz import write_structures
from siqml.data.reading.label_keys import UNNAMED, LabelKeys
from siqml.data.reading.read import read_data
from siqml.data.reading.split import shuffled_split
from siqml.errors import DataError
from siqml.files import sha256
from siqml.molecule.structures import Structures


def convert(
    source: Path,
    output: Path,
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
    stream: TextIO | None = None,
) -> Path:
    """Write all structures of a file as extxyz, in eV and angstrom.

    Args:
        source: any file that `read_data` takes.
        output: the extxyz file, which must not exist.
        units: units of the source, if it does not declare them.
        keys: names of its labels, where they are not the usual ones.
        stream: takes a line about how much was read, and one for everything that looks wrong with the labels.

    Returns:
        ``output``.

    Raises:
        DataError: the source cannot be read, or the output exists.
    """
    structures = read_data(source, None, units, keys)
    _refuse_existing(output)
    report = _report(structures) if stream is not None else []
    write_structures(output, structures)
    _print(report, stream)
    return output


def split(
    source: Path,
    folder: Path,
    num_train: int,
    num_test: int | None = None,
    seed: int = 0,
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
    stream: TextIO | None = None,
) -> list[Path]:
    """Divide a file at random, and write both parts and a record of which structure went where.

    Args:
        source: any file that `read_data` takes.
        folder: where to write; made if missing.
        num_train: size of the training set.
        num_test: size of the test set; default: everything that is left.
        seed: seed for the shuffle.
        units: units of the source, if it does not declare them.
        keys: names of its labels, where they are not the usual ones.
        stream: takes a line about how much was read, and one for everything that looks wrong with the labels.

    Returns:
        ``NAME_train.extxyz``, ``NAME_test.extxyz`` and ``NAME.split.json``.

    Raises:
        DataError: the source cannot be read, is too small, or one of the files exists.
    """
    structures = read_data(source, None, units, keys)
    if num_train < 1:
        raise DataError(f"--train {num_train}: at least one structure is needed to train")
    rest = len(structures) - num_train if num_test is None else num_test
    train, test = shuffled_split(len(structures), num_train, max(rest, 0), seed)
    stem = source.stem.replace(".", "_")
    paths = [folder / f"{stem}{tail}" for tail in ("_train.extxyz", "_test.extxyz", ".split.json")]
    _refuse_existing(*paths)
    report = _report(structures) if stream is not None else []
    parts = [(path, numbers) for path, numbers in zip(paths, (train, test), strict=False) if numbers]
    record = {
        "source": source.name,
        "sha256": sha256(source),
        "structures": len(structures),
        "seed": seed,
        "units": {"energy": units.energy, "length": units.length},
        "keys": {"energy": keys.energy, "forces": keys.forces},
        "structures_counted_from": 0,
        "train": train,
        "test": test,
    }
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for path, numbers in parts:
            write_structures(path, structures.chosen(numbers))
        eq.write_atomically(paths[2], json.dumps(record) + "\n")
    except BaseException:  # do not leave a part without the others: nothing would describe it
        for path in paths:
            eq.remove_file(path)
        raise
    _print(report, stream)
    return [*(path for path, _ in parts), paths[2]]


def _report(structures: Structures) -> list[str]:
    """How much was read, then what looks wrong. It is found before anything is written, because it may take long."""
    labels = "energies alone" if structures.forces is None else "energies and forces"
    with eq.stage("the look for doubtful labels"):
        return [f"{structures.source}: {len(structures)} structures read, {labels}", *doubts(structures)]


def _print(report: list[str], stream: TextIO | None) -> None:
    if stream is not None:
        print(report[0], file=stream)
        warn(report[1:], stream)


def _refuse_existing(*paths: Path) -> None:
    for path in paths:
        if path.exists():
            raise DataError(f"{path}: exists; choose another place, or remove it")
