"""Sweeps: one training for each combination of settings and each seed, ranked in one table."""

import csv
import hashlib
import io
import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import product
from math import inf, prod
from pathlib import Path
from typing import Any, Final, TextIO

import eqcompile as eq
from siqml.errors import ConfigError, cut
from siqml.evaluation.plots import draw_over, draw_ranking
from siqml.evaluation.spread import Spread
from siqml.provenance import Origin
from siqml.tasks.crew import HERE, Workers
from siqml.training.config import Config, load_config
from siqml.training.many import Ended, Wanted, train_many
from siqml.training.run_folder import RunFolder
from siqml.training.swept import Swept

MAX_TRAININGS: Final = 10_000
"""Trainings of one sweep, combinations times seeds. Beyond it, refused: take fewer values, or fewer seeds."""

MAX_FOLDER_NAME: Final = 80
"""Characters of a folder that is named for its settings. Beyond it, shortened: the name is cut and ends in a digest."""

DIGITS: Final = 8
"""Digits of that digest."""

NOT_COMPARABLE: Final = ("data.test", "data.units", "data.keys")
"""Settings that would rank trainings by different test sets."""

CHANGE_WHAT_IS_HELD_OUT: Final = ("loss", "stop", "labels", "data")
"""Sections of a config that change the loss over held-out structures by itself, not by a better training."""


@dataclass(frozen=True)
class Ranking:
    """What ranks the combinations.

    Attributes:
        column: what it is called in tables, with its unit.
        part: ``"stopped"``, ``"test"`` or ``"train"``: where ``metrics.json`` has it.
        said: what the user must know of it.
    """

    column: str
    part: str
    said: str

    def of(self, metrics: dict[str, Any]) -> float:
        """The number that ranks a finished run."""
        found = metrics[self.part]
        return float(found["validation_loss"] if self.part == "stopped" else found["energy"]["mse"])


HELD_OUT: Final = Ranking(
    "held-out loss",
    "stopped",
    "ranked by the loss over held-out structures; the test set takes no part in it",
)
TEST: Final = Ranking(
    "MSE(E) eV^2, test",
    "test",
    "ranked by MSE(E) on the test set, so the best of them looks better than it is; with `stop` in the config, "
    "held-out structures rank",
)
TRAINING: Final = Ranking(
    "MSE(E) eV^2, train",
    "train",
    "ranked by MSE(E) on the training set, which does not tell what holds elsewhere; give data.test, or `stop`",
)


@dataclass(frozen=True)
class SweepOrder:
    """What was asked for.

    Attributes:
        name: name of the config, as it was given.
        config_path: the YAML file.
        swept: settings with the values that each takes.
        seeds: seeds for every combination.
        overrides: settings that all trainings share, such as ``"adam.steps=100"``.

    Raises:
        ConfigError: there are too many trainings, or they would not compare.
    """

    name: str
    config_path: Path
    swept: tuple[Swept, ...]
    seeds: tuple[int, ...]
    overrides: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = prod(len(one.values) for one in self.swept) * len(self.seeds)
        if count > MAX_TRAININGS:
            raise ConfigError(
                f"--over: {count} trainings; at most {MAX_TRAININGS}: take fewer values, or fewer --seeds"
            )
        for one in self.swept:
            if one.key == "data" or one.within(NOT_COMPARABLE):
                raise ConfigError(
                    f"--over {one.key}: errors on different test sets do not compare; leave it out"
                )

    @property
    def command(self) -> str:
        """The command as it would be typed, except for the folder."""
        parts = ["siqml", "sweep", self.name]
        parts += [word for one in self.swept for word in ("--over", one.text)]
        parts += ["--seeds", ",".join(map(str, self.seeds))]
        parts += [word for setting in self.overrides for word in ("--set", setting)]
        return shlex.join(parts)

    @cached_property
    def combinations(self) -> list[tuple[str, ...]]:
        """Every combination of settings, such as ``("adam.learning_rate=0.01", "start.weights=0.1")``."""
        return list(product(*(one.settings for one in self.swept)))

    def configs(self) -> list[Config]:
        """The config of every combination, which reads and checks all of them.

        Raises:
            ConfigError: see `siqml.training.config.load_config`.
        """
        return [load_config(self.config_path, self.overrides, settings) for settings in self.combinations]

    def ranking(self, configs: Sequence[Config]) -> Ranking:
        """What ranks the combinations: held-out structures, the test set, or what is left.

        Args:
            configs: what `configs` gave.
        """
        same = not any(one.within(CHANGE_WHAT_IS_HELD_OUT) for one in self.swept)
        if same and all(config.stop is not None for config in configs):
            return HELD_OUT
        return TEST if configs[0].data.test is not None else TRAINING


