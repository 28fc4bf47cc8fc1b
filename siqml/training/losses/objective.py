"""What a training minimises: the loss over all structures or a few, with a fixed or a fitted map to energies."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from siqml.field.backend import Backend
from siqml.field.scaling import Scaling
from siqml.molecule.internal_coordinates import AnyFrame
from siqml.molecule.structures import Array, Structures
from siqml.training.losses.normal_equations import NormalEquations
from siqml.training.losses.terms import Terms

if TYPE_CHECKING:
    import eqcompile as eq

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Labels:
    """What a model is compared with, where a training may draw it anew.

    Attributes:
        energies: ``(n,)`` in eV.
        scaling: fixed map from values to energies, or ``None`` if it is fitted for each set of parameters.
        mixed: whether a fitted map has a factor of its own for each name of weights.
    """

    energies: Array
    scaling: Scaling | None
    mixed: bool = False


@dataclass(frozen=True, eq=False)
class Objective(ABC):
    """A model, a training set, and how they are compared; by the kernel or by JAX.

    Attributes:
        model: the model.
        frame: atoms to sites.
        data: the training set.
        terms: terms of the loss.
    """

    model: "eq.ProgramSum"
    frame: AnyFrame
    data: Structures
    terms: Terms

    @property
    @abstractmethod
    def backend(self) -> Backend:
        """What evaluates the model."""

    @abstractmethod
    def value_and_gradient(
        self, params: Array, labels: Labels, chosen: Indices | None = None
    ) -> tuple[float, Array]:
        """The loss and its gradient ``(P,)``.

        Args:
            params: ``(P,)``.
            labels: energies and the map to them.
            chosen: the structures that it is over; by default all of the training set.
        """

    @abstractmethod
    def value(self, params: Array, labels: Labels) -> float:
        """The loss over the training set, without its gradient."""

    @abstractmethod
    def linearised(self, params: Array, labels: Labels) -> NormalEquations:
        """The loss with its normal equations, for a step of Gauss-Newton."""

    @abstractmethod
    def scaling_at(self, params: Array, labels: Labels) -> Scaling:
        """The map from values to energies: the fixed one, or the best one at these parameters."""

    @abstractmethod
    def energies(self, params: Array, scaling: Scaling, data: Structures) -> Array:
        """Energies ``(n,)`` in eV of other structures by this map."""

    @abstractmethod
    def loss_over(self, params: Array, scaling: Scaling, data: Structures) -> float:
        """The loss over other structures by this map."""

    def require_agreement(self, fingerprint: str, position: list[int]) -> None:
        """Refuse to go on where processes that share a training were given different ones.

        Args:
            fingerprint: fingerprint of the training.
            position: phase and step.

        Raises:
            TrainError: they were.
        """
        return

    def with_terms(self, terms: Terms) -> Self:
        """The same with another loss."""
        return replace(self, terms=terms)


def part_of(data: Structures, labels: Labels, chosen: Indices | None) -> Structures:
    """The structures that a loss is over, with the energies of the labels."""
    drawn = replace(data, energies=labels.energies)
    return drawn if chosen is None else drawn.chosen(chosen.tolist())
