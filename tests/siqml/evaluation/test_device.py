"""Models on devices, compared with the exact model and with labels."""

import io
import json

import numpy as np
import pytest

import eqcompile as eq
from siqml.device.force_field import HardwareField
from siqml.evaluation.device import (
    Agreement,
    evaluate_on_device,
    evaluation_table,
    noise_table,
    oriented,
    spread,
)
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Structures


def test_agreement_of_known_numbers() -> None:
    found, exact = np.array([1.0, 2.0, 5.0]), np.array([0.0, 2.0, 2.0])
    agreement = Agreement.of(found, np.array([1.0, 1.0, 1.0]), exact)
    assert agreement.mse == pytest.approx(10 / 3)
    assert agreement.rms_z == pytest.approx((10 / 3) ** 0.5)
    assert agreement.covered == pytest.approx(2 / 3)
    without = Agreement.of(found, np.zeros(3), exact)
    assert (without.error, without.rms_z, without.covered) == (0, None, None)


def test_structures_are_spread_over_the_set() -> None:
    assert spread(81, 5) == [0, 20, 40, 60, 80]
    assert spread(3, 10) == [0, 1, 2]
    assert spread(9, 1) == [0]


def test_orientations_keep_the_molecule(lih_test: Structures) -> None:
    turned = oriented(lih_test.positions, 3)
    bonds = [np.linalg.norm(p[:, 1] - p[:, 0], axis=-1) for p in (lih_test.positions, turned)]
    assert np.allclose(*bonds)
    assert np.abs(turned[:, 1, 0] - turned[:, 0, 0]).max() > 0.1
    assert np.array_equal(oriented(lih_test.positions, 3), turned)


def test_the_exact_limit_is_the_model(tiny_field: ForceField, lih_test: Structures) -> None:
    stream = io.StringIO()
    field = HardwareField(tiny_field, eq.find_backend("aer"))
    found = evaluate_on_device(field, lih_test, 3, True, stream)
    assert found.structures == (0, 40, 80)
    assert found.energy.mse < 1e-18
    assert found.force is not None
    assert found.force.mse < 1e-18
    assert not found.noise
    exact = tiny_field.predict(lih_test.positions[[0, 40, 80]])[0]
    assert found.energies == pytest.approx(exact)
    assert found.energy_label_mse == pytest.approx(np.mean((exact - lih_test.energies[[0, 40, 80]]) ** 2))
    assert "values on aer: 147/147 structure 3 of 3" in stream.getvalue()
    lines = evaluation_table(found)
    assert lines[0].endswith(
        "lih_test.extxyz: 3 of 81 structures on aer, exact values, without noise, seed 0"
    )
    assert lines[1].endswith("; proven for SU(2)")
    assert len(lines) == 8
    assert lines[3].split()[-1] == "-"
    json.dumps(found.to_dict())


def test_shots_have_error_bars(tiny_field: ForceField, lih_test: Structures) -> None:
    field = HardwareField(tiny_field, eq.find_backend("fake_manila"), shots=2000, seed=1, noise=False)
    found = evaluate_on_device(field, lih_test, 30, False, io.StringIO())
    assert found.force is found.force_label_mse is None
    assert found.energy.rms_z is not None
    assert found.energy.covered is not None
    assert 0.5 < found.energy.rms_z < 1.6
    assert found.energy.covered > 0.8
    lines = evaluation_table(found)
    assert "2000 shots, without noise, seed 1" in lines[0]
    assert "% within two error bars" in lines[-1]


def test_the_table_of_noise() -> None:
    rows = noise_table([eq.Violation("T_x", True, 1.5, 0.5, -2.0, 0.7, 1e-12, 8),
                        eq.Violation("(A B)", False, 0.25, 0.0, 0.5, 0.0, 0.25, 8)], "title")  # fmt: skip
    assert rows[0] == "title"
    assert rows[2].split() == [
        "T_x",
        "invariant",
        "1.500",
        "0.500",
        "16.0",
        "-2.000",
        "+-",
        "0.700",
        "1.0e-12",
    ]
    assert rows[3].split() == ["(A", "B)", "broken", "0.250", "0.000", "-", "0.500", "2.5e-01"]
