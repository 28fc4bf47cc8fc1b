"""How the cost of a derivation on two sites grows with the number of qubits."""

from functools import partial

from benchmarks.case import Case, Column, Lab, Row, Settings, Table, mebibytes, significant
from benchmarks.environments import HERE
from benchmarks.timing import Contender, once

SIZES = (126, 252, 504, 999)

FAMILIES = (
    "S_n", "C_n", "D_n", "SU(2)", "U(1)", "SU(2) x C_n", "C_4 rotations x C_n", "T_d about every site x C_n",
    "Pauli X...X x C_n", "SU(2) x (S_2 wr S_m) x parity",
)  # fmt: skip

TEXT = """\
Generators on two sites at the most, for families of groups: how the time grows with the number of qubits, and with
the number of terms of the result. Each number is one call in a process of its own.
"""

COLUMNS = (
    Column("qubits", "qubits"),
    Column("dimension", "generators"),
    Column("terms", "terms"),
    Column("seconds", "CPU s", significant),
    Column("rate", "s for a million terms", significant),
    Column("memory", "peak, MiB", mebibytes),
)


def cases(settings: Settings) -> tuple[Case, ...]:
    """All families in one case."""
    sizes = SIZES[:1] if settings.quick else SIZES if settings.long else (SIZES[0], SIZES[-1])
    return (Case("families", "Families of groups", partial(measure, sizes)),)


def measure(sizes: tuple[int, ...], lab: Lab) -> list[Row]:
    """A row for each family and size."""
    found = []
    for family in FAMILIES:
        for n in sizes:
            arguments = {"family": family, "n": n}
            row = once(Contender(family, HERE, "benchmarks.contenders.derivations:scaling", arguments), lab)
            row["qubits"] = n
            if "seconds" in row:
                row["rate"] = 1e6 * row["seconds"] / row["terms"]
            found.append(row)
        lab.say(family)
    return found


TABLE = Table(
    "derivation_scaling",
    "Derivations on up to a thousand qubits",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "scipy", "python-flint", "sympy"),
)
