"""Cost of exact work in CPU time: ``python benchmarks/symbolic.py [--beside PATH] [--turns N] [CASE ...]``.

Every case runs in a process of its own: the work alone, and the whole process with its imports. With ``--beside``,
another checkout does the same in turns, and the table has the ratios. The cases use public names only, so the other
checkout may be an old one.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

FRAME = """
from time import process_time
import eqcompile as eq
{first}
start = process_time()
{work}
print(process_time() - start, process_time(), answer)
"""

COMMUTANT = (
    'spec = eq.loads("{{name: a, qubits: 8, symmetry: [{}]}}"); eq.derive(eq.loads("{{name: a, qubits: 2, '
    'symmetry: [{{rotation: SU(2)}}]}}"), 2)',
    "answer = 1 + eq.derive(spec, 8).dim",
)
"""The derivation is run once on two qubits before, which loads what it needs."""

CERTIFICATE = (
    'eq.compile(eq.load("{}/siqml/models/lih.yaml"))',
    'answer = eq.compile(eq.load("{}/siqml/models/water_dimer.yaml")).certificate.verdict',
)

BRICKWORK = (
    """
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter
circuit = QuantumCircuit(12)
for layer in range(8):
    angle = Parameter(f"w{{layer}}")
    for i in range(layer % 2, 11, 2):
        circuit.rxx(angle, i, i + 1)
        circuit.ryy(angle, i, i + 1)
        circuit.rzz(angle, i, i + 1)
circuit = transpile(circuit, basis_gates=["cx", "rz", "sx", "x"], optimization_level={}, seed_transpiler=1)
spec = eq.loads("{{name: a, qubits: 12, symmetry: [{}]}}")
eq.verify(QuantumCircuit(12), spec)
""",
    "answer = eq.verify(circuit, spec).verdict",
)
"""Four layers of exchange gates on even and on odd bonds, as a compiler leaves them."""

SPINS = "{rotation: SU(2)}"
CHARGE = f"{{charge: '{' + '.join(f'Z{q}' for q in range(12))}'}}"


def code(case: tuple[str, str], *values: object) -> str:
    first, work = (part.format(*values) for part in case)
    return FRAME.format(first=first, work=work)


CASES = {
    "commutant of SU(2), n = 8": code(COMMUTANT, SPINS),
    "commutant of SU(2) x S_8": code(COMMUTANT, SPINS + ", {permutation: {group: S_n, on: all}}"),
    "commutant of SU(2) x D_8": code(COMMUTANT, SPINS + ", {permutation: {group: D_n, on: all}}"),
    "certificate of the dimer": code(CERTIFICATE, ROOT),
    "brickwork, level 1, SU(2)": code(BRICKWORK, 1, SPINS),
    "brickwork, level 1, U(1)": code(BRICKWORK, 1, CHARGE),
    "brickwork, level 2, SU(2)": code(BRICKWORK, 2, SPINS),
    "brickwork, level 2, U(1)": code(BRICKWORK, 2, CHARGE),
}


def measured(source: str, checkout: Path) -> tuple[float, float, str]:
    """CPU seconds of the work and of the whole process, and the answer."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = os.environ | threads | {"PYTHONPATH": str(checkout), "JAX_PLATFORMS": "cpu"}
    ended = subprocess.run(
        [sys.executable, "-c", source],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    work, whole, answer = ended.stdout.splitlines()[-1].split(maxsplit=2)
    return float(work), float(whole), answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help="words from the names of cases; default: all"
    )
    parser.add_argument("--beside", type=Path, metavar="PATH", help="another checkout, measured in turns")
    parser.add_argument(
        "--turns", type=int, default=1, help="runs of every case, of which the fastest counts"
    )
    arguments = parser.parse_args()
    checkouts = [ROOT] + ([arguments.beside.resolve()] if arguments.beside else [])
    heads = ["work", "whole"] * len(checkouts) + (["ratio", "ratio"] if arguments.beside else [])
    print(f"{'CPU seconds':<28}" + "".join(f"{head:>9}" for head in heads) + "  answer")
    for name, source in CASES.items():
        if arguments.cases and not any(word in name for word in arguments.cases):
            continue
        runs = [[measured(source, checkout) for checkout in checkouts] for _ in range(arguments.turns)]
        best = [min(run[k][part] for run in runs) for k in range(len(checkouts)) for part in (0, 1)]
        answers = dict.fromkeys(found for run in runs for *_, found in run)
        row = "".join(f"{value:9.2f}" for value in best)
        if arguments.beside:
            row += f"{best[2] / best[0]:9.1f}{best[3] / best[1]:9.1f}"
        print(f"{name:<28}{row}  {' / '.join(answers)}", flush=True)


if __name__ == "__main__":
    main()
