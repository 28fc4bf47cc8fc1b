"""From the name of a table to its page."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import numpy as np

import eqcompile as eq
from siqml.data.reading.named import read_named
from siqml.data.reading.shipped import provenance
from siqml.errors import TrainError
from siqml.evaluation.evaluate import evaluate
from siqml.evaluation.floor import Floor, force_floor
from siqml.evaluation.plots import draw, draw_together
from siqml.field.force_field import ForceField
from siqml.field.model_file import load_model
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.structures import Structures
from siqml.provenance import Origin
from siqml.reproduce.breaking import breaking_of
from siqml.reproduce.internal import InternalErrors, internal_errors
from siqml.reproduce.page import Found, numbers, page
from siqml.reproduce.recipe_text import recipe_text
from siqml.reproduce.relevant import on_part
from siqml.reproduce.seeds import Runs, SeedResult, middle
from siqml.reproduce.study import Row, Study
from siqml.tasks.crew import HERE, Workers
from siqml.training.config import load_config
from siqml.training.many import train_many
from siqml.training.run_folder import RunFolder


@dataclass(frozen=True)
class Order:
    """What was asked for.

    Attributes:
        seeds: seeds for every row.
        rows: configs of the rows to take; all rows if empty.
        quick: whether to take few steps; the files are then called ``NAME-quick``.
        finished: whether to train nothing and only show what earlier calls have finished.
    """

    seeds: tuple[int, ...]
    rows: tuple[str, ...] = ()
    quick: bool = False
    finished: bool = False

    def rows_of(self, study: Study) -> list[Row]:
        """The rows of a study that are asked for."""
        return [row for row in study.rows if not self.rows or row.config in self.rows]

    def command(self, study: Study) -> str:
        """The command as it would be typed."""
        chosen = f" --rows {','.join(self.rows)}" if self.rows else ""
        seeds = ",".join(map(str, self.seeds))
        return f"siqml reproduce {study.name} --seeds {seeds}{chosen}" + " --quick" * self.quick


def reproduce(study: Study, order: Order, folder: Path, stream: TextIO, workers: Workers = HERE) -> Path:
    """Train what is not trained yet, and write the page.

    Args:
        study: a table.
        order: what was asked for.
        folder: takes ``NAME.md``, ``NAME.json``, pictures, and the runs; finished runs in it are not repeated, and
            interrupted runs are continued.
        stream: takes the progress report.
        workers: where the trainings run.

    Returns:
        The page.

    Raises:
        TrainError: nothing is finished, and nothing may be trained.
        SiqmlError: see `siqml.training.many.train_many`.
    """
    runs = Runs(folder / ("runs-quick" if order.quick else "runs"), order.quick)
    if not order.finished:
        _train(study, order, runs, stream, workers)
    results = _results(study, order, runs)
    if not any(results.values()):
        raise TrainError(f"{study.name}: no finished run in {folder}; leave --finished out to train")
    stem = f"{study.name}-quick" if order.quick else study.name
    floors = _FloorsOnce()
    found = [_finish(study, row, part, folder, stem, floors) for row, part in results.items() if part]
    together = _draw_together(study, found, folder / f"{stem}-together.png")
    origin = Origin.here(order.command(study))
    lines = page(study, found, _spreads(study), origin, order.quick, together)
    content = numbers(study, found, origin, order.quick)
    eq.write_atomically(folder / f"{stem}.json", json.dumps(content, indent=2) + "\n")
    eq.write_atomically(folder / f"{stem}.md", "\n".join(lines) + "\n")
    return folder / f"{stem}.md"


def _train(study: Study, order: Order, runs: Runs, stream: TextIO, workers: Workers) -> None:
    """Train seed after seed, so that an interruption leaves equally many seeds of every row."""
    wanted = [
        runs.wanted(row.config, seed, row.title) for seed in order.seeds for row in order.rows_of(study)
    ]
    for _ in train_many(wanted, stream, workers, overwrite=True):
        pass


def _results(study: Study, order: Order, runs: Runs) -> dict[Row, list[SeedResult]]:
    results: dict[Row, list[SeedResult]] = {row: [] for row in order.rows_of(study)}
    for row, part in results.items():
        for seed in order.seeds:
            read = runs.finished if order.finished else runs.result
            found = read(row.config, seed)
            if found is not None:
                part.append(found if row.part is None else on_part(found, row.part))
    return results


def _finish(
    study: Study, row: Row, results: list[SeedResult], folder: Path, stem: str, floors: "_FloorsOnce"
) -> Found:
    """Draw the errors of the middle seed, and try it on the harder structures."""
    run = RunFolder(middle(results).folder)
    force_field, config = load_model(run.model), load_config(run.config)
    species = force_field.frame.species
    train = read_named(config.data.train, species)
    test = None if config.data.test is None else read_named(config.data.test, species)
    picture = f"{stem}-{row.config}.png"
    draw(folder / picture, force_field, train, test)
    beyond = None
    if study.beyond is not None:
        harder = evaluate(force_field, read_named(study.beyond, species))
        beyond = None if harder.force is None else (harder.energy.mse, harder.force.mse)
    return Found(
        row,
        tuple(results),
        picture,
        beyond,
        floors.of(force_field, test or train) if study.floor else (),
        recipe_text(config),
        breaking_of(force_field, test or train),
        _internal(study, results, test or train),
        _scatter(study, test or train),
    )


def _scatter(study: Study, structures: Structures) -> tuple[float, float] | None:
    if study.skill is None or structures.forces is None:
        return None
    return float(np.var(structures.energies)), float(np.mean(structures.forces**2))


def _internal(study: Study, results: list[SeedResult], structures: Structures) -> tuple[InternalErrors, ...]:
    """Errors of the forces of every seed in internal coordinates."""
    if not study.internal:
        return ()
    fields = (load_model(RunFolder(result.folder).model) for result in results)
    return tuple(internal_errors(field, structures, study.internal) for field in fields)


def _draw_together(study: Study, found: list[Found], picture: Path) -> str | None:
    """The middle seeds of several rows on one axis, if all of them are there; the name of the picture."""
    rows = {part.row.config: part for part in reversed(found) if part.row.part is None}
    if not study.together or not rows.keys() >= set(study.together):
        return None
    fields = {
        rows[name].row.title: load_model(RunFolder(middle(list(rows[name].results)).folder).model)
        for name in study.together
    }
    front = rows[study.together[-1]]
    config = load_config(RunFolder(middle(list(front.results)).folder).config)
    assert config.data.test is not None
    draw_together(picture, fields, read_named(config.data.test, fields[front.row.title].frame.species))
    return picture.name


@dataclass
class _FloorsOnce:
    """Floors that are computed once: rows that differ only in their loss have the same forces out of reach."""

    known: dict[tuple[str, str, str], tuple[tuple[str, Floor], ...]] = field(default_factory=dict)

    def of(self, force_field: ForceField, structures: Structures) -> tuple[tuple[str, Floor], ...]:
        spec, frame = force_field.model.sha256, str(force_field.frame.to_dict())
        key = spec, frame, str(structures.source)
        if key not in self.known:
            self.known[key] = _floors(force_field, structures)
        return self.known[key]


def _floors(force_field: ForceField, structures: Structures) -> tuple[tuple[str, Floor], ...]:
    """The forces out of reach of a model, and of the same model with its breaking switched off, if it has any."""
    found = [("", force_floor(force_field, structures))]
    if of_kind(force_field.model, "breaking").any():
        found.append((" without breaking", force_floor(force_field, structures, breaking=False)))
    return tuple(found)


def _spreads(study: Study) -> list[str]:
    """How far the labels scatter, according to the provenance of the data."""
    return [
        f"`{name}`: {part['structures']} structures; variance of the energies {part['energy_variance_ev2']:.2e} eV^2, "
        f"mean square of the force components {part['force_variance_ev2_per_angstrom2']:.2e} eV^2/A^2."
        for data_set in (*study.data_sets, *_beyond_set(study))
        for name, part in provenance(data_set)["labels"].items()
        if part["structures"]
    ]


def _beyond_set(study: Study) -> tuple[str, ...]:
    return () if study.beyond is None else (study.beyond.rpartition("_")[0],)
