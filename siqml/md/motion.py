"""A finished trajectory as arrays."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from siqml.data.reading.raw_frame import place_of
from siqml.data.reading.read import read_atoms
from siqml.errors import MdError
from siqml.molecule.structures import Array, composition, match_atoms

UNEVEN = 1e-6
"""Share of the time between two frames by which such times may differ; `siqml md` writes multiples of a timestep."""


@dataclass(frozen=True, eq=False)
class Motion:
    """Frames of one molecule.

    Attributes:
        symbols: chemical symbols of the atoms.
        positions: ``(frames, n_atoms, 3)`` in angstrom.
        momenta: the same in ASE's units; ``None`` if a frame has none.
        times: ``(frames,)`` in fs; ``None`` if a frame has none.
        timestep: timestep in fs, from the times and the numbers of steps; ``None`` if a frame has none.
    """

    symbols: tuple[str, ...]
    positions: Array
    momenta: Array | None
    times: Array | None
    timestep: float | None = None

    def step(self, path: Path) -> float:
        """Time between two frames, in fs.

        Args:
            path: the file, for messages.

        Raises:
            MdError: frames have no times, or are not equally far apart.
        """
        if self.times is None or len(self.times) < 2:
            raise MdError(f"{path}: no times on its frames (time_fs); a trajectory of siqml md has them")
        steps = np.diff(self.times)
        if not (steps[0] > 0 and np.allclose(steps, steps[0], rtol=UNEVEN, atol=0)):
            raise MdError(f"{path}: its frames are not equally far apart in time")
        return float(steps[0])


def read_motion(path: Path, skip: int = 0, species: tuple[str, ...] | None = None) -> Motion:
    """Read a trajectory.

    Args:
        path: file of any format that `siqml.data.reading.read.read_atoms` takes.
        skip: number of frames at the start that are left out.
        species: the atoms in the order that is wanted; default: that of the first frame.

    Raises:
        MdError: no frame is left, or a frame has other atoms.
        DataError: the file cannot be read.
    """
    frames = list(read_atoms(path))
    if len(frames) <= skip:
        left = f"; --skip {skip} leaves none" if skip else ""
        raise MdError(f"{path}: {len(frames)} frames{left}")
    wanted = species or frames[0].symbols
    orders = {symbols: match_atoms(symbols, wanted) for symbols in {frame.symbols for frame in frames}}
    for number, frame in enumerate(frames):
        if orders[frame.symbols] is None:
            place = place_of(str(path), number, frame.line)
            raise MdError(f"{place} is {composition(frame.symbols)}; needed: {composition(wanted)}")
        if frame.periodic:
            raise MdError(f"{place_of(str(path), number, frame.line)} is periodic; needed: one free molecule")
    kept = frames[skip:]
    positions = np.array([frame.positions[orders[frame.symbols]] for frame in kept])
    if not np.isfinite(positions).all():
        raise MdError(f"{path}: a position in it is not a finite number")
    moving = all("momenta" in frame.columns for frame in kept)
    timed = all(isinstance(frame.info.get("time_fs"), int | float | np.number) for frame in kept)
    times = np.array([float(frame.info["time_fs"]) for frame in kept]) if timed else None
    last, first = kept[-1].info, kept[0].info
    timestep = None
    if (
        times is not None
        and len(times) > 1
        and {type(last.get("step")), type(first.get("step"))} <= {int, np.int64}
    ):
        timestep = float((times[-1] - times[0]) / max(last["step"] - first["step"], 1))
    return Motion(
        tuple(wanted),
        positions,
        np.array([frame.columns["momenta"][orders[frame.symbols]] for frame in kept]) if moving else None,
        times,
        timestep,
    )
