"""``siqml sweep``."""

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
    workers_of,
)
from siqml.commands.parser import Commands
from siqml.errors import ConfigError, TrainError


def add(commands: Commands) -> None:
    """Declare the command."""
    sweep = commands.add_parser("sweep", help="train with every combination of settings, and rank them")
    sweep.add_argument("config", help="a config, or the name of a shipped one: lih")
    sweep.add_argument(
        "--over",
        action="append",
        required=True,
        metavar="KEY=VALUE,VALUE",
        help="such as adam.learning_rate=0.01,0.003; several are combined",
    )
    sweep.add_argument("--seeds", default="0,1,2", metavar="N,N", help="default: 0,1,2")
    sweep.add_argument("-o", "--output", type=Path, metavar="DIR", help="default: runs/NAME-sweep")
    sweep.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="such as adam.steps=100"
    )
    add_units(sweep)
    add_workers(sweep, "trainings")
    sweep.add_argument(
        "--overwrite", action="store_true", help="replace runs of other trainings in the folder"
    )
    sweep.set_defaults(command=run, interrupted=lambda args: "interrupted; the same command continues")


def run(args: argparse.Namespace) -> None:
    """Train every combination from every seed, and show the table."""
    from siqml.field.catalogue import find
    from siqml.training.config import refuse_idle
    from siqml.training.sweep import SweepOrder, sweep, sweep_lines
    from siqml.training.swept import Swept, distinct

    args.set = [*args.set, *file_settings(args)]
    seeds, workers = seed_numbers(args.seeds), workers_of(args)
    distinct_settings(args.set)
    refuse_settings(args.set, {"seed": "--seeds gives the seeds"})
    swept = [Swept.parse(text) for text in args.over]
    if any(one.key == "seed" for one in swept):
        raise ConfigError("--over seed: --seeds gives the seeds; leave it out")
    distinct(swept, args.set)
    config = find(args.config, "configs")
    refuse_idle(config)
    order = SweepOrder(args.config, config, tuple(swept), tuple(seeds), tuple(args.set))
    folder = args.output or Path("runs") / f"{Path(args.config).stem}-sweep"
    found = sweep(order, folder, sys.stderr, args.overwrite, workers)
    print("\n".join(sweep_lines(found)))
    print(f"see {folder}: sweep.csv, sweep.txt, sweep.json, sweep.png")
    if all(one.num_diverged == len(seeds) for one in found.combinations):
        raise TrainError(
            "the loss of every training stopped being a number; take smaller learning rates or scales"
        )
