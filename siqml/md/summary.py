"""What a finished simulation says: conservation of energy, temperature, and how far it left the training set."""

import io
from typing import Any

import numpy as np

import eqcompile as eq
from siqml.md.files import MdFiles
from siqml.md.task import FEMTO_PER_PICO
from siqml.molecule.structures import Array
from siqml.molecule.units import MILLI

STEP, TIME, POTENTIAL, KINETIC, TEMPERATURE, ENERGY_STD, FORCE_STD = range(7)

MARGIN = 0.01
"""Share of the range of training energies by which a frame may lie outside it: the minimum lies between the points."""

CONSERVED = 0.1
"""Share of the mean kinetic energy that drift or scatter of the total energy may reach before it is called broken."""


def summary(files: MdFiles, ensemble: str, known: Array | None) -> list[str]:
    r"""Lines of text about a trajectory.

    The drift is the slope of a straight line through the total energy, and the scatter is the root mean square of what
    is left. A symplectic integrator with exact forces keeps the energy up to a scatter of the order of the timestep
    squared.

    Args:
        files: files of the trajectory.
        ensemble: the statistical ensemble; drift is reported for ``"nve"`` only.
        known: training energies in eV; frames whose potential energy lies outside them are counted.

    Returns:
        A few lines.
    """
    table = files.table()
    time, total = table[:, TIME] / FEMTO_PER_PICO, table[:, POTENTIAL] + table[:, KINETIC]
    lines = [
        f"{len(table)} frames, {time[-1]:g} ps; temperature {table[:, TEMPERATURE].mean():.1f} K on average"
    ]
    if ensemble == "nve" and len(table) > 2:
        slope, scatter = drift(time, total)
        lines.append(f"total energy: drift {slope / MILLI:.2e} meV/ps, scatter {scatter / MILLI:.2e} meV")
        if max(abs(slope) * time[-1], scatter) > CONSERVED * table[:, KINETIC].mean():
            lines.append("the total energy is NOT conserved: take a smaller --timestep")
    if table.shape[1] > FORCE_STD:
        energy, force = table[:, ENERGY_STD], table[:, FORCE_STD]
        lines.append(
            f"largest spread between the models in a frame: energy {energy.max() / MILLI:.3g} meV (step "
            f"{table[energy.argmax(), STEP]:.0f}), force component {force.max() / MILLI:.3g} meV/A (step "
            f"{table[force.argmax(), STEP]:.0f})"
        )
    if known is not None:
        low, high = known.min(), known.max()
        margin = MARGIN * (high - low)
        outside = float(np.mean((table[:, POTENTIAL] < low - margin) | (table[:, POTENTIAL] > high + margin)))
        lines.append(
            f"{100 * outside:.1f} % of the frames have a potential energy outside the training set's, "
            f"{low:.4f} to {high:.4f} eV" + ("; the model extrapolates there" if outside else "")
        )
    return lines


def drift(time: Any, energy: Any) -> tuple[float, float]:
    """Slope of the energy over time, and root mean square of the rest.

    >>> [round(float(value), 12) for value in drift(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]))]
    [2.0, 0.0]
    """
    centred = time - time.mean()
    slope = float((centred * energy).sum() / (centred**2).sum())
    rest = energy - energy.mean() - slope * centred
    return slope, float(np.sqrt(np.mean(rest**2)))


def draw(files: MdFiles) -> None:
    """Potential and total energy, and the temperature, over time."""
    from matplotlib.figure import Figure

    table = files.table()
    time = table[:, TIME] / FEMTO_PER_PICO
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes: Any = figure.subplots(2, 1, sharex=True)
    total = table[:, POTENTIAL] + table[:, KINETIC]
    axes[0].plot(time, table[:, POTENTIAL] - total[0], lw=0.8, color="#542788", label="potential")
    axes[0].plot(time, total - total[0], lw=1.2, color="#b35806", label="total")
    axes[0].set_ylabel("E - E(total, start) (eV)")
    axes[0].legend(frameon=False)
    axes[1].plot(time, table[:, TEMPERATURE], lw=0.8, color="0.25")
    axes[1].set_ylabel("temperature (K)")
    axes[1].set_xlabel("time (ps)")
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130)
    eq.write_atomically(files.picture, picture.getvalue())
