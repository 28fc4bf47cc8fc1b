"""``eqcompile explain``: what a spec declares, may use and leaves out."""

import argparse

from eqcompile.face.cli.exits import DONE
from eqcompile.face.cli.parser import Commands, add_budget, add_locality


def add(commands: Commands) -> None:
    """Declare the command."""
    explain = commands.add_parser("explain", help="say what a spec declares, may use and leaves out")
    explain.add_argument("spec", metavar="SPEC", help="YAML file")
    add_locality(explain)
    explain.set_defaults(run=run)
    add_budget(explain)


def run(arguments: argparse.Namespace) -> int:
    """Explain the group, and the model where one is declared."""
    from eqcompile.compile_spec import compile, derive
    from eqcompile.declaration.lift import symmetry_of
    from eqcompile.declaration.loader import load
    from eqcompile.declaration.sums.sum_spec import SumSpec
    from eqcompile.face.explain import explanation
    from eqcompile.face.explain_sum import sum_explanation
    from eqcompile.face.report import console
    from eqcompile.verification import declares_model

    spec = load(arguments.spec)
    if isinstance(spec, SumSpec):
        console().print(sum_explanation(compile(spec)))
        return DONE
    program = compile(spec) if declares_model(spec) else None
    basis = derive(spec, arguments.locality)
    console().print(explanation(spec.name, symmetry_of(spec), basis, program))
    return DONE
