"""More steps for a training that has ended, as if it had asked for them from the start."""

from collections.abc import Callable
from typing import Final

import eqcompile as eq
from siqml.errors import TrainError
from siqml.training.checkpoint import hand_over, has_checkpoint, read_position
from siqml.training.config import Config, load_config, to_yaml
from siqml.training.optimisers.plan import PHASES, PlannedPhase
from siqml.training.run_folder import RunFolder

AFTERWARDS: Final = "train on from its model: siqml train CONFIG --set start.model={} -o NEW"
"""What the user can do instead, with the run folder."""


def lengthen(folder: RunFolder, config: Config, fingerprint: Callable[[Config], str], more: int) -> Config:
    """Give the last phase of a run more steps, in its config and its checkpoint.

    L-BFGS does not know how many steps it will take, nor does Adam at a constant rate: their first steps are the same
    whatever follows. Adam with a rate that falls over all of its steps is another training from the first step on.

    Args:
        folder: folder of the run.
        config: its config.
        fingerprint: what gives the fingerprint of this training with a config.
        more: steps to add, at least 1.

    Returns:
        The config with these steps, which is that of the run from now on.

    Raises:
        TrainError: the result would not be that of a training that asked for these steps from the start: its last
            phase is Adam at a falling rate, it stopped early, or its optimiser's state is gone. Or the checkpoint is
            missing, damaged, or that of another training.
    """
    row, steps = _last(folder, config)
    longer = load_config(folder.config, (f"{row.setting}={steps + more}",))
    before, after = fingerprint(config), fingerprint(longer)
    # Where the checkpoint was handed over and then the process was killed, the same command goes on.
    if not has_checkpoint(folder.checkpoint, after):
        _refuse_another_end(folder, config, before, row, steps)
        hand_over(folder.checkpoint, before, after)
    eq.write_atomically(folder.config, to_yaml(longer))
    return longer


def _last(folder: RunFolder, config: Config) -> tuple[PlannedPhase, int]:
    """The last phase that takes steps, and how many."""
    found = [(row, steps) for row in PHASES if (steps := row.steps(config))]
    otherwise = AFTERWARDS.format(folder.root)
    if not found:
        raise TrainError(f"--more: the training of {folder.root} takes no steps; {otherwise}")
    row, steps = found[-1]
    if row.setting == "adam.steps" and config.adam.schedule != "constant":
        raise TrainError(
            f"--more: the last phase of {folder.root} is Adam, whose rate falls over all of its steps: with more of "
            f"them every step is another one; {otherwise}"
        )
    return row, steps


def _refuse_another_end(
    folder: RunFolder, config: Config, before: str, row: PlannedPhase, steps: int
) -> None:
    """Refuse a run that ended where a longer one would not have been."""
    phase, step, _ = read_position(folder.checkpoint, before)
    there = [row for row in PHASES if row.steps(config) is not None]
    last, otherwise = there.index(row), AFTERWARDS.format(folder.root)
    if phase > last and config.stop is not None:
        raise TrainError(
            f"--more: {folder.root} stopped early, as `stop` asks, and would do so again; {otherwise}"
        )
    if phase > last:
        raise TrainError(
            f"--more: the checkpoint in {folder.root} is without the state of its last optimiser; {otherwise}"
        )
    if config.stop is not None and (phase, step) == (last, steps) and step % row.stride:
        raise TrainError(
            f"--more: with `stop`, a training looks at what is held out every {row.stride} steps, and "
            f"{folder.root} did so after {step}, where a longer one would not have; {otherwise}"
        )
