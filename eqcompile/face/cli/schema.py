"""``eqcompile schema``: the JSON Schema of specs."""

import argparse
import json

from eqcompile.face.cli.exits import DONE
from eqcompile.face.cli.parser import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    schema = commands.add_parser("schema", help="print the JSON Schema of specs, for editors")
    schema.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Print it."""
    from eqcompile.declaration.sum_schema import schema_of_specs

    print(json.dumps(schema_of_specs(), indent=2))
    return DONE
