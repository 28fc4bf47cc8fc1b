"""The files of a simulation: frames, energies, picture, and the state to continue from.

Frames and energies are appended. The checkpoint holds how long both files were when it was written. Whatever a killed
process wrote after that is cut off before the simulation goes on, and is computed again to the same bits.
"""

import io
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TextIO

import numpy as np

import eqcompile as eq
from siqml.errors import MdError
from siqml.field.backend import VARIABLE, Backend
from siqml.field.sealed import read_sealed, write_sealed
from siqml.lock import held
from siqml.md.task import MdOrder

KIND: Final = "siqml-md-1"
FACTS: Final[Mapping[str, type]] = MappingProxyType(
    {"step": int, "order": dict, "model": str, "symbols": list, "generator": str, "sizes": list}
)
COLUMNS: Final = "step,time_fs,potential_ev,kinetic_ev,temperature_k"
SPREAD_COLUMNS: Final = ",energy_std_ev,largest_force_std_ev_per_angstrom"
"""Columns of an ensemble: the standard deviation between its members; for forces, the largest of all components."""


@dataclass(frozen=True)
class MdFiles:
    """Names of the files that belong to one trajectory."""

    trajectory: Path

    @property
    def energies(self) -> Path:
        """One line per frame: step, time, potential and kinetic energy, temperature; the spread of an ensemble."""
        return self.trajectory.with_suffix(".csv")

    @property
    def picture(self) -> Path:
        """Energy and temperature over time."""
        return self.trajectory.with_suffix(".png")

    @property
    def checkpoint(self) -> Path:
        """The state to continue from."""
        return self.trajectory.with_suffix(".checkpoint.safetensors")

    @contextmanager
    def held(self, stream: TextIO) -> Iterator[None]:
        """Keep other processes from writing this trajectory, by a file beside it; see `siqml.lock`.

        Args:
            stream: takes a warning where the file system has no locks.

        Raises:
            MdError: another process writes it; the line names the process.
        """
        path = self.trajectory.with_name(self.trajectory.name + ".lock")
        cure = (
            f"wait until {self.trajectory.name} is finished, end the process, or choose another name with -o"
        )
        with held(path, MdError, cure, stream):
            yield

    def reopen(self) -> None:
        """Refuse to continue what was never begun.

        Raises:
            MdError: there is no checkpoint.
        """
        if not self.checkpoint.is_file():
            raise MdError(f"{self.checkpoint}: nothing to continue; start without --resume")

    def begin(self, overwrite: bool, spread: bool = False) -> None:
        """Make room for a new trajectory.

        Args:
            overwrite: whether to replace an earlier trajectory.
            spread: whether an ensemble moves the atoms.

        Raises:
            MdError: a trajectory is there and may not be replaced, or the name does not end in .extxyz.
        """
        if self.trajectory.suffix != ".extxyz":
            raise MdError(f"-o {self.trajectory}: a trajectory is written as .extxyz; end the name so")
        files = (self.trajectory, self.energies, self.picture, self.checkpoint)
        present = [path for path in files if path.exists()]
        if present and not overwrite:
            raise MdError(
                f"{present[0]} exists: continue it with --resume, replace it with --overwrite, or choose another "
                "name with -o"
            )
        for path in present:
            if path.is_dir():
                raise MdError(f"{path} is a folder; choose another name with -o")
            if not path.is_file():
                raise MdError(
                    f"{path} is a device or FIFO, which cannot be read again; choose another name with -o"
                )
        for path in (self.picture, self.checkpoint):
            eq.remove_file(path)
        eq.write_atomically(self.trajectory, "")
        eq.write_atomically(self.energies, COLUMNS + SPREAD_COLUMNS * spread + "\n")

    def append(self, frame: str, line: str) -> None:
        """Add one frame and its energies, and give both to the operating system."""
        for path, text in ((self.trajectory, frame), (self.energies, line)):
            with path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)

    def sizes(self) -> tuple[int, int]:
        """Sizes of the files of frames and of energies, in bytes."""
        return self.trajectory.stat().st_size, self.energies.stat().st_size

    def table(self) -> "np.ndarray[Any, Any]":
        """The energies, ``(frames, 5)``; ``(frames, 7)`` for an ensemble."""
        header, _, text = self.energies.read_text().partition("\n")
        columns = header.count(",") + 1
        return np.loadtxt(io.StringIO(text), delimiter=",", ndmin=2) if text else np.empty((0, columns))


