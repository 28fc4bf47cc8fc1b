"""Which optimiser takes how many steps, one phase after the other: the table of all phases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from siqml.training.config import Config
from siqml.training.losses.objective import Objective
from siqml.training.losses.terms import ENERGIES_ALONE
from siqml.training.optimisers.adam import adam
from siqml.training.optimisers.lbfgs import lbfgs
from siqml.training.optimisers.phase import Phase
from siqml.training.optimisers.task import Optimiser, Task

if TYPE_CHECKING:
    import eqcompile as eq


@dataclass(frozen=True)
class PlannedPhase:
    """One row of the table.

    Attributes:
        name: as it stands in the record of a run and in its picture.
        setting: of the config that says how many steps; where that is ``None``, there is no such phase.
        optimiser: what makes it.
        energies_first: with ``lbfgs.energies_first`` it minimises MSE(E) alone.
    """

    name: str
    setting: str
    optimiser: Optimiser
    energies_first: bool = False

    def steps(self, config: Config) -> int | None:
        """How many a config asks for."""
        part: Any = config
        for key in self.setting.split("."):
            part = getattr(part, key)
        return None if part is None else int(part)


PHASES: Final = (
    PlannedPhase("adam", "adam.steps", adam, energies_first=True),
    PlannedPhase("lbfgs, energies", "lbfgs.energies_first", lbfgs, energies_first=True),
    PlannedPhase("lbfgs", "lbfgs.steps", lbfgs),
)
"""In the order in which they run. A checkpoint holds the number of its phase among those that a config asks for."""


def step_settings(config: Config, counts: Sequence[int]) -> tuple[str, ...]:
    """Settings that give other numbers of steps to the phases of a config.

    Args:
        config: of a training.
        counts: one for each phase, or one for all.

    Returns:
        Such as ``("adam.steps=100", "lbfgs.steps=200")``.
    """
    settings = [row.setting for row in PHASES if row.steps(config) is not None]
    given = tuple(counts) * len(settings) if len(counts) == 1 else counts
    return tuple(f"{setting}={count}" for setting, count in zip(settings, given, strict=True))


def phases(config: Config, model: "eq.ProgramSum", objective: Objective) -> tuple[Phase, ...]:
    """The phases that a config asks for, ready to run.

    Args:
        config: of the training.
        model: the compiled model.
        objective: what is minimised in the end.

    Raises:
        TrainError: as the optimisers.
    """
    first = objective
    if config.lbfgs.energies_first is not None:
        first = replace(objective, terms=ENERGIES_ALONE)
    planned = ((row, row.steps(config)) for row in PHASES)
    return tuple(
        row.optimiser(Task(row.name, steps, first if row.energies_first else objective, config, model))
        for row, steps in planned
        if steps is not None
    )