@dataclass(frozen=True)
class Combination:
    """All seeds of one combination of settings.

    Attributes:
        settings: the settings.
        folder: name of the folder that holds its runs.
        metrics: what each run reached, by its seed, see `RunFolder.read_metrics`; ``None`` if its loss stopped being a
            number.
        ranks: what ranks the runs, infinite where there is no result.
    """

    settings: tuple[str, ...]
    folder: str
    metrics: dict[int, dict[str, Any] | None]
    ranks: Spread

    @property
    def num_diverged(self) -> int:
        """Number of seeds without a result."""
        return sum(found is None for found in self.metrics.values())

    def errors(self, part: str, kind: str) -> Spread | None:
        """Mean square errors of the finished runs; ``None`` if there are none.

        Args:
            part: ``"train"`` or ``"test"``.
            kind: ``"energy"`` or ``"force"``.
        """
        sets = [found[part] for found in self.metrics.values() if found is not None]
        values = [found[kind]["mse"] for found in sets if found is not None and found[kind] is not None]
        return Spread.of(values) if values else None


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes:
        order: what was asked for.
        ranking: what ranks the combinations.
        combinations: the combinations, best first.
    """

    order: SweepOrder
    ranking: Ranking
    combinations: tuple[Combination, ...]


def sweep(
    order: SweepOrder, folder: Path, stream: TextIO, overwrite: bool = False, workers: Workers = HERE
) -> Sweep:
    """Train what is not trained yet, and write table and picture.

    A training whose loss stops being a number ranks last, and the others go on.

    Args:
        order: what was asked for, with at least one setting and one seed.
        folder: takes ``sweep.json``, ``sweep.csv``, ``sweep.txt``, ``sweep.png``, and the runs: a folder for each
            combination, with ``seed-0`` and so on in it. Finished runs are kept, and interrupted runs are continued.
        stream: takes the progress report.
        overwrite: whether to replace runs of other trainings.
        workers: where the trainings run.

    Returns:
        The sweep.

    Raises:
        TrainError: the folder is a run itself.
        ConfigError: a combination is not a config; nothing is trained then.
        SiqmlError: see `siqml.training.many.train_many`.
    """
    configs = order.configs()
    ranking = order.ranking(configs)
    RunFolder(folder).refuse_to_hold_runs()
    names = [folder_name(settings) for settings in order.combinations]
    # Seed after seed, so that an interruption leaves equally many seeds of every combination.
    wanted = [
        Wanted(
            f"{', '.join(settings)}, seed {seed}",
            order.config_path,
            RunFolder(folder / name / f"seed-{seed}"),
            (*order.overrides, *settings, f"seed={seed}"),
        )
        for seed in order.seeds
        for settings, name in zip(order.combinations, names, strict=True)
    ]
    ended = {
        one.wanted.folder.root: one for one in train_many(wanted, stream, workers, overwrite, diverging=True)
    }
    found = [
        _combination(settings, folder / name, order.seeds, ended, ranking)
        for settings, name in zip(order.combinations, names, strict=True)
    ]
    result = Sweep(order, ranking, tuple(sorted(found, key=lambda one: one.ranks.median)))
    _write(result, folder)
    return result


def folder_name(settings: Sequence[str]) -> str:
    """The folder of a combination, named for its settings, so that it stays when a sweep gets more values.

    >>> folder_name(["adam.learning_rate=0.01", "start.weights=0.1"])
    'adam.learning_rate=0.01,start.weights=0.1'
    >>> folder_name(["start.model=runs/a"])
    'start.model=runs_a-7c8442b4'
    """
    whole = ",".join(settings)
    name = re.sub(r"[^\w.=,+-]", "_", whole, flags=re.ASCII)
    if name == whole and len(name) <= MAX_FOLDER_NAME:
        return name
    return f"{name[:MAX_FOLDER_NAME]}-{hashlib.sha256(whole.encode()).hexdigest()[:DIGITS]}"


def sweep_lines(found: Sweep) -> list[str]:
    """The table, best combination first, with a line that says what ranks it."""
    # Columns that no combination could fill are left out, which is what the branches are for.
    keys = [one.key for one in found.order.swept]
    rows = [[setting.partition("=")[2] for setting in one.settings] for one in found.combinations]
    widths = [max(map(len, column)) for column in zip(keys, *rows, strict=True)]
    has_forces = any(one.errors("test", "force") for one in found.combinations)
    has_test = any(one.errors("test", "energy") for one in found.combinations)

    def left(cells: Sequence[str]) -> str:
        return "".join(f"  {cell:<{width}}" for cell, width in zip(cells, widths, strict=True))

    ranked, count = found.ranking.column, len(found.order.seeds)
    head = f"{'':>4}{left(keys)}{ranked:>20}{'best':>11}{'worst':>11}"
    beside = [("MSE(E) eV^2, test", "energy")] if has_test and found.ranking is not TEST else []
    beside += [("MSE(F) eV^2/A^2, test", "force")] if has_forces else []
    lines = [
        f"{len(found.combinations)} combinations, median of {count} {'seed' if count == 1 else 'seeds'}; "
        f"{found.ranking.said}",
        head + "".join(f"{title:>23}" for title, _ in beside),
    ]
    for place, (one, row) in enumerate(zip(found.combinations, rows, strict=True), 1):
        line = (
            f"{place:>4}{left(row)}{one.ranks.median:>20.2e}{one.ranks.best:>11.2e}{one.ranks.worst:>11.2e}"
        )
        for _, kind in beside:
            errors = one.errors("test", kind)
            line += f"{'-' if errors is None else format(errors.median, '.2e'):>23}"
        diverged = one.num_diverged
        lines.append(line + (f"  {diverged} of {count} diverged" if diverged else ""))
    return lines


def _combination(
    settings: tuple[str, ...], folder: Path, seeds: Sequence[int], ended: dict[Path, Ended], ranking: Ranking
) -> Combination:
    runs = {seed: RunFolder(folder / f"seed-{seed}") for seed in seeds}
    metrics = {
        seed: run.read_metrics() if ended[run.root].diverged is None else None for seed, run in runs.items()
    }
    ranks = [inf if found is None else ranking.of(found) for found in metrics.values()]
    return Combination(settings, folder.name, metrics, Spread.of(ranks))


def _write(found: Sweep, folder: Path) -> None:
    finished = [run for one in found.combinations for run in one.metrics.values() if run is not None]
    name = finished[0]["model"] if finished else found.order.name
    folder.mkdir(parents=True, exist_ok=True)
    eq.write_atomically(folder / "sweep.json", json.dumps(_content(found, name), indent=2) + "\n")
    eq.write_atomically(folder / "sweep.csv", _table(found))
    eq.write_atomically(folder / "sweep.txt", "\n".join(sweep_lines(found)) + "\n")
    picture, quantity = folder / "sweep.png", found.ranking.column
    numbers = found.order.swept[0].numbers if len(found.order.swept) == 1 else None
    if numbers is None:
        names = [cut(", ".join(one.settings)) for one in found.combinations]
        draw_ranking(picture, names, [one.ranks for one in found.combinations], quantity, name)
    else:
        ranks = {one.settings: one.ranks for one in found.combinations}
        pairs = sorted(zip(numbers, found.order.combinations, strict=True))
        spreads = [ranks[settings] for _, settings in pairs]
        draw_over(picture, [value for value, _ in pairs], spreads, found.order.swept[0].key, quantity, name)


def _content(found: Sweep, name: str) -> dict[str, Any]:
    def plain(spread: Spread | None) -> dict[str, float | None] | None:
        if spread is None:
            return None
        return {key: value if value < inf else None for key, value in asdict(spread).items()}

    return {
        **Origin.here(found.order.command).to_dict(),
        "model": name,
        "ranked_by": found.ranking.column,
        "combinations": [
            {
                "settings": list(one.settings),
                "folder": one.folder,
                "rank": plain(one.ranks),
                "diverged": one.num_diverged,
                "test_energy_mse": plain(one.errors("test", "energy")),
                "test_force_mse": plain(one.errors("test", "force")),
                "train_energy_mse": plain(one.errors("train", "energy")),
                "seeds": [
                    {
                        "seed": seed,
                        "rank": None if run is None else found.ranking.of(run),
                        "fingerprint": None if run is None else run["fingerprint"],
                    }
                    for seed, run in one.metrics.items()
                ],
            }
            for one in found.combinations
        ],
    }


def _table(found: Sweep) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    medians = ("test_energy_mse", "test_force_mse", "train_energy_mse")
    keys = [one.key for one in found.order.swept]
    writer.writerow(["rank", *keys, "seeds", "diverged", found.ranking.column, "best", "worst", *medians])
    for place, one in enumerate(found.combinations, 1):
        values = [setting.partition("=")[2] for setting in one.settings]
        errors = [one.errors(*pair) for pair in (("test", "energy"), ("test", "force"), ("train", "energy"))]
        writer.writerow(
            [place, *values, len(one.metrics), one.num_diverged]
            + [repr(part) for part in (one.ranks.median, one.ranks.best, one.ranks.worst)]
            + ["" if part is None else repr(part.median) for part in errors]
        )
    return text.getvalue()
