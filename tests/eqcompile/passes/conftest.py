"""Circuits before and after passes, as matrices."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator

from eqcompile.backends.qiskit import Emitter
from eqcompile.circuit.sequence import EquivariantCircuit


@pytest.fixture(scope="session")
def unitary() -> Callable[..., Any]:
    """``unitary(circuit, values)``: its matrix on the qubits as declared, wherever a pass has put them."""

    def matrix(circuit: EquivariantCircuit, values: dict[str, float], sites: tuple[str, ...] = ()) -> Any:
        emitter = Emitter(QuantumCircuit(circuit.num_qubits), sites, "angles")
        for operation in circuit:
            emitter.gate(operation)
        known = {p.name for p in emitter.circuit.parameters}
        bound = emitter.circuit.assign_parameters({k: v for k, v in values.items() if k in known})
        return ordered(Operator(bound).data, circuit)

    def ordered(data: Any, circuit: EquivariantCircuit) -> Any:
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
