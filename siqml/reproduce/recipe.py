"""The paper's recipe with what it leaves open: which rate, schedule, labels, start and alpha come near its figures?

Every combination is trained from several seeds, as a row of a table would be, and all of them are shown: a recipe that
is not among them may still give the printed figures.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final, TextIO

import eqcompile as eq
from siqml.errors import TrainError
from siqml.evaluation.spread import Spread
from siqml.field.catalogue import find
from siqml.provenance import Origin
from siqml.reproduce.page import QUICK
from siqml.reproduce.paper import LIH_INVARIANT, WATER_PLAIN, PrintedRow
from siqml.reproduce.seeds import QUICK_STEPS, read_result
from siqml.tasks.crew import HERE, Workers
from siqml.training.many import Wanted, train_many
from siqml.training.run_folder import RunFolder

RATES: Final = (0.003, 0.01, 0.03, 0.1)
SCHEDULES: Final = ("constant", "cosine")
WINDOWS: Final = {"whole": "[0, 1]", "upside down": "[1, 0]", "5 to 25 %": "[0.05, 0.25]"}
STARTS: Final = {
    "identity blocks": ("start.identity_blocks=true", "start.weights=3.14159", "start.distribution=uniform"),
    "near zero": ("start.identity_blocks=false", "start.weights=0.05", "start.distribution=normal"),
}
SLOWER: Final = {"as the weights": 1.0, "a tenth": 0.1}
"""Rate of alpha, by that of the weights."""

SEEDS: Final = (0, 1, 2)
SHOWN: Final = 12
"""Combinations in the table of a page; all are in its JSON."""


@dataclass(frozen=True)
class Molecule:
    """What is tried for one molecule.

    Attributes:
        config: a config of the paper's recipe.
        printed: what the paper prints.
        alphas: starts of alpha, in 1/angstrom.
        rates: rates of Adam.
    """

    config: str
    printed: PrintedRow
    alphas: tuple[float, ...]
    rates: tuple[float, ...] = RATES


MOLECULES: Final = (
    Molecule("lih_paper", LIH_INVARIANT, (0.3,)),
    Molecule("water_paper", WATER_PLAIN, (0.7,), RATES[1:3]),
)


@dataclass(frozen=True)
class Trial:
    """One combination.

    Attributes:
        named: the choices by their names.
        settings: the same as settings of a config.
    """

    named: tuple[str, ...]
    settings: tuple[str, ...]


COLUMNS: Final = ("rate", "schedule", "labels", "start", "alpha", "rate of alpha")


@dataclass(frozen=True)
class Tried:
    """What all seeds of a combination reached; errors are infinite where a loss stopped being a number."""

    trial: Trial
    energies: Spread
    forces: Spread
    train: Spread


def trials(molecule: Molecule) -> Iterator[Trial]:
    """Every combination."""
    for rate, schedule, labels, start, alpha, slower in product(
        molecule.rates, SCHEDULES, WINDOWS, STARTS, molecule.alphas, SLOWER
    ):
        yield Trial(
            (f"{rate:g}", schedule, labels, start, f"{alpha:g}", slower),
            (
                f"adam.learning_rate={rate}",
                f"adam.scale_learning_rate={rate * SLOWER[slower]}",
                f"adam.schedule={schedule}",
                f"labels.window={WINDOWS[labels]}",
                f"start.scales={alpha}",
                *STARTS[start],
            ),
        )


def reproduce_recipe(
    quick: bool, finished: bool, folder: Path, stream: TextIO, workers: Workers = HERE
) -> Path:
    """Train what is not trained yet, and write the page.

    Args:
        quick: whether to take few steps and one seed; the files are then called ``recipe-quick``.
        finished: whether to train nothing and only show what earlier calls have finished.
        folder: takes ``recipe.md``, ``recipe.json`` and the runs.
        stream: takes the progress report.
        workers: where the trainings run.

    Returns:
        The page.

    Raises:
        TrainError: not everything is finished, and nothing may be trained.
    """
    seeds, steps = (SEEDS[:1], (f"adam.steps={QUICK_STEPS}",)) if quick else (SEEDS, ())
    runs = folder / ("runs-quick" if quick else "runs") / "recipe"
    wanted = {
        (molecule.config, trial, seed): Wanted(
            f"{', '.join(trial.named)}, seed {seed}",
            find(molecule.config, "configs"),
            RunFolder(runs / molecule.config / "-".join(trial.named).replace(" ", "_") / f"seed-{seed}"),
            (*steps, *trial.settings, f"seed={seed}"),
        )
        for seed in seeds
        for molecule in MOLECULES
        for trial in trials(molecule)
    }
    if not finished:
        for _ in train_many(list(wanted.values()), stream, workers, overwrite=True, diverging=True):
            pass
    elif not all(one.folder.config.is_file() for one in wanted.values()):
        raise TrainError(f"recipe: not finished in {folder}; leave --finished out to train")
    # Sorted here, so that page and JSON have one order.
    found = {
        molecule.config: sorted(
            (
                _tried(trial, [wanted[molecule.config, trial, seed].folder for seed in seeds])
                for trial in trials(molecule)
            ),
            key=lambda tried: tried.energies.median,
        )
        for molecule in MOLECULES
    }
    origin = Origin.here("siqml reproduce recipe" + " --quick" * quick)
    stem = "recipe-quick" if quick else "recipe"
    content = {
        "study": "recipe",
        "quick": quick,
        "seeds": list(seeds),
        **origin.to_dict(),
        "trials": _plain(found),
    }
    eq.write_atomically(folder / f"{stem}.json", json.dumps(content, indent=1) + "\n")
    eq.write_atomically(folder / f"{stem}.md", "\n".join(_page(found, origin, quick, len(seeds))) + "\n")
    return folder / f"{stem}.md"


def _tried(trial: Trial, folders: list[RunFolder]) -> Tried:
    results = [read_result(folder) if folder.metrics.is_file() else None for folder in folders]

    def spread(part: str, kind: int) -> Spread:
        return Spread.of([float("inf") if r is None else getattr(r, part)[kind] for r in results])

    return Tried(trial, spread("test", 0), spread("test", 1), spread("train", 0))


def _page(found: dict[str, list[Tried]], origin: Origin, quick: bool, seeds: int) -> list[str]:
    lines = [
        "# The paper's recipe, and what it leaves open",
        "",
        *([QUICK, ""] if quick else []),
        "The paper prints: at most 3000 steps of Adam, mean square error of the energies, start after Ref. 52 "
        "(identity blocks), one alpha for each element that is trained. It does not print the rate and its schedule, "
        "where alpha starts, nor whether labels fill the range of the observable; the range [-1, 3] that it prints is "
        "that of minus the observable, which is the same as labels upside down. All combinations of the values below "
        f"were trained from {seeds} seed{'s' * (seeds > 1)}, on all structures in every step. Medians over the seeds; "
        "MSE(E) in eV^2, MSE(F) in eV^2/angstrom^2, on the test set.",
        "",
        f"- rates: {', '.join(f'{rate:g}' for rate in RATES)} (water: fewer); schedules: {', '.join(SCHEDULES)}",
        f"- labels: {', '.join(WINDOWS)} of the range; start: {', '.join(STARTS)}; rate of alpha: {', '.join(SLOWER)}",
        "",
    ]
    for molecule in MOLECULES:
        tried, printed = found[molecule.config], molecule.printed
        best, force = tried[0], min(one.forces.median for one in tried)
        single = min(one.energies.best for one in tried)
        lines += [
            f"## {molecule.config.removesuffix('_paper')}",
            "",
            f"The paper: {printed.energy_mse:.2e} and {printed.force_mse:.2e}. The best of {len(tried)} combinations: "
            f"{best.energies.median:.2e}, {_ratio(best.energies.median, printed.energy_mse)}, and for forces "
            f"{force:.2e}, {_ratio(force, printed.force_mse)}; the best single seed of all: {single:.2e}. "
            + (
                "So nothing that we tried gives the printed energies."
                if single > printed.energy_mse
                else "So single seeds reach the printed energies; a median does not."
                if best.energies.median > printed.energy_mse
                else "So the printed energies are within reach of the recipe."
            ),
            "",
            f"| {' | '.join(COLUMNS)} | MSE(E) | best | worst | MSE(F) | train MSE(E) |",
            "|---" * (len(COLUMNS) + 5) + "|",
            *(
                f"| {' | '.join(one.trial.named)} | {one.energies.median:.2e} | {one.energies.best:.2e} "
                f"| {one.energies.worst:.2e} | {one.forces.median:.2e} | {one.train.median:.2e} |"
                for one in tried[:SHOWN]
            ),
            "",
            f"The first {SHOWN} of {len(tried)}; all are in the JSON beside this page. The best by start and labels:",
            "",
            "| start | labels | MSE(E) | MSE(F) |",
            "|---|---|---|---|",
            *_by_start_and_labels(tried),
            "",
        ]
    return [*lines, "## Where it comes from", "", *origin.lines()]


def _by_start_and_labels(tried: list[Tried]) -> Iterator[str]:
    for start, labels in product(STARTS, WINDOWS):
        best = next(one for one in tried if one.trial.named[2:4] == (labels, start))
        yield f"| {start} | {labels} | {best.energies.median:.2e} | {best.forces.median:.2e} |"


def _ratio(ours: float, printed: float) -> str:
    if ours <= printed:
        return f"{printed / ours:.1f} times smaller than printed"
    return f"{ours / printed:.1f} times larger than printed"


def _plain(found: dict[str, list[Tried]]) -> dict[str, Any]:
    def plain(spread: Spread) -> dict[str, float | None]:
        return {name: value if value < float("inf") else None for name, value in asdict(spread).items()}

    return {
        config: [
            {
                **dict(zip(COLUMNS, one.trial.named, strict=True)),
                "test_energy_mse": plain(one.energies),
                "test_force_mse": plain(one.forces),
                "train_energy_mse": plain(one.train),
            }
            for one in tried
        ]
        for config, tried in found.items()
    }
