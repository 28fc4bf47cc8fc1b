"""Whether a circuit is the same model as another one: by its state, by its values, or not."""

from dataclasses import replace
from fractions import Fraction

import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, OpaqueGate, Operation, PauliRotation
from eqcompile.claims.of_circuit.unchanged import same_model
from eqcompile.exact.operators.strings import pauli_key

A, B = ExactAngle.parameter("a"), ExactAngle.parameter("b")
Z0 = eq.PauliSum.parse("Z0", 2)


def turn(letters: dict[int, str], angle: ExactAngle) -> PauliRotation:
    return PauliRotation(pauli_key(letters), angle)


def circuit(*operations: Operation, num_qubits: int = 2) -> Circuit:
    return Circuit(num_qubits, operations)


KNOWN = circuit(turn({0: "X"}, A), turn({0: "Z", 1: "Z"}, B), turn({0: "Y"}, A))


@pytest.mark.parametrize(
    ("found", "method"),
    [
        (KNOWN, "same state"),
        # a global phase, and a gate in two pieces
        (
            circuit(
                turn({0: "X"}, A * Fraction(1, 3)), turn({}, B), turn({0: "X"}, A * Fraction(2, 3)),
                *KNOWN.operations[1:],
            ),
            "same state",
        ),
        # commutes with the observable
        (circuit(*KNOWN.operations, turn({0: "Z"}, B)), "same expectation value"),
        (circuit(*KNOWN.operations, turn({1: "Y"}, A)), "same expectation value"),
    ],
    ids=["itself", "phase", "last Z", "other qubit"],
)  # fmt: skip
def test_what_is_the_same(found: Circuit, method: str) -> None:
    answer = same_model(found, KNOWN, Z0, "seed")
    assert answer.holds
    assert answer.method.startswith(f"{method} as the certified circuit")
    assert answer.exponent > 100


@pytest.mark.parametrize(
    "found",
    [
        circuit(*KNOWN.operations[:2]),
        circuit(*KNOWN.operations[::-1]),
        circuit(*KNOWN.operations[:2], turn({0: "Y"}, B)),
        circuit(*KNOWN.operations[:2], turn({0: "Y"}, -A)),
        circuit(*KNOWN.operations[:2], turn({0: "Y"}, A * Fraction(1000001, 1000000))),
        circuit(*KNOWN.operations, turn({0: "X"}, ExactAngle.of_pi(1))),
    ],
    ids=["dropped", "reversed", "other parameter", "sign", "a millionth", "flipped"],
)
def test_negative_controls(found: Circuit) -> None:
    answer = same_model(found, KNOWN, Z0, "seed")
    assert answer.holds is False
    assert answer.values is not None
    assert answer.values[0] != answer.values[1]


def test_ancillas_must_return_to_zero() -> None:
    swap = eq.PauliSum.parse("(1 + X1 X2 + Y1 Y2 + Z1 Z2)/2", 3)
    wide = [replace(operation) for operation in KNOWN.operations]
    used = circuit(FixedUnitary(swap), FixedUnitary(swap), *wide, num_qubits=3)
    assert same_model(used, KNOWN, Z0, "seed").holds
    entangled = circuit(*wide, turn({0: "X", 2: "X"}, A), num_qubits=3)
    assert same_model(entangled, KNOWN, Z0, "seed").holds is False


def test_what_is_not_decided() -> None:
    opaque = OpaqueGate("magic", (0,), "nobody knows", None)
    answer = same_model(circuit(opaque), KNOWN, Z0, "seed")
    assert (answer.holds, answer.reason) == (None, "magic has no exact form: nobody knows")
    large = circuit(turn({0: "X"}, A), num_qubits=15)
    answer = same_model(large, large, eq.PauliSum.parse("Z0", 15), "seed")
    assert (answer.holds, answer.reason) == (None, "2 operations on 15 qubits are too many to evaluate")
