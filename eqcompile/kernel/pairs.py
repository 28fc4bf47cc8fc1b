r"""Two qubits in the basis of their singlet and their triplets, in which their turns are real.

With the singlet :math:`|s\rangle` of two qubits and the triplets :math:`(\sigma_k \otimes 1)\,|s\rangle`, all
:math:`U \otimes V` are real 4 x 4 matrices, up to a factor of the singlet; see `eqcompile.kernel.rotations`. Where U is
V, the singlet stays and the triplets turn as a vector. With the singlet times -i, the matrices of :math:`\sigma_k
\otimes 1` and :math:`1 \otimes \sigma_k` in this basis are Pauli strings again, all imaginary: the change of basis is a
Clifford unitary, under which sums of strings stay as short, and invariant generators become real.

References:
    Hill and Wootters, arXiv:quant-ph/9703041 (1997), on this basis, in which SU(2) x SU(2) is SO(4).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.exact.operators.clifford import Clifford
from eqcompile.exact.operators.pauli import PauliSum

Pair = tuple[int, int]


MAX_PAIRED = 6
"""Encoded qubits of a model in the kernel of which all ways to pair them up are compared, fifteen. Beyond it, weaker:
one way is tried, qubits that are turned alike first."""


def matchings(ansatz: ReuploadingAnsatz) -> tuple[tuple[Pair, ...], ...]:
    """Ways to pair up the encodings of a layer, each a tuple of pairs of places.

    Two encodings may be a pair if they have the same parity qubit, or none, and no other encoding has their qubits.
    """
    turned = [gate.qubit for gate in ansatz.encoding]
    parities = {gate.parity for gate in ansatz.encoding}
    free = [k for k, q in enumerate(turned) if turned.count(q) == 1 and q not in parities]
    for parity in parities:
        if len([k for k in free if ansatz.encoding[k].parity == parity]) > MAX_PAIRED:
            return (_one_matching(ansatz, free),)
    return tuple(
        sum(parts, ())
        for parts in product(
            *(_all_matchings([k for k in free if ansatz.encoding[k].parity == parity]) for parity in parities)
        )
    )


def _all_matchings(places: list[int]) -> list[tuple[Pair, ...]]:
    """All that leave at most one over."""
    if len(places) < 2:
        return [()]
    first, *others = places
    found = [
        ((first, other), *rest)
        for k, other in enumerate(others)
        for rest in _all_matchings(others[:k] + others[k + 1 :])
    ]
    return found + (_all_matchings(others) if len(places) % 2 else [])


def _one_matching(ansatz: ReuploadingAnsatz, places: list[int]) -> tuple[Pair, ...]:
    """One way: alike ones first, then what is left over in order."""
    found: list[Pair] = []
    for same in (lambda gate: (gate.site, gate.scale, gate.parity), lambda gate: gate.parity):
        waiting: dict[object, int] = {}
        left = sorted(set(places) - {place for pair in found for place in pair})
        for place in left:
            key = same(ansatz.encoding[place])
            if key in waiting:
                found.append((waiting.pop(key), place))
            else:
                waiting[key] = place
    return tuple(found)


def in_pair_basis(
    ansatz: ReuploadingAnsatz,
    amplitudes: NDArray[np.complex128],
    observables: Sequence[PauliSum],
    pairs: Sequence[Pair],
) -> tuple[ReuploadingAnsatz, NDArray[np.complex128], tuple[PauliSum, ...]]:
    """The model in the basis of singlet and triplets of every pair: 00; 01, 10, 11, its first qubit last.

    Args:
        ansatz: the circuit; its encodings keep their names, and those of pairs mean real matrices from now on.
        amplitudes: amplitudes of the initial state, ``(2**n,)``.
        observables: what is measured.
        pairs: one of :func:`matchings`.
    """
    qubits = [(ansatz.encoding[one].qubit, ansatz.encoding[two].qubit) for one, two in pairs]
    moved = _change(ansatz.num_qubits, qubits)
    for one, two in qubits:
        amplitudes = _turned(amplitudes, one, two)
    breaking = None if ansatz.breaking is None else moved.image_of(ansatz.breaking)
    layer = tuple(map(moved.image_of, ansatz.layer))
    return (
        replace(ansatz, layer=layer, breaking=breaking),
        amplitudes,
        tuple(map(moved.image_of, observables)),
    )


def _change(num_qubits: int, pairs: Sequence[Pair]) -> Clifford:
    """X and Z of the first qubit become -Y0 Z1 and -Y0 X1, those of the second Y0 and X0 Y1."""
    x = [(1 << q, 0, 0) for q in range(num_qubits)]
    z = [(0, 1 << q, 0) for q in range(num_qubits)]
    for one, two in pairs:
        a, b = 1 << one, 1 << two
        # As i^k X^x Z^z, in which Y is i X Z.
        x[one], z[one] = (a, a | b, 3), (a | b, a, 3)
        x[two], z[two] = (a, a, 1), (a | b, b, 1)
    return Clifford(x, z)


def _turned(psi: NDArray[np.complex128], one: int, two: int) -> NDArray[np.complex128]:
    """Amplitudes in the new basis of one pair."""
    places = np.arange(len(psi))
    base = places[(places >> one & 1 | places >> two & 1) == 0]
    a, b = 1 << one, 1 << two
    p00, p01, p10, p11 = (psi[base + shift] for shift in (0, b, a, a + b))  # the first qubit's digit first
    out = np.empty_like(psi)
    out[base] = 1j * (p01 - p10)
    out[base + a] = p11 - p00
    out[base + b] = -1j * (p00 + p11)
    out[base + a + b] = p01 + p10
    out /= np.sqrt(2)
    return out
