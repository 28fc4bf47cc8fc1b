"""Trainable gates as blocks of basis states: the same unitary as the exponential of the generator, up to a phase."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.linalg import expm

import eqcompile as eq
from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.errors import LimitError
from eqcompile.kernel.tables import MAX_KERNEL_QUBITS, BlockGate, tables_of

N = 4


def gates_of(generator: eq.PauliSum) -> tuple[BlockGate, ...]:
    n = generator.num_qubits
    ansatz = ReuploadingAnsatz(n, (), (), (generator,), 1, 1, None, ())
    zeros = eq.ExactState.parse(f"|{'0' * n}>", n)
    return tables_of(ansatz, zeros, (eq.PauliSum.parse("Z0", n),)).gates


def applied(gates: tuple[BlockGate, ...], angle: float, dim: int) -> Any:
    total = np.eye(dim, dtype=complex)
    for gate in gates:
        (unitaries,) = gate.unitaries(np.array([angle]))
        step = np.eye(dim, dtype=complex)
        for states, kind in zip(gate.index, gate.kind, strict=True):
            step[np.ix_(states, states)] = unitaries[kind]
        total = step @ total
    return total


@pytest.mark.parametrize(
    ("text", "largest"),
    [
        ("Z0 + 2*Z1 Z3 - 1/2*I", 1),
        ("X0 + X1 + X2 + X3", 2),
        ("X0 X1 + 1/3*X1 X2 + 1/5*X2 X3 + 1/7*X3 X0", 2),
        ("Y2", 2),
        ("H(0,3)", 2),
        ("H(0,1) + H(2,3)", 2),
        ("H(0,1) + H(1,2)", 3),
        ("X0 X1 + Y0 Y1 + 1/3*Z2", 2),
        ("X0 + Z0 + 2*Y0 X1", 4),
        ("X0 X1 + X0 X2 + X0 X3 + X1 X2", 8),  # five eigenvectors of eight
        ("sqrt(2)*X0 Y1 + Z2", 2),
        ("H(0,1) + H(1,2) + H(2,3) + H(3,0)", 6),
    ],
)
def test_a_gate_is_the_exponential_of_its_generator(
    dense: Callable[[eq.PauliSum], Any], text: str, largest: int
) -> None:
    generator = eq.PauliSum.parse(text, N)
    gates = gates_of(generator)
    assert max(gate.size for gate in gates) == largest
    expected = expm(-0.83j * dense(generator))
    found = applied(gates, 0.83, 1 << N)
    overlap = np.vdot(expected, found)
    assert abs(overlap) == pytest.approx(1 << N, abs=1e-11)
    assert np.allclose(found, expected * overlap / abs(overlap), atol=1e-12)
    wrong = applied(gates, 0.84, 1 << N)
    assert abs(np.vdot(expected, wrong)) < (1 << N) - 1e-6


def test_the_most_frequent_phase_is_dropped() -> None:
    """A projector-like sum of Z has a phase on few states only."""
    (gate,) = gates_of(eq.PauliSum.parse("Z0 Z1 + Z0 + Z1", 2))
    assert gate.index.tolist() == [[0]]
    assert gates_of(eq.PauliSum.parse("3*I", 2)) == ()


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(
        LimitError,
        match=rf"^{MAX_KERNEL_QUBITS + 1} qubits; the kernel takes {MAX_KERNEL_QUBITS}: use to_jax$",
    ):
        gates_of(eq.PauliSum.parse("Z0", MAX_KERNEL_QUBITS + 1))
    ring = eq.PauliSum.parse(" + ".join(f"H({k},{(k + 1) % 10})" for k in range(10)), 10)
    with pytest.raises(
        LimitError,
        match=r"^a generator on 10 qubits connects 252 basis states; the kernel takes 64: use to_jax, or",
    ):
        gates_of(ring)
