"""Vector encodings in circuits that take spherical angles: found where they are, and nowhere else."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, OpaqueGate, Operation, PauliRotation, VectorRotation
from eqcompile.claims.of_circuit.equivariance import CircuitTest
from eqcompile.claims.of_circuit.recognise import leftover_angles, with_vectors
from eqcompile.claims.of_circuit.task import decisions
from eqcompile.claims.question import Question
from eqcompile.declaration.lift import symmetry_of
from eqcompile.errors import MethodError
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.numeric.defect import MAX_ROUNDING, circuit_defect, unitary_of
from eqcompile.readers.circuit import general_circuit
from eqcompile.recheck.decide import recheck
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

AZIMUTH, ELEVATION, TURN = (ExactAngle.parameter(f"H1_{name}") for name in ("azimuth", "elevation", "turn"))
CX = FixedUnitary(eq.PauliSum.parse("1/2 + 1/2*Z0 + 1/2*X1 - 1/2*Z0 X1", 2))
NAMES = ("H1", "H2")
SPINS = Symmetry(2, NAMES, (RotationFactor(2, (0, 1), (0, 1), 2),))
TURNS = """
name: turns
qubits: 2
data: {{sites: [H1, H2], encode: {{H1: [0], H2: [1]}}}}
symmetry: [rotation: {}]
"""


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
    return with_vectors(Circuit(num_qubits, tuple(operations)), NAMES, "seed").operations


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
    """In floating point, compared with the definition: the convention for azimuth and elevation."""
    vector = np.array([0.3, -1.1, 0.7])
    length, (x, y, z) = np.linalg.norm(vector), vector
    values = {"H1_azimuth": np.arctan2(y, x), "H1_elevation": np.arcsin(z / length), "H1_turn": 2 * length}
    sigma = [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]
    n_sigma = sum(c * np.array(s) for c, s in zip(vector / length, sigma, strict=True))
    expected = np.cos(length) * np.eye(2) - 1j * np.sin(length) * n_sigma
    assert np.allclose(unitary_of(Circuit(1, tuple(encoding())), values), expected, atol=1e-14)


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
    circuit = Circuit(2, tuple(operations))
    assert (0, "H1_azimuth") in leftover_angles(circuit, NAMES)
    for place, decision in enumerate(decisions(CircuitTest(circuit, Question(SPINS), "s"))):
        if circuit.opaque:
            assert decision.holds is None
        else:  # right or not, as floating point shows
            assert decision.holds == (circuit_defect(circuit, Question(SPINS), place).norm < MAX_ROUNDING)


LOOSE = [*encoding()[:4], CX, encoding()[4], CX]
"""An encoding whose last gate stands where a transpiler may put it: CX does not mind what turns its control."""


def decided(operations: list[Any], symmetry: Symmetry, data: dict[str, Any] | None = None) -> list[Any]:
    circuit = Circuit(2, tuple(operations))
    certificate = eq.verify(circuit, symmetry, data)
    assert recheck(certificate.to_json(), seed=1).confirmed == all(
        f.verdict != "not decided" for f in certificate.findings
    )
    return [finding.verdict for finding in certificate.findings]


def test_angles_outside_of_encodings_move_as_the_vector_does() -> None:
    assert leftover_angles(with_vectors(Circuit(2, tuple(LOOSE)), NAMES, "s"), NAMES)
    assert decided(LOOSE, SPINS) == ["proven"] * 3
    assert decided([*LOOSE, *encoding(1)], SPINS) == ["proven"] * 3
    for wrong in (
        [*encoding()[:4], CX, turn({0: "Z"}, AZIMUTH * 2), CX],
        [*encoding()[:4], CX, turn({0: "Z"}, AZIMUTH), CX, turn({0: "Z"}, ELEVATION)],
        [*LOOSE, turn({0: "X"}, ELEVATION)],
        [turn({0: "Z"}, AZIMUTH)],
    ):
        assert decided(wrong, SPINS)[:2] == ["refused"] * 2


def test_single_rotations_of_loose_angles() -> None:
    """A quarter of a turn about z shifts the azimuth; a third does so too, by a multiple that is not looked for."""
    quarter, third = (symmetry_of(eq.loads(TURNS.format(group))) for group in ("C_4", "C_3"))
    assert decided(encoding(), third) == decided(encoding(), quarter) == ["proven"]
    assert decided(LOOSE, quarter) == ["proven"]
    assert decided([*LOOSE, turn({0: "Z"}, AZIMUTH)], quarter) == ["refused"]
    assert decided(LOOSE, third) == ["not decided"]


def test_loose_angles_in_products() -> None:
    """Pi times a parameter is not an exact angle, so a shift cannot be followed; rates can, but only in the recheck."""
    scaled = ExactAngle.of({("H1_azimuth", "w"): Fraction(1)})
    right, wrong = (Circuit(2, (turn({0: "Z"}, scaled), turn({0: "Z"}, scaled * k))) for k in (-1, 1))
    quarter = symmetry_of(eq.loads(TURNS.format("C_4")))
    assert [eq.verify(right, group).verdict for group in (quarter, SPINS)] == ["not decided", "proven"]
    assert [eq.verify(wrong, group).verdict for group in (quarter, SPINS)] == ["refused", "refused"]
    with pytest.raises(MethodError, match=r"^pi times H1_azimuth\*w is not an angle of this form$"):
        scaled.substituted({"H1_azimuth": AZIMUTH + ExactAngle.of_pi(1)})


def test_negative_control_the_turn_may_not_depend_on_coordinates() -> None:
    shifted = TURN + ExactAngle.parameter("H1_x")
    operations = [*encoding()[:2], turn({0: "X"}, shifted), *encoding()[3:]]
    assert [type(operation) for operation in found(operations)] == [VectorRotation]
    assert decided(operations, SPINS) == ["proven", "refused", "refused"]


def test_encodings_are_equivariant_and_their_neighbours_need_not_be() -> None:
    weights = [turn({0: c, 1: c}, ExactAngle.parameter("w")) for c in "XYZ"]
    for operations, expected in (
        ([*encoding(), *weights, *encoding()], [True, True, True]),
        ([*encoding(), *weights[:2], *encoding()], [False, False, True]),
        ([*encoding(), turn({0: "Z"}, ExactAngle.parameter("w"))], [False, False, True]),
    ):
        circuit = Circuit(2, tuple(operations))
        assert [d.holds for d in decisions(CircuitTest(circuit, Question(SPINS), "s"))] == expected


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
    circuit = Circuit(1, tuple(encoding()))
    assert with_vectors(circuit, (), "seed") == circuit
    assert with_vectors(circuit, ("O",), "seed") == circuit
