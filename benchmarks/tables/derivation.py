"""What commutes with a group: this project beside numeric programs."""

from functools import partial

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

OURS, DENSE, EMLP, QSYMM = "this project", "dense SVD", "EMLP", "qsymm"
FUNCTIONS = {OURS: "project", DENSE: "dense", EMLP: "emlp", QSYMM: "qsymm"}
PLACES = {OURS: HERE, DENSE: HERE, EMLP: "emlp", QSYMM: "qsymm"}

WAIT, WAIT_OURS, WAIT_LONG = 20.0, 60.0, 600.0
MEMORY_GIB = 6.0

TEXT = f"""\
All operators that commute with a group, and those on two sites at the most: how many are found, and how surely.
Each number is one call in a process of its own, which may take {WAIT:g} CPU seconds ({WAIT_OURS:g} for this project,
{WAIT_LONG:g} for all with `--long`) and {MEMORY_GIB:g} GiB. A program is asked for more and more qubits, until it takes
more than that, or would if it grew as from the last size to this one.

- **{OURS}**: `eq.derive`, in exact numbers; the dimension is confirmed by characters within the same time.
- **{DENSE}**: singular values of the stacked map to all commutators, by numpy.
- **{EMLP}**: `(V(G) >> V(G)).equivariant_basis()` in single precision; its progress bar is switched off, since it
  fails with a current `tqdm`.
- **{QSYMM}**: `continuum_hamiltonian` without momenta.

The residual is the largest entry of a commutator of a generator of the group with a basis element of unit norm.
PennyLane has no function that twirls an operator or finds a commutant; its demos write it out for each group.
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
    found: list[Row] = []
    for name in names:
        wait, times = _wait(name, lab.settings), list[float]()
        for n in sizes:
            if len(times) > 1 and (expected := times[-1] ** 2 / times[-2]) > wait:
                text = f"not asked: about {significant(expected)} s by its growth"
                found.append({"row": name, "qubits": n, "missing": text})
                break
            arguments = {"group": group, "n": n}
            row = _asked(name, f"benchmarks.contenders.derivations:{FUNCTIONS[name]}", arguments, lab)
            found.append(row)
            if "missing" in row:
                break
            times.append(row["seconds"])
    return found


def _wait(name: str, settings: Settings) -> float:
    return WAIT_LONG if settings.long else WAIT_OURS if name == OURS else WAIT


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
    wait = _wait(name, lab.settings)
    row = once(Contender(name, PLACES[name], function, arguments, wait, MEMORY_GIB), lab)
    row["qubits"] = arguments["n"]
    lab.say(f"{name}, {arguments['n']} qubits: {row.get('missing') or significant(row['seconds']) + ' s'}")
    return row


def remark(rows: list[Row]) -> str:
    """Where this project is not the fastest, and where another program finds another number of operators."""
    own = {row["qubits"]: row["dimension"] for row in rows if row["row"] == OURS and "dimension" in row}
    others = [
        f"{row['row']} at {row['qubits']} qubits ({row['dimension']})"
        for row in rows
        if "dimension" in row and row["dimension"] != own.get(row["qubits"], row["dimension"])
    ]
    found = where_slower(OURS, rows)
    return f"{found} Another number of operators than {OURS}: {', '.join(others)}." if others else found


TABLE = Table(
    "derivation",
    "Deriving what commutes with a group",
    TEXT,
    COLUMNS,
    cases,
    remark,
    packages=("numpy", "scipy", "python-flint", "sympy"),
    peers=("emlp", "qsymm"),
)
