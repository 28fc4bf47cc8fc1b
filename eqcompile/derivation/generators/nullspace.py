r"""Null-space method: solve the commutation relations as linear equations, exactly.

An unknown :math:`G = \sum_P c_P P` must satisfy one linear constraint per *generator* of the group:
:math:`[T_a, G] = 0` for the Lie part and :math:`R_s G R_s^\dagger = G` for the finite part. Clifford elements come
first: under them coefficients are equal along orbits of strings, up to signs, and one unknown is left for each orbit.
The other constraints are equations for these. Unknowns that no equation connects are solved for on their own.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import lcm
from typing import TypeAlias

from eqcompile.derivation.generators.basis import GeneratorBasis
from eqcompile.derivation.generators.orbits import derive_by_orbits
from eqcompile.derivation.generators.signed_orbits import (
    SignedOrbit,
    clifford_of,
    signed_orbits,
    turns_of_generators,
)
from eqcompile.derivation.generators.strings import full_strings
from eqcompile.derivation.generators.whole_register import strings_up_to
from eqcompile.exact.arithmetic.scalars import Real, is_rational, rational, real_part, scalar, to_fraction
from eqcompile.exact.linear.sparse import sparse_kernel
from eqcompile.exact.linear.union_find import UnionFind
from eqcompile.exact.operators.clifford import Clifford
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute, product_phase
from eqcompile.symmetry.maps import QubitMap
from eqcompile.symmetry.symmetry import Symmetry

Constraint: TypeAlias = Callable[[SignedOrbit], Mapping[PauliKey, Real]]
"""A linear map that vanishes exactly on the operators that one group generator leaves invariant."""


def nullspace_basis(symmetry: Symmetry, locality: int) -> GeneratorBasis:
    """All generators on up to ``locality`` qubits that commute with every generator of the group.

    References:
        Nguyen et al., PRX Quantum 5, 020328 (2024), Sec. IV (null space method).

    >>> from eqcompile.symmetry.rotation import RotationFactor
    >>> su2 = Symmetry(3, factors=(RotationFactor(3, (0, 1, 2)),))
    >>> nullspace_basis(su2, locality=2).dim
    3
    """
    if all(factor.is_local for factor in symmetry.factors):
        elements: Sequence[PauliSum] = derive_by_orbits(symmetry, locality, invariants)
    else:
        elements = _solved(symmetry, strings_up_to(symmetry.num_qubits, locality))
    return GeneratorBasis(symmetry.num_qubits, locality, "nullspace", elements)


def invariants(symmetry: Symmetry) -> tuple[PauliSum, ...]:
    """Invariant operators whose terms act on every qubit, as a reduced echelon basis."""
    return _solved(symmetry, full_strings(symmetry.num_qubits))


def _solved(symmetry: Symmetry, strings: Iterable[PauliKey]) -> tuple[PauliSum, ...]:
    """Invariant combinations of the given strings, as a reduced echelon basis."""
    elements, constraints = clifford_part(symmetry)
    orbits = signed_orbits(strings, elements)
    images = {
        number: {
            (index, key): value
            for index, constraint in enumerate(constraints)
            for key, value in constraint(orbits[number]).items()
        }
        for number in reversed(range(len(orbits)))
    }
    # With the unknowns in reverse order, each kernel vector begins with a 1 where all others have 0: they are the
    # reduced echelon basis. Orbits are disjoint and begin with their first string, so it is one of strings, too.
    vectors = sorted(sparse_kernel(images), key=min)
    return tuple(_written_out(vector, orbits, symmetry.num_qubits) for vector in vectors)


def clifford_part(symmetry: Symmetry) -> tuple[list[Clifford], list[Constraint]]:
    """Clifford elements of the group, and the constraints that are left for what they leave unchanged."""
    elements = turns_of_generators(symmetry)
    left: list[Constraint] = []
    for generator in symmetry.finite_generators:
        element = clifford_of(generator.on_qubits, symmetry.num_qubits)
        if element is None:
            left.append(_change_under(generator.on_qubits, symmetry.num_qubits))
        else:
            elements.append(element)
    operators = [generator.operator for generator in symmetry.lie_generators]
    return elements, [_commutator_with(op) for op in _representatives(operators, elements)] + left


def _representatives(operators: Sequence[PauliSum], elements: Sequence[Clifford]) -> list[PauliSum]:
    """One of those that the elements carry into one another, up to sign.

    If h leaves G unchanged, then G commutes with T exactly if it commutes with the image of T under h.
    """
    union = UnionFind(operators)
    for op in operators:
        for image in (element.image_of(op) for element in elements):
            for same in (image, -image):
                if same in operators:
                    union.union(op, same)
    return [op for op in dict.fromkeys(operators) if union[op] == op]


def _commutator_with(op: PauliSum) -> Constraint:
    """Up to a factor, :math:`-i [T, G]`; with whole numbers alone if the coefficients of T are rational."""
    if not all(map(is_rational, op.terms.values())):
        return lambda orbit: _real(op.derivation(PauliSum(op.num_qubits, orbit)))
    fractions = {key: to_fraction(real_part(value)) for key, value in op.terms.items()}
    common = lcm(*(value.denominator for value in fractions.values()))
    terms = [(key, int(value * common)) for key, value in fractions.items()]

    def constraint(orbit: SignedOrbit) -> dict[PauliKey, Real]:
        total: dict[PauliKey, int] = {}
        for right, sign in orbit.items():
            for left, value in terms:
                if anticommute(left, right):
                    # P Q = i^k R with k odd, so that -i [P, Q] = 2 R or -2 R.
                    key = (left[0] ^ right[0], left[1] ^ right[1])
                    one = sign * value
                    total[key] = total.get(key, 0) + (one if product_phase(left, right) == 1 else -one)
        return {key: rational(value) for key, value in total.items() if value}

    return constraint


def _change_under(element: QubitMap, num_qubits: int) -> Constraint:
    def constraint(orbit: SignedOrbit) -> dict[PauliKey, Real]:
        op = PauliSum(num_qubits, orbit)
        return _real(element.conjugate(op) - op)

    return constraint


def _real(op: PauliSum) -> dict[PauliKey, Real]:
    return {key: real_part(value) for key, value in op.terms.items()}


def _written_out(vector: Mapping[int, Real], orbits: Sequence[SignedOrbit], num_qubits: int) -> PauliSum:
    terms = {
        key: scalar(value if sign > 0 else -value)
        for number, value in vector.items()
        for key, sign in orbits[number].items()
    }
    return PauliSum(num_qubits, terms)
