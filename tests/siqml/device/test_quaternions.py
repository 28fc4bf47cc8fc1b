"""Encoding gates as quaternions: smooth everywhere, and the shift rule exact for any quadratic form."""

import numpy as np
import pytest
from scipy.linalg import expm, expm_frechet

from siqml.device.quaternions import SMALL_LENGTH, gate_angles, jacobian, quaternion, shifted
from siqml.molecule.structures import Array

PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])

VECTORS = {
    "generic": [0.3, -1.2, 0.7],
    "z axis": [0.0, 0.0, 1.1],
    "minus z": [0.0, 0.0, -1.1],
    "x axis": [0.8, 0.0, 0.0],
    "zero": [0.0, 0.0, 0.0],
    "tiny": [1e-9, 2e-9, -1e-9],
    "small": [0.6 * SMALL_LENGTH, 0.0, 0.7 * SMALL_LENGTH],
    "pi": [0.0, np.pi, 0.0],
    "long": [5.0, -7.0, 2.0],
}

EXACT = 1e-13


def gate(q: Array) -> Array:
    return np.asarray(q[0] * np.eye(2) - 1j * np.einsum("k,kab->ab", q[1:], PAULIS))


@pytest.mark.parametrize("v", VECTORS.values(), ids=VECTORS.keys())
def test_the_quaternion_is_the_gate(v: list[float]) -> None:
    vector = np.array(v)
    expected = expm(-1j * np.einsum("k,kab->ab", vector, PAULIS))
    assert np.allclose(gate(quaternion(vector)), expected, atol=EXACT)


@pytest.mark.parametrize("v", VECTORS.values(), ids=VECTORS.keys())
def test_angles_give_the_gate_back(v: list[float]) -> None:
    azimuth, elevation, turn = gate_angles(quaternion(np.array(v)))

    def rotation(axis: int, angle: float) -> Array:
        return np.asarray(expm(-0.5j * angle * PAULIS[axis]))

    frame = rotation(2, azimuth) @ rotation(1, -elevation)
    assert np.allclose(frame @ rotation(0, turn) @ frame.conj().T, gate(quaternion(np.array(v))), atol=EXACT)


@pytest.mark.parametrize("v", VECTORS.values(), ids=VECTORS.keys())
def test_the_jacobian_is_the_derivative(v: list[float]) -> None:
    """Compared with the derivative of the matrix exponential."""
    exponent = -1j * np.einsum("k,kab->ab", np.array(v), PAULIS)
    for axis in range(3):
        derivative = expm_frechet(exponent, -1j * PAULIS[axis], compute_expm=False)
        assert np.allclose(gate(jacobian(np.array(v))[axis]), derivative, atol=EXACT)


def test_the_series_joins_the_closed_form() -> None:
    direction = np.array([0.6, -0.48, 0.64])
    below, above = (jacobian(direction * SMALL_LENGTH * (1 + s)) for s in (-1e-10, 1e-10))
    assert np.allclose(below, above, atol=1e-10)


@pytest.mark.parametrize("v", VECTORS.values(), ids=VECTORS.keys())
def test_the_shift_rule_is_exact(v: list[float]) -> None:
    """For any quadratic form, and so for any circuit around the gate."""
    source = np.random.default_rng(0)
    form = source.normal(size=(4, 4))
    form = form + form.T
    vector = np.array(v)
    quaternions, factors = shifted(vector)
    values = np.einsum("ksi,ij,ksj->ks", quaternions, form, quaternions)
    expected = 2 * jacobian(vector) @ form @ quaternion(vector)
    assert np.allclose(factors * (values[:, 0] - values[:, 1]), expected, atol=EXACT)
    assert np.isfinite(quaternions).all()
    assert (factors <= 1 + EXACT).all()
    moving = factors > 0
    assert np.allclose(np.linalg.norm(quaternions[moving], axis=-1), 1)


def test_many_at_once() -> None:
    vectors = np.array(list(VECTORS.values()))
    quaternions, factors = shifted(vectors)
    assert quaternions.shape == (9, 3, 2, 4)
    assert np.allclose(gate_angles(quaternions)[3], gate_angles(shifted(vectors[3])[0]))
    assert np.allclose(factors[4], 1)
