"""The two ways through a circuit: forwards and back for values and gradients, and the dual pass.

Tiles of eight structures are independent, and each writes its own rows: sums over structures are taken afterwards, in
one order. So results are the same bit by bit for any number of threads.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from hashlib import blake2b
from pathlib import Path

import numpy as np
from numba import njit

from eqcompile.kernel import encodings, gates, lanes
from eqcompile.kernel.encodings import along_both, pulled_back, quaternions, quaternions_along
from eqcompile.kernel.gates import (
    INNER,
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

VALUES, BY_POSITION, BY_PARAMETER = 0, 1, 2
"""What a sweep is to find; each comes with those before it."""

OUTER = {"error_model": "numpy", "nogil": True}
"""Options of what Python calls: threads may run it side by side."""


def _mark():
    """A number that changes with the code that is compiled into the loops of this module.

    Numba finds kept machine code by the file of the outer function alone; as a constant of that function, this
    number is a part of what it looks for.
    """
    sources = (Path(str(module.__file__)).read_bytes() for module in (lanes, gates, encodings))
    return int.from_bytes(blake2b(b"".join(sources), digest_size=6).digest(), "big")


def kept(function):
    """Compile, and let the next process find the machine code, where there is a folder to keep it in."""
    try:
        return njit(cache=True, **OUTER)(function)
    except RuntimeError:  # neither the package nor the user has one
        return njit(**OUTER)(function)


@njit(**INNER)
def _layer(S, states, used, d, circuit, u, spare):
    """Trainable layer d forwards."""
    _, _, _, _, _, _, size, index_at, index, kind_at, kind, matrix_at, _, places, _, _ = circuit
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


@njit(**INNER)
def _forwards(S, states, circuit, u, q, spare):
    """psi from the initial state to the end of the circuit."""
    start, low, bit, plus, key, _, _, _, _, _, _, _, _, places, _, _ = circuit
    begin(S, states, start)
    for d in range(-1, places.shape[0]):
        if d >= 0:
            _layer(S, states, 1, d, circuit, u, spare)
        for k in range(low.shape[0]):
            encode(S, states, low[k], bit[k], plus[k], q, key[k] * 32)


def _sweep_for(mark):
    def sweep(
        first, last, circuit, alpha, u, u_back, x, wanted, value, by_key, by_alpha, by_position, by_parameter
    ):
        """Values and their derivatives, by tiles ``first`` to ``last``.

        Args:
            first, last: tiles.
            circuit: from :func:`eqcompile.kernel.kernel.arrays_of`.
            alpha: the scale of every quaternion.
            u: the trainable gates, by layers.
            u_back: their inverses.
            x: positions ``(n, num_sites, 3)``.
            wanted: ``VALUES``, ``BY_POSITION`` or ``BY_PARAMETER``.
            value: ``(n, observables)``, written.
            by_key: derivatives by the quaternions, ``(n, observables, keys, 4)``, written.
            by_alpha: those by the scale of every quaternion, ``(n, observables, keys)``, written.
            by_position: ``(n, observables, num_sites, 3)``, added to.
            by_parameter: ``(n, observables, angles)``, added to.
        """
        if mark < 0:  # never: it makes the mark a constant of this function
            return
        (
            start,
            low,
            bit,
            plus,
            key,
            site,
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
        rows, keys, count = x.shape[0], site.shape[0], factors.shape[0]
        states = 1 + count
        S = np.empty(start.shape[0] * 16 * states)
        spare = np.empty(16 * size.max()) if size.shape[0] else np.empty(16)
        f, q, functions = np.empty(8), np.empty(32 * keys), np.empty((keys, 3, 8))
        stride = 32 * keys
        for t in range(first, last):
            row = 8 * t
            here = min(8, rows - row)
            quaternions(x, rows, row, site, alpha, q, functions)
            _forwards(S, states, circuit, u, q, spare)
            for k in range(count):
                observe(S, states, 0, 1 + k, sources, factors[k])
                store(f, 0, real_product(S, states, 1 + k, 0))
                for b in range(here):
                    value[row + b, k] = f[b]
            if wanted == VALUES:
                continue
            out = np.zeros(stride * count)
            for d in range(places.shape[0] - 1, -2, -1):
                for e in range(low.shape[0] - 1, -1, -1):
                    encode_back(S, states, low[e], bit[e], plus[e], q, key[e] * 32, out, stride)
                if d < 0:
                    break
                for o in range(places.shape[1] - 1, -1, -1):
                    at, kinds = index[index_at[o] : index_at[o + 1]], kind[kind_at[o] : kind_at[o + 1]]
                    part = slice(matrix_at[o], matrix_at[o + 1])
                    apply_blocks(S, states, states, size[o], at, kinds, u_back[d, part], spare)
                    if wanted == BY_PARAMETER:
                        for k in range(count):
                            store(f, 0, generator_product(S, states, 1 + k, 0, size[o], at, kinds, g[part]))
                            for b in range(here):
                                by_parameter[row + b, k, places[d, o]] += 2 * f[b]
            for k in range(count):
                for j in range(keys):
                    for b in range(here):
                        at = k * stride + 32 * j + b
                        g0, g1, g2, g3 = 2 * out[at], 2 * out[at + 8], 2 * out[at + 16], 2 * out[at + 24]
                        by_key[row + b, k, j, 0] = g0
                        by_key[row + b, k, j, 1] = g1
                        by_key[row + b, k, j, 2] = g2
                        by_key[row + b, k, j, 3] = g3
                        s, h = functions[j, 0, b], functions[j, 1, b]
                        v0, v1, v2 = pulled_back(x, row + b, site[j], alpha[j], s, h, g0, g1, g2, g3)
                        a = site[j]
                        by_position[row + b, k, a, 0] += alpha[j] * v0
                        by_position[row + b, k, a, 1] += alpha[j] * v1
                        by_position[row + b, k, a, 2] += alpha[j] * v2
                        slope = v0 * x[row + b, a, 0] + v1 * x[row + b, a, 1] + v2 * x[row + b, a, 2]
                        by_alpha[row + b, k, j] = slope

    return sweep


def _dual_for(mark):
    def dual(first, last, circuit, alpha, u, u_back, x, y, whole, weights, by_key, by_parameter, by_alpha):
        """Derivatives of a sum of weighted values and of derivatives along a direction, by all parameters.

        The sum is that of weights_k v_k + coefficients_k (y . grad) v_k over observables, for each structure.

        Args:
            first, last: tiles.
            circuit, alpha, u, u_back, x: as for :func:`sweep`.
            y: directions ``(n, num_sites, 3)``.
            whole: factors of the observable that the coefficients give, ``(dim, width, 2)``.
            weights: ``(n, observables)``.
            by_key: derivatives of this observable by the quaternions, ``(n, keys, 4)``, from a sweep.
            by_parameter: ``(n, angles)``, added to.
            by_alpha: ``(n, keys)``, written.
        """
        if mark < 0:  # never: it makes the mark a constant of this function
            return
        (
            start,
            low,
            bit,
            plus,
            key,
            site,
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
        rows, keys = x.shape[0], site.shape[0]
        S = np.empty(start.shape[0] * 64)
        spare = np.empty(16 * size.max()) if size.shape[0] else np.empty(16)
        f, q, dq, functions = np.empty(8), np.empty(32 * keys), np.empty(32 * keys), np.empty((keys, 3, 8))
        for t in range(first, last):
            row = 8 * t
            here = min(8, rows - row)
            quaternions(x, rows, row, site, alpha, q, functions)
            quaternions_along(x, y, rows, row, site, alpha, functions, dq)
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
                for b in range(8):
                    f[b] = weights[min(row + b, rows - 1), k]
                add_observed(S, 4, 0, 3, sources, factors[k], load(f, 0))
            out = np.zeros(32 * keys)
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
                    for b in range(here):
                        by_parameter[row + b, places[d, o]] += 2 * f[b]
            # A scale enters through q and through its derivative along the direction.
            for j in range(keys):
                for b in range(here):
                    at = 32 * j + b
                    s, h, a = functions[j, 0, b], functions[j, 1, b], site[j]
                    g0, g1, g2, g3 = 2 * out[at], 2 * out[at + 8], 2 * out[at + 16], 2 * out[at + 24]
                    v0, v1, v2 = pulled_back(x, row + b, a, alpha[j], s, h, g0, g1, g2, g3)
                    found = v0 * x[row + b, a, 0] + v1 * x[row + b, a, 1] + v2 * x[row + b, a, 2]
                    k0, k1 = by_key[row + b, j, 0], by_key[row + b, j, 1]
                    k2, k3 = by_key[row + b, j, 2], by_key[row + b, j, 3]
                    by_alpha[row + b, j] = found + along_both(
                        x, row + b, a, alpha[j], y, functions, j, b, k0, k1, k2, k3
                    )

    return dual


_MARK = _mark()
sweep = kept(_sweep_for(_MARK))
dual = kept(_dual_for(_MARK))
