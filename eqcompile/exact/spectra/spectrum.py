"""Exact spectra of Hermitian Pauli sums: block by block of the matrix, or through the minimal polynomial."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from flint import fmpq, fmpq_mat, fmpq_poly

from eqcompile.budgets import check
from eqcompile.errors import DimensionError, LimitError
from eqcompile.exact.arithmetic.scalars import (
    ONE,
    Real,
    Scalar,
    imaginary_part,
    is_rational,
    real_part,
    to_fraction,
)
from eqcompile.exact.linear.linalg import null_space
from eqcompile.exact.linear.union_find import UnionFind
from eqcompile.exact.operators.components import components
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey
from eqcompile.exact.states.state import ExactState

MAX_DISTINCT_EIGENVALUES = 64
"""Distinct eigenvalues of an operator whose exact spectrum is computed. Beyond it, refused: a certificate says that
the spectrum is unknown; `observable_range` and training need an observable with a simpler spectrum."""

_TOO_MANY = f"the operator has more than {MAX_DISTINCT_EIGENVALUES} distinct eigenvalues"

MAX_PRODUCT = 300_000
"""Strings of a power of an operator times strings of the operator; one more power takes a few seconds. Beyond it,
refused: a certificate says that the spectrum is unknown; `observable_range` and training need an observable with a
simpler spectrum."""

MAX_SPECTRUM_QUBITS = 10
"""Qubits of one connected part of an operator whose matrix is written out exactly, 1024 columns. Beyond it, weaker:
powers of the operator are used instead, which find only spectra with few eigenvalues."""

if TYPE_CHECKING:
    import sympy

Eigenvalue: TypeAlias = "Fraction | sympy.Expr"
"""A ``Fraction`` if rational, else an exact real root of an integer polynomial."""


def minimal_polynomial(op: PauliSum) -> list[Real]:
    r"""Coefficients :math:`c_0, \dots, c_m = 1` of the least polynomial with :math:`\sum_k c_k A^k = 0`.

    Powers of A are taken as Pauli sums until they become linearly dependent; no matrix is formed.

    Raises:
        DimensionError: ``op`` is not Hermitian.
        LimitError: there are more than ``MAX_DISTINCT_EIGENVALUES`` distinct eigenvalues, powers of too many strings,
            or an irrational coefficient.

    >>> minimal_polynomial(PauliSum.parse("H(0,1)", 2))   # (A - 1)(A + 3)
    [-3, 2, 1]
    """
    if not op.is_hermitian:
        raise DimensionError(f"the spectrum is defined here for Hermitian operators; {op} is not one")
    powers = [PauliSum.identity(op.num_qubits)]
    while len(powers) <= MAX_DISTINCT_EIGENVALUES:
        check()
        if len(powers[-1]) * len(op) > MAX_PRODUCT:
            raise LimitError(
                f"the operator has {len(op)} Pauli strings and its power {len(powers) - 1} has {len(powers[-1])}; the "
                f"limit for their product is {MAX_PRODUCT}"
            )
        powers.append(powers[-1] * op)
        relation = _dependency(powers)
        if relation is not None and not all(map(is_rational, relation)):
            raise LimitError(
                f"the minimal polynomial of {op} has irrational coefficients; its roots are not found exactly"
            )
        if relation is not None:
            return relation
    raise LimitError(_TOO_MANY)


@lru_cache(maxsize=256)
def eigenvalues(op: PauliSum) -> tuple[Eigenvalue, ...]:
    """Distinct eigenvalues, exact and ascending.

    Eigenvalues of parts on disjoint qubits are added. Up to ``MAX_SPECTRUM_QUBITS`` qubits, the matrix is cut into its
    connected blocks, and their characteristic polynomials are factored. Anything else goes through the minimal
    polynomial.

    Raises:
        DimensionError: ``op`` is not Hermitian.
        LimitError: there are more than ``MAX_DISTINCT_EIGENVALUES``, or a polynomial has irrational coefficients.

    >>> [str(value) for value in eigenvalues(PauliSum.parse("H(0,3) Z6", 7))]
    ['-3', '-1', '1', '3']
    """
    if not op.is_hermitian:
        raise DimensionError(f"the spectrum is defined here for Hermitian operators; {op} is not one")
    parts = components(op.without_identity())
    if len(parts) > 1 and (sums := _sums_of_parts(parts, op)) is not None:
        return sums
    factors = _factors(op)
    if sum(factor.degree() for factor in factors) > MAX_DISTINCT_EIGENVALUES:
        raise LimitError(_TOO_MANY)
    roots = [root for factor in factors for root in _real_roots(factor)]
    rational = [root for root in roots if isinstance(root, Fraction)]
    return tuple(sorted(rational) if len(rational) == len(roots) else sorted(roots, key=_numerical))


def _sums_of_parts(parts: Sequence[PauliSum], op: PauliSum) -> tuple[Eigenvalue, ...] | None:
    """Eigenvalues of parts that act on disjoint qubits add up in every combination; ``None`` if one is irrational."""
    offset = real_part(op.coefficient(IDENTITY))
    if not is_rational(offset):
        return None
    sums = {to_fraction(offset)}
    for part in parts:
        values = eigenvalues(part)
        if not all(isinstance(value, Fraction) for value in values):
            return None
        sums = {total + value for total in sums for value in values if isinstance(value, Fraction)}
        if len(sums) > MAX_DISTINCT_EIGENVALUES:
            raise LimitError(_TOO_MANY)
    return tuple(sorted(sums))


def _factors(op: PauliSum) -> list[fmpq_poly]:
    """Irreducible polynomials whose roots are the eigenvalues."""
    qubits = op.support
    if len(qubits) > MAX_SPECTRUM_QUBITS or not all(is_rational(value) for value in op.terms.values()):
        return [factor for factor, _ in fmpq_poly(minimal_polynomial(op)).factor()[1]]
    # Only the roots count, each once. Equal blocks are computed once, and a factor that several blocks share is kept
    # once.
    positions = {qubit: i for i, qubit in enumerate(qubits)}
    local = op.relabel((positions.get(q, 0) for q in range(op.num_qubits)), len(qubits))
    found: dict[str, fmpq_poly] = {}
    for polynomial in {str(p): p for p in map(_characteristic, _blocks(local))}.values():
        found |= {str(factor): factor for factor, _ in polynomial.factor()[1]}
        if sum(factor.degree() for factor in found.values()) > MAX_DISTINCT_EIGENVALUES:
            raise LimitError(_TOO_MANY)
    return list(found.values())


def _blocks(op: PauliSum) -> Iterator[list[dict[int, Scalar]]]:
    """The matrix, as columns, cut into blocks that no entry connects; each block is renumbered from 0."""
    size = 1 << op.num_qubits
    columns = [ExactState(op.num_qubits, {b: ONE}).apply(op).amplitudes for b in range(size)]
    union = UnionFind(range(size))
    for b, column in enumerate(columns):
        union.union(b, *column)
    seen = set()
    for members in union.to_sets():
        number = {b: i for i, b in enumerate(sorted(members))}
        block = [{number[a]: value for a, value in columns[b].items()} for b in sorted(members)]
        key = tuple(frozenset(column.items()) for column in block)
        if key not in seen:
            seen.add(key)
            yield block


def _characteristic(block: Sequence[Mapping[int, Scalar]]) -> fmpq_poly:
    """Characteristic polynomial; a complex block A + iB has the eigenvalues of [[A, -B], [B, A]], each twice."""
    size = len(block)
    is_complex = any(imaginary_part(value) for column in block for value in column.values())
    matrix = fmpq_mat(2 * size, 2 * size) if is_complex else fmpq_mat(size, size)
    for b, column in enumerate(block):
        for a, value in column.items():
            matrix[a, b] = real_part(value)
            if is_complex:
                matrix[a + size, b + size] = real_part(value)
                matrix[a + size, b], matrix[a, b + size] = imaginary_part(value), -imaginary_part(value)
    return matrix.charpoly()


def _numerical(root: Eigenvalue) -> "sympy.Expr":
    """Thirty digits, enough to put distinct roots in order."""
    import sympy

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
    import sympy  # a third of a second, which rational spectra need not wait for

    symbol = sympy.Symbol("x")
    exact = [sympy.Rational(int(c.numerator), int(c.denominator)) for c in coefficients]
    return list(sympy.Poly(exact[::-1], symbol).real_roots())
