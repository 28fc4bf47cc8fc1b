"""A program as a Python module that needs only PennyLane and numpy: one line for each gate."""

import json
import re
from collections.abc import Iterator
from inspect import getsource
from typing import Any

import numpy as np

from eqcompile.emit.compiled import Compiled
from eqcompile.emit.pennylane import (
    Instruction,
    LinearForm,
    PennyLaneCircuit,
    named_values,
    observable_terms,
    pennylane_circuit,
)

_TEMPLATE = '''"""The model {name} as a circuit of PennyLane, written by eqcompile.

Certificate of the model: {verdict}
Symmetry that it keeps: {symmetry}
Spec: sha256 {sha256}{formulas}

    node = qnode()
    node(params, x)

``params`` has one number for each of PARAMETERS{positions}. A leading axis is a
batch. Arrays of numpy, autograd and JAX are accepted.
"""

from typing import Any

import numpy as np
import pennylane as qml

NUM_QUBITS = {num_qubits}
PARAMETERS = {parameters}
SITES = {sites}  # with the parameter that scales their vectors
{arrays}

{values}

def circuit(params, x=None):
    """Queue the gates."""
    x = np.zeros((0, 3)) if x is None else x
    if qml.math.shape(params)[-1:] != (len(PARAMETERS),) or qml.math.shape(x)[-2:] != (len(SITES), 3):
        raise ValueError(f"params needs the shape ({{len(PARAMETERS)}},), x the shape ({{len(SITES)}}, 3)")
    v = named_values(PARAMETERS, SITES, params, x)
{gates}


def observable():
    """What is measured."""
    return qml.Hamiltonian(
        [
{coefficients}
        ],
        [
{words}
        ],
    )


def qnode(device=None, **options):
    """The expectation value as a QNode, on the exact simulator unless another device is given."""

    def value(params, x=None):
        circuit(params, x)
        return qml.expval(observable())

    return qml.QNode(value, device or qml.device("default.qubit", wires=NUM_QUBITS), **options)
'''


_FORMULAS = """
Gates without an exact circuit are product formulas of order {}, steps {}.
They are approximate, and the certificate says nothing about them."""


def module_name(name: str) -> str:
    """A name that Python can import, from the name of a model, which may hold dots and dashes and begin with a digit.

    >>> module_name("water"), module_name("2-site.ring")
    ('water_pennylane', 'model_2_site_ring_pennylane')
    """
    word = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return f"{'model_' if word[0].isdigit() else ''}{word}_pennylane"


def module_files(program: Compiled, trotter: tuple[int, int] | None) -> dict[str, bytes | str]:
    """What ``eqcompile compile --emit pennylane`` writes, by the ending of its name."""
    return {".py": module_of(program, trotter)}


def module_of(program: Compiled, trotter: tuple[int, int] | None = None) -> str:
    """The text of the module.

    Args:
        program: the program that is written.
        trotter: order and steps of product formulas, see :meth:`eqcompile.program.Program.to_pennylane`.

    Raises:
        MethodError: a gate has no exact circuit, and ``trotter`` is not given or impossible.
    """
    circuit = pennylane_circuit(program, trotter=trotter)
    arrays: dict[bytes, str] = {}
    gates = "\n".join(_gates(circuit, arrays))
    terms = observable_terms(circuit.operator)
    return _TEMPLATE.format(
        name=program.spec.name,
        verdict=program.certificate.verdict,
        symmetry=program.certificate.symmetry_left if program.certificate else "not proven",
        sha256=program.spec.source.sha256,
        formulas="" if trotter is None else _FORMULAS.format(*trotter),
        positions=", ``x`` a position in angstrom for each of SITES" if circuit.sites else "",
        num_qubits=circuit.num_qubits,
        parameters=_tuple(circuit.parameter_names, "    "),
        sites=_tuple(circuit.sites, "    "),
        arrays="".join(f"{name} = {_array(key)}\n" for key, name in arrays.items()),
        values=getsource(named_values),
        gates=gates,
        coefficients="\n".join(f"            {c!r}," for c, _ in terms),
        words="\n".join(f"            {_word(word)}," for _, word in terms),
    )


def _gates(circuit: PennyLaneCircuit, arrays: dict[bytes, str]) -> Iterator[str]:
    for section, instructions in circuit.sections:
        if instructions:
            yield f"    # {section}"
        for instruction in instructions:
            yield f"    {_call(instruction, arrays)}"


def _call(instruction: Instruction, arrays: dict[bytes, str]) -> str:
    taken = ""
    if instruction.angle is not None:
        taken = f"{_sum(instruction.angle)}, "
    elif instruction.array is not None:
        key = json.dumps([np.real(instruction.array).tolist(), np.imag(instruction.array).tolist()]).encode()
        taken = f"{arrays.setdefault(key, f'ARRAY_{len(arrays)}')}, "
    wires = instruction.wires[0] if len(instruction.wires) == 1 else list(instruction.wires)
    return f"qml.{instruction.name}({taken}wires={wires})"


def _sum(angle: LinearForm) -> str:
    """The form as Python writes it."""
    parts = []
    for names, c in angle.terms.items():
        product = " * ".join(f"v[{json.dumps(name)}]" for name in names)
        parts.append(product if c == 1 else f"-{product}" if c == -1 else f"{c!r} * {product}")
    if angle.constant or not parts:
        parts.append(repr(angle.constant))
    return " + ".join(parts).replace("+ -", "- ")


def _word(word: list[tuple[str, int]]) -> str:
    return " @ ".join(f"qml.{name}({wire})" for name, wire in word) or "qml.Identity(0)"


def _array(key: bytes) -> str:
    real, imaginary = json.loads(key)
    return f"np.array({real}) + 1j * np.array({imaginary})"


def _tuple(values: tuple[Any, ...], indent: str) -> str:
    if not values:
        return "()"
    lines = "".join(f"{indent}{_item(value)},\n" for value in values)
    return f"(\n{lines})"


def _item(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) else f"({', '.join(map(json.dumps, value))})"
