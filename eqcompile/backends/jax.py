r"""The model as a jitted, differentiable JAX function of parameters and positions.

What makes it fast: closed forms instead of matrix exponentials, the batch on the last, contiguous axis,
one ``lax.scan`` over the layers, encoding matrices computed once for all layers, and the parity qubit in the
basis in which its X is diagonal, so that every encoding is a plain single-qubit gate.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from eqcompile.backends.dense import amplitudes_of, matrix_of, pauli_action
from eqcompile.circuit.ansatz import ReuploadingAnsatz
from eqcompile.circuit.gates import EncodingGate
from eqcompile.exact.components import components
from eqcompile.exact.pauli import IDENTITY, PauliSum, pauli_key
from eqcompile.exact.scalars import real_part, to_complex, to_fraction
from eqcompile.exact.state import ExactState

Array: TypeAlias = Any
"""A JAX array or tracer."""

Evolution: TypeAlias = Callable[[Array, Array], Array]
"""``(theta, psi) -> exp(-i theta G) psi`` for ``psi`` of shape ``(2**n, batch)``."""

SMALL_ANGLE_SQUARED = 1e-6
"""Below this the series of cos and sinc to fourth order in the angle squared is exact to double precision."""


def jax_model(
    ansatz: ReuploadingAnsatz, state: ExactState, observable: PauliSum
) -> Callable[[Array, Array], Array]:
    """The expectation value of the observable as a pure function.

    Args:
        ansatz: the circuit.
        state: its initial state.
        observable: Hermitian operator that is measured.

    Returns:
        ``f(params, x)``: flat parameters ``(num_parameters,)`` in the order of ``ansatz.parameter_names``,
        positions ``(batch, num_sites, 3)`` in angstrom; values ``(batch,)``. Jitted, differentiable any
        number of times in both arguments. 64-bit mode of JAX is switched on.
    """
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
    parity = next((gate.parity for gate in ansatz.encoding if gate.parity is not None), None)
    psi0 = amplitudes_of(state)
    if parity is not None:
        psi0 = _hadamard_state(psi0, parity)
        ansatz, observable = _in_x_basis(ansatz, parity), _hadamard(observable, parity)
    layer = [evolution(generator) for generator in ansatz.layer]
    breaking = None if ansatz.breaking is None else evolution(ansatz.breaking)
    expectation = _expectation(observable)

    @jax.jit
    def model(params: Array, x: Array) -> Array:
        weights, eps, scales = split_parameters(ansatz, params)
        gates = _encoding_matrices(ansatz, scales, jnp.asarray(x, jnp.float64))

        def encode(psi: Array) -> Array:
            for gate, matrix in zip(ansatz.encoding, gates, strict=True):
                psi = _apply_encoding(gate, matrix, psi)
            return psi

        def step(psi: Array, angles: tuple[Array, Array]) -> tuple[Array, None]:
            theta, epsilon = angles
            for b in range(ansatz.blocks):
                for k, apply in enumerate(layer):
                    psi = apply(theta[b, k], psi)
            if breaking is not None:
                psi = breaking(epsilon, psi)
            return encode(psi), None

        start = jnp.broadcast_to(jnp.asarray(psi0)[:, None], (psi0.size, x.shape[0]))
        psi, _ = jax.lax.scan(step, encode(start), (weights, eps))
        return expectation(psi)

    return model


def split_parameters(ansatz: ReuploadingAnsatz, params: Array) -> tuple[Array, Array, Array]:
    """Weights ``(depth, blocks, generators)``, breaking angles ``(depth,)``, scales ``(num_scales,)``."""
    depth, blocks, generators = ansatz.weight_shape
    cut = depth * blocks * generators
    weights = params[:cut].reshape(depth, blocks, generators)
    eps = params[cut : cut + depth] if ansatz.num_breaking else jnp.zeros(depth)
    return weights, eps, params[cut + ansatz.num_breaking :]


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


def _evolution_of_part(part: PauliSum) -> Evolution:
    if all(x == 0 for x, _ in part.terms):
        return _diagonal(part)
    if (pair := _heisenberg_pair(part)) is not None:
        return _exchange(part.num_qubits, *pair)
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
    strength = float(to_fraction(real_part(value)))
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


def _heisenberg_pair(part: PauliSum) -> tuple[int, int, float] | None:
    """``(i, j, strength)`` if the part is a multiple of H(i,j)."""
    if len(part.support) != 2 or len(part) != 3:
        return None
    i, j = part.support
    values = {part.coefficient(pauli_key({i: name, j: name})) for name in "XYZ"}
    if len(values) != 1 or not (value := values.pop()):
        return None
    return i, j, float(to_fraction(real_part(value)))


def _axis(num_qubits: int, qubit: int) -> int:
    """Axis of a qubit in a state of shape ``(2,)*n``: qubit 0 is the last, least significant one."""
    return num_qubits - 1 - qubit


def _encoding_matrices(ansatz: ReuploadingAnsatz, scales: Array, x: Array) -> list[tuple[Array, Array]]:
    r"""For every encoding gate, with v = alpha x: cos|v| ``(batch,)`` and sinc(|v|) v ``(3, batch)``."""
    cache: dict[tuple[int, str], tuple[Array, Array]] = {}
    for gate in ansatz.encoding:
        key = (gate.site, gate.scale)
        if key not in cache:
            vector = scales[ansatz.scale_names.index(gate.scale)] * x[:, gate.site, :].T
            cosine, sinc = _cos_and_sinc(jnp.sum(vector * vector, axis=0))
            cache[key] = (cosine, sinc * vector)
    return [cache[(gate.site, gate.scale)] for gate in ansatz.encoding]


def _cos_and_sinc(square: Array) -> tuple[Array, Array]:
    """cos r and sin(r)/r as smooth functions of r squared, with finite derivatives at zero."""
    small = square < SMALL_ANGLE_SQUARED
    r = jnp.sqrt(jnp.where(small, 1.0, square))
    cosine = jnp.where(small, 1 - square / 2 + square**2 / 24 - square**3 / 720, jnp.cos(r))
    sinc = jnp.where(small, 1 - square / 6 + square**2 / 120 - square**3 / 5040, jnp.sin(r) / r)
    return cosine, sinc


def _apply_encoding(gate: EncodingGate, matrix: tuple[Array, Array], psi: Array) -> Array:
    r""":math:`\cos|v| - i\,\mathrm{sinc}|v|\; v\cdot\sigma` on a qubit; v flips where the parity qubit is 1."""
    cosine, (vx, vy, vz) = matrix
    num_qubits = psi.shape[0].bit_length() - 1
    if gate.parity is not None:
        sign = 1.0 - 2.0 * (np.arange(psi.shape[0]) >> gate.parity & 1)
        sign = sign.reshape(-1, 2, 1 << gate.qubit)[:, 0, :, None]
        vx, vy, vz = sign * vx, sign * vy, sign * vz
    tensor = psi.reshape(1 << (num_qubits - 1 - gate.qubit), 2, 1 << gate.qubit, -1)
    zero, one = tensor[:, 0], tensor[:, 1]
    new_zero = (cosine - 1j * vz) * zero - (1j * vx + vy) * one
    new_one = (vy - 1j * vx) * zero + (cosine + 1j * vz) * one
    return jnp.stack([new_zero, new_one], axis=1).reshape(psi.shape)


def _expectation(observable: PauliSum) -> Callable[[Array], Array]:
    action = pauli_action(observable)

    def expectation(psi: Array) -> Array:
        image = sum(phase[:, None] * psi[source] for source, phase in action)
        return jnp.sum(jnp.real(jnp.conj(psi) * image), axis=0)

    return expectation


def _in_x_basis(ansatz: ReuploadingAnsatz, qubit: int) -> ReuploadingAnsatz:
    layer = tuple(_hadamard(generator, qubit) for generator in ansatz.layer)
    breaking = None if ansatz.breaking is None else _hadamard(ansatz.breaking, qubit)
    return replace(ansatz, layer=layer, breaking=breaking)


def _hadamard(op: PauliSum, qubit: int) -> PauliSum:
    """Conjugate by a Hadamard gate: X and Z change places, Y changes sign."""
    bit = 1 << qubit
    out = {}
    for (x, z), value in op.terms.items():
        key = (x & ~bit | (z & bit), z & ~bit | (x & bit))
        out[key] = -value if x & z & bit else value
    return PauliSum(op.num_qubits, out)


def _hadamard_state(psi: NDArray[np.complex128], qubit: int) -> NDArray[np.complex128]:
    tensor = psi.reshape(-1, 2, 1 << qubit)
    zero, one = tensor[:, 0], tensor[:, 1]
    mixed: NDArray[np.complex128] = np.stack([zero + one, zero - one], axis=1).reshape(-1) / np.sqrt(2)
    return mixed
