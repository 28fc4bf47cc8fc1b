"""The two pictures of a run."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import eqcompile as eq
from siqml.model import ForceField
from siqml.structures import Array, Structures, radial
from siqml.units import MILLI

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS: Final = {"marker": "o", "s": 14, "facecolors": "none", "linewidths": 0.9}
CURVE_POINTS: Final = 256
TRAIN_COLOR, TEST_COLOR, MODEL_COLOR = "#b35806", "#542788", "0.25"


def draw_curve(path: Path, force_field: ForceField, train: Structures, test: Structures | None) -> None:
    """Energy and radial force along the bond, each with its residuals below.

    Args:
        path: the PNG file, written atomically.
        force_field: a model of a diatomic molecule.
        train: training set.
        test: test set, if any.
    """
    figure = _figure(10, 5.5)
    axes: Any = figure.subplots(2, 2, sharex=True, height_ratios=(3, 1))
    lengths = _lengths(train.positions)
    grid = np.linspace(lengths.min(), lengths.max(), CURVE_POINTS)
    positions = grid[:, None, None] * np.array([[0, 0, -0.5], [0, 0, 0.5]])
    energies, forces = force_field.predict(positions)
    axes[0, 0].plot(grid, energies, color=MODEL_COLOR, lw=1, label="model")
    axes[0, 1].plot(grid, radial(positions, forces), color=MODEL_COLOR, lw=1, label="model")
    for structures, name, color in _sets(train, test):
        r = _lengths(structures.positions)
        energies, forces = force_field.predict(structures.positions)
        axes[0, 0].scatter(r, structures.energies, edgecolors=color, label=name, **DOTS)
        axes[1, 0].scatter(r, (energies - structures.energies) / MILLI, edgecolors=color, **DOTS)
        if structures.forces is not None:
            exact = radial(structures.positions, structures.forces)
            axes[0, 1].scatter(r, exact, edgecolors=color, label=name, **DOTS)
            difference = radial(structures.positions, forces) - exact
            axes[1, 1].scatter(r, difference / MILLI, edgecolors=color, **DOTS)
    axes[0, 0].set_ylabel("E (eV)")
    axes[0, 1].set_ylabel("F along the bond (eV/Å)")
    axes[1, 0].set_ylabel("error (meV)")
    axes[1, 1].set_ylabel("error (meV/Å)")
    for axis in axes[1]:
        axis.set_xlabel("r (Å)")
        axis.axhline(0, color="0.8", lw=0.8, zorder=0)
    axes[0, 0].legend(frameon=False)
    figure.suptitle(force_field.program.spec.name)
    _save(figure, path)


def draw_parity(path: Path, force_field: ForceField, train: Structures, test: Structures | None) -> None:
    """Predictions against labels, energies left, Cartesian forces right.

    Args:
        path: the PNG file, written atomically.
        force_field: the model.
        train: training set.
        test: test set, if any.
    """
    figure = _figure(9, 4.5)
    left, right = figure.subplots(1, 2)
    for structures, name, color in _sets(train, test):
        energies, forces = force_field.predict(structures.positions)
        left.scatter(structures.energies, energies, edgecolors=color, label=name, **DOTS)
        if structures.forces is not None:
            right.scatter(structures.forces.ravel(), forces.ravel(), edgecolors=color, label=name, **DOTS)
    for axis, quantity in ((left, "E (eV)"), (right, "F (eV/Å)")):
        low, high = axis.get_xlim()
        axis.plot((low, high), (low, high), color="0.8", lw=0.8, zorder=0)
        axis.set_xlabel(f"{quantity}, label")
        axis.set_ylabel(f"{quantity}, model")
    left.legend(frameon=False)
    figure.suptitle(force_field.program.spec.name)
    _save(figure, path)


def _sets(train: Structures, test: Structures | None) -> list[tuple[Structures, str, str]]:
    sets = [(train, "training", TRAIN_COLOR)]
    return sets if test is None else [*sets, (test, "test", TEST_COLOR)]


def _lengths(positions: Array) -> Array:
    return np.asarray(np.linalg.norm(positions[:, 1] - positions[:, 0], axis=1))


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure  # not pyplot: no display, no global state

    return Figure(figsize=(width, height), layout="constrained")


def _save(figure: "Figure", path: Path) -> None:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130)
    eq.write_atomically(path, picture.getvalue())
