"""A training in a few words, for tables."""

from siqml.training.config import Config


def recipe_text(config: Config) -> str:
    """Steps, labels and start of a training, as a cell of a table.

    >>> from siqml.field.catalogue import find
    >>> from siqml.training.config import load_config
    >>> recipe_text(load_config(find("lih_paper", "configs")))
    'Adam 3000; labels over the whole range; identity blocks'
    """
    adam, lbfgs, start = config.adam, config.lbfgs, config.start
    parts = []
    if adam.steps:
        parts.append(f"Adam {adam.steps}" + (f" by {adam.batch}" if adam.batch else ""))
    if lbfgs.energies_first:
        parts.append(f"L-BFGS {lbfgs.energies_first} on energies")
    if lbfgs.steps:
        parts.append(f"L-BFGS {lbfgs.steps}")
    if config.gauss_newton is not None:
        held_out = "" if config.stop is None else f", stopped by {100 * config.stop.validation:g} % held out"
        parts.append(f"Gauss-Newton {config.gauss_newton.steps}{held_out}")
    return f"{', '.join(parts)}; {_labels(config)}; {'identity blocks' if start.identity_blocks else _start(config)}"


def _labels(config: Config) -> str:
    if config.labels.map == "coefficients":
        return "one factor for each circuit by least squares"
    if config.labels.map is not None:
        return "labels by least squares"
    low, high = config.labels.window
    if sorted((low, high)) == [0, 1]:
        return "labels over the whole range" + (", upside down" if low > high else "")
    return f"labels in {100 * low:g} to {100 * high:g} % of the range"


def _start(config: Config) -> str:
    if config.start.model is not None:
        return "from a model"
    return f"weights around 0, spread {config.start.weights}"
