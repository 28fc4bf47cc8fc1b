"""``siqml models`` and ``siqml configs``: what is shipped."""

import argparse

from siqml.commands.parser import Commands


def add(commands: Commands) -> None:
    """Declare the commands."""
    commands.add_parser("models", help="list the shipped models").set_defaults(command=_models)
    commands.add_parser("configs", help="list the shipped trainings").set_defaults(command=_configs)


def _models(args: argparse.Namespace) -> None:
    """Print the models as a table."""
    from siqml.field.catalogue import shipped_models

    print(f"{'model':<24}{'qubits':>8}{'parameters':>12}")
    for model in shipped_models():
        print(f"{model.name:<24}{model.num_qubits:>8}{model.num_parameters:>12}")


def _configs(args: argparse.Namespace) -> None:
    """Print the trainings as a table."""
    from siqml.field.catalogue import find, shipped_names
    from siqml.training.config import load_config

    print(f"{'config':<26}{'model':<20}{'training data':<30}loss")
    for name in shipped_names("configs"):
        config = load_config(find(name, "configs"))
        loss = "energies and forces" if config.loss.forces else "energies"
        print(f"{name:<26}{config.model:<20}{config.data.train:<30}{loss}")
