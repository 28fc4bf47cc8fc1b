"""One encoding gate, compared with the matrix exponential where its angles are singular: on the axes and at zero.

A whole invariant model cannot test this: an azimuth that is wrong for all sites alike is a rotation.
"""

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Operator
from scipy.linalg import expm

from eqcompile.circuits.operations import VectorRotation
from eqcompile.emit.qiskit.circuit import QiskitEmitter
from eqcompile.numeric.dense import matrix_of

SINGULAR = [
    (a, b, c) for a in (-0.7, -0.0, 0.0, 0.7) for b in (-0.4, -0.0, 0.0, 1e-6, 0.4) for c in (-0.9, 0.0, 0.9)
]


@pytest.mark.parametrize("parity", [None, 2])
def test_exact_everywhere(parity):
    gate = VectorRotation.scaled(site=0, qubit=1, scale="alpha", parity=parity)
    emitter = QiskitEmitter(QuantumCircuit(3), ("A",))
    emitter.gate(gate)
    for vector in [*SINGULAR, *np.random.default_rng(3).normal(size=(20, 3))]:
        values = {"alpha": 0.8, "A_x": vector[0], "A_y": vector[1], "A_z": vector[2]}
        found = Operator(emitter.circuit.assign_parameters(values)).data
        exponent = sum(0.8 * vector[k] * matrix_of(gate.generator(3, k)) for k in range(3))
        assert np.abs(found - expm(-1j * exponent)).max() < 1e-13, vector


@pytest.mark.parametrize("size", [1e-12, 1e-9, 1e-8])
def test_coordinates_that_qiskit_rounds_to_zero_matter_no_more_than_their_size(size):
    emitter = QiskitEmitter(QuantumCircuit(1), ("A",))
    emitter.gate(VectorRotation.scaled(0, 0, "alpha"))
    values = {"alpha": 0.8, "A_x": 0.0, "A_y": size, "A_z": -0.9}
    found = Operator(emitter.circuit.assign_parameters(values)).data
    y, z = np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])
    assert np.abs(found - expm(-1j * 0.8 * (size * y - 0.9 * z))).max() < size


def test_another_vector_is_another_gate():
    emitter = QiskitEmitter(QuantumCircuit(1), ("A",))
    emitter.gate(VectorRotation.scaled(0, 0, "alpha"))
    values = {"alpha": 0.8, "A_x": -0.7, "A_y": 0.0, "A_z": 0.0}
    one = Operator(emitter.circuit.assign_parameters(values)).data
    other = Operator(emitter.circuit.assign_parameters(values | {"A_x": 0.7})).data
    assert np.abs(one - other).max() > 0.5
