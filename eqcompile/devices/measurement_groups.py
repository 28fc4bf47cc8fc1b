"""Measuring an observable: which Pauli strings go together, and the gates that turn their letters into Z."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from qiskit import ClassicalRegister, QuantumCircuit
from qiskit.quantum_info import SparseObservable, SparsePauliOp
from qiskit.transpiler import PassManager
from qiskit.transpiler.passes import Optimize1qGatesDecomposition

from eqcompile.devices.devices import Device

Array: TypeAlias = NDArray[np.float64]

REGISTER: Final = "outcome"
"""Classical register that takes the readings."""


@dataclass(frozen=True, eq=False)
class Group:
    """Pauli strings that are measured together.

    Attributes:
        rotated: the circuit with the rotations that turn every letter into Z.
        qubits: qubits that are read.
        masks: for every string, its qubits among ``qubits``, as bits.
        coefficients: coefficients of the strings.
    """

    rotated: QuantumCircuit
    qubits: tuple[int, ...]
    masks: tuple[int, ...]
    coefficients: Array

    @cached_property
    def measured(self) -> QuantumCircuit:
        """The circuit with its measurements."""
        circuit = self.rotated.copy()
        circuit.add_register(ClassicalRegister(len(self.qubits), REGISTER))
        circuit.measure(self.qubits, range(len(self.qubits)))
        return circuit

    @cached_property
    def outcomes(self) -> Array:
        """The sum of the strings for every outcome ``(2**len(qubits),)``."""
        bits = np.arange(1 << len(self.qubits))
        signs = [1.0 - 2.0 * (np.bitwise_count(bits & mask) % 2) for mask in self.masks]
        return np.asarray(self.coefficients @ np.array(signs))


def measured_groups(circuit: QuantumCircuit, device: Device) -> list[Group]:
    """The strings of the circuit's observable, the identity aside, in groups that agree on every qubit."""
    op = _dense(circuit.observable)
    op = op[(op.paulis.x | op.paulis.z).any(axis=1)]
    return [_group(circuit, device, part) for part in op.group_commuting(qubit_wise=True)] if len(op) else []


def _group(circuit: QuantumCircuit, device: Device, op: SparsePauliOp) -> Group:
    touched = op.paulis.x | op.paulis.z
    qubits = np.flatnonzero(touched.any(axis=0)).tolist()
    rotations = QuantumCircuit(circuit.num_qubits)
    for qubit in qubits:
        first = np.flatnonzero(touched[:, qubit])[0]
        if op.paulis.x[first, qubit]:
            if op.paulis.z[first, qubit]:
                rotations.sdg(qubit)
            rotations.h(qubit)
    if device.target is not None:
        rotations = PassManager([Optimize1qGatesDecomposition(target=device.target)]).run(rotations)
    masks = tuple((touched[:, qubits] @ (1 << np.arange(len(qubits)))).tolist())
    return Group(circuit.compose(rotations), tuple(qubits), masks, op.coeffs.real)


def constant_of(circuit: QuantumCircuit) -> float:
    """What multiplies the identity."""
    op = _dense(circuit.observable)
    return float(op.coeffs[~(op.paulis.x | op.paulis.z).any(axis=1)].real.sum())


def _dense(observable: SparsePauliOp | SparseObservable) -> SparsePauliOp:
    if isinstance(observable, SparsePauliOp):
        return observable
    return SparsePauliOp.from_sparse_observable(observable)


def active_qubits(circuit: QuantumCircuit) -> set[int]:
    """Qubits that gates or the observable touch."""
    touched = {circuit.find_bit(qubit).index for item in circuit.data for qubit in item.qubits}
    paulis = _dense(circuit.observable).paulis
    return touched | set(np.flatnonzero((paulis.x | paulis.z).any(axis=0)).tolist())
