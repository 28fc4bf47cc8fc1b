"""Forms of a step of training in JAX: by layers or by gates, and the gradient of a loss with forces."""

from functools import partial

from benchmarks.case import Case, Column, Lab, Row, Settings, Table, mebibytes, milliseconds, significant
from benchmarks.environments import HERE
from benchmarks.timing import QUICK, Contender, Turns, in_turns

ROWS = {
    "forward": (False, "forward"),
    "forward, gate by gate": (True, "forward"),
    "energy loss": (False, "energy"),
    "energy loss, gate by gate": (True, "energy"),
    "energy and force loss, one dual pass": (False, "dual"),
    "the same, gate by gate": (True, "dual"),
    "energy and force loss, differentiated twice": (False, "plain"),
}

TEXT = """\
This project's JAX alone: why layers are multiplied out before they are applied ([ADR
5](../adr/0005-jax-blocks.md)), and why the gradient of a loss with forces goes backwards through the model once.
"""

COLUMNS = (
    Column("median", "CPU ms, median", milliseconds),
    Column("minimum", "minimum", milliseconds),
    Column("ratio", "times forward", significant),
    Column("repetitions", "repetitions"),
    Column("first", "first call, s", significant),
    Column("memory", "peak, MiB", mebibytes),
)


def cases(settings: Settings) -> tuple[Case, ...]:
    """Water."""
    return (Case("water", "Water, 473 structures", partial(measure, "water_forces")),)


def measure(config: str, lab: Lab) -> list[Row]:
    """A row for each form."""
    contenders = [
        Contender(
            name,
            HERE,
            "benchmarks.contenders.jax_forms:step",
            {"config": config, "gates": gates, "loss": loss},
        )
        for name, (gates, loss) in ROWS.items()
    ]
    return in_turns(contenders, lab, QUICK if lab.settings.quick else Turns())


TABLE = Table(
    "jax_forms",
    "Forms of a step in JAX",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "jax", "jaxlib"),
    inner=True,
)
