"""The terms of a loss, each in one class; `terms_of` is their table.

Every term is the weighted mean square of what it sees of energies and forces, and it sees them linearly. So it may look
at a model, at its labels, or at their difference. One rule then gives the loss of any terms, its gradient, and the best
affine map from values to energies.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from siqml.errors import TrainError
from siqml.molecule.line import Line
from siqml.molecule.structures import Structures

if TYPE_CHECKING:
    from siqml.training.config import LossConfig


class Term(Protocol):
    """One part of a loss.

    Attributes:
        needs_forces: whether it sees forces. They are computed only if a term does, because that takes several times as
            long.
        has_offset: whether a constant added to all energies changes what it sees.
    """

    needs_forces: ClassVar[bool]
    has_offset: ClassVar[bool]

    @property
    def weight(self) -> float:
        """The factor of the mean square."""

    def sees(self, energies: Any, forces: Any) -> Any:
        """What the term compares, linear in both arguments.

        Args:
            energies: energies ``(n,)`` in eV, or differences of energies.
            forces: ``(n, n_atoms, 3)`` in eV/angstrom; ``None`` if no term needs them.

        Returns:
            An array with structures along the first axis.
        """

    def seen_from(self, slopes: Any) -> tuple[Any, Any]:
        """The adjoint of `sees`: derivatives by energies and forces of what has these derivatives by what is seen.

        Args:
            slopes: of the shape that `sees` gives.

        Returns:
            ``(n,)`` and ``(n, n_atoms, 3)``; ``None`` for what it does not see.
        """


@dataclass(frozen=True, eq=False)
class Energy:
    """MSE(E) in eV^2."""

    weight: float
    needs_forces: ClassVar[bool] = False
    has_offset: ClassVar[bool] = True

    def sees(self, energies: Any, forces: Any) -> Any:
        """The energies."""
        return energies

    def seen_from(self, slopes: Any) -> tuple[Any, Any]:
        """The energies' part."""
        return slopes, None


@dataclass(frozen=True, eq=False)
class Forces:
    """MSE(F) in eV^2/angstrom^2, over all components or along a line."""

    weight: float
    along: Line | None = None
    needs_forces: ClassVar[bool] = True
    has_offset: ClassVar[bool] = False

    def sees(self, energies: Any, forces: Any) -> Any:
        """All components of the forces, or the one along the line, ``(n,)``."""
        return forces if self.along is None else self.along.component(forces)

    def seen_from(self, slopes: Any) -> tuple[Any, Any]:
        """The forces' part."""
        return None, slopes if self.along is None else slopes[:, None, None] * self.along.direction


Terms = tuple[Term, ...]
"""The terms of one loss, at least one."""


def terms_of(config: "LossConfig", data: Structures) -> Terms:
    """The terms that have a weight.

    Args:
        config: the section ``loss`` of a config.
        data: the training set.

    Returns:
        At least one term; a config without any is refused when it is read.

    Raises:
        TrainError: a term needs forces or a line, but ``data`` has none.
    """
    if config.forces and data.forces is None:
        raise TrainError(
            f"{data.source} has no forces, but loss.forces is {config.forces:g}; set loss.forces to 0"
        )
    line = None if config.along is None else Line.through(data)
    if config.along is not None and line is None:
        raise TrainError(f"{data.source}: its structures do not lie on a line; leave loss.along out")
    table: Terms = (Energy(config.energy), Forces(config.forces, line))
    return tuple(term for term in table if term.weight)


def need_forces(terms: Terms) -> bool:
    """Whether any of the terms needs forces."""
    return any(term.needs_forces for term in terms)


ENERGIES_ALONE: Terms = (Energy(1.0),)
"""MSE(E): what ``lbfgs.energies_first`` minimises first."""
