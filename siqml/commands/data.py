"""``siqml data list | make | check | convert | split``."""

import argparse
import sys
from pathlib import Path
from typing import Any

from siqml.commands.options import (
    add_budget,
    add_units,
    add_workers,
    declared_units,
    label_keys,
    seed,
    whole,
    workers_of,
)
from siqml.commands.parser import Commands
from siqml.errors import SiqmlError


def add(commands: Commands) -> None:
    """Declare the command."""
    data = commands.add_parser("data", help="make, check, convert or split labelled data")
    actions = data.add_subparsers(title="actions", required=True, metavar="ACTION")
    _add_list(actions)
    _add_make(actions)
    _add_check(actions)
    _add_convert(actions)
    _add_split(actions)


def _add_list(actions: "argparse._SubParsersAction[Any]") -> None:
    listing = actions.add_parser("list", help="the data sets that siqml knows, and their spread")
    listing.set_defaults(command=_list)


def _add_make(actions: "argparse._SubParsersAction[Any]") -> None:
    make = actions.add_parser("make", help="compute labels from first principles (needs PySCF)")
    make.add_argument("name", help="data set, such as lih")
    make.add_argument(
        "-o", "--output", type=Path, default=Path(), metavar="DIR", help="folder (default: here)"
    )
    add_workers(make, "compute labels", "in one process")
    make.add_argument(
        "--seed", type=seed, metavar="N", help="seed for everything random (default: that of the shipped set)"
    )
    make.set_defaults(command=_make, interrupted=_interrupted)


def _add_check(actions: "argparse._SubParsersAction[Any]") -> None:
    check = actions.add_parser("check", help="recompute a few shipped labels and compare (needs PySCF)")
    check.add_argument("name", help="data set, such as lih")
    check.add_argument(
        "--points",
        type=whole(),
        default=6,
        metavar="N",
        help="least number of points, the same number from each file (default: 6)",
    )
    add_budget(check)
    check.set_defaults(command=_check)


def _add_convert(actions: "argparse._SubParsersAction[Any]") -> None:
    convert = actions.add_parser("convert", help="turn your file into extxyz in eV and angstrom")
    _add_source(convert)
    convert.add_argument("output", type=Path, help="extxyz file to write")
    convert.set_defaults(command=_convert)


def _add_split(actions: "argparse._SubParsersAction[Any]") -> None:
    split = actions.add_parser("split", help="divide your file at random into training and test sets")
    _add_source(split)
    split.add_argument("--train", type=whole(), required=True, metavar="N", help="structures to train with")
    split.add_argument(
        "--test", type=whole(), metavar="N", help="structures to test with (default: the rest)"
    )
    split.add_argument("--seed", type=seed, default=0, metavar="N", help="seed for the shuffle (default: 0)")
    split.add_argument(
        "-o", "--output", type=Path, default=Path(), metavar="DIR", help="folder (default: here)"
    )
    split.set_defaults(command=_split)


def _add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, help="extxyz, .npz, n2p2 input.data, or any file that ASE reads")
    add_units(parser)
    add_budget(parser)


def _list(args: argparse.Namespace) -> None:
    from siqml.data.reading.shipped import provenance, shipped_sets
    from siqml.data.sets.table import RECIPES

    shipped = shipped_sets()
    print(f"{'data set':<14}{'train':>7}{'test':>7}  {'std(E) in eV':>12}  {'rms(F) in eV/angstrom':>21}")
    for name, recipe in RECIPES.items():
        spread = "not shipped"
        if name in shipped:
            labels = provenance(name)["labels"][f"{name}_test.extxyz"]
            energy, force = labels["energy_variance_ev2"], labels["force_variance_ev2_per_angstrom2"]
            spread = f"{energy**0.5:>12.4f}  {force**0.5:>21.4f}"
        print(f"{name:<14}{recipe.num_train:>7}{recipe.num_test:>7}  {spread}")


def _make(args: argparse.Namespace) -> None:
    from siqml.data.making.make import make
    from siqml.data.sets.periodic import Periodic
    from siqml.data.sets.table import recipe
    from siqml.tasks.crew import ONE_PROCESS

    wanted, workers = recipe(args.name), workers_of(args)
    if workers.elsewhere and isinstance(wanted, Periodic):
        given = "--jobs" if workers.scheduler is None else "--scheduler"
        raise SiqmlError(
            f"{given}: {args.name} is put together from other sets, which takes no time; leave it out"
        )
    for path in make(
        wanted, args.output, sys.stderr, args.seed, workers if workers.elsewhere else ONE_PROCESS
    ):
        print(path)


def _interrupted(args: argparse.Namespace) -> str:
    return "interrupted; finished points are kept, and the same command continues"


def _check(args: argparse.Namespace) -> None:
    from siqml.data.making.check import check
    from siqml.data.reading.shipped import shipped_file
    from siqml.data.sets.table import recipe

    if args.points < 1:
        raise SiqmlError(f"--points {args.points}: at least one point is needed")
    wanted = recipe(args.name)
    files = [shipped_file(f"{args.name}_{part}.extxyz") for part in wanted.parts]
    found = check(wanted, files, args.points)
    print(
        f"{args.name}: {found.num_points} points recomputed, sound; largest deviation "
        f"{found.energy:.1e} eV, {found.force:.1e} eV/angstrom"
    )


def _convert(args: argparse.Namespace) -> None:
    from siqml.data.reading.convert import convert

    print(convert(args.source, args.output, declared_units(args), label_keys(args), sys.stderr))


def _split(args: argparse.Namespace) -> None:
    from siqml.data.reading.convert import split

    parts, file = (args.train, args.test, args.seed), (declared_units(args), label_keys(args))
    for path in split(args.source, args.output, *parts, *file, sys.stderr):
        print(path)
