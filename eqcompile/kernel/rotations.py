r"""The rotation of a pair of qubits from its quaternions, with derivatives, for a tile of eight structures.

In the basis of `eqcompile.kernel.pairs` the gates :math:`p_0 - i\,p \cdot \sigma` and
:math:`q_0 - i\,q \cdot \sigma` on two qubits are one real matrix, bilinear in both quaternions:

.. math:: M(p, q) = \begin{pmatrix} p_0 q_0 + p \cdot q & (q_0 p - p_0 q + p \times q)^T \\
    p_0 q - q_0 p + p \times q &
    p_0 q_0 - p \cdot q + p\,q^T + q\,p^T + p_0 [q]_\times + q_0 [p]_\times \end{pmatrix},

with :math:`[p]_\times v = p \times v`. For p = q it is 1 on the singlet, and the rotation of the triplets.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator"

from numba import njit

from eqcompile.kernel.gates import INNER
from eqcompile.kernel.lanes import load, splat, store


@njit(**INNER)
def add_matrix(p, at_p, q, at_q, out, at):
    """Add M of two quaternions to sixteen numbers, row by row."""
    a, x, y, z = load(p, at_p), load(p, at_p + 8), load(p, at_p + 16), load(p, at_p + 24)
    b, u, v, w = load(q, at_q), load(q, at_q + 8), load(q, at_q + 16), load(q, at_q + 24)
    dot = x * u + y * v + z * w
    cross_x, cross_y, cross_z = y * w - z * v, z * u - x * w, x * v - y * u
    apart_x, apart_y, apart_z = b * x - a * u, b * y - a * v, b * z - a * w
    turn_x, turn_y, turn_z = b * x + a * u, b * y + a * v, b * z + a * w
    xy, xz, yz, same = x * v + y * u, x * w + z * u, y * w + z * v, a * b - dot
    _add(out, at, a * b + dot, cross_x + apart_x, cross_y + apart_y, cross_z + apart_z)
    _add(out, at + 32, cross_x - apart_x, same + x * u + x * u, xy - turn_z, xz + turn_y)
    _add(out, at + 64, cross_y - apart_y, xy + turn_z, same + y * v + y * v, yz - turn_x)
    _add(out, at + 96, cross_z - apart_z, xz - turn_y, yz + turn_x, same + z * w + z * w)


@njit(**INNER)
def add_pulled_back(sums, at, factor, q, to, transposed, out, into):
    """Add to four sums a factor times the derivative of the product of sixteen sums with M, by one quaternion.

    Args:
        sums: derivatives by the entries of M, from ``at`` on.
        factor: a number.
        q: the other quaternion, from ``to`` on.
        transposed: whether that one is the first of the two.
        out: added to, from ``into`` on.
    """
    ss, sx, sy, sz = load(sums, at), load(sums, at + 8), load(sums, at + 16), load(sums, at + 24)
    xs, xx, xy, xz = load(sums, at + 32), load(sums, at + 40), load(sums, at + 48), load(sums, at + 56)
    ys, yx, yy, yz = load(sums, at + 64), load(sums, at + 72), load(sums, at + 80), load(sums, at + 88)
    zs, zx, zy, zz = load(sums, at + 96), load(sums, at + 104), load(sums, at + 112), load(sums, at + 120)
    f = splat(factor)
    b, u, v, w = f * load(q, to), f * load(q, to + 8), f * load(q, to + 16), f * load(q, to + 24)
    # Sums of products with p_0, q_0 and with p, q are symmetric; those with p x q and with q_0 p - p_0 q change sign.
    sign = splat(-1.0 if transposed else 1.0)
    hx, hy, hz = sign * (sx + xs), sign * (sy + ys), sign * (sz + zs)
    dx, dy, dz = sign * (sx - xs), sign * (sy - ys), sign * (sz - zs)
    ax, ay, az = zy - yz, xz - zx, yx - xy
    trace = xx + yy + zz
    same = ss - trace
    _add(
        out,
        into,
        (ss + trace) * b + (ax - dx) * u + (ay - dy) * v + (az - dz) * w,
        (ax + dx) * b + (same + xx + xx) * u + (xy + yx + hz) * v + (xz + zx - hy) * w,
        (ay + dy) * b + (yx + xy - hz) * u + (same + yy + yy) * v + (yz + zy + hx) * w,
        (az + dz) * b + (zx + xz + hy) * u + (zy + yz - hx) * v + (same + zz + zz) * w,
    )


@njit(**INNER)
def _add(out, at, a, b, c, d):
    store(out, at, load(out, at) + a)
    store(out, at + 8, load(out, at + 8) + b)
    store(out, at + 16, load(out, at + 16) + c)
    store(out, at + 24, load(out, at + 24) + d)
