"""Start values of the parameters."""

from typing import TYPE_CHECKING, Final

import numpy as np

from siqml.config import StartConfig
from siqml.errors import ConfigError
from siqml.structures import Array

if TYPE_CHECKING:
    import eqcompile as eq

BREAKING: Final = "eps_"
"""How names of symmetry-breaking angles begin."""


def start_parameters(program: "eq.Program", start: StartConfig, seed: int) -> Array:
    """Start values: weights normal around zero, so that every trainable layer begins near the identity.

    Args:
        program: the compiled model.
        start: spread of the weights, values of the scales.
        seed: of numpy's PCG64 generator.

    Returns:
        ``(P,)``. Symmetry-breaking angles start at the value of the spec.

    Raises:
        ConfigError: the config names a scale that the spec does not have, or leaves one out.

    References:
        Grant et al., Quantum 3, 214 (2019), DOI 10.22331/q-2019-12-09-214, on starts near the identity.
    """
    scales = scale_names(program)
    given = start.scales if isinstance(start.scales, dict) else dict.fromkeys(scales, start.scales)
    if set(given) != set(scales):
        raise ConfigError(
            f"start.scales names {', '.join(given) or 'none'}; the spec has {', '.join(scales)}"
        )
    ansatz = program.spec.ansatz
    breaking = float(ansatz.breaking.start) if ansatz is not None and ansatz.breaking is not None else 0.0
    draws = np.random.default_rng(seed).normal(0.0, start.weights, program.num_parameters)
    values = [
        given[name] if name in given else breaking if name.startswith(BREAKING) else draw
        for name, draw in zip(program.parameter_names, draws, strict=True)
    ]
    return np.array(values)


def scale_names(program: "eq.Program") -> tuple[str, ...]:
    """Parameters that multiply positions, in 1/angstrom."""
    data = program.spec.data
    return () if data is None else tuple(name for name, _ in data.scales)
