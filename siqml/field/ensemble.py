"""Several models of the same atoms: their mean, and how much they disagree."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from siqml.errors import ModelError
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.descriptors.descriptor_file import load_descriptors
from siqml.field.domain import AnyDomain, CommonDomain
from siqml.field.force_field import ForceField
from siqml.field.model_file import FILE_NAME, KIND_OF_DESCRIPTORS, kind_of, load_model
from siqml.molecule.structures import Array

SingleField = ForceField | DescriptorField
"""One model: a circuit, or a network on descriptors of one."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What every member of an ensemble predicts.

    Attributes:
        energies: ``(m, n)`` in eV, for m members and n structures.
        forces: ``(m, n, n_atoms, 3)`` in eV/angstrom.
    """

    energies: Array
    forces: Array

    @property
    def mean(self) -> tuple[Array, Array]:
        """Energies ``(n,)`` and forces ``(n, n_atoms, 3)``. The mean of forces is the force of the mean energy."""
        return self.energies.mean(axis=0), self.forces.mean(axis=0)

    @property
    def std(self) -> tuple[Array, Array]:
        """Standard deviations between members, of energies ``(n,)`` and of every force component."""
        return self.energies.std(axis=0, ddof=1), self.forces.std(axis=0, ddof=1)


@dataclass(frozen=True, eq=False)
class Ensemble:
    r"""Several trained models, for instance from several seeds, as one force field.

    .. math:: \bar E = \frac1m \sum_k E_k, \qquad s^2 = \frac{1}{m-1} \sum_k (E_k - \bar E)^2

    Attributes:
        members: two or more force fields of the same atoms in the same order.
        names: names of the members, for messages and tables.

    Raises:
        ModelError: there are fewer than two members, or members of different atoms.
    """

    members: tuple[SingleField, ...]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(self.members) < 2 or len(self.names) != len(self.members):
            raise ModelError(
                f"an ensemble of {len(self.members)} models with {len(self.names)} names; it needs two models at "
                "least, and a name for each"
            )
        for member, name in zip(self.members, self.names, strict=True):
            if member.species != self.species:
                raise ModelError(
                    f"{name} is of the atoms {' '.join(member.species)}; {self.names[0]} of {' '.join(self.species)}; "
                    "an ensemble needs the same atoms in the same order"
                )

    @classmethod
    def load(cls, runs: Sequence[Path]) -> "Ensemble":
        """The ensemble of model files and run folders; errors are those of the class and of `load_single`."""
        return cls(tuple(load_single(run) for run in runs), tuple(str(run) for run in runs))

    def __deepcopy__(self, memo: dict[int, Any]) -> "Ensemble":
        """Itself: it never changes."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle everything except what has been compiled."""
        return Ensemble, (self.members, self.names)

    @property
    def species(self) -> tuple[str, ...]:
        """Chemical symbols of the atoms, in the order of the models."""
        return self.members[0].species

    @property
    def domain(self) -> AnyDomain | None:
        """Where all members know their way; ``None`` if that is unknown of one."""
        return CommonDomain.of([member.domain for member in self.members])

    def predict(self, positions: Array) -> tuple[Array, Array]:
        """Mean energies and forces; arguments, shapes and errors are those of `ForceField.predict`."""
        return self.predictions(positions).mean

    def predictions(self, positions: Array) -> Predictions:
        """Energies and forces of every member.

        Args:
            positions: ``(n, n_atoms, 3)`` in angstrom, atoms in the order of ``species``; not changed.

        Returns:
            The predictions; empty arrays for n = 0.

        Raises:
            ModelError: the shape is another one, or a position is not a finite number.
        """
        found = [member.predict(positions) for member in self.members]
        return Predictions(np.array([part[0] for part in found]), np.array([part[1] for part in found]))


AnyField = SingleField | Ensemble
"""One model, or several."""


def load_single(path: Path) -> SingleField:
    """One saved model, whatever it is.

    Args:
        path: model file or run folder.

    Raises:
        ModelError: see `load_model` and `load_descriptors`.
    """
    return load_descriptors(path) if kind_of(path) == KIND_OF_DESCRIPTORS else load_model(path)


def load_field(paths: Sequence[Path]) -> AnyField:
    """One saved model, or the ensemble of several.

    Args:
        paths: model files, run folders, or folders of runs, at least one.

    Returns:
        The model, or the ensemble if there are several.

    Raises:
        ModelError: a model cannot be read or is named twice, or the atoms differ.
    """
    runs = expanded(paths)
    return load_single(runs[0]) if len(runs) == 1 else Ensemble.load(runs)


def expanded(paths: Sequence[Path]) -> list[Path]:
    """Model files and run folders, with the runs of a folder of runs in its place.

    Raises:
        ModelError: the same model is named twice.
    """
    runs = [run for path in paths for run in (runs_in(path) or [path])]
    files = [_file(run).resolve() for run in runs]
    for number, run in enumerate(runs):
        if files[number] in files[:number]:
            raise ModelError(f"{run}: named twice; the same model agrees with itself")
    return runs


def runs_in(folder: Path) -> list[Path]:
    """The runs in a folder, ``seed-2`` before ``seed-10``; empty if it is a run itself, or not a folder."""
    if not folder.is_dir() or _is_run(folder):
        return []
    return sorted((run for run in folder.iterdir() if _is_run(run)), key=_in_natural_order)


def is_model(path: Path) -> bool:
    """Whether a path names models rather than structures: a model file, a run folder, or a folder of runs."""
    return path.suffix == ".safetensors" or _is_run(path) or bool(runs_in(path))


def _is_run(path: Path) -> bool:
    begun = (path / "config.yaml").is_file() and (path / "spec.yaml").is_file()
    return begun or (path / FILE_NAME).is_file()


def _file(run: Path) -> Path:
    return run / FILE_NAME if run.is_dir() else run


def _in_natural_order(path: Path) -> list[str | int]:
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", path.name)]
