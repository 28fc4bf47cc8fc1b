"""One structure at a time: energy and forces, and steps of molecular dynamics."""

from functools import partial
from typing import Any

from benchmarks.case import Case, Column, Lab, Row, Settings, Table, exponent, mebibytes, significant
from benchmarks.environments import BEFORE, HERE
from benchmarks.timing import QUICK, Contender, Running, Turns, in_turns

STEPS = 100
"""Steps of molecular dynamics in one call."""

SAME, SAME_PATH = 1e-8, 1e-6
"""Contenders are timed whose energy and forces are equal, also at the end of a path."""

TURNS = Turns(most=5000, budget=6)

TEXT = f"""\
Energy and forces of one structure from Python, and {STEPS} steps of molecular dynamics at constant energy. Models
have their start values, which take as long as any others. Contenders are timed only if their energies and forces
are equal.

- **ForceField.predict**, **siqml md**: this project as it comes; steps without the writing of frames.
- **SiqmlCalculator**: steps by ASE's `VelocityVerlet` and the calculator.
- **program.to_kernel()**: the kernel alone.
- **{BEFORE}**: the same at the commit that the goals are measured by.
- **PennyLane, closed forms**: value and gradient of a QNode on `default.qubit`, under `jax.jit`.
"""

COLUMNS = (
    Column("median", "CPU µs, median", lambda seconds: significant(1e6 * seconds)),
    Column("minimum", "minimum", lambda seconds: significant(1e6 * seconds)),
    Column("rate", "steps in a second", significant),
    Column("ratio", "times the first", significant),
    Column("repetitions", "repetitions"),
    Column("first", "first call, s", significant),
    Column("memory", "peak, MiB", mebibytes),
    Column("apart", "apart", exponent),
)

MODELS = {"water": ("water", "water", "Water"), "dimer": ("dimer_cool", "dimer", "Two water molecules")}


def cases(settings: Settings) -> tuple[Case, ...]:
    """Energy and forces, and dynamics, of water and of two water molecules."""
    found = []
    for name, (config, model, title) in MODELS.items():
        found.append(Case(name, f"{title}: energy and forces", partial(measure, config, model)))
        found.append(
            Case(f"{name}_md", f"{title}: steps of molecular dynamics", partial(measure_steps, config))
        )
    return tuple(found[:2] if settings.quick else found)


def measure(config: str, model: str, lab: Lab) -> list[Row]:
    """Energy and forces."""
    task = str(lab.scratch / f"{config}.npz")
    write = Contender(
        "task", HERE, "benchmarks.contenders.project:write_task", {"config": config, "path": task}
    )
    Running(write, lab).stop()
    project = "benchmarks.contenders.project"
    contenders = [
        Contender("ForceField.predict", HERE, f"{project}:predict", {"config": config}),
        Contender("program.to_kernel()", HERE, f"{project}:kernel_alone", {"config": config}),
        Contender(BEFORE, BEFORE, "benchmarks.contenders.before:predict", {"config": config}),
    ]
    if lab.settings.long or (model == "water" and not lab.settings.quick):
        theirs = {"model": model, "task": task}
        called = "benchmarks.contenders.in_pennylane:predict"
        contenders.append(Contender("PennyLane, closed forms", "pennylane", called, theirs))
    return in_turns(contenders, lab, QUICK if lab.settings.quick else TURNS, apart, SAME)


def measure_steps(config: str, lab: Lab) -> list[Row]:
    """Steps of molecular dynamics."""
    arguments = {"config": config, "steps": STEPS}
    contenders = [
        Contender("siqml md", HERE, "benchmarks.contenders.project:molecular_dynamics", arguments),
        Contender("SiqmlCalculator", HERE, "benchmarks.contenders.project:ase_dynamics", arguments),
        Contender(BEFORE, BEFORE, "benchmarks.contenders.before:molecular_dynamics", arguments),
    ]
    rows = in_turns(contenders, lab, QUICK if lab.settings.quick else TURNS, apart, SAME_PATH)
    for row in rows:
        if "median" in row:
            row |= {key: row[key] / STEPS for key in ("median", "minimum")}
            row["rate"] = 1 / row["median"]
    return rows


def apart(outcome: dict[str, Any], expected: dict[str, Any]) -> float:
    """The largest difference of energy and forces, relative to the largest force."""
    largest = max(abs(force) for force in expected["forces"])
    pairs = [
        *zip(outcome["forces"], expected["forces"], strict=True),
        (outcome["energy"], expected["energy"]),
    ]
    return float(max(abs(a - b) for a, b in pairs) / largest)


TABLE = Table(
    "one_structure",
    "One structure at a time",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "jax", "jaxlib", "numba", "ase"),
    peers=("pennylane",),
)
