"""Point groups and axes on sites and spins at once: both actions belong to one group, and fit together."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from eqcompile.exact.arithmetic.scalars import square_root
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.point import PointGroup, point_group
from eqcompile.groups.rotation import IDENTITY_MATRIX, Orthogonal, mirror, rotation
from eqcompile.symmetry.point import PointFactor, motion_text
from eqcompile.symmetry.rotation import AxialFactor

ROUNDING = 1e-12
N, PARITY = 3, 2

Dense = Callable[[PauliSum], Any]

GROUPS = ["C_1", "C_s", "C_i", "C_3", "C_3v", "D_3h", "S_4", "D_2d", "T_d", "O_h", "I"]
AXES = [(0, 0, 1), (1, 0, 0), (1, 1, 1)]


@cache
def factor(symbol: str, axis: tuple[int, int, int] = (0, 0, 1), parity: int | None = PARITY) -> PointFactor:
    """Two turning qubits that carry sites 0 and 2 of three, and the parity qubit."""
    return PointFactor(N, point_group(symbol, axis), (0, 1), parity, sites=(0, 2), num_sites=3)


@st.composite
def motions(draw: st.DrawFn, count: int) -> tuple[PointFactor, list[Orthogonal]]:
    chosen = factor(draw(st.sampled_from(GROUPS)), draw(st.sampled_from(AXES)))
    return chosen, [draw(st.sampled_from(chosen.group.elements)) for _ in range(count)]


def unitary(point: PointFactor, motion: Orthogonal, ket: Any) -> Any:
    """Matrix of an element, column by column, from its action on basis states."""
    element = point.element(motion).on_qubits
    return np.array([ket(element.apply(ExactState(N, {bits: 1}))) for bits in range(2**N)]).T


def encoding(axis: int, qubit: int, parity: bool = True) -> PauliSum:
    letters = {qubit: "XYZ"[axis]} | ({PARITY: "X"} if parity else {})
    return PauliSum.string(N, letters)


@given(motions(2))
def test_both_actions_are_representations(ket: Any, case: tuple[PointFactor, list[Orthogonal]]) -> None:
    """On the qubits up to the sign of a full turn, which is that of the spin matrices; on the data exactly."""
    point, (a, b) = case
    u, v, w = (unitary(point, motion, ket) for motion in (a, b, a * b))
    assert np.allclose(u @ u.conj().T, np.eye(2**N), atol=ROUNDING)
    assert np.allclose(w, u @ v, atol=ROUNDING)
    first, second, both = (point.element(motion).on_data for motion in (b, a, a * b))
    for site in range(3):
        for axis in range(3):
            total: dict[tuple[int, int], Any] = {}
            for index, value in first.image_of((site, axis)).items():
                for target, other in second.image_of(index).items():
                    total[target] = total.get(target, 0) + value * other
            assert {k: c for k, c in total.items() if c} == both.image_of((site, axis))


@given(motions(1))
def test_vectors_on_spins_and_parity_turn_like_the_data(case: tuple[PointFactor, list[Orthogonal]]) -> None:
    """R (x.sigma X_p) R^dagger = ((V x).sigma) X_p, improper elements included; a bare spin is axial."""
    point, (motion,) = case
    element = point.element(motion)
    sign = -1 if motion.improper else 1
    for axis in range(3):
        for site, qubit in ((0, 0), (2, 1)):
            image = element.on_data.image_of((site, axis))
            assert {index[0] for index in image} == {site}
            expected, axial = PauliSum.zero(N), PauliSum.zero(N)
            for (_, c), value in image.items():
                expected = expected + encoding(c, qubit).scaled(value)
                axial = axial + encoding(c, qubit, parity=False).scaled(value * sign)
            assert element.on_qubits.conjugate(encoding(axis, qubit)) == expected
            assert element.on_qubits.conjugate(encoding(axis, qubit, parity=False)) == axial
        assert element.on_data.image_of((1, axis)) == {(1, axis): 1}


def test_negative_control_without_the_parity_qubit_reflections_do_not_fit() -> None:
    bare = PointFactor(N, point_group("C_s"), (0, 1), None, sites=(0, 2), num_sites=3)
    (reflection,) = bare.finite_generators
    assert reflection.on_data.image_of((0, 2)) == {(0, 2): -1}
    assert reflection.on_qubits.conjugate(PauliSum.parse("Z0", N)) == PauliSum.parse("Z0", N)
    assert reflection.on_qubits.conjugate(PauliSum.parse("Z0 X2", N)) == PauliSum.parse("Z0 X2", N)
    with_parity = factor("C_s").finite_generators[0].on_qubits
    assert with_parity.conjugate(PauliSum.parse("Z0 X2", N)) == PauliSum.parse("-Z0 X2", N)


def test_elements_are_one_for_each_motion_of_space() -> None:
    for symbol in GROUPS:
        point = factor(symbol)
        assert len(point.elements) == point.group.order
        assert point.order_text == f"order {point.group.order}"
        assert point.is_local


@pytest.mark.parametrize(
    ("motion", "text"),
    [
        (rotation((0, 0, 1), Fraction(1, 3)), "the rotation of order 3 about z"),
        (rotation((0, 0, 1), Fraction(2, 3)), "the rotation of order 3 about z"),
        (rotation((1, 1, 1), Fraction(1, 3)), "the rotation of order 3 about (1, 1, 1)"),
        (rotation((0, -1, 0), Fraction(1, 4)), "the rotation of order 4 about y"),
        (
            rotation((2, 0, square_root(2)), Fraction(1, 2)),
            "the rotation of order 2 about (1, 0, 1/2*sqrt(2))",
        ),
        (mirror((1, 0, 0)), "the mirror with normal x"),
        (mirror((1, -1, 0)), "the mirror with normal (1, -1, 0)"),
        (
            mirror((0, 0, 1)) * rotation((0, 0, 1), Fraction(1, 4)),
            "the rotation-inversion of order 4 about z",
        ),
        (
            mirror((0, 0, 1)) * rotation((0, 0, 1), Fraction(1, 3)),
            "the rotation-inversion of order 6 about z",
        ),
        (point_group("C_i").generators[0], "the inversion"),
        (point_group("C_1").generators[0], "the identity"),
    ],
)
def test_motions_in_words(motion: Orthogonal, text: str) -> None:
    assert motion_text(motion) == text


def test_names_tell_the_parity_qubit() -> None:
    assert [g.name for g in factor("C_3v").finite_generators] == [
        "the rotation of order 3 about z",
        "the mirror with normal y (Z2)",
    ]
    assert [g.name for g in factor("C_3v", parity=None).finite_generators][1] == "the mirror with normal y"
    assert factor("C_3v").name == "C_3v"


def test_a_support_sees_what_acts_on_it() -> None:
    point = factor("C_3v")
    assert point.restricted((1,)) == PointFactor(1, point.group, (0,))
    assert point.restricted((2, 0)) == PointFactor(2, point.group, (1,), 0)
    assert point.restricted((2,)) == PointFactor(1, point.group, (), 0)
    assert factor("C_3").restricted((2,)) is None, "rotations do nothing to a parity qubit"
    assert PointFactor(3, point.group, (0,)).restricted((1, 2)) is None


@given(motions(1), st.dictionaries(st.tuples(*[st.integers(0, 3)] * 2), st.integers(-2, 2), max_size=3))
def test_restriction_is_the_same_action(
    case: tuple[PointFactor, list[Orthogonal]], terms: dict[tuple[int, int], int]
) -> None:
    """On operators of qubits 1 and 2, the second one the parity qubit."""
    point, (motion,) = case
    local = PauliSum(2, terms)
    restricted = point.restricted((1, 2))
    assert isinstance(restricted, PointFactor)
    image = restricted.element(motion).on_qubits.conjugate(local)
    assert point.element(motion).on_qubits.conjugate(local.relabel((1, 2), N)) == image.relabel((1, 2), N)


@pytest.mark.parametrize("axis", [(0, 0, 1), (1, 1, 0), (1, -2, 2)])
def test_axial_factors(dense: Dense, floats: Any, axis: tuple[int, int, int]) -> None:
    axial = AxialFactor(N, axis, (0, 2), sites=(1,), num_sites=2)
    (generator,) = axial.lie_generators
    assert dense(generator.operator).trace() == 0
    size = np.linalg.norm(axis)
    element = generator.quarter_turn()
    spins = expm(-0.5j * np.pi * dense(generator.operator) / size)
    op = PauliSum.parse("X0 Y2 + Z1 + Y0", N)
    moved = spins @ dense(op) @ spins.conj().T
    assert np.allclose(dense(element.on_qubits.conjugate(op)), moved, atol=ROUNDING)
    assert element.on_data.matrices[0] == IDENTITY_MATRIX
    generator_matrix = np.cross(np.array(axis) / size, np.eye(3)).T
    assert np.allclose(floats(element.on_data.matrices[1]), expm(np.pi / 2 * generator_matrix), atol=ROUNDING)
    assert axial.restricted((2, 1)) == AxialFactor(2, axis, (0,))
    assert axial.restricted((1,)) is None


def test_a_group_of_two_mirrors_is_closed_by_their_product() -> None:
    group = PointGroup("two mirrors", (mirror((1, 0, 0)), mirror((0, 1, 0))))
    point = PointFactor(N, group, (0, 1), PARITY)
    assert (group.order, len(point.elements)) == (4, 4)
