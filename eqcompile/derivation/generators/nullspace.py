r"""Null-space method: solve the commutation relations as linear equations, exactly.

An unknown :math:`G = \sum_P c_P P` must satisfy one linear constraint per *generator* of the group:
:math:`[T_a, G] = 0` for the Lie part and :math:`R_s G R_s^\dagger = G` for the finite part. Strings that no generator
connects never occur in the same equation, so each connected block is solved on its own.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from eqcompile.derivation.generators.basis import GeneratorBasis, reduced
from eqcompile.derivation.generators.orbits import derive_by_orbits
from eqcompile.derivation.generators.strings import full_strings
from eqcompile.derivation.generators.whole_register import strings_up_to
from eqcompile.exact.arithmetic.scalars import ONE, real_part, scalar
from eqcompile.exact.linear.sparse import sparse_kernel
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey
from eqcompile.symmetry.maps import QubitMap
from eqcompile.symmetry.symmetry import Symmetry

Constraint: TypeAlias = Callable[[PauliSum], PauliSum]
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
    """Invariant combinations of the given strings."""
    n = symmetry.num_qubits
    maps = list(enumerate(constraints(symmetry)))
    images = {
        key: {
            (index, out): real_part(value)
            for index, constraint in maps
            for out, value in constraint(PauliSum(n, {key: ONE})).terms.items()
        }
        for key in strings
    }
    vectors = sparse_kernel(images)
    return reduced([PauliSum(n, {k: scalar(v) for k, v in row.items()}) for row in vectors], n)


def constraints(symmetry: Symmetry) -> list[Constraint]:
    """One linear map per generator of the group."""
    continuous: list[Constraint] = [g.operator.derivation for g in symmetry.lie_generators]
    return continuous + [_change_under(g.on_qubits) for g in symmetry.finite_generators]


def _change_under(element: QubitMap) -> Constraint:
    return lambda op: element.conjugate(op) - op
