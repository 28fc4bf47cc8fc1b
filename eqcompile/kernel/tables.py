r"""A compiled program as arrays: all that the kernel's loops know of a circuit.

A trainable gate is cut into the connected components of its generator's graph on the basis states: a Heisenberg pair
into pairs of basis states, a sum of Z into phases, a star on three qubits into triples. On each component the gate is a
small matrix, the same for many components. The most frequent eigenvalue is shifted to zero: its phase is global, and
its eigenvectors need no work.

Of several ways to write a circuit as arrays, that with the fewest operations is taken, see `operations`.
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
from eqcompile.kernel.pairs import Pair, in_pair_basis, matchings
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

    @cached_property
    def rank(self) -> int:
        """Eigenvectors of a block that are turned; 0 where they are not real, and the block is applied as a matrix."""
        return int(self._turned.sum(axis=1).max()) if np.isrealobj(self.vectors) else 0

    @property
    def _turned(self) -> NDArray[np.bool_]:
        return np.abs(self.values) > SAME

    @cached_property
    def eigenvalues(self) -> NDArray[np.float64]:
        """Those that are not zero, filled up with zeros, ``(kinds, rank)``."""
        return np.take_along_axis(self.values, self._order, 1)

    @cached_property
    def eigenvectors(self) -> NDArray[np.float64]:
        """Their eigenvectors, ``(kinds, rank, size)``."""
        vectors = np.asarray(self.vectors.real, np.float64).swapaxes(1, 2)
        return np.take_along_axis(vectors, self._order[:, :, None], 1)

    @property
    def _order(self) -> Integers:
        return np.argsort(~self._turned, axis=1, kind="stable")[:, : self.rank]

    def factors(self, angles: NDArray[np.float64]) -> Complex:
        """exp(-i angle eigenvalue) - 1, ``(angles, kinds, rank)``."""
        return np.asarray(np.exp(-1j * angles[:, None, None] * self.eigenvalues) - 1)

    def unitaries(self, angles: NDArray[np.float64]) -> Complex:
        """exp(-i angle G) for every angle and kind, ``(angles, kinds, m, m)``."""
        phases = np.exp(-1j * angles[:, None, None] * self.values)
        found = np.asarray((self.vectors * phases[:, :, None, :]) @ self.vectors.conj().transpose(0, 2, 1))
        return found.real.astype(complex) if self.turns else found

    @cached_property
    def turns(self) -> bool:
        """Whether all matrices are imaginary, so that the gate is real."""
        return bool(np.abs(self.matrices.real).max() <= SAME)


@dataclass(frozen=True, eq=False)
class Encoding:
    """One encoding gate, or those of a pair of qubits.

    Attributes:
        low: basis states in which its qubits are zero; those on which the vector has its own sign come first.
        num_plus: how many these are; on the others, where the parity qubit is one, the vector is reversed.
        bit: distance to the partner of a basis state.
        second: for a pair, that of the second qubit, see `eqcompile.kernel.pairs`; 0 for one qubit.
        key: which quaternion it applies.
        partner: for a pair, which one it applies to the second qubit; -1 for one qubit.
    """

    low: Integers
    num_plus: int
    bit: int
    second: int
    key: int
    partner: int

    @property
    def cost(self) -> int:
        """Operations on one state, see `operations`; as many collect the derivatives."""
        return (16 if self.partner < 0 else 18 if self.partner == self.key else 32) * len(self.low)


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
    model = in_parity_basis(ansatz, amplitudes_of(state), observables)
    found: list[Tables] = []
    for pairs in ((), *matchings(ansatz)):
        try:
            found.append(_tables(*in_pair_basis(*model, pairs), pairs))
        except LimitError as refused:
            problem = refused
    if not found:
        raise problem
    return min(found, key=operations)


def operations(tables: Tables, gradient: bool = True, dual: bool = True) -> int:
    """Multiplications with an addition that the gates of a circuit take, for one structure or a tile of them.

    A value takes every gate on one state forwards; its gradient on two states back, with one sum of products; the dual
    pass on two states forwards and four back, with two sums. A derivative along the direction counts as a gate. What
    else is done, for observables and quaternions, does not grow with depth times states.
    """
    encodings = sum(encoding.cost for encoding in tables.encodings)
    gates, products = map(sum, zip((0, 0), *map(_costs, tables.gates), strict=True))
    return (tables.depth + 1) * encodings * (1 + 3 * gradient + 11 * dual) + tables.depth * (
        gates * (1 + 2 * gradient + 6 * dual) + products * (gradient + 2 * dual)
    )


def _costs(gate: BlockGate) -> tuple[int, int]:
    """Operations of a gate on one state, and those of one sum of products with its generator."""
    m, blocks = gate.size, len(gate.kind)
    if gate.rank:
        return blocks * gate.rank * (4 if m == 1 else 4 * m + 4), 3 * blocks * gate.rank
    entries = int((np.abs(gate.matrices) > SAME).sum(axis=(1, 2))[gate.kind].sum())
    return blocks * m * m * (2 if gate.turns else 4), entries * (3 if gate.turns else 6)


def _cost(gate: BlockGate) -> int:
    forwards, products = _costs(gate)
    return 9 * forwards + 3 * products


def _tables(
    ansatz: ReuploadingAnsatz, amplitudes: Complex, operators: Sequence[PauliSum], pairs: Sequence[Pair]
) -> Tables:
    """The arrays of a model whose pairs, if any, are in the basis of singlets and triplets."""
    keys = sorted({(gate.site, ansatz.scale_names.index(gate.scale)) for gate in ansatz.encoding})
    generators = [*ansatz.layer * ansatz.blocks, *([] if ansatz.breaking is None else [ansatz.breaking])]
    gates = tuple(gate for k, generator in enumerate(generators) for gate in _block_gates(generator, k))
    weights, breaking = len(ansatz.layer) * ansatz.blocks, ansatz.depth * len(ansatz.layer) * ansatz.blocks
    places = [
        [d * weights + g.generator if g.generator < weights else breaking + d for g in gates]
        for d in range(ansatz.depth)
    ]
    num_parameters = len(ansatz.parameter_names)
    partners, seconds = dict(pairs), {two for _, two in pairs}
    return Tables(
        ansatz.num_qubits,
        amplitudes,
        tuple(keys),
        tuple(
            _encoding(ansatz, place, partners.get(place), keys)
            for place in range(len(ansatz.encoding))
            if place not in seconds
        ),
        gates,
        np.array(places, np.int64).reshape(ansatz.depth, len(gates)),
        *_rows(operators, ansatz.num_qubits),
        num_parameters,
        num_parameters - len(ansatz.scale_names),
    )


def _encoding(
    ansatz: ReuploadingAnsatz, place: int, partner: int | None, keys: Sequence[tuple[int, int]]
) -> Encoding:
    gate, other = ansatz.encoding[place], None if partner is None else ansatz.encoding[partner]
    bit, second = 1 << gate.qubit, 0 if other is None else 1 << other.qubit
    states = np.arange(1 << ansatz.num_qubits)
    zero = states[states & (bit | second) == 0]
    reversed_ = np.zeros(len(zero), bool) if gate.parity is None else (zero >> gate.parity & 1).astype(bool)
    low = np.concatenate([zero[~reversed_], zero[reversed_]])
    mine, its = (
        -1 if g is None else keys.index((g.site, ansatz.scale_names.index(g.scale))) for g in (gate, other)
    )
    return Encoding(low, int((~reversed_).sum()), bit, second, mine, its)


def _block_gates(generator: PauliSum, number: int) -> Iterator[BlockGate]:
    """Gates whose product it is: commuting summands, of which all phases are one."""
    summands = [summand for part in components(generator) for summand in _fewest(part)]
    diagonal = [summand for summand in summands if _is_diagonal(summand)]
    for summand in summands:
        if not _is_diagonal(summand):
            yield from _gates_of(summand, number)
    if diagonal:
        yield from _gates_of(sum(diagonal[1:], start=diagonal[0]), number)


def _is_diagonal(op: PauliSum) -> bool:
    return all(x == 0 for x, _ in op.terms)


def _fewest(part: PauliSum) -> list[PauliSum]:
    """A summand as it is, or its strings if they commute and take fewer operations one by one."""
    strings = [PauliSum(part.num_qubits, {key: value}) for key, value in part.terms.items()]
    if len(strings) < 2 or any(anticommute(a, b) for a, b in combinations(part.terms, 2)):
        return [part]
    try:
        whole = sum(map(_cost, _gates_of(part, 0)))
    except LimitError:
        return strings
    alone = sum(_cost(gate) for string in strings for gate in _gates_of(string, 0))
    return strings if alone < whole else [part]


def _sparse(op: PauliSum) -> csr_matrix:
    rows = np.arange(1 << op.num_qubits)
    pieces = [csr_matrix((phase, (rows, source)), (len(rows),) * 2) for source, phase in pauli_action(op)]
    total = sum(pieces[1:], start=pieces[0])
    total.data[np.abs(total.data) < SAME] = 0
    total.eliminate_zeros()
    return total


def _gates_of(part: PauliSum, number: int) -> tuple[BlockGate, ...]:
    """One gate for each size of block."""
    matrix = _sparse(part)
    count, label = connected_components(abs(matrix), directed=False)
    sizes = np.bincount(label, minlength=count)
    if sizes.max() > MAX_COMPONENT:
        raise LimitError(
            f"a generator on {len(part.support)} qubits connects {sizes.max()} basis states; the kernel takes "
            f"{MAX_COMPONENT}: use to_jax, or split the generator"
        )
    order = np.argsort(label, kind="stable")
    groups = [order[sizes[label[order]] == m].reshape(-1, m) for m in sorted(set(sizes.tolist()))]
    found = [_of_size(matrix, blocks, number) for blocks in groups]
    shift = _most_frequent(found)
    return tuple(kept for gate in found for kept in _shifted(gate, shift))


def _of_size(matrix: csr_matrix, blocks: Integers, number: int) -> BlockGate:
    count, m = blocks.shape
    rows, columns = (
        np.broadcast_to(at, (count, m, m)).ravel() for at in (blocks[:, :, None], blocks[:, None])
    )
    local = np.asarray(matrix[rows, columns]).reshape(count, m * m)
    flat, kind = np.unique(np.round(local, 12), axis=0, return_inverse=True)
    # Of equal blocks the first one's entries, not the rounded ones.
    first = [int(np.flatnonzero(kind.reshape(-1) == k)[0]) for k in range(len(flat))]
    matrices = local[first].reshape(-1, m, m)
    real = np.abs(matrices.imag).max() <= SAME
    values, vectors = np.linalg.eigh(matrices.real if real else matrices)
    return BlockGate(blocks, kind.reshape(-1).astype(np.int64), matrices, values, vectors, number)


def _most_frequent(gates: Sequence[BlockGate]) -> float:
    """The eigenvalue with the largest multiplicity."""
    each = np.concatenate([gate.values[gate.kind].ravel() for gate in gates])
    _, first, counts = np.unique(np.round(each, 10), return_index=True, return_counts=True)
    return float(each[first[counts.argmax()]])


def _shifted(gate: BlockGate, shift: float) -> Iterator[BlockGate]:
    """The gate less a multiple of the identity, without blocks on which nothing is left of it; none if all are."""
    matrices, values = gate.matrices - shift * np.eye(gate.size), gate.values - shift
    kinds = np.flatnonzero(np.abs(values).max(axis=1) > SAME)
    kept = np.isin(gate.kind, kinds)
    if kept.any():
        kind = np.searchsorted(kinds, gate.kind[kept])
        yield BlockGate(
            gate.index[kept], kind, matrices[kinds], values[kinds], gate.vectors[kinds], gate.generator
        )


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
