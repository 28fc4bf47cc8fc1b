"""``siqml md``."""

import argparse
import sys
from pathlib import Path
from typing import Any

from siqml.commands.options import seed, whole
from siqml.commands.parser import Commands
from siqml.errors import DataError, MdError


def add(commands: Commands) -> None:
    """Declare the command."""
    md = commands.add_parser("md", help="molecular dynamics with a trained model")
    md.add_argument("model", type=Path, help="model file or run folder, or a folder of runs")
    md.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.extxyz", help="the trajectory")
    md.add_argument("--steps", type=whole(), default=10000, metavar="N", help="steps in all (default: 10000)")
    md.add_argument("--timestep", type=float, default=0.5, metavar="FS", help="default: 0.5")
    md.add_argument("--temperature", type=float, default=300.0, metavar="K", help="default: 300")
    md.add_argument("--ensemble", default="nve", metavar="NAME", help="nve (default) or langevin")
    md.add_argument("--friction", type=float, metavar="PER_PS", help="friction of langevin (default: 10)")
    md.add_argument(
        "--every", type=whole(), default=10, metavar="N", help="steps between frames (default: 10)"
    )
    md.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="seed for velocities and bath (default: 0)"
    )
    md.add_argument(
        "--start",
        type=Path,
        metavar="FILE",
        help="first structure (default: the training structure of lowest energy)",
    )
    md.add_argument(
        "--outside",
        choices=("warn", "stop", "ignore"),
        default="warn",
        help="what to do when a frame lies outside the domain of the training set (default: warn)",
    )
    md.add_argument(
        "--keep-velocities",
        action="store_true",
        help="with --start: the velocities in that file (default: new ones of --temperature)",
    )
    md.add_argument("--resume", action="store_true", help="continue to the same bits")
    md.add_argument("--overwrite", action="store_true", help="replace an earlier trajectory")
    md.set_defaults(command=run, interrupted=_interrupted)


def run(args: argparse.Namespace) -> None:
    """Simulate, or continue a simulation."""
    from siqml.field.ensemble import Ensemble, expanded, load_field
    from siqml.md.files import MdFiles
    from siqml.md.run import simulate
    from siqml.md.summary import draw, summary
    from siqml.md.task import MdOrder
    from siqml.md.watch import OutsideError, Watch, outside_lines

    if args.friction is not None and args.ensemble == "nve":
        raise MdError(
            "--friction belongs to a bath, and nve has none; add --ensemble langevin, or leave it out"
        )
    friction = 10.0 if args.friction is None else args.friction
    order = MdOrder(args.ensemble, args.timestep, args.temperature, friction, args.every, args.seed)
    if args.steps < 1:
        raise MdError(f"--steps: found {args.steps}; needed: at least 1")
    if args.resume and (args.overwrite or args.start):
        raise MdError("--resume takes the structure from the checkpoint; leave --start and --overwrite out")
    if args.keep_velocities and (args.resume or args.start is None):
        raise MdError("--keep-velocities keeps those of a file; name it with --start")
    force_field, runs = load_field([args.model]), expanded([args.model])
    files = MdFiles(args.output)
    # Its mistakes first, before a file is made.
    Watch.of(force_field, force_field.species, args.outside, sys.stderr)
    start = None
    if args.resume:
        files.reopen()
    else:
        start = _start(args, force_field, runs[0])
    stopped = None
    with files.held(sys.stderr):
        if not args.resume:
            files.begin(args.overwrite, isinstance(force_field, Ensemble))
        try:
            simulate(force_field, start, order, args.steps, files, sys.stderr, args.outside)
        except OutsideError as error:
            stopped = error
        draw(files)
    lines = summary(files, order.ensemble, _known(runs)) + outside_lines(force_field, files, args.outside)
    print("\n".join(lines))
    print(f"{files.trajectory}, {files.energies.name}, {files.picture.name}")
    if stopped is not None:
        raise stopped


def _start(args: argparse.Namespace, force_field: Any, run: Path) -> Any:
    """The structure that a simulation begins with; with its velocities only if they are kept."""
    from dataclasses import replace

    from siqml.md.run import default_start
    from siqml.md.start import read_start

    if args.start is None:
        return default_start(run)
    found = read_start(args.start, force_field, "--start")
    if args.keep_velocities and found.momenta is None:
        raise MdError(
            f"--start {args.start}: it has no velocities to keep (a column momenta); leave --keep-velocities out"
        )
    return found if args.keep_velocities else replace(found, momenta=None)


def _known(runs: list[Path]) -> Any:
    """The training energies; ``None`` if a file is gone, for instance after a model file was given to someone else."""
    import numpy as np

    from siqml.training.session import training_set

    try:
        return np.concatenate([training_set(run).energies for run in runs])
    except DataError:
        return None


def _interrupted(args: argparse.Namespace) -> str:
    from siqml.md.files import MdFiles

    if args.resume or MdFiles(args.output).checkpoint.is_file():
        return "interrupted; the same command with --resume continues"
    return "interrupted before the first step; start again with --overwrite"
