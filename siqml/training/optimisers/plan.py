"""Which optimiser takes how many steps, phase after phase: the table of all phases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from siqml.training.config import Config
from siqml.training.losses.objective import Objective
from siqml.training.losses.terms import ENERGIES_ALONE
from siqml.training.optimisers.adam import adam
from siqml.training.optimisers.gauss_newton import STEPS_PER_LOOK, gauss_newton
from siqml.training.optimisers.lbfgs import lbfgs
from siqml.training.optimisers.phase import STRIDE, Phase
from siqml.training.optimisers.task import Optimiser, Task

if TYPE_CHECKING:
    import eqcompile as eq


@dataclass(frozen=True)
class PlannedPhase:
    """One row of the table.

    Attributes:
        name: name in the record of a run and in its picture.
        setting: setting of the config that gives the number of steps; if it is ``None``, there is no such phase.
        optimiser: function that makes the phase.
        energies_first: whether it minimises MSE(E) alone if ``lbfgs.energies_first`` is set.
        stride: that of its `Phase`.
    """

    name: str
    setting: str
    optimiser: Optimiser
    energies_first: bool = False
    stride: int = STRIDE

    def steps(self, config: Config) -> int | None:
        """The number of steps that a config asks for."""
        part: Any = config
        for key in self.setting.split("."):
            part = getattr(part, key, None)
        return None if part is None else int(part)


PHASES: Final = (
    PlannedPhase("adam", "adam.steps", adam, energies_first=True),
    PlannedPhase("lbfgs, energies", "lbfgs.energies_first", lbfgs, energies_first=True),
    PlannedPhase("lbfgs", "lbfgs.steps", lbfgs),
    PlannedPhase("gauss-newton", "gauss_newton.steps", gauss_newton, stride=STEPS_PER_LOOK),
)
"""All phases in the order in which they run. A checkpoint holds the number of its phase among those of its config."""


def step_settings(config: Config, counts: Sequence[int]) -> tuple[str, ...]:
    """Settings that give the phases of a config other numbers of steps.

    Args:
        config: config of a training.
        counts: one number for each phase, or one for all that take any steps.

    Returns:
        Settings such as ``("adam.steps=100", "lbfgs.steps=200")``.
    """
    there = [row for row in PHASES if row.steps(config) is not None]
    if len(counts) == 1:
        return tuple(f"{row.setting}={counts[0]}" for row in there if row.steps(config))
    return tuple(f"{row.setting}={count}" for row, count in zip(there, counts, strict=True))


def phases(config: Config, model: "eq.ProgramSum", objective: Objective) -> tuple[Phase, ...]:
    """The phases that a config asks for, ready to run.

    Args:
        config: configuration of the training.
        model: the compiled model.
        objective: what is minimised in the end.

    Raises:
        TrainError: an optimiser refuses; see there.
    """
    first = objective
    if config.lbfgs.energies_first is not None:
        first = objective.with_terms(ENERGIES_ALONE)
    planned = ((row, row.steps(config)) for row in PHASES)
    return tuple(
        row.optimiser(Task(row.name, steps, first if row.energies_first else objective, config, model))
        for row, steps in planned
        if steps is not None
    )
