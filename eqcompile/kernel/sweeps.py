"""The three ways through a circuit: values alone, values with gradients, and the dual pass.

Tiles of eight structures are independent, and each writes its own rows: sums over structures are taken afterwards, in
one order. So results are the same bit by bit for any number of threads.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

import numpy as np
from numba import njit, prange

from eqcompile.kernel.gates import (
    COMPILED,
    add_observed,
    apply_blocks,
    begin,
    encode,
    encode_back,
    encode_dual,
    encode_dual_back,
    generator_product,
    observe,
    real_product,
)
from eqcompile.kernel.lanes import load, store


@njit(**COMPILED)
def _layer(S, states, used, d, circuit, u, spare):
    """Trainable layer d forwards."""
    _, _, _, _, _, size, index_at, index, kind_at, kind, matrix_at, _, places, _, _ = circuit
    for o in range(places.shape[1]):
        apply_blocks(
            S,
            states,
            used,
            size[o],
            index[index_at[o] : index_at[o + 1]],
            kind[kind_at[o] : kind_at[o + 1]],
            u[d, matrix_at[o] : matrix_at[o + 1]],
            spare,
        )


@njit(**COMPILED)
def _forwards(S, states, circuit, u, q, spare):
    """psi from the initial state to the end of the circuit."""
    start, low, bit, plus, key, _, _, _, _, _, _, _, places, _, _ = circuit
    begin(S, states, start)
    for d in range(-1, places.shape[0]):
        if d >= 0:
            _layer(S, states, 1, d, circuit, u, spare)
        for k in range(low.shape[0]):
            encode(S, states, low[k], bit[k], plus[k], q, key[k] * 32)


@njit(parallel=True, **COMPILED)
def values(circuit, u, Q, value):
    """Expectation values of all observables, ``(tiles, observables, 8)``."""
    start, _, _, _, _, size, _, _, _, _, _, _, _, sources, factors = circuit
    for t in prange(Q.shape[0]):
        S = np.empty(start.shape[0] * 32)
        spare = np.empty(16 * size.max()) if size.shape[0] else np.empty(16)
        _forwards(S, 2, circuit, u, Q[t].reshape(-1), spare)
        for k in range(factors.shape[0]):
            observe(S, 2, 0, 1, sources, factors[k])
            store(value[t, k], 0, real_product(S, 2, 1, 0))


@njit(parallel=True, **COMPILED)
def gradients(circuit, u, u_back, Q, weights, value, by_key, by_parameter):
    """Values, half their derivatives by the quaternions, and weighted sums of half their derivatives by parameters.

    Args:
        circuit: from :func:`eqcompile.kernel.kernel.arrays_of`.
        u: the trainable gates, by layers.
        u_back: their inverses.
        Q: quaternions, ``(tiles, keys, 4, 8)``.
        weights: ``(tiles, sums, 8)``; the sum over structures of weight times derivative is wanted for each.
        value: ``(tiles, observables, 8)``, written.
        by_key: ``(tiles, observables, keys, 4, 8)``, added to.
        by_parameter: ``(tiles, observables, sums + observables, parameters)``, added to: the last sums are weighted by
            the values.
    """
    (
        start,
        low,
        bit,
        plus,
        key,
        size,
        index_at,
        index,
        kind_at,
        kind,
        matrix_at,
        g,
        places,
        sources,
        factors,
    ) = circuit
    count, wanted = factors.shape[0], weights.shape[1]
    states = 1 + count
    for t in prange(Q.shape[0]):
        S = np.empty(start.shape[0] * 16 * states)
        spare = np.empty(16 * size.max()) if size.shape[0] else np.empty(16)
        f = np.empty(8)
        q, out = Q[t].reshape(-1), by_key[t].reshape(-1)
        stride = Q[t].size
        _forwards(S, states, circuit, u, q, spare)
        for k in range(count):
            observe(S, states, 0, 1 + k, sources, factors[k])
            store(value[t, k], 0, real_product(S, states, 1 + k, 0))
        for d in range(places.shape[0] - 1, -2, -1):
            for e in range(low.shape[0] - 1, -1, -1):
                encode_back(S, states, low[e], bit[e], plus[e], q, key[e] * 32, out, stride)
            if d < 0:
                break
            for o in range(places.shape[1] - 1, -1, -1):
                at, kinds = index[index_at[o] : index_at[o + 1]], kind[kind_at[o] : kind_at[o + 1]]
                part = slice(matrix_at[o], matrix_at[o + 1])
                apply_blocks(S, states, states, size[o], at, kinds, u_back[d, part], spare)
                if by_parameter.shape[3] == 0:
                    continue
                for k in range(count):
                    store(f, 0, generator_product(S, states, 1 + k, 0, size[o], at, kinds, g[part]))
                    for w in range(wanted):
                        for b in range(8):
                            by_parameter[t, k, w, places[d, o]] += weights[t, w, b] * f[b]
                    for w in range(count):
                        for b in range(8):
                            # Rows of the padding have weight zero in the first sum, which is the plain one.
                            by_parameter[t, k, wanted + w, places[d, o]] += (
                                weights[t, 0, b] * value[t, w, b] * f[b]
                            )


@njit(parallel=True, **COMPILED)
def dual(circuit, whole, u, u_back, Q, dQ, weights, by_key, by_parameter):
    """Half the derivatives of a sum of weighted values and of derivatives along a direction, by all parameters.

    The sum is that of weights_k v_k + coefficients_k (direction . grad) v_k over structures and observables.

    Args:
        circuit: as for :func:`gradients`.
        whole: factors of the observable that the coefficients give, ``(dim, width, 2)``.
        u: the trainable gates, by layers.
        u_back: their inverses.
        Q: quaternions, ``(tiles, keys, 4, 8)``.
        dQ: their derivatives along the direction.
        weights: ``(tiles, observables, 8)``.
        by_key: ``(tiles, keys, 4, 8)``, added to.
        by_parameter: ``(tiles, parameters)``, added to.
    """
    (
        start,
        low,
        bit,
        plus,
        key,
        size,
        index_at,
        index,
        kind_at,
        kind,
        matrix_at,
        g,
        places,
        sources,
        factors,
    ) = circuit
    for t in prange(Q.shape[0]):
        S = np.empty(start.shape[0] * 64)
        spare = np.empty(16 * size.max()) if size.shape[0] else np.empty(16)
        f = np.empty(8)
        q, dq, out = Q[t].reshape(-1), dQ[t].reshape(-1), by_key[t].reshape(-1)
        begin(S, 4, start)
        for d in range(-1, places.shape[0]):
            if d >= 0:
                _layer(S, 4, 2, d, circuit, u, spare)
            for e in range(low.shape[0]):
                encode_dual(S, low[e], bit[e], plus[e], q, dq, key[e] * 32)
        observe(S, 4, 0, 2, sources, whole)
        observe(S, 4, 1, 3, sources, whole)
        # The tangent of lambda: the whole observable on that of psi, and every weighted observable on psi itself.
        for k in range(factors.shape[0]):
            add_observed(S, 4, 0, 3, sources, factors[k], load(weights[t, k], 0))
        for d in range(places.shape[0] - 1, -2, -1):
            for e in range(low.shape[0] - 1, -1, -1):
                encode_dual_back(S, low[e], bit[e], plus[e], q, dq, key[e] * 32, out)
            if d < 0:
                break
            for o in range(places.shape[1] - 1, -1, -1):
                at, kinds = index[index_at[o] : index_at[o + 1]], kind[kind_at[o] : kind_at[o + 1]]
                part = slice(matrix_at[o], matrix_at[o + 1])
                apply_blocks(S, 4, 4, size[o], at, kinds, u_back[d, part], spare)
                total = generator_product(S, 4, 3, 0, size[o], at, kinds, g[part])
                total += generator_product(S, 4, 2, 1, size[o], at, kinds, g[part])
                store(f, 0, total)
                for b in range(8):
                    by_parameter[t, places[d, o]] += f[b]
