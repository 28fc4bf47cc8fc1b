"""The part of the generic model's test set on which it is compared with ours."""

from dataclasses import replace
from typing import Final

import numpy as np

from siqml.data.reading.named import read_named
from siqml.errors import DataError
from siqml.evaluation.evaluate import evaluate
from siqml.field.model_file import load_model
from siqml.molecule.structures import Array, Structures
from siqml.reproduce.seeds import SeedResult, errors_of
from siqml.training.config import load_config
from siqml.training.run_folder import RunFolder

RULE: Final = "bond lengths of the molecule with an energy no higher than at the longest one, 4.5 angstrom"


def on_relevant(result: SeedResult) -> SeedResult:
    """A result whose errors are those on the relevant part of the test set instead of all of it.

    Args:
        result: result of a model of lithium hydride.

    Raises:
        DataError: the run has no test set.
    """
    run = RunFolder(result.folder)
    test = load_config(run.config).data.test
    if test is None:
        raise DataError(f"{result.folder}: the run has no test set")
    force_field = load_model(run.model)
    structures = relevant(read_named(test, force_field.frame.species))
    found = errors_of(evaluate(force_field, structures).to_dict(), run)
    return replace(result, test=found, structures=len(structures))


def relevant(structures: Structures) -> Structures:
    """The structures that obey `RULE`.

    Molecular dynamics of the bound molecule stays there. The steep wall is left out, and so are the points beyond the
    curve, which exist only to make it periodic.

    Args:
        structures: structures of lithium hydride, in any atom order.

    Returns:
        The structures on the curve whose energy is at most that of its far end.
    """
    curve = read_named("lih_train.extxyz")
    lengths = _lengths(curve)
    end = lengths.argmax()
    keep = (_lengths(structures) <= lengths[end]) & (structures.energies <= curve.energies[end])
    return structures.chosen([int(number) for number in np.flatnonzero(keep)])


def _lengths(structures: Structures) -> Array:
    return np.asarray(np.linalg.norm(structures.positions[:, 1] - structures.positions[:, 0], axis=1))
