"""Groups as matrices, written down by hand: what numeric methods start from. It needs numpy and nothing else.

All matrices are real: the generators of SU(2) are :math:`S_x, S_z, iS_y`, which have the commutant of
:math:`S_x, S_y, S_z`, and for a commutant of real matrices the real dimension equals the complex one.
"""

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

SPIN = (
    np.array([[0.0, 1.0], [1.0, 0.0]]) / 2,
    np.array([[0.0, 1.0], [-1.0, 0.0]]) / 2,
    np.array([[1.0, 0.0], [0.0, -1.0]]) / 2,
)
"""S_x, i S_y and S_z of one qubit."""


def generators(group: str, n: int) -> tuple[list[Matrix], list[Matrix]]:
    """Generators of the Lie algebra, and of the finite part, as matrices of size 2^n.

    Args:
        group: ``su2``, ``u1`` (total Z), ``su2_sn``, or ``dimer``: two water molecules and a parity qubit.
        n: number of qubits.
    """
    if group == "u1":
        return [total(SPIN[2], n, range(n))], []
    turned = range(n - 1) if group == "dimer" else range(n)
    lie = [total(spin, n, turned) for spin in SPIN]
    if group == "su2":
        return lie, []
    if group == "su2_sn":
        exchange, cycle = [1, 0, *range(2, n)], [*range(1, n), 0]
        return lie, [permutation(images) for images in ([exchange] if n == 2 else [exchange, cycle])]
    moves = [[0, 2, 1, 3, 4, 5, 6], [0, 1, 2, 3, 5, 4, 6], [3, 4, 5, 0, 1, 2, 6]]
    return lie, [*map(permutation, moves), 2 * total(SPIN[2], n, [n - 1])]


def total(matrix: Matrix, n: int, qubits: range | list[int]) -> Matrix:
    """The sum of a matrix of one qubit over some qubits; qubit 0 is the last factor, as in `permutation`."""
    found = np.zeros((1 << n, 1 << n), dtype=matrix.dtype)
    for qubit in qubits:
        found += np.kron(np.kron(np.eye(1 << (n - qubit - 1)), matrix), np.eye(1 << qubit))
    return found


def permutation(images: list[int]) -> Matrix:
    """The matrix that moves qubit q to qubit ``images[q]``; qubit q is bit q of the number of a state."""
    n = len(images)
    states = np.arange(1 << n)
    moved = sum(((states >> q) & 1) << images[q] for q in range(n))
    found = np.zeros((1 << n, 1 << n))
    found[moved, states] = 1
    return found


def residual(basis: Matrix, group: str, n: int) -> float:
    """The largest entry of a commutator of a generator with an element of a basis.

    Args:
        basis: unit vectors as columns, ``(4^n, dimension)``.
        group: name of the group.
        n: number of qubits.
    """
    lie, finite = generators(group, n)
    size = 1 << n
    elements = basis.T.reshape(-1, size, size)
    return float(max(np.abs(g @ elements - elements @ g).max() for g in (*lie, *finite)))