@dataclass(frozen=True, eq=False)
class MdState:
    """Where a simulation stands.

    Attributes:
        step: number of steps done so far.
        positions: ``(n_atoms, 3)`` in angstrom.
        momenta: ``(n_atoms, 3)`` in ASE's units.
        generator: state of numpy's generator.
        sizes: sizes of the files of frames and of energies, in bytes.
        freedom: degrees of freedom that the temperature counts.
    """

    step: int
    positions: Any
    momenta: Any
    generator: dict[str, Any]
    sizes: tuple[int, int]
    freedom: int


def save_state(
    files: MdFiles, state: MdState, order: MdOrder, model: str, backend: Backend, symbols: list[str]
) -> None:
    """Write the checkpoint, atomically.

    Args:
        files: files of the trajectory.
        state: what to keep.
        order: order of the simulation.
        model: digest of the model.
        backend: what evaluates it; it decides the last bits.
        symbols: chemical symbols of the atoms.
    """
    facts = {
        "step": state.step,
        "order": order.to_dict(),
        "model": model,
        "backend": backend,
        "symbols": symbols,
        "generator": json.dumps(state.generator),
        "sizes": state.sizes,
        "freedom": state.freedom,
    }
    write_sealed(files.checkpoint, KIND, facts, {"positions": state.positions, "momenta": state.momenta})


def load_state(files: MdFiles, order: MdOrder, model: str, backend: Backend) -> tuple[MdState, list[str]]:
    """Read the checkpoint, and cut off what was written after it.

    Args:
        files: files of the trajectory.
        order: order of the simulation; it must be the one that the trajectory was begun with.
        model: digest of the model; it must be the same, too.
        backend: what evaluates it; the same, if the checkpoint says which.

    Returns:
        The state and the symbols of the atoms.

    Raises:
        MdError: there is no checkpoint; it is damaged, or belongs to another model or order; or the trajectory is
            shorter than it was.
    """
    files.reopen()
    again = "start again with --overwrite"
    facts, arrays = read_sealed(files.checkpoint, KIND, MdError, again, FACTS, ("positions", "momenta"))
    if facts["model"] != model:
        raise MdError(f"{files.checkpoint}: the model is another one now; start again with --overwrite")
    before = facts.get("backend", backend)  # checkpoints of 0.2.0 do not say
    if before != backend:
        raise MdError(
            f"{files.checkpoint}: begun with {VARIABLE}={before}, and now it is {backend}, whose last bits differ; "
            f"set {VARIABLE}={before}, or start again with --overwrite"
        )
    changed = [name for name, value in order.to_dict().items() if facts["order"].get(name) != value]
    if changed:
        name = changed[0]
        raise MdError(
            f"{files.checkpoint}: begun with --{name} {facts['order'].get(name)}; continue with the same, or start "
            "again with --overwrite"
        )
    for path, size in zip((files.trajectory, files.energies), facts["sizes"], strict=True):
        if not path.is_file() or path.stat().st_size < size:
            raise MdError(
                f"{path}: shorter than when the checkpoint was written; start again with --overwrite"
            )
        os.truncate(path, size)
    generator: dict[str, Any] = json.loads(facts["generator"])
    atoms = len(
        facts["symbols"]
    )  # checkpoints of 0.2.0 do not say, and count a molecule of two atoms alone as linear
    usual = 3 * atoms if order.ensemble == "langevin" else max(3 * atoms - (5 if atoms == 2 else 6), 1)
    freedom = facts.get("freedom", usual)
    sizes = tuple(facts["sizes"])
    return MdState(facts["step"], arrays["positions"], arrays["momenta"], generator, sizes, freedom), facts[
        "symbols"
    ]
