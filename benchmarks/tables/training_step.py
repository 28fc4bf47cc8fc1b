"""A step of training: the loss with its gradient, by this project and by others."""

from functools import partial
from typing import Any

from benchmarks.case import (
    Case,
    Column,
    Goal,
    Lab,
    Row,
    Settings,
    Table,
    exponent,
    mebibytes,
    milliseconds,
    significant,
)
from benchmarks.environments import BEFORE, HERE
from benchmarks.timing import QUICK, Contender, Running, Turns, in_turns

KERNEL, COUNTED, JAX = "kernel", "counted operations", "JAX"
CLOSED, DEMO = "PennyLane, closed forms", "PennyLane, as its demo"
ADJOINT = "PennyLane, lightning.qubit"

SAME = 1e-8
"""Contenders are timed whose loss and gradient are equal to the kernel's, relative to the loss and the largest part."""

TEXT = f"""\
The loss over a shipped training set and its gradient by all parameters, in double precision and on one thread. All
contenders get the same parameters, positions and labels, and are timed only if their loss and gradient equal the
kernel's to {SAME:.0e}.

- **{KERNEL}**, **{JAX}**: `siqml train` with `backend: kernel` and with `backend: jax`.
- **{COUNTED}**: as many multiplications with an addition, eight structures in one instruction, as the gates of the
  kernel's circuit take (`operations` in `eqcompile/kernel/tables.py`), one after the other in registers: what the
  kernel would take if nothing else took time.
- **{BEFORE}**: `siqml train` at that commit, which the goals are measured by.
- **{CLOSED}**: `default.qubit` with JAX under `jax.jit`, gates from their closed forms, the batch by broadcasting.
- **{DEMO}**: the same with a matrix exponential for each gate and `jax.vmap`, as PennyLane's demo of the water
  model is written.
- **{ADJOINT}**: its adjoint method, asked of the device directly: one circuit for each structure, and the chain
  rule by hand.

The kernel's machine code is kept between processes, and was there; all others compile in their first call.
"""

COLUMNS = (
    Column("median", "CPU ms, median", milliseconds),
    Column("minimum", "minimum", milliseconds),
    Column("ratio", "times the kernel", significant),
    Column("repetitions", "repetitions"),
    Column("first", "first call, s", significant),
    Column("memory", "peak, MiB", mebibytes),
    Column("apart", "apart", exponent),
)


def cases(settings: Settings) -> tuple[Case, ...]:
    """One case for each model and loss."""
    listed = [
        _case("lih", "LiH, energies", "lih", "lih"),
        _case("water", "Water, energies", "water", "water", Goal(KERNEL, BEFORE, 4)),
        _case(
            "water_forces", "Water, energies and forces", "water_forces", "water",
            Goal(KERNEL, BEFORE, 5), Goal(KERNEL, CLOSED, 20), Goal(KERNEL, DEMO, 200),
        ),
        _case("dimer", "Two water molecules, energies", "dimer_cool", "dimer", Goal(KERNEL, BEFORE, 14)),
        _case(
            "dimer_forces", "Two water molecules, energies and forces", "dimer_cool_forces", "dimer",
            Goal(KERNEL, BEFORE, 18),
        ),
    ]  # fmt: skip
    return tuple(listed[1:2] if settings.quick else listed)


def _case(name: str, title: str, config: str, model: str, *goals: Goal) -> Case:
    return Case(name, title, partial(measure, config, model), goals)


def measure(config: str, model: str, lab: Lab) -> list[Row]:
    """Rows of a case."""
    task = str(lab.scratch / f"{config}.npz")
    write = Contender(
        "task", HERE, "benchmarks.contenders.project:write_task", {"config": config, "path": task}
    )
    Running(write, lab).stop()
    turns = QUICK if lab.settings.quick else Turns()
    return in_turns(contenders(config, model, task, lab.settings), lab, turns, apart, SAME)


def contenders(config: str, model: str, task: str, settings: Settings) -> list[Contender]:
    """Who takes part: what would take minutes for a row only if asked for."""
    project, pennylane = "benchmarks.contenders.project", "benchmarks.contenders.in_pennylane"
    ours = {"config": config, "task": task}
    theirs = {"model": model, "task": task}
    found = [
        *(
            Contender(name, HERE, f"{project}:step", {**ours, "backend": name.lower()})
            for name in (KERNEL, JAX)
        ),
        Contender(COUNTED, HERE, "benchmarks.contenders.floor:counted", {"config": config}, compared=False),
        Contender(BEFORE, BEFORE, "benchmarks.contenders.before:step", ours),
    ]
    if model != "dimer" or settings.long:
        arguments = {**theirs, "gates": "closed", "batched": True}
        found.append(Contender(CLOSED, "pennylane", f"{pennylane}:step", arguments))
    if model == "water" and not settings.quick:
        arguments = {**theirs, "gates": "demo", "batched": False}
        found.append(Contender(DEMO, "pennylane", f"{pennylane}:step", arguments))
    if config == "water" and not settings.quick:
        found.append(
            Contender(ADJOINT, "pennylane", "benchmarks.contenders.in_lightning:step", {"task": task})
        )
    return found


def apart(outcome: dict[str, Any], expected: dict[str, Any]) -> float:
    """The largest relative difference of loss and gradient."""
    largest = max(abs(value) for value in expected["gradient"])
    pairs = zip(outcome["gradient"], expected["gradient"], strict=True)
    slopes = max(abs(a - b) for a, b in pairs) / largest
    return float(max(abs(outcome["loss"] / expected["loss"] - 1), slopes))


TABLE = Table(
    "training_step",
    "A step of training",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "jax", "jaxlib", "numba", "llvmlite"),
    peers=("pennylane",),
)
