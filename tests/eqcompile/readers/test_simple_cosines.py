"""Angles whose cosines are simple are read exactly; others stay literals."""

from collections.abc import Callable
from math import acos, atan2, pi, sqrt
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator

import eqcompile as eq
from eqcompile.circuits.operations import FixedUnitary, PauliRotation
from eqcompile.exact.arithmetic.scalars import ONE, to_complex
from eqcompile.readers.circuit import general_circuit
from eqcompile.readers.simple_cosines import simple_cosine

HALF = acos(sqrt(2 / 3))


@pytest.mark.parametrize("base", [HALF, -HALF, 3 * HALF, acos(1 / 3), acos(3 / 5), atan2(-sqrt(5), sqrt(2))])
@pytest.mark.parametrize("shift", range(-9, 10))
def test_the_exact_form_is_the_angle(base: float, shift: int) -> None:
    half = base + shift * pi / 8
    found = simple_cosine(half)
    assert found is not None
    cosine, sine, beside = found
    value = complex(to_complex(cosine).real, to_complex(sine).real) * np.exp(1j * pi * float(beside))
    assert abs(value - np.exp(1j * half)) < 1e-14
    assert cosine * cosine + sine * sine == ONE


@pytest.mark.parametrize("half", [0.3141, HALF + 1e-10, HALF + 0.1, HALF / 2, 2.2214414690791831])
def test_negative_control_other_angles_have_none(half: float) -> None:
    assert simple_cosine(half) is None


def rotated(angle: float) -> QuantumCircuit:
    w = Parameter("w")
    circuit = QuantumCircuit(2)
    circuit.ry(angle, 0)
    circuit.rzz(2 * w + angle, 0, 1)
    circuit.global_phase = angle
    return circuit


def test_parameters_stay_beside_a_fixed_unitary(unitary: Callable[..., Any]) -> None:
    found = general_circuit(rotated(2 * HALF + pi / 4))
    kinds = [type(operation) for operation in found.operations]
    assert kinds == [PauliRotation, FixedUnitary, PauliRotation, FixedUnitary, PauliRotation]
    assert found.literals == ()
    assert any("simple cosine" in note and "arccos(1/3*sqrt(6)) + 1/4*pi" in note for note in found.notes)
    exact = Operator(rotated(2 * HALF + pi / 4).assign_parameters([0.37])).data
    assert np.allclose(unitary(found, {"w": 0.37}), exact, atol=1e-14)


def test_negative_control_a_literal_stays_one() -> None:
    found = general_circuit(rotated(1.2345678901))
    assert found.literals == (1.2345678901,)
    assert all(isinstance(operation, PauliRotation) for operation in found.operations)


def test_a_number_of_the_global_phase_alone_is_no_literal() -> None:
    circuit = QuantumCircuit(1, global_phase=1.2345678901)
    circuit.rx(Parameter("w"), 0)
    assert general_circuit(circuit).literals == ()


@pytest.mark.parametrize(("error", "verdict"), [(0.0, "proven"), (1e-7, "refused")])
def test_a_proof_that_needs_the_number(error: float, verdict: str) -> None:
    """A rotation about a tilted axis, by Euler angles; the group is the reflection about it."""
    circuit = QuantumCircuit(1)
    circuit.ry(-2 * HALF + error, 0)
    circuit.rz(Parameter("w"), 0)
    circuit.ry(2 * HALF, 0)
    group = eq.unitaries(1, tilted="1/3*Z0 + 2/3*sqrt(2)*X0")
    assert eq.verify(circuit, group).verdict == verdict


def test_numbers_that_are_factors_or_parts_of_sums_stay_literals() -> None:
    """A refusal may come from their rounding, and is withdrawn only where the circuit is known to hold such numbers."""
    a, factor, first, second = Parameter("a"), 0.123456789012345, 0.987654321098765, 0.543210987654321
    circuit = QuantumCircuit(1)
    circuit.rx(factor * a, 0)
    assert general_circuit(circuit).literals == (factor,)
    circuit.rz(a + first, 0)
    circuit.rz(a + first + second, 0)
    assert {factor, first} < set(general_circuit(circuit).literals)
