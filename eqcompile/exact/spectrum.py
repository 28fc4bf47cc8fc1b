"""Exact spectra of Hermitian Pauli sums, through the minimal polynomial."""

from fractions import Fraction
from typing import TypeAlias

import sympy
from flint import fmpq, fmpq_poly

from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.linalg import null_space
from eqcompile.exact.pauli import PauliKey, PauliSum
from eqcompile.exact.scalars import Real, is_rational, real_part, to_fraction

MAX_DISTINCT_EIGENVALUES = 64

Eigenvalue: TypeAlias = Fraction | sympy.Expr
"""A ``Fraction`` where rational, else an exact real root of an integer polynomial."""


def minimal_polynomial(op: PauliSum) -> list[Real]:
    r"""Coefficients :math:`c_0, \dots, c_m = 1` of the least polynomial with :math:`\sum_k c_k A^k = 0`.

    Powers of A are taken as Pauli sums until they become linearly dependent; no matrix is formed.

    Raises:
        DimensionError: ``op`` is not Hermitian.
        LimitError: more than ``MAX_DISTINCT_EIGENVALUES`` distinct eigenvalues, or an irrational coefficient.

    >>> minimal_polynomial(PauliSum.parse("H(0,1)", 2))   # (A - 1)(A + 3)
    [-3, 2, 1]
    """
    if not op.is_hermitian:
        raise DimensionError(f"the spectrum is defined here for Hermitian operators; {op} is not one")
    powers = [PauliSum.identity(op.num_qubits)]
    while len(powers) <= MAX_DISTINCT_EIGENVALUES:
        powers.append(powers[-1] * op)
        relation = _dependency(powers)
        if relation is not None and not all(map(is_rational, relation)):
            raise LimitError(
                f"the minimal polynomial of {op} has irrational coefficients; its roots are not found exactly"
            )
        if relation is not None:
            return relation
    raise LimitError(f"the operator has more than {MAX_DISTINCT_EIGENVALUES} distinct eigenvalues")


def eigenvalues(op: PauliSum) -> tuple[Eigenvalue, ...]:
    """Distinct eigenvalues, exact and ascending.

    >>> [str(value) for value in eigenvalues(PauliSum.parse("H(0,3) Z6", 7))]
    ['-3', '-1', '1', '3']
    """
    polynomial = fmpq_poly(minimal_polynomial(op))
    roots: list[Eigenvalue] = []
    for factor, _ in polynomial.factor()[1]:
        roots.extend(_real_roots(factor))
    return tuple(sorted(roots, key=_numerical))


def _numerical(root: Eigenvalue) -> sympy.Expr:
    """Thirty digits, enough to put distinct roots in order."""
    exact = sympy.Rational(root.numerator, root.denominator) if isinstance(root, Fraction) else root
    return exact.evalf(30)


def _dependency(powers: list[PauliSum]) -> list[Real] | None:
    """Monic relation between the last power and the lower ones, if there is one."""
    keys: list[PauliKey] = sorted({key for power in powers for key in power.terms})
    rows = [
        {k: real_part(power.terms[key]) for k, power in enumerate(powers) if key in power.terms}
        for key in keys
    ]
    relations = null_space(rows, range(len(powers)))
    if not relations:
        return None
    (relation,) = relations
    leading = relation[len(powers) - 1]
    return [relation.get(k, fmpq(0)) / leading for k in range(len(powers))]


def _real_roots(factor: fmpq_poly) -> list[Eigenvalue]:
    coefficients = factor.coeffs()
    if factor.degree() == 1:
        return [to_fraction(-coefficients[0] / coefficients[1])]
    symbol = sympy.Symbol("x")
    exact = [sympy.Rational(int(c.numerator), int(c.denominator)) for c in coefficients]
    return list(sympy.Poly(exact[::-1], symbol).real_roots())
