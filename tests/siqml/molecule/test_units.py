from ase import units

from siqml.molecule.units import HARTREE


def test_hartree_is_the_one_of_ase() -> None:
    assert units.Hartree == HARTREE
