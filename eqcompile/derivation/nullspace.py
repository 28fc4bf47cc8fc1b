r"""Null-space method: solve the commutation relations as linear equations, exactly.

An unknown :math:`G = \sum_P c_P P` must satisfy one linear constraint per *generator* of the group:
:math:`[T_a, G] = 0` for the Lie part and :math:`R_s G R_s^\dagger = G` for the finite part. Strings that no
generator connects do not meet in any equation, so each connected block is solved on its own.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from networkx.utils import UnionFind

from eqcompile.derivation.basis import GeneratorBasis, ordered_keys, reduced
from eqcompile.derivation.orbits import derive_by_orbits
from eqcompile.derivation.strings import full_strings
from eqcompile.exact.linalg import null_space
from eqcompile.exact.pauli import PauliKey, PauliSum
from eqcompile.exact.scalars import ONE, Rational, real_part, scalar
from eqcompile.reps.maps import QubitMap
from eqcompile.reps.symmetry import Symmetry

Constraint: TypeAlias = Callable[[PauliSum], PauliSum]
"""A linear map that vanishes exactly on the operators one group generator leaves invariant."""


def nullspace_basis(symmetry: Symmetry, locality: int) -> GeneratorBasis:
    """All generators on up to ``locality`` qubits that commute with every generator of the group.

    References:
        Nguyen et al., PRX Quantum 5, 020328 (2024), Sec. IV (null space method).

    >>> from eqcompile.reps.factors import RotationFactor
    >>> su2 = Symmetry(3, factors=(RotationFactor(3, (0, 1, 2)),))
    >>> nullspace_basis(su2, locality=2).dim
    3
    """
    elements = derive_by_orbits(symmetry, locality, invariants)
    return GeneratorBasis(symmetry.num_qubits, locality, "nullspace", elements)


def invariants(symmetry: Symmetry) -> tuple[PauliSum, ...]:
    """Invariant operators whose terms act on every qubit, as a reduced echelon basis."""
    n = symmetry.num_qubits
    images = _images(symmetry, full_strings(n))
    solutions: list[PauliSum] = []
    for block in _blocks(images):
        columns = ordered_keys(block)
        vectors = null_space(_rows(columns, images), columns)
        solutions += [PauliSum(n, {k: scalar(v) for k, v in row.items()}) for row in vectors]
    return reduced(solutions, n)


def constraints(symmetry: Symmetry) -> list[Constraint]:
    """One linear map per generator of the group."""
    continuous: list[Constraint] = [g.operator.derivation for g in symmetry.lie_generators]
    return continuous + [_change_under(g.on_qubits) for g in symmetry.finite_generators]


def _change_under(element: QubitMap) -> Constraint:
    return lambda op: element.conjugate(op) - op


def _images(symmetry: Symmetry, strings: Iterable[PauliKey]) -> dict[PauliKey, list[PauliSum]]:
    """What every constraint makes of every string."""
    maps = constraints(symmetry)
    n = symmetry.num_qubits
    return {key: [constraint(PauliSum(n, {key: ONE})) for constraint in maps] for key in strings}


def _blocks(images: dict[PauliKey, list[PauliSum]]) -> Iterable[set[PauliKey]]:
    """Sets of strings that share an equation."""
    union = UnionFind(images)
    owner: dict[tuple[int, PauliKey], PauliKey] = {}
    for key, outputs in images.items():
        for index, output in enumerate(outputs):
            for out in output.terms:
                union.union(key, owner.setdefault((index, out), key))
    return union.to_sets()  # type: ignore[no-any-return]


def _rows(
    columns: list[PauliKey], images: dict[PauliKey, list[PauliSum]]
) -> Iterable[dict[PauliKey, Rational]]:
    rows: dict[tuple[int, PauliKey], dict[PauliKey, Rational]] = {}
    for key in columns:
        for index, output in enumerate(images[key]):
            for out, value in output.terms.items():
                rows.setdefault((index, out), {})[key] = real_part(value)
    return rows.values()
