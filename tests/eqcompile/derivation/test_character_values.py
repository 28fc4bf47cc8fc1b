"""The values that characters can take: spectra of U(1) groups, and roots of unity of elements."""

from fractions import Fraction

import pytest

import eqcompile as eq
from eqcompile.derivation.witness.character_values import finite_values, lie_values
from eqcompile.errors import MethodError
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, is_real, real_part, scalar, to_fraction
from eqcompile.symmetry.symmetry import Symmetry


def of_lie(symmetry: Symmetry) -> list[Fraction]:
    (factor,) = symmetry.factors
    values = lie_values(factor, factor.lie_generators[0])
    assert all(map(is_real, values))
    return [to_fraction(real_part(value)) for value in values]


def test_su2_has_no_other_character() -> None:
    (factor,) = eq.SU2(3).factors
    assert [lie_values(factor, generator) for generator in factor.lie_generators] == [[ZERO]] * 3


def test_momenta_of_spins() -> None:
    half = Fraction(1, 2)
    assert of_lie(eq.U1(3)) == [half, -half, 3 * half, -3 * half]
    assert of_lie(eq.U1(2, axis=(0, 3, 4))) == [0, 5, -5], "T is as long as its axis"


def test_spectrum_of_a_charge() -> None:
    assert of_lie(eq.charge(3, "Z0 + Z1 - 2*Z2")) == [0, 2, -2, 4, -4]
    assert of_lie(eq.charge(2, "H(0,1)")) == [1, -3]


@pytest.mark.parametrize(
    ("symmetry", "turns"),
    [
        (eq.permutations(2, [(0, 1)]), [(1, 0), (2, 1)]),
        (eq.permutations(3, [(0, 1, 2)]), [(1, 0), (3, 1), (3, 2)]),
        (eq.pauli_symmetry(1, "Y0"), [(1, 0), (2, 1)]),
        (eq.point_symmetry(2, "C_2"), [(1, 0), (2, 1)]),
        (eq.point_symmetry(1, "C_2"), [(4, 1), (4, 3)]),
        (eq.point_symmetry(1, "C_3"), [(2, 1), (6, 1), (6, 5)]),
        (eq.unitaries(1, s="(1 + i)/2 + (1 - i)/2*Z0"), [(1, 0), (2, 1), (4, 1), (4, 3)]),
    ],
)
def test_roots_of_unity(symmetry: Symmetry, turns: list[tuple[int, int]]) -> None:
    """A full turn of one spin is -1, so its characters are those of the double group."""
    values = finite_values(symmetry.finite_generators[0], symmetry.num_qubits)
    assert len(values) == len(turns)
    assert set(values) == {root_of_unity(n, k) for n, k in turns}
    assert (values[0] == ONE) == ((1, 0) in turns), "the trivial character comes first"
    assert all(value ** len(turns) in (ONE, scalar(-1)) for value in values)


def test_an_element_of_infinite_order() -> None:
    symmetry = eq.unitaries(1, turn="3/5 + 4/5*i*Z0")
    with pytest.raises(MethodError) as caught:
        finite_values(symmetry.finite_generators[0], 1)
    assert str(caught.value) == ("no power of turn up to 360 is the identity; write the state yourself")


def test_a_phase_that_is_no_root_of_unity() -> None:
    symmetry = eq.unitaries(1, phased="(3/5 + 4/5*i)*X0")
    with pytest.raises(MethodError) as caught:
        finite_values(symmetry.finite_generators[0], 1)
    assert str(caught.value) == "the phase of phased to the power 2 is not a root of unity"
