"""Whether a circuit respects a group: this project beside matrices and an equivalence checker."""

from functools import partial
from typing import Any

from benchmarks.case import (
    Case,
    Column,
    Lab,
    Row,
    Settings,
    Table,
    exponent,
    mebibytes,
    significant,
    where_slower,
)
from benchmarks.environments import HERE
from benchmarks.timing import Contender, once

DEPTH = 4
WAIT = 12.0
MEMORY_GIB = 8.0
TOLERANCE = 1e-9

OURS = "this project"

CONTENDERS = {
    OURS: (HERE, "project"),
    "matrices": (HERE, "matrices"),
    "MQT QCEC": ("qcec", "qcec"),
}

TEXT = f"""\
Rings of exchange gates on 4 to 16 qubits, {2 * DEPTH} layers with a parameter each, under SU(2) on all qubits and
the shift by two sites. In a wrong circuit, one angle in the middle is a thousandth too large. Each number is one
call in a process of its own, of {WAIT:g} CPU seconds and {MEMORY_GIB:g} GiB at the most.

- **{OURS}**: `eq.verify`. It decides for all values of the parameters and all elements of the group, in exact
  numbers.
- **matrices**: Qiskit's `Operator`, and its commutators with the generators by numpy. It decides for one choice of
  numbers, to {TOLERANCE:.0e}.
- **MQT QCEC**: `mqt.qcec.verify` of the circuit and its copy under one random rotation and the shift, on one core
  with its defaults otherwise. It decides for one choice of numbers and one element of the group. Where it says
  "probably equivalent", its simulations found no difference.
"""

COLUMNS = (
    Column("qubits", "qubits"),
    Column("verdict", "verdict"),
    Column("residual", "residual", exponent),
    Column("seconds", "CPU s", significant),
    Column("memory", "peak, MiB", mebibytes),
)


def cases(settings: Settings) -> tuple[Case, ...]:
    """Right and wrong circuits, as they are and after the transpiler."""
    sizes = (4, 6) if settings.quick else (4, 8, 12, 16)
    return tuple(
        Case(
            f"{right}_{form}",
            f"{right.capitalize()} circuits{', transpiled to cx, rz, sx and x' if form == 'transpiled' else ''}",
            partial(measure, sizes, right == "right", form == "transpiled"),
        )
        for form in ("plain", "transpiled")
        for right in ("right", "wrong")
    )


def measure(sizes: tuple[int, ...], right: bool, transpiled: bool, lab: Lab) -> list[Row]:
    """Each program, for more and more qubits."""
    found = []
    for name, (place, function) in CONTENDERS.items():
        for n in sizes:
            arguments: dict[str, Any] = {"n": n, "depth": DEPTH, "right": right, "transpiled": transpiled}
            arguments |= {"tolerance": TOLERANCE} if function == "matrices" else {}
            called = f"benchmarks.contenders.exchange_circuits:{function}"
            row = once(Contender(name, place, called, arguments, WAIT, MEMORY_GIB), lab)
            row["qubits"] = n
            lab.say(f"{name}, {n} qubits: {row.get('missing') or row['verdict']}")
            found.append(row)
            if "missing" in row:
                break
    return found


TABLE = Table(
    "verification",
    "Verifying circuits",
    TEXT,
    COLUMNS,
    cases,
    partial(where_slower, OURS),
    packages=("numpy", "qiskit", "python-flint"),
    peers=("qcec",),
)
