r"""Polynomials modulo a cyclotomic polynomial: the field :math:`Q(\zeta_N)` for N a multiple of 4.

An element is a polynomial in :math:`\zeta_N = e^{2\pi i/N}`, reduced modulo the N-th cyclotomic polynomial
:math:`\Phi_N`. A number lies in many of these fields; :func:`deflated` finds the smallest of them, which is unique,
because :math:`Q(\zeta_M) \cap Q(\zeta_N) = Q(\zeta_{\gcd(M, N)})`.
"""

from collections.abc import Iterator
from functools import cache
from math import gcd, lcm

import flint
from flint import arb, fmpq, fmpq_poly, fmpz, fmpz_poly

from eqcompile.errors import LimitError

MAX_ORDER = 5040
"""Order N of the roots of unity of an exact number; numbers are then polynomials of degree 1151 at most, and a product
takes a few milliseconds. Beyond it, refused: use rotations of lower order, or fewer different ones together."""

_NUM_FORMS = 8
"""Linear forms tried before the full test of whether a number lies in a smaller field."""


def common_order(*orders: int) -> int:
    """The least common multiple.

    Raises:
        LimitError: the least common multiple is beyond ``MAX_ORDER``.
    """
    order = lcm(*orders)
    if order > MAX_ORDER:
        raise LimitError(f"an exact number needs roots of unity of order {order}; the limit is {MAX_ORDER}")
    return order


@cache
def modulus(order: int) -> fmpq_poly:
    """The cyclotomic polynomial."""
    return fmpq_poly(fmpz_poly.cyclotomic(order))


