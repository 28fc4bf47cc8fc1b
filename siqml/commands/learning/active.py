"""``siqml active``."""

import argparse
import sys
from pathlib import Path

from siqml.commands.options import (
    add_workers,
    distinct_settings,
    real,
    refuse_settings,
    seed,
    seed_numbers,
    whole,
    workers_of,
)
from siqml.commands.parser import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    active = commands.add_parser(
        "active", help="label what an ensemble knows least about, train again, and so on"
    )
    active.add_argument("config", help="a config, or the name of a shipped one: water")
    active.add_argument(
        "--labels",
        required=True,
        metavar="SET",
        help="label with the method of this data set, such as water (needs PySCF); or pool: the pool has labels",
    )
    active.add_argument(
        "--pool", metavar="FILE", help="candidates (default: molecular dynamics with the ensemble)"
    )
    active.add_argument(
        "--begin", type=whole(), default=20, metavar="N", help="structures to begin with (default: 20)"
    )
    active.add_argument(
        "--add",
        type=whole(1),
        default=10,
        metavar="N",
        help="structures to label in each round (default: 10)",
    )
    active.add_argument("--rounds", type=whole(1), default=4, metavar="N", help="default: 4")
    active.add_argument(
        "--candidates",
        type=whole(1),
        metavar="N",
        help="frames of molecular dynamics in each round (default: 200)",
    )
    active.add_argument(
        "--temperature", type=real(), metavar="K", help="of molecular dynamics (default: 300)"
    )
    active.add_argument("--seeds", default="0,1,2", metavar="N,N", help="the ensemble (default: 0,1,2)")
    active.add_argument(
        "--seed",
        type=seed,
        default=0,
        metavar="N",
        help="seed for first structures and dynamics (default: 0)",
    )
    active.add_argument("--random", action="store_true", help="label at random: the control")
    active.add_argument("-o", "--output", type=Path, metavar="DIR", help="default: runs/NAME-active")
    active.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="such as adam.steps=100"
    )
    add_workers(active, "trainings and labels")
    active.set_defaults(command=run, interrupted=lambda args: "interrupted; the same command continues")


def run(args: argparse.Namespace) -> None:
    """Go through the rounds that are left, and show the table."""
    from siqml.active.loop import ActiveOrder, active_lines, learn_actively
    from siqml.data.reading.named import locate_data
    from siqml.data.reading.shipped import shipped_file
    from siqml.errors import ConfigError
    from siqml.field.catalogue import find
    from siqml.training.config import refuse_idle

    distinct_settings(args.set)
    decided = {"seed": "--seeds gives the seeds", "data.train_size": "--begin gives the number"}
    refuse_settings(args.set, decided)
    for option, value in (("--candidates", args.candidates), ("--temperature", args.temperature)):
        if args.pool is not None and value is not None:
            raise ConfigError(
                f"{option} is about molecular dynamics; with --pool there is none, leave it out"
            )
    pool = None
    if args.pool is not None:
        place = Path(locate_data(args.pool, Path()))
        pool = place if place.is_absolute() else shipped_file(str(place))
    refuse_idle(find(args.config, "configs"))
    order = ActiveOrder(
        args.config,
        find(args.config, "configs"),
        args.labels,
        pool,
        args.begin,
        args.add,
        args.rounds,
        200 if args.candidates is None else args.candidates,
        300.0 if args.temperature is None else args.temperature,
        tuple(seed_numbers(args.seeds)),
        args.seed,
        args.random,
        tuple(args.set),
    )
    folder = args.output or Path("runs") / f"{Path(args.config).stem}-active"
    print("\n".join(active_lines(learn_actively(order, folder, sys.stderr, workers_of(args)))))
    print(f"see {folder}: active.json, round-0 and so on")
