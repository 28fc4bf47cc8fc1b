"""Fig. 5: lithium hydride learnt from noisy energies, the symmetry-invariant model beside the generic one."""

import io
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np

import eqcompile as eq
from siqml.data.reading.named import read_named
from siqml.errors import TrainError
from siqml.evaluation.spread import Spread
from siqml.field.catalogue import find
from siqml.progress import progress
from siqml.provenance import Origin
from siqml.reproduce.noisy_training import Draw, NoisePoint, NoisyTraining, noise_point
from siqml.reproduce.page import QUICK
from siqml.reproduce.relevant import RULE
from siqml.tasks.crew import HERE, Workers, crew
from siqml.training.config import load_config
from siqml.training.optimisers.plan import step_settings
from siqml.training.train import with_noise

LEVELS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1)
"""Standard deviations of the noise in eV. The paper shows 0.05 in its inset."""

STEPS: Final = (500, 1000)
"""Steps of each phase, fewer than for Table I: there are eighty trainings, and more steps only follow the noise more
closely."""

QUICK_STEPS: Final = (100, 100)
"""Steps of each phase that are enough to tell little noise from much."""

SHOWN: Final = 0.05
"""Noise of the labels in the inset, in eV."""

ORDER_OF_MAGNITUDE: Final = 10

MODELS: Final = {"lih": "siVQLM, 67 parameters", "lih_generic": "generic, count-matched, 94 parameters"}
MARKS: Final = {"lih": ("o", "-"), "lih_generic": ("s", "--")}


@dataclass(frozen=True)
class NoiseOrder:
    """What was asked for.

    Attributes:
        seeds: seeds for every level and model, at least one.
        quick: whether to take few steps at two levels; the files are then called ``fig5-quick``.
        finished: whether to train nothing and only show what earlier calls have finished.
    """

    seeds: tuple[int, ...]
    quick: bool = False
    finished: bool = False

    @property
    def levels(self) -> tuple[float, ...]:
        """Standard deviations of the noise in eV."""
        return LEVELS[::7] if self.quick else LEVELS

    @property
    def command(self) -> str:
        """The command as it would be typed."""
        return f"siqml reproduce fig5 --seeds {','.join(map(str, self.seeds))}" + " --quick" * self.quick


@dataclass(frozen=True)
class Level:
    """All seeds of one model at one level of noise; never empty."""

    model: str
    noise: float
    points: tuple[NoisePoint, ...]

    @property
    def energy(self) -> Spread:
        """MSE(E) in eV^2."""
        return Spread.of([point.energy for point in self.points])

    @property
    def force(self) -> Spread:
        """MSE(F) in eV^2/angstrom^2."""
        return Spread.of([point.force for point in self.points])

    @property
    def full(self) -> tuple[Spread, Spread]:
        """Both on the full test set."""
        return Spread.of([p.full_energy for p in self.points]), Spread.of([p.full_force for p in self.points])


def reproduce_noise(order: NoiseOrder, folder: Path, stream: TextIO, workers: Workers = HERE) -> Path:
    """Train what is not trained yet, and write the page.

    Args:
        order: what was asked for.
        folder: takes ``fig5.md``, ``fig5.json``, ``fig5.png`` and one small file for each training, so that no finished
            training is repeated.
        stream: takes the progress report.
        workers: where the trainings run.

    Returns:
        The page.

    Raises:
        TrainError: nothing is finished, and nothing may be trained.
    """
    levels = _levels(order, folder / ("runs-quick" if order.quick else "runs") / "fig5", stream, workers)
    if not levels:
        raise TrainError(f"fig5: no finished run in {folder}; leave --finished out to train")
    stem = "fig5-quick" if order.quick else "fig5"
    origin = Origin.here(order.command)
    folder.mkdir(parents=True, exist_ok=True)
    eq.write_atomically(folder / f"{stem}.png", _picture(levels))
    content = {
        "study": "fig5",
        "quick": order.quick,
        **origin.to_dict(),
        "levels": [_plain(x) for x in levels],
    }
    eq.write_atomically(folder / f"{stem}.json", json.dumps(content, indent=2) + "\n")
    lines = noise_page(levels, origin, order.quick, f"{stem}.png")
    eq.write_atomically(folder / f"{stem}.md", "\n".join(lines) + "\n")
    return folder / f"{stem}.md"


