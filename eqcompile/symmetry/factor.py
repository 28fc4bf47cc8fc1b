"""The factors a symmetry is made of; each acts on the data and on the qubits at once."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator


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
        """The dimension of a Lie group, or the order of a finite one where it is known, in words."""
        count = len(self.lie_generators)
        return f"Lie group of dimension {count}" if count else "finite"

    @property
    def is_local(self) -> bool:
        """Whether every element is a product of single-qubit unitaries, so that it acts on any set of qubits."""
        return True

    @property
    def lie_generators(self) -> tuple[LieGenerator, ...]:
        """Generators of the continuous part; empty for a finite factor."""
        return ()

    @property
    def finite_generators(self) -> tuple[FiniteGenerator, ...]:
        """Generators of the finite part; empty for a connected Lie group."""
        return ()

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
