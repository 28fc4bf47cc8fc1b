r"""Twirling: project onto the commutant by averaging over the group, exactly and without listing it.

Finite groups are averaged along a stabiliser chain, SU(2) by its Casimir operator: on an operator that acts
on m spins the adjoint action has total angular momentum 0 to m, and
:math:`\prod_{l=1}^m (1 - C / l(l+1))` keeps the invariant part and removes the rest.
"""

from functools import singledispatch
from itertools import combinations

from eqcompile.derivation.basis import GeneratorBasis, reduced
from eqcompile.derivation.orbits import derive_by_orbits
from eqcompile.derivation.strings import full_strings
from eqcompile.errors import DimensionError, MethodError
from eqcompile.exact.linalg import rank
from eqcompile.exact.pauli import PauliKey, PauliSum, anticommute, pauli_key
from eqcompile.exact.scalars import ONE, real_part
from eqcompile.reps.factors import Factor, InversionFactor, PermutationFactor, RotationFactor
from eqcompile.reps.maps import QubitMap
from eqcompile.reps.symmetry import Symmetry


def twirl(op: PauliSum, symmetry: Symmetry) -> PauliSum:
    r"""Average an operator over the group: the projection onto the commutant.

    .. math:: \mathcal{T}(A) = \int_G R(g)\, A\, R(g)^\dagger \, dg

    Args:
        op: operator on ``symmetry.num_qubits`` qubits.
        symmetry: factors that normalise one another.

    Returns:
        The equivariant part of ``op``; the zero sum if there is none.

    Raises:
        DimensionError: the two act on different numbers of qubits.
        MethodError: the factors do not normalise one another, so that the averages do not commute.

    References:
        Meyer et al., PRX Quantum 4, 010328 (2023), Sec. III.

    >>> su2 = Symmetry(2, factors=(RotationFactor(2, (0, 1)),))
    >>> twirl(PauliSum.parse("X0 X1 + Z0", 2), su2)
    1/3*X0 X1 + 1/3*Y0 Y1 + 1/3*Z0 Z1
    """
    if op.num_qubits != symmetry.num_qubits:
        raise DimensionError(f"the operator has {op.num_qubits} qubits, the symmetry {symmetry.num_qubits}")
    require_normalising(symmetry)
    return _average(op, symmetry)


def twirl_basis(symmetry: Symmetry, locality: int) -> GeneratorBasis:
    """The span of the twirls of all Pauli strings on up to ``locality`` qubits.

    Raises:
        MethodError: the factors do not normalise one another; use the null space.
    """
    require_normalising(symmetry)
    elements = derive_by_orbits(symmetry, locality, averages)
    return GeneratorBasis(symmetry.num_qubits, locality, "twirl", elements)


def averages(symmetry: Symmetry) -> tuple[PauliSum, ...]:
    """Averages of all strings that act on every qubit, as a reduced echelon basis of their span."""
    n = symmetry.num_qubits
    flips = [key for factor in symmetry.factors for key in _pauli_elements(factor)]
    found = []
    seen: set[PauliKey] = set()
    for key in full_strings(n):
        if key in seen or any(anticommute(key, flip) for flip in flips):
            continue
        seen.update(_orbit(key, symmetry))
        found.append(_average(PauliSum(n, {key: ONE}), symmetry))
    return reduced(set(found), n)


def require_normalising(symmetry: Symmetry) -> None:
    """Check that averaging factor by factor is averaging over the group.

    It is when the rotation factors commute, every finite generator maps the Lie algebra onto itself,
    and finite factors commute as maps of operators.

    Raises:
        MethodError: one of these fails.
    """
    for first, second in combinations(symmetry.factors, 2):
        if not _compatible(first, second):
            raise MethodError(
                f"twirling factor by factor needs commuting factors; {first.name} and {second.name} "
                "do not commute, use the null space method"
            )


