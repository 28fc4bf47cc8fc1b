"""``siqml init``: read, decide, and only then write."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import eqcompile as eq
from siqml.data.reading.declared_units import UNDECLARED, DeclaredUnits
from siqml.data.reading.extxyz import write_structures
from siqml.data.reading.label_keys import UNNAMED, LabelKeys
from siqml.data.reading.read import read_data
from siqml.data.reading.split import shuffled_split
from siqml.design.choosing import DEPTH, compiled, designed
from siqml.design.design import Design
from siqml.design.texts import config_text, spec_text
from siqml.errors import DataError

SHARE: Final = 0.2
"""Share of the structures that is kept for testing, unless the user says otherwise."""

LEAST_STRUCTURES: Final = 10
"""Structures that a training and a test set need between them."""


@dataclass(frozen=True, eq=False)
class Started:
    """What was written.

    Attributes:
        design: what was decided.
        paths: spec, config, training set, test set.
        num_parameters: of the model.
    """

    design: Design
    paths: tuple[Path, ...]
    num_parameters: int


def init(
    source: Path,
    folder: Path,
    test: Path | None = None,
    share: float = SHARE,
    depth: int = DEPTH,
    seed: int = 0,
    units: DeclaredUnits = UNDECLARED,
    keys: LabelKeys = UNNAMED,
) -> Started:
    """A spec, a config and data for a molecule.

    Args:
        source: labelled structures, any file that `read_data` takes.
        folder: where to write; made if missing.
        test: a file for testing; by default a share of ``source`` is drawn for that.
        share: that share.
        depth: layers of the circuit.
        seed: seed of the draw and of the start values.
        units: units of the files, if they do not declare them.
        keys: names of the labels, where they are not the usual ones.

    Returns:
        The design and the files.

    Raises:
        DataError: a file cannot be read, there are too few structures, or a file that would be written is there.
        ModelError: no model sees every motion of the molecule.
    """
    structures = read_data(source, None, units, keys)
    apart = None if test is None else read_data(test, structures.species, units, keys)
    paths = tuple(folder / name for name in ("spec.yaml", "config.yaml", "train.extxyz", "test.extxyz"))
    for path in paths:
        if path.exists():
            raise DataError(f"{path}: exists; choose another folder with -o, or remove it")
    if len(structures) < LEAST_STRUCTURES:
        raise DataError(
            f"{source}: {len(structures)} structures; at least {LEAST_STRUCTURES} are needed to train and to test"
        )
    train = structures
    if apart is None:
        count = max(1, round(share * len(structures)))
        parts = shuffled_split(len(structures), len(structures) - count, count, seed)
        train, apart = (structures.chosen(part) for part in parts)
    design = designed(train, depth)
    texts = spec_text(design), config_text(design, paths[0].name, paths[2].name, paths[3].name, seed)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for path, text in zip(paths, texts, strict=False):
            eq.write_atomically(path, text)
        for path, part in zip(paths[2:], (train, apart), strict=True):
            write_structures(path, part)
    except BaseException:
        for path in paths:
            eq.remove_file(path)
        raise
    return Started(design, paths, compiled(design).num_parameters)
