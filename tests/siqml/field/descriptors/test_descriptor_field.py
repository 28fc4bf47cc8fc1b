"""The contract of a model: invariance, covariance, differences, a file with the same bits, and no damage unnoticed."""

import copy
import pickle  # noqa: TID251  # what users do with calculators
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from siqml.errors import ModelError
from siqml.evaluation.floor import force_floor
from siqml.field.calculator import SiqmlCalculator
from siqml.field.descriptors.descriptor_field import DescriptorField
from siqml.field.descriptors.descriptor_file import load_descriptors, save_descriptors
from siqml.field.ensemble import Ensemble, load_field
from siqml.field.model_file import Origin, load_model, load_origin, load_parameters
from siqml.field.sealed import read_sealed, write_sealed
from siqml.md.run import digest
from siqml.molecule.structures import Structures

ORIGIN = Origin(1, "model: water\n", {"numpy": "2"})


@pytest.fixture
def saved(fitted: DescriptorField, tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_descriptors(path, fitted, ORIGIN)
    return path


def test_energies_do_not_change_and_forces_turn(fitted: DescriptorField, waters: Structures) -> None:
    positions = waters.positions[:5]
    before = positions.copy()
    energies, forces = fitted.predict(positions)
    turn = Rotation.random(rng=np.random.default_rng(3)).as_matrix()
    turned = fitted.predict(positions @ turn.T + [1.0, -2.0, 0.5])
    swapped = fitted.predict(positions[:, [0, 2, 1]])
    np.testing.assert_allclose(turned[0], energies, atol=1e-10)
    np.testing.assert_allclose(turned[1], forces @ turn.T, atol=1e-9)
    np.testing.assert_allclose(swapped[0], energies, atol=1e-10)
    np.testing.assert_allclose(swapped[1], forces[:, [0, 2, 1]], atol=1e-9)
    np.testing.assert_allclose(forces.sum(axis=1), 0, atol=1e-10)
    assert np.array_equal(positions, before)


def test_forces_are_differences_of_energies(fitted: DescriptorField, waters: Structures) -> None:
    positions, step = waters.positions[3], 1e-5
    _, forces = fitted.predict(positions[None])
    for atom, axis in ((0, 0), (1, 2), (2, 1)):
        moved = np.repeat(positions[None], 2, axis=0)
        moved[:, atom, axis] += [step, -step]
        up, down = fitted.energies(moved)
        assert forces[0, atom, axis] == pytest.approx(-(up - down) / (2 * step), abs=1e-7)


def test_a_file_keeps_the_bits(fitted: DescriptorField, saved: Path, waters: Structures) -> None:
    expected = fitted.predict(waters.positions)
    copied = pickle.loads(pickle.dumps(fitted))  # noqa: S301
    for loaded in (load_descriptors(saved), load_field([saved]), copied):
        assert isinstance(loaded, DescriptorField)
        assert loaded.digest == fitted.digest == digest(loaded)
        for one, other in zip(expected, loaded.predict(waters.positions), strict=True):
            assert one.tobytes() == other.tobytes()
    assert copy.deepcopy(fitted) is fitted
    assert load_origin(saved) == ORIGIN
    circuit = fitted.descriptors.circuit
    assert load_parameters(saved, circuit.model.sha256).tobytes() == circuit.params.tobytes()


def test_the_calculator_and_an_ensemble_take_it(
    saved: Path, fitted: DescriptorField, waters: Structures
) -> None:
    from ase import Atoms

    atoms = Atoms("HOH", positions=waters.positions[0][[1, 0, 2]])
    atoms.calc = SiqmlCalculator.load(saved)
    energies, forces = fitted.predict(waters.positions[:1])
    assert atoms.get_potential_energy() == energies[0]
    assert np.array_equal(atoms.get_forces(), forces[0][[1, 0, 2]])
    both = Ensemble((fitted, fitted), ("a", "b"))
    assert np.array_equal(both.predict(waters.positions)[0], fitted.predict(waters.positions)[0])


def test_the_floor_is_that_of_the_descriptors(fitted: DescriptorField, waters: Structures) -> None:
    """Three internal motions of water are seen; a network on one constant descriptor would see none."""
    floor = force_floor(fitted, waters)
    assert floor.seen == (3, 3)
    assert floor.share < 1e-6


def test_a_circuit_alone_is_needed_elsewhere(saved: Path) -> None:
    with pytest.raises(
        ModelError, match="a network on descriptors; this needs a model that is a circuit alone"
    ):
        load_model(saved)


def test_another_kind_is_refused(saved: Path, fitted: DescriptorField) -> None:
    from siqml.field.model_file import save_model

    other = saved.with_name("circuit.safetensors")
    save_model(other, fitted.descriptors.circuit, ORIGIN)
    with pytest.raises(ModelError, match="not a network on descriptors, such as `siqml describe` makes"):
        load_descriptors(other)


def test_a_flipped_bit_is_noticed(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[-5] ^= 1
    saved.write_bytes(content)
    with pytest.raises(ModelError, match="damaged, its content does not match its sha256"):
        load_descriptors(saved)


@pytest.mark.parametrize(
    ("facts", "arrays", "message"),
    [
        ({"sizes": [9, 2, 1]}, {}, "449 weights; layers of 9-2-1 units need 23; make it again"),
        ({"sizes": []}, {}, "its network is not of a siqml model"),
        ({"sizes": ["9"]}, {}, "its network is not of a siqml model"),
        ({"descriptors": 3}, {}, '"descriptors" is missing in it, or of another type'),
        ({"descriptors": ["H(0,1)"]}, {}, "a network of 9 inputs on 1 descriptors"),
        ({"descriptors": ["Z0"] * 9}, {}, "descriptor 0, Z0, is not invariant: changed by T_x"),
        ({}, {"weights": np.full(449, np.nan)}, "its network is not of a siqml model"),
        ({}, {"spread": np.zeros(9)}, "the spread of a descriptor is a positive number"),
        ({}, {"mean": np.zeros((9, 1))}, "its network is not of a siqml model"),
    ],
)
def test_sealed_nonsense_is_refused(
    saved: Path, facts: dict[str, object], arrays: dict[str, np.ndarray], message: str
) -> None:
    old, tensors = read_sealed(saved, "siqml-descriptors-1", ModelError, "")
    write_sealed(saved, str(old.pop("kind")), old | facts, tensors | arrays)
    with pytest.raises(ModelError, match=message):
        load_descriptors(saved)
