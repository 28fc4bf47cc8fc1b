"""Quaternions and orthogonal matrices, compared with SciPy's rotations and Householder's mirrors."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.spatial.transform import Rotation

from eqcompile.errors import DimensionError
from eqcompile.exact.arithmetic.scalars import Real, cosine, rational, square_root, to_float
from eqcompile.groups.rotation import (
    IDENTITY_MATRIX,
    INVERSION_MATRIX,
    ONE_QUATERNION,
    Matrix,
    Orthogonal,
    irrational_turn,
    length,
    mirror,
    rotation,
    seen_from,
    spun,
)

ROUNDING = 1e-12
SIGMA = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])

Floats = Callable[[Any], Any]

AXES: list[tuple[Any, ...]] = [
    (0, 0, 1),
    (1, 0, 0),
    (0, 0, -2),
    (1, 1, 0),
    (1, -2, 3),
    (2, 2, 1),
    (Fraction(3, 5), 0, Fraction(-4, 5)),
    (square_root(2), 1, 0),
]
axes = st.sampled_from(AXES)
turns = st.fractions(min_value=-1, max_value=1, max_denominator=12)
elements = st.builds(
    lambda axis, turn, improper: Orthogonal(rotation(axis, turn).turn, improper), axes, turns, st.booleans()
)


def product_of(a: Matrix, b: Matrix) -> Matrix:
    return tuple(tuple(sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)) for i in range(3))


def determinant(m: Matrix) -> Real:
    return sum(
        m[0][i] * (m[1][(i + 1) % 3] * m[2][(i + 2) % 3] - m[1][(i + 2) % 3] * m[2][(i + 1) % 3])
        for i in range(3)
    )


def spin(element: Orthogonal) -> Any:
    w, *v = (to_float(c) for c in (element.turn.w, *element.turn.vector))
    return w * np.eye(2) - 1j * np.einsum("a,aij->ij", v, SIGMA)


def unit(axis: Sequence[Any]) -> Any:
    vector = np.array([to_float(c) if not isinstance(c, int | Fraction) else float(c) for c in axis])
    return vector / np.linalg.norm(vector)


@given(axes, turns)
def test_rotations_are_those_of_scipy(floats: Floats, axis: Any, turn: Fraction) -> None:
    expected = Rotation.from_rotvec(2 * np.pi * float(turn) * unit(axis)).as_matrix()
    assert np.allclose(floats(rotation(axis, turn).matrix), expected, atol=ROUNDING)


@given(axes, turns)
def test_spin_matrices_are_exponentials(axis: Any, turn: Fraction) -> None:
    generator = np.einsum("a,aij->ij", unit(axis), SIGMA) / 2
    expected = expm(-2j * np.pi * float(turn) * generator)
    assert np.allclose(spin(rotation(axis, turn)), expected, atol=ROUNDING)


@given(axes)
def test_mirrors_are_householder_reflections(floats: Floats, normal: Any) -> None:
    n = unit(normal)
    assert np.allclose(floats(mirror(normal).matrix), np.eye(3) - 2 * np.outer(n, n), atol=ROUNDING)
    assert (mirror(normal) * mirror(normal)).matrix == IDENTITY_MATRIX


@given(elements, elements)
def test_products_and_inverses_on_matrices_and_on_spins(a: Orthogonal, b: Orthogonal) -> None:
    assert (a * b).matrix == product_of(a.matrix, b.matrix)
    assert np.allclose(spin(a * b), spin(a) @ spin(b), atol=ROUNDING)
    assert a * a.inverse == a.inverse * a == Orthogonal(ONE_QUATERNION)
    assert (a.bar.matrix, a.bar.turn) == (a.matrix, -a.turn)


@given(elements)
def test_matrices_are_orthogonal_and_know_their_hand(element: Orthogonal) -> None:
    transposed = tuple(zip(*element.matrix, strict=True))
    assert product_of(element.matrix, transposed) == IDENTITY_MATRIX
    assert determinant(element.matrix) == (-1 if element.improper else 1)


@given(elements)
def test_the_spin_matrix_covers_the_rotation(floats: Floats, element: Orthogonal) -> None:
    """S sigma_b S^dagger = sum_c M_cb sigma_c; a spin is axial, so M is the rotation without the inversion."""
    s = spin(element)
    moved = np.einsum("ij,bjk,lk->bil", s, SIGMA, s.conj())
    matrix = floats(element.matrix) * (-1 if element.improper else 1)
    assert np.allclose(moved, np.einsum("cb,cij->bij", matrix, SIGMA), atol=ROUNDING)


def test_negative_control_quarter_turns_do_not_commute() -> None:
    x, y = rotation([1, 0, 0], Fraction(1, 4)), rotation([0, 1, 0], Fraction(1, 4))
    assert (x * y).matrix != (y * x).matrix
    assert mirror([0, 0, 1]).matrix != rotation([0, 0, 1], Fraction(1, 2)).matrix
    assert Orthogonal(ONE_QUATERNION, improper=True).matrix == INVERSION_MATRIX


@pytest.mark.parametrize(
    "axis",
    [(0, 0, 1), (1, 0, 0), (1, 1, 0), (1, -2, 3), (2, 2, 1), (0, 1, 2), (4, 0, 0), (1, 1, 1), (2, 2, 2)],
)
def test_irrational_turns(floats: Floats, axis: tuple[int, int, int]) -> None:
    matrix = irrational_turn(axis).matrix
    assert product_of(matrix, tuple(zip(*matrix, strict=True))) == IDENTITY_MATRIX
    assert all(sum(matrix[i][k] * axis[k] for k in range(3)) == axis[i] for i in range(3))
    angle = np.arccos((np.trace(floats(matrix)) - 1) / 2)
    assert np.allclose(floats(matrix), Rotation.from_rotvec(angle * unit(axis)).as_matrix(), atol=ROUNDING)
    twice_cosine = matrix[0][0] + matrix[1][1] + matrix[2][2] - 1
    assert isinstance(twice_cosine, type(rational(1))), "Niven's theorem speaks of rational cosines"
    assert twice_cosine not in (-2, -1, 0, 1, 2), "by Niven's theorem a power of this rotation is one"


@given(st.tuples(st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 9)).filter(any))
def test_irrational_turns_need_no_roots_and_avoid_niven_for_every_axis(axis: tuple[int, int, int]) -> None:
    turn = irrational_turn(axis).turn
    assert all(isinstance(c, type(rational(1))) for c in (turn.w, *turn.vector))
    assert 2 * (2 * turn.w * turn.w - 1) not in (-2, -1, 0, 1, 2)


@pytest.mark.parametrize("axis", [(1 + square_root(2), 0, 1), (cosine(Fraction(1, 5)), 1, 0)])
def test_irrational_turns_about_irrational_axes(floats: Floats, axis: tuple[Real, ...]) -> None:
    """These arise where a breaking gate leaves a combination of generators; the length has no exact root."""
    element = irrational_turn(axis)
    assert product_of(element.matrix, tuple(zip(*element.matrix, strict=True))) == IDENTITY_MATRIX
    assert all(sum(element.matrix[i][k] * axis[k] for k in range(3)) == axis[i] for i in range(3))
    power = element
    for _ in range(30):
        assert power.matrix != IDENTITY_MATRIX
        power = element * power


def test_an_axis_of_length_zero_has_no_turn() -> None:
    with pytest.raises(DimensionError, match=r"^an axis of length zero has no direction"):
        irrational_turn((0, 0, 0))


@given(axes, elements)
def test_a_frame_turns_the_axes_along(floats: Floats, axis: Any, element: Orthogonal) -> None:
    """By the shortest path, which is Rodrigues' formula; z itself goes to the axis."""
    z, target = np.array([0, 0, 1.0]), unit(axis)
    v, c = np.cross(z, target), target[2]
    cross = np.cross(v, np.eye(3)).T
    frame = np.eye(3) + cross + cross @ cross / (1 + c) if c > -1 + ROUNDING else np.diag([1.0, -1, -1])
    assert np.allclose(frame @ z, target, atol=ROUNDING)
    seen = seen_from(spun(axis), element)
    assert np.allclose(floats(seen.matrix), frame @ floats(element.matrix) @ frame.T, atol=ROUNDING)
    assert (seen.turn.w, seen.improper) == (element.turn.w, element.improper)


def test_lengths() -> None:
    assert length((3, 0, Fraction(4))) == 5
    assert length((1, 1, 1)) == square_root(3)


@pytest.mark.parametrize(
    ("axis", "message"),
    [
        ((0, 0, 0), "an axis of length zero has no direction; give at least one component"),
        (
            (1, cosine(Fraction(1, 5)), 0),
            "an axis needs a rational squared length; choose rational components",
        ),
        ((0.5, 0, 0), "0.5 is not an exact rational number; write it as a fraction"),
    ],
)
def test_axes_without_a_direction_or_an_exact_length(axis: Any, message: str) -> None:
    for call in (lambda: rotation(axis, Fraction(1, 3)), lambda: mirror(axis), lambda: spun(axis)):
        with pytest.raises(DimensionError) as caught:
            call()
        assert str(caught.value) == message