@cache
def imaginary_unit(order: int) -> fmpq_poly:
    """The element i."""
    return fmpq_poly([0] * (order // 4) + [1]) % modulus(order)


def with_powers(order: int, polynomial: fmpq_poly, factor: int) -> fmpq_poly:
    """Replace the root by its power: :math:`c_k` moves to the exponent ``factor * k`` modulo the order."""
    out: list[fmpq | int] = [0] * order
    for k, value in enumerate(polynomial.coeffs()):
        if value:
            out[factor * k % order] += value
    return fmpq_poly(out) % modulus(order)


def inverse(order: int, polynomial: fmpq_poly) -> fmpq_poly:
    """The inverse of an element.

    Raises:
        ZeroDivisionError: the element is zero.
    """
    if not polynomial:
        raise ZeroDivisionError("division by zero")
    _, out, _ = polynomial.xgcd(modulus(order))
    return out % modulus(order)


def as_gaussian(order: int, polynomial: fmpq_poly) -> tuple[fmpq, fmpq] | None:
    """(x, y) if the element is x + y i with rational x and y."""
    if polynomial.degree() < 1:
        return polynomial[0], fmpq(0)
    unit = imaginary_unit(order)
    if polynomial.degree() != unit.degree():
        return None
    y = polynomial[unit.degree()] / unit[unit.degree()]
    rest = polynomial - y * unit
    return (rest[0], y) if rest.degree() < 1 else None


def mean_of_conjugates(order: int, polynomial: fmpq_poly) -> fmpq:
    """The trace divided by the degree: a rational that does not depend on the field."""
    terms = (c * _mean_of_roots(order // gcd(order, k)) for k, c in enumerate(polynomial.coeffs()) if c)
    return sum(terms, fmpq(0))


@cache
def _mean_of_roots(n: int) -> fmpq:
    """Mean of the primitive n-th roots of unity, mu(n) / phi(n)."""
    return fmpq(fmpz(n).moebius_mu(), fmpz(n).euler_phi())


def balls(order: int, polynomial: fmpq_poly, bits: int) -> tuple[arb, arb]:
    """Real and imaginary part as intervals that contain them, computed with ``bits`` binary digits."""
    with flint.ctx.workprec(bits):
        real, imaginary = arb(0), arb(0)
        for k, coefficient in enumerate(polynomial.coeffs()):
            if coefficient:
                angle = fmpq(2 * k, order)
                real += arb(coefficient) * arb.cos_pi_fmpq(angle)
                imaginary += arb(coefficient) * arb.sin_pi_fmpq(angle)
    return real, imaginary


def deflated(order: int, polynomial: fmpq_poly) -> tuple[int, fmpq_poly]:
    """The same number in the smallest of the fields that contain it."""
    for prime in _square_primes(order):
        # Here Phi_N(x) is Phi_{N/p}(x^p), so only powers of x^p lie in the smaller field.
        if not polynomial[1] and all(k % prime == 0 for k, c in enumerate(polynomial.coeffs()) if c):
            return deflated(order // prime, fmpq_poly(polynomial.coeffs()[::prime]))
    for prime, automorphism in _single_primes(order):
        if _may_be_fixed(order, automorphism, polynomial) and (
            with_powers(order, polynomial, automorphism) == polynomial
        ):
            return deflated(order // prime, _without(prime, order, polynomial))
    return order, polynomial


@cache
def _square_primes(order: int) -> tuple[int, ...]:
    """Primes p whose square divides N, if N/p is still a multiple of 4."""
    return tuple(p for p in prime_factors(order) if order % (p * p) == 0 and order // p % 4 == 0)


@cache
def _single_primes(order: int) -> tuple[tuple[int, int], ...]:
    r"""Odd primes p that divide N once, with a power s such that :math:`\zeta \to \zeta^s` fixes just the field of N/p.

    s is 1 modulo N/p and a primitive root modulo p, so its automorphism generates the Galois group.
    """
    out = []
    for p in prime_factors(order):
        rest = order // p
        if p > 2 and rest % p:
            out.append((p, 1 + rest * (pow(rest, -1, p) * (_primitive_root(p) - 1) % p)))
    return tuple(out)


def prime_factors(number: int) -> list[int]:
    """The distinct primes that divide a positive number, ascending.

    >>> prime_factors(360), prime_factors(1)
    ([2, 3, 5], [])
    """
    return sorted(int(prime) for prime, _ in fmpz(number).factor())


def _primitive_root(prime: int) -> int:
    """The smallest number whose powers are all units modulo an odd prime."""
    exponents = [(prime - 1) // factor for factor in prime_factors(prime - 1)]
    return next(g for g in range(2, prime + 1) if all(pow(g, e, prime) != 1 for e in exponents) and g % prime)


def _without(prime: int, order: int, polynomial: fmpq_poly) -> fmpq_poly:
    r"""A number of the field of M = N/p, written in :math:`\zeta_M`.

    :math:`\zeta_N^k = \zeta_M^{a k} \zeta_p^{b k}` with a p = 1 modulo M, and the mean of the conjugates over the
    field of M, which leaves the number as it is, turns a p-th root of unity other than one into -1/(p - 1).
    """
    smaller = order // prime
    step = pow(prime, -1, smaller)
    out: list[fmpq | int] = [0] * smaller
    for k, value in enumerate(polynomial.coeffs()):
        if value:
            out[step * k % smaller] += value if k % prime == 0 else value / (1 - prime)
    return fmpq_poly(out) % modulus(smaller)


def _may_be_fixed(order: int, automorphism: int, polynomial: fmpq_poly) -> bool:
    """Whether some linear forms vanish that vanish on all fixed elements; the first one nearly always decides."""
    forms = _short_forms(order, automorphism)
    return all(not sum([polynomial[k] * weight for k, weight in form]) for form in forms)


@cache
def _short_forms(order: int, automorphism: int) -> tuple[tuple[tuple[int, fmpq], ...], ...]:
    """Low coefficients of ``image - element``, as forms in the coefficients of the element: the few shortest ones."""
    degree = modulus(order).degree()
    low = [[power[j] for j in range(min(degree, 2 * _NUM_FORMS))] for power in _reduced_powers(order)]
    forms: dict[int, dict[int, fmpq]] = {}
    for k in range(degree):
        for j, (image, element) in enumerate(zip(low[automorphism * k % order], low[k], strict=True)):
            if weight := image - element:
                forms.setdefault(j, {})[k] = weight
    distinct = {tuple(form.items()) for form in forms.values()}
    return tuple(sorted(distinct, key=lambda form: (len(form), form[0][0]))[:_NUM_FORMS])


def _reduced_powers(order: int) -> Iterator[fmpq_poly]:
    """1, x, ... up to the order, modulo the cyclotomic polynomial."""
    power, x, phi = fmpq_poly([1]), fmpq_poly([0, 1]), modulus(order)
    for _ in range(order):
        yield power
        power = power * x
        if power.degree() == phi.degree():
            power = power - power[phi.degree()] * phi
