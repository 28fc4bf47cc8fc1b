"""Circuits before and after passes, as matrices, and the emission of gates by fixed angles."""

from collections.abc import Callable, Iterable
from math import atan2
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from qiskit.quantum_info import Operator

from eqcompile.circuits.circuit import Circuit
from eqcompile.emit.qiskit.circuit import QiskitEmitter
from eqcompile.exact.arithmetic.scalars import to_float
from eqcompile.passes.lowering.fixed_gates import FixedRotation, Primitive
from eqcompile.passes.lowering.primitives import AxisRotation, ControlledX, GlobalPhase


@pytest.fixture(scope="session")
def unitary() -> Callable[..., Any]:
    """``unitary(circuit, values)``: its matrix on the qubits as declared, wherever a pass has put them."""

    def matrix(circuit: Circuit, values: dict[str, float], sites: tuple[str, ...] = ()) -> Any:
        emitter = QiskitEmitter(QuantumCircuit(circuit.num_qubits), sites, "angles")
        for operation in circuit:
            emitter.gate(operation)
        known = {p.name for p in emitter.circuit.parameters}
        bound = emitter.circuit.assign_parameters({k: v for k, v in values.items() if k in known})
        return ordered(Operator(bound).data, circuit)

    def ordered(data: Any, circuit: Circuit) -> Any:
        size, count = circuit.num_qubits, len(circuit.initial)
        tensor = data.reshape((2,) * (2 * size))
        idle = [q for q in range(size) if q not in circuit.initial]
        outputs = [size - 1 - q for q in reversed(circuit.final)]
        inputs = [2 * size - 1 - q for q in reversed(circuit.initial)]
        rest = [k for k in range(size) if k not in outputs], [size + size - 1 - q for q in idle]
        moved = np.transpose(tensor, [*rest[0], *outputs, *rest[1], *inputs])
        zeros = moved.reshape(1 << len(idle), 1 << count, 1 << len(idle), 1 << count)
        return zeros[0, :, 0, :]

    return matrix


@pytest.fixture(scope="session")
def emit() -> Callable[[Iterable[Primitive], int], QuantumCircuit]:
    """The circuit of gates on n qubits; its parameters are named after the gates."""

    def circuit_of(gates: Iterable[Primitive], n: int) -> QuantumCircuit:
        circuit, known = QuantumCircuit(n), dict[str, Parameter]()
        for gate in gates:
            if isinstance(gate, ControlledX):
                circuit.cx(gate.control, gate.target)
            elif isinstance(gate, FixedRotation):
                circuit.ry(2 * atan2(to_float(gate.sine), to_float(gate.cosine)), gate.qubit)
            elif isinstance(gate, AxisRotation | GlobalPhase):
                value: Any = float(gate.angle.pi_multiple) * np.pi
                for (name,), coefficient in gate.angle.base.terms:
                    single = known.setdefault(name, Parameter(name))
                    value = value + to_float(gate.angle.factor) * float(coefficient) * single
                if isinstance(gate, GlobalPhase):
                    circuit.global_phase += value
                else:
                    {"y": circuit.ry, "z": circuit.rz}[gate.axis](value, gate.qubit)
            else:
                raise AssertionError(gate)
        return circuit

    return circuit_of
