r"""The spectrum of a simulation's velocities, as a whole and for each normal mode.

By the theorem of Wiener and Khinchin, the spectrum of the velocity autocorrelation, weighted by the masses,

.. math:: I(\omega) = \int dt\, e^{-i\omega t} \sum_i m_i \langle v_i(0) \cdot v_i(t) \rangle
    = \sum_i m_i\, |\tilde v_i(\omega)|^2,

is that of the velocities themselves. For one normal mode, the molecule is turned onto its minimum in every frame, and
the velocity is projected onto the mode.

References:
    Thomas, Brehm, Fligg, Vohringer and Kirchner, Phys. Chem. Chem. Phys. 15, 6608 (2013), Sec. 2.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from siqml.errors import MdError
from siqml.md.motion import Motion
from siqml.molecule.structures import Array
from siqml.surface.vibrations import Vibrations

MIN_FRAMES = 100
"""Frames of a simulation that a spectrum is made of. Below it, refused: simulate for longer."""

MARGIN: Final = 1.05
"""Share of the highest harmonic frequency up to which frames must resolve."""

LIGHT: Final = 2.99792458e-5
"""Speed of light in cm/fs: what makes a frequency in 1/fs one in 1/cm."""


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Spectra at equal frequencies, each with the largest value 1.

    Attributes:
        frequencies: ``(k,)`` in 1/cm, from 0.
        whole: ``(k,)``, that of all velocities, with the molecule as it moves and turns.
        modes: ``(n_modes, k)``, that of each normal mode.
        timestep: timestep of the simulation in fs, if its frames tell it.
    """

    frequencies: Array
    whole: Array
    modes: Array
    timestep: float | None = None

    @property
    def resolution(self) -> float:
        """Distance between two frequencies in 1/cm: the inverse of the length of the simulation."""
        return float(self.frequencies[1])

    @property
    def peaks(self) -> Array:
        """The frequency at which each mode has its largest value, ``(n_modes,)`` in 1/cm."""
        return np.asarray(self.frequencies[self.modes.argmax(axis=1)])


def spectrum(found: Vibrations, motion: Motion, path: Path) -> Spectrum:
    """The spectrum of a simulation, on the normal modes of a minimum.

    Args:
        found: the vibrations.
        motion: the simulation, its atoms in the order of the model.
        path: its file, for messages.

    Raises:
        MdError: there are too few frames, or no velocities or times, or frames too far apart to resolve the vibrations.
    """
    if motion.momenta is None:
        raise MdError(f"{path}: no velocities in it (a column momenta); a trajectory of siqml md has them")
    if len(motion.positions) < MIN_FRAMES:
        raise MdError(
            f"{path}: {len(motion.positions)} frames; a spectrum needs at least {MIN_FRAMES}: simulate for longer"
        )
    step = motion.step(path)
    highest = MARGIN * float(found.frequencies.max())
    if highest > 1 / (2 * step * LIGHT):
        raise MdError(
            f"{path}: a frame every {step:g} fs resolves up to {1 / (2 * step * LIGHT):.0f}/cm, and the molecule "
            f"vibrates at {highest / MARGIN:.0f}/cm; simulate with a frame at least every "
            f"{1 / (2 * highest * LIGHT):.2g} fs (--every)"
        )
    velocities = motion.momenta / found.masses[:, None]
    frequencies = np.asarray(np.fft.rfftfreq(len(velocities), step * LIGHT), dtype=np.float64)
    weighted = np.sqrt(found.masses)[:, None] * velocities
    whole = _power(weighted.reshape(len(weighted), -1)).sum(axis=1)
    modes = _power(_along_modes(found, motion.positions, weighted)).T
    return Spectrum(
        frequencies, whole / whole.max(), modes / modes.max(axis=1, keepdims=True), motion.timestep
    )


def _along_modes(found: Vibrations, positions: Array, weighted: Array) -> Array:
    """Velocities of the normal modes, ``(frames, n_modes)``."""
    centres = np.einsum("i,fix->fx", found.masses, positions) / found.masses.sum()
    around = positions - centres[:, None]
    # Kabsch, without a mirror: the rotation that takes each frame closest to the minimum.
    left, _, right = np.linalg.svd(np.einsum("i,fix,iy->fxy", found.masses, around, found.positions))
    left[:, :, 2] *= np.sign(np.linalg.det(left @ right))[:, None]
    return np.asarray(np.einsum("fix,fxy,kiy->fk", weighted, left @ right, found.modes, optimize=True))


def _power(values: Array) -> Array:
    """Squares of the Fourier transform of each column, with Hann's window."""
    window = np.hanning(len(values))[:, None]
    return np.asarray(np.abs(np.fft.rfft((values - values.mean(axis=0)) * window, axis=0)) ** 2)
