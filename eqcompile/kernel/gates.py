r"""Trainable gates and observables on a tile of eight structures, forwards and backwards, in machine code.

A tile holds several states of one register: amplitude i of state s stands at ``16*(i*states + s)``, eight real parts
and then eight imaginary ones. State 0 is psi. Going back, a gate undoes itself on psi and on each state lambda, and the
inner product of lambda with the gate's derivative is collected: nothing is stored on the way forwards.

A gate acts on blocks of amplitudes alike for all structures. Where the eigenvectors v of its generator on a block are
real, the gate is

.. math:: e^{-i t G} = \prod_v \big( 1 + f_v\, v v^T \big), \qquad f_v = e^{-i t \lambda_v} - 1,

over the eigenvalues that are not zero: a Heisenberg pair has one of four. The inner products with v that this needs
give the derivative as well, :math:`\langle b | G | a \rangle = \sum_v \lambda_v \langle b | v \rangle \langle v | a
\rangle`. Other gates are multiplied as matrices.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from numba import njit

from eqcompile.kernel.lanes import load, pick, splat, spread, store

OUTER = {"error_model": "numpy", "nogil": True, "_nrt": False}
"""Options of what Python calls: division as in numpy, threads may run it side by side, and no counting of references:
nothing is allocated, and to count arrays of every gate would take as long as the gates of a small circuit."""

INNER = {"error_model": "numpy", "_nrt": False, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options of what only other loops call: nothing for Python to call."""

SMALL = {**INNER, "forceinline": True}
"""Options of a few operations on registers: called, they would pass them through memory."""


@njit(**SMALL)
def amplitude(S, i):
    """Real and imaginary part of eight structures."""
    return load(S, i), load(S, i + 8)


@njit(**SMALL)
def put(S, i, real, imaginary):
    """Write one amplitude of eight structures."""
    store(S, i, real)
    store(S, i + 8, imaginary)


def _for_blocks_of(fixed):
    """Gates whose eigenvectors are real, for blocks of a size that the compiler knows; 0 for any size."""

    @njit(**SMALL)
    def turn(S, states, s, m, index, first, v, jv, fr, fi):
        """(1 + f v v^T) on a block of one state; the inner product with v."""
        if fixed == 1:
            i = (pick(index, first) * states + s) * 16
            pr, pi = amplitude(S, i)
            put(S, i, pr + fr * pr - fi * pi, pi + fr * pi + fi * pr)
            return pr, pi
        if fixed == 2:  # what is loaded stays in registers
            i, j = (pick(index, first) * states + s) * 16, (pick(index, first + 1) * states + s) * 16
            w, x = spread(v, jv), spread(v, jv + 1)
            pr, pi = amplitude(S, i)
            qr, qi = amplitude(S, j)
            dr, di = w * pr + x * qr, w * pi + x * qi
            er, ei = fr * dr - fi * di, fr * di + fi * dr
            put(S, i, pr + w * er, pi + w * ei)
            put(S, j, qr + x * er, qi + x * ei)
            return dr, di
        if fixed == 4:
            i, j = (pick(index, first) * states + s) * 16, (pick(index, first + 1) * states + s) * 16
            k, n = (pick(index, first + 2) * states + s) * 16, (pick(index, first + 3) * states + s) * 16
            w, x, y, z = spread(v, jv), spread(v, jv + 1), spread(v, jv + 2), spread(v, jv + 3)
            pr, pi = amplitude(S, i)
            qr, qi = amplitude(S, j)
            gr, gi = amplitude(S, k)
            hr, hi = amplitude(S, n)
            dr, di = w * pr + x * qr + (y * gr + z * hr), w * pi + x * qi + (y * gi + z * hi)
            er, ei = fr * dr - fi * di, fr * di + fi * dr
            put(S, i, pr + w * er, pi + w * ei)
            put(S, j, qr + x * er, qi + x * ei)
            put(S, k, gr + y * er, gi + y * ei)
            put(S, n, hr + z * er, hi + z * ei)
            return dr, di
        size = fixed if fixed > 0 else m
        dr, di = splat(0.0), splat(0.0)
        for k in range(size):
            i = (pick(index, first + k) * states + s) * 16
            w = spread(v, jv + k)
            dr += w * load(S, i)
            di += w * load(S, i + 8)
        er, ei = fr * dr - fi * di, fr * di + fi * dr
        for k in range(size):
            i = (pick(index, first + k) * states + s) * 16
            w = spread(v, jv + k)
            put(S, i, load(S, i) + w * er, load(S, i + 8) + w * ei)
        return dr, di

    @njit(**INNER)
    def forwards(S, states, used, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv):
        size = fixed if fixed > 0 else m
        for k in range(blocks):
            for j in range(pick(kind, ik + k) * rank, pick(kind, ik + k) * rank + rank):
                fr, fi = spread(f, jf + 2 * j), spread(f, jf + 2 * j + 1)
                for s in range(used):
                    turn(S, states, s, m, index, ii + size * k, v, jv + j * (size + 1) + 1, fr, fi)

    @njit(**INNER)
    def backwards(S, states, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at, step):
        size = fixed if fixed > 0 else m
        for s in range(1, states):
            total = splat(0.0)
            for k in range(blocks):
                for j in range(pick(kind, ik + k) * rank, pick(kind, ik + k) * rank + rank):
                    fr, fi, jj = spread(f, jf + 2 * j), spread(f, jf + 2 * j + 1), jv + j * (size + 1)
                    br, bi = turn(S, states, s, m, index, ii + size * k, v, jj + 1, fr, fi)
                    if s < states - 1:  # psi is undone with the last of them
                        fr, fi = splat(0.0), splat(0.0)
                    kr, ki = turn(S, states, 0, m, index, ii + size * k, v, jj + 1, fr, fi)
                    total += spread(v, jj) * (br * ki - bi * kr)
            store(out, at, load(out, at) + total)
            at += step

    @njit(**INNER)
    def dual_backwards(S, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at):
        size = fixed if fixed > 0 else m
        total = splat(0.0)
        for k in range(blocks):
            for j in range(pick(kind, ik + k) * rank, pick(kind, ik + k) * rank + rank):
                fr, fi, jj = spread(f, jf + 2 * j), spread(f, jf + 2 * j + 1), jv + j * (size + 1)
                ar, ai = turn(S, 4, 0, m, index, ii + size * k, v, jj + 1, fr, fi)
                br, bi = turn(S, 4, 1, m, index, ii + size * k, v, jj + 1, fr, fi)
                cr, ci = turn(S, 4, 2, m, index, ii + size * k, v, jj + 1, fr, fi)
                dr, di = turn(S, 4, 3, m, index, ii + size * k, v, jj + 1, fr, fi)
                total += spread(v, jj) * (dr * ai - di * ar + cr * bi - ci * br)
        store(out, at, load(out, at) + total)

    return forwards, backwards, dual_backwards


