"""Models of several terms on devices: those of JAX where exact, with honest error bars where sampled."""

import io

import numpy as np
import pytest

import eqcompile as eq
from siqml.device.force_field import HardwareField
from siqml.errors import ModelError
from siqml.evaluation.device import evaluate_on_device, evaluation_table
from siqml.field.force_field import ForceField
from siqml.molecule.structures import Structures

EXACT = 1e-9


def test_exact_energies_and_forces_are_those_of_jax(summed: ForceField, dimers: Structures) -> None:
    positions = dimers.positions[:1]
    energies, forces = summed.predict(positions)
    found = HardwareField(summed, eq.find_backend("aer")).measure(positions)
    assert found.forces is not None
    assert found.force_errors is not None
    np.testing.assert_allclose(found.energies, energies, rtol=0, atol=EXACT)
    np.testing.assert_allclose(found.forces, forces, rtol=0, atol=EXACT)
    assert not found.energy_errors.any()
    assert not found.force_errors.any()


def test_values_are_counted_over_all_terms(three_terms: ForceField) -> None:
    hardware = HardwareField(three_terms, eq.find_backend("aer"))
    of_each = 1 + 6 * 3 * 4
    assert hardware.values_per_structure() == 3 * of_each
    assert hardware.values_per_structure(forces=False) == 3
    seen: list[tuple[int, str]] = []
    hardware.measure(np.ones((1, 6, 3)), False, lambda done, text: seen.append((done, text)))
    assert seen == [(k, "structure 1 of 1") for k in (1, 2, 3)]


def test_terms_of_one_program_share_a_circuit(three_terms: ForceField, tiny_field: ForceField) -> None:
    device = eq.find_backend("aer")
    hardware = HardwareField(three_terms, device)
    assert len(hardware.circuits) == 2
    assert hardware.terms[0].circuit is hardware.terms[1].circuit
    for name in ("circuit", "expectation"):
        with pytest.raises(ModelError) as caught:
            getattr(hardware, name)
        assert str(caught.value) == (
            "this model has 2 different circuits (2 water + lih), not one; they are in .circuits, and their "
            "expectation values in .expectations"
        )
    alone = HardwareField(tiny_field, device)
    assert alone.circuit is alone.circuits[0]
    assert alone.expectation is alone.expectations[0]


def test_error_bars_cover_the_exact_values(three_terms: ForceField, dimers: Structures) -> None:
    """Chi square of 40 energies: shots of equal circuits are drawn anew, those of others from other seeds."""
    positions = np.repeat(dimers.positions[:1], 40, axis=0)
    energies = three_terms.energies(positions)
    found = HardwareField(three_terms, eq.find_backend("aer"), shots=300, seed=2).measure(
        positions, forces=False
    )
    chi = ((found.energies - energies) / found.energy_errors) ** 2
    assert 16 < chi.sum() < 80


def test_runs_repeat_and_seeds_differ(two_terms: ForceField, dimers: Structures) -> None:
    device = eq.find_backend("aer")
    first, second, other = (
        HardwareField(two_terms, device, shots=100, seed=seed).measure(dimers.positions[:2], forces=False)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first.energies, second.energies)
    assert not np.array_equal(first.energies, other.energies)


def test_the_comparison_counts_the_gates_of_all_terms(three_terms: ForceField, dimers: Structures) -> None:
    hardware = HardwareField(three_terms, eq.find_backend("aer"))
    found = evaluate_on_device(hardware, dimers, 2, False, io.StringIO())
    assert found.energy.mse < 1e-18
    water, oxygens = hardware.circuits
    assert found.circuit["depth"] == max(water.depth(), oxygens.depth())
    gates = sum(count for name, count in found.circuit.items() if name != "depth")
    assert gates == 2 * sum(water.count_ops().values()) + sum(oxygens.count_ops().values())
    assert found.certificate == "proven for SU(2) x (H1 H2); proven for SU(2)"
    assert "proven for SU(2) x (H1 H2); proven for SU(2)" in evaluation_table(found)[1]
