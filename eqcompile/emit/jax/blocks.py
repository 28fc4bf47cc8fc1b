"""A trainable layer as a few dense unitaries on small blocks of qubits.

The weights do not depend on the batch. The gates of a layer are therefore multiplied out once, on the qubits that they
connect, and applied to the whole batch as one real matrix product. That is several times faster than gate by gate,
above all backwards: the gradient of a block is one matrix product as well.
"""

from dataclasses import dataclass
from itertools import combinations

import jax.numpy as jnp

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.emit.jax.evolution import Array, Evolution, evolution, wide_evolution
from eqcompile.errors import LimitError
from eqcompile.exact.linear.union_find import UnionFind
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import anticommute

MAX_BLOCK_QUBITS = 5
"""Qubits of neighbouring gates that JAX applies as one matrix; on more this costs more than the gates one by one.
Beyond it, weaker: the gates are applied one by one; the values are the same."""

MAX_GATE_MATRIX_QUBITS = 8
"""Qubits of a single gate that JAX applies as a matrix although its strings commute. Beyond it, weaker: it is applied
string by string; the values are the same."""

MAX_DIAGONALISED_QUBITS = 11
"""Qubits of a gate in JAX whose strings do not commute: 2048 eigenvectors take some seconds. Beyond it, refused:
split the generator into gates whose strings commute."""


@dataclass(frozen=True)
class Block:
    """Gates of one layer that act on the same few qubits, or one gate on many.

    Attributes:
        qubits: where the block acts, ascending.
        gates: ``(index, evolution)`` in order; the index is into the angles of one layer, see `layer_angles`. They act
            on states of the block's qubits, or of the whole register if the block is wide.
        is_wide: whether the block is applied gate by gate, because its matrix would be too large.
    """

    qubits: tuple[int, ...]
    gates: tuple[tuple[int, Evolution], ...]
    is_wide: bool = False

    def unitary(self, angles: Array) -> Array:
        """Real form ``[[re, -im], [im, re]]`` of the block's matrix, ``(2**(k+1), 2**(k+1))``."""
        matrix = jnp.eye(1 << len(self.qubits), dtype=complex)
        for index, gate in self.gates:
            matrix = gate(angles[index], matrix)
        return jnp.block([[matrix.real, -matrix.imag], [matrix.imag, matrix.real]])


def layer_blocks(ansatz: ReuploadingAnsatz) -> tuple[Block, ...]:
    """The blocks of one layer, in the order in which they act.

    Gates on qubits that the layer connects make one block, as long as it is small; a larger set is left as one block
    per gate.
    """
    gates = [
        (index, part)
        for index, generator in enumerate(_layer_generators(ansatz))
        for part in components(generator)
    ]
    union = UnionFind[int]()
    for _, part in gates:
        union.union(*part.support)
    merged: dict[tuple[int, ...], list[tuple[int, PauliSum]]] = {}
    for number, (index, part) in enumerate(gates):
        root = union[part.support[0]]
        connected = tuple(sorted(q for q in union if union[q] == root))
        small = len(connected) <= MAX_BLOCK_QUBITS
        key = connected if small else (*part.support, -1 - number)
        merged.setdefault(key, []).append((index, part))
    return tuple(_block(tuple(q for q in key if q >= 0), parts) for key, parts in merged.items())


def layer_angles(weights: Array, eps: Array) -> Array:
    """Angles of the gates of every layer ``(depth, blocks * generators + 1)``, the breaking angle last."""
    return jnp.concatenate([weights.reshape(weights.shape[0], -1), eps[:, None]], axis=1)


def apply_block(block: Block, matrix: Array, psi: tuple[Array, Array]) -> tuple[Array, Array]:
    """Apply a real-form matrix to the real and imaginary parts ``(2**n, batch)`` of a state."""
    real, _ = psi
    num_qubits = real.shape[0].bit_length() - 1
    axes = [num_qubits - 1 - q for q in reversed(block.qubits)]
    places = range(len(axes))
    tensor = [jnp.moveaxis(part.reshape((2,) * num_qubits + (-1,)), axes, places) for part in psi]
    size = 1 << len(axes)
    both = matrix @ jnp.concatenate([part.reshape(size, -1) for part in tensor])
    moved = [part.reshape(tensor[0].shape) for part in (both[:size], both[size:])]
    out = [jnp.moveaxis(part, places, axes).reshape(real.shape) for part in moved]
    return out[0], out[1]


def apply_wide(block: Block, angles: Array, psi: tuple[Array, Array]) -> tuple[Array, Array]:
    """Apply the gates of a wide block, at the angles of one layer, to the real and imaginary parts of a state."""
    state = psi[0] + 1j * psi[1]
    for index, gate in block.gates:
        state = gate(angles[index], state)
    return state.real, state.imag


def _layer_generators(ansatz: ReuploadingAnsatz) -> list[PauliSum]:
    breaking = [] if ansatz.breaking is None else [ansatz.breaking]
    return [*ansatz.layer * ansatz.blocks, *breaking]


def _commutes(part: PauliSum) -> bool:
    return not any(anticommute(a, b) for a, b in combinations(part.terms, 2))


def _block(qubits: tuple[int, ...], parts: list[tuple[int, PauliSum]]) -> Block:
    if len(qubits) > MAX_GATE_MATRIX_QUBITS and all(_commutes(part) for _, part in parts):
        return Block(qubits, tuple((index, wide_evolution(part)) for index, part in parts), is_wide=True)
    if len(qubits) > MAX_DIAGONALISED_QUBITS:
        raise LimitError(
            f"a gate whose strings do not commute acts on {len(qubits)} qubits at once: its matrix takes "
            f"{16 << 2 * len(qubits)} bytes; the limit is {MAX_DIAGONALISED_QUBITS} qubits; split its generator into "
            "gates on fewer qubits"
        )
    position = {q: i for i, q in enumerate(qubits)}
    gates = []
    for index, part in parts:
        local = part.relabel(position.get(q, 0) for q in range(part.num_qubits))
        gates.append((index, evolution(PauliSum(len(qubits), local.terms))))
    return Block(qubits, tuple(gates))
