"""Two-qubit circuits equal the exponential for every family of commuting strings, with and without a swap."""

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import Evolve, Operation, Singlet, Swapped, VectorRotation
from eqcompile.emit.qiskit.circuit import QiskitEmitter
from eqcompile.passes.rewrite.schedule import two_qubit_gates

ROUNDING = 1e-12
ANGLE = ExactAngle.parameter("w") * Fraction(3, 2) + ExactAngle.of_pi(Fraction(1, 3))
VALUE = 0.731
THETA = 1.5 * VALUE + np.pi / 3
SWAP = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])

Dense = Callable[[eq.PauliSum], Any]


def unitary(operation: Operation, values: dict[str, float], n: int = 2) -> tuple[Any, int]:
    emitter = QiskitEmitter(QuantumCircuit(n), ("A",))
    emitter.gate(operation)
    circuit = emitter.circuit.assign_parameters(values)
    return Operator(circuit).data, circuit.count_ops().get("cx", 0)


def families() -> list[str]:
    letters = list(permutations("XYZ", 2))
    twos = [f"{a}0 {b}1 - 2/3*{c}0 {d}1" for (a, c), (b, d) in product(letters, letters)]
    return [
        *twos,
        "H(0,1)",
        "X0 Y1 + 2*Y0 Z1 - 1/2*Z0 X1",
        "-X0 Y1 + Y0 X1 + 3*Z0 Z1",
        "sqrt(2)*X0 X1 + Z0 Z1",
    ]


@pytest.mark.parametrize("text", families())
@pytest.mark.parametrize("swapped", [False, True])
def test_exchanges(dense: Dense, text: str, swapped: bool) -> None:
    generator = eq.PauliSum.parse(text, 2)
    gate = Evolve(generator, ANGLE)
    operation = Swapped(gate, (0, 1)) if swapped else gate
    found, count = unitary(operation, {"w": VALUE})
    exact = expm(-1j * THETA * dense(generator))
    assert np.allclose(found, SWAP @ exact if swapped else exact, rtol=0, atol=ROUNDING)
    assert count == (3 if swapped else len(generator)) == two_qubit_gates(operation)


@pytest.mark.parametrize("text", [f"{sign}{a}0 {b}1" for sign, a, b in product(("", "-2*"), "XYZ", "XYZ")])
def test_strings_with_a_swap(dense: Dense, text: str) -> None:
    generator = eq.PauliSum.parse(text, 2)
    found, count = unitary(Swapped(Evolve(generator, ANGLE), (0, 1)), {"w": VALUE})
    assert np.allclose(found, SWAP @ expm(-1j * THETA * dense(generator)), rtol=0, atol=ROUNDING)
    assert count == 3


def test_other_gates_with_a_swap(dense: Dense) -> None:
    vector = {"A_x": 0.3, "A_y": -1.2, "A_z": 0.7, "alpha": 0.83}
    for gate, cost in (
        (VectorRotation.scaled(0, 0, "alpha"), 3),
        (VectorRotation.scaled(0, 1, "alpha", parity=0), 3),
    ):
        exact = expm(-0.83j * sum(vector[f"A_{'xyz'[a]}"] * dense(gate.generator(2, a)) for a in range(3)))
        found, count = unitary(Swapped(gate, (0, 1)), vector)
        assert np.allclose(found, SWAP @ exact, rtol=0, atol=ROUNDING)
        assert count == cost
    assert np.allclose(unitary(Swapped(None, (0, 1)), {})[0], SWAP)
    mixed = eq.PauliSum.parse("X0 X1 + Y0 Y1 + Z0 Z1/2 + Z0", 2)
    found, _ = unitary(Swapped(Evolve(mixed, ANGLE), (1, 0)), {"w": VALUE})
    assert np.allclose(found, SWAP @ expm(-1j * THETA * dense(mixed)), rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("swapped", [False, True])
def test_singlets_keep_their_sign(swapped: bool) -> None:
    gate = Singlet(0, 1)
    found, count = unitary(Swapped(gate, (0, 1)) if swapped else gate, {})
    minus, plus = found[1, 0], found[2, 0]
    assert count == 1
    assert np.isclose(minus, -plus)
    assert np.isclose(abs(minus), np.sqrt(0.5))
    reference, _ = unitary(gate, {})
    assert np.allclose(found[:, 0], SWAP @ reference[:, 0] if swapped else reference[:, 0])


def test_negative_control_wrong_circuits_are_seen(dense: Dense) -> None:
    found, _ = unitary(Evolve(eq.PauliSum.parse("X0 Y1 - Y0 X1", 2), ANGLE), {"w": VALUE})
    for wrong in ("X0 Y1 + Y0 X1", "Y0 X1 - X0 Y1", "X0 X1 + Y0 Y1"):
        assert not np.allclose(found, expm(-1j * THETA * dense(eq.PauliSum.parse(wrong, 2))), atol=0.05)
