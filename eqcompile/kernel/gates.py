r"""Gates on a tile of eight structures, forwards and backwards, in machine code.

A tile holds several states of one register: amplitude i of state s stands at ``16*(i*states + s)``, eight real parts
and then eight imaginary ones. State 0 is psi. Going back, a gate undoes itself on psi and on each state lambda, and the
inner product of lambda with the gate's derivative is collected: nothing is stored on the way forwards.

An encoding multiplies pairs of amplitudes by a quaternion, which differs from structure to structure; a trainable gate
multiplies blocks of amplitudes by a matrix, which is the same for all.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from numba import njit

from eqcompile.kernel.lanes import load, splat, store

INNER = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Options of what only other loops call: division as in numpy, and nothing for Python to call."""


@njit(**INNER)
def rotated(c, x, y, z, pr, pi, qr, qi):
    """A pair of amplitudes p, q times c - i (x X + y Y + z Z)."""
    return (
        c * pr + z * pi + x * qi - y * qr,
        c * pi - z * pr - x * qr - y * qi,
        c * qr - z * qi + x * pi + y * pr,
        c * qi + z * qr - x * pr + y * pi,
    )


@njit(**INNER)
def correlation(ar, ai, br, bi, pr, pi, qr, qi):
    """Re of (a, b)^* times (1, -iX, -iY, -iZ) (p, q)."""
    return (
        ar * pr + ai * pi + br * qr + bi * qi,
        ar * qi - ai * qr + br * pi - bi * pr,
        br * pr + bi * pi - ar * qr - ai * qi,
        ar * pi - ai * pr - br * qi + bi * qr,
    )


@njit(**INNER)
def amplitude(S, i):
    """Real and imaginary part of eight structures."""
    return load(S, i), load(S, i + 8)


@njit(**INNER)
def put(S, i, real, imaginary):
    """Write one amplitude of eight structures."""
    store(S, i, real)
    store(S, i + 8, imaginary)


@njit(**INNER)
def quaternion(q, at, sign):
    """The quaternion at a place, its vector reversed if the sign is -1."""
    v = splat(sign)
    return load(q, at), v * load(q, at + 8), v * load(q, at + 16), v * load(q, at + 24)


@njit(**INNER)
def collect(out, at, sign, g0, g1, g2, g3):
    """Add to four sums; those of the vector with the sign of the part of the register."""
    v = splat(sign)
    store(out, at, load(out, at) + g0)
    store(out, at + 8, load(out, at + 8) + v * g1)
    store(out, at + 16, load(out, at + 16) + v * g2)
    store(out, at + 24, load(out, at + 24) + v * g3)


@njit(**INNER)
def encode(S, states, low, bit, plus, q, at):
    """The encoding on psi."""
    for part in range(2):
        c, x, y, z = quaternion(q, at, 1.0 if part == 0 else -1.0)
        for k in range(0 if part == 0 else plus, plus if part == 0 else low.shape[0]):
            i = low[k] * states * 16
            j = i + bit * states * 16
            pr, pi = amplitude(S, i)
            qr, qi = amplitude(S, j)
            pr, pi, qr, qi = rotated(c, x, y, z, pr, pi, qr, qi)
            put(S, i, pr, pi)
            put(S, j, qr, qi)


@njit(**INNER)
def encode_back(S, states, low, bit, plus, q, at, out, stride):
    """Undo the encoding on psi and on every lambda; collect Re <lambda|dU U^-1|psi> by component of the quaternion.

    The sums of lambda number k stand ``k * stride`` further.
    """
    for part in range(2):
        sign = 1.0 if part == 0 else -1.0
        c, x, y, z = quaternion(q, at, sign)
        x, y, z = -x, -y, -z
        first, last = 0 if part == 0 else plus, plus if part == 0 else low.shape[0]
        for s in range(1, states):
            g0 = splat(0.0)
            g1, g2, g3 = g0, g0, g0
            for k in range(first, last):
                i = low[k] * states * 16
                j = i + bit * states * 16
                pr, pi = amplitude(S, i)
                qr, qi = amplitude(S, j)
                if s == 1:
                    pr, pi, qr, qi = rotated(c, x, y, z, pr, pi, qr, qi)
                    put(S, i, pr, pi)
                    put(S, j, qr, qi)
                ar, ai = amplitude(S, i + 16 * s)
                br, bi = amplitude(S, j + 16 * s)
                h0, h1, h2, h3 = correlation(ar, ai, br, bi, pr, pi, qr, qi)
                g0 += h0
                g1 += h1
                g2 += h2
                g3 += h3
                ar, ai, br, bi = rotated(c, x, y, z, ar, ai, br, bi)
                put(S, i + 16 * s, ar, ai)
                put(S, j + 16 * s, br, bi)
            collect(out, at + (s - 1) * stride, sign, g0, g1, g2, g3)


@njit(**INNER)
def encode_dual(S, low, bit, plus, q, dq, at):
    """The encoding on psi, and its derivative along the direction on the tangent of psi; four states."""
    for part in range(2):
        sign = 1.0 if part == 0 else -1.0
        c, x, y, z = quaternion(q, at, sign)
        dc, dx, dy, dz = quaternion(dq, at, sign)
        for k in range(0 if part == 0 else plus, plus if part == 0 else low.shape[0]):
            i = low[k] * 64
            j = i + bit * 64
            pr, pi = amplitude(S, i)
            qr, qi = amplitude(S, j)
            ar, ai = amplitude(S, i + 16)
            br, bi = amplitude(S, j + 16)
            ar, ai, br, bi = rotated(c, x, y, z, ar, ai, br, bi)
            er, ei, fr, fi = rotated(dc, dx, dy, dz, pr, pi, qr, qi)
            put(S, i + 16, ar + er, ai + ei)
            put(S, j + 16, br + fr, bi + fi)
            pr, pi, qr, qi = rotated(c, x, y, z, pr, pi, qr, qi)
            put(S, i, pr, pi)
            put(S, j, qr, qi)


