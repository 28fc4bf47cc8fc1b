"""Which representations are projective: phases that no choice of phases removes."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

import eqcompile as eq
from eqcompile.symmetry.projective import projective_phases
from eqcompile.symmetry.symmetry import Symmetry


def found(symmetry: Symmetry) -> list[str]:
    return [str(phase) for phase in projective_phases(symmetry)]


@pytest.mark.parametrize("symbol", ["D_2", "D_4", "D_6", "T", "O", "I", "D_2h", "Td", "Oh"])
@pytest.mark.parametrize("spins", [1, 2, 3, 4])
def test_an_odd_number_of_spins(symbol: str, spins: int) -> None:
    """-1 is a product of commutators of the double group: nothing maps it to anything but 1 in a character."""
    group = eq.point_symmetry(spins, symbol)
    plural = "s" if spins > 1 else ""
    expected = [f"a full turn of {group.factors[0].name} on {spins} spin{plural} is -1, not 1"]
    assert found(group) == (expected if spins % 2 else [])


@pytest.mark.parametrize("symbol", ["C_1", "C_2", "C_5", "C_8", "S_4", "D_3", "D_5", "C_s", "C_3h"])
def test_a_phase_that_can_be_chosen_away(symbol: str) -> None:
    """Cyclic groups, and D_n with odd n, have linear representations on one spin after a change of phases."""
    assert found(eq.point_symmetry(3, symbol)) == []


def test_rotations_of_an_odd_number_of_spins() -> None:
    assert found(eq.SU2(3)) == ["a full turn of SU(2) on 3 spins is -1, not 1"]
    assert found(eq.SU2(4)) == []
    assert found(eq.U1(3)) == [], "its characters are half-integer momenta"


def test_anticommuting_strings() -> None:
    assert found(eq.pauli_symmetry(1, "X0", "Z0")) == ["the commutator of X0 and Z0 is -1, not 1"]
    assert found(eq.pauli_symmetry(2, "X0 X1", "Z0 Z1")) == []
    assert found(eq.pauli_symmetry(1, "X0") * eq.pauli_symmetry(1, "Z0")) == [
        "the commutator of X0 and Z0 is -1, not 1"
    ]


def test_permutations_with_local_unitaries() -> None:
    """A shift maps X on all qubits to itself, and Z0 elsewhere: the first commutes, the second forms a larger group."""
    shift = eq.permutations(3, [(0, 1, 2)])
    assert found(shift * eq.pauli_symmetry(3, "X0 X1 X2")) == []
    assert found(shift * eq.pauli_symmetry(3, "Z0")) == []
    swap = eq.permutations(2, [(0, 1)])
    assert found(swap * eq.pauli_symmetry(2, "X0 Z1")) == [], "moved to Z0 X1, which is another string"
    assert found(swap * eq.pauli_symmetry(2, "X0 X1", "Z0")) == [
        "the commutator of X0 X1 and Z0 is -1, not 1"
    ]


def test_factors_against_each_other() -> None:
    """Half a turn of one spin about z, compared with X on it and with X on two."""
    half_turn = eq.point_symmetry(2, "C_2")
    assert found(half_turn * eq.pauli_symmetry(2, "X0")) == [
        "the commutator of the rotation of order 2 about z and X0 is -1, not 1"
    ]
    assert found(half_turn * eq.pauli_symmetry(2, "X0 X1")) == []
    assert found(half_turn * eq.unitaries(2, flip="X0 X1")) == []


def test_unitaries_on_several_qubits_are_compared_on_a_state() -> None:
    controlled = "(1 + Z0 + Z1 - Z0 Z1)/2"
    z = eq.pauli_symmetry(2, "Z0")
    assert found(eq.unitaries(2, cz=controlled) * z) == []
    assert found(eq.unitaries(2, flip=["X0", controlled]) * z) == [
        "the commutator of flip and Z0 is -1, not 1"
    ]


@pytest.mark.parametrize("spins", [1, 2])
def test_the_phase_is_that_of_the_matrices(spins: int, dense: Callable[[eq.PauliSum], Any]) -> None:
    """D_2 by its spin matrices: the two half turns commute up to (-1)^spins."""
    (factor,) = eq.point_symmetry(spins, "D_2").factors
    matrices = []
    for generator in factor.finite_generators:
        unitaries = generator.on_qubits.unitaries(spins)
        assert unitaries is not None
        total = np.eye(2**spins)
        for op in unitaries:
            total = dense(op) @ total
        matrices.append(total)
    for a, b in product(matrices, repeat=2):
        sign = (-1) ** spins if a is not b else 1
        np.testing.assert_allclose(a @ b, sign * b @ a, atol=1e-12)
