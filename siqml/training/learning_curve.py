"""Learning curves: test errors against the number of training structures."""

import csv
import io
import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import eqcompile as eq
from siqml.data.reading.named import locate_data, read_named
from siqml.errors import ConfigError, DataError
from siqml.evaluation.plots import draw_sizes
from siqml.evaluation.spread import Spread
from siqml.molecule.subset import drawn
from siqml.provenance import Origin
from siqml.tasks.crew import HERE, Workers
from siqml.training.config import load_config
from siqml.training.many import Wanted, train_many
from siqml.training.run_folder import RunFolder

COLUMNS = ("size", "seed", "test_energy_mse", "test_force_mse", "train_energy_mse")


@dataclass(frozen=True)
class CurveOrder:
    """What was asked for.

    Attributes:
        name: name of the config, as it was given.
        config_path: the YAML file.
        sizes: numbers of training structures.
        seeds: seeds for every size.
        overrides: settings such as ``"adam.steps=100"``.

    Raises:
        ConfigError: a size is 0.
    """

    name: str
    config_path: Path
    sizes: tuple[int, ...]
    seeds: tuple[int, ...]
    overrides: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if min(self.sizes) < 1:
            raise ConfigError("--sizes: found 0; needed: at least 1 structure")

    @property
    def command(self) -> str:
        """The command as it would be typed, except for the folder."""
        lists = (",".join(map(str, numbers)) for numbers in (self.sizes, self.seeds))
        sizes, seeds = lists
        settings = "".join(f" --set {shlex.quote(setting)}" for setting in self.overrides)
        return f"siqml learn {shlex.quote(self.name)} --sizes {sizes} --seeds {seeds}{settings}"


@dataclass(frozen=True)
class SizeResult:
    """What one training reached.

    Attributes:
        size: number of training structures.
        seed: seed for the draw, the start values and everything else.
        energy: MSE(E) in eV^2 on the test set.
        force: MSE(F) over Cartesian components in eV^2/angstrom^2 on the test set; ``None`` without labels.
        train: MSE(E) in eV^2 on the structures it was trained on.
        fingerprint: fingerprint of everything that decides the training.
    """

    size: int
    seed: int
    energy: float
    force: float | None
    train: float
    fingerprint: str


@dataclass(frozen=True)
class CurvePoint:
    """All seeds of one size; never empty."""

    size: int
    results: tuple[SizeResult, ...]

    @property
    def energy(self) -> Spread:
        """MSE(E) in eV^2."""
        return Spread.of([result.energy for result in self.results])

    @property
    def force(self) -> Spread | None:
        """MSE(F) in eV^2/angstrom^2; ``None`` without labels."""
        found = [result.force for result in self.results if result.force is not None]
        return Spread.of(found) if found else None


def learn(
    order: CurveOrder, folder: Path, stream: TextIO, overwrite: bool = False, workers: Workers = HERE
) -> list[CurvePoint]:
    """Train what is not trained yet, smallest size first, and write numbers and picture after each seed.

    Args:
        order: what was asked for, with at least one seed.
        folder: takes ``learning.json``, ``learning.csv``, ``learning.png``, and the runs, ``size-25/seed-0`` and so on;
            finished runs in it are kept, and interrupted runs are continued.
        stream: takes the progress report.
        overwrite: whether to replace runs of other trainings.
        workers: where the trainings run.

    Returns:
        A point for each size, in rising order.

    Raises:
        TrainError: the folder is a run itself.
        DataError: there is no test set, or there are fewer training structures than a size.
        SiqmlError: see `siqml.training.many.train_many`.
    """
    RunFolder(folder).refuse_to_hold_runs()
    count = _count(order)
    sizes = sorted(order.sizes)
    # Seed after seed, so that an interruption leaves equally many seeds of every size.
    runs = {
        (seed, size): RunFolder(folder / f"size-{size}" / f"seed-{seed}")
        for seed in order.seeds
        for size in sizes
    }
    wanted = [
        Wanted(
            f"{size} structures, seed {seed}",
            order.config_path,
            run,
            (*order.overrides, f"data.train_size={size}", f"seed={seed}"),
        )
        for (seed, size), run in runs.items()
    ]
    ended: set[Path] = set()
    complete: list[int] = []
    points: list[CurvePoint] = []
    for one in train_many(wanted, stream, workers, overwrite):
        ended.add(one.wanted.folder.root)
        seeds = [seed for seed in order.seeds if all(runs[seed, size].root in ended for size in sizes)]
        if seeds == complete:
            continue
        complete = seeds
        points = [
            CurvePoint(size, tuple(_result(runs[seed, size], size) for seed in seeds)) for size in sizes
        ]
        _write(order, points, count, runs[seeds[0], sizes[0]], folder)
    return points


