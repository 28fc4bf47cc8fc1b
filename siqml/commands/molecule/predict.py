"""``siqml predict``."""

import argparse
import sys
from pathlib import Path

from siqml.commands.options import add_budget
from siqml.commands.parser import Commands
from siqml.errors import DataError

PREDICTION_BUDGET = "10min,8GB"
"""Budget of ``predict``, that of ``evaluate``."""


def add(commands: Commands) -> None:
    """Declare the command."""
    predict = commands.add_parser(
        "predict", help="energies and forces for your structures, as labels in extxyz"
    )
    predict.add_argument("model", type=Path, help="model file or run folder, or a folder of runs")
    predict.add_argument("data", metavar="FILE", help="structures, with or without energies")
    predict.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT.extxyz", help="file to write"
    )
    predict.add_argument("--length-unit", metavar="UNIT", help="unit of length in your file, such as bohr")
    predict.add_argument("--overwrite", action="store_true", help="replace an earlier file")
    add_budget(predict, PREDICTION_BUDGET)
    predict.set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Predict, and write everything or nothing."""
    import eqcompile as eq
    from siqml.data.reading.declared_units import DeclaredUnits
    from siqml.evaluation.predict import predict_file, write_predicted
    from siqml.field.ensemble import load_field

    units = DeclaredUnits.named(None, args.length_unit, "your unit")
    if args.output.suffix != ".extxyz":
        raise DataError(f"-o {args.output}: predictions are written as .extxyz; end the name so")
    if args.output.exists() and not args.overwrite:
        raise DataError(f"{args.output}: exists; replace it with --overwrite, or choose another name with -o")
    with eq.stage("compiling the model"):
        field = load_field([args.model])
    found = predict_file(field, args.data, units, sys.stderr)
    write_predicted(args.output, found)
    spread = "" if found.energies_std is None else ", and their spread over the models"
    print(f"{args.output}: energies and forces of {len(found.frames)} structures{spread}")
