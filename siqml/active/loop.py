"""Train an ensemble, find what it knows least about, label that, and begin again.

Everything that decides a round lies in its folder before the next step begins: the labelled structures, the runs of the
ensemble, the candidates, and which of them were chosen. The same command finds what is there and goes on to the same
result.
"""

import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
import numpy.typing as npt

import eqcompile as eq
from siqml.active.choose import disagreement, most_telling, plausible
from siqml.active.labels import Method
from siqml.data.labelling.labeller import representable
from siqml.data.reading.bonds import exchanged_atoms
from siqml.data.reading.extxyz import read_structures, write_structures
from siqml.data.reading.read import read_atoms
from siqml.errors import ConfigError, DataError, MdError
from siqml.evaluation.ensemble import evaluate_ensemble
from siqml.field.catalogue import compile_certified
from siqml.field.declared import sites_of
from siqml.field.domain import Domain
from siqml.field.ensemble import Ensemble
from siqml.md.files import MdFiles
from siqml.md.run import simulate
from siqml.md.start import Start
from siqml.md.task import MdOrder
from siqml.molecule.structures import Array, Structures, match_atoms
from siqml.molecule.subset import subset
from siqml.provenance import Origin
from siqml.tasks.crew import Workers
from siqml.training.seeds import train_seeds
from siqml.training.session import Inputs

STRIDE: Final = 20
"""Steps of 0.5 fs between two candidates: 10 fs, the period of the fastest bond."""

PICK_STREAM: Final = 6
"""Second word of the seed for random picks."""


