from dataclasses import replace

import numpy as np
import pytest

from siqml.evaluation.evaluate import evaluate
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Structures


def test_errors_of_a_known_shift(tiny_field: ForceField, lih_test: Structures) -> None:
    energies, forces = tiny_field.predict(lih_test.positions)
    along_z = np.zeros(forces.shape)
    along_z[:, 0, 2], along_z[:, 1, 2] = 0.3, -0.3
    shifted = Structures(lih_test.species, lih_test.positions, energies + 0.5, forces + along_z, "shifted")
    found = evaluate(tiny_field, shifted)
    assert found.num_structures == 81
    assert (found.energy.mse, found.energy.mae, found.energy.max) == pytest.approx((0.25, 0.5, 0.5))
    assert found.force is not None
    assert (found.force.mse, found.force.mae, found.force.max) == pytest.approx((0.03, 0.1, 0.3))
    assert found.radial_force is not None
    assert found.radial_force.mse == pytest.approx(3 * found.force.mse)


def test_without_forces(tiny_field: ForceField, lih_test: Structures) -> None:
    found = evaluate(tiny_field, replace(lih_test, forces=None))
    assert found.force is None
    assert found.radial_force is None
    assert found.to_dict()["force"] is None
