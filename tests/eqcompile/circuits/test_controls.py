"""Inverse, power and control, compared with small matrices."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.controls import ExactOperation, controlled, power
from eqcompile.circuits.operations import FixedUnitary, PauliRotation, undone

OPERATIONS: tuple[ExactOperation, ...] = (
    PauliRotation((1, 2), ExactAngle.parameter("a")),
    FixedUnitary(eq.PauliSum.parse("sqrt(2)/2*X0 + sqrt(2)/2*Z0", 2)),
    PauliRotation((0, 0), ExactAngle.parameter("a")),
    FixedUnitary(eq.PauliSum.parse("(1 + i)/2 + (1 - i)/2*Z1", 2)),
    PauliRotation((3, 1), ExactAngle.of_pi(1)),
)


def matrix(
    operations: tuple[ExactOperation, ...], num_qubits: int, dense: Callable[[eq.PauliSum], Any]
) -> Any:
    def single(operation: ExactOperation) -> Any:
        if isinstance(operation, FixedUnitary):
            return dense(operation.operator)
        angle = (
            sum(float(c) for _, c in operation.angle.terms) * 0.7 + float(operation.angle.pi_multiple) * np.pi
        )
        string = dense(eq.PauliSum(num_qubits, {operation.key: 1}))
        return np.cos(angle / 2) * np.eye(2**num_qubits) - 1j * np.sin(angle / 2) * string

    return reduce(lambda total, operation: single(operation) @ total, operations, np.eye(2**num_qubits))


def test_inverse_and_power(dense: Callable[[eq.PauliSum], Any]) -> None:
    plain = matrix(OPERATIONS, 2, dense)
    for exponent in (-2, -1, 0, 1, 3):
        found = matrix(power(OPERATIONS, exponent), 2, dense)
        assert np.allclose(found, np.linalg.matrix_power(plain, exponent), atol=1e-13)
    assert np.allclose(matrix(undone(OPERATIONS), 2, dense) @ plain, np.eye(4), atol=1e-13)
    assert not np.allclose(matrix(power(OPERATIONS, 2), 2, dense), plain)


@pytest.mark.parametrize("state", range(4))
def test_controls_act_on_their_state_alone(state: int, dense: Callable[[eq.PauliSum], Any]) -> None:
    plain = matrix(OPERATIONS, 2, dense)
    found = matrix(controlled(OPERATIONS, 2, 2, state), 4, dense)
    for value in range(4):
        block = found[np.ix_([value + 4 * b for b in range(4)], [value + 4 * b for b in range(4)])]
        assert np.allclose(block, plain if value == state else np.eye(4), atol=1e-13)
