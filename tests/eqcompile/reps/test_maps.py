"""Single group elements against dense matrices; the sign convention of rotations."""

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
from eqcompile.exact.pauli import PauliSum, pauli_key
from eqcompile.exact.scalars import rational
from eqcompile.exact.state import ExactState
from eqcompile.reps.maps import (
    IDENTITY_MATRIX,
    INVERSION_MATRIX,
    PauliUnitary,
    QubitPermutation,
    QubitRotation,
    SiteMap,
    irrational_turn,
    lift_site_permutation,
    rational_rotation,
)

N = 3
ROUNDING = 1e-12

Dense = Callable[[PauliSum], Any]

keys = st.tuples(st.integers(0, 2**N - 1), st.integers(0, 2**N - 1))
operators = st.builds(lambda terms: PauliSum(N, terms), st.dictionaries(keys, st.integers(-3, 3), max_size=5))
perms = st.permutations(range(N)).map(tuple)
slopes = st.fractions(min_value=-3, max_value=3, max_denominator=5)


def turn(slope: Fraction) -> tuple[Any, Any, float]:
    """Rational cosine and sine, and the angle."""
    t = rational(slope)
    return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t), 2 * np.arctan(float(slope))


def spin_rotation(dense: Dense, axis: int, angle: float, qubits: tuple[int, ...]) -> Any:
    total = sum((PauliSum.string(N, {q: "XYZ"[axis]}) for q in qubits), start=PauliSum.zero(N))
    return expm(-0.5j * angle * dense(total))


def as_floats(matrix: Any) -> Any:
    return np.array([[float(entry) for entry in row] for row in matrix])


@given(operators, slopes, st.integers(0, 2), st.sampled_from([(0, 1, 2), (0, 2), (1,)]))
def test_rotation_is_conjugation_by_the_spin_rotation(
    dense: Dense, op: PauliSum, slope: Fraction, axis: int, qubits: tuple[int, ...]
) -> None:
    cosine, sine, angle = turn(slope)
    unitary = spin_rotation(dense, axis, angle, qubits)
    exact = QubitRotation(rational_rotation(axis, cosine, sine), qubits).conjugate(op)
    assert np.allclose(dense(exact), unitary @ dense(op) @ unitary.conj().T, atol=ROUNDING)


@pytest.mark.parametrize("axis", range(3))
def test_rotated_vectors_follow_the_right_hand_and_not_the_printed_sign(dense: Dense, axis: int) -> None:
    """(r x).sigma = R (x.sigma) R^dagger; the paper prints R(-phi) (x.sigma) R(phi), which is the inverse."""
    angle = 0.7
    matrix = as_floats(rational_rotation(axis, rational(Fraction(3, 5)), rational(Fraction(4, 5))))
    unitary = spin_rotation(dense, axis, np.arccos(0.6), (0,))
    sigma = [dense(PauliSum.string(N, {0: name})) for name in "XYZ"]
    x = np.array([0.3, -1.1, angle])
    before = sum(c * s for c, s in zip(x, sigma, strict=True))
    after = sum(c * s for c, s in zip(matrix @ x, sigma, strict=True))
    assert np.allclose(unitary @ before @ unitary.conj().T, after, atol=ROUNDING)
    assert not np.allclose(unitary.conj().T @ before @ unitary, after, atol=0.1)


@given(slopes, slopes, st.integers(0, 2))
def test_rotations_about_one_axis_compose(a: Fraction, b: Fraction, axis: int) -> None:
    (c1, s1, _), (c2, s2, _) = turn(a), turn(b)
    first, second = rational_rotation(axis, c1, s1), rational_rotation(axis, c2, s2)
    both = rational_rotation(axis, c1 * c2 - s1 * s2, s1 * c2 + c1 * s2)
    op = PauliSum.parse("X0 Y1 + Z2 X1 + Y0", N)
    once = QubitRotation(both, (0, 1, 2)).conjugate(op)
    assert QubitRotation(second, (0, 1, 2)).conjugate(QubitRotation(first, (0, 1, 2)).conjugate(op)) == once


@pytest.mark.parametrize(
    "axis", [(0, 0, 1), (1, 0, 0), (1, 1, 0), (1, -2, 3), (2, 2, 1), (0, 1, 2), (4, 0, 0)]
)
def test_irrational_turns(axis: tuple[int, int, int]) -> None:
    matrix = irrational_turn(axis)
    product_ = [[sum(matrix[i][k] * matrix[j][k] for k in range(3)) for j in range(3)] for i in range(3)]
    assert product_ == [[int(i == j) for j in range(3)] for i in range(3)]
    assert all(sum(matrix[i][k] * axis[k] for k in range(3)) == axis[i] for i in range(3))
    direction = np.array(axis) / np.linalg.norm(axis)
    cosine = (np.trace(as_floats(matrix)) - 1) / 2
    generator = np.cross(np.eye(3), direction)  # column k is direction x e_k
    assert np.allclose(as_floats(matrix), expm(np.arccos(cosine) * generator), atol=ROUNDING)
    twice_cosine = matrix[0][0] + matrix[1][1] + matrix[2][2] - 1
    assert twice_cosine not in (-2, -1, 0, 1, 2), "by Niven's theorem a power of this rotation is one"


@given(operators, perms, perms)
def test_permutations_are_a_representation(
    dense: Dense, swap_matrix: Callable[[tuple[int, ...]], Any], op: PauliSum, a: Any, b: Any
) -> None:
    unitary = swap_matrix(a)
    assert np.allclose(dense(QubitPermutation(a).conjugate(op)), unitary @ dense(op) @ unitary.T)
    both = QubitPermutation(tuple(b[p] for p in a))
    assert QubitPermutation(b).conjugate(QubitPermutation(a).conjugate(op)) == both.conjugate(op)
    assert np.array_equal(swap_matrix(b) @ swap_matrix(a), swap_matrix(both.images))


@given(operators, keys)
def test_pauli_unitaries(dense: Dense, op: PauliSum, key: tuple[int, int]) -> None:
    element = PauliUnitary(N, key)
    unitary = dense(element.as_operator())
    assert np.allclose(dense(element.conjugate(op)), unitary @ dense(op) @ unitary.conj().T, atol=ROUNDING)
    assert element.conjugate(element.conjugate(op)) == op


def test_states_are_moved_like_operators(dense: Dense, swap_matrix: Any) -> None:
    state = ExactState.singlets(N, [(0, 1)])
    assert QubitPermutation((1, 2, 0)).apply(state) == ExactState.singlets(N, [(1, 2)])
    flipped = PauliUnitary(N, pauli_key({2: "X"})).apply(state)
    assert str(flipped) == "|011> - |101>"
    with pytest.raises(DimensionError, match=r"^a rotation acts on states through its generators"):
        QubitRotation(IDENTITY_MATRIX, (0,)).apply(state)


def test_site_maps_move_and_turn_vectors() -> None:
    quarter = rational_rotation(2, rational(0), rational(1))
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
