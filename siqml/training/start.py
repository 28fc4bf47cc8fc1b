r"""Start values of the parameters.

With identity blocks (Grant et al.), weights are random, and blocks of gates multiply to the identity: some gates undo
others. A layer has its gates in one order, so one pass through it cannot undo another in the reversed order. But gates
that follow one another and commute are a class, and with classes :math:`c_1, \dots, c_r` a pass in which only
:math:`c_r` acts undoes the last class of a random pass, the next pass undoes :math:`c_{r-1}`, and so on: r + 1 passes
are a block, whose product is the identity for all weights. Passes that are left over do nothing.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import eqcompile as eq
from siqml.errors import ConfigError
from siqml.field.model_file import load_parameters
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.structures import Array
from siqml.training.config import StartConfig


def start_parameters(model: "eq.AnyProgram", start: StartConfig, seed: int) -> Array:
    """Start values: weights around zero, so that every trainable layer begins near the identity; identity blocks of
    random weights; or a trained model.

    Args:
        model: the compiled model.
        start: spread of the weights, or of those of each gate of a layer; values of the scales; or a trained model.
        seed: seed of numpy's PCG64 generator.

    Returns:
        ``(P,)``. Symmetry-breaking angles start at the value of the spec.

    Raises:
        ConfigError: the config names a scale that the spec does not have, leaves one out, or does not have one spread
            for each gate of a layer; or the circuit is too short for an identity block.
        ModelError: there is no such model, or it belongs to another spec.

    References:
        Grant, Wossnig, Ostaszewski and Benedetti, Quantum 3, 214 (2019), DOI 10.22331/q-2019-12-09-214, on identity
        blocks.
    """
    model = eq.ProgramSum.of(model)
    if start.model is not None:
        return load_parameters(Path(start.model), model.sha256)
    is_scale = of_kind(model, "scale")
    scales = [name for name, chosen in zip(model.parameter_names, is_scale, strict=True) if chosen]
    given = start.scales if isinstance(start.scales, dict) else dict.fromkeys(scales, start.scales)
    if set(given) != set(scales):
        raise ConfigError(
            f"start.scales names {', '.join(given) or 'none'}; the spec has {', '.join(scales)}"
        )
    programs = model.parameter_sets.values()
    spreads = np.concatenate([_spreads(program, start) for program in programs])
    breaking = np.concatenate([np.full(program.num_parameters, _breaking(program)) for program in programs])
    values = spreads * _unit_draws(start, seed, model.num_parameters)
    if start.identity_blocks:
        sizes = np.cumsum([program.num_parameters for program in programs])[:-1]
        parts = zip(programs, np.split(values, sizes), strict=True)
        values = np.concatenate([_in_identity_blocks(program, part) for program, part in parts])
    values = np.where(of_kind(model, "breaking"), breaking, values)
    values[is_scale] = [given[name] for name in scales]
    return np.asarray(values)


def _in_identity_blocks(program: "eq.Program", values: Array) -> Array:
    """The parameters of a program, with weights that multiply to the identity in blocks of passes through the gates."""
    classes = _commuting_classes(program.ansatz.layer)
    depth, blocks, gates_of_layer = program.ansatz.weight_shape
    count = depth * blocks * gates_of_layer
    if not count or depth * blocks <= len(classes):
        raise ConfigError(
            f"start.identity_blocks: a block takes {len(classes) + 1} passes through the gates of a layer, and the "
            f"circuit has {depth * blocks if count else 0}; leave it out, or take more layers"
        )
    passes = values[:count].reshape(-1, gates_of_layer)
    found = np.zeros_like(passes)
    for first in range(0, len(passes) - len(classes), len(classes) + 1):
        found[first] = passes[first]
        for number, gates in enumerate(reversed(classes), 1):
            found[first + number, gates] = -passes[first, gates]
    return np.concatenate([found.ravel(), values[count:]])


def _commuting_classes(layer: "Sequence[eq.PauliSum]") -> list[list[int]]:
    """Gates that follow one another and commute, as numbers in the layer."""
    classes: list[list[int]] = []
    for number, generator in enumerate(layer):
        if classes and all(generator.commutes_with(layer[other]) for other in classes[-1]):
            classes[-1].append(number)
        else:
            classes.append([number])
    return classes


def _breaking(program: "eq.Program") -> float:
    """Value of the symmetry-breaking angles before training; 0 where there are none."""
    ansatz = program.spec.ansatz
    return 0.0 if ansatz is None or ansatz.breaking is None else float(ansatz.breaking.start)


def _unit_draws(start: StartConfig, seed: int, count: int) -> Array:
    source = np.random.default_rng(seed)
    return source.uniform(-1.0, 1.0, count) if start.distribution == "uniform" else source.normal(size=count)


def _spreads(program: "eq.Program", start: StartConfig) -> Array:
    if not isinstance(start.weights, list):
        return np.full(program.num_parameters, start.weights)
    shape = program.ansatz.weight_shape
    if len(start.weights) != shape[-1]:
        raise ConfigError(
            f"start.weights lists {len(start.weights)} spreads; a layer of the spec has {shape[-1]} gates: "
            "give one for each, in its order, or a single one for all"
        )
    weights = np.broadcast_to(start.weights, shape).ravel()
    return np.concatenate([weights, np.zeros(program.num_parameters - weights.size)])
