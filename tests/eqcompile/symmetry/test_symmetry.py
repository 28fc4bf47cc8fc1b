"""Factors and their product: both actions belong to one group."""

from itertools import product

import pytest

from eqcompile.errors import DimensionError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.permutation import PermutationGroup, images_from_cycles
from eqcompile.symmetry.inversion import InversionFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry


def swap(n: int, *cycle: int) -> PermutationFactor:
    return PermutationFactor(n, PermutationGroup(n, (images_from_cycles([cycle], n),)), f"cycle {cycle}")


def test_su2_generators_have_the_algebra_on_qubits_and_on_data() -> None:
    factor = RotationFactor(3, (0, 2), sites=(1,), num_sites=2)
    generators = factor.lie_generators
    for a, b in product(range(3), repeat=2):
        expected = PauliSum.zero(3)
        for c in range(3):
            expected = expected + generators[c].operator.scaled(factor.group.structure_constant(a, b, c))
        assert generators[a].operator.derivation(generators[b].operator) == expected
    assert generators[2].data_image_of((1, 0)) == {(1, 1): 1}
    assert generators[2].data_image_of((1, 1)) == {(1, 0): -1}
    assert generators[2].data_image_of((0, 0)) == {}
    assert str(generators[1].operator) == "1/2*Y0 + 1/2*Y2"


def test_finite_rotations_move_the_named_qubits_and_sites_alone() -> None:
    quarter = RotationFactor(2, (0,), sites=(0,), num_sites=2).lie_generators[2].quarter_turn()
    assert quarter.name == "the rotation by pi/2 about z"
    assert str(quarter.on_qubits.conjugate(PauliSum.parse("X0 X1", 2))) == "Y0 X1"
    assert quarter.on_data.image_of((0, 0)) == {(0, 1): 1}
    assert quarter.on_data.image_of((1, 0)) == {(1, 0): 1}


def test_inversion_flips_the_parity_qubit_and_the_data() -> None:
    (inversion,) = InversionFactor(3, parity=2, num_sites=1).finite_generators
    assert inversion.name == "inversion (Z2)"
    assert str(inversion.on_qubits.conjugate(PauliSum.parse("Z0 X2 + X0 Z2", 3))) == "X0 Z2 - Z0 X2"
    assert inversion.on_data.image_of((0, 1)) == {(0, 1): -1}


def test_permutations_become_one_group_in_the_place_of_the_first() -> None:
    rotation = RotationFactor(3, (0, 1, 2))
    symmetry = Symmetry(3, factors=(swap(3, 0, 1), rotation, swap(3, 0, 1, 2), swap(3, 0, 1)))
    permutations, other = symmetry.factors
    assert isinstance(permutations, PermutationFactor)
    assert permutations.group.order == 6
    assert other is rotation
    assert symmetry.generator_names == ("T_x", "T_y", "T_z", "(0 1)", "(0 1 2)")
    assert str(symmetry) == "cycle (0, 1), cycle (0, 1, 2), cycle (0, 1) x SU(2)"


def test_products_and_equality() -> None:
    rotations, swaps = (Symmetry(2, factors=(f,)) for f in (RotationFactor(2, (0, 1)), swap(2, 0, 1)))
    assert rotations * swaps == Symmetry(2, factors=(*rotations.factors, *swaps.factors))
    assert rotations * swaps != rotations
    assert str(Symmetry(2)) == "trivial group"


def test_mixed_registers_are_refused() -> None:
    with pytest.raises(DimensionError, match=r"^SU\(2\) acts on 2 qubits, the symmetry on 3$"):
        Symmetry(3, factors=(RotationFactor(2, (0, 1)),))
    with pytest.raises(DimensionError, match=r"^only symmetries of the same register and the same sites"):
        Symmetry(2, ("A",)) * Symmetry(2, ("B",))
