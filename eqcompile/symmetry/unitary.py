"""Finite groups of unitaries on qubits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eqcompile.budgets import check
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import letter, pauli_key
from eqcompile.symmetry.charge import MAX_TERMS
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, identity_map
from eqcompile.symmetry.maps import MapSequence, QubitMap, UnitaryMap

MAX_ELEMENTS = 2000
"""Elements of a group of unitaries, up to phases, that are listed to average over. Beyond it, refused: methods that
average do not apply; use the null space."""


@dataclass(frozen=True)
class UnitaryFactor(Factor):
    """A finite group of unitaries, up to phases, by generators with names.

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

    @cached_property
    def elements(self) -> tuple[QubitMap, ...]:
        """Every element up to a phase, the identity first.

        Raises:
            LimitError: more than ``MAX_ELEMENTS``, or too many to list them.
        """
        words: list[tuple[UnitaryMap, ...]] = []
        for parent, generator in self.tree:
            words.append(() if generator is None else (*words[parent], generator))
        return tuple(MapSequence(word) for word in words)

    @property
    def tree(self) -> tuple[tuple[int, UnitaryMap | None], ...]:
        """How each element comes from an earlier one: number of that one, and the generator that acts after it.

        Raises:
            LimitError: as :attr:`elements`.
        """
        if isinstance(self._listed, str):
            raise LimitError(self._listed)
        return self._listed

    @cached_property
    def _listed(self) -> tuple[tuple[int, UnitaryMap | None], ...] | str:
        """The tree, or why there is none; kept either way, because it takes a while to find out."""
        probes = self._probes
        found: dict[tuple[PauliSum, ...], tuple[int, UnitaryMap | None]] = {probes: (0, None)}
        frontier, terms = [probes], 0
        for number, images in enumerate(frontier):  # grows while it is walked
            check()
            for _, generator in self.generators:
                target = tuple(generator.conjugate(op) for op in images)
                if target not in found:
                    found[target] = (number, generator)
                    frontier.append(target)
                    terms += sum(len(op) for op in target)
                    if len(found) > MAX_ELEMENTS:
                        return f"{self.name} has more than {MAX_ELEMENTS} elements, which is the limit"
                    if terms > MAX_TERMS:
                        return (
                            f"{self.name} has {len(found)} elements or more, which turn X and Z into more than "
                            f"{MAX_TERMS} Pauli strings, which is the limit"
                        )
        return tuple(found.values())

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

    @property
    def _probes(self) -> tuple[PauliSum, ...]:
        """X and Z of every qubit that is touched: they generate all operators there."""
        qubits = sorted({q for _, unitary in self.generators for op in unitary.factors for q in op.support})
        return tuple(PauliSum.string(self.num_qubits, {q: name}) for q in qubits for name in "XZ")


def _moved(op: PauliSum, positions: dict[int, int]) -> PauliSum:
    n = len(positions)
    return PauliSum(n, {
        pauli_key({positions[q]: letter(key, q) for q in op.support}): value for key, value in op.terms.items()
    })  # fmt: skip
