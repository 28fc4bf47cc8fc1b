"""Kraus operators and Stinespring circuits carry out the exact channel, also after decomposition into gates."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import DensityMatrix, Statevector, partial_trace
from scipy.linalg import expm

from eqcompile.derivation.channels.basis import derive_channels
from eqcompile.derivation.channels.channel import Channel, trace_out
from eqcompile.emit.qiskit.channels import (
    environment_qubits,
    kraus_operators,
    stinespring_circuit,
    stinespring_isometry,
)
from eqcompile.errors import BackendError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.symmetry.rotation import RotationFactor
from eqcompile.symmetry.symmetry import Symmetry

ROUNDING = 1e-10
"""A dozen operations on numbers of order one; a wrong bit order or sign is of order 0.1."""

LETTERS = [np.eye(2), [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]]


def su2(n: int) -> Symmetry:
    return Symmetry(n, factors=(RotationFactor(n, tuple(range(n))),))


def asymmetric(op: PauliSum) -> PauliSum:
    """A controlled NOT, a quarter turn about y on qubit 0, then the trace over qubit 0: no two qubits alike."""
    flip = PauliSum.parse("1 + Z0 + X1 - Z0 X1", 2) / 2
    turn = PauliSum.parse("1 - i*Y1", 2) * PauliSum.parse("3/5 + 4/5*i*X0", 2)
    return trace_out(turn * flip * op * flip * turn.adjoint() / 2, [0])


CHANNELS = {
    "partial trace": Channel.from_map(lambda op: trace_out(op, [1]), 2, 1),
    "pooling": derive_channels(su2(2), su2(1)).channel([Fraction(1, 8), Fraction(1, 10), 0]),
    "splitting": derive_channels(su2(1), su2(2)).channel(
        [Fraction(1, 16), Fraction(-1, 32), 0, Fraction(1, 32)]
    ),
    "asymmetric": Channel.from_map(asymmetric, 2, 1),
    "unitary": Channel.from_map(lambda op: PauliSum.parse("Y0", 1) * op * PauliSum.parse("Y0", 1), 1, 1),
    "universal not": derive_channels(su2(1), su2(1)).channel([Fraction(-1, 6)]),
    "depolarizing": Channel.depolarizing(1, 2),
}


@pytest.fixture(params=CHANNELS)
def channel(request: pytest.FixtureRequest) -> Channel:
    chosen = CHANNELS[request.param]
    assert chosen.is_channel
    return chosen


@pytest.fixture
def rho(channel: Channel) -> Any:
    return random_state(channel.num_in, seed=7)


def random_state(num_qubits: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    size = 1 << num_qubits
    root = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    return root @ root.conj().T / np.trace(root @ root.conj().T)


def image(channel: Channel, rho: Any, dense: Callable[[PauliSum], Any]) -> Any:
    """Tr_in[J (rho^T x 1)] with matrices; the output's qubits are the high bits."""
    size_in, size_out = 1 << channel.num_in, 1 << channel.num_out
    product = dense(channel.choi) @ np.kron(np.eye(size_out), rho.T)
    return np.einsum("aibi->ab", product.reshape(size_out, size_in, size_out, size_in))


