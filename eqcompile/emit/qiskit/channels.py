"""Kraus operators of an exact channel, and a circuit that carries it out with ancillas.

Pooling two spins into one, such that rotations and the exchange of the two are respected: one free parameter.

>>> from fractions import Fraction
>>> from eqcompile.derivation.channels.basis import derive_channels
>>> from eqcompile.exact.operators.pauli import PauliSum
>>> from eqcompile.symmetry.make import SU2, permutations
>>> family = derive_channels(SU2(2) * permutations(2, [(0, 1)]), SU2(1) * permutations(1, []))
>>> family.directions
(X0 X2 - Y0 Y2 + Z0 Z2 + X1 X2 - Y1 Y2 + Z1 Z2,)
>>> [family.channel([Fraction(c, 8)]).is_completely_positive for c in (-2, -1, 0, 1, 2, 3)]
[False, True, True, True, True, False]
>>> pooling = family.channel([Fraction(1, 4)])
>>> pooling(PauliSum.parse("Z0 + X1 + X0 X1", 2))
X0 + Z0
>>> pooling.kraus_rank, stinespring_circuit(pooling).num_qubits
(4, 3)
"""

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit.library import Isometry

from eqcompile.derivation.channels.channel import Channel
from eqcompile.errors import BackendError
from eqcompile.exact.spectra.positivity import expectation
from eqcompile.numeric.dense import matrix_of


def kraus_operators(channel: Channel) -> NDArray[np.complex128]:
    r"""Operators with :math:`E(\rho) = \sum_k K_k \rho K_k^\dagger`, orthogonal to one another and as few as can be.

    Eigenvectors of the Choi operator, reshaped: :math:`J = \sum_k |K_k\rangle\rangle\langle\langle K_k|`. The number of
    non-zero eigenvalues is taken from the exact rank, so no tolerance decides.

    Args:
        channel: a completely positive map; it need not preserve the trace.

    Returns:
        Shape ``(rank, 2**num_out, 2**num_in)``, the largest first; the first axis is empty for the zero map.

    Raises:
        BackendError: the map is not completely positive.

    References:
        Choi, Linear Algebra Appl. 10, 285 (1975), Theorem 1.

    >>> kraus_operators(Channel.depolarizing(1, 1)).shape
    (4, 2, 2)
    """
    _require_completely_positive(channel)
    values, vectors = np.linalg.eigh(matrix_of(channel.choi))
    largest = np.argsort(values)[::-1][: channel.kraus_rank]
    columns: NDArray[np.complex128] = vectors[:, largest] * np.sqrt(values[largest])
    return columns.T.reshape(-1, 1 << channel.num_out, 1 << channel.num_in)


def stinespring_isometry(channel: Channel) -> NDArray[np.complex128]:
    r"""The isometry :math:`V = \sum_k |k\rangle \otimes K_k` with :math:`E(\rho) = \mathrm{Tr}_{env} V \rho V^\dagger`.

    Returns:
        Shape ``(2**(num_out + environment), 2**num_in)`` with ``environment = ceil(log2(rank))`` qubits; the output's
        qubits come first, that is, they are the low bits of a row.

    Raises:
        BackendError: the map is not completely positive, or does not preserve the trace.

    >>> stinespring_isometry(Channel.depolarizing(1, 1)).shape
    (8, 2)
    """
    if not channel.is_trace_preserving:
        raise BackendError("only a trace-preserving map has a circuit; this one changes the trace")
    kraus = kraus_operators(channel)
    padding = np.zeros(((1 << environment_qubits(channel)) - len(kraus), *kraus.shape[1:]))
    return np.concatenate([kraus, padding]).reshape(-1, 1 << channel.num_in)


def stinespring_circuit(channel: Channel) -> QuantumCircuit:
    """A circuit for the channel: an isometry, after which the environment is ignored or measured.

    The input stands on qubits ``0 .. num_in-1`` and the others start in zero; the output is read on qubits
    ``0 .. num_out-1`` and the others are traced out.

    Returns:
        A circuit on ``num_out + environment`` qubits, at least ``num_in``.

    Raises:
        BackendError: the map is not completely positive, or does not preserve the trace.

    References:
        Iten et al., Phys. Rev. A 93, 032318 (2016), doi:10.1103/PhysRevA.93.032318 (synthesis of isometries).

    >>> stinespring_circuit(Channel.depolarizing(1, 1)).num_qubits
    3
    """
    num_qubits = channel.num_out + environment_qubits(channel)
    circuit = QuantumCircuit(num_qubits, name="channel")
    gate = Isometry(stinespring_isometry(channel), num_ancillas_zero=0, num_ancillas_dirty=0)
    circuit.append(gate, range(num_qubits))
    return circuit


def environment_qubits(channel: Channel) -> int:
    """Qubits that the environment of the smallest dilation needs."""
    _require_completely_positive(channel)
    return max(channel.kraus_rank - 1, 0).bit_length()


def _require_completely_positive(channel: Channel) -> None:
    if (direction := channel.negative_direction) is not None:
        value = expectation(channel.choi, direction)
        raise BackendError(
            f"the map is not completely positive: its Choi operator J has <v|J|v> = {value} for v = {direction}"
        )
