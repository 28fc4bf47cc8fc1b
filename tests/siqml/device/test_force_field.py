"""Energies and forces on devices: those of JAX where exact, with honest error bars where sampled."""

from collections.abc import Callable

import numpy as np
import pytest

import eqcompile as eq
from siqml.device.force_field import HardwareField
from siqml.errors import ModelError
from siqml.field.catalogue import find
from siqml.field.force_field import ForceField
from siqml.field.scaling import Scaling
from siqml.molecule.frame import Frame
from siqml.molecule.structures import Array

EXACT = 1e-9

FRAMES = {
    "lih": Frame(("Li", "H"), (0, 1), (0, 1)),
    "water_breaking": Frame(("O", "H", "H"), (1, 2), (0,)),
    "water_dimer": Frame(("O", "H", "H", "O", "H", "H"), (0, 1, 2, 3, 4, 5), (0, 3)),
}


@pytest.fixture(scope="module")
def shallow() -> Callable[[str], ForceField]:
    """The paper's models with two layers and random parameters."""

    def field(name: str) -> ForceField:
        path = find(name, "models")
        text = path.read_text(encoding="utf-8")
        (depth,) = (line for line in text.splitlines() if line.startswith("  depth:"))
        program = eq.compile(eq.loads(text.replace(depth, "  depth: 2"), path=str(path)))
        params = np.random.default_rng(0).normal(0, 0.5, program.num_parameters)
        return ForceField(program, FRAMES[name], Scaling(-1.0, -2.5, 0.7), params)

    return field


def structures(n_atoms: int) -> Array:
    """Structures: a generic one, one on the z axis, and one with all atoms in one place."""
    positions = np.random.default_rng(3).normal(size=(3, n_atoms, 3))
    positions[1:] = 0
    positions[1, :, 2] = np.arange(n_atoms)
    return positions


@pytest.mark.parametrize("name", FRAMES)
def test_exact_energies_and_forces_are_those_of_jax(shallow: Callable[[str], ForceField], name: str) -> None:
    """With and without a parity qubit; on the axes and at zero, where angles have no derivative."""
    field = shallow(name)
    positions = structures(len(field.frame.species))
    energies, forces = field.predict(positions)
    hardware = HardwareField(field, eq.find_backend("aer"))
    found = hardware.measure(positions)
    assert found.forces is not None
    assert found.force_errors is not None
    assert np.allclose(found.energies, energies, atol=EXACT, rtol=0)
    assert np.allclose(found.forces, forces, atol=EXACT, rtol=0)
    assert np.abs(forces[1]).max() > 0.01
    assert np.allclose(found.forces.sum(axis=1), 0, atol=EXACT)
    assert not found.energy_errors.any()
    assert not found.force_errors.any()


def test_the_state_vector_of_qiskit_agrees_too(tiny_field: ForceField) -> None:
    positions = np.array([[[0.1, 0.2, -0.4], [0.5, 1.2, 0.8]], [[0, 0, 0.0], [0, 0, 1.6]]])
    energies, forces = tiny_field.predict(positions)
    found = HardwareField(tiny_field, eq.find_backend("statevector")).measure(positions)
    assert found.forces is not None
    assert np.allclose(found.energies, energies, atol=EXACT, rtol=0)
    assert np.allclose(found.forces, forces, atol=EXACT, rtol=0)


def test_a_routed_circuit_gives_the_same_forces(shallow: Callable[[str], ForceField]) -> None:
    field = shallow("water_breaking")
    positions = structures(3)[:1]
    hardware = HardwareField(field, eq.find_backend("fake_lagos"), noise=False)
    assert hardware.circuit.certificate
    found = hardware.measure(positions)
    assert found.forces is not None
    assert np.allclose(found.forces, field.predict(positions)[1], atol=EXACT, rtol=0)


def test_negative_control_one_gate_without_its_shift(
    shallow: Callable[[str], ForceField], monkeypatch: pytest.MonkeyPatch
) -> None:
    field = shallow("lih")
    positions = structures(2)[:1]
    hardware = HardwareField(field, eq.find_backend("aer"))
    (term,) = hardware.terms
    monkeypatch.setitem(term.__dict__, "occurrences", term.occurrences[1:])
    found = hardware.measure(positions)
    assert found.forces is not None
    assert np.abs(found.forces - field.predict(positions)[1]).max() > 1e-3