@njit(**INNER)
def encode_dual_back(S, low, bit, plus, q, dq, at, out):
    """Undo the encoding on psi, its tangent, lambda and the tangent of lambda; collect by component."""
    for part in range(2):
        sign = 1.0 if part == 0 else -1.0
        c, x, y, z = quaternion(q, at, sign)
        dc, dx, dy, dz = quaternion(dq, at, sign)
        x, y, z, dx, dy, dz = -x, -y, -z, -dx, -dy, -dz
        g0 = splat(0.0)
        g1, g2, g3 = g0, g0, g0
        for k in range(0 if part == 0 else plus, plus if part == 0 else low.shape[0]):
            i = low[k] * 64
            j = i + bit * 64
            pr, pi = amplitude(S, i)
            qr, qi = amplitude(S, j)
            ar, ai = amplitude(S, i + 16)
            br, bi = amplitude(S, j + 16)
            ar, ai, br, bi = rotated(c, x, y, z, ar, ai, br, bi)
            er, ei, fr, fi = rotated(dc, dx, dy, dz, pr, pi, qr, qi)
            er, ei, fr, fi = er + ar, ei + ai, fr + br, fi + bi
            put(S, i + 16, er, ei)
            put(S, j + 16, fr, fi)
            pr, pi, qr, qi = rotated(c, x, y, z, pr, pi, qr, qi)
            put(S, i, pr, pi)
            put(S, j, qr, qi)
            ar, ai = amplitude(S, i + 32)
            br, bi = amplitude(S, j + 32)
            h0, h1, h2, h3 = correlation(ar, ai, br, bi, er, ei, fr, fi)
            g0, g1, g2, g3 = g0 + h0, g1 + h1, g2 + h2, g3 + h3
            er, ei = amplitude(S, i + 48)
            fr, fi = amplitude(S, j + 48)
            h0, h1, h2, h3 = correlation(er, ei, fr, fi, pr, pi, qr, qi)
            g0, g1, g2, g3 = g0 + h0, g1 + h1, g2 + h2, g3 + h3
            er, ei, fr, fi = rotated(c, x, y, z, er, ei, fr, fi)
            pr, pi, qr, qi = rotated(dc, dx, dy, dz, ar, ai, br, bi)
            put(S, i + 48, er + pr, ei + pi)
            put(S, j + 48, fr + qr, fi + qi)
            ar, ai, br, bi = rotated(c, x, y, z, ar, ai, br, bi)
            put(S, i + 32, ar, ai)
            put(S, j + 32, br, bi)
        collect(out, at, sign, g0, g1, g2, g3)


@njit(**INNER)
def apply_blocks(S, states, used, m, index, kind, u, spare):
    """A trainable gate on the first ``used`` states: blocks of m amplitudes times the matrix of their kind."""
    for k in range(kind.shape[0]):
        at = kind[k] * m * m * 2
        for s in range(used):
            if m == 1:
                i = (index[k] * states + s) * 16
                pr, pi = amplitude(S, i)
                a, b = splat(u[at]), splat(u[at + 1])
                put(S, i, a * pr - b * pi, a * pi + b * pr)
            elif m == 2:
                i = (index[2 * k] * states + s) * 16
                j = (index[2 * k + 1] * states + s) * 16
                pr, pi = amplitude(S, i)
                qr, qi = amplitude(S, j)
                a, b, c, d = splat(u[at]), splat(u[at + 1]), splat(u[at + 2]), splat(u[at + 3])
                put(S, i, a * pr - b * pi + c * qr - d * qi, a * pi + b * pr + c * qi + d * qr)
                a, b, c, d = splat(u[at + 4]), splat(u[at + 5]), splat(u[at + 6]), splat(u[at + 7])
                put(S, j, a * pr - b * pi + c * qr - d * qi, a * pi + b * pr + c * qi + d * qr)
            else:
                for row in range(m):
                    real = splat(0.0)
                    imaginary = splat(0.0)
                    for column in range(m):
                        pr, pi = amplitude(S, (index[m * k + column] * states + s) * 16)
                        a = splat(u[at + 2 * (row * m + column)])
                        b = splat(u[at + 2 * (row * m + column) + 1])
                        real += a * pr - b * pi
                        imaginary += a * pi + b * pr
                    put(spare, row * 16, real, imaginary)
                for row in range(m):
                    real, imaginary = amplitude(spare, row * 16)
                    put(S, (index[m * k + row] * states + s) * 16, real, imaginary)


@njit(**INNER)
def generator_product(S, states, bra, ket, m, index, kind, g):
    """Im <bra|G|ket> of two of the states, for eight structures: half the derivative by the angle."""
    total = splat(0.0)
    for k in range(kind.shape[0]):
        at = kind[k] * m * m * 2
        for row in range(m):
            lr, li = amplitude(S, (index[m * k + row] * states + bra) * 16)
            for column in range(m):
                real = g[at + 2 * (row * m + column)]
                imaginary = g[at + 2 * (row * m + column) + 1]
                if real == 0.0 and imaginary == 0.0:
                    continue
                pr, pi = amplitude(S, (index[m * k + column] * states + ket) * 16)
                a, b = splat(real), splat(imaginary)
                total += lr * (a * pi + b * pr) - li * (a * pr - b * pi)
    return total


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
