"""Dense numpy forms of exact operators and states. Index bit q is the value of qubit q."""

import numpy as np
from numpy.typing import NDArray

from eqcompile.exact.arithmetic.scalars import to_complex
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState


def parity_of(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """0 or 1 for an even or odd number of set bits, elementwise."""
    return np.bitwise_count(values).astype(np.int64) % 2


def pauli_action(op: PauliSum) -> list[tuple[NDArray[np.int64], NDArray[np.complex128]]]:
    """The operator as gathers: ``(A psi)[b] = sum over pairs of phase[b] * psi[source[b]]``.

    Terms with the same X mask share one pair.
    """
    indices = np.arange(1 << op.num_qubits)
    phases: dict[int, NDArray[np.complex128]] = {}
    for (x, z), value in op.terms.items():
        signs = 1 - 2 * parity_of((indices ^ x) & z)
        phase = to_complex(value) * 1j ** ((x & z).bit_count() % 4) * signs
        phases[x] = phases.get(x, np.zeros(len(indices), complex)) + phase
    return [(indices ^ x, phase) for x, phase in phases.items()]


def matrix_of(op: PauliSum) -> NDArray[np.complex128]:
    """Matrix of shape ``(2**n, 2**n)``.

    >>> matrix_of(PauliSum.parse("Y0", 1)).tolist()
    [[0j, -1j], [1j, 0j]]
    """
    size = 1 << op.num_qubits
    out = np.zeros((size, size), complex)
    for source, phase in pauli_action(op):
        out[np.arange(size), source] += phase
    return out


def amplitudes_of(state: ExactState) -> NDArray[np.complex128]:
    """Normalised amplitudes of shape ``(2**n,)``."""
    out = np.zeros(1 << state.num_qubits, complex)
    for bits, value in state.amplitudes.items():
        out[bits] = to_complex(value)
    out /= np.linalg.norm(out)
    return out
