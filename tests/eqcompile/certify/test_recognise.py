"""Vector encodings in circuits that take spherical angles: found where they are, and nowhere else."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.backends.defect import unitary_of
from eqcompile.backends.qiskit_reader import general_circuit
from eqcompile.certify.equivariance import CircuitTest
from eqcompile.certify.recognise import leftover_angles, with_vectors
from eqcompile.circuit.angles import ExactAngle
from eqcompile.circuit.general import (
    FixedUnitary,
    GeneralCircuit,
    OpaqueGate,
    Operation,
    PauliRotation,
    VectorRotation,
)
from eqcompile.exact.pauli import pauli_key
from eqcompile.reps.factors import RotationFactor
from eqcompile.reps.symmetry import Symmetry

AZIMUTH, ELEVATION, TURN = (ExactAngle.parameter(f"H1_{name}") for name in ("azimuth", "elevation", "turn"))
CX = FixedUnitary(eq.PauliSum.parse("1/2 + 1/2*Z0 + 1/2*X1 - 1/2*Z0 X1", 2))
NAMES = ("H1", "H2")


def turn(letters: dict[int, str], angle: ExactAngle) -> PauliRotation:
    return PauliRotation(pauli_key(letters), angle)


def encoding(qubit: int = 0) -> list[Operation]:
    """What our own circuits write for exp(-i turn/2 n.sigma)."""
    return [
        turn({qubit: "Z"}, -AZIMUTH),
        turn({qubit: "Y"}, ELEVATION),
        turn({qubit: "X"}, TURN),
        turn({qubit: "Y"}, -ELEVATION),
        turn({qubit: "Z"}, AZIMUTH),
    ]


def found(operations: list[Any], num_qubits: int = 2) -> tuple[Operation, ...]:
    return with_vectors(GeneralCircuit(num_qubits, tuple(operations)), NAMES, "seed").operations


def test_an_encoding_is_recognised() -> None:
    assert found(encoding()) == (VectorRotation(0, 0, None, TURN),)
    assert found([*encoding(1), *encoding(0)]) == (
        VectorRotation(0, 1, None, TURN),
        VectorRotation(0, 0, None, TURN),
    )


@pytest.mark.parametrize(
    "angle",
    [
        TURN * Fraction(-1, 2),
        ExactAngle.of({("H1_turn", "alpha"): Fraction(2)}),
        TURN + ExactAngle.parameter("b") + ExactAngle.of_pi(Fraction(1, 3)),
    ],
    ids=repr,
)
def test_the_turn_may_have_factors_and_shifts(angle: ExactAngle) -> None:
    assert found([*encoding()[:2], turn({0: "X"}, angle), *encoding()[3:]]) == (
        VectorRotation(0, 0, None, angle),
    )


def test_it_is_the_exponential_of_the_vector() -> None:
    """In floating point, against the definition: the convention of azimuth and elevation."""
    vector = np.array([0.3, -1.1, 0.7])
    length, (x, y, z) = np.linalg.norm(vector), vector
    values = {"H1_azimuth": np.arctan2(y, x), "H1_elevation": np.arcsin(z / length), "H1_turn": 2 * length}
    sigma = [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]
    n_sigma = sum(c * np.array(s) for c, s in zip(vector / length, sigma, strict=True))
    expected = np.cos(length) * np.eye(2) - 1j * np.sin(length) * n_sigma
    assert np.allclose(unitary_of(GeneralCircuit(1, tuple(encoding())), values), expected, atol=1e-14)


def test_others_in_between_are_set_aside_in_order() -> None:
    first, second = turn({1: "X"}, ExactAngle.parameter("a")), turn({1: "Z"}, ExactAngle.parameter("b"))
    mixed = encoding()
    mixed[2:2] = [first]
    mixed[4:4] = [second]
    assert found(mixed) == (VectorRotation(0, 0, None, TURN), first, second)


BROKEN: dict[str, list[Any]] = {
    "a wrong sign": [encoding()[0], turn({0: "Y"}, -ELEVATION), *encoding()[2:]],
    "a turn by an azimuth": [*encoding()[:2], turn({0: "X"}, TURN + AZIMUTH), *encoding()[3:]],
    "two different turns": [*encoding()[:3], turn({0: "X"}, TURN * Fraction(1, 2)), *encoding()[3:]],
    "a fixed turn": [*encoding()[:2], turn({0: "X"}, ExactAngle.of_pi(Fraction(1, 2))), *encoding()[3:]],
    "another axis": [*encoding()[:2], turn({0: "Z"}, TURN), *encoding()[3:]],
    "not turned back": encoding()[:4],
    "a gate in the middle": [*encoding()[:3], turn({0: "X"}, ExactAngle.parameter("a")), *encoding()[3:]],
    "an entangling gate in the middle": [*encoding()[:3], CX, *encoding()[3:]],
    "the angles of another site": [
        *encoding()[:1],
        turn({0: "Y"}, ExactAngle.parameter("H2_elevation")),
        *encoding()[2:],
    ],
    "an opaque gate in the middle": [*encoding()[:3], OpaqueGate("o", (0,), "it is", None), *encoding()[3:]],
    "an entangling gate that was set aside": [
        *encoding()[:2],
        turn({1: "X"}, ExactAngle.parameter("a")),
        CX,
        *encoding()[2:],
        CX,
    ],
}


@pytest.mark.parametrize("operations", BROKEN.values(), ids=BROKEN)
def test_what_is_no_encoding_stays_as_it_is(operations: list[Any]) -> None:
    assert found(operations) == tuple(operations)
    circuit = GeneralCircuit(2, tuple(operations))
    assert (0, "H1_azimuth") in leftover_angles(circuit, NAMES)
    symmetry = Symmetry(2, NAMES, (RotationFactor(2, (0, 1), (0, 1), 2),))
    assert {d.holds for d in CircuitTest(circuit, symmetry, {}, "s").decisions()} == {None}


def test_encodings_are_equivariant_and_their_neighbours_need_not_be() -> None:
    symmetry = Symmetry(2, NAMES, (RotationFactor(2, (0, 1), (0, 1), 2),))
    weights = [turn({0: c, 1: c}, ExactAngle.parameter("w")) for c in "XYZ"]
    for operations, expected in (
        ([*encoding(), *weights, *encoding()], [True, True, True]),
        ([*encoding(), *weights[:2], *encoding()], [False, False, True]),
        ([*encoding(), turn({0: "Z"}, ExactAngle.parameter("w"))], [False, False, True]),
    ):
        circuit = GeneralCircuit(2, tuple(operations))
        assert [d.holds for d in CircuitTest(circuit, symmetry, {}, "s").decisions()] == expected


@pytest.mark.parametrize("name", ["lih", "water", "water_dimer"])
def test_our_own_circuits_hold_nothing_but_vectors(shallow: Callable[[str], eq.Program], name: str) -> None:
    model = shallow(name)
    circuit = general_circuit(model.to_qiskit(data="angles"))
    read = with_vectors(circuit, model.ansatz.site_names, "seed")
    vectors = [o for o in read.operations if isinstance(o, VectorRotation)]
    assert len(vectors) == len(model.ansatz.encoding) * (model.ansatz.depth + 1)
    assert leftover_angles(read, model.ansatz.site_names) == ()
    assert len(leftover_angles(circuit, model.ansatz.site_names)) == 2 * len(model.ansatz.site_names)


@pytest.mark.parametrize("name", ["lih", "water"])
def test_our_own_circuits_in_positions_are_proven(shallow: Callable[[str], eq.Program], name: str) -> None:
    model = shallow(name)
    assert eq.verify(model.to_qiskit(), model.spec, what="model")


def test_circuits_without_such_names_are_left_alone() -> None:
    circuit = GeneralCircuit(1, tuple(encoding()))
    assert with_vectors(circuit, (), "seed") == circuit
    assert with_vectors(circuit, ("O",), "seed") == circuit
