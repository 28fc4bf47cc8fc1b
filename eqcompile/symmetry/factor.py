"""The factors of which a symmetry is made; each acts on the data and on the qubits at once.

A kind of symmetry is a class of factors. The class states what the kind *is*: its generators and, if it is finite, its
elements, on qubits and on sites; what it merges with; whether it moves qubits. Everything else follows: every
derivation method and every claim has an answer for a kind that it has never heard of, and may have a faster one for
some kinds.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eqcompile.errors import LimitError
from eqcompile.symmetry.elements import Tree, elements_of, listed_tree
from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator
from eqcompile.symmetry.maps import QubitMap


@dataclass(frozen=True)
class Factor(ABC):
    """One factor of a symmetry, continuous or finite."""

    num_qubits: int

    @property
    @abstractmethod
    def name(self) -> str:
        """Name of the group, as the user would write it."""

    @property
    def order_text(self) -> str:
        """The dimension of a Lie group, or the order of a finite one if it is known, in words."""
        count = len(self.lie_generators)
        return f"Lie group of dimension {count}" if count else "finite"

    @property
    def is_local(self) -> bool:
        """Whether elements act qubit by qubit, and so on any set of qubits, or do nothing but move qubits."""
        return True

    @property
    def only_moves(self) -> bool:
        """Whether every element is a permutation of the qubits; a factor that also turns them does not count."""
        return False

    @property
    def turning_qubits(self) -> tuple[int, ...]:
        """Qubits that turn as spins do."""
        return ()

    @property
    def parity_qubit(self) -> int | None:
        """The qubit on which reflections are Z, which no factor may turn."""
        return None

    @property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """Generators of the continuous part; empty for a finite factor."""
        return ()

    @property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """Generators of the finite part; empty for a connected Lie group."""
        return ()

    @cached_property
    def elements(self) -> tuple[QubitMap, ...]:
        """Every element of the group that the finite generators generate, up to a phase, the identity first.

        Raises:
            LimitError: there are more than ``MAX_ELEMENTS``, or too many to list.
        """
        return elements_of(self.tree)

    @property
    def tree(self) -> Tree:
        """How each element comes from an earlier one: number of that one, and the generator that acts after it.

        Raises:
            LimitError: as for :attr:`elements`.
        """
        if isinstance(self._listed, str):
            raise LimitError(self._listed)
        return self._listed

    @cached_property
    def _listed(self) -> Tree | str:
        """The tree, or why there is none; kept in both cases, because it takes a while to find out."""
        return listed_tree(self.name, [g.on_qubits for g in self.finite_generators], self.num_qubits)

    def joined(self, other: "Factor") -> "Factor | None":
        """The single factor that both generate, if the two are better taken together; else ``None``."""
        return None

    @abstractmethod
    def restricted(self, support: Sequence[int]) -> "Factor | None":
        """The action on the named qubits alone, renumbered from 0; ``None`` if it does nothing there.

        Raises:
            MethodError: the factor does not act qubit by qubit.
        """


MAX_NAME = 60
"""Characters of the name of a charge, a string or a unitary element. Beyond it, shortened: the name is cut; the
operator is not."""


def shortened(text: str) -> str:
    """A name of at most ``MAX_NAME`` characters."""
    return text if len(text) <= MAX_NAME else text[: MAX_NAME - 3] + "..."
