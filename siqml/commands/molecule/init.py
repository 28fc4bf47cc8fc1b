"""``siqml init``."""

import argparse
from pathlib import Path

from siqml.commands.options import add_budget, add_units, declared_units, label_keys, real, seed, whole
from siqml.commands.parser import Commands
from siqml.errors import ConfigError

MAX_DEPTH = 200
"""Layers that `siqml init` writes. Beyond it, refused: set ``ansatz.depth`` in the spec by hand."""

INIT_BUDGET = "10min,8GB"
"""Budget of ``init``, which derives and certifies a model for each choice that it looks at."""


def add(commands: Commands) -> None:
    """Declare the command."""
    init = commands.add_parser("init", help="a spec and a config for your molecule, from labelled structures")
    init.add_argument("data", type=Path, metavar="FILE", help="structures with energies, best with forces")
    init.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the new files"
    )
    init.add_argument("--test", type=Path, metavar="FILE", help="test set (default: a share of FILE)")
    init.add_argument("--test-share", type=real(), metavar="SHARE", help="that share (default: 0.2, a fifth)")
    init.add_argument("--depth", type=whole(1, MAX_DEPTH), metavar="N", help="layers of the circuit")
    init.add_argument("--seed", type=seed, default=0, metavar="N", help="seed of the share and of the start")
    add_units(init)
    add_budget(init, INIT_BUDGET)
    init.set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Decide on a model, and write it."""
    from siqml.design.choosing import DEPTH
    from siqml.design.init import SHARE, init

    if args.test is not None and args.test_share is not None:
        raise ConfigError("--test-share: with --test nothing is drawn from FILE; leave one of the two out")
    share = SHARE if args.test_share is None else args.test_share
    if not 0 < share < 1:
        raise ConfigError(f"--test-share {share:g}: needed is a number between 0 and 1")
    depth = DEPTH if args.depth is None else args.depth
    parts = declared_units(args), label_keys(args)
    found = init(args.data, args.output, args.test, share, depth, args.seed, *parts)
    for path in found.paths:
        print(path)
    design = found.design
    print(
        f"{design.name}: {design.num_qubits} qubits, {found.num_parameters} parameters, proven invariant, and every "
        f"internal motion is seen; train it with: siqml train {found.paths[1]}"
    )
