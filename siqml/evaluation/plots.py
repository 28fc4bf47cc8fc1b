"""The pictures of a run."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import eqcompile as eq
from siqml.evaluation.spread import Spread
from siqml.field.ensemble import SingleField
from siqml.molecule.line import Line
from siqml.molecule.structures import Array, Structures, radial
from siqml.molecule.units import MILLI

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS: Final = {"marker": "o", "s": 14, "facecolors": "none", "linewidths": 0.9}
CURVE_POINTS: Final = 256
MAX_RANKS: Final = 40
"""Combinations of settings in the picture of a sweep. Beyond it, shortened: the worst are left out."""

DECADE: Final = 10
"""Ratio of the largest and the smallest value from which an axis is logarithmic."""

CROSSES: Final = {"marker": "x", "s": 18, "linewidths": 0.9}
TOGETHER: Final = ("tab:red", "tab:blue", "tab:green")
"""Colours of models on one axis; red behind blue, as in the paper."""

TRAIN_COLOR, TEST_COLOR, MODEL_COLOR = "#b35806", "#542788", "0.25"


def has_curve(train: Structures) -> bool:
    """Whether these structures have a curve to show: a diatomic molecule, or structures on one line."""
    return _curve(train) is not None


def draw(path: Path, force_field: SingleField, train: Structures, test: Structures | None) -> None:
    """`draw_curve` where the training structures have a curve to show, else `draw_parity`; same arguments."""
    drawn = draw_curve if has_curve(train) else draw_parity
    drawn(path, force_field, train, test)


def draw_curve(path: Path, force_field: SingleField, train: Structures, test: Structures | None) -> None:
    """Energy and force along a bond or a cut, each with its residuals below.

    Args:
        path: the PNG file, written atomically.
        force_field: the model.
        train: training set, of a diatomic molecule or on one line.
        test: test set, if any.
    """
    curve = _curve(train)
    if curve is None:
        raise ValueError("these structures are neither diatomic nor on a line")
    figure = new_figure(10, 5.5)
    axes: Any = figure.subplots(2, 2, sharex=True, height_ratios=(3, 1))
    places = curve.places(train.positions)
    grid = np.linspace(places.min(), places.max(), CURVE_POINTS)
    positions = curve.at(grid)
    energies, forces = force_field.predict(positions)
    axes[0, 0].plot(grid, energies, color=MODEL_COLOR, lw=1, label="model")
    axes[0, 1].plot(grid, curve.force(positions, forces), color=MODEL_COLOR, lw=1, label="model")
    for structures, name, color in _sets(train, test):
        r = curve.places(structures.positions)
        energies, forces = force_field.predict(structures.positions)
        axes[0, 0].scatter(r, structures.energies, edgecolors=color, label=name, **DOTS)
        axes[1, 0].scatter(r, (energies - structures.energies) / MILLI, edgecolors=color, **DOTS)
        if structures.forces is not None:
            exact = curve.force(structures.positions, structures.forces)
            axes[0, 1].scatter(r, exact, edgecolors=color, label=name, **DOTS)
            difference = curve.force(structures.positions, forces) - exact
            axes[1, 1].scatter(r, difference / MILLI, edgecolors=color, **DOTS)
    axes[0, 0].set_ylabel("E (eV)")
    axes[0, 1].set_ylabel(f"F along the {curve.name} (eV/Å)")
    axes[1, 0].set_ylabel("error (meV)")
    axes[1, 1].set_ylabel("error (meV/Å)")
    for axis in axes[1]:
        axis.set_xlabel(f"{curve.name} (Å)")
        axis.axhline(0, color="0.8", lw=0.8, zorder=0)
    axes[0, 0].legend(frameon=False)
    figure.suptitle(force_field.model.name)
    save_figure(figure, path)


def draw_parity(path: Path, force_field: SingleField, train: Structures, test: Structures | None) -> None:
    """Predictions against labels: energies on the left, Cartesian forces on the right.

    Args:
        path: the PNG file, written atomically.
        force_field: the model.
        train: training set.
        test: test set, if any.
    """
    figure = new_figure(9, 4.5)
    left, right = figure.subplots(1, 2)
    lowest = train.energies.min()
    for structures, name, color in _sets(train, test):
        energies, forces = force_field.predict(structures.positions)
        left.scatter(structures.energies - lowest, energies - lowest, edgecolors=color, label=name, **DOTS)
        if structures.forces is not None:
            right.scatter(structures.forces.ravel(), forces.ravel(), edgecolors=color, label=name, **DOTS)
    for axis, quantity in ((left, f"E - ({lowest:.4f} eV) (eV)"), (right, "F (eV/Å)")):
        low, high = axis.get_xlim()
        axis.plot((low, high), (low, high), color="0.8", lw=0.8, zorder=0)
        axis.set_xlabel(f"{quantity}, label")
        axis.set_ylabel(f"{quantity}, model")
    left.legend(frameon=False)
    figure.suptitle(force_field.model.name)
    save_figure(figure, path)


def draw_together(path: Path, fields: "Mapping[str, SingleField]", test: Structures) -> None:
    """Several models on one axis, against the labels of a test set: energies on the left, forces on the right.

    Along a bond or a cut, labels are a line and predictions crosses; elsewhere, predictions stand over labels.

    Args:
        path: the PNG file, written atomically.
        fields: models by their titles, from the back to the front.
        test: labelled structures with forces, in the atom order of the models.
    """
    assert test.forces is not None
    figure, curve = new_figure(10, 4.5), _curve(test)
    left, right = figure.subplots(1, 2)
    lowest = test.energies.min()
    if curve is None:
        exact = test.energies - lowest, test.forces.ravel()
    else:
        places = curve.places(test.positions)
        order = np.argsort(places)
        exact = test.energies, curve.force(test.positions, test.forces)
        for axis, labels in zip((left, right), exact, strict=True):
            axis.plot(places[order], labels[order], color="black", lw=1, label="labels", zorder=0)
            axis.set_xlabel(f"{curve.name} (Å)")
    for (title, field), color in zip(fields.items(), TOGETHER, strict=False):
        energies, forces = field.predict(test.positions)
        if curve is None:
            left.scatter(exact[0], energies - lowest, color=color, label=title, **CROSSES)
            right.scatter(exact[1], forces.ravel(), color=color, label=title, **CROSSES)
        else:
            left.scatter(places, energies, color=color, label=title, **CROSSES)
            right.scatter(places, curve.force(test.positions, forces), color=color, label=title, **CROSSES)
    if curve is None:
        for axis, quantity in ((left, f"E - ({lowest:.4f} eV) (eV)"), (right, "F (eV/Å)")):
            low, high = axis.get_xlim()
            axis.plot((low, high), (low, high), color="black", lw=1, zorder=0)
            axis.set(xlabel=f"{quantity}, label", ylabel=f"{quantity}, model")
    else:
        left.set_ylabel("E (eV)")
        right.set_ylabel(f"F along the {curve.name} (eV/Å)")
    left.legend(frameon=False)
    save_figure(figure, path)


def draw_sizes(
    path: Path, sizes: Sequence[int], energies: Sequence[Spread], forces: Sequence[Spread], name: str
) -> None:
    """A learning curve: median of the seeds, with a band from best to worst, against the number of structures.

    Args:
        path: the PNG file, written atomically.
        sizes: numbers of training structures, in rising order.
        energies: MSE(E) on the test set for each size, in eV^2.
        forces: MSE(F) for each size, in eV^2/angstrom^2; empty without labels.
        name: name of the model.
    """
    parts = [("MSE(E) (eV²)", energies, TRAIN_COLOR), ("MSE(F) (eV²/Å²)", forces, TEST_COLOR)]
    parts = [part for part in parts if part[1]]
    figure = new_figure(4.5 * len(parts), 4)
    axes: Any = figure.subplots(1, len(parts), squeeze=False)
    for axis, (quantity, spreads, color) in zip(axes[0], parts, strict=True):
        axis.plot(sizes, [spread.median for spread in spreads], color=color, marker="o", ms=4)
        low, high = ([getattr(spread, end) for spread in spreads] for end in ("best", "worst"))
        axis.fill_between(sizes, low, high, color=color, alpha=0.15, lw=0)
        axis.set(xscale="log", yscale="log", xlabel="training structures", ylabel=f"{quantity}, test set")
        axis.set_xticks(sizes, labels=map(str, sizes))
        axis.minorticks_off()
    figure.suptitle(name)
    save_figure(figure, path)


def draw_ranking(
    path: Path, names: Sequence[str], spreads: Sequence[Spread], quantity: str, name: str
) -> None:
    """Combinations of settings, best at the top: the median of the seeds on a line from best to worst.

    Args:
        path: the PNG file, written atomically.
        names: the combinations, best first.
        spreads: what ranks each of them; what is not finite is left out.
        quantity: what ranks them, with its unit.
        name: name of the model.
    """
    shown = [
        (row, spread)
        for row, spread in enumerate(spreads[:MAX_RANKS])
        if np.isfinite((spread.best, spread.median, spread.worst)).all()
    ]
    figure = new_figure(8, 1.5 + 0.25 * min(len(names), MAX_RANKS))
    axes: Any = figure.subplots()
    for row, spread in shown:
        axes.plot([spread.best, spread.worst], [row, row], color=TEST_COLOR, lw=1)
        axes.plot([spread.median], [row], color=TEST_COLOR, marker="o", ms=4)
    axes.set_yticks(range(min(len(names), MAX_RANKS)), labels=names[:MAX_RANKS], fontsize=8)
    axes.set(xlabel=quantity, ylim=(min(len(names), MAX_RANKS) - 0.5, -0.5))
    if shown:
        axes.set_xscale("log")
    figure.suptitle(name)
    save_figure(figure, path)


def draw_over(
    path: Path, values: Sequence[float], spreads: Sequence[Spread], key: str, quantity: str, name: str
) -> None:
    """One number of a config and what it leads to: median of the seeds, with a band from best to worst.

    Args:
        path: the PNG file, written atomically.
        values: values of the number, in rising order.
        spreads: what each leads to; what is not finite is left out.
        key: the setting.
        quantity: what it leads to, with its unit.
        name: name of the model.
    """
    figure = new_figure(5, 4)
    axes: Any = figure.subplots()
    ends = {
        end: [found if np.isfinite(found) else np.nan for found in (getattr(s, end) for s in spreads)]
        for end in ("median", "best", "worst")
    }
    axes.plot(values, ends["median"], color=TEST_COLOR, marker="o", ms=4)
    axes.fill_between(values, ends["best"], ends["worst"], color=TEST_COLOR, alpha=0.15, lw=0)
    wide = min(values) > 0 and max(values) >= DECADE * min(values)
    axes.set(xscale="log" if wide else "linear", xlabel=key, ylabel=quantity)
    if np.isfinite(ends["median"]).any():
        axes.set_yscale("log")
    figure.suptitle(name)
    save_figure(figure, path)


def _sets(train: Structures, test: Structures | None) -> list[tuple[Structures, str, str]]:
    sets = [(train, "training", TRAIN_COLOR)]
    return sets if test is None else [*sets, (test, "test", TEST_COLOR)]


@dataclass(frozen=True)
class _Curve:
    """What the horizontal axis shows, the structures along it, and the force along it."""

    name: str
    places: Callable[[Array], Array]
    at: Callable[[Array], Array]
    force: Callable[[Array, Array], Array]


def _curve(train: Structures) -> _Curve | None:
    if len(train.species) == 2:
        along_z = np.array([[0, 0, -0.5], [0, 0, 0.5]])
        return _Curve("bond", _lengths, lambda grid: grid[:, None, None] * along_z, radial)
    line = Line.through(train)
    if line is None:
        return None
    return _Curve("cut", line.places, line.at, lambda _, forces: np.asarray(line.component(forces)))


def _lengths(positions: Array) -> Array:
    return np.asarray(np.linalg.norm(positions[:, 1] - positions[:, 0], axis=1))


def new_figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure  # not pyplot: no display, no global state

    return Figure(figsize=(width, height), layout="constrained")


def save_figure(figure: "Figure", path: Path) -> None:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=130)
    eq.write_atomically(path, picture.getvalue())
