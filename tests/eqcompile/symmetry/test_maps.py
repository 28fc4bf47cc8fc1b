"""Single group elements, compared with dense matrices; the sign convention of rotations."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, rational
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.point import point_group
from eqcompile.groups.rotation import INVERSION_MATRIX, Quaternion, rotation
from eqcompile.symmetry.maps import (
    MapSequence,
    PauliUnitary,
    QubitMap,
    QubitPermutation,
    QubitRotation,
    SiteMap,
    UnitaryMap,
    lift_site_permutation,
)

N = 3
ROUNDING = 1e-12

Dense = Callable[[PauliSum], Any]
Ket = Callable[[ExactState], Any]
Spin = Callable[..., Any]

keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
operators = st.builds(lambda terms: PauliSum(N, terms), st.dictionaries(keys, st.integers(-3, 3), max_size=5))
states = st.dictionaries(st.integers(0, 2**N - 1), st.integers(-3, 3).filter(bool), min_size=1, max_size=4)
perms = st.permutations(range(N)).map(tuple)
supports = st.sampled_from([(0, 1, 2), (0, 2), (1,)])


def squared(components: tuple[int, ...]) -> Quaternion:
    """The square of an integer quaternion is a rational unit quaternion, once divided by the norm."""
    q = Quaternion(*(rational(c) for c in components))
    norm, square = rational(sum(c * c for c in components)), q * q
    return Quaternion(square.w / norm, square.x / norm, square.y / norm, square.z / norm)


rational_turns = st.tuples(*[st.integers(-3, 3)] * 4).filter(any).map(squared)
point_turns = st.sampled_from(
    [e.turn for name in ("I", "O", "D_6") for e in point_group(name).elements]
    + [e.turn for e in point_group("C_5", (1, 1, 0)).elements]
)
turns = rational_turns | point_turns

GATES = {
    "H0": "sqrt(2)/2*X0 + sqrt(2)/2*Z0",
    "S1": "(1/2 + 1/2*i)*I + (1/2 - 1/2*i)*Z1",
    "T2": "(1/2 + 1/2*exp(i*pi/4))*I + (1/2 - 1/2*exp(i*pi/4))*Z2",
    "CX01": "1/2*I + 1/2*Z0 + 1/2*X1 - 1/2*Z0 X1",
    "third of a turn about (1, 1, 1)": "1/2*I - 1/2*i*X2 - 1/2*i*Y2 - 1/2*i*Z2",
    "root of swap": "(3/4 + 1/4*i)*I + (1/4 - 1/4*i)*H(1,2)",
}
gates = st.lists(st.sampled_from(sorted(GATES)), max_size=4)


def circuit(names: list[str]) -> UnitaryMap:
    return UnitaryMap(N, tuple(PauliSum.parse(GATES[name], N) for name in names))


def matrix_of(dense: Dense, names: list[str]) -> Any:
    total = np.eye(2**N)
    for name in names:
        total = dense(PauliSum.parse(GATES[name], N)) @ total
    return total


def assert_acts_as(
    element: QubitMap, unitary: Any, op: PauliSum, amplitudes: dict[int, int], dense: Dense, ket: Ket
) -> None:
    """Conjugation, the action on states and the list of small unitaries are those of one matrix."""
    state = ExactState(N, amplitudes)
    assert np.allclose(dense(element.conjugate(op)), unitary @ dense(op) @ unitary.conj().T, atol=ROUNDING)
    assert np.allclose(ket(element.apply(state)), unitary @ ket(state), atol=ROUNDING)
    factors = element.unitaries(N)
    if factors is not None:
        total = np.eye(2**N)
        for factor in factors:
            total = dense(factor) @ total
        assert np.allclose(total, unitary, atol=ROUNDING)


@given(operators, states, turns, supports)
def test_rotations_act_by_their_spin_matrices(
    dense: Dense, ket: Ket, spin_rotation: Spin, op: PauliSum, state: Any, turn: Quaternion, qubits: Any
) -> None:
    unitary = spin_rotation(turn, qubits, N)
    assert_acts_as(QubitRotation(turn, qubits), unitary, op, state, dense, ket)


@given(operators, states, gates)
def test_products_of_unitaries(dense: Dense, ket: Ket, op: PauliSum, state: Any, names: list[str]) -> None:
    assert_acts_as(circuit(names), matrix_of(dense, names), op, state, dense, ket)


@given(operators, states, gates, turns, keys)
def test_sequences_act_from_the_first_to_the_last(
    dense: Dense, ket: Ket, spin_rotation: Spin, op: PauliSum, state: Any, names: Any, turn: Any, key: Any
) -> None:
    element = MapSequence((circuit(names), QubitRotation(turn, (0, 2)), PauliUnitary(N, key)))
    string = dense(PauliSum(N, {key: 1}))
    unitary = string @ spin_rotation(turn, (0, 2), N) @ matrix_of(dense, names)
    assert_acts_as(element, unitary, op, state, dense, ket)


@given(operators, states, keys)
def test_pauli_unitaries(dense: Dense, ket: Ket, op: PauliSum, state: Any, key: tuple[int, int]) -> None:
    element = PauliUnitary(N, key)
    assert_acts_as(element, dense(PauliSum(N, {key: 1})), op, state, dense, ket)
    assert element.conjugate(element.conjugate(op)) == op


@given(operators, states, perms, perms)
def test_permutations_are_a_representation(
    dense: Dense, ket: Ket, swap_matrix: Callable[..., Any], op: PauliSum, state: Any, a: Any, b: Any
) -> None:
    assert_acts_as(QubitPermutation(a), swap_matrix(a), op, state, dense, ket)
    both = QubitPermutation(tuple(b[p] for p in a))
    assert QubitPermutation(b).conjugate(QubitPermutation(a).conjugate(op)) == both.conjugate(op)
    assert np.array_equal(swap_matrix(b) @ swap_matrix(a), swap_matrix(both.images))


def test_a_permutation_is_no_product_of_small_unitaries() -> None:
    swap = QubitPermutation((1, 0, 2))
    assert swap.unitaries(N) is None
    assert MapSequence((PauliUnitary(N, (1, 0)), swap)).unitaries(N) is None
    assert MapSequence(()).unitaries(N) == ()


def test_negative_control_the_order_of_a_sequence_matters() -> None:
    op = PauliSum.parse("X0 Z1", N)
    first, second = circuit(["H0"]), circuit(["CX01"])
    assert MapSequence((first, second)).conjugate(op) != MapSequence((second, first)).conjugate(op)
    assert circuit(["H0", "CX01"]).conjugate(op) == MapSequence((first, second)).conjugate(op)


@pytest.mark.parametrize("axis", range(3))
def test_rotated_vectors_follow_the_right_hand_and_not_the_printed_sign(
    dense: Dense, spin_rotation: Spin, floats: Any, axis: int
) -> None:
    """(r x).sigma = R (x.sigma) R^dagger; the paper prints R(-phi) (x.sigma) R(phi), which is the inverse."""
    turn = rotation([int(a == axis) for a in range(3)], Fraction(1, 12)).turn
    sigma = [dense(PauliSum.string(N, {0: name})) for name in "XYZ"]
    unitary = expm(-0.5j * (np.pi / 6) * sigma[axis])
    assert np.allclose(spin_rotation(turn, (0,), N), unitary, atol=ROUNDING)
    x = np.array([0.3, -1.1, 0.7])
    before = sum(c * s for c, s in zip(x, sigma, strict=True))
    after = sum(c * s for c, s in zip(floats(turn.matrix) @ x, sigma, strict=True))
    assert np.allclose(unitary @ before @ unitary.conj().T, after, atol=ROUNDING)
    assert not np.allclose(unitary.conj().T @ before @ unitary, after, atol=0.1)


@given(turns, rational_turns, operators)
def test_rotations_compose(a: Quaternion, b: Quaternion, op: PauliSum) -> None:
    once = QubitRotation(b * a, (0, 2)).conjugate(op)
    assert QubitRotation(b, (0, 2)).conjugate(QubitRotation(a, (0, 2)).conjugate(op)) == once
    assert QubitRotation(a.inverse, (0, 2)).conjugate(QubitRotation(a, (0, 2)).conjugate(op)) == op


@given(turns, states)
def test_a_full_turn_changes_the_sign_of_a_spin_and_no_operator(turn: Quaternion, amplitudes: Any) -> None:
    state, op = ExactState(N, amplitudes), PauliSum.parse("X0 Y1 + i*Z1", N)
    assert QubitRotation(-turn, (1,)).apply(state) == QubitRotation(turn, (1,)).apply(state).apply(
        PauliSum.identity(N).scaled(-1)
    )
    assert QubitRotation(-turn, (1,)).conjugate(op) == QubitRotation(turn, (1,)).conjugate(op)


@pytest.mark.parametrize("text", ["2*X0", "X0 + Z0", "1/2*X0 + 1/2*Y0", "I + i*X0", "0"])
def test_what_is_not_unitary_is_refused(text: str) -> None:
    with pytest.raises(DimensionError) as caught:
        UnitaryMap(N, (PauliSum.parse(text, N),))
    assert str(caught.value) == f"{PauliSum.parse(text, N)} is not unitary"


def test_a_unitary_of_another_register_is_refused() -> None:
    with pytest.raises(
        DimensionError, match=r"^operators on \d and \d qubits cannot be combined$|not unitary"
    ):
        UnitaryMap(N, (PauliSum.parse("X0", 2),))


def test_states_are_moved_like_operators() -> None:
    state = ExactState.singlets(N, [(0, 1)])
    assert QubitPermutation((1, 2, 0)).apply(state) == ExactState.singlets(N, [(1, 2)])
    flipped = PauliUnitary(N, pauli_key({2: "X"})).apply(state)
    assert str(flipped) == "|011> - |101>"
    half = QubitRotation(rotation([0, 0, 1], Fraction(1, 2)).turn, (2,))
    assert half.apply(state) == state.apply(PauliSum.identity(N).scaled(-IMAGINARY_UNIT))


def test_site_maps_move_and_turn_vectors() -> None:
    quarter = rotation([0, 0, 1], Fraction(1, 4)).matrix
    site_map = SiteMap((1, 0), (quarter, INVERSION_MATRIX))
    assert site_map.image_of((0, 0)) == {(1, 1): 1}
    assert site_map.image_of((0, 1)) == {(1, 0): -1}
    assert site_map.image_of((1, 2)) == {(0, 2): -1}


@given(st.permutations(range(3)), st.permutations(range(3)))
def test_the_lift_is_a_homomorphism(a: list[int], b: list[int]) -> None:
    encode = [(0, 4), (3, 1), (2, 6)]
    first = lift_site_permutation(dict(enumerate(a)), encode, 7)
    second = lift_site_permutation(dict(enumerate(b)), encode, 7)
    both = lift_site_permutation({site: b[a[site]] for site in range(3)}, encode, 7)
    assert tuple(second[q] for q in first) == both
    assert first[5] == 5
    for site, copy in product(range(3), range(2)):
        assert first[encode[site][copy]] == encode[a[site]][copy]


def test_sites_on_different_numbers_of_qubits_cannot_be_exchanged() -> None:
    with pytest.raises(DimensionError) as caught:
        lift_site_permutation({0: 1, 1: 0}, [(0, 2), (1,)], 3)
    assert str(caught.value) == "site 0 is uploaded to 2 qubits, its image 1 to 1"
