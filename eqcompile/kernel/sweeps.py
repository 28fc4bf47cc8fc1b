"""The two ways through a circuit: forwards and back for values and gradients, and the dual pass.

Tiles of eight structures are independent, and each writes its own rows: sums over structures are taken afterwards, in
one order. So results are the same bit by bit for any number of threads.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from eqcompile.kernel import encode, gates, lanes, quaternions, rotations
from eqcompile.kernel.encode import (
    turn_alike,
    turn_alike_back,
    turn_alike_dual,
    turn_alike_dual_back,
    turn_one,
    turn_one_back,
    turn_one_dual,
    turn_one_dual_back,
    turn_two,
    turn_two_back,
    turn_two_dual,
    turn_two_dual_back,
)
from eqcompile.kernel.gates import (
    OUTER,
    SMALL,
    add_generator_product,
    add_observed,
    begin,
    multiply,
    observe,
    real_product,
    reflect,
    reflect_back,
    reflect_dual_back,
)
from eqcompile.kernel.lanes import load, store
from eqcompile.kernel.quaternions import along_both, pulled_back, quaternions_along, quaternions_of
from eqcompile.kernel.rotations import add_matrix, add_pulled_back

VALUES, BY_POSITION, BY_PARAMETER = 0, 1, 2
"""What a sweep is to find; each comes with those before it."""


def _mark():
    """A number that changes with the code that is compiled into the loops of this module.

    Numba finds kept machine code by the file of the outer function alone; as a constant of that function, this
    number is a part of what it looks for.
    """
    sources = (
        Path(str(module.__file__)).read_bytes() for module in (lanes, gates, encode, quaternions, rotations)
    )
    return int.from_bytes(blake2b(b"".join(sources), digest_size=6).digest(), "big")


def kept(function):
    """Compile, and let the next process find the machine code, where there is a folder to keep it in."""
    try:
        return njit(cache=True, **OUTER)(function)
    except RuntimeError:  # neither the package nor the user has one
        return njit(**OUTER)(function)


@njit(**SMALL)
def _layer(S, states, used, d, c, u, spare):
    """Trainable layer d forwards."""
    for o in range(c.places.shape[1]):
        m, rank, ii, ik = c.size[o], c.rank[o], c.members_at[o], c.kind_at[o]
        blocks, ju = c.kind_at[o + 1] - ik, d * c.matrix_at[-1] + c.matrix_at[o]
        if rank > 0:
            jv = c.generator_at[o]
            reflect(S, states, used, m, rank, blocks, c.members, ii, c.kind, ik, u, ju, c.generator, jv)
        else:
            multiply(S, states, used, m, blocks, c.members, ii, c.kind, ik, u, ju, spare)


@njit(**SMALL)
def _layer_back(S, states, d, c, u, spare, slopes, wanted):
    """Undo trainable layer d; derivatives by its angles, which are summed if they are wanted."""
    step = slopes.shape[0] // (states - 1)
    for o in range(c.places.shape[1] - 1, -1, -1):
        m, rank, ii, ik = c.size[o], c.rank[o], c.members_at[o], c.kind_at[o]
        blocks, ju, jv = c.kind_at[o + 1] - ik, d * c.matrix_at[-1] + c.matrix_at[o], c.generator_at[o]
        at = 8 * c.places[d, o] if wanted else 0
        if rank > 0:
            reflect_back(
                S,
                states,
                m,
                rank,
                blocks,
                c.members,
                ii,
                c.kind,
                ik,
                u,
                ju,
                c.generator,
                jv,
                slopes,
                at,
                step,
            )
            continue
        multiply(S, states, states, m, blocks, c.members, ii, c.kind, ik, u, ju, spare)
        if wanted:
            for k in range(states - 1):
                to = at + k * step
                add_generator_product(
                    S, states, 1 + k, 0, m, blocks, c.members, ii, c.kind, ik, c.generator, jv, slopes, to
                )


@njit(**SMALL)
def _layer_dual_back(S, d, c, u, spare, slopes):
    """Undo trainable layer d on four states; derivatives by its angles."""
    for o in range(c.places.shape[1] - 1, -1, -1):
        m, rank, ii, ik = c.size[o], c.rank[o], c.members_at[o], c.kind_at[o]
        blocks, ju, jv = c.kind_at[o + 1] - ik, d * c.matrix_at[-1] + c.matrix_at[o], c.generator_at[o]
        at = 8 * c.places[d, o]
        if rank > 0:
            reflect_dual_back(
                S, m, rank, blocks, c.members, ii, c.kind, ik, u, ju, c.generator, jv, slopes, at
            )
            continue
        multiply(S, 4, 4, m, blocks, c.members, ii, c.kind, ik, u, ju, spare)
        add_generator_product(S, 4, 3, 0, m, blocks, c.members, ii, c.kind, ik, c.generator, jv, slopes, at)
        add_generator_product(S, 4, 2, 1, m, blocks, c.members, ii, c.kind, ik, c.generator, jv, slopes, at)


@njit(**SMALL)
def _encodings(S, states, c, q, r):
    """The encodings of one layer on psi."""
    for e in range(c.key.shape[0]):
        at, end, bit, second, plus, k = (
            c.low_at[e],
            c.low_at[e + 1],
            c.bit[e],
            c.second[e],
            c.plus[e],
            c.pair[e] * 128,
        )
        if c.partner[e] < 0:
            turn_one(S, states, c.low, at, end, bit, plus, q, c.key[e] * 32)
        elif c.partner[e] == c.key[e]:
            turn_alike(S, states, c.low, at, end, bit, second, plus, r, k)
        else:
            turn_two(S, states, c.low, at, end, bit, second, plus, r, k)


@njit(**SMALL)
def _encodings_back(S, states, c, q, r, by_q, by_r):
    """Undo the encodings of one layer; derivatives by quaternions and by matrices of pairs."""
    stride, wide = q.shape[0], r.shape[0]
    for e in range(c.key.shape[0] - 1, -1, -1):
        at, end, bit, second, plus, k = (
            c.low_at[e],
            c.low_at[e + 1],
            c.bit[e],
            c.second[e],
            c.plus[e],
            c.pair[e] * 128,
        )
        if c.partner[e] < 0:
            turn_one_back(S, states, c.low, at, end, bit, plus, q, c.key[e] * 32, by_q, stride)
        elif c.partner[e] == c.key[e]:
            turn_alike_back(S, states, c.low, at, end, bit, second, plus, r, k, by_r, wide)
        else:
            turn_two_back(S, states, c.low, at, end, bit, second, plus, r, k, by_r, wide)


@njit(**SMALL)
def _encodings_dual(S, c, q, dq, r, dr):
    """The encodings of one layer and their derivatives along the direction."""
    for e in range(c.key.shape[0]):
        at, end, bit, second, plus, k = (
            c.low_at[e],
            c.low_at[e + 1],
            c.bit[e],
            c.second[e],
            c.plus[e],
            c.pair[e] * 128,
        )
        if c.partner[e] < 0:
            turn_one_dual(S, c.low, at, end, bit, plus, q, dq, c.key[e] * 32)
        elif c.partner[e] == c.key[e]:
            turn_alike_dual(S, c.low, at, end, bit, second, plus, r, dr, k)
        else:
            turn_two_dual(S, c.low, at, end, bit, second, plus, r, dr, k)


@njit(**SMALL)
def _encodings_dual_back(S, c, q, dq, r, dr, by_q, by_r):
    """Undo the encodings of one layer on four states."""
    for e in range(c.key.shape[0] - 1, -1, -1):
        at, end, bit, second, plus, k = (
            c.low_at[e],
            c.low_at[e + 1],
            c.bit[e],
            c.second[e],
            c.plus[e],
            c.pair[e] * 128,
        )
        if c.partner[e] < 0:
            turn_one_dual_back(S, c.low, at, end, bit, plus, q, dq, c.key[e] * 32, by_q)
        elif c.partner[e] == c.key[e]:
            turn_alike_dual_back(S, c.low, at, end, bit, second, plus, r, dr, k, by_r)
        else:
            turn_two_dual_back(S, c.low, at, end, bit, second, plus, r, dr, k, by_r)


@njit(**SMALL)
def _add_matrices(c, p, q, out):
    """Add M(p, q) of every pair; p and q are lists of quaternions."""
    for e in range(c.key.shape[0]):
        if c.partner[e] >= 0:
            add_matrix(p, 32 * c.key[e], q, 32 * c.partner[e], out, 128 * c.pair[e])


@njit(**SMALL)
def _add_pulled_back(c, sums, at, factor, q, out, to):
    """Add to derivatives by quaternions, from ``to`` on, those by the matrices of pairs at quaternions q."""
    for e in range(c.key.shape[0]):
        if c.partner[e] >= 0:
            one, two, here = 32 * c.key[e], 32 * c.partner[e], at + 128 * c.pair[e]
            add_pulled_back(sums, here, factor, q, two, False, out, to + one)
            add_pulled_back(sums, here, factor, q, one, True, out, to + two)


def _sweep_for(mark):
    def sweep(
        first,
        last,
        S,
        spare,
        lists,
        functions,
        c,
        alpha,
        u,
        u_back,
        x,
        wanted,
        value,
        by_key,
        by_pair,
        by_alpha,
        by_position,
        by_parameter,
    ):
        """Values and their derivatives, by tiles ``first`` to ``last``.

        Args:
            first, last: tiles.
            S, spare, lists, functions: room from :func:`room`.
            c: an `eqcompile.kernel.arrays.Arrays`.
            alpha: the scale of every quaternion.
            u: the trainable gates, layer by layer, flat.
            u_back: their inverses.
            x: positions ``(n, num_sites, 3)``.
            wanted: ``VALUES``, ``BY_POSITION`` or ``BY_PARAMETER``.
            value: ``(n, observables)``, written.
            by_key: derivatives by the quaternions, ``(n, observables, keys, 4)``, written.
            by_pair: derivatives by the matrices of pairs, ``(n, observables, pairs, 16)``, written.
            by_alpha: those by the scale of every quaternion, ``(n, observables, keys)``, written.
            by_position: ``(n, observables, num_sites, 3)``, added to.
            by_parameter: ``(n, observables, angles)``, written.
        """
        if mark < 0:  # never: it makes the mark a constant of this function
            return
        rows, keys, count, angles = x.shape[0], c.site.shape[0], c.factors.shape[0], by_parameter.shape[2]
        states, wide = 1 + count, 128 * c.pairs
        long = 32 * keys
        q, f = lists[:long], lists[long : long + 8 * count]
        at = long + 8 * count
        r, by_r = lists[at : at + wide], lists[at + wide : at + wide + wide * count]
        at += wide + wide * count
        by_q = lists[at : at + long * count]
        at += long * count
        slopes = lists[at : at + 8 * max(angles, 1) * count]
        for t in range(first, last):
            row = 8 * t
            here = min(8, rows - row)
            quaternions_of(x, rows, row, c.site, alpha, q, functions)
            r[:] = 0
            _add_matrices(c, q, q, r)
            begin(S, states, c.start)
            for d in range(-1, c.places.shape[0]):
                if d >= 0:
                    _layer(S, states, 1, d, c, u, spare)
                _encodings(S, states, c, q, r)
            for k in range(count):
                observe(S, states, 0, 1 + k, c.sources, c.factors[k])
                store(f, 0, real_product(S, states, 1 + k, 0))
                for b in range(here):
                    value[row + b, k] = f[b]
            if wanted == VALUES:
                continue
            by_q[:] = 0
            by_r[:] = 0
            slopes[:] = 0
            for d in range(c.places.shape[0] - 1, -2, -1):
                _encodings_back(S, states, c, q, r, by_q, by_r)
                if d >= 0:
                    _layer_back(S, states, d, c, u_back, spare, slopes, wanted == BY_PARAMETER)
            if wanted == BY_PARAMETER:
                for b in range(here):
                    for k in range(count):
                        for p in range(angles):
                            by_parameter[row + b, k, p] = 2 * slopes[8 * (k * angles + p) + b]
            for k in range(count):
                _add_pulled_back(c, by_r, k * wide, 1.0, q, by_q, 32 * k * keys)
                for b in range(here):
                    for j in range(c.pairs):
                        for i in range(16):
                            by_pair[row + b, k, j, i] = 2 * by_r[k * wide + 128 * j + 8 * i + b]
                for j in range(keys):
                    at = 32 * (k * keys + j)
                    for b in range(here):
                        g0, g1 = 2 * by_q[at + b], 2 * by_q[at + 8 + b]
                        g2, g3 = 2 * by_q[at + 16 + b], 2 * by_q[at + 24 + b]
                        by_key[row + b, k, j, 0] = g0
                        by_key[row + b, k, j, 1] = g1
                        by_key[row + b, k, j, 2] = g2
                        by_key[row + b, k, j, 3] = g3
                        s, h, a = functions[j, 0, b], functions[j, 1, b], c.site[j]
                        v0, v1, v2 = pulled_back(x, row + b, a, alpha[j], s, h, g0, g1, g2, g3)
                        by_position[row + b, k, a, 0] += alpha[j] * v0
                        by_position[row + b, k, a, 1] += alpha[j] * v1
                        by_position[row + b, k, a, 2] += alpha[j] * v2
                        slope = v0 * x[row + b, a, 0] + v1 * x[row + b, a, 1] + v2 * x[row + b, a, 2]
                        by_alpha[row + b, k, j] = slope

    return sweep


def _dual_for(mark):
    def dual(
        first,
        last,
        S,
        spare,
        lists,
        functions,
        c,
        alpha,
        u,
        u_back,
        x,
        y,
        whole,
        weights,
        by_key,
        by_pair,
        by_parameter,
        by_alpha,
    ):
        """Derivatives of a sum of weighted values and of derivatives along a direction, by all parameters.

        The sum is that of weights_k v_k + coefficients_k (y . grad) v_k over observables, for each structure.

        Args:
            first, last, S, spare, lists, functions: as for :func:`sweep`.
            c, alpha, u, u_back, x: as for :func:`sweep`.
            y: directions ``(n, num_sites, 3)``.
            whole: factors of the observable that the coefficients give, ``(dim, width, 2)``.
            weights: ``(n, observables)``.
            by_key: derivatives of this observable by the quaternions, ``(n, keys, 4)``, from a sweep.
            by_pair: those by the matrices of pairs, ``(n, pairs, 16)``.
            by_parameter: ``(n, angles)``, written.
            by_alpha: ``(n, keys)``, written.
        """
        if mark < 0:  # never: it makes the mark a constant of this function
            return
        rows, keys, angles = x.shape[0], c.site.shape[0], by_parameter.shape[1]
        long, wide = 32 * keys, 128 * c.pairs
        q, dq, by_q, f = (
            lists[:long],
            lists[long : 2 * long],
            lists[2 * long : 3 * long],
            lists[3 * long : 3 * long + 8],
        )
        at = 3 * long + 8
        r, dr = lists[at : at + wide], lists[at + wide : at + 2 * wide]
        at += 2 * wide
        known, by_r = lists[at : at + wide], lists[at + wide : at + 2 * wide]
        slopes = lists[at + 2 * wide : at + 2 * wide + 8 * angles]
        for t in range(first, last):
            row = 8 * t
            here = min(8, rows - row)
            quaternions_of(x, rows, row, c.site, alpha, q, functions)
            quaternions_along(x, y, rows, row, c.site, alpha, functions, dq)
            r[:] = 0
            dr[:] = 0
            _add_matrices(c, q, q, r)
            _add_matrices(c, q, dq, dr)
            _add_matrices(c, dq, q, dr)
            for b in range(here):
                for j in range(c.pairs):
                    for i in range(16):
                        known[128 * j + 8 * i + b] = by_pair[row + b, j, i]
            begin(S, 4, c.start)
            for d in range(-1, c.places.shape[0]):
                if d >= 0:
                    _layer(S, 4, 2, d, c, u, spare)
                _encodings_dual(S, c, q, dq, r, dr)
            observe(S, 4, 0, 2, c.sources, whole)
            observe(S, 4, 1, 3, c.sources, whole)
            # The tangent of lambda: the whole observable on that of psi, and every weighted observable on psi itself.
            for k in range(c.factors.shape[0]):
                for b in range(8):
                    f[b] = weights[min(row + b, rows - 1), k]
                add_observed(S, 4, 0, 3, c.sources, c.factors[k], load(f, 0))
            by_q[:] = 0
            by_r[:] = 0
            slopes[:] = 0
            for d in range(c.places.shape[0] - 1, -2, -1):
                _encodings_dual_back(S, c, q, dq, r, dr, by_q, by_r)
                if d >= 0:
                    _layer_dual_back(S, d, c, u_back, spare, slopes)
            for b in range(here):
                for p in range(angles):
                    by_parameter[row + b, p] = 2 * slopes[8 * p + b]
            # A matrix is bilinear in its quaternions, so its derivative along the direction has a gradient as well.
            _add_pulled_back(c, by_r, 0, 1.0, q, by_q, 0)
            _add_pulled_back(c, known, 0, 0.5, dq, by_q, 0)
            # A scale enters through q and through its derivative along the direction.
            for j in range(keys):
                for b in range(here):
                    at = 32 * j + b
                    s, h, a = functions[j, 0, b], functions[j, 1, b], c.site[j]
                    g0, g1, g2, g3 = 2 * by_q[at], 2 * by_q[at + 8], 2 * by_q[at + 16], 2 * by_q[at + 24]
                    v0, v1, v2 = pulled_back(x, row + b, a, alpha[j], s, h, g0, g1, g2, g3)
                    found = v0 * x[row + b, a, 0] + v1 * x[row + b, a, 1] + v2 * x[row + b, a, 2]
                    k0, k1 = by_key[row + b, j, 0], by_key[row + b, j, 1]
                    k2, k3 = by_key[row + b, j, 2], by_key[row + b, j, 3]
                    by_alpha[row + b, j] = found + along_both(
                        x, row + b, a, alpha[j], y, functions, j, b, k0, k1, k2, k3
                    )

    return dual


def room(c: Any, states: int, angles: int) -> tuple[Any, ...]:
    """Room for the loops of one thread: the states of a tile, one block, and all lists of numbers.

    Args:
        c: the `eqcompile.kernel.arrays.Arrays`.
        states: how many there are, psi among them.
        angles: derivatives of one value by parameters.
    """
    keys, count = len(c.site), max(states - 1, 3)
    lists = (1 + count) * (32 * keys + 128 * c.pairs) + 8 * count * (1 + max(angles, 1))
    return (
        _aligned(len(c.start) * 16 * states),
        _aligned(16 * max(c.size, default=1)),
        _aligned(lists),
        np.empty((keys, 3, 8)),
    )


def _aligned(size: int) -> Any:
    """An array from a multiple of 64 bytes on: a vector that lies across two cache lines takes twice the time."""
    whole = np.zeros(size + 8)
    start = -(whole.ctypes.data // 8) % 8
    return whole[start : start + size]


_MARK = _mark()
sweep = kept(_sweep_for(_MARK))
dual = kept(_dual_for(_MARK))
