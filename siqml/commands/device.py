"""``siqml evaluate --backend`` and ``siqml noise``: models on simulators, fake devices and devices."""

import argparse
import json
import sys

import eqcompile as eq
from siqml.commands.options import declared_units, label_keys, seed, whole
from siqml.errors import SiqmlError

DEFAULT_LIMIT = 10
"""Structures that are measured by default: a few minutes with forces and shots."""

NOISELESS = ("statevector", "aer")
"""Back ends without noise of their own."""

DEVICE_OPTIONS = ("shots", "seed", "noise", "limit", "forces")


def add_device_options(parser: argparse.ArgumentParser, *, needs_backend: bool = False) -> None:
    """Add the options of everything that runs on a device; all default to ``None``, which means not given."""
    group = parser.add_argument_group("on a device")
    group.add_argument(
        "--backend",
        required=needs_backend,
        metavar="NAME",
        help="statevector, aer, generic_N, fake_NAME such as fake_lagos, ibm_NAME",
    )
    group.add_argument(
        "--shots", type=whole(), metavar="N", help="shots for every value (default: exact values)"
    )
    group.add_argument("--seed", type=seed, metavar="N", help="seed for transpiler and shots (default 0)")
    group.add_argument(
        "--noise",
        action=argparse.BooleanOptionalAction,
        help="noise of a simulated device (default: with noise)",
    )
    group.add_argument(
        "--limit",
        type=whole(),
        metavar="N",
        help=f"structures of each set, evenly spread (default {DEFAULT_LIMIT})",
    )


def refuse_device_options(args: argparse.Namespace) -> None:
    """Refuse options that only mean something on a device, because none is named.

    Raises:
        SiqmlError: such an option is given without ``--backend``.
    """
    for name in DEVICE_OPTIONS:
        if getattr(args, name, None) is not None:
            flag = f"--no-{name}" if getattr(args, name) is False else f"--{name}"
            raise SiqmlError(f"{flag} is about a device; name one, such as: --backend aer")


def evaluate_on_backend(args: argparse.Namespace) -> None:
    """Run ``siqml evaluate MODEL --backend NAME``."""
    from siqml.device.force_field import HardwareField
    from siqml.evaluation.device import evaluate_on_device, evaluation_table
    from siqml.training.session import model_and_data

    limit, seed, noise = device_settings(args)
    device = eq.find_backend(args.backend)
    refuse_noise(args, device)
    force_field, sets = model_and_data(
        args.model, args.data, declared_units(args), label_keys(args), sys.stderr
    )
    field = HardwareField(force_field, device, args.shots, seed, noise)
    found = [
        evaluate_on_device(field, structures, limit, args.forces is not False, sys.stderr)
        for structures in sets
    ]
    if args.json:
        print(json.dumps([evaluation.to_dict() for evaluation in found], indent=2))
    else:
        print("\n\n".join("\n".join(evaluation_table(evaluation)) for evaluation in found))


def refuse_noise(args: argparse.Namespace, device: "eq.Device") -> None:
    """Refuse noise that was asked for on a device that has none."""
    if args.noise and device.name in NOISELESS:
        raise SiqmlError(f"--noise: {device.name} has no noise; name a device that does, such as fake_lagos")


def device_settings(args: argparse.Namespace) -> tuple[int, int, bool]:
    """Limit, seed and noise, as given or by their defaults."""
    limit = DEFAULT_LIMIT if args.limit is None else args.limit
    if limit < 1:
        raise SiqmlError(f"--limit {limit}: at least one structure is needed")
    return limit, args.seed or 0, args.noise is not False