def _levels(order: NoiseOrder, runs: Path, stream: TextIO, workers: Workers) -> list[Level]:
    """Train seed after seed, so that an interruption leaves equally many seeds of every level."""
    # Finished points are read here and missing ones are asked for, so that workers need none of these folders.
    trainings = {model: NoisyTraining(model, _settings(model, order.quick)) for model in MODELS}
    draws = [(seed, model, noise) for seed in order.seeds for model in MODELS for noise in order.levels]
    files = {draw: runs / draw[1] / f"noise-{draw[2]:g}" / f"seed-{draw[0]}.json" for draw in draws}
    found: dict[tuple[int, str, float], NoisePoint] = {}
    for draw in draws:
        seed, model, noise = draw
        known = trainings[model].finished(noise, seed, files[draw])
        if known is not None:
            found[draw] = known
    missing = [] if order.finished else [draw for draw in draws if draw not in found]
    asked = [Draw(model, _settings(model, order.quick), noise, seed) for seed, model, noise in missing]
    with (
        progress("fig5", len(draws), stream, len(found)) as advance,
        crew(workers.for_tasks(len(asked))) as hands,
    ):
        for number, point in hands.results(noise_point, asked):
            seed, model, noise = missing[number]
            point.keep(files[missing[number]])
            found[missing[number]] = point
            advance(len(found), f"{model}, noise {noise:g} eV, seed {seed}")
    points = {
        (model, noise): tuple(
            found[seed, model, noise] for seed in order.seeds if (seed, model, noise) in found
        )
        for model in MODELS
        for noise in order.levels
    }
    return [Level(model, noise, part) for (model, noise), part in points.items() if part]


def _settings(model: str, quick: bool) -> tuple[str, ...]:
    return step_settings(load_config(find(model, "configs")), QUICK_STEPS if quick else STEPS)


def noise_page(levels: list[Level], origin: Origin, quick: bool, picture: str) -> list[str]:
    """The page as lines of Markdown.

    Args:
        levels: what was reached.
        origin: where the numbers come from.
        quick: whether to mark the page as a quick trial.
        picture: name of the picture beside the page.
    """
    return [
        "# Fig. 5: lithium hydride learnt from noisy energies",
        "",
        *([QUICK, ""] if quick else []),
        "Errors against exact labels, median over the seeds, best and worst in brackets. Relevant: the part of the "
        "test set that both models are compared on, the same points. Full: all test points, for the siVQLM those of "
        "the molecule, as in the paper, for the generic model those of the curve that was made periodic as well.",
        "",
        "| noise, eV | model | seeds | relevant MSE(E) eV^2 | relevant MSE(F) eV^2/A^2 | full MSE(E) | full MSE(F) |",
        "|---|---|---|---|---|---|---|",
        *(_row(level) for level in sorted(levels, key=lambda level: (level.noise, level.model))),
        "",
        f"![errors against noise]({picture})",
        "",
        *(f"- {line}" for line in _verdicts(levels)),
        "- Normal noise of the given standard deviation is added to every training energy, other noise for each seed; "
        "forces are not learnt. Test labels have no noise.",
        f"- The relevant part: {RULE}. The paper tests the siVQLM on all 81 points and the generic model on a "
        "relevant part whose bounds it does not give.",
        f"- Steps: {', '.join(_settings('lih', quick))}, fewer than for Table I. The paper: 3000, Adam.",
        "- The generic model is count-matched, not a reproduction. It learns the curve continued to a periodic one: "
        "113 points, each with noise of its own.",
        "- MSE(F) is that of the force along the bond.",
        "",
        "## Where it comes from",
        "",
        *origin.lines(),
    ]


