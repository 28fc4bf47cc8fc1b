"""Options that several commands share, and values that argparse does not know."""

import argparse
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from siqml.data.reading.declared_units import DeclaredUnits
from siqml.data.reading.label_keys import LabelKeys
from siqml.errors import ConfigError
from siqml.limits import MAX_COUNT, MAX_JOBS, MAX_SEED
from siqml.tasks.crew import Workers

MAX_DIGITS: Final = 20
"""Digits of a whole number in a list on the command line. Beyond it, refused: take smaller numbers."""

MAX_SHOWN: Final = 40
"""Characters of a user's text that a message about an option repeats. Beyond it, shortened: the text is cut and ends in
dots."""


def whole(least: int | None = None, most: int = MAX_COUNT) -> Callable[[str], int]:
    """A reader of whole numbers, for argparse.

    Args:
        least: smallest number that is taken; by default the command itself says what it needs.
        most: largest number that is taken.

    >>> whole(0, 9)("12")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: found "12"; needed: a whole number from 0 to 9
    """

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:  # not a number, or one of thousands of digits
            value = None
        if value is None or value > most or value < (-most if least is None else least):
            shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
            bounds = f"up to {most}" if least is None else f"from {least} to {most}"
            raise argparse.ArgumentTypeError(f'found "{shown}"; needed: a whole number {bounds}')
        return value

    return read


def real(least: float = 0.0) -> Callable[[str], float]:
    """A reader of finite numbers, for argparse.

    Args:
        least: smallest number that is taken.

    >>> real()("-1")
    Traceback (most recent call last):
    argparse.ArgumentTypeError: found "-1"; needed: a finite number of at least 0
    """

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= least):
            shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
            raise argparse.ArgumentTypeError(
                f'found "{shown}"; needed: a finite number of at least {least:g}'
            )
        return value

    return read


seed: Final = whole(0, MAX_SEED)
"""A reader of seeds."""


def add_workers(parser: argparse.ArgumentParser, what: str, default: str = "one after another") -> None:
    """Add the options that say where independent tasks run.

    Args:
        parser: parser of the command.
        what: what the tasks are, in the words of the help.
        default: what happens without these options, in the words of the help.
    """
    parser.add_argument(
        "--jobs",
        type=whole(1, MAX_JOBS),
        metavar="N",
        help=f"{what} in N processes of one thread each (default: {default})",
    )
    parser.add_argument(
        "--scheduler", metavar="ADDRESS", help=f"{what} on a Dask cluster, such as tcp://10.0.0.5:8786"
    )


def workers_of(args: argparse.Namespace) -> Workers:
    """Where the options of `add_workers` say that tasks run.

    Raises:
        ConfigError: both are given.
    """
    if args.jobs is not None and args.scheduler is not None:
        raise ConfigError(
            "--jobs: behind --scheduler, the cluster has its own workers; leave one of the two out"
        )
    return Workers(args.jobs, args.scheduler)


BUDGET: Final = "60s,2GB"
"""Default budget of a command that reads files, as for ``eqcompile``."""


def add_budget(parser: argparse.ArgumentParser, default: str = BUDGET, said: str | None = None) -> None:
    """Add the option that limits the time and memory of a command.

    Args:
        parser: parser of the command.
        default: what the command may take by default.
        said: the default in the words of the help, if there is more to say.
    """
    parser.add_argument(
        "--budget",
        metavar="TIME,MEMORY",
        help=f"give up beyond this, such as 10min,8GB, or none (default {said or default})",
    )
    parser.set_defaults(budget_default=default)


def add_units(parser: argparse.ArgumentParser) -> None:
    """Add the options that declare the units of the user's files, and the names of their labels."""
    parser.add_argument("--energy-unit", metavar="UNIT", help="unit of energy in your file, such as kcal/mol")
    parser.add_argument("--length-unit", metavar="UNIT", help="unit of length in your file, such as bohr")
    parser.add_argument(
        "--energy-key", metavar="NAME", help="name of the energies in your file, such as dft_energy"
    )
    parser.add_argument(
        "--forces-key",
        metavar="NAME",
        help="name of the forces in your file, such as dft_forces; none leaves them out",
    )


def declared_units(args: argparse.Namespace) -> DeclaredUnits:
    """The units given by the options of `add_units`.

    Raises:
        DataError: there is no such unit.
    """
    return DeclaredUnits.named(args.energy_unit, args.length_unit, "your unit")


def distinct_settings(settings: Sequence[str]) -> Sequence[str]:
    """The values of ``--set``, if every key is set once.

    Raises:
        ConfigError: a key is set twice, or lies inside another key that is set.
    """
    seen: dict[str, str] = {}
    for setting in settings:
        key = setting.partition("=")[0].strip()
        for other, earlier in seen.items():
            if f"{key}.".startswith(f"{other}.") or f"{other}.".startswith(f"{key}."):
                raise ConfigError(f"--set {setting}: --set {earlier} sets the same; leave one out")
        seen[key] = setting
    return settings


def label_keys(args: argparse.Namespace) -> LabelKeys:
    """The names of labels given by the options of `add_units`."""
    return LabelKeys(args.energy_key, args.forces_key)


def file_settings(args: argparse.Namespace) -> list[str]:
    """What the options of `add_units` give, as ``KEY=VALUE`` for a config.

    Raises:
        DataError: there is no such unit.
        ConfigError: ``--set`` sets the same.
    """
    found = {
        "data.units.energy": args.energy_unit and declared_units(args).energy,
        "data.units.length": args.length_unit and declared_units(args).length,
        "data.keys.energy": args.energy_key,
        "data.keys.forces": args.forces_key,
    }
    given = {key: value for key, value in found.items() if value is not None}
    refuse_settings(args.set, dict.fromkeys(given, "another option sets the same"))
    return [f"{key}={json.dumps(value)}" for key, value in given.items()]


def whole_numbers(option: str, text: str, twice: str) -> list[int]:
    """Numbers with commas between them.

    Args:
        option: name of the option, for messages.
        text: what was given.
        twice: what is wrong with giving the same number twice, for messages.

    Returns:
        The numbers in the order given, at least one.

    Raises:
        ConfigError: something else was given, or a number twice.

    >>> whole_numbers("--seeds", "0, 2", "")
    [0, 2]
    """
    parts = [part.strip() for part in text.split(",")]
    shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
    if not all(part.isdecimal() for part in parts):
        raise ConfigError(f'{option}: found "{shown}"; needed: whole numbers with commas, such as 0,1,2')
    if any(len(part) > MAX_DIGITS or int(part) > MAX_SEED for part in parts):
        raise ConfigError(f'{option}: found "{shown}"; needed: whole numbers up to {MAX_SEED}')
    numbers = [int(part) for part in parts]
    if len(set(numbers)) < len(numbers):
        raise ConfigError(f'{option}: found "{shown}"; {twice}')
    return numbers


def seed_numbers(text: str) -> list[int]:
    """Seeds with commas between them; the errors are those of `whole_numbers`."""
    return whole_numbers("--seeds", text, "the same seed twice gives the same run twice")


def refuse_settings(settings: Sequence[str], said: Mapping[str, str]) -> None:
    """Refuse ``--set KEY=VALUE`` where another option decides the value.

    Args:
        settings: the values of ``--set``.
        said: for every such key, a phrase that names the other option.

    Raises:
        ConfigError: such a setting is given.
    """
    for setting in settings:
        key = setting.partition("=")[0].strip()
        if key in said:
            raise ConfigError(f"--set {setting}: {said[key]}; leave it out")
