"""``siqml noise``: how far a noisy device breaks each symmetry of a trained model."""

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import eqcompile as eq
from siqml.commands.device import add_device_options, device_settings, refuse_noise
from siqml.commands.options import add_units, declared_units, label_keys
from siqml.commands.parser import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    noise = commands.add_parser(
        "noise", help="how far a noisy device breaks each symmetry of a trained model"
    )
    noise.add_argument("model", type=Path, help="model file or run folder")
    noise.add_argument("data", nargs="*", help="your files (default: the data the model was trained with)")
    add_units(noise)
    add_device_options(noise, needs_backend=True)
    noise.add_argument("--json", action="store_true", help="print JSON")
    noise.set_defaults(command=run, forces=None)


def run(args: argparse.Namespace) -> None:
    """Measure every violation at randomly oriented structures."""
    from siqml.evaluation.device import noise_table, oriented, spread
    from siqml.molecule.units import MILLI
    from siqml.progress import progress
    from siqml.training.session import model_and_data

    limit, seed, noise = device_settings(args)
    device = eq.find_backend(args.backend)
    refuse_noise(args, device)
    field, sets = model_and_data(args.model, args.data, declared_units(args), label_keys(args), sys.stderr)
    answers = []
    for structures in sets:
        chosen = spread(len(structures), limit)
        sites = field.frame.sites_of(oriented(structures.positions[chosen], seed))
        total = field.model.num_reported(len(chosen))
        with progress(f"values on {device.name}", total, sys.stderr) as advance:
            report = field.model.noise_report(
                sites, field.params, device, args.shots, seed, noise, partial(_counted, advance)
            )
        scaled = [violation.scaled(1 / abs(field.scaling.factor) / MILLI) for violation in report]
        how = "exact values" if args.shots is None else f"{args.shots} shots"
        title = (
            f"{Path(structures.source).name}: f(V x) - f(x) in meV for {len(chosen)} of {len(structures)} structures, "
            f"randomly oriented, on {device.name}, {how}, {'with' if noise else 'without'} noise, seed {seed}"
        )
        answers.append((title, structures.source, scaled))
    if args.json:
        print(json.dumps([{"source": s, "unit": "meV", "generators": [v.to_dict() for v in found]}
                          for _, s, found in answers], indent=2))  # fmt: skip
    else:
        print("\n\n".join("\n".join(noise_table(found, title)) for title, _, found in answers))


def _counted(advance: Callable[[int, str], None], done: int) -> None:
    advance(done, "")