def evolved(circuit: QuantumCircuit, rho: Any) -> DensityMatrix:
    """The input on the first qubits, zeros on the others, through the circuit."""
    zeros = np.zeros((2**circuit.num_qubits // len(rho),) * 2)
    zeros[0, 0] = 1
    return DensityMatrix(np.kron(zeros, rho)).evolve(circuit)


def through_circuit(circuit: QuantumCircuit, channel: Channel, rho: Any) -> Any:
    return partial_trace(evolved(circuit, rho), list(range(channel.num_out, circuit.num_qubits))).data


def test_kraus_operators_carry_out_the_channel(
    channel: Channel, rho: Any, dense: Callable[[PauliSum], Any]
) -> None:
    kraus = kraus_operators(channel)
    assert kraus.shape == (channel.kraus_rank, 1 << channel.num_out, 1 << channel.num_in)
    out = sum(k @ rho @ k.conj().T for k in kraus)
    assert np.allclose(out, image(channel, rho, dense), atol=ROUNDING)
    assert np.allclose(sum(k.conj().T @ k for k in kraus), np.eye(1 << channel.num_in), atol=ROUNDING)


def test_kraus_operators_are_orthogonal(channel: Channel) -> None:
    flat = kraus_operators(channel).reshape(channel.kraus_rank, -1)
    gram = flat.conj() @ flat.T
    assert np.allclose(gram, np.diag(np.diag(gram)), atol=ROUNDING)
    assert np.diag(gram).real.min() > ROUNDING


def test_the_exact_image_is_the_dense_one(channel: Channel, dense: Callable[[PauliSum], Any]) -> None:
    op = PauliSum.parse("1 + X0 - 2*Y0 + 3*Z0", channel.num_in)
    assert np.allclose(dense(channel(op)), image(channel, dense(op), dense), atol=ROUNDING)


def test_the_isometry(channel: Channel) -> None:
    isometry = stinespring_isometry(channel)
    assert isometry.shape == (1 << (channel.num_out + environment_qubits(channel)), 1 << channel.num_in)
    assert np.allclose(isometry.conj().T @ isometry, np.eye(1 << channel.num_in), atol=ROUNDING)


def test_the_circuit_and_its_gates(channel: Channel, rho: Any, dense: Callable[[PauliSum], Any]) -> None:
    circuit = stinespring_circuit(channel)
    gates = transpile(circuit, basis_gates=["cx", "rz", "sx", "x"], optimization_level=1, seed_transpiler=1)
    assert set(gates.count_ops()) <= {"cx", "rz", "sx", "x"}
    expected = image(channel, rho, dense)
    assert np.allclose(through_circuit(circuit, channel, rho), expected, atol=ROUNDING)
    assert np.allclose(through_circuit(gates, channel, rho), expected, atol=ROUNDING)


def test_sizes_of_dilations() -> None:
    sizes = {name: (c.kraus_rank, stinespring_circuit(c).num_qubits) for name, c in CHANNELS.items()}
    assert sizes["partial trace"] == (2, 2)
    assert sizes["unitary"] == (1, 1)
    assert sizes["universal not"] == (3, 3)
    assert sizes["depolarizing"] == (8, 5)


@pytest.mark.parametrize("name", ["partial trace", "pooling", "splitting", "universal not", "depolarizing"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equivariance_on_random_states(name: str, seed: int) -> None:
    channel = CHANNELS[name]
    assert defect(channel, seed) < ROUNDING


def test_negative_control_the_asymmetric_channel_is_not_equivariant() -> None:
    assert min(defect(CHANNELS["asymmetric"], seed) for seed in (1, 2, 3)) > 0.01


def test_negative_control_the_other_qubit(dense: Callable[[PauliSum], Any]) -> None:
    """With the input on the wrong qubits, or the output read from the wrong one, it is another channel."""
    channel = CHANNELS["asymmetric"]
    rho = random_state(2, seed=7)
    expected = image(channel, rho, dense)
    swap = np.eye(4)[[0, 2, 1, 3]]
    circuit = stinespring_circuit(channel)
    assert np.abs(through_circuit(circuit, channel, swap @ rho @ swap) - expected).max() > 0.01
    wrong = partial_trace(evolved(circuit, rho), list(range(circuit.num_qubits - 1))).data
    assert np.abs(wrong - expected).max() > 0.01


def defect(channel: Channel, seed: int) -> float:
    """Largest entry of E(R rho R^+) - R E(rho) R^+ through the circuit, for a random rotation and state."""
    rng = np.random.default_rng(seed)
    turn = expm(-0.5j * np.tensordot(rng.normal(size=3), LETTERS[1:], axes=1))
    before, after = turn, turn
    for _ in range(channel.num_in - 1):
        before = np.kron(before, turn)
    for _ in range(channel.num_out - 1):
        after = np.kron(after, turn)
    circuit, rho = stinespring_circuit(channel), random_state(channel.num_in, seed)
    rotated = through_circuit(circuit, channel, before @ rho @ before.conj().T)
    return float(np.abs(rotated - after @ through_circuit(circuit, channel, rho) @ after.conj().T).max())


def test_pooling_a_singlet_leaves_nothing() -> None:
    """The reduced state of a singlet is the mixed one, whichever equivariant pooling is used."""
    singlet = DensityMatrix(Statevector([0, 1, -1, 0] / np.sqrt(2))).data
    channel = CHANNELS["pooling"]
    assert np.allclose(through_circuit(stinespring_circuit(channel), channel, singlet), np.eye(2) / 2)


def test_what_is_no_channel_has_no_circuit() -> None:
    beyond = derive_channels(su2(1), su2(1)).channel([Fraction(51, 100)])
    with pytest.raises(BackendError) as caught:
        kraus_operators(beyond)
    assert str(caught.value).startswith(
        "the map is not completely positive: its Choi operator J has <v|J|v> = -"
    )
    with pytest.raises(BackendError, match=r"^the map is not completely positive"):
        stinespring_circuit(beyond)
    with pytest.raises(
        BackendError, match="only a trace-preserving map has a circuit; this one changes the trace"
    ):
        stinespring_circuit(Channel(1, 1, Channel.depolarizing(1, 1).choi * 2))
