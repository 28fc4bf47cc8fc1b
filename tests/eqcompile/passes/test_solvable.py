"""Cheaper circuits than dense ones are chosen where they exist, and one qubit is freed where the symmetry allows."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm, norm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.passes.lowering.fixed_gates import Primitive
from eqcompile.passes.lowering.solvable import lower_solvable, tapered

ROUNDING = 1e-12

Dense = Callable[[eq.PauliSum], Any]
Emit = Callable[[Iterable[Primitive], int], QuantumCircuit]


@pytest.mark.parametrize(
    "text", ["H(0,1) + H(0,2)", "H(0,1) + H(1,2) + H(2,0)", "H(0,1) + H(1,2) + H(2,3) + H(3,0)"]
)
def test_solvable_sums_are_found(text: str, dense: Dense, emit: Emit) -> None:
    part = eq.PauliSum.parse(text, 4)
    gates = lower_solvable(part, ExactAngle.parameter("w"))
    assert gates is not None
    image = Operator(emit(gates, 4).assign_parameters([0.6])).data
    assert norm(image - expm(-0.6j * dense(part)), 2) < ROUNDING


@pytest.mark.parametrize("text", ["H(0,1) + 2*H(0,2)", "H(0,1) + H(1,2) + H(2,3)", "X0 + Z0", "H(0,1)"])
def test_others_are_left_to_their_own_circuits(text: str) -> None:
    assert lower_solvable(eq.PauliSum.parse(text, 4), ExactAngle.parameter("w")) is None


TAPERED = {
    "H(0,1) + 2*H(0,2)": (3, 3),
    "X0 X1 + 2*Y1 Y2 - Z0 Z2 + 1/3*Y0 Y1": (3, 3),
    "X0 Y1 Z2 - X0 Z1 Y2 + Y0 Z1 X2 - Y0 X1 Z2 + Z0 X1 Y2 - Z0 Y1 X2 + H(0,1)": (3, 3),
    "H(1,3) + H(1,4) + sqrt(2)*H(3,4) + 5*I": (6, 3),
    "H(0,1) + H(1,2) + H(2,3) + H(3,4)": (5, 6),
}
"""Register and number of CX in the frame."""


@pytest.mark.parametrize("text", TAPERED)
def test_the_frame_frees_one_qubit(text: str, dense: Dense, emit: Emit) -> None:
    n, count = TAPERED[text]
    part = eq.PauliSum.parse(text, n)
    found = tapered(part)
    assert found is not None
    assert len(found.frame) == count
    assert set(found.operator.support) == set(part.support) - {min(part.support)}
    frame = Operator(emit(found.frame, n)).data
    assert np.allclose(frame @ dense(part) @ frame.conj().T, dense(found.operator), atol=ROUNDING)


@pytest.mark.parametrize(
    "text", ["H(0,1)", "H(0,1) + H(1,2) + H(2,3)", "H(0,1) + H(1,2) + Z0", "X0 Y1 Z2 + Z0", "2*I"]
)
def test_what_has_no_such_symmetry(text: str) -> None:
    assert tapered(eq.PauliSum.parse(text, 4)) is None
