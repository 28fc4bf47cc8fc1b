import numpy as np
import pytest
from ase import Atoms
from ase.calculators.fd import calculate_numerical_forces

from siqml.calculator import SiqmlCalculator
from siqml.errors import ModelError
from siqml.model import ForceField

POSITIONS = np.array([[0.1, 0.2, -0.7], [-0.3, 0.1, 0.8]])


def test_calculator_equals_model_in_any_atom_order(tiny_field: ForceField) -> None:
    energies, forces = tiny_field.predict(POSITIONS[None])
    for order in ([0, 1], [1, 0]):
        symbols = [("Li", "H")[i] for i in order]
        atoms = Atoms(symbols, POSITIONS[order], calculator=SiqmlCalculator(tiny_field))
        assert atoms.get_potential_energy() == energies[0]
        np.testing.assert_array_equal(atoms.get_forces(), forces[0][order])


def test_numerical_forces_agree(tiny_field: ForceField) -> None:
    atoms = Atoms("LiH", POSITIONS, calculator=SiqmlCalculator(tiny_field))
    np.testing.assert_allclose(calculate_numerical_forces(atoms, eps=1e-5), atoms.get_forces(), atol=1e-7)


def test_results_follow_the_atoms(tiny_field: ForceField) -> None:
    atoms = Atoms("LiH", POSITIONS, calculator=SiqmlCalculator(tiny_field))
    before = atoms.get_potential_energy()
    atoms.positions[0, 2] -= 0.3
    assert atoms.get_potential_energy() != before


def test_other_molecules_are_refused(tiny_field: ForceField) -> None:
    with pytest.raises(ModelError) as error:
        Atoms("NaH", POSITIONS, calculator=SiqmlCalculator(tiny_field)).get_potential_energy()
    assert str(error.value) == "these atoms are Na H; the model is of Li H"


def test_periodic_cells_are_refused(tiny_field: ForceField) -> None:
    atoms = Atoms("LiH", POSITIONS, cell=[9, 9, 9], pbc=True, calculator=SiqmlCalculator(tiny_field))
    with pytest.raises(ModelError, match=r"set atoms.pbc = False"):
        atoms.get_potential_energy()
