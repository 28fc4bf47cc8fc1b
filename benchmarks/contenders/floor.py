"""The operations of a step and nothing else: how fast a kernel could be on this processor."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from benchmarks.contenders.project import training_of
from eqcompile.kernel.lanes import LANES, load, store
from eqcompile.kernel.tables import operations, tables_of
from siqml.training.losses.terms import need_forces

ROW = 12
"""Independent chains of operations: as many as a processor has under way at once, and more."""


def counted(config: str) -> Callable[[], dict[str, Any]]:
    """As many multiplications with an addition as the gates of a step take, in registers."""
    training = training_of(config, "kernel")
    program = training.force_field.program
    tables = tables_of(program.ansatz, program.state, (program.observable,))
    forces = need_forces(training.objective.terms)
    number = -(-len(training.data) // LANES) * operations(tables, dual=forces)
    numbers = np.linspace(0.1, 0.9, (ROW + 2) * LANES)

    def call() -> dict[str, Any]:
        _multiply_and_add(number // ROW, numbers)
        return {"operations": number}

    return call


@njit(cache=True, error_model="numpy")
def _multiply_and_add(rounds: int, numbers: Any) -> None:
    w, x = load(numbers, 0), load(numbers, 8)
    a, b, c, d = load(numbers, 16), load(numbers, 24), load(numbers, 32), load(numbers, 40)
    e, f, g, h = load(numbers, 48), load(numbers, 56), load(numbers, 64), load(numbers, 72)
    i, j, k, m = load(numbers, 80), load(numbers, 88), load(numbers, 96), load(numbers, 104)
    for _ in range(rounds):
        a, b, c, d = a * w + x, b * w + x, c * w + x, d * w + x
        e, f, g, h = e * w + x, f * w + x, g * w + x, h * w + x
        i, j, k, m = i * w + x, j * w + x, k * w + x, m * w + x
    store(numbers, 16, a + b + c + d + e + f + (g + h + i + j + k + m))
