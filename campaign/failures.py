"""Failures as files: the spec, the circuit, what was expected and what was found, and the command that repeats it."""

import json
from io import BytesIO
from pathlib import Path

from qiskit import QuantumCircuit, qpy

import eqcompile as eq
from campaign.trial import EXPECTED, Result, Task, make_task


def save_failure(result: Result, seed: int, folder: Path) -> Path:
    """Write ``KIND-SEED-NUMBER.yaml`` (spec), ``.json`` and, for a Qiskit circuit, ``.qpy``.

    ``eqcompile verify X.yaml --circuit X.qpy`` repeats the verdict, and the command in the JSON file repeats the trial.

    Returns:
        The JSON file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    task = make_task(result.kind, result.number, seed)
    stem = folder / f"{result.kind}-{seed}-{result.number}"
    eq.write_atomically(stem.with_suffix(".yaml"), task.entry.spec_text)
    if isinstance(task.target, QuantumCircuit):
        binary = BytesIO()
        qpy.dump(task.target, binary)
        eq.write_atomically(stem.with_suffix(".qpy"), binary.getvalue())
    path = stem.with_suffix(".json")
    eq.write_atomically(path, json.dumps(_document(result, task, seed), indent=1) + "\n")
    return path


def _document(result: Result, task: Task, seed: int) -> dict[str, object]:
    return {
        "repeat": f"python -m campaign --seed {seed} --only {result.kind}:{result.number}",
        "seed": seed,
        "expected": EXPECTED[result.kind],
        **result.as_dict(),
        "operations": [repr(operation) for operation in task.circuit],
    }
