"""A phase of training: an optimiser as a pure function from one state to the next.

All numbers that a later step depends on are in the state, as arrays by name. So a training that is interrupted between
any two steps continues to the same bits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from siqml.molecule.structures import Array
from siqml.training.losses.objective import Labels

STRIDE: Final = 50
"""Steps between two looks at the progress, unless an optimiser's steps take long."""

State = Mapping[str, npt.NDArray[Any]]
"""Arrays of fixed shape and type, by name."""


@dataclass(frozen=True)
class Phase:
    """One optimiser at work.

    Attributes:
        name: name in the record of a run, see `siqml.training.optimisers.plan`.
        steps: number of steps in all.
        init: function that gives the state for given parameters.
        step: ``(params, state, labels) -> (params, state, loss)``; the loss is the one before the step.
        stride: steps between two looks at the progress, and the most that Ctrl-C has to wait for.
    """

    name: str
    steps: int
    init: Callable[[Array], State]
    step: Callable[[Array, State, Labels], tuple[Array, State, float]]
    stride: int = STRIDE

    def advance(
        self, params: Array, state: State, labels: Labels, num_steps: int
    ) -> tuple[Array, State, float]:
        """Take some steps; the loss is the one before the last of them."""
        loss = np.inf
        for _ in range(num_steps):
            params, state, loss = self.step(params, state, labels)
        return params, state, loss
