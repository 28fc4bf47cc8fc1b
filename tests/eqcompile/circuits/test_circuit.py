"""Circuits of any origin: supports, relabelling, inverses, substitution."""

from fractions import Fraction

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import (
    FixedUnitary,
    OpaqueGate,
    PauliRotation,
    VectorRotation,
    undone,
)
from eqcompile.errors import MethodError
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.numeric.defect import unitary_of

A, B = ExactAngle.parameter("a"), ExactAngle.parameter("b")
TURN = PauliRotation(pauli_key({0: "X", 2: "Y"}), A, origin=3)
FIXED = FixedUnitary(eq.PauliSum.parse("(1 + i)/2 + (1 - i)/2*Z1", 3), origin=4)
VECTOR = VectorRotation(0, 2, 1, B)
OPAQUE = OpaqueGate("strange", (2, 0), "it is strange", None, frozenset({"c"}))
CIRCUIT = Circuit(3, (TURN, FIXED, VECTOR, OPAQUE))


def test_what_a_circuit_is_made_of() -> None:
    assert [operation.support for operation in CIRCUIT] == [(0, 2), (1,), (1, 2), (0, 2)]
    assert CIRCUIT.parameters == ("a", "b", "c")
    assert CIRCUIT.opaque == (OPAQUE,)
    assert VectorRotation(0, 2, None, B).support == (2,)
    assert [VECTOR.string(axis) for axis in range(3)] == [pauli_key({2: c, 1: "X"}) for c in "XYZ"]


def test_relabelling_moves_every_kind() -> None:
    moved = CIRCUIT.relabelled((1, 2, 0)).operations
    assert moved[0] == PauliRotation(pauli_key({1: "X", 0: "Y"}), A, origin=3)
    assert moved[1] == FixedUnitary(eq.PauliSum.parse("(1 + i)/2 + (1 - i)/2*Z2", 3), origin=4)
    assert moved[2] == VectorRotation(0, 0, 2, B)
    assert moved[3] == OpaqueGate("strange", (0, 1), "it is strange", None, frozenset({"c"}))
    assert CIRCUIT.relabelled((1, 2, 0)).relabelled((2, 0, 1)) == CIRCUIT
    assert TURN.relabelled({0: 0, 2: 1}, 2).support == (0, 1)


def test_substitution_reaches_angles_and_turns() -> None:
    found = CIRCUIT.substituted({"a": B, "b": A * 2}).operations
    assert isinstance(found[0], PauliRotation)
    assert isinstance(found[2], VectorRotation)
    assert (found[0].angle, found[2].turn) == (B, A * 2)
    assert found[1] is FIXED
    assert CIRCUIT.substituted({}) == CIRCUIT


def test_inverses() -> None:
    operations = (TURN, FIXED, PauliRotation((0, 0), A * Fraction(1, 3)))
    back = undone(operations)
    product = unitary_of(Circuit(3, operations + back), {"a": 0.7})
    assert np.allclose(product, np.eye(8), atol=1e-14)
    assert not np.allclose(unitary_of(Circuit(3, operations * 2), {"a": 0.7}), np.eye(8), atol=0.1)
    assert VECTOR.inverse() == VectorRotation(0, 2, 1, -B)
    with pytest.raises(MethodError, match=r"^strange has no exact form: it is strange$"):
        OPAQUE.inverse()
