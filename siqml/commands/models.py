"""``siqml models``: the shipped models."""

import argparse

from siqml.commands.parser import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    commands.add_parser("models", help="list the shipped models").set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Print the models as a table."""
    from siqml.field.catalogue import shipped_models

    print(f"{'model':<16}{'qubits':>8}{'parameters':>12}")
    for model in shipped_models():
        print(f"{model.name:<16}{model.num_qubits:>8}{model.num_parameters:>12}")
