"""``siqml optimise``."""

import argparse
import sys
from pathlib import Path

from siqml.commands.options import real, whole
from siqml.commands.parser import NOT_REACHED, Commands
from siqml.errors import DataError

LEAST_FORCE = 1e-6
"""Smallest ``--fmax`` in eV/angstrom: below it, rounding decides when a search ends."""


def add(commands: Commands) -> None:
    """Declare the command."""
    optimise = commands.add_parser("optimise", help="the nearest minimum of a trained model's energy")
    optimise.add_argument("model", type=Path, help="model file or run folder, or a folder of runs")
    optimise.add_argument("start", type=Path, metavar="START", help="file whose first structure is the start")
    optimise.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT.extxyz", help="file of the minimum"
    )
    optimise.add_argument(
        "--fmax",
        type=real(LEAST_FORCE),
        default=0.01,
        metavar="F",
        help="longest force that is left on an atom, in eV/angstrom (default: 0.01)",
    )
    optimise.add_argument(
        "--steps", type=whole(1), default=500, metavar="N", help="most steps that are taken (default: 500)"
    )
    optimise.add_argument("--overwrite", action="store_true", help="replace earlier files")
    optimise.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Optimise, write the minimum and the way to it, and say how it ended."""
    from siqml.field.ensemble import load_field
    from siqml.md.start import on_one_spot, read_start
    from siqml.surface.optimise import optimise, write_optimised

    if args.output.suffix != ".extxyz":
        raise DataError(f"-o {args.output}: the minimum is written as .extxyz; end the name so")
    for path in (args.output, args.output.with_suffix(".steps.extxyz")):
        if path.exists() and not args.overwrite:
            raise DataError(f"{path}: exists; replace it with --overwrite, or choose another name with -o")
    field = load_field([args.model])
    found = optimise(field, read_start(args.start, field), args.fmax, args.steps)
    way = write_optimised(args.output, found)
    print(
        f"{args.output}: {len(found.frames) - 1} steps, energy {found.energy:.6f} eV, largest force "
        f"{found.largest_force:.2e} eV/angstrom; all steps in {way.name}"
    )
    last = found.frames[-1]
    fallen = on_one_spot(last.get_chemical_symbols(), last.positions)
    if fallen is not None:
        print(
            f"NOT a molecule: {fallen} at the end, where no training structure is; begin nearer to one, or train with "
            "shorter distances",
            file=sys.stderr,
        )
        return NOT_REACHED
    if found.converged:
        return 0
    print(
        f"NOT converged: a force of {found.largest_force:.2e} eV/angstrom is left after {args.steps} steps, and "
        f"--fmax asks for {args.fmax:g}; continue from {args.output}, or give more --steps",
        file=sys.stderr,
    )
    return NOT_REACHED
