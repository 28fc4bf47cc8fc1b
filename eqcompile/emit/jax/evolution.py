r"""Closed forms of :math:`e^{-i\theta G}` in JAX, on states of shape ``(2**n, batch)``."""

from collections.abc import Callable
from functools import reduce
from typing import Any, TypeAlias

import jax.numpy as jnp
import numpy as np

from eqcompile.errors import LimitError
from eqcompile.exact.arithmetic.scalars import real_part, to_complex, to_float
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY
from eqcompile.numeric.dense import matrix_of, pauli_action
from eqcompile.passes.lowering.lower import heisenberg_strength

Array: TypeAlias = Any
"""A JAX array or tracer."""

MAX_PHASE_BYTES = 1 << 30
"""Bytes that the phases and indices of rotations about Pauli strings take in JAX. Beyond it, refused: use fewer
qubits or strings."""

Evolution: TypeAlias = Callable[[Array, Array], Array]
"""``(theta, psi) -> exp(-i theta G) psi``."""


def evolution(generator: PauliSum) -> Evolution:
    r"""Closed form of :math:`e^{-i\theta G}` as a function of the angle and the state.

    Parts of G on disjoint qubits are applied one after the other.
    """
    parts = [_evolution_of_part(part) for part in components(generator)]
    offset = to_complex(generator.coefficient(IDENTITY)).real

    def apply(theta: Array, psi: Array) -> Array:
        psi = reduce(lambda state, part: part(theta, state), parts, psi)
        return psi * jnp.exp(-1j * theta * offset) if offset else psi

    return apply


def wide_evolution(part: PauliSum) -> Evolution:
    """Closed form of one connected part on many qubits whose strings commute, without forming its matrix.

    Raises:
        LimitError: the phases of all strings would fill the memory.
    """
    if all(x == 0 for x, _ in part.terms):
        return _diagonal(part)
    if (size := len(part) * 24 << part.num_qubits) > MAX_PHASE_BYTES:
        raise LimitError(
            f"a gate of {len(part)} strings on a register of {part.num_qubits} qubits: their phases take {size} bytes; "
            f"the limit is {MAX_PHASE_BYTES}"
        )
    # Strings that commute: the exponential of the sum is the product of the exponentials.
    strings = [_pauli_rotation(PauliSum(part.num_qubits, {key: value})) for key, value in part.terms.items()]
    return lambda theta, psi: reduce(lambda state, string: string(theta, state), strings, psi)


def _evolution_of_part(part: PauliSum) -> Evolution:
    if all(x == 0 for x, _ in part.terms):
        return _diagonal(part)
    if (strength := heisenberg_strength(part)) is not None:
        i, j = part.support
        return _exchange(part.num_qubits, i, j, to_float(strength))
    if len(part) == 1:
        return _pauli_rotation(part)
    return _by_diagonalisation(part)


def _diagonal(part: PauliSum) -> Evolution:
    ((_, phase),) = pauli_action(part)
    diagonal = phase.real
    return lambda theta, psi: jnp.exp(-1j * theta * diagonal)[:, None] * psi


def _exchange(num_qubits: int, i: int, j: int, strength: float) -> Evolution:
    r""":math:`e^{-i\theta \sigma\cdot\sigma} = e^{i\theta}(\cos 2\theta - i S \sin 2\theta)`, S the swap."""
    axes = list(range(num_qubits + 1))
    axes[_axis(num_qubits, i)], axes[_axis(num_qubits, j)] = _axis(num_qubits, j), _axis(num_qubits, i)

    def apply(theta: Array, psi: Array) -> Array:
        angle = theta * strength
        tensor = psi.reshape((2,) * num_qubits + (-1,))
        swapped = jnp.transpose(tensor, axes).reshape(psi.shape)
        phase = jnp.exp(1j * angle)
        return (phase * jnp.cos(2 * angle)) * psi + (-1j * phase * jnp.sin(2 * angle)) * swapped

    return apply


def _pauli_rotation(part: PauliSum) -> Evolution:
    (value,) = part.terms.values()
    strength = to_float(real_part(value))
    ((source, phase),) = pauli_action(part)
    unit = phase / strength

    def apply(theta: Array, psi: Array) -> Array:
        angle = theta * strength
        return jnp.cos(angle) * psi - 1j * jnp.sin(angle) * (unit[:, None] * psi[source])

    return apply


def _by_diagonalisation(part: PauliSum) -> Evolution:
    r""":math:`V e^{-i\theta\Lambda} V^\dagger` on the qubits of the part."""
    qubits = part.support
    local = part.relabel({q: i for i, q in enumerate(qubits)}.get(q, 0) for q in range(part.num_qubits))
    values, vectors = np.linalg.eigh(matrix_of(PauliSum(len(qubits), local.terms)))
    axes = [_axis(part.num_qubits, q) for q in reversed(qubits)]
    size = 1 << len(qubits)

    def apply(theta: Array, psi: Array) -> Array:
        unitary = (vectors * jnp.exp(-1j * theta * values)) @ vectors.conj().T
        tensor = jnp.moveaxis(psi.reshape((2,) * part.num_qubits + (-1,)), axes, range(len(axes)))
        moved = (unitary @ tensor.reshape(size, -1)).reshape(tensor.shape)
        return jnp.moveaxis(moved, range(len(axes)), axes).reshape(psi.shape)

    return apply


def _axis(num_qubits: int, qubit: int) -> int:
    """Axis of a qubit in a state of shape ``(2,)*n``: qubit 0 is the last, least significant one."""
    return num_qubits - 1 - qubit
