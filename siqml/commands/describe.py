"""``siqml describe``."""

import argparse
import sys
from pathlib import Path

from siqml.commands.options import (
    MAX_SHOWN,
    distinct_settings,
    real,
    refuse_settings,
    seed,
    whole,
)
from siqml.commands.parser import Commands

MAX_LOCALITY = 16
"""Qubits that a term of a derived observable acts on. Beyond it, refused: the kernel holds no more."""


def add(commands: Commands) -> None:
    """Declare the command."""
    describe = commands.add_parser(
        "describe", help="fit a small network on the values of many invariant observables of a circuit"
    )
    describe.add_argument(
        "circuit", help="a trained model or run folder; or a config, whose circuit describes as it starts"
    )
    describe.add_argument("-o", "--output", type=Path, metavar="DIR", help="default: runs/NAME-descriptors")
    describe.add_argument(
        "--locality",
        type=whole(1, MAX_LOCALITY),
        default=4,
        metavar="N",
        help="observables on up to N qubits (default: 4)",
    )
    describe.add_argument(
        "--hidden", type=_widths, default=(16, 16), metavar="N,N", help="hidden layers (default: 16,16)"
    )
    describe.add_argument(
        "--steps", type=whole(0), default=1000, metavar="N", help="steps of L-BFGS (default: 1000)"
    )
    describe.add_argument(
        "--energy", type=real(), default=1.0, metavar="W", help="weight of MSE(E) (default: 1)"
    )
    describe.add_argument(
        "--forces", type=real(), default=1.0, metavar="W", help="weight of MSE(F) (default: 1)"
    )
    describe.add_argument(
        "--decay",
        type=real(),
        default=1e-6,
        metavar="W",
        help="decay of the weights, a share of the loss of no model (default: 1e-6)",
    )
    describe.add_argument(
        "--seed", type=seed, default=0, metavar="N", help="seed of the network, and of a config's circuit"
    )
    describe.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="such as start.scales=0.3, for a config",
    )
    describe.add_argument("--overwrite", action="store_true", help="replace an earlier run in this folder")
    describe.set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Derive, prove, fit, and show the errors beside those of the circuit."""
    from siqml.commands.report import described_lines
    from siqml.descriptors.describe import DescribeOrder, describe
    from siqml.descriptors.fit import FitOrder
    from siqml.training.run_folder import RunFolder

    distinct_settings(args.set)
    refuse_settings(args.set, {"seed": "--seed gives the seed"})
    order = FitOrder(args.hidden, args.steps, args.energy, args.forces, args.decay, args.seed)
    name = Path(args.circuit).resolve().name.removesuffix(".yaml").removesuffix(".safetensors")
    folder = RunFolder(args.output or Path("runs") / f"{name}-descriptors")
    what = DescribeOrder(args.circuit, args.locality, order, tuple(args.set))
    print("\n".join(described_lines(describe(what, folder, sys.stderr, args.overwrite))))


def _widths(text: str) -> tuple[int, ...]:
    """Widths of hidden layers, with commas between them; ``none`` for a linear map."""
    from siqml.field.descriptors.network import MAX_LAYERS, MAX_WIDTH

    if text == "none":
        return ()
    parts = [part.strip() for part in text.split(",")]
    sound = all(part.isascii() and part.isdecimal() and len(part) <= len(str(MAX_WIDTH)) for part in parts)
    if not sound or len(parts) > MAX_LAYERS or not all(0 < int(part) <= MAX_WIDTH for part in parts):
        shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
        raise argparse.ArgumentTypeError(
            f'found "{shown}"; needed: up to {MAX_LAYERS} whole numbers from 1 to {MAX_WIDTH} with commas, or none'
        )
    return tuple(int(part) for part in parts)
