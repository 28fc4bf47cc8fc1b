"""``eqcompile passes``: what each pass makes of the circuit of a model."""

import argparse

from eqcompile.errors import EqcompileError
from eqcompile.face.cli.exits import DONE, REFUSED
from eqcompile.face.cli.parser import Commands, add_budget


def add(commands: Commands) -> None:
    """Declare the command."""
    passes = commands.add_parser("passes", help="show what each pass makes of a model's circuit")
    passes.add_argument("spec", metavar="SPEC", help="YAML file")
    passes.add_argument("--backend", metavar="NAME", help="route to this back end, such as fake_torino")
    passes.add_argument("--show", metavar="PASS", help="print the gates after this pass, or 'declared'")
    passes.set_defaults(run=run)
    add_budget(passes)


def run(arguments: argparse.Namespace) -> int:
    """Show every stage, or the gates after one."""
    from eqcompile.compile_spec import compile
    from eqcompile.face.report import console, stages_table
    from eqcompile.targets import declared_spec

    program = compile(declared_spec(arguments.spec))
    stages = program.stages(arguments.backend)
    names = [stage.name for stage in stages]
    if arguments.show is not None:
        if arguments.show not in names:
            raise EqcompileError(f"--show {arguments.show}: no such pass; known: {', '.join(names)}")
        print(stages[names.index(arguments.show)].circuit)
        return DONE
    title = program.spec.name if arguments.backend is None else f"{program.spec.name} on {arguments.backend}"
    console().print(stages_table(stages, title))
    return DONE if all(stage.certificate for stage in stages) else REFUSED
