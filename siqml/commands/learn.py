"""``siqml learn``."""

import argparse
import sys
from pathlib import Path

from siqml.commands.options import (
    add_units,
    add_workers,
    distinct_settings,
    file_settings,
    refuse_settings,
    seed_numbers,
    whole_numbers,
    workers_of,
)
from siqml.commands.parser import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    learn = commands.add_parser("learn", help="learning curve: test errors against the number of structures")
    learn.add_argument("config", help="a config, or the name of a shipped one: lih")
    learn.add_argument(
        "--sizes", required=True, metavar="N,N", help="numbers of training structures: 25,50,100"
    )
    learn.add_argument("--seeds", default="0,1,2", metavar="N,N", help="default: 0,1,2")
    learn.add_argument("-o", "--output", type=Path, metavar="DIR", help="default: runs/NAME-learning")
    learn.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="such as adam.steps=100"
    )
    add_units(learn)
    add_workers(learn, "trainings")
    learn.add_argument(
        "--overwrite", action="store_true", help="replace runs of other trainings in the folder"
    )
    learn.set_defaults(command=run, interrupted=lambda args: "interrupted; the same command continues")


def run(args: argparse.Namespace) -> None:
    """Train at every size from every seed, and show the curve."""
    from siqml.field.catalogue import find
    from siqml.training.config import refuse_idle
    from siqml.training.learning_curve import CurveOrder, curve_lines, learn

    args.set = [*args.set, *file_settings(args)]
    sizes = whole_numbers("--sizes", args.sizes, "the same size twice gives the same run twice")
    seeds, workers = seed_numbers(args.seeds), workers_of(args)
    distinct_settings(args.set)
    refuse_settings(
        args.set, {"seed": "--seeds gives the seeds", "data.train_size": "--sizes gives the sizes"}
    )
    refuse_idle(find(args.config, "configs"))
    folder = args.output or Path("runs") / f"{Path(args.config).stem}-learning"
    order = CurveOrder(args.config, find(args.config, "configs"), tuple(sizes), tuple(seeds), tuple(args.set))
    points = learn(order, folder, sys.stderr, args.overwrite, workers)
    print("\n".join(curve_lines(points)))
    print(f"see {folder}: learning.json, learning.csv, learning.png")
