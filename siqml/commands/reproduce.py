"""``siqml reproduce``, and ``siqml demo``, which is everything once, from spec to trained model."""

import argparse
import sys
from pathlib import Path

from siqml.commands.options import add_workers, seed_numbers, workers_of
from siqml.commands.parser import Commands
from siqml.errors import ConfigError


def add(commands: Commands) -> None:
    """Declare the commands."""
    command = commands.add_parser(
        "reproduce", help="tables and figures of the paper, and other studies, each as a page"
    )
    shown = "table1 to table4, fig4 to fig8, all (of these), or another study: recipe, h2"
    command.add_argument("names", nargs="+", metavar="NAME", help=shown)
    command.add_argument(
        "-o", "--output", type=Path, default=Path("results"), metavar="DIR", help="default: results"
    )
    command.add_argument("--seeds", metavar="N,N", help="default: 0,1,2,3,4; 0 if quick")
    command.add_argument("--rows", metavar="CONFIG,CONFIG", help="only these configs of the table")
    command.add_argument("--quick", action="store_true", help="take few steps, to see that everything works")
    command.add_argument("--finished", action="store_true", help="train nothing, only show what is finished")
    add_workers(command, "trainings")
    command.set_defaults(command=run, interrupted=_interrupted)
    demo = commands.add_parser("demo", help="compile all shipped models, train LiH, print Table I's row")
    demo.add_argument("-o", "--output", type=Path, default=Path("demo"), metavar="DIR", help="default: demo")
    demo.set_defaults(command=_demo)


def run(args: argparse.Namespace) -> None:
    """Train what the chosen studies need, and write their pages."""
    from siqml.reproduce.fig5 import NoiseOrder, reproduce_noise
    from siqml.reproduce.recipe import reproduce_recipe
    from siqml.reproduce.run import Order, reproduce
    from siqml.reproduce.studies import NOISE, RECIPE, choose

    # Mistakes of every name and option first: nothing is trained before all of them are known.
    usual = "0" if args.quick else "0,1,2,3,4"
    seeds = seed_numbers(usual if args.seeds is None else args.seeds)
    studies, workers = choose(args.names), workers_of(args)
    for name in {NOISE, RECIPE} & set(args.names):
        if args.rows is not None:
            raise ConfigError(f"--rows chooses rows of tables, and {name} has none; leave one of the two out")
    if RECIPE in args.names and args.seeds is not None:
        raise ConfigError(f"--seeds: {RECIPE} has seeds of its own; leave it out")
    rows = _rows(args.rows, list(dict.fromkeys(row.config for study in studies for row in study.rows)))
    order = Order(tuple(seeds), tuple(rows), args.quick, args.finished)
    for study in studies:
        if not rows or set(rows) & {row.config for row in study.rows}:
            print(reproduce(study, order, args.output, sys.stderr, workers))
    if RECIPE in args.names:
        print(reproduce_recipe(args.quick, args.finished, args.output, sys.stderr, workers))
    if {NOISE, "all"} & set(args.names) and not rows:
        noise = NoiseOrder(tuple(seeds), args.quick, args.finished)
        print(reproduce_noise(noise, args.output, sys.stderr, workers))


def _rows(text: str | None, known: list[str]) -> list[str]:
    rows = [] if text is None else [part.strip() for part in text.split(",")]
    for row in rows:
        if row not in known:
            raise ConfigError(f'--rows: no row "{row}" here; known: {", ".join(known) or "none"}')
    return rows


def _interrupted(args: argparse.Namespace) -> str:
    return "interrupted; the same command continues"


def _demo(args: argparse.Namespace) -> None:
    """Compile, certify, train."""
    from siqml.reproduce.demo import demo

    demo(args.output, sys.stdout, sys.stderr)
