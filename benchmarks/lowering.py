"""Two-qubit gates of the paper's circuits, ours beside Qiskit and pytket: ``python benchmarks/lowering.py [-o DIR]``.

Our circuits keep their parameters. Qiskit (level 3) and pytket get circuits whose parameters are bound to random
numbers, which is what they are best at. Each of our circuits is compared with the original at random numbers, unless it
is too large.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from qiskit import QuantumCircuit, qasm2, transpile
from qiskit.transpiler import CouplingMap

import eqcompile as eq
from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.devices.routed import Model, routed_circuit
from eqcompile.emit.qiskit.circuit import QiskitEmitter
from eqcompile.passes.routing.coupling import Coupling

MODELS = Path(__file__).parents[1] / "siqml" / "models"
SEEDS = range(5)
GATES = ["cx", "rz", "sx", "x"]

MAPS: dict[str, Callable[[int], CouplingMap]] = {
    "all-to-all": CouplingMap.from_full,
    "line": CouplingMap.from_line,
    "heavy-hex": lambda _: CouplingMap.from_heavy_hex(3),
}


@dataclass(frozen=True)
class Case:
    """A part of a model, or the whole model."""

    title: str
    ansatz: ReuploadingAnsatz
    state: Any


def cases() -> Iterator[Case]:
    water, dimer, lih = (
        eq.compile(eq.load(MODELS / f"{name}.yaml")) for name in ("water", "water_dimer", "lih")
    )
    block = replace(water.ansatz, encoding=(), depth=1, blocks=1)
    yield Case("one block of Eq. 14 (water)", block, None)
    yield Case("two blocks of Eq. 14", replace(block, blocks=2), None)
    yield Case("one layer of Eq. 17 (dimer)", replace(dimer.ansatz, encoding=(), depth=1), None)
    yield Case("one encoding, Eq. 16", replace(dimer.ansatz, depth=0), None)
    for title, program in (("LiH, D = 22", lih), ("water, D = 11, B = 2", water), ("dimer, D = 30", dimer)):
        yield Case(title, program.ansatz, program.spec.state)


def parametrised(case: Case) -> QuantumCircuit:
    from eqcompile.emit.qiskit.preparation import prepare

    emitter = QiskitEmitter(QuantumCircuit(case.ansatz.num_qubits), case.ansatz.site_names, "angles")
    if case.state is not None:
        prepare(case.state, emitter.circuit)
    for gate in case.ansatz.gates():
        emitter.gate(gate)
    return emitter.circuit


def bound(circuit: QuantumCircuit, seed: int) -> QuantumCircuit:
    values = np.random.default_rng(seed).uniform(-np.pi, np.pi, len(circuit.parameters))
    return circuit.assign_parameters(values)


def counts(circuit: QuantumCircuit) -> tuple[int, int]:
    """Two-qubit gates and two-qubit depth."""
    two = [item for item in circuit.data if len(item.qubits) == 2]
    return len(two), circuit.depth(lambda item: len(item.qubits) == 2)


def ours(case: Case, couplings: CouplingMap) -> tuple[int, int]:
    coupling = Coupling.of(couplings.size(), couplings.get_edges())
    return counts(routed_circuit(Model(case.ansatz, case.state, "case"), coupling))


def qiskit(case: Case, couplings: CouplingMap) -> list[tuple[int, int]]:
    circuit = parametrised(case)
    return [
        counts(
            transpile(
                bound(circuit, seed),
                coupling_map=couplings,
                basis_gates=GATES,
                optimization_level=3,
                seed_transpiler=seed,
            )
        )
        for seed in SEEDS
    ]


def pytket(case: Case, couplings: CouplingMap) -> list[tuple[int, int]]:
    from pytket.architecture import Architecture
    from pytket.circuit import OpType
    from pytket.passes import (
        CXMappingPass,
        DecomposeBoxes,
        FullPeepholeOptimise,
        SequencePass,
        SynthesiseTket,
    )
    from pytket.placement import GraphPlacement
    from pytket.qasm import circuit_from_qasm_str

    full = couplings.size() * (couplings.size() - 1) == len(set(couplings.get_edges()))
    found = []
    for seed in SEEDS[:2]:
        plain = transpile(bound(parametrised(case), seed), basis_gates=["cx", "u3"], optimization_level=0)
        circuit = circuit_from_qasm_str(qasm2.dumps(plain))
        passes = [DecomposeBoxes(), FullPeepholeOptimise(allow_swaps=False)]
        if not full:
            graph = Architecture([(a, b) for a, b in couplings.get_edges()])
            passes += [
                CXMappingPass(graph, GraphPlacement(graph), directed_cx=False, delay_measures=False),
                SynthesiseTket(),
            ]
        SequencePass(passes).apply(circuit)
        two = OpType.CX
        found.append((circuit.n_gates_of_type(two), circuit.depth_by_type(two)))
    return found


def median(found: list[tuple[int, int]]) -> tuple[int, int]:
    """The run with the median count."""
    return sorted(found)[len(found) // 2]


def measure() -> list[dict[str, Any]]:
    rows = []
    for case in cases():
        for name, make in MAPS.items():
            couplings = make(case.ansatz.num_qubits)
            row: dict[str, Any] = {"circuit": case.title, "couplings": name, "ours": ours(case, couplings)}
            found = qiskit(case, couplings)
            row |= {"qiskit": median(found), "qiskit_best": min(found)}
            if has_pytket():
                row["pytket"] = min(pytket(case, couplings))
            rows.append(row)
            print(row, flush=True)
    return rows


def has_pytket() -> bool:
    try:
        version("pytket")
    except PackageNotFoundError:
        return False
    return True


def page(rows: list[dict[str, Any]]) -> str:
    known = [name for name in ("qiskit", "pytket") if has_pytket() or name != "pytket"]
    versions = ", ".join(f"{name} {version(name)}" for name in ("eqcompile", *known))
    lines = [
        "# Two-qubit gates of the paper's circuits",
        "",
        "CX and, in brackets, two-qubit depth. Ours are parametrised, and exact; the others' have bound random "
        f"numbers: Qiskit at level 3 (median and best of {len(SEEDS)} seeds), pytket with `FullPeepholeOptimise` and "
        "`CXMappingPass`.",
        "",
        "| circuit | couplings | ours | Qiskit, median | Qiskit, best | pytket |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        cells = [
            f"{row[key][0]} ({row[key][1]})" if key in row else ""
            for key in ("ours", "qiskit", "qiskit_best", "pytket")
        ]
        lines.append(f"| {row['circuit']} | {row['couplings']} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", f"`python benchmarks/lowering.py -o docs/results`; {versions}.", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, help="folder for cx.md and cx.json")
    folder = parser.parse_args().output
    rows = measure()
    if folder is not None:
        eq.write_atomically(folder / "cx.md", page(rows))
        eq.write_atomically(folder / "cx.json", json.dumps(rows, indent=1) + "\n")
    print(page(rows))


if __name__ == "__main__":
    main()
