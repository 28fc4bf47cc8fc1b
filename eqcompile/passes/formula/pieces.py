"""Split a gate generator into local pieces, each exactly lowerable and invariant under the Lie part.

A bond's ``XX + YY + ZZ`` stays one piece. Taken apart, its three strings would break SU(2), whatever is done with them
later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from eqcompile.errors import MethodError
from eqcompile.exact.arithmetic.scalars import ZERO, Scalar, times_power_of_i
from eqcompile.exact.linear.union_find import UnionFind
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute, product_phase, support_of
from eqcompile.passes.lowering.lower import MAX_DIAGONALISED_QUBITS
from eqcompile.symmetry.generators import LieGenerator


@dataclass(frozen=True)
class Piece:
    """A summand that is exponentiated as a whole."""

    operator: PauliSum

    @cached_property
    def support(self) -> frozenset[int]:
        """Qubits on which it acts."""
        return frozenset(self.operator.support)

    @cached_property
    def is_commuting(self) -> bool:
        """Whether its strings commute with each other."""
        return not any(anticommute(a, b) for a, b in combinations(self.operator.terms, 2))

    @property
    def is_lowerable(self) -> bool:
        """Whether its exponential has an exact circuit."""
        return self.is_commuting or len(self.support) <= MAX_DIAGONALISED_QUBITS

    def goes_with(self, other: "Piece") -> bool:
        """Whether the exponential of the sum is the product, and both are lowered one by one or string by string."""
        if not self.support & other.support:
            return True
        both = self.is_commuting and other.is_commuting
        return both and not any(anticommute(a, b) for a in self.operator.terms for b in other.operator.terms)


def local_pieces(generator: PauliSum, lie: Iterable[LieGenerator]) -> tuple[Piece, ...]:
    """Summands of the traceless part by support, merged until each commutes with every Lie generator that can be kept.

    Pieces whose commutators with a Lie generator share a string are merged: where the whole is invariant, these strings
    must cancel. Strings of one support stay together.

    Args:
        generator: a Hermitian operator.
        lie: generators of the continuous part. One under which the operator is not invariant is passed over, and so
            is one whose invariant pieces would be too large.

    Raises:
        MethodError: strings of one support act on more than ``MAX_DIAGONALISED_QUBITS`` qubits and do not commute.

    >>> local_pieces(PauliSum.parse("H(0,1) + H(1,2)", 3), ())
    (Piece(operator=X0 X1 + Y0 Y1 + Z0 Z1), Piece(operator=X1 X2 + Y1 Y2 + Z1 Z2))
    """
    groups: dict[tuple[int, ...], list[PauliKey]] = {}
    for key in generator.without_identity():
        groups.setdefault(support_of(key), []).append(key)
    pieces = tuple(_piece(generator, keys) for keys in groups.values())
    for piece in pieces:
        if not piece.is_lowerable:
            raise MethodError(
                f"no product formula: strings on the same {len(piece.support)} qubits do not commute, and one gate "
                f"takes at most {MAX_DIAGONALISED_QUBITS} qubits; split the generator into several"
            )
    for single in lie:
        merged = _merged(generator, pieces, single)
        if all(piece.is_lowerable for piece in merged):
            pieces = merged
    return pieces


def _piece(generator: PauliSum, keys: Iterable[PauliKey]) -> Piece:
    return Piece(PauliSum(generator.num_qubits, {key: generator.coefficient(key) for key in keys}))


def _merged(generator: PauliSum, pieces: Sequence[Piece], lie: LieGenerator) -> tuple[Piece, ...]:
    """The pieces, joined where their commutators with T share a string; unchanged if T breaks the sum."""
    located = Located(lie.operator)
    changes = [located.commutator(piece.operator) for piece in pieces]
    total: dict[PauliKey, Scalar] = {}
    holders: dict[PauliKey, int] = {}
    union = UnionFind(range(len(pieces)))
    for place, change in enumerate(changes):
        for key, value in change.terms.items():
            total[key] = total[key] + value if key in total else value
            union.union(place, holders.setdefault(key, place))
    if any(total.values()):
        return tuple(pieces)
    parts: dict[int, list[PauliKey]] = {}
    for place, piece in enumerate(pieces):
        parts.setdefault(union[place], []).extend(piece.operator.terms)
    return tuple(_piece(generator, keys) for keys in parts.values())


@dataclass(frozen=True)
class Located:
    """An operator whose terms are found by qubit, for commutators with operators that act on few qubits.

    >>> Located(PauliSum.parse("Z0 + Z1 + Z2", 3)).commutator(PauliSum.parse("X0 X1 + Y0 Y1", 3))
    0
    """

    operator: PauliSum

    @cached_property
    def _by_qubit(self) -> dict[int, list[PauliKey]]:
        found: dict[int, list[PauliKey]] = {}
        for key in self.operator.terms:
            for qubit in support_of(key):
                found.setdefault(qubit, []).append(key)
        return found

    def commutator(self, other: PauliSum) -> PauliSum:
        """``[self, other]``; the work grows with the number of pairs of terms that share a qubit."""
        terms = self.operator.terms
        out: dict[PauliKey, Scalar] = {}
        for right, value in other.terms.items():
            near = {left for q in support_of(right) for left in self._by_qubit.get(q, ())}
            for left in near:
                if anticommute(left, right):
                    key = (left[0] ^ right[0], left[1] ^ right[1])
                    change = times_power_of_i(terms[left] * value * 2, product_phase(left, right))
                    out[key] = out.get(key, ZERO) + change
        return PauliSum(other.num_qubits, out)
