"""Run circuits on packed vectors: neighbouring operations as one matrix, wide ones as sums of strings."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeAlias

from eqcompile.budgets import check
from eqcompile.circuits.operations import Operation
from eqcompile.claims.field.fusing import fused
from eqcompile.claims.field.packed import Packed, Packing, Strings
from eqcompile.exact.operators.strings import IDENTITY, PauliKey, support_of

FUSED = 2
"""Qubits of a matrix. One on k of them costs 2^k products with the vector, whatever it is made of."""

Terms: TypeAlias = dict[PauliKey, int]
"""A sum of literal Pauli strings with coefficients in the field."""

Rows: TypeAlias = Sequence[Sequence[int]]
"""A square matrix over the field."""


class Actions(Protocol):
    """What operations do at the point of the field."""

    def terms(self, operation: Operation) -> Terms:
        """The operation as a sum of strings."""

    def changes(self, operation: Operation, motion: Any) -> tuple[Terms, Terms]:
        """The strings that act before the operation, and after it, in its derivative along a motion."""

    def matrix(self, qubits: Sequence[int], operations: Sequence[Operation]) -> Rows:
        """The matrix of operations on a few qubits; the first of the qubits is bit 0 of rows and columns."""

    def slope(self, qubits: Sequence[int], operations: Sequence[Operation], motion: Any) -> Rows:
        """The derivative of that matrix along a motion."""


class Register:
    """Vectors of one size, one long integer each.

    Qubits that act together are brought to the highest bits of the basis states, and stay there until others are.

    Args:
        packing: the arithmetic of vectors.
        actions: what operations do.
    """

    def __init__(self, packing: Packing, actions: Actions) -> None:
        self._packing, self._actions = packing, actions

    def operator(self, terms: Terms, vector: Sequence[int]) -> list[int]:
        """A sum of strings applied to the vector."""
        packing = self._packing
        return packing.unpacked(packing.sum_of_strings(packing.strings(terms), packing.packed(vector)))

    def run(self, operations: Iterable[Operation], vector: Sequence[int]) -> list[int]:
        """The circuit applied to the vector."""
        run = _Run(self._packing, [vector])
        factor = 1
        listed = list(operations)
        for operation in listed:
            if not operation.support:
                factor = factor * self._actions.terms(operation)[IDENTITY] % self._packing.p
        for qubits, members in fused(listed, FUSED):
            check()
            if len(qubits) > FUSED:
                (operation,) = members
                strings = run.moved(self._actions.terms(operation))
                run.vectors = [self._packing.sum_of_strings(strings, run.vectors[0])]
            else:
                run.bring_up(qubits)
                matrix = run.ordered(qubits, self._actions.matrix(qubits, members))
                run.vectors = [self._packing.blocks([(matrix, run.vectors[0])])]
        (out,) = run.result(factor, 0)
        return out

    def run_with_slope(
        self, operations: Iterable[Operation], vector: Sequence[int], motion: Any, derivative: Sequence[int]
    ) -> tuple[list[int], list[int]]:
        """The circuit applied to the vector, and its derivative; the vector has a derivative of its own."""
        packing, actions = self._packing, self._actions
        run = _Run(packing, [vector, derivative])
        factor, rate = 1, 0
        listed = list(operations)
        for operation in listed:
            # Asked for in the order of the circuit, because some random values are drawn when they are first needed.
            _, late = actions.changes(operation, motion)
            if not operation.support:
                factor = factor * actions.terms(operation)[IDENTITY] % packing.p
                rate += late.get(IDENTITY, 0)
        for qubits, members in fused(listed, FUSED):
            check()
            if len(qubits) > FUSED:
                (operation,) = members
                strings = run.moved(actions.terms(operation))
                first, last = map(run.moved, actions.changes(operation, motion))
                before, slope = run.vectors
                after = packing.sum_of_strings(strings, before)
                total = packing.products(strings, slope) + packing.products(first, before)
                run.vectors = [after, packing.reduced(total + packing.products(last, after))]
            else:
                run.bring_up(qubits)
                matrix = run.ordered(qubits, actions.matrix(qubits, members))
                change = run.ordered(qubits, actions.slope(qubits, members, motion))
                before, slope = run.vectors
                run.vectors = [
                    packing.blocks([(matrix, before)]),
                    packing.blocks([(matrix, slope), (change, before)]),
                ]
        image, moved = run.result(factor, rate)
        return image, moved


class _Run:
    """Vectors on their way through a circuit, and which bit each qubit is."""

    def __init__(self, packing: Packing, vectors: Sequence[Sequence[int]]) -> None:
        self.packing = packing
        self.vectors: list[Packed] = [packing.packed(vector) for vector in vectors]
        self.places = list(range(packing.num_qubits))

    def bring_up(self, qubits: Sequence[int]) -> None:
        """Make the qubits the highest bits, in any order."""
        top = range(self.packing.num_qubits - len(qubits), self.packing.num_qubits)
        free = [place for place in top if place not in [self.places[q] for q in qubits]]
        for qubit in qubits:
            if self.places[qubit] not in top:
                self._put(qubit, free.pop())

    def ordered(self, qubits: Sequence[int], matrix: Rows) -> Rows:
        """The matrix with its bits in the order in which the qubits stand."""
        ascending = sorted(range(len(qubits)), key=lambda k: self.places[qubits[k]])
        if ascending == list(range(len(qubits))):
            return matrix
        numbers = [
            sum((bits >> place & 1) << k for place, k in enumerate(ascending)) for bits in range(len(matrix))
        ]
        return [[matrix[row][column] for column in numbers] for row in numbers]

    def moved(self, terms: Terms) -> Strings:
        """The strings with every qubit where it stands."""
        return self.packing.strings(
            {(self._mask(x), self._mask(z)): value for (x, z), value in terms.items()}
        )

    def result(self, factor: int, rate: int) -> list[list[int]]:
        """The vectors times a factor, all qubits in their places; the factor of the first one may change at a rate."""
        for qubit in range(len(self.places)):
            self._put(qubit, qubit)
        packing, element = self.packing, self.packing.element
        first, *others = self.vectors
        totals = [first * element(factor)]
        totals += [slope * element(factor) + first * element(rate * factor) for slope in others]
        return [packing.unpacked(packing.reduced(total)) for total in totals]

    def _put(self, qubit: int, place: int) -> None:
        here = self.places[qubit]
        if here != place:
            other = self.places.index(place)
            self.vectors = [self.packing.exchanged(vector, here, place) for vector in self.vectors]
            self.places[qubit], self.places[other] = place, here

    def _mask(self, mask: int) -> int:
        return sum(1 << self.places[q] for q in support_of((mask, 0)))
