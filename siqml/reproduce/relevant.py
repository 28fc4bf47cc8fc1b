"""Parts of the generic model's test set: the points of the molecule, and those on which it is compared with ours."""

from dataclasses import replace
from typing import Final, Literal

import numpy as np

from siqml.data.reading.named import read_named
from siqml.errors import DataError
from siqml.evaluation.evaluate import evaluate
from siqml.field.model_file import load_model
from siqml.molecule.structures import Array, Structures
from siqml.reproduce.seeds import SeedResult, errors_of
from siqml.training.config import load_config
from siqml.training.run_folder import RunFolder

Part = Literal["molecule", "relevant"]
"""All points of the molecule, without those that only make its curve periodic; or those that obey `RULE`."""

RULE: Final = "bond lengths of the molecule with an energy no higher than at the longest one, 4.5 angstrom"


def on_part(result: SeedResult, part: Part) -> SeedResult:
    """A result whose errors are those on a part of the test set instead of all of it.

    Args:
        result: result of a model of lithium hydride.
        part: which part.

    Raises:
        DataError: the run has no test set.
    """
    run = RunFolder(result.folder)
    test = load_config(run.config).data.test
    if test is None:
        raise DataError(f"{result.folder}: the run has no test set")
    force_field = load_model(run.model)
    structures = (relevant if part == "relevant" else of_the_molecule)(
        read_named(test, force_field.frame.species)
    )
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
    end = _lengths(curve).argmax()
    found = of_the_molecule(structures)
    return found.chosen(np.flatnonzero(found.energies <= curve.energies[end]).tolist())


def of_the_molecule(structures: Structures) -> Structures:
    """The structures on the curve of the molecule, whose bond lengths end at 4.5 angstrom."""
    longest = _lengths(read_named("lih_train.extxyz")).max()
    return structures.chosen(np.flatnonzero(_lengths(structures) <= longest).tolist())


def _lengths(structures: Structures) -> Array:
    return np.asarray(np.linalg.norm(structures.positions[:, 1] - structures.positions[:, 0], axis=1))