_forwards, _backwards, _dual_backwards = _for_blocks_of(0)
_forwards_1, _backwards_1, _dual_backwards_1 = _for_blocks_of(1)
_forwards_2, _backwards_2, _dual_backwards_2 = _for_blocks_of(2)
_forwards_4, _backwards_4, _dual_backwards_4 = _for_blocks_of(4)


@njit(**SMALL)
def reflect(S, states, used, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv):
    """A trainable gate on the first ``used`` states.

    Args:
        m: basis states of a block.
        rank: eigenvectors of a block.
        blocks: how many there are.
        index: from ``ii`` on, the basis states of every block, one block after the other.
        kind: from ``ik`` on, which eigenvectors every block has.
        f: from ``jf`` on, the factors of all kinds, real and imaginary parts.
        v: from ``jv`` on, for all kinds each eigenvalue, followed by its eigenvector.
    """
    if m == 1:
        _forwards_1(S, states, used, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv)
    elif m == 2:
        _forwards_2(S, states, used, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv)
    elif m == 4:
        _forwards_4(S, states, used, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv)
    else:
        _forwards(S, states, used, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv)


@njit(**SMALL)
def reflect_back(S, states, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at, step):
    """Undo a gate on all states; add Im <lambda|G|psi>, half the derivative by the angle, for every lambda."""
    if m == 1:
        _backwards_1(S, states, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at, step)
    elif m == 2:
        _backwards_2(S, states, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at, step)
    elif m == 4:
        _backwards_4(S, states, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at, step)
    else:
        _backwards(S, states, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at, step)


@njit(**SMALL)
def reflect_dual_back(S, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at):
    """Undo a gate on psi, its tangent, lambda and the tangent of lambda; add half the derivative by the angle."""
    if m == 1:
        _dual_backwards_1(S, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at)
    elif m == 2:
        _dual_backwards_2(S, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at)
    elif m == 4:
        _dual_backwards_4(S, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at)
    else:
        _dual_backwards(S, m, rank, blocks, index, ii, kind, ik, f, jf, v, jv, out, at)


