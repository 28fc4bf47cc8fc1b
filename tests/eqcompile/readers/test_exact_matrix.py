"""Matrices of rounded numbers: recognised if they are simple and exactly unitary, otherwise refused."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.quantum_info import random_unitary

from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, cosine, scalar, square_root, to_complex
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.readers.exact_matrix import ENTRY_TOLERANCE, exact_number, exact_unitary, from_matrix
from eqcompile.readers.expressions import NoExactFormError

CONSTANT = sorted(
    name
    for name, gate in get_standard_gate_name_mapping().items()
    if not gate.params and name not in ("measure", "reset", "delay")
)


@pytest.mark.parametrize("name", CONSTANT)
def test_matrices_of_the_standard_gates(name: str, dense: Callable[[PauliSum], Any]) -> None:
    matrix = get_standard_gate_name_mapping()[name].to_matrix()
    assert np.abs(dense(exact_unitary(matrix)) - matrix).max() < ENTRY_TOLERANCE


@pytest.mark.parametrize("relative", [1e-6, 1e-9, 1e-12])
def test_negative_control_nearly_simple_matrices(relative: float) -> None:
    angle = math.pi / 4 * (1 + relative)
    matrix = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    with pytest.raises(NoExactFormError):
        exact_unitary(matrix)


def test_simple_entries_that_make_no_unitary() -> None:
    with pytest.raises(NoExactFormError, match="its matrix is unitary only up to rounding"):
        exact_unitary(np.array([[1, 0], [0.5, 1]]))


def test_the_message_shows_the_digits_that_matter() -> None:
    with pytest.raises(NoExactFormError, match=r"the number 1\.000000001 has no simple exact form"):
        exact_number(1 + 1e-9, ENTRY_TOLERANCE)
    with pytest.raises(NoExactFormError, match=r"the number 0\.300000001-1j has no simple exact form"):
        exact_number(0.300000001 - 1j, ENTRY_TOLERANCE)


def test_random_unitaries_are_refused() -> None:
    for seed in range(5):
        with pytest.raises(NoExactFormError, match="has no simple exact form"):
            exact_unitary(random_unitary(4, seed=seed).data)


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (0.5, Fraction(1, 2)),
        (-math.sqrt(3) / 2, -square_root(Fraction(3, 4))),
        (math.cos(math.pi / 8), cosine(Fraction(1, 16))),
        (1e-16, 0),
        (7 / 3, Fraction(7, 3)),
    ],
)
def test_numbers(value: float, exact: Any) -> None:
    assert exact_number(value, ENTRY_TOLERANCE) == scalar(exact)
    assert exact_number(1j * value, ENTRY_TOLERANCE) == scalar(exact) * IMAGINARY_UNIT


def test_numbers_by_modulus_and_angle() -> None:
    value = math.sqrt(1 / 5) * complex(math.cos(2 * math.pi / 7), math.sin(2 * math.pi / 7))
    assert abs(to_complex(exact_number(value, ENTRY_TOLERANCE)) - value) < ENTRY_TOLERANCE


def test_from_matrix_inverts_dense(dense: Callable[[PauliSum], Any]) -> None:
    op = PauliSum.parse("X0 Y1 + 2*Z2 - i*Y0 Y1 Y2 + 1/2*Z0 X2", 3)
    rows = [[exact_number(value, ENTRY_TOLERANCE) for value in row] for row in dense(op).tolist()]
    assert from_matrix(rows) == op
