"""A model in the basis in which X of its parity qubit is diagonal, so that every encoding turns one qubit alone.

The sign of the vector then depends on the value of the parity qubit. Values do not change: circuit, state and
observables move together.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.exact.operators.pauli import PauliSum


def in_parity_basis(
    ansatz: ReuploadingAnsatz, amplitudes: NDArray[np.complex128], observables: Sequence[PauliSum]
) -> tuple[ReuploadingAnsatz, NDArray[np.complex128], tuple[PauliSum, ...]]:
    """The model after a Hadamard gate on the parity qubit; as it is where it has none.

    Args:
        ansatz: the circuit; its encodings keep their name, and mean Z in place of X on the parity qubit from now on.
        amplitudes: amplitudes of the initial state, ``(2**n,)``.
        observables: what is measured.
    """
    parity = next((gate.parity for gate in ansatz.encoding if gate.parity is not None), None)
    if parity is None:
        return ansatz, amplitudes, tuple(observables)
    layer = tuple(_conjugated(generator, parity) for generator in ansatz.layer)
    breaking = None if ansatz.breaking is None else _conjugated(ansatz.breaking, parity)
    moved = tuple(_conjugated(observable, parity) for observable in observables)
    return replace(ansatz, layer=layer, breaking=breaking), _turned(amplitudes, parity), moved


def _conjugated(op: PauliSum, qubit: int) -> PauliSum:
    """Conjugate by a Hadamard gate: X and Z change places, Y changes sign."""
    bit = 1 << qubit
    out = {}
    for (x, z), value in op.terms.items():
        key = (x & ~bit | (z & bit), z & ~bit | (x & bit))
        out[key] = -value if x & z & bit else value
    return PauliSum(op.num_qubits, out)


def _turned(psi: NDArray[np.complex128], qubit: int) -> NDArray[np.complex128]:
    tensor = psi.reshape(-1, 2, 1 << qubit)
    zero, one = tensor[:, 0], tensor[:, 1]
    mixed: NDArray[np.complex128] = np.stack([zero + one, zero - one], axis=1).reshape(-1) / np.sqrt(2)
    return mixed