def _row(level: Level) -> str:
    cells = (
        f"{spread.median:.2e} ({spread.best:.2e} to {spread.worst:.2e})"
        for spread in (level.energy, level.force, *level.full)
    )
    return f"| {level.noise:g} | {MODELS[level.model]} | {len(level.points)} | {' | '.join(cells)} |"


def _verdicts(levels: list[Level]) -> list[str]:
    """How often each model is the better one, and by how much."""
    pairs = [
        (ours, other)
        for ours in levels
        for other in levels
        if (ours.model, other.model, ours.noise) == ("lih", "lih_generic", other.noise)
    ]
    lines = []
    energies = [other.energy.median / ours.energy.median for ours, other in pairs]
    forces = [other.force.median / ours.force.median for ours, other in pairs]
    for name, ratios in (("MSE(E)", energies), ("MSE(F)", forces)):
        if ratios:
            better = sum(ratio > 1 for ratio in ratios)
            shown = ", ".join(f"{ratio:.2g}" for ratio in ratios)
            lines.append(
                f"{name}: the siVQLM has the smaller median at {better} of {len(ratios)} levels; generic over "
                f"siVQLM, from little noise to much: {shown}."
            )
    if forces:
        lines.append(
            "The paper finds the forces of the siVQLM better by at least an order of magnitude at every noise; here "
            f"that is so at {sum(ratio >= ORDER_OF_MAGNITUDE for ratio in forces)} of {len(forces)} levels."
        )
    return lines


def _picture(levels: list[Level]) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5), layout="constrained")
    axes: Any = figure.subplots()
    for model, title in MODELS.items():
        part = sorted((level for level in levels if level.model == model), key=lambda level: level.noise)
        mark, style = MARKS[model]
        for name, color, spreads in (
            ("energy", "black", [level.energy for level in part]),
            ("force", "tab:blue", [level.force for level in part]),
        ):
            noise = [level.noise for level in part]
            axes.plot(
                noise,
                [s.median for s in spreads],
                color=color,
                marker=mark,
                ls=style,
                label=f"{name}, {title}",
            )
            axes.fill_between(
                noise, [s.best for s in spreads], [s.worst for s in spreads], color=color, alpha=0.12, lw=0
            )
    axes.set(xscale="log", yscale="log", xlabel="standard deviation of the noise (eV)")
    axes.set_ylabel("test error: MSE(E) (eV²), MSE(F) (eV²/Å²)")
    axes.legend(frameon=False, fontsize=8)
    _inset(axes.inset_axes((0.62, 0.06, 0.35, 0.3)))
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=130)
    return file.getvalue()


def _inset(axes: Any) -> None:
    """The labels of one seed with noise of 0.05 eV, over the exact curve, as in the paper."""
    config = load_config(find("lih", "configs"), (f"labels.noise={SHOWN}", "seed=0"))
    data = read_named(config.data.train, config.frame.atoms)
    lengths = np.linalg.norm(data.positions[:, 1] - data.positions[:, 0], axis=1)
    order = np.argsort(lengths)
    axes.plot(lengths[order], data.energies[order], color="black", lw=0.8)
    axes.scatter(lengths, with_noise(data, config).energies, color="tab:red", marker="x", s=8, linewidths=0.7)
    axes.set_title(f"labels at {SHOWN:g} eV", fontsize=7)
    axes.tick_params(labelsize=6)


def _plain(level: Level) -> dict[str, Any]:
    return {
        "model": level.model,
        "noise": level.noise,
        "test_energy_mse": asdict(level.energy),
        "test_force_mse": asdict(level.force),
        "full_energy_mse": asdict(level.full[0]),
        "full_force_mse": asdict(level.full[1]),
        "seeds": [asdict(point) for point in level.points],
    }
