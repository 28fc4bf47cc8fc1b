"""``siqml vibrations``."""

import argparse
from pathlib import Path

from siqml.commands.parser import Commands
from siqml.errors import DataError


def add(commands: Commands) -> None:
    """Declare the command."""
    vibrations = commands.add_parser("vibrations", help="harmonic frequencies, beside those of a simulation")
    vibrations.add_argument("model", type=Path, help="model file or run folder, or a folder of runs")
    vibrations.add_argument(
        "start", type=Path, metavar="START", help="file whose first structure is a minimum"
    )
    vibrations.add_argument(
        "--md",
        type=Path,
        metavar="RUN.extxyz",
        help="a trajectory of siqml md, for the spectrum of its velocities",
    )
    vibrations.add_argument(
        "-o", "--output", type=Path, metavar="OUT.csv", help="the table; a picture beside it"
    )
    vibrations.add_argument("--overwrite", action="store_true", help="replace earlier files")
    vibrations.set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Differentiate, and show the frequencies."""
    from siqml.field.ensemble import load_field
    from siqml.md.motion import read_motion
    from siqml.md.start import read_start
    from siqml.surface.spectrum import spectrum
    from siqml.surface.table import vibration_lines, write_vibrations
    from siqml.surface.vibrations import vibrations

    if args.output is not None:
        refuse_output(args.output, args.overwrite)
    field = load_field([args.model])
    found = vibrations(field, read_start(args.start, field), str(args.start))
    seen = None
    if args.md is not None:
        seen = spectrum(found, read_motion(args.md, species=field.species), args.md)
    print("\n".join(vibration_lines(found, seen, str(args.start), "" if args.md is None else args.md.name)))
    if args.output is not None:
        print(f"{args.output}, {write_vibrations(args.output, found, seen).name}")


def refuse_output(path: Path, overwrite: bool) -> None:
    """Refuse a table that is not CSV, or files that are there; a picture is written beside the table.

    Raises:
        DataError: the name does not end in .csv, or a file is there and may not be replaced.
    """
    if path.suffix != ".csv":
        raise DataError(f"-o {path}: the table is written as .csv; end the name so")
    for file in (path, path.with_suffix(".png")):
        if file.exists() and not overwrite:
            raise DataError(f"{file}: exists; replace it with --overwrite, or choose another name with -o")
