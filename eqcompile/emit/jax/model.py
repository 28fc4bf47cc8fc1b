r"""The model as a jitted, differentiable JAX function of parameters and positions.

What makes it fast: closed forms instead of matrix exponentials; the batch on the last, contiguous axis; real and
imaginary parts as separate real arrays, which vectorise; one ``lax.scan`` over the layers, with the trainable
part of each layer multiplied out beforehand (see :mod:`eqcompile.emit.jax.blocks`); encoding factors computed
once for all layers; and the parity qubit in the basis in which its X is diagonal, so that every encoding is a
plain single-qubit gate.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.circuits.operations import VectorRotation
from eqcompile.emit.jax.blocks import apply_block, apply_wide, layer_angles, layer_blocks
from eqcompile.emit.jax.evolution import Array
from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.states.state import ExactState
from eqcompile.numeric.dense import amplitudes_of, pauli_action
from eqcompile.numeric.parity_basis import in_parity_basis

SMALL_ANGLE_SQUARED = 1e-3
"""Below this the series of cos and sinc to fourth order in the squared angle is exact to double precision,
and so are its first derivatives."""

MAX_JAX_QUBITS = 20
"""Qubits of a model in JAX: a batch of ten states of 20 qubits takes a few gigabytes with its gradient. Beyond it,
refused: evaluate the Qiskit circuit (`to_qiskit`), or use fewer qubits."""

Split = tuple[Array, Array]
"""Real and imaginary parts of a state, each ``(2**n, batch)``."""


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
        positions ``(batch, num_sites, 3)`` in angstrom; values ``(batch,)``. A model without sites is called as
        ``f(params)``, with a batch of one. Jitted, differentiable any number of times in both arguments. 64-bit
        mode of JAX is switched on.

    Raises:
        LimitError: more than ``MAX_JAX_QUBITS`` qubits, or a gate on many of them whose strings do not commute.
    """
    if ansatz.num_qubits > MAX_JAX_QUBITS:
        raise LimitError(
            f"{ansatz.num_qubits} qubits; the state vectors of the JAX back end go up to {MAX_JAX_QUBITS}"
        )
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]
    ansatz, psi0, (observable,) = in_parity_basis(ansatz, amplitudes_of(state), (observable,))
    blocks = layer_blocks(ansatz)
    expectation = _expectation(observable)

    @jax.jit
    def expectation_values(params: Array, x: Array) -> Array:
        weights, eps, scales = split_parameters(ansatz, params)
        factors = _encoding_factors(ansatz, scales, jnp.asarray(x, jnp.float64))
        angles = layer_angles(weights, eps)
        # A wide block has no matrix: its gates take the angles themselves.
        matrices = [angles if block.is_wide else jax.vmap(block.unitary)(angles) for block in blocks]

        def encode(psi: Split) -> Split:
            for gate, factor in zip(ansatz.encoding, factors, strict=True):
                psi = _apply_encoding(gate, factor, psi)
            return psi

        def step(psi: Split, layer: list[Array]) -> tuple[Split, None]:
            for block, matrix in zip(blocks, layer, strict=True):
                psi = (apply_wide if block.is_wide else apply_block)(block, matrix, psi)
            return encode(psi), None

        shape = (psi0.size, x.shape[0])
        real, imaginary = (jnp.broadcast_to(part[:, None], shape) for part in (psi0.real, psi0.imag))
        psi, _ = jax.lax.scan(step, encode((real, imaginary)), matrices)
        return expectation(psi)

    def model(params: Array, x: Array | None = None) -> Array:
        if x is None and ansatz.site_names:
            raise DimensionError(f"the model takes positions of shape (batch, {len(ansatz.site_names)}, 3)")
        return expectation_values(params, jnp.zeros((1, 0, 3)) if x is None else x)

    return model


def split_parameters(ansatz: ReuploadingAnsatz, params: Array) -> tuple[Array, Array, Array]:
    """Weights ``(depth, blocks, generators)``, breaking angles ``(depth,)``, scales ``(num_scales,)``."""
    depth, blocks, generators = ansatz.weight_shape
    cut = depth * blocks * generators
    weights = params[:cut].reshape(depth, blocks, generators)
    eps = params[cut : cut + depth] if ansatz.num_breaking else jnp.zeros(depth)
    return weights, eps, params[cut + ansatz.num_breaking :]


def _encoding_factors(ansatz: ReuploadingAnsatz, scales: Array, x: Array) -> list[tuple[Array, Array]]:
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


def _apply_encoding(gate: VectorRotation, factor: tuple[Array, Array], psi: Split) -> Split:
    r""":math:`\cos|v| - i\,\mathrm{sinc}|v|\; v\cdot\sigma` on a qubit; v flips where the parity qubit is 1."""
    cosine, (vx, vy, vz) = factor
    shape = psi[0].shape
    num_qubits = shape[0].bit_length() - 1
    if gate.parity is not None:
        sign = 1.0 - 2.0 * (np.arange(shape[0]) >> gate.parity & 1)
        sign = sign.reshape(-1, 2, 1 << gate.qubit)[:, 0, :, None]
        vx, vy, vz = sign * vx, sign * vy, sign * vz
    a, b = (part.reshape(1 << (num_qubits - 1 - gate.qubit), 2, 1 << gate.qubit, -1) for part in psi)
    a0, a1, b0, b1 = a[:, 0], a[:, 1], b[:, 0], b[:, 1]
    real = (cosine * a0 + vz * b0 + vx * b1 - vy * a1, cosine * a1 - vz * b1 + vx * b0 + vy * a0)
    imaginary = (cosine * b0 - vz * a0 - vx * a1 - vy * b1, cosine * b1 + vz * a1 - vx * a0 + vy * b0)
    return jnp.stack(real, axis=1).reshape(shape), jnp.stack(imaginary, axis=1).reshape(shape)


def _expectation(observable: PauliSum) -> Callable[[Split], Array]:
    action = pauli_action(observable)

    def expectation(psi: Split) -> Array:
        a, b = psi
        total = jnp.zeros(a.shape[1])
        for source, phase in action:
            re, im = phase.real[:, None], phase.imag[:, None]
            c, d = a[source], b[source]
            total = total + jnp.sum(a * (re * c - im * d) + b * (re * d + im * c), axis=0)
        return total

    return expectation
