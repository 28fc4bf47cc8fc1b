import pickle  # noqa: TID251  # what users do with calculators
import pickletools
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.calculators.calculator import PropertyNotImplementedError
from ase.calculators.fd import calculate_numerical_forces

from siqml.errors import ModelError, SiqmlError
from siqml.field.calculator import PropertyError, SiqmlCalculator
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


def test_a_pickle_of_atoms_is_the_spec_and_numbers(tiny_field: ForceField) -> None:
    """What a pickle names is called when it is read: only what rebuilds values, never a compiled model."""
    atoms = Atoms("LiH", POSITIONS, calculator=SiqmlCalculator(tiny_field))
    energy = atoms.get_potential_energy()
    content = pickle.dumps(atoms)
    again = pickle.loads(content)  # noqa: S301
    assert again.get_potential_energy() == energy
    again.positions[0, 2] -= 0.3
    assert again.get_potential_energy() != energy
    assert atoms.get_potential_energy() == energy
    assert tiny_field.program.spec.source.text.encode() in content
    words = [str(arg) for _, arg, _ in pickletools.genops(content) if isinstance(arg, str)]
    named = {
        word for word in words if word.split(".")[0] in ("siqml", "eqcompile", "jax", "numba", "builtins")
    }
    assert named <= {"siqml.field.calculator", "siqml.field.force_field", "builtins"}


def test_the_free_energy_is_the_energy(tiny_field: ForceField) -> None:
    other = Ensemble((tiny_field, tiny_field), ("a", "b"))
    for field in (tiny_field, other):
        atoms = Atoms("LiH", POSITIONS, calculator=SiqmlCalculator(field))
        assert atoms.get_potential_energy(force_consistent=True) == atoms.get_potential_energy()
        assert atoms.calc.results["free_energy"] == atoms.calc.results["energy"]


def test_properties_that_a_molecule_does_not_have(tiny_field: ForceField) -> None:
    atoms = Atoms("LiH", POSITIONS, calculator=SiqmlCalculator(tiny_field))
    calls = {
        "stress: the model is of one free molecule, which has no cell to strain; ask for energy or forces": (
            atoms.get_stress
        ),
        "stresses: the model is of one free molecule, which has no cell to strain; ask for energy or forces": (
            atoms.get_stresses
        ),
        "energies: the model gives one energy for the molecule, and no share of it to an atom; ask for energy": (
            atoms.get_potential_energies
        ),
        "dipole: not a property of the model; it has energy, free_energy, forces": atoms.get_dipole_moment,
    }
    for message, call in calls.items():
        with pytest.raises(PropertyError) as error:
            call()
        assert str(error.value) == message
        assert isinstance(error.value, SiqmlError)
        assert isinstance(error.value, PropertyNotImplementedError)


def test_constraints_optimisers_and_trajectories_of_ase(bound_field: ForceField, tmp_path: Path) -> None:
    """A bond of fixed length, a fixed atom, and none: what moves is what may move."""
    from ase.constraints import FixAtoms, FixBondLength
    from ase.io import read
    from ase.optimize import BFGS, FIRE

    start = np.array([[0.0, 0.0, 0.0], [0.3, 0.2, 1.5]])
    free = Atoms("LiH", start, calculator=SiqmlCalculator(bound_field))
    assert BFGS(free, logfile=None, trajectory=str(tmp_path / "t.traj")).run(fmax=1e-3, steps=200)
    frames = read(tmp_path / "t.traj", ":")
    assert frames[-1].get_potential_energy() < frames[0].get_potential_energy()
    assert np.linalg.norm(frames[-1].get_forces(), axis=1).max() < 1e-3
    assert free.get_distance(0, 1) == pytest.approx(1.9, abs=0.05)
    held = Atoms("LiH", start, calculator=SiqmlCalculator(bound_field), constraint=FixAtoms([0]))
    assert FIRE(held, logfile=None).run(fmax=1e-3, steps=500)
    assert held.positions[0].tolist() == [0, 0, 0]
    assert held.get_distance(0, 1) == pytest.approx(free.get_distance(0, 1), abs=1e-2)
    stiff = Atoms("LiH", start, calculator=SiqmlCalculator(bound_field), constraint=FixBondLength(0, 1))
    BFGS(stiff, logfile=None).run(fmax=1e-3, steps=5)
    assert stiff.get_distance(0, 1) == pytest.approx(np.linalg.norm(start[1]))
    assert stiff.get_distance(0, 1) != pytest.approx(free.get_distance(0, 1), abs=1e-2)


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