def _compatible(first: Factor, second: Factor) -> bool:
    algebra = [g.operator for factor in (first, second) for g in factor.lie_generators]
    maps = [g.on_qubits for factor in (first, second) for g in factor.finite_generators]
    commuting = all(
        a.operator.commutes_with(b.operator) for a in first.lie_generators for b in second.lie_generators
    )
    invariant = all(_in_span(mapping.conjugate(t), algebra) for mapping in maps for t in algebra)
    finite = all(
        _commute(a.on_qubits, b.on_qubits, first.num_qubits)
        for a in first.finite_generators
        for b in second.finite_generators
    )
    return commuting and invariant and finite


def _commute(a: QubitMap, b: QubitMap, num_qubits: int) -> bool:
    """Whether two conjugations commute; X and Z of every qubit generate all operators."""
    letters = [PauliSum.string(num_qubits, {q: name}) for q in range(num_qubits) for name in "XZ"]
    return all(a.conjugate(b.conjugate(op)) == b.conjugate(a.conjugate(op)) for op in letters)


def _in_span(op: PauliSum, ops: list[PauliSum]) -> bool:
    rows = [{key: real_part(value) for key, value in entry.terms.items()} for entry in [*ops, op]]
    columns = sorted({key for row in rows for key in row})
    return rank(rows, columns) == rank(rows[:-1], columns)


def _average(op: PauliSum, symmetry: Symmetry) -> PauliSum:
    for factor in symmetry.factors:
        op = _average_over(factor, op)
    return op


@singledispatch
def _average_over(factor: Factor, op: PauliSum) -> PauliSum:
    """Average over one factor."""
    raise MethodError(f"twirling over {factor.name} is not known; use the null space method")


@_average_over.register
def _(factor: RotationFactor, op: PauliSum) -> PauliSum:
    qubits = set(factor.qubits)
    mask = sum(1 << q for q in qubits)
    most = max((((x | z) & mask).bit_count() for x, z in op.terms), default=0)
    for momentum in range(1, most + 1):
        casimir = PauliSum.zero(op.num_qubits)
        for generator in factor.lie_generators:
            casimir = casimir + generator.operator.commutator(generator.operator.commutator(op))
        op = op - casimir / (momentum * (momentum + 1))
    return op


@_average_over.register
def _(factor: PermutationFactor, op: PauliSum) -> PauliSum:
    for transversal in reversed(factor.group.coset_chain):
        total = PauliSum.zero(op.num_qubits)
        for images in transversal:
            total = total + op.relabel(images[: factor.num_qubits])
        op = total / len(transversal)
    return op


@_average_over.register
def _(factor: InversionFactor, op: PauliSum) -> PauliSum:
    (inversion,) = factor.finite_generators
    return (op + inversion.on_qubits.conjugate(op)) / 2


@singledispatch
def _pauli_elements(factor: Factor) -> list[PauliKey]:
    """Elements that act as Pauli strings; a string that anticommutes with one averages to zero."""
    return []


@_pauli_elements.register
def _(factor: RotationFactor) -> list[PauliKey]:
    return [pauli_key(dict.fromkeys(factor.qubits, name)) for name in "XYZ"]


@_pauli_elements.register
def _(factor: InversionFactor) -> list[PauliKey]:
    return [pauli_key({factor.parity: "Z"})]


def _orbit(key: PauliKey, symmetry: Symmetry) -> set[PauliKey]:
    """Strings with the same average: the orbit under the permutations."""
    moves = [
        g.on_qubits for f in symmetry.factors if isinstance(f, PermutationFactor) for g in f.finite_generators
    ]
    orbit, frontier = {key}, [key]
    while frontier:
        string = PauliSum(symmetry.num_qubits, {frontier.pop(): ONE})
        for move in moves:
            (image,) = move.conjugate(string).terms
            if image not in orbit:
                orbit.add(image)
                frontier.append(image)
    return orbit