@dataclass(frozen=True)
class ActiveOrder:
    """What was asked for.

    Attributes:
        name: name of the config, as it was given.
        config_path: the YAML file.
        labels: how structures are labelled, see `Method.named`.
        pool: file of candidates; ``None`` for molecular dynamics with the ensemble.
        begin: structures of the training set of the config that are labelled in the beginning.
        add: structures that are labelled in each round.
        rounds: how often that is done.
        candidates: frames of molecular dynamics.
        temperature: of the dynamics, in K.
        seeds: seeds of the ensemble.
        seed: seed for the first structures, the dynamics, and random picks.
        random: whether picks are random: the control.
        overrides: settings such as ``"adam.steps=100"``.

    Raises:
        ConfigError: they do not fit together.
    """

    name: str
    config_path: Path
    labels: str
    pool: Path | None
    begin: int
    add: int
    rounds: int
    candidates: int
    temperature: float
    seeds: tuple[int, ...]
    seed: int
    random: bool
    overrides: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.seeds) < 2:
            raise ConfigError("--seeds: models that disagree are two at least; give two seeds or more")
        if self.begin < 2:
            raise ConfigError(f"--begin {self.begin}: two structures at least have a spacing; give more")
        if self.labels == "pool" and self.pool is None:
            raise ConfigError("--labels pool: there is no pool; name its file with --pool")

    @property
    def command(self) -> str:
        """The command as it would be typed, except for the folder."""
        where = f"--candidates {self.candidates} --temperature {self.temperature:g}"
        if self.pool is not None:
            where = f"--pool {shlex.quote(self.pool.name)}"
        settings = "".join(f" --set {shlex.quote(setting)}" for setting in self.overrides)
        return (
            f"siqml active {shlex.quote(self.name)} --labels {self.labels} {where} --begin {self.begin} "
            f"--add {self.add} --rounds {self.rounds} --seeds {','.join(map(str, self.seeds))} --seed {self.seed}"
            f"{' --random' * self.random}{settings}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values that decide the result. More rounds continue a loop of fewer."""
        found = asdict(self) | {"config_path": str(self.config_path.resolve())}
        found["pool"] = None if self.pool is None else str(self.pool.resolve())
        return {name: value for name, value in found.items() if name not in ("rounds", "name")}


@dataclass(frozen=True)
class Round:
    """One training of the ensemble.

    Attributes:
        points: labelled structures that it was trained with.
        energy_mse: of the mean of the models on the test set, in eV^2.
        force_mse: in eV^2/angstrom^2; ``None`` without labels.
        outside: share of the test set outside the domain of the training set.
        spread: median disagreement about the forces of what was chosen next, in eV/angstrom; ``None`` in the last
            round.
    """

    points: int
    energy_mse: float
    force_mse: float | None
    outside: float | None
    spread: float | None


@dataclass(frozen=True, eq=False)
class _Loop:
    """A loop on its way."""

    order: ActiveOrder
    folder: Path
    method: Method
    test: Path
    exchanged: tuple[tuple[int, ...], ...]
    workers: Workers
    stream: TextIO

    def round(self, number: int) -> Path:
        return self.folder / f"round-{number}"

    def trained(self, number: int) -> Ensemble:
        """The ensemble of a round; what is finished is only read."""
        here = self.round(number)
        files = {"data.train": here / "train.extxyz", "data.test": self.test}
        settings = [f"{name}={json.dumps(str(path.resolve()))}" for name, path in files.items()]
        plain = [f"data.{name}=null" for name in ("train_size", "units", "keys")]
        overrides = (*self.order.overrides, *settings, *plain)
        runs = train_seeds(
            self.order.config_path,
            here / "runs",
            self.order.seeds,
            self.stream,
            overrides,
            False,
            self.workers,
        )
        return Ensemble.load([run.root for run in runs])

    def chosen(self, number: int, ensemble: Ensemble) -> tuple[Structures, float]:
        """What is labelled after a round, with its labels, and the median disagreement about it."""
        path = self.round(number) / "chosen.json"
        data = read_structures(self.round(number) / "train.extxyz", ensemble.species)
        if not path.is_file():
            frames = self.candidates(number, ensemble, data)
            wanted = _is_new(frames, data)
            if self.order.pool is None:
                wanted &= plausible(frames, data.positions)
            numbers = np.flatnonzero(wanted)
            if len(numbers) < self.order.add:
                raise DataError(
                    f"round {number}: {len(numbers)} of {len(frames)} candidates are new and near enough; "
                    f"--add {self.order.add} needs more: raise --candidates, lower --add, or begin with more structures"
                )
            spread = disagreement(ensemble, frames[numbers])
            domain = Domain.of(data, self.exchanged)
            if self.order.random or domain is None:
                draw = np.random.default_rng([self.order.seed, PICK_STREAM, number])
                picks = draw.choice(len(numbers), self.order.add, replace=False).tolist()
            else:
                picks = most_telling(spread, frames[numbers], domain, self.order.add)
            content = {
                "candidates": len(frames),
                "numbers": numbers[picks].tolist(),
                "spread": float(np.median(spread[picks])),
                "positions": representable(frames[numbers[picks]]).tolist(),
            }
            eq.write_atomically(path, json.dumps(content) + "\n")
        content = json.loads(path.read_text(encoding="utf-8"))
        return self.labelled(ensemble.species, content), content["spread"]

    def candidates(self, number: int, ensemble: Ensemble, data: Structures) -> Array:
        """Structures that may be labelled next, ``(n, n_atoms, 3)``."""
        if self.order.pool is not None:
            return pool_of(self.order.pool, ensemble.species)
        files = MdFiles(self.round(number) / "candidates.extxyz")
        order = MdOrder("langevin", 0.5, self.order.temperature, 10.0, STRIDE, self.order.seed + number)
        start = None
        if not files.checkpoint.is_file():
            start = Start(tuple(data.species), data.positions[int(np.argmin(data.energies))])
            files.begin(overwrite=True, spread=True)
        try:
            simulate(ensemble, start, order, STRIDE * self.order.candidates, files, self.stream)
        except MdError as error:
            print(f"{error}; the frames before it are candidates", file=self.stream, flush=True)
        return read_structures(files.trajectory, ensemble.species).positions[1:]

    def labelled(self, species: Sequence[str], content: dict[str, Any]) -> Structures:
        if self.method.functional is None and self.order.pool is not None:
            return read_structures(self.order.pool, species).chosen(content["numbers"])
        return self.method.label(
            species, np.array(content["positions"]), self.folder, self.workers, self.stream
        )


def learn_actively(order: ActiveOrder, folder: Path, stream: TextIO, workers: Workers) -> list[Round]:
    """Do what is left of a loop.

    Args:
        order: what is learnt, from what.
        folder: takes everything; the same order in the same folder goes on where it stopped.
        stream: takes the progress report.
        workers: where trainings and labels are computed.

    Returns:
        One line of the table for each training: ``rounds`` and one more.

    Raises:
        ConfigError: the folder holds a loop of another order, or the config has no test set.
        DataError: the pool or the training set cannot be used, or its labels are of another method.
        SiqmlError: see `siqml.training.seeds.train_seeds` and `Method.label`.
    """
    method = Method.named(order.labels)
    inputs = Inputs.read(order.config_path, order.overrides)
    if inputs.test is None:
        raise ConfigError(
            f"{order.name}: active learning is measured on a test set; give the config data.test"
        )
    species = inputs.data.species
    if order.pool is not None:
        pool_of(order.pool, species)
    _claim(folder, order)
    program, frame = compile_certified(inputs.spec), inputs.config.frame
    exchanged = tuple(map(tuple, exchanged_atoms(program, frame.place(sites_of(inputs.spec)))))
    loop = _Loop(order, folder, method, folder / "test.extxyz", exchanged, workers, stream)
    first = loop.round(0) / "train.extxyz"
    if not first.is_file():
        data = subset(inputs.data, order.begin, order.seed)
        method.refuse_another(data, folder, workers, stream)
        write_structures(loop.test, inputs.test)
        first.parent.mkdir(exist_ok=True)
        write_structures(first, data)
    rounds = []
    for number in range(order.rounds + 1):
        print(f"round {number}", file=stream, flush=True)
        ensemble, spread = loop.trained(number), None
        found = evaluate_ensemble(ensemble, read_structures(loop.test, species)).mean
        if number < order.rounds:
            more, spread = loop.chosen(number, ensemble)
            _grow(loop.round(number) / "train.extxyz", loop.round(number + 1), more)
        points = len(read_structures(loop.round(number) / "train.extxyz", species))
        force = None if found.force is None else found.force.mse
        rounds.append(Round(points, found.energy.mse, force, found.outside, spread))
        _write(folder, order, rounds)
    return rounds


def _grow(before: Path, folder: Path, more: Structures) -> None:
    """Write the training set of the next round, if it is not there yet."""
    if (folder / "train.extxyz").is_file():
        return
    data = read_structures(before, more.species)
    forces = None
    if data.forces is not None and more.forces is not None:
        forces = np.concatenate([data.forces, more.forces])
    folder.mkdir(exist_ok=True)
    grown = replace(
        data,
        positions=np.concatenate([data.positions, more.positions]),
        energies=np.concatenate([data.energies, more.energies]),
        forces=forces,
    )
    write_structures(folder / "train.extxyz", grown)


def _is_new(frames: Array, data: Structures) -> npt.NDArray[np.bool_]:
    """Whether candidates are not yet in the training set, ``(n,)``."""
    known = {representable(one).tobytes() for one in data.positions}
    return np.array([representable(one).tobytes() not in known for one in frames])


def pool_of(path: Path, species: Sequence[str]) -> Array:
    """Positions ``(n, n_atoms, 3)`` of a file of candidates, with or without labels, atoms in the order of the model.

    Raises:
        DataError: there is no such file, no structure in it, or one of another molecule or in a cell.
    """
    if not path.is_file():
        raise DataError(f"--pool {path}: no such file")
    found = []
    for number, frame in enumerate(read_atoms(path)):
        order = match_atoms(frame.symbols, species)
        if order is None or frame.periodic:
            why = "of another molecule" if order is None else "periodic"
            raise DataError(
                f"--pool {path}: structure {number} is {why}; the model is of {' '.join(species)}"
            )
        found.append(frame.positions[order])
    if not found:
        raise DataError(f"--pool {path}: no structure in it")
    return np.array(found)


def _claim(folder: Path, order: ActiveOrder) -> None:
    """Begin a loop in a folder, or find the same order there."""
    path, wanted = folder / "order.json", json.loads(json.dumps(order.to_dict()))
    if path.is_file():
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            changed = [name for name, value in wanted.items() if held.get(name) != value]
        except (ValueError, AttributeError):
            changed = ["order.json"]
        if changed:
            raise ConfigError(
                f"{folder} holds another loop ({changed[0]} differs); choose another folder with -o"
            )
        return
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} is not empty and holds no loop; choose another folder with -o")
    folder.mkdir(parents=True, exist_ok=True)
    eq.write_atomically(path, json.dumps(wanted, indent=2) + "\n")


def _write(folder: Path, order: ActiveOrder, rounds: Sequence[Round]) -> None:
    content = {
        **Origin.here(order.command).to_dict(),
        "order": order.to_dict(),
        "rounds": [asdict(one) for one in rounds],
    }
    eq.write_atomically(folder / "active.json", json.dumps(content, indent=2) + "\n")


def active_lines(rounds: Sequence[Round]) -> list[str]:
    """The table: a line for each training."""
    lines = [
        f"{'round':>5}{'points':>8}{'MSE(E) eV^2':>14}{'MSE(F) eV^2/A^2':>18}{'outside':>10}{'chosen: std(F)':>17}"
    ]
    for number, one in enumerate(rounds):
        force = "-" if one.force_mse is None else f"{one.force_mse:.3e}"
        outside = "-" if one.outside is None else f"{100 * one.outside:.1f} %"
        spread = "-" if one.spread is None else f"{one.spread:.3e}"
        lines.append(f"{number:>5}{one.points:>8}{one.energy_mse:>14.3e}{force:>18}{outside:>10}{spread:>17}")
    return lines
