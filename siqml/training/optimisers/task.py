"""What an optimiser is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siqml.training.config import Config
from siqml.training.losses.objective import Objective
from siqml.training.optimisers.phase import Phase

if TYPE_CHECKING:
    import eqcompile as eq


@dataclass(frozen=True, eq=False)
class Task:
    """One phase, before its optimiser has made it.

    Attributes:
        name: name of the phase.
        steps: number of steps.
        objective: what is minimised, with the terms of this phase.
        config: configuration of the whole training; an optimiser reads its own section and the seed.
        model: the compiled model.
    """

    name: str
    steps: int
    objective: Objective
    config: Config
    model: "eq.ProgramSum"


Optimiser = Callable[[Task], Phase]
