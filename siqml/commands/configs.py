"""``siqml configs``: the shipped trainings."""

import argparse

from siqml.commands.parser import Commands


def add(commands: Commands) -> None:
    """Declare the command."""
    commands.add_parser("configs", help="list the shipped trainings").set_defaults(command=run)


def run(args: argparse.Namespace) -> None:
    """Print the trainings as a table."""
    from siqml.field.catalogue import find, shipped_names
    from siqml.training.config import load_config

    print(f"{'config':<26}{'model':<20}{'training data':<30}loss")
    for name in shipped_names("configs"):
        config = load_config(find(name, "configs"))
        loss = "energies and forces" if config.loss.forces else "energies"
        print(f"{name:<26}{config.model:<20}{config.data.train:<30}{loss}")
