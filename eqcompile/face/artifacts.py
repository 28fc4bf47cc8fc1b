"""Everything a compiled program leaves behind in a folder."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from eqcompile.arguments import accepts, found, one_of, path_name
from eqcompile.budgets import stage
from eqcompile.emit.pennylane_module import module_files, module_name
from eqcompile.errors import ArgumentError
from eqcompile.face.picture.draw import draw
from eqcompile.files import write_atomically
from eqcompile.program import Program
from eqcompile.terms import AnyProgram, ProgramSum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiskit import QuantumCircuit

    from eqcompile.numeric.formula_defect import LoweringReport


NEEDED = "a program, such as eq.compile returns, is needed"


class CircuitFiles(NamedTuple):
    """How a circuit is written for a library.

    Attributes:
        stem: turns the name of a model into what the names of its files begin with.
        contents: content of every file, by the ending of its name.
    """

    stem: Callable[[str], str]
    contents: Callable[[Program, tuple[int, int] | None], dict[str, bytes | str]]


def _qiskit(program: Program, trotter: tuple[int, int] | None) -> dict[str, bytes | str]:
    return {
        ".qasm": _openqasm(program.to_qiskit(data="angles", trotter=trotter)),
        ".qpy": _qpy(program.to_qiskit(trotter=trotter)),
    }


CIRCUIT_FILES = {
    "qiskit": CircuitFiles(str, _qiskit),
    "pennylane": CircuitFiles(module_name, module_files),
}
"""Keyed by the names in :data:`eqcompile.emit.BACK_ENDS`."""


def _back_end(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in CIRCUIT_FILES:
        raise ArgumentError(f"{name}: one of {', '.join(CIRCUIT_FILES)} is needed; found {found(value)}")
    return value


@accepts(program=one_of(NEEDED, Program, ProgramSum), folder=path_name, emit=_back_end)
@stage("writing the files")
def save(
    program: AnyProgram, folder: Path | str, trotter: tuple[int, int] | None = None, emit: str = "qiskit"
) -> list[Path]:
    """Write the circuit, its pictures, and the certificate.

    For Qiskit the circuit is written as OpenQASM 3 and as QPY. The OpenQASM file takes gate angles as inputs, because
    OpenQASM has no functions for the angles of a vector; the QPY file takes positions. See
    :func:`eqcompile.emit.binding.circuit_values`. The picture comes as PNG, as text, and as LaTeX source.

    Of a sum with a spec, the certificate of the whole is written, how the sum is added up, and a folder for each
    circuit with the name of its first weights.

    Args:
        program: what to write.
        folder: made if it does not exist; files of the same name are replaced, each at once.
        trotter: order and steps of product formulas, see :meth:`eqcompile.program.Program.to_qiskit`.
        emit: the library for which the circuit is written.

    Returns:
        The files.

    Raises:
        ArgumentError: a sum without a spec.
    """
    if isinstance(program, ProgramSum):
        return _save_sum(program, Path(folder), trotter, emit)
    name, files = program.spec.name, CIRCUIT_FILES[emit]
    circuit = files.contents(program, trotter)
    contents = {f"{files.stem(name)}{ending}": content for ending, content in circuit.items()} | {
        f"{name}.png": draw(program, "png"),
        f"{name}.txt": draw(program, "text"),
        f"{name}.tex": draw(program, "latex"),
        f"{name}.certificate.json": program.certificate.to_json(),
    }
    paths = [Path(folder) / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        write_atomically(path, content)
    return paths


def _save_sum(model: ProgramSum, folder: Path, trotter: tuple[int, int] | None, emit: str) -> list[Path]:
    certificate = model.certificate
    if model.spec is None or certificate is None:
        raise ArgumentError(
            f"program: {model.name} has no spec; compile a spec with terms, or save the programs of its terms"
        )
    paths = [folder / f"{model.name}.certificate.json", folder / f"{model.name}.terms.json"]
    write_atomically(paths[0], certificate.to_json())
    write_atomically(paths[1], json.dumps(model.layout, indent=2) + "\n")
    names: dict[int, str] = {}
    for term, number in zip(model.terms, model.program_numbers, strict=True):
        if number not in names:
            taken = term.weights in names.values()
            names[number] = f"{term.weights}-{number}" if taken else term.weights
            paths += save(term.program, folder / names[number], trotter, emit)
    return paths


def save_lowering(name: str, reports: "Sequence[LoweringReport]", folder: Path) -> Path:
    """Write what product formulas keep exactly, what they break, and by how much."""
    path = folder / f"{name}.lowering.json"
    write_atomically(path, json.dumps([asdict(report) for report in reports], indent=2) + "\n")
    return path


def save_transpiled(name: str, circuit: "QuantumCircuit", backend: str, folder: Path) -> list[Path]:
    """Write a circuit on a back end (OpenQASM 3, QPY), its certificate, and a report of its size.

    Args:
        name: name of the model.
        circuit: a circuit from :meth:`eqcompile.program.Program.to_qiskit` with a back end.
        backend: name of the back end.
        folder: as for :func:`save`.

    Returns:
        The files.
    """
    qasm, qpy, certificate, report = (
        folder / f"{name}.{backend}{ending}"
        for ending in (".qasm", ".qpy", ".certificate.json", ".report.json")
    )
    binary = _qpy(circuit)
    # The certificate is about the QPY file: OpenQASM cannot express the layout.
    about = replace(circuit.certificate, target_sha256=hashlib.sha256(binary).hexdigest())
    write_atomically(qasm, _with_layout(_openqasm(circuit), circuit))
    write_atomically(qpy, binary)
    write_atomically(certificate, about.to_json())
    write_atomically(report, json.dumps(size_report(circuit, backend), indent=2) + "\n")
    return [qasm, qpy, certificate, report]


def size_report(circuit: "QuantumCircuit", backend: str) -> dict[str, Any]:
    """Gate counts, depths, where every qubit of the model starts and ends, and the verdict of the new certificate."""
    layout = circuit.layout
    return {
        "backend": backend,
        "qubits": circuit.num_qubits,
        "gates": dict(circuit.count_ops()),
        "two_qubit_gates": circuit.num_nonlocal_gates(),
        "depth": circuit.depth(),
        "two_qubit_depth": circuit.depth(lambda item: len(item.qubits) == 2),
        "initial_layout": None if layout is None else layout.initial_index_layout(filter_ancillas=True),
        "final_layout": None if layout is None else layout.final_index_layout(),
        "verdict": circuit.certificate.verdict,
        "symmetry": circuit.certificate.symmetry_left,
        "method": sorted({finding.method for finding in circuit.certificate.findings}),
    }


def _openqasm(circuit: "QuantumCircuit") -> str:
    from qiskit import qasm3

    text: str = qasm3.dumps(circuit)
    return text


def _with_layout(text: str, circuit: "QuantumCircuit") -> str:
    """The program with the comment by which ``verify`` reads it back: OpenQASM has no place for a layout."""
    from eqcompile.readers.circuit_file import layout_comment

    layout = circuit.layout
    if layout is None:
        return text
    comment = layout_comment(layout.initial_index_layout(filter_ancillas=True), layout.final_index_layout())
    version, rest = text.split("\n", 1)
    return f"{version}\n{comment}\n{rest}"


def _qpy(circuit: "QuantumCircuit") -> bytes:
    from qiskit import qpy

    binary = BytesIO()
    qpy.dump(circuit, binary)
    return binary.getvalue()
