import pickle  # noqa: TID251  # what users do with calculators
from collections.abc import Callable
from copy import deepcopy

import numpy as np
import pytest
from ase import Atoms
from ase.calculators.fd import calculate_numerical_forces

from siqml.errors import ModelError
from siqml.field.calculator import SiqmlCalculator
from siqml.field.ensemble import Ensemble
from siqml.field.force_field import ForceField

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


def test_copies_share_the_model(tiny_field: ForceField) -> None:
    atoms = Atoms("LiH", POSITIONS, calculator=SiqmlCalculator(tiny_field))
    energy = atoms.get_potential_energy()
    copied = deepcopy(atoms)
    assert copied.calc is not atoms.calc
    assert copied.calc.force_field is tiny_field
    copied.positions[0, 2] -= 0.3
    assert copied.get_potential_energy() != energy
    assert atoms.get_potential_energy() == energy


def test_a_pickle_is_the_same_model_and_holds_no_code(tiny_field: ForceField) -> None:
    """Also after a call, when there is compiled code; reading it compiles the spec and certifies it again."""
    calculator = SiqmlCalculator(tiny_field)
    energy = Atoms("LiH", POSITIONS, calculator=calculator).get_potential_energy()
    again = pickle.loads(pickle.dumps(calculator))  # noqa: S301
    assert Atoms("LiH", POSITIONS, calculator=again).get_potential_energy() == energy
    assert again.force_field.program.certificate == tiny_field.program.certificate
    ensemble = Ensemble((tiny_field, tiny_field), ("a", "b"))
    ensemble.predict(POSITIONS[None])
    found = pickle.loads(pickle.dumps(ensemble))  # noqa: S301
    np.testing.assert_array_equal(found.predict(POSITIONS[None])[0], ensemble.predict(POSITIONS[None])[0])
    assert deepcopy(ensemble) is ensemble


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: SiqmlCalculator("model.safetensors"),  # type: ignore[arg-type]
            "a trained model is needed, such as SiqmlCalculator.load gives; found a str",
        ),
        (
            lambda: SiqmlCalculator.load(None),  # type: ignore[arg-type]
            "the name of a model file or run folder is needed; found a NoneType",
        ),
        (lambda: SiqmlCalculator.load("missing"), "missing: no such model; `siqml train` makes one"),
    ],
)
def test_what_is_no_model_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ModelError) as caught:
        make()
    assert str(caught.value) == message