@njit(**INNER)
def multiply(S, states, used, m, blocks, index, ii, kind, ik, u, ju, spare):
    """A trainable gate on the first ``used`` states: blocks of m amplitudes times the matrix of their kind."""
    for k in range(blocks):
        at = ju + pick(kind, ik + k) * m * m * 2
        for s in range(used):
            if m == 2:
                i = (pick(index, ii + 2 * k) * states + s) * 16
                j = (pick(index, ii + 2 * k + 1) * states + s) * 16
                pr, pi = amplitude(S, i)
                qr, qi = amplitude(S, j)
                if (
                    pick(u, at + 1) == 0
                    and pick(u, at + 3) == 0
                    and pick(u, at + 5) == 0
                    and pick(u, at + 7) == 0
                ):
                    a, b, c, d = spread(u, at), spread(u, at + 2), spread(u, at + 4), spread(u, at + 6)
                    put(S, i, a * pr + b * qr, a * pi + b * qi)
                    put(S, j, c * pr + d * qr, c * pi + d * qi)
                    continue
                a, b, c, d = spread(u, at), spread(u, at + 1), spread(u, at + 2), spread(u, at + 3)
                put(S, i, a * pr - b * pi + c * qr - d * qi, a * pi + b * pr + c * qi + d * qr)
                a, b, c, d = spread(u, at + 4), spread(u, at + 5), spread(u, at + 6), spread(u, at + 7)
                put(S, j, a * pr - b * pi + c * qr - d * qi, a * pi + b * pr + c * qi + d * qr)
                continue
            for row in range(m):
                real = splat(0.0)
                imaginary = splat(0.0)
                for column in range(m):
                    pr, pi = amplitude(S, (pick(index, ii + m * k + column) * states + s) * 16)
                    a = spread(u, at + 2 * (row * m + column))
                    b = spread(u, at + 2 * (row * m + column) + 1)
                    real += a * pr - b * pi
                    imaginary += a * pi + b * pr
                put(spare, row * 16, real, imaginary)
            for row in range(m):
                real, imaginary = amplitude(spare, row * 16)
                put(S, (pick(index, ii + m * k + row) * states + s) * 16, real, imaginary)


@njit(**INNER)
def add_generator_product(S, states, bra, ket, m, blocks, index, ii, kind, ik, g, jg, out, to):
    """Add Im <bra|G|ket> of two of the states, for eight structures: half the derivative by the angle."""
    total = splat(0.0)
    for k in range(blocks):
        at = jg + pick(kind, ik + k) * m * m * 2
        for row in range(m):
            lr, li = amplitude(S, (pick(index, ii + m * k + row) * states + bra) * 16)
            for column in range(m):
                real = pick(g, at + 2 * (row * m + column))
                imaginary = pick(g, at + 2 * (row * m + column) + 1)
                if real == 0.0 and imaginary == 0.0:
                    continue
                pr, pi = amplitude(S, (pick(index, ii + m * k + column) * states + ket) * 16)
                a, b = splat(real), splat(imaginary)
                if real != 0.0:
                    total += a * (lr * pi - li * pr)
                if imaginary != 0.0:
                    total += b * (lr * pr + li * pi)
    store(out, to, load(out, to) + total)


@njit(**INNER)
def observe(S, states, of, into, sources, factors):
    """One state becomes the observable times another."""
    for row in range(sources.shape[0]):
        real = splat(0.0)
        imaginary = splat(0.0)
        for k in range(sources.shape[1]):
            pr, pi = amplitude(S, (sources[row, k] * states + of) * 16)
            a, b = splat(factors[row, k, 0]), splat(factors[row, k, 1])
            real += a * pr - b * pi
            imaginary += a * pi + b * pr
        put(S, (row * states + into) * 16, real, imaginary)


@njit(**INNER)
def add_observed(S, states, of, into, sources, factors, weight):
    """Add to one state a weight, structure by structure, times the observable times another."""
    for row in range(sources.shape[0]):
        real = splat(0.0)
        imaginary = splat(0.0)
        for k in range(sources.shape[1]):
            pr, pi = amplitude(S, (sources[row, k] * states + of) * 16)
            a, b = splat(factors[row, k, 0]), splat(factors[row, k, 1])
            real += a * pr - b * pi
            imaginary += a * pi + b * pr
        i = (row * states + into) * 16
        pr, pi = amplitude(S, i)
        put(S, i, pr + weight * real, pi + weight * imaginary)


@njit(**INNER)
def real_product(S, states, bra, ket):
    """Re <bra|ket> of two of the states, for eight structures."""
    total = splat(0.0)
    for i in range(S.shape[0] // (16 * states)):
        pr, pi = amplitude(S, (i * states + bra) * 16)
        qr, qi = amplitude(S, (i * states + ket) * 16)
        total += pr * qr + pi * qi
    return total


@njit(**INNER)
def begin(S, states, start):
    """psi is the initial state, the others are zero."""
    for i in range(start.shape[0]):
        put(S, i * states * 16, splat(start[i, 0]), splat(start[i, 1]))
        for s in range(1, states):
            put(S, (i * states + s) * 16, splat(0.0), splat(0.0))
