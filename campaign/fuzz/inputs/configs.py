"""Training configs: YAML edited as bytes, as text or as a tree, with settings of the command line beside it."""

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from campaign.fuzz.case import Case, Command, Reader, chosen_way
from campaign.fuzz.inputs.mutate import NUMBERS
from campaign.fuzz.inputs.seeds import TINY, sibling
from campaign.fuzz.inputs.specs import edited_yaml, plain

MAIN, MODEL = "config.yaml", "tiny.yaml"

WAYS = {"load": 70, "find": 20, "prepare": 10}

CONFIG = """\
model: tiny.yaml
frame:
  atoms: [Li, H]
  sites: {Li: 0, H: 1}
  origin: [0, 1]
data:
  train: lih_train.extxyz
  test: lih_test.extxyz
start: {weights: 0.1, scales: 0.3}
adam: {steps: 2, learning_rate: 0.03}
lbfgs: {steps: 1, memory: 4}
checkpoint: {every: 1}
seed: 1
"""

RICH = """\
model: tiny.yaml
frame: {atoms: [H, Li], sites: {Li: 1, H: 0}, origin: [0, 1], origins: {Li: [0, 1]}}
data: {train: lih_train.extxyz, train_size: 5, units: {energy: eV, length: angstrom}}
labels: {window: [0.1, 0.9], noise: 0.001}
start: {weights: [0.1], distribution: uniform, scales: {alpha: 0.3}}
loss: {energy: 1, forces: 0.5, along: line}
adam: {steps: 2, learning_rate: 0.03, scale_learning_rate: 0.01, schedule: exponential, batch: 2}
lbfgs: {steps: 1, energies_first: 1, memory: 4}
stop: {validation: 0.2, patience: 1}
"""


@cache
def config_texts() -> tuple[str, ...]:
    """The shipped configs and two small ones."""
    shipped = sorted(sibling("siqml/configs").glob("*.yaml"))
    return (*(path.read_text() for path in shipped), *(CONFIG, RICH) * 10)


@cache
def config_trees() -> tuple[Any, ...]:
    """The seeds as plain values."""
    return tuple(plain(text) for text in config_texts())


SETTINGS = (
    "adam.steps",
    "seed",
    "model",
    "data.train",
    "data",
    "frame",
    "start.scales",
    "start.model",
    "loss.forces",
    "x",
    "adam",
    "",
    ".",
    "a..b",
)


def make(source: Random) -> Case:
    """Make a config."""
    content, how, same_as = edited_yaml(source, config_texts(), config_trees())
    words: tuple[str, ...] = ()
    if source.random() < 0.2:
        value = source.choice(
            (
                *NUMBERS,
                "[1, 2]",
                "{a: 1}",
                "lih",
                "../x",
                "null",
                "[",
                "a: b",
                "&x 1",
                "*x",
                "!!int 3",
                "'",
                "\n",
            )
        )
        words, how = (
            (f"{source.choice(SETTINGS)}{source.choice(('=', '=', '=', ''))}{value}",),
            (*how, "setting"),
        )
    return Case({MAIN: content, MODEL: TINY.encode()}, MAIN, chosen_way(source, WAYS), how, same_as, words)


def read(folder: Path, case: Case) -> str:
    """Load a config, find its data and its model, and prepare the training."""
    import eqcompile as eq
    from siqml.data.reading.named import locate_data, read_named
    from siqml.field.catalogue import compile_certified, find
    from siqml.field.declared import sites_of
    from siqml.molecule.subset import subset
    from siqml.training.config import load_config
    from siqml.training.run_folder import RunFolder
    from siqml.training.session import is_finished
    from siqml.training.train import prepare

    config = load_config(folder / MAIN, case.words)
    if case.way == "load":
        return repr(config)[:200]
    if case.way == "find":
        return f"finished: {is_finished(folder / MAIN, RunFolder(folder / 'run'), case.words)}"
    spec = eq.load(find(config.model, "models", folder))
    frame = config.frame.place(sites_of(spec))
    data = read_named(locate_data(config.data.train, folder), frame.species, config.data.declared)
    if isinstance(spec, eq.SumSpec) or spec.qubits > 4 or config.adam.steps > 10_000:
        return f"{spec.name}: {len(data)} structures"
    training = prepare(
        config, compile_certified(spec), frame, subset(data, config.data.train_size, config.seed)
    )
    return f"{training.total_steps} steps"


def command(case: Case, source: Random) -> Command:
    """The command that trains, for so few steps that only reading takes time."""
    settings = [word for setting in case.words for word in ("--set", setting)]
    short = ("--set", "adam.steps=1", "--set", "lbfgs.steps=0", "--set", "model=tiny.yaml")
    return Command("siqml", ("train", MAIN, "-o", "run", *short, *settings), ("run",))


READER = Reader("configs", make, read, command, 20)
