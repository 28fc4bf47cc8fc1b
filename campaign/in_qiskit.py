"""The same circuits as Qiskit circuits: from library gates, from ladders of CX, and transpiled."""

import warnings
from itertools import pairwise
from random import Random

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter, ParameterExpression
from qiskit.circuit.library import PauliEvolutionGate, UnitaryGate
from qiskit.quantum_info import SparsePauliOp
from scipy.sparse import SparseEfficiencyWarning

from campaign.oracle import evolve
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, PauliRotation, VectorRotation
from eqcompile.exact.operators.strings import letter

MAX_MATRIX_QUBITS = 3
MAX_TRANSPILED_QUBITS, MAX_TRANSPILED_LENGTH = 5, 20
BASES = (["rz", "sx", "x", "cx"], ["u", "cx"], ["rz", "ry", "rx", "cz"], ["h", "rz", "cx"])


def can_be_written(circuit: Circuit) -> bool:
    """Whether all fixed unitaries act on few qubits, and all vector encodings are as the compiler writes them."""
    bare = all([v for _, v in o.turn.terms] == [1] for o in circuit if isinstance(o, VectorRotation))
    return bare and all(len(o.support) <= MAX_MATRIX_QUBITS for o in circuit if isinstance(o, FixedUnitary))


class Writer:
    """Writes a circuit gate by gate, each gate in a form chosen at random."""

    def __init__(self, num_qubits: int, sites: tuple[str, ...], source: Random) -> None:
        self.circuit = QuantumCircuit(num_qubits)
        self._sites = sites
        self._source = source
        self._parameters: dict[str, Parameter] = {}

    def write(self, circuit: Circuit) -> QuantumCircuit:
        """Write the whole circuit."""
        for operation in circuit:
            if isinstance(operation, PauliRotation):
                self._rotation(operation)
            elif isinstance(operation, FixedUnitary):
                self._matrix(operation)
            elif isinstance(operation, VectorRotation):
                self._vector(operation)
        return self.circuit

    def _angle(self, angle: ExactAngle) -> ParameterExpression | float:
        total: ParameterExpression | float = float(angle.pi_multiple) * np.pi
        for monomial, value in angle.terms:
            term: ParameterExpression | float = float(value)
            for name in monomial:
                term = term * self._parameter(name)
            total = term if isinstance(total, float) and not total else total + term
        return total

    def _parameter(self, name: str) -> Parameter:
        return self._parameters.setdefault(name, Parameter(name))

    def _rotation(self, operation: PauliRotation) -> None:
        qubits, angle = operation.support, self._angle(operation.angle)
        word = "".join(letter(operation.key, q) for q in qubits)
        circuit, style = self.circuit, self._source.random()
        if not qubits:
            circuit.global_phase = circuit.global_phase - angle / 2
        elif word in ("X", "Y", "Z", "XX", "YY", "ZZ") and style < 0.6:
            getattr(circuit, f"r{word.lower()}")(angle, *qubits)
        elif style < 0.8:
            evolution = PauliEvolutionGate(SparsePauliOp(word[::-1]), time=angle / 2)
            circuit.append(evolution, qubits)
        else:
            self._ladder(qubits, word, angle)

    def _ladder(self, qubits: tuple[int, ...], word: str, angle: ParameterExpression | float) -> None:
        circuit = self.circuit
        for q, name in zip(qubits, word, strict=True):
            if name == "Y":
                circuit.sdg(q)
            if name in "XY":
                circuit.h(q)
        for a, b in pairwise(qubits):
            circuit.cx(a, b)
        circuit.rz(angle, qubits[-1])
        for a, b in reversed(list(pairwise(qubits))):
            circuit.cx(a, b)
        for q, name in zip(qubits, word, strict=True):
            if name in "XY":
                circuit.h(q)
            if name == "Y":
                circuit.s(q)

    def _matrix(self, operation: FixedUnitary) -> None:
        qubits = operation.support
        if not qubits:
            return
        size = self.circuit.num_qubits
        columns = np.zeros((1 << size, 1 << len(qubits)), dtype=np.clongdouble)
        rows = [sum((bits >> k & 1) << q for k, q in enumerate(qubits)) for bits in range(1 << len(qubits))]
        columns[rows, range(len(rows))] = 1
        matrix = evolve([operation], {}, np.zeros((0, 3)), columns)[rows].astype(complex)
        self.circuit.append(UnitaryGate(matrix), qubits)

    def _vector(self, operation: VectorRotation) -> None:
        """Turn the vector's direction onto x, rotate, and turn back; two CX extend X to the parity qubit."""
        site, q, parity = self._sites[operation.site], operation.qubit, operation.parity
        azimuth, elevation = self._parameter(f"{site}_azimuth"), self._parameter(f"{site}_elevation")
        circuit = self.circuit
        circuit.rz(-azimuth, q)
        circuit.ry(elevation, q)
        if parity is not None:
            circuit.cx(q, parity)
        circuit.rx(self._angle(operation.turn), q)
        if parity is not None:
            circuit.cx(q, parity)
        circuit.ry(-elevation, q)
        circuit.rz(azimuth, q)


def written(circuit: Circuit, sites: tuple[str, ...], source: Random) -> QuantumCircuit:
    """A circuit as a Qiskit circuit; :func:`can_be_written` must be true."""
    return Writer(circuit.num_qubits, sites, source).write(circuit)


def can_be_transpiled(circuit: Circuit) -> bool:
    """Whether a circuit is short, and without vector encodings, which are recognised only as they were written."""
    return (
        circuit.num_qubits <= MAX_TRANSPILED_QUBITS
        and len(circuit.operations) <= MAX_TRANSPILED_LENGTH
        and not any(isinstance(o, VectorRotation) for o in circuit)
        and all(len(o.support) <= 2 for o in circuit if isinstance(o, FixedUnitary))
    )


def transpiled(circuit: QuantumCircuit, level: int, source: Random) -> tuple[QuantumCircuit, str]:
    """Transpile into a random basis; one time in three onto a line of qubits, perhaps one longer than needed."""
    seed = source.randrange(1 << 30)
    basis = source.choice(BASES)
    coupling = None
    if source.random() < 1 / 3:
        length = circuit.num_qubits + source.choice((0, 1))
        coupling = [[q, q + 1] for q in range(length - 1)] + [[q + 1, q] for q in range(length - 1)]
    with warnings.catch_warnings():
        # Qiskit exponentiates Pauli strings in a sparse format that scipy has to convert first.
        warnings.simplefilter("ignore", SparseEfficiencyWarning)
        out = transpile(
            circuit, basis_gates=basis, coupling_map=coupling, optimization_level=level, seed_transpiler=seed
        )
    return out, f"transpiled at level {level}" + (" onto a line" if coupling else "")
