"""Generators: their elements are exponentials, on the qubits and on the data."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from eqcompile.exact.arithmetic.scalars import square_root, to_float
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.rotation import IDENTITY_MATRIX
from eqcompile.symmetry.generators import (
    ChargeGenerator,
    LieGenerator,
    RotationGenerator,
    axis_text,
    identity_map,
    site_map,
)

N = 2
ROUNDING = 1e-12

Dense = Callable[[PauliSum], Any]

AXES = [(0, 0, 1), (1, 0, 0), (0, 2, 0), (1, 1, 0), (1, -2, 2), (3, -1, 0)]
CHARGES = ["Z0 + Z1", "1/2*Z0", "Z0 Z1", "1/2*Z0 + 1/3*Z1", "3*X0 X1 - Z0 Z1", "I + 2*Y1", "X0 - 5/2*Y1"]


def matrix_of(element: Any, ket: Any) -> Any:
    """The unitary, column by column, by its action on basis states."""
    images = [ket(element.on_qubits.apply(ExactState(N, {bits: 1}))) for bits in range(2**N)]
    return np.array(images).T


def about(axis: Any) -> RotationGenerator:
    return RotationGenerator.about(axis, N, (0, 1), (0,), 2)


def turning_matrix(generator: LieGenerator) -> Any:
    """L on the coordinates of two sites."""
    out = np.zeros((6, 6))
    for column in range(6):
        for (site, axis), value in generator.data_image_of(divmod(column, 3)).items():
            out[3 * site + axis, column] = to_float(value)
    return out


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("irrational", [False, True])
def test_elements_of_rotations_are_exponentials(
    dense: Dense, ket: Any, floats: Any, axis: Any, irrational: bool
) -> None:
    generator = about(axis)
    element = generator.irrational_turn() if irrational else generator.quarter_turn()
    on_data = floats(element.on_data.matrices[0])
    angle = np.arccos((np.trace(on_data) - 1) / 2) / np.linalg.norm(axis)
    turn = expm(angle * turning_matrix(generator))
    assert np.allclose(turn[:3, :3], on_data, atol=ROUNDING)
    assert np.allclose(turn[3:, 3:], np.eye(3))
    assert element.on_data.matrices[1] == IDENTITY_MATRIX
    spins = expm(-1j * angle * dense(generator.operator))
    assert np.allclose(matrix_of(element, ket), spins, atol=ROUNDING)
    if not irrational:
        assert np.isclose(angle * np.linalg.norm(axis), np.pi / 2)


@pytest.mark.parametrize("text", CHARGES)
def test_elements_of_charges_are_exponentials(dense: Dense, ket: Any, text: str) -> None:
    """Their names contain the angle, which is read here and put into the exponential."""
    charge = ChargeGenerator("Q", PauliSum.parse(text, N), 1)
    for element, angle in [(charge.quarter_turn(), "pi"), (charge.irrational_turn(), "arccos(3/5)")]:
        factor = element.name.removeprefix("exp(-i*").removesuffix(f"*{angle}*Q)")
        value = {"pi": np.pi, "arccos(3/5)": np.arccos(0.6)}[angle]
        phi = float(Fraction(factor)) * value
        assert np.allclose(matrix_of(element, ket), expm(-1j * phi * dense(charge.operator)), atol=ROUNDING)
        assert element.on_data == identity_map(1)
    assert charge.data_image_of((0, 1)) == {}


@given(st.sampled_from(AXES), st.integers(0, 1), st.integers(0, 2))
def test_the_two_actions_have_one_derivative(axis: Any, site: int, column: int) -> None:
    """-i [T, e.sigma] = (L e).sigma for the qubit that carries the site; the other site stays."""
    generator = about(axis)
    image = generator.data_image_of((site, column))
    if site == 1:
        assert image == {}
        return
    moved = generator.operator.derivation(PauliSum.string(N, {0: "XYZ"[column]}))
    expected = PauliSum.zero(N)
    for (_, row), value in image.items():
        expected = expected + PauliSum.string(N, {0: "XYZ"[row]}).scaled(value)
    assert moved == expected


@pytest.mark.parametrize("text", CHARGES)
def test_the_irrational_turn_moves_whatever_the_charge_moves(text: str) -> None:
    charge = ChargeGenerator("Q", PauliSum.parse(text, N), 0)
    element = charge.irrational_turn().on_qubits
    for x in range(4):
        for z in range(4):
            op = PauliSum(N, {(x, z): 1})
            assert (element.conjugate(op) == op) == charge.operator.commutes_with(op)


def test_a_quarter_turn_may_do_nothing_where_the_irrational_turn_does() -> None:
    """exp(-i pi/2 * 2 Z) is -1."""
    charge = ChargeGenerator("Q", PauliSum.parse("2*Z0", N), 0)
    op = PauliSum.parse("X0", N)
    assert charge.quarter_turn().on_qubits.conjugate(op) == op
    assert charge.irrational_turn().on_qubits.conjugate(op) != op


def test_names() -> None:
    assert about((0, 0, 1)).name == "T_z"
    assert about((1, 1, 0)).name == "T_(1, 1, 0)"
    assert about((1, 1, 0)).quarter_turn().name == "the rotation by pi/2 about (1, 1, 0)"
    assert about((0, 0, 1)).irrational_turn().name == "the rotation by arccos(-7/25) about z"
    assert axis_text((Fraction(1, 2), square_root(3), 0)) == "(1/2, sqrt(3), 0)"


def test_the_length_of_the_axis_scales_the_operator_and_not_the_group() -> None:
    assert about((0, 0, 2)).operator == about((0, 0, 1)).operator.scaled(2)
    assert about((0, 0, 2)).quarter_turn().on_qubits == about((0, 0, 1)).quarter_turn().on_qubits


def test_site_maps_of_some_sites() -> None:
    quarter = about((0, 0, 1)).quarter_turn().on_data.matrices[0]
    moved = site_map(quarter, (1,), 3)
    assert moved.image_of((1, 0)) == {(1, 1): 1}
    assert moved.image_of((0, 0)) == {(0, 0): 1}
    assert identity_map(2).image_of((1, 2)) == {(1, 2): 1}
