"""``siqml rdf``."""

import argparse
from pathlib import Path

from siqml.commands.molecule.vibrations import refuse_output
from siqml.commands.options import real, whole
from siqml.commands.parser import Commands

LEAST_WIDTH = 1e-6
"""Smallest ``--width`` in angstrom: a trajectory holds eight digits."""


def add(commands: Commands) -> None:
    """Declare the command."""
    rdf = commands.add_parser("rdf", help="distances between elements over a simulation")
    rdf.add_argument(
        "trajectory", type=Path, metavar="RUN.extxyz", help="a trajectory, such as siqml md writes"
    )
    rdf.add_argument("-o", "--output", type=Path, metavar="OUT.csv", help="the curves; a picture beside them")
    rdf.add_argument(
        "--width",
        type=real(LEAST_WIDTH),
        default=0.02,
        metavar="A",
        help="width of a bin (default: 0.02 angstrom)",
    )
    rdf.add_argument(
        "--skip", type=whole(0), default=0, metavar="N", help="frames at the start to leave out (default: 0)"
    )
    rdf.add_argument("--overwrite", action="store_true", help="replace earlier files")
    rdf.set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Count distances, and show them."""
    from siqml.md.distances import distance_lines, distances, write_distances
    from siqml.md.motion import read_motion

    if args.output is not None:
        refuse_output(args.output, args.overwrite)
    motion = read_motion(args.trajectory, args.skip)
    middles, found = distances(motion, args.width)
    print("\n".join(distance_lines(motion, found)))
    if args.output is not None:
        print(f"{args.output}, {write_distances(args.output, middles, found).name}")
