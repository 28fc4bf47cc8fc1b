"""``siqml demo``: everything once, from spec to trained model."""

import argparse
import sys
from pathlib import Path

from siqml.commands.parser import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    demo = commands.add_parser("demo", help="compile all shipped models, train LiH, print Table I's row")
    demo.add_argument("-o", "--output", type=Path, default=Path("demo"), metavar="DIR", help="default: demo")
    demo.set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Compile, certify, train."""
    from siqml.reproduce.demo import demo

    demo(args.output, sys.stdout, sys.stderr)
