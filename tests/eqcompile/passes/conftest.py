"""Emission of gates by fixed angles, so that passes are tested without a back end."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.circuit.library import UnitaryGate

from eqcompile.exact.scalars import to_float
from eqcompile.passes.fixed_gates import ControlledReflection, FixedGate, FixedRotation
from eqcompile.passes.primitives import AxisRotation, ControlledX, GlobalPhase


@pytest.fixture(scope="session")
def emit() -> Callable[[Iterable[FixedGate], int], QuantumCircuit]:
    """The circuit of gates on n qubits; its parameters have the gates' names."""

    def circuit_of(gates: Iterable[FixedGate], n: int) -> QuantumCircuit:
        circuit, known = QuantumCircuit(n), dict[str, Parameter]()
        for gate in gates:
            if isinstance(gate, ControlledX):
                circuit.cx(gate.control, gate.target)
            elif isinstance(gate, FixedRotation):
                c, s = to_float(gate.cosine), to_float(gate.sine)
                circuit.append(UnitaryGate(np.array([[c, -s], [s, c]])), [gate.qubit])
            elif isinstance(gate, ControlledReflection):
                c, s = to_float(gate.cosine), to_float(gate.sine)
                matrix = np.array([[1, 0, 0, 0], [0, c, 0, s], [0, 0, 1, 0], [0, s, 0, -c]])
                circuit.append(UnitaryGate(matrix), [gate.control, gate.target])
            elif isinstance(gate, AxisRotation | GlobalPhase):
                value: Any = float(gate.angle.pi_multiple) * np.pi
                if (name := gate.angle.parameter) is not None:
                    value = value + to_float(gate.angle.factor) * known.setdefault(name, Parameter(name))
                if isinstance(gate, GlobalPhase):
                    circuit.global_phase += value
                else:
                    {"y": circuit.ry, "z": circuit.rz}[gate.axis](value, gate.qubit)
            else:
                raise AssertionError(gate)
        return circuit

    return circuit_of
