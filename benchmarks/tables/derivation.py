"""What commutes with a group: this project beside numeric programs."""

from functools import partial

from benchmarks.case import Case, Column, Lab, Row, Settings, Table, exponent, mebibytes, significant
from benchmarks.environments import HERE
from benchmarks.timing import Contender, once

OURS, DENSE, EMLP, QSYMM = "this project", "dense SVD", "EMLP", "qsymm"
FUNCTIONS = {OURS: "project", DENSE: "dense", EMLP: "emlp", QSYMM: "qsymm"}
PLACES = {OURS: HERE, DENSE: HERE, EMLP: "emlp", QSYMM: "qsymm"}

WAIT, WAIT_LONG = 30.0, 600.0
MEMORY_GIB = 6.0

TEXT = f"""\
All operators that commute with a group, and those on two sites at the most: how many are found, and how surely.
Each number is one call in a process of its own. A program that takes more than {WAIT:g} seconds ({WAIT_LONG:g} with
`--long`), or more than {MEMORY_GIB:g} GiB, is not asked for more qubits.

- **{OURS}**: `eq.derive`, in exact numbers; the dimension is confirmed by characters within the same time.
- **{DENSE}**: singular values of the stacked map to all commutators, by numpy.
- **{EMLP}**: `(V(G) >> V(G)).equivariant_basis()` in single precision; its progress bar is switched off, since it
  fails with a current `tqdm`.
- **{QSYMM}**: `continuum_hamiltonian` without momenta.

The residual is the largest entry of a commutator of a generator of the group with a basis element of unit norm.
PennyLane has no function that twirls an operator or finds a commutant; its demos write it out for each group.
Numeric programs stop where the register no longer fits; on few qubits, and for groups of a thousand independent
operators, they can be as fast as exact numbers or faster, as the rows say.
"""

COLUMNS = (
    Column("qubits", "qubits"),
    Column("dimension", "independent operators"),
    Column("exact", "how"),
    Column("residual", "residual", exponent),
    Column("seconds", "CPU s", significant),
    Column("memory", "peak, MiB", mebibytes),
)


def cases(settings: Settings) -> tuple[Case, ...]:
    """One case for each group."""
    most = 4 if settings.quick else 8
    sizes = tuple(range(3, most + 1))
    known = tuple(FUNCTIONS)
    return (
        Case("su2_sn", "Everything under SU(2) x S_n", partial(measure, "su2_sn", sizes, known)),
        Case("su2", "Everything under SU(2)", partial(measure, "su2", sizes, known)),
        Case("u1", "Everything under U(1), total Z", partial(measure, "u1", sizes, known)),
        *(
            [
                Case(
                    "dimer",
                    "Everything under the group of two water molecules",
                    partial(measure, "dimer", (7,), known),
                )
            ]
            if not settings.quick
            else []
        ),
        Case("local", "On two sites at the most, under SU(2) x S_n", partial(measure_local, "su2_sn")),
    )


def measure(group: str, sizes: tuple[int, ...], names: tuple[str, ...], lab: Lab) -> list[Row]:
    """Each program, for more and more qubits."""
    found = []
    for name in names:
        for n in sizes:
            arguments = {"group": group, "n": n}
            row = _asked(name, f"benchmarks.contenders.derivations:{FUNCTIONS[name]}", arguments, lab)
            found.append(row)
            if "missing" in row:
                break
    return found


def measure_local(group: str, lab: Lab) -> list[Row]:
    """Operators on two sites: this project far beyond the sizes where matrices fit."""
    functions = "benchmarks.contenders.derivations"
    ours = (4, 6) if lab.settings.quick else (4, 6, 8, 100, 1000)
    called = f"{functions}:project"
    found = [_asked(OURS, called, {"group": group, "n": n, "locality": 2}, lab) for n in ours]
    for n in (4,) if lab.settings.quick else (4, 5, 6, 7):
        row = _asked(DENSE, f"{functions}:dense_local", {"group": group, "n": n}, lab)
        found.append(row)
        if "missing" in row:
            break
    return found


def _asked(name: str, function: str, arguments: dict[str, object], lab: Lab) -> Row:
    wait = WAIT_LONG if lab.settings.long else WAIT
    row = once(Contender(name, PLACES[name], function, arguments, wait, MEMORY_GIB), lab)
    row["qubits"] = arguments["n"]
    lab.say(f"{name}, {arguments['n']} qubits: {row.get('missing') or significant(row['seconds']) + ' s'}")
    return row


TABLE = Table(
    "derivation",
    "Deriving what commutes with a group",
    TEXT,
    COLUMNS,
    cases,
    packages=("numpy", "scipy", "python-flint", "sympy"),
    peers=("emlp", "qsymm"),
)
