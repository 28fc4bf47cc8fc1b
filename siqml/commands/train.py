"""``siqml train``."""

import argparse
import sys
from pathlib import Path

from siqml.commands.ensemble import train_over_seeds
from siqml.commands.options import (
    add_units,
    add_workers,
    distinct_settings,
    file_settings,
    refuse_settings,
    seed,
    whole,
    workers_of,
)
from siqml.commands.parser import Commands
from siqml.errors import TrainError


def add(commands: Commands) -> None:
    """Declare the command."""
    train = commands.add_parser("train", help="train a force field")
    train.add_argument("config", nargs="?", help="a config, or the name of a shipped one: lih")
    train.add_argument("-o", "--output", type=Path, metavar="RUN", help="run folder (default: runs/NAME)")
    train.add_argument("--seed", type=seed, metavar="N", help="same as --set seed=N")
    train.add_argument("--seeds", metavar="N,N", help="an ensemble: one run per seed, in RUN/seed-N")
    train.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="such as adam.steps=100"
    )
    add_units(train)
    add_workers(train, "with --seeds: trainings")
    train.add_argument("--resume", type=Path, metavar="RUN", help="continue the run in this folder")
    train.add_argument(
        "--more", type=whole(1), metavar="STEPS", help="with --resume: so many steps more than its config has"
    )
    train.add_argument(
        "--distributed",
        metavar="COORDINATOR:PORT,NUM,ID",
        help="share one training: this is process ID of NUM, all started with the same command",
    )
    train.add_argument("--overwrite", action="store_true", help="replace an earlier run in the folder")
    train.add_argument(
        "--no-baseline",
        action="store_true",
        help="fit no Gaussian process to the same labels for the verdict in the end",
    )
    train.set_defaults(command=run, interrupted=interrupted)


def run(args: argparse.Namespace) -> None:
    """Train one model or an ensemble over seeds, or continue a run that was stopped."""
    from siqml.commands.report import outcome_lines
    from siqml.field.catalogue import find
    from siqml.training.config import load_config, refuse_idle
    from siqml.training.hosts import Hosts, written_once
    from siqml.training.run_folder import RunFolder
    from siqml.training.session import resume, train

    # One branch for each of the three ways to train, and one for each pair of options that contradict each other.
    args.set = [*args.set, *file_settings(args)]
    distinct_settings(args.set)
    if workers_of(args).elsewhere and args.seeds is None:
        given = "--jobs" if args.scheduler is None else "--scheduler"
        raise TrainError(f"{given}: one training is not divided; give several --seeds, or leave it out")
    hosts = None
    if args.distributed is not None:
        if args.seeds is not None:
            raise TrainError("--distributed shares one training; give a single --seed, or leave it out")
        if args.more is not None:
            raise TrainError("--distributed shares the steps of a config; take --more on one machine first")
        hosts = Hosts.parse(args.distributed)
    if args.more is not None and args.resume is None:
        raise TrainError("--more adds steps to a run; name it: siqml train --resume RUN --more STEPS")
    if args.resume is not None:
        seeded = args.seed is not None or args.seeds is not None
        if args.config or args.set or args.output or args.overwrite or seeded:
            raise TrainError(
                "--resume RUN takes everything from the run folder; leave the other arguments out"
            )
        RunFolder(args.resume).reopen()
        if hosts is not None:
            hosts.join(sys.stderr)
        with written_once(hosts, RunFolder(args.resume), sys.stderr, begun=True) as (folder, stream):
            baseline = not args.no_baseline and stream is sys.stderr
            outcome = resume(folder, stream, args.more or 0, baseline)
    elif args.config is None:
        raise TrainError("which training? give a config, such as: siqml train lih; or --resume RUN")
    elif args.seeds is not None:
        if args.no_baseline:
            raise TrainError("--no-baseline: with --seeds there is none; leave it out")
        refuse_idle(find(args.config, "configs"))
        train_over_seeds(args, _run_folder(args))
        return
    else:
        if args.seed is not None:
            refuse_settings(args.set, {"seed": "--seed gives the seed"})
        refuse_idle(find(args.config, "configs"))
        overrides = args.set if args.seed is None else [*args.set, f"seed={args.seed}"]
        load_config(find(args.config, "configs"), overrides)  # mistakes first, before anything waits
        if hosts is not None:
            hosts.join(sys.stderr)
        with written_once(hosts, RunFolder(_run_folder(args)), sys.stderr, begun=False) as (folder, stream):
            baseline = not args.no_baseline and stream is sys.stderr
            config = find(args.config, "configs")
            outcome = train(config, folder, stream, overrides, args.overwrite, baseline)
    if stream is sys.stderr:
        print("\n".join(outcome_lines(outcome)))


def _run_folder(args: argparse.Namespace) -> Path:
    if args.output is not None:
        return Path(args.output)
    return Path("runs") / Path(args.config).stem


def interrupted(args: argparse.Namespace) -> str:
    """What the user can do after Ctrl-C."""
    from siqml.training.run_folder import RunFolder

    if args.seeds is not None:
        return "interrupted; the same command continues"
    folder = args.resume or _run_folder(args)
    if not RunFolder(folder).checkpoint.exists():
        return "interrupted before the first checkpoint; start again with --overwrite"
    return f"interrupted; continue with: siqml train --resume {folder}"
