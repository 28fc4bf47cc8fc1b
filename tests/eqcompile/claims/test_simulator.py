"""Evaluation over prime fields: the laws of complex numbers hold, and matrices agree where entries are exact."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, OpaqueGate, Operation, PauliRotation, VectorRotation
from eqcompile.claims.field.simulator import FieldPoint, Simulator
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.scalars import scalar, square_root
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.groups.rotation import rotation
from eqcompile.symmetry.maps import MapSequence, PauliUnitary, QubitPermutation, QubitRotation

A, B, X = (ExactAngle.parameter(name) for name in ("a", "b", "x"))


def turn(word: str, angle: ExactAngle) -> PauliRotation:
    return PauliRotation(pauli_key({q: c for q, c in enumerate(word) if c != "I"}), angle)


def simulator(operations: list[Operation], num_qubits: int = 3, *numbers: Any) -> Simulator:
    return Simulator(FieldPoint(operations, numbers, "seed"), num_qubits)


def same(first: list[Operation], second: list[Operation], num_qubits: int = 3) -> bool:
    """Whether two circuits do the same to a random vector."""
    field = simulator([*first, *second], num_qubits)
    vector = field.point.random_vector(num_qubits)
    return field.run(first, vector) == field.run(second, vector)


PI = ExactAngle.of_pi
LAWS: dict[str, tuple[list[Operation], list[Operation]]] = {
    "angles add": ([turn("XYZ", A), turn("XYZ", B)], [turn("XYZ", A + B)]),
    "an inverse": ([turn("IYI", A), turn("IYI", A).inverse()], []),
    "halves": ([turn("XZ", A * Fraction(1, 2))] * 2, [turn("XZ", A)]),
    "thirds of pi": ([turn("Z", PI(Fraction(1, 3)))] * 6, [turn("", PI(2))]),
    "a full turn is minus one": ([turn("Y", PI(2))], [turn("", PI(2))]),
    "two full turns are one": ([turn("Y", PI(4))], []),
    "commuting strings": ([turn("XX", A), turn("ZZ", B)], [turn("ZZ", B), turn("XX", A)]),
    "a quarter turn": (
        [turn("Z", PI(Fraction(-1, 2))), turn("X", A), turn("Z", PI(Fraction(1, 2)))],
        [turn("Y", A)],
    ),
    "half a turn is a Pauli matrix": (
        [turn("YI", PI(1)), turn("", PI(-1))],
        [FixedUnitary(eq.PauliSum.parse("Y0", 3))],
    ),
    "the phase gate of an eighth": (
        [turn("", PI(Fraction(-1, 4))), turn("Z", PI(Fraction(1, 4)))],
        [FixedUnitary(eq.PauliSum.parse("(1 + exp(i*pi/4))/2 + (1 - exp(i*pi/4))/2*Z0", 3))],
    ),
}


@pytest.mark.parametrize("pair", LAWS.values(), ids=LAWS)
def test_laws(pair: tuple[list[Operation], list[Operation]]) -> None:
    assert same(*pair)


WRONG: dict[str, tuple[list[Operation], list[Operation]]] = {
    "strings that do not commute": (
        [turn("XX", A), turn("ZI", B)],
        [turn("ZI", B), turn("XX", A)],
    ),
    "a full turn is not one": ([turn("Y", PI(2))], []),
    "another parameter": ([turn("X", A)], [turn("X", B)]),
    "a factor near one": ([turn("X", A)], [turn("X", A * Fraction(1000000001, 1000000000))]),
    "a constant near one": (
        [turn("X", PI(1))],
        [turn("X", PI(1) + ExactAngle.of({(): Fraction(1, 10**12)}))],
    ),
    "a quarter turn back": (
        [turn("Z", PI(Fraction(-1, 2))), turn("X", A), turn("Z", PI(Fraction(1, 2)))],
        [turn("Y", -A)],
    ),
    "one radian is no multiple of pi": (
        [turn("X", ExactAngle.of({(): Fraction(355, 113)}))],
        [turn("X", PI(1))],
    ),
    "another eighth": ([turn("Z", PI(Fraction(1, 4)))], [turn("Z", PI(Fraction(-1, 4)))]),
    "a product is not a sum": ([turn("X", ExactAngle.of({("a", "b"): Fraction(1)}))], [turn("X", A + B)]),
}


@pytest.mark.parametrize("pair", WRONG.values(), ids=WRONG)
def test_what_is_no_law_is_seen(pair: tuple[list[Operation], list[Operation]]) -> None:
    assert not same(*pair)


@pytest.mark.parametrize("word", ["X", "IY", "ZIZ", "YYX", "XZI", "YZY"])
def test_strings_act_as_matrices(word: str, dense: Callable[[eq.PauliSum], Any]) -> None:
    """All entries are 0, 1, -1, i or -i, which the field also has."""
    operator = eq.PauliSum(3, {pauli_key({q: c for q, c in enumerate(word) if c != "I"}): 1})
    field = simulator([], 3)
    numbers = {1: 1, -1: field.point.field.p - 1, 1j: field.point.field.i, -1j: -field.point.field.i}
    for column in range(8):
        basis = [int(row == column) for row in range(8)]
        image = field.operator(operator, basis)
        expected = [numbers.get(complex(v), 0) for v in np.round(dense(operator)[:, column])]
        assert image == [v % field.point.field.p for v in expected]


def test_group_elements_act_as_matrices(swap_matrix: Callable[[tuple[int, ...]], Any]) -> None:
    field = simulator([], 4)
    for images in ((1, 2, 0), (2, 1, 0)):
        for column in range(8):
            image = field.move(QubitPermutation(images), [int(row == column) for row in range(16)])
            assert image[:8] == swap_matrix(images)[:, column].astype(int).tolist()
    fourth = field.move(QubitPermutation((1, 2, 0)), [int(row == 0b1001) for row in range(16)])
    assert fourth.index(1) == 0b1010  # the last qubit is an ancilla and stays


def test_a_sequence_of_maps_acts_map_by_map() -> None:
    field = simulator([], 2)
    vector = field.point.random_vector(2)
    flip, swap = PauliUnitary(2, pauli_key({0: "X"})), QubitPermutation((1, 0))
    found = field.move(MapSequence((flip, swap)), vector)
    assert found == field.move(swap, field.move(flip, vector))
    assert found != field.move(flip, field.move(swap, vector))


@dataclass(frozen=True)
class Rates:
    """Parameters that change at given rates, while directions stay."""

    point: FieldPoint
    rates: dict[str, int]

    def slope(self, angle: ExactAngle) -> int:
        return self.point.slope(angle, self.rates)

    def velocity(self, operation: VectorRotation) -> tuple[int, int, int]:
        return 0, 0, 0


def test_the_derivative_of_a_turn_about_a_direction() -> None:
    """Angle and direction together are no less than each alone: the turn of a vector may also depend on the data."""
    rotation = VectorRotation(0, 0, None, X * 2)
    field = simulator([rotation], 1)
    p, i = field.point.field.p, field.point.field.i
    vector = field.point.random_vector(1)
    image, slope = field.run_with_slope([rotation], vector, Rates(field.point, {"x": 5}))
    direction, terms = field.point.direction(rotation), [0, 0]
    for axis, component in enumerate(direction):
        one = field.string(rotation.string(axis), -i * 5 * component % p, image)
        terms = [(a + b) % p for a, b in zip(terms, one, strict=True)]
    assert slope == terms
    assert any(slope)
    assert field.run_with_slope([rotation], vector, Rates(field.point, {}))[1] == [0, 0]


def test_the_derivative_is_linear_where_angles_are() -> None:
    """d/dt exp(-i t x P/2) = -i x P/2 exp(...), by the product rule over several gates."""
    operations: list[Operation] = [turn("XY", X), turn("ZI", A), turn("YI", X * 3)]
    field = simulator(operations, 2)
    p, i = field.point.field.p, field.point.field.i
    motion = Rates(field.point, {"x": field.point.value("x")})
    vector = field.point.random_vector(2)
    image, slope = field.run_with_slope(operations, vector, motion)
    rate = field.point.value("x")
    first = field.run(
        operations, field.string(pauli_key({0: "X", 1: "Y"}), -i * rate * field.point.half, vector)
    )
    last = field.string(pauli_key({0: "Y"}), -i * rate * 3 * field.point.half, image)
    assert image == field.run(operations, vector)
    assert slope == [(a + b) % p for a, b in zip(first, last, strict=True)]
    assert slope != first


def test_the_derivative_of_a_product_of_parameters() -> None:
    product = ExactAngle.of({("a", "x", "x"): Fraction(5, 2)})
    field = simulator([turn("X", product)], 1)
    values, p = field.point.value, field.point.field.p
    found = field.point.slope(product, {"x": field.point.value("y")})
    assert found == field.point.field.fraction(Fraction(5)) * values("a") * values("x") * values("y") % p
    assert field.point.slope(product, {"b": field.point.value("y")}) == 0


def test_a_vector_rotation_turns_about_its_direction() -> None:
    """Half a turn is -i n.sigma; turned by a matrix it is that of the turned direction."""
    half = VectorRotation(0, 0, None, PI(1))
    quarter = rotation((0, 0, 1), Fraction(1, 4))
    turned = VectorRotation(0, 0, None, PI(1), quarter.matrix)
    spin = QubitRotation(quarter.turn, (0,))
    field = simulator([half, turned], 1, square_root(Fraction(2)))
    x, y, z = field.point.site_direction(0)
    assert (x * x + y * y + z * z) % field.point.field.p == 1
    vector = field.point.random_vector(1)
    assert field.move(spin, field.run([half], vector)) == field.run([turned], field.move(spin, vector))
    assert field.move(spin, field.run([half], vector)) != field.run([half], field.move(spin, vector))
    twice = field.run([half, half], vector)
    assert twice == [-v % field.point.field.p for v in vector]


def test_the_error_bound_holds_also_for_angles_with_many_digits() -> None:
    rough = [turn("X", A * Fraction(1e-20)), turn("Z", A * 3)] * 500
    plain = [turn("X", A), turn("Z", A * 3)]
    assert FieldPoint(rough, (), "s").exponent >= 100
    assert FieldPoint(plain, (), "s").exponent >= 100
    assert FieldPoint(rough, (), "s").field.p > FieldPoint(plain, (), "s").field.p


def test_many_odd_multiples_of_pi_fit_into_one_field() -> None:
    operations: list[Operation] = [turn("X", PI(Fraction(1, n))) for n in (7, 11, 13, 17, 359, 353, 347, 343)]
    point = FieldPoint(operations, (), "s")
    assert point.exponent >= 100
    field = Simulator(point, 1)
    vector = point.random_vector(1)
    whole = [operation for n, operation in zip((7, 11, 13, 17, 359, 353, 347, 343), operations, strict=True)
             for _ in range(2 * n)]  # fmt: skip
    assert field.run(whole, vector) == vector
    assert field.run(whole[:-1], vector) != vector


def test_a_field_is_as_large_as_its_roots_of_unity_allow() -> None:
    operations: list[Operation] = [turn("X", PI(Fraction(1, 3**700)))]
    with pytest.raises(
        LimitError, match="roots of unity of an order of 1112 binary digits; the limit is 1024"
    ):
        FieldPoint(operations, (), "s")


def test_numbers_that_the_field_does_not_have_are_no_silent_error() -> None:
    with pytest.raises(AssertionError):
        simulator([], 1).point.field.scalar(root_of_unity(3))
    assert simulator([], 1, root_of_unity(3)).point.field.scalar(root_of_unity(3) ** 3) == 1
    assert simulator([], 1).point.field.scalar(scalar(2)) == 2


def test_opaque_gates_cannot_be_evaluated() -> None:
    gate = OpaqueGate("strange", (0,), "it is strange", None)
    with pytest.raises(MethodError, match=r"^strange has no exact form: it is strange$"):
        simulator([], 1).run([gate], [1, 0])


def test_unitaries_keep_the_product_with_the_dual() -> None:
    """Over the field, U^-1 plays the part of the adjoint: the matrix times that of the inverses is the identity."""
    circuit = Circuit(2, (turn("XY", A), turn("ZI", B), FixedUnitary(eq.PauliSum.parse("X0 X1", 2))))
    back = [operation.inverse() for operation in reversed(circuit.operations)]
    assert same([*circuit.operations, *back], [], 2)
    assert not same([*circuit.operations, *back[:-1]], [], 2)
