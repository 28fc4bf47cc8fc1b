"""The cost of verifying a circuit, against gates and qubits."""

from benchmarks.case import Case, Column, Lab, Row, Settings, Table, significant
from benchmarks.environments import HERE
from benchmarks.timing import Contender, once

SHAPES = ((6, 30), (12, 14), (12, 28), (12, 56), (50, 10), (100, 5), (100, 10))
"""Numbers of qubits and of double layers; every qubit has a gate in every layer."""

DISGUISED = ((8, 2), (10, 2), (12, 2))

TEXT = """\
Rings of exchange gates under SU(2) and translations: right ones, ones with a single angle off by a billionth, and a
circuit with its inverse between a field and its inverse, which only the whole register decides. The verdicts are
those for the generators in turn: `+` equivariant, `-` not, `?` undecided.
"""

COLUMNS = (
    Column("qubits", "qubits"),
    Column("rotations", "rotations"),
    Column("verdict", "verdicts"),
    Column("seconds", "CPU s", significant),
    Column("rate", "per rotation, to the first", significant),
)


def cases(settings: Settings) -> tuple[Case, ...]:
    """All in one case."""
    return (Case("chains", "Rings of exchange gates", measure),)


def measure(lab: Lab) -> list[Row]:
    """A row for each shape."""
    shapes = SHAPES[:2] if lab.settings.quick else SHAPES
    asked = [(kind, shape) for shape in shapes for kind in ("right", "wrong")]
    asked += [("disguised", shape) for shape in (() if lab.settings.quick else DISGUISED)]
    found: list[Row] = []
    for kind, (num_qubits, depth) in asked:
        arguments = {"num_qubits": num_qubits, "depth": depth, "kind": kind}
        row = once(Contender(kind, HERE, "benchmarks.contenders.exchange_circuits:chain", arguments), lab)
        found.append(row | {"qubits": num_qubits})
    rates = [row["seconds"] / row["rotations"] for row in found if "seconds" in row]
    for row in found:
        if "seconds" in row:
            row["rate"] = row["seconds"] / row["rotations"] / rates[0]
    return found


TABLE = Table(
    "verification_scaling",
    "Verifying long and wide circuits",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "python-flint"),
)
