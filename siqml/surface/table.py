"""Vibrations as a table and as a picture, beside those of a simulation."""

import io
from pathlib import Path
from typing import Any, Final

import numpy as np

import eqcompile as eq
from siqml.molecule.units import MILLI
from siqml.surface.spectrum import LIGHT, Spectrum
from siqml.surface.vibrations import Vibrations

FLOOR: Final = 1e-5
"""Lowest value of the picture, a share of the largest."""


def vibration_lines(found: Vibrations, seen: Spectrum | None, place: str, name: str = "") -> list[str]:
    """Every frequency on a line, with that of a simulation beside it.

    Args:
        found: the harmonic vibrations.
        seen: the spectrum of a simulation, if there is one.
        place: the structure, for the first line.
        name: the simulation, for the head of its column.
    """
    shape = ", on a line" if found.is_linear else ""
    lines = [f"{place}: {len(found.frequencies)} vibrations of {len(found.symbols)} atoms{shape}"]
    lines.append(f"{'mode':>6}{'harmonic, 1/cm':>18}" + (f"{f'{name}, 1/cm':>24}" if seen else ""))
    for number, frequency in enumerate(found.frequencies):
        row = f"{number:>6}{wavenumber(frequency):>18}"
        lines.append(row + (f"{seen.peaks[number]:>24.1f}" if seen else ""))
    lines.append(f"zero-point energy {found.zero_point_energy / MILLI:.1f} meV")
    if seen is not None:
        lines.append(f"the simulation resolves {seen.resolution:.1f}/cm{_shift(found, seen)}")
    if found.num_imaginary:
        lines.append(
            f"{found.num_imaginary} imaginary: the energy falls along them, so {place} is NOT a minimum of the model"
        )
    return lines


def _shift(found: Vibrations, seen: Spectrum) -> str:
    """How far the timestep moves the highest frequency: velocity Verlet shows (2/dt) arcsin(omega dt / 2)."""
    if seen.timestep is None:
        return ""
    highest = float(found.frequencies.max())
    half = np.pi * highest * LIGHT * seen.timestep
    if not half < 1:
        return ""
    moved = highest * (np.arcsin(half) / half - 1)
    return f"; its timestep of {seen.timestep:g} fs shows {highest:.0f}/cm {moved:.1f}/cm too high"


def wavenumber(frequency: float) -> str:
    """A frequency as text, an imaginary one with an i.

    >>> wavenumber(1595.04), wavenumber(-310.0)
    ('1595.0', '310.0i')
    """
    return f"{abs(frequency):.1f}{'i' if frequency < 0 else ''}"


def write_vibrations(path: Path, found: Vibrations, seen: Spectrum | None) -> Path:
    """Write the table as CSV and the picture beside it, each atomically.

    Args:
        path: the CSV file.
        found: the harmonic vibrations; an imaginary one is written as a negative number.
        seen: the spectrum of a simulation, if there is one.

    Returns:
        The picture.
    """
    rows = ["mode,harmonic_per_cm" + (",md_per_cm" if seen else "")]
    for number, frequency in enumerate(found.frequencies):
        rows.append(f"{number},{float(frequency)!r}" + (f",{float(seen.peaks[number])!r}" if seen else ""))
    picture = path.with_suffix(".png")
    eq.write_atomically(path, "\n".join(rows) + "\n")
    eq.write_atomically(picture, _picture(found, seen))
    return picture


def _picture(found: Vibrations, seen: Spectrum | None) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4), layout="constrained")
    axes: Any = figure.subplots()
    highest = 1.15 * max(float(found.frequencies.max()), 1.0)
    real = found.frequencies[found.frequencies > 0]
    if seen is not None:
        part = seen.frequencies <= highest
        whole = np.maximum(seen.whole[part], FLOOR)
        axes.fill_between(seen.frequencies[part], whole, FLOOR, color="#542788", alpha=0.6, lw=0,
                          label="velocities of the simulation")  # fmt: skip
    axes.vlines(real, FLOOR, 1, color="#b35806", lw=1.2, ls="--", label="harmonic")
    axes.set_yscale("log")
    axes.set_xlim(0, highest)
    axes.set_ylim(FLOOR, 2)
    axes.set_xlabel("frequency (1/cm)")
    axes.set_ylabel("spectrum, share of its largest value")
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130)
    return picture.getvalue()