def curve_lines(points: Sequence[CurvePoint]) -> list[str]:
    """A table with median, best and worst of the seeds for every size."""
    lines = [f"{'structures':>10}{'MSE(E) eV^2':>14}{'best':>11}{'worst':>11}"]
    lines[0] += f"{'MSE(F) eV^2/A^2':>18}{'best':>11}{'worst':>11}" if points[0].force else ""
    for point in points:
        e, f = point.energy, point.force
        line = f"{point.size:>10}{e.median:>14.2e}{e.best:>11.2e}{e.worst:>11.2e}"
        lines.append(line + (f"{f.median:>18.2e}{f.best:>11.2e}{f.worst:>11.2e}" if f else ""))
    return lines


def _count(order: CurveOrder) -> int:
    """Number of structures in the training file. What cannot be done is refused before anything is trained."""
    config = load_config(order.config_path, order.overrides)
    if config.data.test is None:
        raise DataError(f"{order.name}: a learning curve needs a test set; give data.test")
    train = locate_data(config.data.train, order.config_path.parent)
    count = len(read_named(train, config.frame.atoms, config.data.declared, config.data.named))
    if max(order.sizes) > count:
        raise DataError(
            f"--sizes: found {max(order.sizes)}; {Path(train).name} has {count} structures; leave it out"
        )
    return count


def _result(run: RunFolder, size: int) -> SizeResult:
    found = run.read_metrics()
    train, test = found["train"], found["test"]
    force = None if test["force"] is None else test["force"]["mse"]
    return SizeResult(
        size, found["seed"], test["energy"]["mse"], force, train["energy"]["mse"], found["fingerprint"]
    )


def _write(order: CurveOrder, points: list[CurvePoint], count: int, first: RunFolder, folder: Path) -> None:
    largest = max(order.sizes)
    about, test = first.read_metrics(), first.read_metrics()["test"]
    content: dict[str, Any] = {
        **Origin.here(order.command).to_dict(),
        "model": about["model"],
        "num_parameters": about["num_parameters"],
        "steps": about["steps"],
        "units": {"energy_mse": "eV^2", "force_mse": "eV^2/angstrom^2"},
        "test": {key: test[key] for key in ("num_structures", "energy_variance", "force_variance")},
        "train_structures": count,
        "drawn": {str(result.seed): drawn(count, largest, result.seed) for result in points[0].results},
        "points": [
            {
                "size": point.size,
                "test_energy_mse": asdict(point.energy),
                "test_force_mse": None if point.force is None else asdict(point.force),
                "seeds": [asdict(result) for result in point.results],
            }
            for point in points
        ],
    }
    eq.write_atomically(folder / "learning.json", json.dumps(content, indent=2) + "\n")
    eq.write_atomically(folder / "learning.csv", _table(points))
    draw_sizes(
        folder / "learning.png",
        [point.size for point in points],
        [point.energy for point in points],
        [point.force for point in points if point.force is not None],
        about["model"],
    )


def _table(points: Sequence[CurvePoint]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in (result for point in points for result in point.results):
        force = "" if result.force is None else repr(result.force)
        writer.writerow([result.size, result.seed, repr(result.energy), force, repr(result.train)])
    return text.getvalue()
