"""Encoding gates on a tile of eight structures, forwards and backwards, in machine code.

A qubit alone is turned as pairs of amplitudes by a quaternion. Two qubits are kept in the basis of their singlet and
their three triplets, see `eqcompile.kernel.pairs`, where both are turned at once by one real matrix: 4 x 4, or 3 x 3 on
the triplets where both are turned alike. Where a parity qubit reverses the vectors, that is the transposed matrix.

Amplitudes are laid out as in `eqcompile.kernel.gates`. Going back, a gate undoes itself on psi and on each state
lambda, and collects the derivative by the components of the quaternion or by the entries of the matrix.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from numba import njit

from eqcompile.kernel.gates import INNER, SMALL, amplitude, put
from eqcompile.kernel.lanes import load, pick, splat, store

CHUNK = 8
"""Blocks of four amplitudes, in four states 16 kB."""


@njit(**SMALL)
def part_of(part, first, last, plus):
    """Where the blocks begin and end on which vectors have their own sign, or are reversed."""
    if part == 0:
        return first, first + plus
    return first + plus, last


@njit(**SMALL)
def rotated(c, x, y, z, pr, pi, qr, qi):
    """A pair of amplitudes p, q times c - i (x X + y Y + z Z)."""
    return (
        c * pr + z * pi + x * qi - y * qr,
        c * pi - z * pr - x * qr - y * qi,
        c * qr - z * qi + x * pi + y * pr,
        c * qi + z * qr - x * pr + y * pi,
    )


@njit(**SMALL)
def correlation(ar, ai, br, bi, pr, pi, qr, qi):
    """Re of (a, b)^* times (1, -iX, -iY, -iZ) (p, q)."""
    return (
        ar * pr + ai * pi + br * qr + bi * qi,
        ar * qi - ai * qr + br * pi - bi * pr,
        br * pr + bi * pi - ar * qr - ai * qi,
        ar * pi - ai * pr - br * qi + bi * qr,
    )


@njit(**SMALL)
def quaternion(q, at, sign):
    """The quaternion at a place, its vector reversed if the sign is -1."""
    v = splat(sign)
    return load(q, at), v * load(q, at + 8), v * load(q, at + 16), v * load(q, at + 24)


@njit(**SMALL)
def collect(out, at, sign, g0, g1, g2, g3):
    """Add to four sums; those of the vector with the sign of the part of the register."""
    v = splat(sign)
    store(out, at, load(out, at) + g0)
    store(out, at + 8, load(out, at + 8) + v * g1)
    store(out, at + 16, load(out, at + 16) + v * g2)
    store(out, at + 24, load(out, at + 24) + v * g3)


@njit(**INNER)
def turn_one(S, states, low, first, last, bit, plus, q, at):
    """The encoding on psi."""
    for part in range(2):
        start, end = part_of(part, first, last, plus)
        if start == end:
            continue
        c, x, y, z = quaternion(q, at, 1.0 if part == 0 else -1.0)
        for k in range(start, end):
            i = pick(low, k) * states * 16
            j = i + bit * states * 16
            pr, pi = amplitude(S, i)
            qr, qi = amplitude(S, j)
            pr, pi, qr, qi = rotated(c, x, y, z, pr, pi, qr, qi)
            put(S, i, pr, pi)
            put(S, j, qr, qi)


@njit(**INNER)
def turn_one_back(S, states, low, first, last, bit, plus, q, at, out, stride):
    """Undo the encoding on psi and on every lambda; collect Re <lambda|dU U^-1|psi> by component of the quaternion.

    The sums of lambda number k stand ``k * stride`` further.
    """
    for part in range(2):
        start, end = part_of(part, first, last, plus)
        if start == end:
            continue
        sign = 1.0 if part == 0 else -1.0
        c, x, y, z = quaternion(q, at, sign)
        x, y, z = -x, -y, -z
        for s in range(1, states):
            g0 = splat(0.0)
            g1, g2, g3 = g0, g0, g0
            for k in range(start, end):
                i = pick(low, k) * states * 16
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
def turn_one_dual(S, low, first, last, bit, plus, q, dq, at):
    """The encoding on psi, and its derivative along the direction on the tangent of psi; four states."""
    for part in range(2):
        start, end = part_of(part, first, last, plus)
        if start == end:
            continue
        sign = 1.0 if part == 0 else -1.0
        c, x, y, z = quaternion(q, at, sign)
        dc, dx, dy, dz = quaternion(dq, at, sign)
        for k in range(start, end):
            i = pick(low, k) * 64
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
def turn_one_dual_back(S, low, first, last, bit, plus, q, dq, at, out):
    """Undo the encoding on psi, its tangent, lambda and the tangent of lambda; collect by component."""
    for part in range(2):
        start, end = part_of(part, first, last, plus)
        if start == end:
            continue
        sign = 1.0 if part == 0 else -1.0
        c, x, y, z = quaternion(q, at, sign)
        dc, dx, dy, dz = quaternion(dq, at, sign)
        x, y, z, dx, dy, dz = -x, -y, -z, -dx, -dy, -dz
        g0 = splat(0.0)
        g1, g2, g3 = g0, g0, g0
        for k in range(start, end):
            i = pick(low, k) * 64
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


def _for_pairs(alike):
    """Gates on pairs of qubits that are turned alike, or each by a quaternion of its own.

    Only one thing differs: of qubits that are turned alike, the singlet stays, and 3 x 3 entries are left.
    """

    @njit(**SMALL)
    def matrix(r, at, turned):
        """A matrix by rows; transposed where wanted."""
        a, b, c = load(r, at + 40), load(r, at + 48), load(r, at + 56)
        d, e, f = load(r, at + 72), load(r, at + 80), load(r, at + 88)
        g, h, i = load(r, at + 104), load(r, at + 112), load(r, at + 120)
        o = splat(0.0)
        if turned:
            b, c, d, f, g, h = d, g, b, h, c, f
        s, t, u, v, w, x, y = o, o, o, o, o, o, o
        if not alike:
            s = load(r, at)
            t, u, v = load(r, at + 8), load(r, at + 16), load(r, at + 24)
            w, x, y = load(r, at + 32), load(r, at + 64), load(r, at + 96)
            if turned:
                t, u, v, w, x, y = w, x, y, t, u, v
        return (s, t, u, v), (w, a, b, c), (x, d, e, f), (y, g, h, i)

    @njit(**SMALL)
    def amplitudes(S, i, bit, second):
        """Four amplitudes: the real parts, and the imaginary ones."""
        j, k, n, o = i + bit, i + second, i + bit + second, splat(0.0)
        x = load(S, j), load(S, k), load(S, n)
        y = load(S, j + 8), load(S, k + 8), load(S, n + 8)
        if alike:
            return (o, x[0], x[1], x[2]), (o, y[0], y[1], y[2])
        return (load(S, i), x[0], x[1], x[2]), (load(S, i + 8), y[0], y[1], y[2])

    @njit(**SMALL)
    def put_amplitudes(S, i, bit, second, real, imaginary):
        """Write them."""
        if not alike:
            put(S, i, real[0], imaginary[0])
        put(S, i + bit, real[1], imaginary[1])
        put(S, i + second, real[2], imaginary[2])
        put(S, i + bit + second, real[3], imaginary[3])

    @njit(**SMALL)
    def product(row, v):
        """A row times a vector."""
        total = row[1] * v[1] + row[2] * v[2] + row[3] * v[3]
        return total if alike else row[0] * v[0] + total

    @njit(**SMALL)
    def times(m, v):
        """A matrix times a vector."""
        first = v[0] if alike else product(m[0], v)
        return first, product(m[1], v), product(m[2], v), product(m[3], v)

    @njit(**SMALL)
    def along(m, dm, tangent, v):
        """A turned tangent, and the tangent of the turn."""
        a, b = times(m, tangent), times(dm, v)
        return a[0] if alike else a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]

    @njit(**SMALL)
    def row_of(sums, bra, ket):
        """Add bra times ket, all entries of it."""
        first = sums[0] if alike else sums[0] + bra * ket[0]
        return first, sums[1] + bra * ket[1], sums[2] + bra * ket[2], sums[3] + bra * ket[3]

    @njit(**SMALL)
    def outer(sums, bra, ket):
        """Add bra_j ket_k to a matrix of sums."""
        first = sums[0] if alike else row_of(sums[0], bra[0], ket)
        return (
            first,
            row_of(sums[1], bra[1], ket),
            row_of(sums[2], bra[2], ket),
            row_of(sums[3], bra[3], ket),
        )

    @njit(**SMALL)
    def nothing():
        """A matrix of sums."""
        o = splat(0.0)
        return (o, o, o, o), (o, o, o, o), (o, o, o, o), (o, o, o, o)

    @njit(**SMALL)
    def collect(out, at, sums, turned):
        """Add them to those of the matrix of the pair; transposed where the gate was."""
        start = 1 if alike else 0
        for j in range(start, 4):
            for k in range(start, 4):
                to = at + 8 * (4 * k + j if turned else 4 * j + k)
                store(out, to, load(out, to) + sums[j][k])

    @njit(**INNER)
    def forwards(S, states, low, first, last, bit, second, plus, r, at):
        step = 16 * states
        for part in range(2):
            start, end = part_of(part, first, last, plus)
            if start == end:
                continue
            m = matrix(r, at, part == 1)
            for n in range(start, end):
                i = pick(low, n) * step
                x, y = amplitudes(S, i, bit * step, second * step)
                put_amplitudes(S, i, bit * step, second * step, times(m, x), times(m, y))

    @njit(**INNER)
    def backwards(S, states, low, first, last, bit, second, plus, r, at, out, stride):
        step = 16 * states
        for part in range(2):
            start, end = part_of(part, first, last, plus)
            if start == end:
                continue
            m = matrix(r, at, part == 0)
            for s in range(1, states):
                sums = nothing()
                for n in range(start, end):
                    i = pick(low, n) * step
                    x, y = amplitudes(S, i, bit * step, second * step)
                    if s == 1:
                        x, y = times(m, x), times(m, y)
                        put_amplitudes(S, i, bit * step, second * step, x, y)
                    i += 16 * s
                    u, v = amplitudes(S, i, bit * step, second * step)
                    sums = outer(outer(sums, u, x), v, y)
                    put_amplitudes(S, i, bit * step, second * step, times(m, u), times(m, v))
                collect(out, at + (s - 1) * stride, sums, part == 1)

    @njit(**INNER)
    def dual(S, low, first, last, bit, second, plus, r, dr, at):
        for part in range(2):
            start, end = part_of(part, first, last, plus)
            if start == end:
                continue
            m, dm = matrix(r, at, part == 1), matrix(dr, at, part == 1)
            for n in range(start, end):
                i = pick(low, n) * 64
                x, y = amplitudes(S, i, bit * 64, second * 64)
                u, v = amplitudes(S, i + 16, bit * 64, second * 64)
                put_amplitudes(S, i + 16, bit * 64, second * 64, along(m, dm, u, x), along(m, dm, v, y))
                put_amplitudes(S, i, bit * 64, second * 64, times(m, x), times(m, y))

    @njit(**INNER)
    def dual_backwards(S, low, first, last, bit, second, plus, r, dr, at, out):
        b, c = bit * 64, second * 64
        for part in range(2):
            start, end = part_of(part, first, last, plus)
            m, dm = matrix(r, at, part == 0), matrix(dr, at, part == 0)
            # Three loops, since in one sums and matrices would not find room in the registers; and a few blocks at a
            # time, which stay in the first cache.
            for begin in range(start, end, CHUNK):
                stop = min(begin + CHUNK, end)
                for n in range(begin, stop):
                    i = pick(low, n) * 64
                    x, y = amplitudes(S, i, b, c)
                    u, v = amplitudes(S, i + 16, b, c)
                    put_amplitudes(S, i + 16, b, c, along(m, dm, u, x), along(m, dm, v, y))
                    put_amplitudes(S, i, b, c, times(m, x), times(m, y))
                sums = nothing()
                for n in range(begin, stop):
                    i = pick(low, n) * 64
                    for s in range(2):
                        x, y = amplitudes(S, i + 16 * s, b, c)
                        u, v = amplitudes(S, i + 48 - 16 * s, b, c)
                        sums = outer(outer(sums, u, x), v, y)
                collect(out, at, sums, part == 1)
                for n in range(begin, stop):
                    i = pick(low, n) * 64
                    x, y = amplitudes(S, i + 32, b, c)
                    u, v = amplitudes(S, i + 48, b, c)
                    put_amplitudes(S, i + 48, b, c, along(m, dm, u, x), along(m, dm, v, y))
                    put_amplitudes(S, i + 32, b, c, times(m, x), times(m, y))

    return forwards, backwards, dual, dual_backwards


turn_two, turn_two_back, turn_two_dual, turn_two_dual_back = _for_pairs(False)
turn_alike, turn_alike_back, turn_alike_dual, turn_alike_dual_back = _for_pairs(True)
