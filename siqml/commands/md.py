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
    md.add_argument("--resume", action="store_true", help="continue to the same bits")
    md.add_argument("--overwrite", action="store_true", help="replace an earlier trajectory")
    md.set_defaults(command=run, interrupted=_interrupted)


def run(args: argparse.Namespace) -> None:
    """Simulate, or continue a simulation."""
    from siqml.field.ensemble import Ensemble, expanded, load_field
    from siqml.md.files import MdFiles
    from siqml.md.run import default_start, simulate
    from siqml.md.summary import draw, summary
    from siqml.md.task import MdOrder

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
    force_field, runs = load_field([args.model]), expanded([args.model])
    files = MdFiles(args.output)
    start = None
    if args.resume:
        files.reopen()
    else:
        start = default_start(runs[0]) if args.start is None else _read(args.start, force_field)
    with files.held(sys.stderr):
        if not args.resume:
            files.begin(args.overwrite, isinstance(force_field, Ensemble))
        simulate(force_field, start, order, args.steps, files, sys.stderr)
        draw(files)
    print("\n".join(summary(files, order.ensemble, _known(runs))))
    print(f"{files.trajectory}, {files.energies.name}, {files.picture.name}")


def _known(runs: list[Path]) -> Any:
    """The training energies; ``None`` if a file is gone, for instance after a model file was given to someone else."""
    import numpy as np

    from siqml.training.session import training_set

    try:
        return np.concatenate([training_set(run).energies for run in runs])
    except DataError:
        return None


def _read(path: Path, force_field: Any) -> tuple[Any, Any]:
    """The first structure of a file, with its atoms in the order of the file."""
    import numpy as np

    from siqml.data.reading.bonds import declared_permutations, refuse_other_order
    from siqml.data.reading.read import read_atoms
    from siqml.field.ensemble import Ensemble
    from siqml.molecule.structures import Structures, composition, match_atoms

    species = force_field.species
    if not path.is_file():
        raise MdError(f"--start {path}: no such file")
    frame = next(read_atoms(path), None)
    if frame is None:
        raise MdError(f"--start {path}: no structure in it")
    order = match_atoms(frame.symbols, species)
    if order is None:
        raise MdError(
            f"--start {path}: it is {composition(frame.symbols)}; the model is of {composition(species)}"
        )
    if frame.periodic:
        raise MdError(
            f"--start {path}: it is periodic; the model is of one molecule: unwrap it and drop the cell"
        )
    alone = Structures(species, frame.positions[order][None], np.zeros(1), None, f"--start {path}")
    for member in force_field.members if isinstance(force_field, Ensemble) else [force_field]:
        refuse_other_order([alone], member.frame, declared_permutations(member.model))
    return frame.symbols, frame.positions


def _interrupted(args: argparse.Namespace) -> str:
    from siqml.md.files import MdFiles

    if args.resume or MdFiles(args.output).checkpoint.is_file():
        return "interrupted; the same command with --resume continues"
    return "interrupted before the first step; start again with --overwrite"
