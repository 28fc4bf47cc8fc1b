"""How far devices break symmetries: nothing without noise, something with it, and shots are told apart."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, amplitude_damping_error

import eqcompile as eq
from eqcompile.devices.noise_report import Violation, orbit_points
from eqcompile.errors import DimensionError

ROUNDING = 1e-12

Specs = Callable[..., eq.Spec]
Reports = Callable[..., dict[str, Violation]]


@pytest.fixture(scope="module")
def report(spec: Specs) -> Reports:
    """``report("lih", backend, ...)``: the report on a model with two layers, by the name of the generator."""

    programs = {
        "lih": eq.compile(spec("lih", ("depth: 22", "depth: 2"))),
        "water_breaking": eq.compile(spec("water_breaking", ("depth: 11", "depth: 1"))),
        "water_dimer": eq.compile(spec("water_dimer", ("depth: 30", "depth: 1"))),
    }

    def found(name: str, backend: Any, **options: Any) -> dict[str, Violation]:
        program = programs[name]
        source = np.random.default_rng(1)
        x = source.normal(size=(5, len(program.ansatz.site_names), 3))
        params = source.normal(0, 0.5, program.num_parameters)
        return {v.generator: v for v in program.noise_report(x, params, backend, **options)}

    return found


@pytest.mark.parametrize("name", ["lih", "water_dimer"])
def test_negative_control_no_noise_breaks_nothing(report: Reports, name: str) -> None:
    for violation in report(name, "fake_lagos", noise=False).values():
        broken = violation.generator in ("T_x", "T_y") and name == "water_dimer"
        assert violation.kept is not broken
        assert (violation.change > 1e-3) is broken
        assert violation.change == pytest.approx(violation.exact, abs=ROUNDING)


def test_noise_breaks_every_rotation(report: Reports) -> None:
    found = report("lih", "fake_lagos")
    assert list(found) == ["T_x", "T_y", "T_z"]
    for violation in found.values():
        assert violation.kept
        assert violation.change > 1e-5
        assert violation.exact < ROUNDING
        assert abs(violation.largest) >= violation.change
        assert violation.scatter == violation.largest_error == 0
        assert violation.significance is None


def test_declared_breaking_is_told_from_noise(report: Reports) -> None:
    found = report("water_breaking", "fake_manila")
    assert {name: v.kept for name, v in found.items()} == {
        "T_x": False,
        "T_y": False,
        "T_z": True,
        "(H1 H2)": True,
    }
    assert found["T_x"].exact > 0.01
    assert found["(H1 H2)"].exact < ROUNDING < found["(H1 H2)"].change


def test_shots_alone_are_no_violation(report: Reports) -> None:
    for violation in report("lih", "fake_manila", noise=False, shots=2000).values():
        assert violation.scatter > 0
        assert violation.significance is not None
        assert violation.significance < 4
        assert abs(violation.largest) < 5 * violation.largest_error


def test_shots_show_a_large_violation(report: Reports) -> None:
    """Decay towards |0> singles out the z axis."""
    noise = NoiseModel()
    noise.add_all_qubit_quantum_error(amplitude_damping_error(0.3), ["rx"])
    damped = AerSimulator(noise_model=noise)
    found, exact = report("lih", damped, shots=20_000), report("lih", damped)
    for name, violation in found.items():
        assert violation.significance is not None
        assert violation.significance > 4
        assert violation.change == pytest.approx(exact[name].change, rel=0.3)


def test_images_are_those_of_the_group(spec: Specs) -> None:
    symmetry = eq.compile(spec("water_dimer", ("depth: 30", "depth: 1"))).symmetry
    x = np.random.default_rng(0).normal(size=(3, 6, 3))
    images = {generator.name: image for generator, image in orbit_points(symmetry, x, seed=1)}
    assert np.allclose(images["(H1a H1b)"], x[:, [0, 2, 1, 3, 4, 5]])
    assert np.allclose(images["inversion (Z6)"], -x)
    assert np.allclose(images["T_z"][..., 2], x[..., 2])
    assert not np.allclose(images["T_z"], x)
    assert np.allclose(np.linalg.norm(images["T_x"], axis=-1), np.linalg.norm(x, axis=-1))
    inner = np.einsum("nsi,nti->nst", x, x)
    assert np.allclose(np.einsum("nsi,nti->nst", images["T_x"], images["T_x"]), inner)


def test_other_units() -> None:
    violation = Violation("T_x", True, 0.1, 0.02, -0.3, 0.03, 0.0, 4)
    scaled = violation.scaled(1000)
    assert (scaled.change, scaled.scatter, scaled.largest, scaled.largest_error) == (100, 20, -300, 30)
    assert scaled.significance == violation.significance == pytest.approx(24 * 2**0.5)
    assert scaled.to_dict()["significance"] == scaled.significance


@pytest.mark.parametrize("shape", [(2, 3), (1, 3, 3), (0, 2, 3)])
def test_wrong_positions_are_refused(spec: Specs, shape: tuple[int, ...]) -> None:
    program = eq.compile(spec("lih", ("depth: 22", "depth: 1")))
    with pytest.raises(DimensionError) as caught:
        program.noise_report(np.zeros(shape), np.zeros(program.num_parameters), "statevector")
    assert str(caught.value) == (
        f"positions have shape {shape}; the model needs (n, 2, 3) with n of at least 1"
    )


def test_models_without_data_are_refused() -> None:
    text = """\
name: chain
qubits: 2
symmetry: [{permutation: {cycles: ["(0 1)"], on: qubits}}]
observable: Z0 + Z1
ansatz: {depth: 1, layer: [X0 + X1]}
"""
    with pytest.raises(
        DimensionError, match=r"^the model takes no positions, so no group element moves any$"
    ):
        eq.compile(eq.loads(text)).noise_report(None, np.zeros(1), "statevector")
