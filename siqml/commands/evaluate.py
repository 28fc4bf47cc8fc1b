"""``siqml evaluate``."""

import argparse
import sys
from pathlib import Path
from typing import Final

from siqml.commands.device import add_device_options, evaluate_on_backend, refuse_device_options
from siqml.commands.ensemble import evaluate_many
from siqml.commands.options import add_budget, add_units, declared_units, label_keys
from siqml.commands.parser import Commands
from siqml.errors import SiqmlError

EVALUATION_BUDGET: Final = "10min,8GB"
"""Budget of ``evaluate``, which compiles the model for JAX: shipped dimers take a minute and a gigabyte; ensembles take
more."""


def add(commands: Commands) -> None:
    """Declare the command."""
    evaluate = commands.add_parser(
        "evaluate",
        help="errors of a trained model or ensemble; with --backend, energies and forces on a device",
    )
    evaluate.add_argument("model", type=Path, help="model file or run folder, or a folder of runs")
    evaluate.add_argument(
        "data",
        nargs="*",
        metavar="MODEL | DATA",
        help="more models; your files (default: the data the model was trained with)",
    )
    add_units(evaluate)
    add_device_options(evaluate)
    evaluate.add_argument(
        "--forces",
        action=argparse.BooleanOptionalAction,
        help="forces on a device, by the parameter-shift rule (default: with forces)",
    )
    evaluate.add_argument(
        "--baseline",
        action="store_true",
        help="compare with a Gaussian process on the training set of the model, too",
    )
    add_budget(evaluate, EVALUATION_BUDGET, f"{EVALUATION_BUDGET}; none on a device")
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Errors of one model, of an ensemble, or of a model on a device."""
    import json

    from siqml.commands.report import evaluation_lines
    from siqml.evaluation.verdict import verdict_lines
    from siqml.field.ensemble import expanded, is_model
    from siqml.training.session import evaluate_files

    more = [name for name in args.data if is_model(Path(name))]
    models = expanded([args.model, *map(Path, more)])
    args.model, args.data = models[0], [name for name in args.data if name not in more]
    if args.backend is not None:
        if len(models) > 1:
            raise SiqmlError(f"--backend {args.backend} takes one model; found {len(models)}")
        if args.baseline:
            raise SiqmlError("--baseline is about a model without a device; leave --backend out")
        evaluate_on_backend(args)
        return
    refuse_device_options(args)
    if len(models) > 1:
        if args.baseline:
            raise SiqmlError(f"--baseline takes one model; found {len(models)}")
        evaluate_many(models, args.data, declared_units(args), label_keys(args), args.json)
        return
    file = declared_units(args), label_keys(args)
    found = evaluate_files(args.model, args.data, *file, sys.stderr, args.baseline)
    if args.json:
        both = [evaluation.to_dict() | {"verdict": verdict.to_dict()} for evaluation, verdict in found]
        print(json.dumps(both, indent=2))
        return
    for evaluation, verdict in found:
        print("\n".join([*evaluation_lines([evaluation]), *verdict_lines(verdict)]))
