"""The nearest minimum of a model's energy, by ASE's BFGS."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.errors import MdError, ModelError
from siqml.field.calculator import SiqmlCalculator
from siqml.field.ensemble import AnyField
from siqml.md.start import Start


@dataclass(frozen=True, eq=False)
class Optimised:
    """What a search for a minimum found.

    Attributes:
        frames: ASE's atoms at the start and after each step, with ``energy`` in ``info`` and ``forces`` in ``arrays``.
        converged: whether the largest force fell below what was asked for.
    """

    frames: tuple[Any, ...]
    converged: bool

    @property
    def energy(self) -> float:
        """Energy at the end, in eV."""
        return float(self.frames[-1].info["energy"])

    @property
    def largest_force(self) -> float:
        """Length of the longest force on an atom at the end, in eV/angstrom."""
        return float(np.linalg.norm(self.frames[-1].arrays["forces"], axis=1).max())


def optimise(field: AnyField, start: Start, fmax: float, steps: int) -> Optimised:
    """Follow the forces to the nearest minimum.

    Args:
        field: the model, or an ensemble, whose mean is minimised.
        start: where to begin.
        fmax: length of the longest force on an atom, in eV/angstrom, at which the search ends.
        steps: most steps that are taken.

    Returns:
        The way, at least the start. Whether its end is a minimum, only the vibrations there can tell.

    Raises:
        MdError: the atoms left the region in which numbers are finite.
        ModelError: these atoms are not those of the model.
    """
    from ase import Atoms
    from ase.optimize import BFGS

    atoms = Atoms(list(start.symbols), positions=start.positions, calculator=SiqmlCalculator(field))
    frames: list[Any] = []
    atoms.get_forces()  # mistakes of the start are said as they are
    optimiser = BFGS(atoms, logfile=None)
    optimiser.attach(lambda: frames.append(_frame(atoms)))
    try:
        converged = bool(optimiser.run(fmax=fmax, steps=steps))
    except (ModelError, np.linalg.LinAlgError, ValueError) as error:
        raise MdError(
            f"after {len(frames)} steps: {error}; the search ran away: begin nearer to a minimum"
        ) from error
    return Optimised(tuple(frames), converged)


def write_optimised(path: Path, found: Optimised) -> Path:
    """Write the last structure to one file, and all of them to another, each atomically.

    Args:
        path: extxyz file of the last structure.
        found: what to write, in eV, angstrom and eV/angstrom.

    Returns:
        The file of the way, ``NAME.steps.extxyz``.
    """
    way = path.with_suffix(".steps.extxyz")
    eq.write_atomically(way, _text(found.frames))
    eq.write_atomically(path, _text(found.frames[-1:]))
    return way


def _frame(atoms: Any) -> Any:
    """A copy of the atoms with what the model says of them."""
    copied, results = atoms.copy(), atoms.calc.results
    copied.info = {name: results[name] for name in ("energy", "energy_std") if name in results}
    for name in ("forces", "forces_std"):
        if name in results:
            copied.arrays[name] = results[name].copy()
    return copied


def _text(frames: Sequence[Any]) -> str:
    from ase.io import write

    text = io.StringIO()
    write(text, list(frames), format="extxyz")
    return text.getvalue()
