"""Start values of the parameters."""

from pathlib import Path

import numpy as np

import eqcompile as eq
from siqml.errors import ConfigError
from siqml.field.model_file import load_parameters
from siqml.field.parameter_kinds import of_kind
from siqml.molecule.structures import Array
from siqml.training.config import StartConfig


def start_parameters(model: "eq.AnyProgram", start: StartConfig, seed: int) -> Array:
    """Start values: weights around zero, so that every trainable layer begins near the identity; or a trained model.

    Args:
        model: the compiled model.
        start: spread of the weights, or of those of each gate of a layer; values of the scales; or a trained model.
        seed: seed of numpy's PCG64 generator.

    Returns:
        ``(P,)``. Symmetry-breaking angles start at the value of the spec.

    Raises:
        ConfigError: the config names a scale that the spec does not have, leaves one out, or does not have one spread
            for each gate of a layer.
        ModelError: there is no such model, or it belongs to another spec.

    References:
        Grant et al., Quantum 3, 214 (2019), DOI 10.22331/q-2019-12-09-214, on starts near the identity.
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
    values = np.where(of_kind(model, "breaking"), breaking, values)
    values[is_scale] = [given[name] for name in scales]
    return np.asarray(values)


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
