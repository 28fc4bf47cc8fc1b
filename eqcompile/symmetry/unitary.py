"""Finite groups of unitaries on qubits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import letter, pauli_key
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, identity_map
from eqcompile.symmetry.maps import UnitaryMap


@dataclass(frozen=True)
class UnitaryFactor(Factor):
    """A finite group of unitaries, up to phases, given by named generators.

    Each generator is a product of small unitaries: Clifford gates, or a matrix on a few qubits.
    """

    generators: tuple[tuple[str, UnitaryMap], ...]
    num_sites: int = 0

    @property
    def name(self) -> str:
        """Names of the generators."""
        return f"group of {', '.join(name for name, _ in self.generators)}"

    @property
    def order_text(self) -> str:
        """Number of elements, up to phases."""
        try:
            return f"order {len(self.elements)} up to phases"
        except LimitError:
            return "of an order beyond the limits, up to phases"

    @property
    def is_local(self) -> bool:
        """Whether every small unitary acts on one qubit."""
        return all(len(op.support) <= 1 for _, unitary in self.generators for op in unitary.factors)

    @cached_property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """The generators."""
        return tuple(
            FiniteGenerator(name, unitary, identity_map(self.num_sites)) for name, unitary in self.generators
        )

    def joined(self, other: Factor) -> "UnitaryFactor | None":
        """All unitaries generate one group."""
        if not isinstance(other, UnitaryFactor):
            return None
        return replace(self, generators=tuple(dict.fromkeys((*self.generators, *other.generators))))

    def restricted(self, support: Sequence[int]) -> "UnitaryFactor | None":
        """The unitaries on the qubits of the support."""
        if not self.is_local:
            raise MethodError(f"{self.name} does not act qubit by qubit")
        positions = {q: i for i, q in enumerate(support)}
        generators = tuple(
            (name, UnitaryMap(len(support), tuple(_moved(op, positions) for op in unitary.factors
                                                  if set(op.support) <= set(positions))))
            for name, unitary in self.generators
        )  # fmt: skip
        if not any(op.support for _, unitary in generators for op in unitary.factors):
            return None
        return UnitaryFactor(len(support), generators)


def _moved(op: PauliSum, positions: dict[int, int]) -> PauliSum:
    n = len(positions)
    return PauliSum(n, {
        pauli_key({positions[q]: letter(key, q) for q in op.support}): value for key, value in op.terms.items()
    })  # fmt: skip
