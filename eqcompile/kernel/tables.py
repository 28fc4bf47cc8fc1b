r"""A compiled program as arrays: all that the kernel's loops know of a circuit.

A trainable gate is cut into the connected components of its generator's graph on the computational basis: a Heisenberg
pair into pairs of basis states, a sum of Z into phases, a star on three qubits into triples. On each component the gate
is a small matrix, the same for many components. The most frequent phase is shifted to one and dropped: it is global.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.errors import LimitError
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import anticommute
from eqcompile.exact.states.state import ExactState
from eqcompile.numeric.dense import amplitudes_of, pauli_action
from eqcompile.numeric.parity_basis import in_parity_basis

MAX_KERNEL_QUBITS = 16
"""Qubits of a model in the kernel: four states of eight structures take 32 MB for each thread. Beyond it, refused: use
`to_jax`."""

MAX_COMPONENT = 64
"""Basis states that a generator in the kernel connects: it is applied as a matrix of that size. Beyond it, refused: use
`to_jax`, or split the generator."""

SAME = 1e-12
"""Entries of generators that differ by less are one number: they are exact ones in double precision."""

Integers = NDArray[np.int64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class BlockGate:
    """One trainable gate, or a part of it, on blocks of m basis states.

    Attributes:
        index: basis states of every block, ``(blocks, m)``.
        kind: which matrix each block has, ``(blocks,)``.
        matrices: the different m x m matrices of the generator, ``(kinds, m, m)``.
        values: their eigenvalues, ``(kinds, m)``.
        vectors: their eigenvectors, ``(kinds, m, m)``.
        generator: place of the generator in the layer.
    """

    index: Integers
    kind: Integers
    matrices: Complex
    values: NDArray[np.float64]
    vectors: Complex
    generator: int

    @property
    def size(self) -> int:
        """Basis states of a block."""
        return int(self.index.shape[1])

    def unitaries(self, angles: NDArray[np.float64]) -> Complex:
        """exp(-i angle G) for every angle and kind, ``(angles, kinds, m, m)``."""
        phases = np.exp(-1j * angles[:, None, None] * self.values)
        return np.asarray((self.vectors * phases[:, :, None, :]) @ self.vectors.conj().transpose(0, 2, 1))


@dataclass(frozen=True, eq=False)
class Encoding:
    """One encoding gate.

    Attributes:
        low: basis states in which its qubit is zero; those on which the vector has its own sign come first.
        num_plus: how many these are; on the others, where the parity qubit is one, the vector is reversed.
        bit: distance to the partner of a basis state.
        key: which quaternion it applies.
    """

    low: Integers
    num_plus: int
    bit: int
    key: int


@dataclass(frozen=True, eq=False)
class Tables:
    """A model as arrays.

    Attributes:
        num_qubits: size of the register.
        start: amplitudes of the initial state.
        keys: pairs of a site and the place of its scale, one for each quaternion.
        encodings: gates of one encoding.
        gates: gates of one trainable layer.
        places: place of the parameter of every gate in every layer, ``(depth, gates)``.
        sources: columns of every row that an observable may have, ``(dim, width)``.
        factors: their factors for every observable, ``(observables, dim, width)``.
        num_parameters: length of the parameter vector.
        first_scale: place of the first factor alpha in it.
    """

    num_qubits: int
    start: Complex
    keys: tuple[tuple[int, int], ...]
    encodings: tuple[Encoding, ...]
    gates: tuple[BlockGate, ...]
    places: Integers
    sources: Integers
    factors: Complex
    num_parameters: int
    first_scale: int

    @cached_property
    def sites(self) -> Integers:
        """The site of every quaternion."""
        return np.array([site for site, _ in self.keys], np.int64)

    @cached_property
    def scales(self) -> Integers:
        """The place of the scale of every quaternion among the scales."""
        return np.array([scale for _, scale in self.keys], np.int64)

    @property
    def depth(self) -> int:
        """Number of trainable layers."""
        return len(self.places)

    @property
    def max_block(self) -> int:
        """Basis states of the largest block."""
        return max((gate.size for gate in self.gates), default=1)


def tables_of(ansatz: ReuploadingAnsatz, state: ExactState, observables: Sequence[PauliSum]) -> Tables:
    """The arrays of a model.

    Args:
        ansatz: the circuit.
        state: its initial state.
        observables: Hermitian operators that are measured.

    Raises:
        LimitError: more than ``MAX_KERNEL_QUBITS`` qubits, or a gate that connects more than ``MAX_COMPONENT`` basis
            states.
    """
    n = ansatz.num_qubits
    if n > MAX_KERNEL_QUBITS:
        raise LimitError(f"{n} qubits; the kernel takes {MAX_KERNEL_QUBITS}: use to_jax")
    ansatz, amplitudes, operators = in_parity_basis(ansatz, amplitudes_of(state), observables)
    keys = sorted({(gate.site, ansatz.scale_names.index(gate.scale)) for gate in ansatz.encoding})
    generators = [*ansatz.layer * ansatz.blocks, *([] if ansatz.breaking is None else [ansatz.breaking])]
    gates = tuple(gate for k, generator in enumerate(generators) for gate in _block_gates(generator, k))
    weights, breaking = len(ansatz.layer) * ansatz.blocks, ansatz.depth * len(ansatz.layer) * ansatz.blocks
    places = [
        [d * weights + g.generator if g.generator < weights else breaking + d for g in gates]
        for d in range(ansatz.depth)
    ]
    num_parameters = len(ansatz.parameter_names)
    return Tables(
        n,
        amplitudes,
        tuple(keys),
        tuple(_encoding(ansatz, number, keys) for number in range(len(ansatz.encoding))),
        gates,
        np.array(places, np.int64).reshape(ansatz.depth, len(gates)),
        *_rows(operators, n),
        num_parameters,
        num_parameters - len(ansatz.scale_names),
    )


def _encoding(ansatz: ReuploadingAnsatz, number: int, keys: Sequence[tuple[int, int]]) -> Encoding:
    gate = ansatz.encoding[number]
    states = np.arange(1 << ansatz.num_qubits)
    zero = states[(states >> gate.qubit & 1) == 0]
    reversed_ = np.zeros(len(zero), bool) if gate.parity is None else (zero >> gate.parity & 1).astype(bool)
    low = np.concatenate([zero[~reversed_], zero[reversed_]])
    key = keys.index((gate.site, ansatz.scale_names.index(gate.scale)))
    return Encoding(low, int((~reversed_).sum()), 1 << gate.qubit, key)


def _block_gates(generator: PauliSum, number: int) -> Iterator[BlockGate]:
    for part in _commuting_parts(generator):
        matrix = _sparse(part)
        count, label = connected_components(abs(matrix), directed=False)
        order = np.argsort(label, kind="stable")
        sizes = np.bincount(label, minlength=count)
        if sizes.max() > MAX_COMPONENT:
            raise LimitError(
                f"a generator on {len(part.support)} qubits connects {sizes.max()} basis states; the kernel takes "
                f"{MAX_COMPONENT}: use to_jax, or split the generator"
            )
        groups = np.split(order, np.cumsum(sizes)[:-1])
        shift = _most_frequent(matrix, groups)
        for m in sorted(set(sizes.tolist())):
            yield from _of_size(matrix, np.array([g for g in groups if len(g) == m]), shift, number)


def _commuting_parts(generator: PauliSum) -> list[PauliSum]:
    """Summands that commute, so that the gate is the product of theirs; all phases are one summand."""
    n = generator.num_qubits
    parts: list[PauliSum] = []
    for part in components(generator):
        # Strings that all commute turn pairs of states; together they would connect up to 2**rank of them.
        strings = [PauliSum(n, {key: value}) for key, value in part.terms.items()]
        flips = {x for x, _ in part.terms} - {0}
        alone = len(flips) > 1 and not any(anticommute(a, b) for a, b in combinations(part.terms, 2))
        parts += strings if alone and 2 * len(strings) < 1 << len(flips) else [part]
    diagonal = [part for part in parts if all(x == 0 for x, _ in part.terms)]
    others = [part for part in parts if part not in diagonal]
    return others + ([sum(diagonal[1:], start=diagonal[0])] if diagonal else [])


def _sparse(op: PauliSum) -> csr_matrix:
    rows = np.arange(1 << op.num_qubits)
    pieces = [csr_matrix((phase, (rows, source)), (len(rows),) * 2) for source, phase in pauli_action(op)]
    total = sum(pieces[1:], start=pieces[0])
    total.data[np.abs(total.data) < SAME] = 0
    total.eliminate_zeros()
    return total


def _most_frequent(matrix: csr_matrix, groups: Sequence[Integers]) -> float:
    singles = np.array([group[0] for group in groups if len(group) == 1], np.int64)
    if not len(singles):
        return 0.0
    values, counts = np.unique(np.round(matrix.diagonal()[singles].real, 12), return_counts=True)
    return float(values[counts.argmax()])


def _of_size(matrix: csr_matrix, blocks: Integers, shift: float, number: int) -> Iterator[BlockGate]:
    m = blocks.shape[1]
    local = np.array([matrix[block][:, block].toarray() for block in blocks]) - shift * np.eye(m)
    kept = np.abs(local).max(axis=(1, 2)) > SAME
    if kept.any():
        flat, kind = np.unique(np.round(local[kept].reshape(-1, m * m), 12), axis=0, return_inverse=True)
        # Of equal blocks the first one's entries, not the rounded ones.
        first = [int(np.flatnonzero(kind.reshape(-1) == k)[0]) for k in range(len(flat))]
        matrices = local[kept][first]
        values, vectors = np.linalg.eigh(matrices)
        yield BlockGate(blocks[kept], kind.reshape(-1).astype(np.int64), matrices, values, vectors, number)


def _rows(operators: Sequence[PauliSum], num_qubits: int) -> tuple[Integers, Complex]:
    """For every row the columns that any of the operators has, and each one's factors there, filled up with zeros."""
    dim = 1 << num_qubits
    dense = {(k, x): factor for k, op in enumerate(operators) for x, factor in _by_flip(op).items()}
    flips = sorted({x for _, x in dense}) or [0]
    nothing = np.zeros(dim, complex)
    sources = np.stack([np.arange(dim) ^ x for x in flips], axis=1)
    factors = np.array(
        [np.stack([dense.get((k, x), nothing) for x in flips], axis=1) for k in range(len(operators))]
    )
    used = (np.abs(factors) > SAME).any(axis=0)
    width = max(1, int(used.sum(1).max()))
    order = np.argsort(~used, axis=1, kind="stable")[:, :width]
    picked = np.take_along_axis(factors * used, np.broadcast_to(order, (len(operators), *order.shape)), 2)
    return np.take_along_axis(sources, order, 1), picked


def _by_flip(op: PauliSum) -> dict[int, Complex]:
    """The factors of every row, by what their strings flip."""
    return {int(source[0]): factor for source, factor in pauli_action(op)}
