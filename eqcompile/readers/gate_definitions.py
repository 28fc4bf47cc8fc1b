"""Does the definition of a gate agree with the other description in the gate?

A gate may hold two descriptions: a definition, and a matrix or a base gate behind controls. Nobody compares them when
the gate is made, or when a QPY file brings both. Software that runs the circuit takes the definition of a controlled
gate. For a gate with a matrix, it takes sometimes the definition and sometimes the matrix.

The comparison is in floating point, on a random vector and for random values of free parameters. Two circuits that
differ agree there with probability zero, up to a tolerance.
"""

from collections.abc import Mapping
from random import Random
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import ControlledGate
from qiskit.exceptions import QiskitError
from qiskit.quantum_info import Statevector

MAX_COMPARED_QUBITS = 14
"""Qubits of a controlled gate whose definition is compared with its base gate. Beyond it, weaker: the gate is read by
its definition."""

MAX_COMPARED_MATRIX_QUBITS = 8
"""Qubits of a gate whose matrix is compared with its definition. Beyond it, weaker: the gate is read by its
definition, which is not compared."""

MAX_COMPARED_INSTRUCTIONS = 5_000
"""Instructions of a definition, all gates opened, that are run to compare it. Beyond it, weaker: the gate is read by
its definition."""

TOLERANCE = 1e-7
"""Tolerance for amplitudes. Smaller differences are rounding; a newly synthesised definition is exact to about
1e-10."""

_UNUSABLE = (
    QiskitError, TypeError, ValueError, AttributeError, LookupError, RuntimeError, ArithmeticError, AssertionError,
    NameError, OSError,
)  # fmt: skip
"""What Qiskit raises where something has no matrix, and what the code of a user-written gate may raise."""


def base_agrees(gate: ControlledGate) -> bool:
    """Whether a controlled gate is its base gate behind controls, also by its definition, global phase included.

    Returns:
        True also where no definition is stored, because it is then made from the base gate; False where the two cannot
        be compared.

    >>> from qiskit.circuit.library import HGate
    >>> gate = HGate().control(2, annotated=False)
    >>> base_agrees(gate)
    True
    >>> gate.definition = QuantumCircuit(3)
    >>> base_agrees(gate)
    False
    """
    definition = getattr(
        gate, "_definition", None
    )  # with closed controls; the property would copy all of it to open them
    if definition is None or hasattr(gate, "__array__"):
        return True
    try:
        base = _alone(gate.base_gate)
        if gate.num_qubits > MAX_COMPARED_QUBITS or not _are_short(definition, base):
            return False
        values = _values(definition, base)
        before = _random_state(gate.num_qubits)
        after = _run(definition, before, values)
        controls = gate.num_ctrl_qubits
        # Qubit 0 is the last bit of an index, and the first qubits control: a column for every state of the controls.
        expected = before.reshape(-1, 1 << controls).copy()
        expected[:, -1] = _run(base, expected[:, -1], values)
    except _UNUSABLE:
        return False
    return bool(np.abs(after - expected.reshape(-1)).max() < TOLERANCE)


def matrix_contradicts(gate: Any, definition: QuantumCircuit) -> bool:
    """Whether a gate has a matrix that differs from its definition, global phase included.

    Returns:
        False also where there is no matrix, or the two cannot be compared.
    """
    if (
        not hasattr(gate, "__array__")
        or gate.num_qubits > MAX_COMPARED_MATRIX_QUBITS
        or definition.num_clbits
    ):
        return False
    try:
        if not _are_short(definition):
            return False
        alone = _alone(gate)
        values = _values(definition, alone)
        bound = alone.assign_parameters(values[0], strict=False).data[0].operation if values[0] else gate
        before = _random_state(gate.num_qubits)
        after = _run(definition, before, values)
        expected = np.asarray(bound.to_matrix()) @ before
    except _UNUSABLE:
        return False
    return bool(np.abs(after - expected).max() >= TOLERANCE)


def _alone(gate: Any) -> QuantumCircuit:
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.append(gate, range(gate.num_qubits), copy=False)
    return circuit


_Values = tuple[Mapping[Any, float], Mapping[str, float]]


def _values(*circuits: QuantumCircuit) -> _Values:
    """A value for every free parameter, keyed by the parameter; parameters of the same name share one value."""
    parameters = {parameter for circuit in circuits for parameter in circuit.parameters}
    source = Random("values of free parameters")
    by_name = {name: source.uniform(0.5, 2) for name in sorted({p.name for p in parameters})}
    return {p: by_name[p.name] for p in parameters}, by_name


def _run(circuit: QuantumCircuit, state: np.ndarray[Any, Any], values: _Values) -> np.ndarray[Any, Any]:
    own = {parameter: values[1][parameter.name] for parameter in circuit.parameters}
    bound = circuit.assign_parameters(own) if own else circuit
    return np.asarray(Statevector(state).evolve(bound).data)


def _random_state(num_qubits: int) -> np.ndarray[Any, Any]:
    source = np.random.default_rng(0)
    return source.normal(size=1 << num_qubits) + 1j * source.normal(size=1 << num_qubits)


def _are_short(*circuits: QuantumCircuit) -> bool:
    """Whether the circuits are short enough to be run; gates with a matrix are not opened."""
    left, open_ = MAX_COMPARED_INSTRUCTIONS, [*circuits]
    while open_:
        for item in open_.pop().data:
            left -= 1
            if left < 0:
                return False
            operation = item.operation
            if hasattr(operation, "__array__"):
                continue
            inner = getattr(operation, "_definition", None)
            inner = operation.definition if inner is None else inner
            if inner is not None:
                open_.append(inner)
    return True
