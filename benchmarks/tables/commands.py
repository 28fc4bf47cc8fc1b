"""Whole commands: the first time on a machine, and again."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.case import Case, Column, Lab, Row, Settings, Table, mebibytes, significant
from benchmarks.environments import BEFORE, HERE, NotInstalled
from benchmarks.timing import Failed, Spent, command, missing, with_ratios

AGAIN = 2
"""How often a command is given again."""

TRAIN = ("train", "water", "--set", "adam.steps=200", "--set", "lbfgs.steps=300")
REPRODUCE = ("reproduce", "all", "--quick", "--seeds", "0")

TEXT = f"""\
CPU seconds of a whole command with all that it starts, on one thread. The first time, there is no machine code of
an earlier run and no cache of fonts; again, both are there, and the output goes to a new folder. Contenders take
turns.

- **kernel**, **JAX**: this project with `--set backend=kernel` and with `--set backend=jax`.
- **{BEFORE}**: the same command at that commit.
"""

COLUMNS = (
    Column("first", "CPU s, first time", significant),
    Column("median", "again, median", significant),
    Column("minimum", "minimum", significant),
    Column("ratio", "times the first row", significant),
    Column("repetitions", "repetitions"),
    Column("wall", "wall s, median", significant),
    Column("memory", "peak, MiB", mebibytes),
)


@dataclass(frozen=True)
class Program:
    """A command of one version.

    Attributes:
        name: name of its row.
        place: name of its environment.
        start: what stands before the arguments of ``siqml``.
        more: further arguments.
    """

    name: str
    place: str
    start: tuple[str, ...]
    more: tuple[str, ...] = ()


NOW = ("-m", "siqml")
THEN = ("-c", "import sys; from siqml.cli import main; sys.exit(main(sys.argv[1:]))")


def cases(settings: Settings) -> tuple[Case, ...]:
    """A training, and if asked for, all studies of the paper in their short form."""
    steps = ("train", "water", "--set", "adam.steps=2", "--set", "lbfgs.steps=2") if settings.quick else TRAIN
    train = (
        Program("kernel", HERE, NOW, ("--set", "backend=kernel")),
        Program("JAX", HERE, NOW, ("--set", "backend=jax")),
        Program(BEFORE, BEFORE, THEN),
    )
    again = 1 if settings.quick else AGAIN
    found = [Case("train", f"`siqml {' '.join(steps)}`", partial(measure, train, steps, again))]
    if settings.long:
        both = Program("as it comes", HERE, NOW), Program(BEFORE, BEFORE, THEN)
        found.append(
            Case("reproduce", f"`siqml {' '.join(REPRODUCE)}`", partial(measure, both, REPRODUCE, 1))
        )
    return tuple(found)


def measure(programs: tuple[Program, ...], arguments: tuple[str, ...], again: int, lab: Lab) -> list[Row]:
    """Each program once from nothing, then all in turns."""
    # A program that fails once is left out of later turns, and its row says why; the others go on.
    rows: list[Row] = [{"row": program.name} for program in programs]
    spent: list[list[Spent]] = [[] for _ in programs]
    with TemporaryDirectory(dir=lab.scratch) as caches:
        for turn in range(again + 1):
            for k, program in enumerate(programs):
                if "missing" in rows[k]:
                    continue
                try:
                    spent[k].append(_given(program, arguments, Path(caches) / str(k), lab))
                except (NotInstalled, Failed) as error:
                    rows[k]["missing"] = missing(error)
                    lab.say(f"{program.name}: {rows[k]['missing']}")
                    continue
                lab.say(f"{program.name}, {'again' if turn else 'first time'}: {spent[k][-1].cpu:.1f} s")
    for row, (first, *others) in ((row, found) for row, found in zip(rows, spent, strict=True) if found):
        if others and "missing" not in row:
            row |= {
                "first": first.cpu,
                "median": median(one.cpu for one in others),
                "minimum": min(one.cpu for one in others),
                "repetitions": len(others),
                "wall": median(one.wall for one in others),
                "memory": max(one.memory for one in (first, *others)),
            }
    return with_ratios(rows)


def _given(program: Program, arguments: tuple[str, ...], caches: Path, lab: Lab) -> Spent:
    """What a command takes with these caches."""
    variables = {
        "NUMBA_CACHE_DIR": str(caches / "numba"),
        "XDG_CACHE_HOME": str(caches / "user"),
        "MPLCONFIGDIR": str(caches / "matplotlib"),
    }
    caches.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=lab.scratch) as folder:
        place = lab.environments.place(program.place)
        given = [*program.start, *arguments, *program.more, "-o", str(Path(folder) / "run")]
        return command(place, given, Path(folder), variables)


TABLE = Table(
    "commands",
    "Whole commands",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "jax", "jaxlib", "numba", "optax"),
)
