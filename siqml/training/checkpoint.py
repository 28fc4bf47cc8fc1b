"""Everything a training needs to continue to the same bits: parameters, optimiser state, position."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from siqml.errors import TrainError
from siqml.field.backend import Backend
from siqml.field.sealed import read_sealed, write_sealed
from siqml.molecule.structures import Array
from siqml.training.optimisers.phase import State

KIND: Final = "siqml-checkpoint-2"

FACTS: Final[Mapping[str, type]] = MappingProxyType(
    {"phase": int, "step": int, "fingerprint": str, "backend": str}
)


@dataclass(frozen=True, eq=False)
class Best:
    """The best parameters so far, by the loss over the held-out structures.

    Attributes:
        loss: loss over these structures.
        step: step at which they were found, counted over all phases.
        params: the parameters, ``(P,)``.
    """

    loss: float
    step: int
    params: Array


@dataclass(frozen=True, eq=False)
class TrainState:
    """Where a training stands.

    Attributes:
        phase: index of the running phase.
        step: number of steps done in this phase.
        params: the parameters, ``(P,)``.
        optimizer: the optimiser's state.
        best: what early stopping has found, if it is used.
    """

    phase: int
    step: int
    params: Array
    optimizer: State
    best: Best | None = None


def save_checkpoint(path: Path, state: TrainState, fingerprint: str, backend: Backend) -> None:
    """Write ``state`` atomically.

    Args:
        path: the ``.safetensors`` file.
        state: where the training stands.
        fingerprint: fingerprint of everything that decides the result: config, spec, data.
        backend: what evaluates the model; it decides the last bits.
    """
    arrays = {f"optimizer.{name}": array for name, array in state.optimizer.items()} | {
        "params": state.params
    }
    if state.best is not None:
        loss, step = np.array(state.best.loss), np.array(state.best.step)
        arrays |= {"best.loss": loss, "best.step": step, "best.params": state.best.params}
    facts = {"phase": state.phase, "step": state.step, "fingerprint": fingerprint, "backend": backend}
    write_sealed(path, KIND, facts, arrays)


def read_position(
    path: Path, fingerprint: str, backend: Backend | None = None
) -> tuple[int, int, dict[str, Any]]:
    """Read a checkpoint of this very training.

    Args:
        path: the file.
        fingerprint: fingerprint of the training as it is now.
        backend: what evaluates the model now; ``None``: whatever did.

    Returns:
        phase, step, and the arrays by name.

    Raises:
        TrainError: there is no checkpoint, or it is damaged or belongs to another training.
    """
    if not path.is_file():
        raise TrainError(
            f"{path}: no checkpoint to continue from; begin the run again with: siqml train "
            f"{path.parent / 'config.yaml'} -o {path.parent} --overwrite"
        )
    facts, arrays = read_sealed(path, KIND, TrainError, "start again with --overwrite", FACTS, ("params",))
    if facts["fingerprint"] != fingerprint:
        raise TrainError(f"{path}: config, spec or data changed since; start again with --overwrite")
    if backend not in (None, facts["backend"]):
        raise TrainError(
            f"{path}: begun with backend: {facts['backend']}, and now it is {backend}, whose last bits differ; set it "
            "in the config, or start again with --overwrite"
        )
    return facts["phase"], facts["step"], arrays


def hand_over(path: Path, before: str, after: str) -> None:
    """Make a checkpoint that of another training, which does the same up to there.

    Args:
        path: the file.
        before: fingerprint of the training that wrote it.
        after: fingerprint of the training that goes on from it.

    Raises:
        TrainError: the errors are those of `read_position`.
    """
    read_position(path, before)
    facts, arrays = read_sealed(path, KIND, TrainError, "start again with --overwrite", FACTS, ("params",))
    write_sealed(path, KIND, facts | {"fingerprint": after}, arrays)


def is_of_this_version(path: Path) -> bool:
    """Whether a file is a sound checkpoint that this version wrote, of whatever training."""
    try:
        read_sealed(path, KIND, TrainError, "", FACTS, ("params",))
    except TrainError:
        return False
    return True


def has_checkpoint(path: Path, fingerprint: str, backend: Backend | None = None) -> bool:
    """Whether there is a sound checkpoint of this very training."""
    try:
        read_position(path, fingerprint, backend)
    except TrainError:
        return False
    return True


def restore(tensors: dict[str, Any], like: State) -> tuple[Array, State, Best | None]:
    """Arrays of a checkpoint as parameters, optimiser state, and the best parameters so far.

    Args:
        tensors: arrays from `read_position`.
        like: a state of the same optimiser, for its names and shapes.

    Returns:
        params, optimiser state, and what early stopping has found, if it is used.

    Raises:
        TrainError: the state has another structure, for instance after a change of version.
    """
    optimizer = {}
    for name, array in like.items():
        found = tensors.get(f"optimizer.{name}")
        if found is None or found.shape != array.shape or found.dtype != array.dtype:
            raise TrainError(
                "the checkpoint was written by another version of the optimiser; start with --overwrite"
            )
        optimizer[name] = found
    best = None
    if "best.params" in tensors:
        loss, step, params = (tensors.get(f"best.{name}", np.zeros(0)) for name in ("loss", "step", "params"))
        if loss.size != 1 or step.size != 1 or params.shape != tensors["params"].shape:
            raise TrainError(
                "the checkpoint does not hold the best parameters in full; start with --overwrite"
            )
        best = Best(float(loss), int(step), params)
    return tensors["params"], optimizer, best