def test_error_bars_cover_the_exact_values(tiny_field: ForceField) -> None:
    """Chi square of 240 force components, two in three of them independent, and of 40 energies."""
    positions = np.resize(np.array([[0.1, 0.2, -0.4], [0.5, 1.2, 0.8]]), (40, 2, 3))
    energies, forces = tiny_field.predict(positions)
    hardware = HardwareField(tiny_field, eq.find_backend("aer"), shots=300, seed=2)
    found = hardware.measure(positions)
    assert found.forces is not None
    assert found.force_errors is not None
    chi = ((found.energies - energies) / found.energy_errors) ** 2
    assert 16 < chi.sum() < 80
    first = ((found.forces[:, 0] - forces[:, 0]) / found.force_errors[:, 0]) ** 2
    assert 70 < first.sum() < 190  # 120 independent ones; the second atom's forces are their opposites
    assert np.allclose(found.forces[:, 0], -found.forces[:, 1])
    assert np.allclose(found.force_errors[:, 0], found.force_errors[:, 1])


def test_runs_repeat_and_seeds_differ(tiny_field: ForceField) -> None:
    positions = np.array([[[0.1, 0.2, -0.4], [0.5, 1.2, 0.8]]])
    device = eq.find_backend("fake_manila")
    first, second, other = (
        HardwareField(tiny_field, device, shots=100, seed=seed).measure(positions, forces=False)
        for seed in (1, 1, 2)
    )
    assert first.forces is first.force_errors is None
    assert np.array_equal(first.energies, second.energies)
    assert not np.array_equal(first.energies, other.energies)


def test_noise_is_off_when_it_is_said_so(tiny_field: ForceField) -> None:
    positions = np.array([[[0.1, 0.2, -0.4], [0.5, 1.2, 0.8]]])
    energies, _ = tiny_field.predict(positions)
    device = eq.find_backend("fake_manila")
    quiet, noisy = (
        HardwareField(tiny_field, device, noise=noise).measure(positions, forces=False)
        for noise in (False, True)
    )
    assert np.allclose(quiet.energies, energies, atol=EXACT, rtol=0)
    assert abs(noisy.energies - energies)[0] > 1e-3


def test_progress_counts_every_value(tiny_field: ForceField) -> None:
    seen: list[tuple[int, str]] = []
    hardware = HardwareField(tiny_field, eq.find_backend("aer"))
    hardware.measure(np.zeros((2, 2, 3)), advance=lambda done, text: seen.append((done, text)))
    assert hardware.values_per_structure() == 1 + 6 * 2 * 4
    assert hardware.values_per_structure(forces=False) == 1
    assert seen == [(49, "structure 1 of 2"), (98, "structure 2 of 2")]


def test_inputs_are_checked_and_kept(tiny_field: ForceField) -> None:
    hardware = HardwareField(tiny_field, eq.find_backend("aer"))
    with pytest.raises(ModelError, match=r"^positions have shape \(2, 3\); this model needs \(n, 2, 3\)$"):
        hardware.measure(np.zeros((2, 3)))
    with pytest.raises(ModelError, match=r"^a position is not a finite number$"):
        hardware.measure(np.full((1, 2, 3), np.nan))
    positions = np.random.default_rng(0).normal(size=(1, 2, 3))
    before = positions.copy()
    hardware.measure(positions)
    assert np.array_equal(positions, before)
    empty = hardware.measure(np.zeros((0, 2, 3)))
    assert empty.energies.shape == (0,)


def test_a_refused_circuit_is_not_run(tiny_field: ForceField, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transpiler that drops a gate."""
    from eqcompile.devices import transpile as transpiled

    place = transpiled._exactly_placed

    def careless(*args: object) -> object:
        circuit = place(*args)  # type: ignore[arg-type]
        del circuit.data[len(circuit.data) // 2]
        return circuit

    monkeypatch.setattr(transpiled, "_exactly_placed", careless)
    hardware = HardwareField(tiny_field, eq.find_backend("fake_manila"))
    with pytest.raises(
        ModelError, match=r"^fake_manila: the transpiled circuit is refused: under no group element"
    ):
        hardware.measure(np.zeros((1, 2, 3)))
