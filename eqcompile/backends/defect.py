r"""How far a circuit is from equivariance: :math:`\|R\,U(x)\,R^\dagger - \lambda U(V x)\|` in operator norm.

The phase :math:`\lambda` is the best one. This measures; it proves nothing, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm, norm

from eqcompile.backends.dense import matrix_of, pauli_action
from eqcompile.certify.foreign import What
from eqcompile.circuit.ansatz import angle_names
from eqcompile.circuit.general import (
    FixedUnitary,
    GeneralCircuit,
    OpaqueGate,
    Operation,
    PauliRotation,
    VectorRotation,
)
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.pauli import PauliSum
from eqcompile.exact.scalars import ONE, to_float
from eqcompile.groups.lie import so3_generator
from eqcompile.reps.generators import FiniteGenerator, GroupGenerator, LieGenerator, RotationGenerator
from eqcompile.reps.maps import DataIndex, QubitPermutation
from eqcompile.reps.symmetry import Symmetry

MAX_QUBITS = 10
"""The operator norm needs the singular values of a matrix of 1024 rows: some seconds."""

MAX_ROUNDING = 1e-9
"""Defects below it may be rounding: a thousand gates of double precision stay well under."""

ROUNDING_OF_LITERALS = 1e-12
"""Numbers of a circuit that are rounded to double precision give defects below it; a wrong angle of 1e-9 does not."""

Matrix: TypeAlias = NDArray[np.complex128]


@dataclass(frozen=True)
class Defect:
    """A measured violation at one random point.

    Attributes:
        generator: of the group; a one-parameter group is represented by a random element.
        angle: angle of that element, or 0 for a finite generator.
        norm: operator norm of the difference, the best phase taken out; 0 means equivariant here, 2 is the most.
        values: the parameters, data included.
    """

    generator: str
    angle: float
    norm: float
    values: Mapping[str, float]

    def __str__(self) -> str:
        about = f" by {self.angle:.3f}" if self.angle else ""
        return f"{self.generator}{about}: {self.norm:.2e}"


def circuit_defect(
    circuit: GeneralCircuit,
    symmetry: Symmetry,
    data: Mapping[str, DataIndex],
    generator: str,
    seed: int = 0,
    what: What = "circuit",
    observable: PauliSum | None = None,
) -> Defect:
    """The defect under one generator of the group, at random parameters.

    For a circuit the operator norm; for a state the norm of the difference of the two, the best phase taken out; for a
    model the difference of the two expectation values.

    Args:
        circuit: from :func:`eqcompile.backends.qiskit_reader.general_circuit`.
        symmetry: on its qubits.
        data: parameters that are coordinates of the data.
        generator: its name, such as ``T_x`` or ``(H1 H2)``.
        seed: of parameters and angle.
        what: which claim is measured.
        observable: for a model.

    Raises:
        DimensionError: no generator of this name.
        LimitError: more than ``MAX_QUBITS`` qubits.
        MethodError: a model without an observable.
    """
    if what == "model" and observable is None:
        raise MethodError("a model needs an observable; declare one in the spec, or give one")
    found = next((g for g in symmetry.generators if g.name == generator), None)
    if found is None:
        known = ", ".join(symmetry.generator_names)
        raise DimensionError(f"the group has no generator {generator!r}; known: {known}")
    if circuit.num_qubits > MAX_QUBITS:
        raise LimitError(f"the defect of {circuit.num_qubits} qubits; the limit is {MAX_QUBITS}")
    source = np.random.default_rng(seed)
    names = sorted({*circuit.parameters, *data})
    values = dict(zip(names, source.normal(size=len(names)).tolist(), strict=True))
    vectors = source.normal(size=(len(symmetry.site_names), 3))
    values = _with_angles(values, symmetry, vectors)
    angle = float(source.uniform(0.5, 3.0)) if isinstance(found, LieGenerator) else 0.0
    element = _unitary(found, angle, circuit.num_qubits, symmetry.num_qubits)
    before = unitary_of(circuit, values)
    moved_values = _moved(found, angle, values, data)
    after = unitary_of(circuit, _with_angles(moved_values, symmetry, _moved_vectors(found, angle, vectors)))
    if what != "circuit":
        norm_ = _on_zeros(element, before[:, 0], after[:, 0], observable if what == "model" else None)
        return Defect(generator, angle, norm_, values)
    moved: Matrix = np.asarray(element @ before @ element.conj().T)
    start = slice(0, 1 << symmetry.num_qubits)  # ancillas are in |0>
    difference = _best_phase(moved[:, start], after[:, start])
    return Defect(generator, angle, float(norm(difference, 2)), values)


def _on_zeros(element: Matrix, before: Matrix, after: Matrix, observable: PauliSum | None) -> float:
    """Difference of the states, the best phase taken out; or of the expectation values of an observable."""
    if observable is None:
        return float(norm(_best_phase(element @ before, after)))
    values = [np.vdot(psi, _strings(observable, psi[:, None])[:, 0]).real for psi in (before, after)]
    return float(abs(values[0] - values[1]))


def _with_angles(values: Mapping[str, float], symmetry: Symmetry, vectors: Any) -> dict[str, float]:
    """The spherical angles of every site that the circuit takes, from its vector."""
    out = dict(values)
    for name, (x, y, z) in zip(symmetry.site_names, vectors, strict=True):
        angles = np.arctan2(y, x), np.arctan2(z, np.hypot(x, y)), 2 * np.sqrt(x * x + y * y + z * z)
        for angle, value in zip(angle_names(name), angles, strict=True):
            if angle in out:
                out[angle] = float(value)
    return out


def _moved_vectors(generator: GroupGenerator, angle: float, vectors: Any) -> Any:
    moved = np.zeros_like(vectors)
    for site, axis in np.ndindex(*vectors.shape):
        for target, value in _image(generator, angle, (site, axis)).items():
            moved[target] += value * vectors[site, axis]
    return moved


def unitary_of(circuit: GeneralCircuit, values: Mapping[str, float]) -> Matrix:
    """The circuit as a matrix; qubit 0 is the least significant bit."""
    matrix = np.eye(1 << circuit.num_qubits, dtype=complex)
    for operation in circuit:
        matrix = _apply(operation, matrix, values, circuit.num_qubits)
    return matrix


def _apply(operation: Operation, matrix: Matrix, values: Mapping[str, float], num_qubits: int) -> Matrix:
    if isinstance(operation, PauliRotation):
        angle = _number(operation, values)
        string = PauliSum(num_qubits, {operation.key: ONE})
        image = _strings(string, matrix) if operation.support else matrix
        return np.asarray(np.cos(angle / 2) * matrix - 1j * np.sin(angle / 2) * image)
    if isinstance(operation, FixedUnitary):
        return _strings(operation.operator, matrix)
    if isinstance(operation, VectorRotation):
        raise MethodError(
            "vector encodings are measured through their angles; give the circuit as it was read"
        )
    return _opaque(operation, matrix, values, num_qubits)


def _strings(op: PauliSum, matrix: Matrix) -> Matrix:
    out = np.zeros_like(matrix)
    for source, phase in pauli_action(op):
        out += phase[:, None] * matrix[source]
    return out


def _number(operation: PauliRotation, values: Mapping[str, float]) -> float:
    total = float(operation.angle.pi_multiple) * np.pi
    for monomial, coefficient in operation.angle.terms:
        total += float(coefficient) * float(np.prod([values[name] for name in monomial]))
    return total


def _opaque(gate: OpaqueGate, matrix: Matrix, values: Mapping[str, float], num_qubits: int) -> Matrix:
    """Whatever Qiskit makes of the gate."""
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Operator

    circuit = QuantumCircuit(num_qubits)
    circuit.append(gate.gate, gate.qubits)
    bound = circuit.assign_parameters({p: values[p.name] for p in circuit.parameters})
    return np.asarray(Operator(bound).data @ matrix)


def _unitary(generator: GroupGenerator, angle: float, num_qubits: int, num_logical: int) -> Matrix:
    if isinstance(generator, LieGenerator):
        element = expm(-1j * angle * matrix_of(generator.operator))
    else:
        element = _finite_unitary(generator, num_logical)
    return np.kron(np.eye(1 << (num_qubits - num_logical)), element)


def _finite_unitary(generator: FiniteGenerator, num_qubits: int) -> Matrix:
    size = 1 << num_qubits
    if isinstance(generator.on_qubits, QubitPermutation):
        element = np.zeros((size, size), dtype=complex)
        for bits in range(size):
            target = sum((bits >> q & 1) << image for q, image in enumerate(generator.on_qubits.images))
            element[target, bits] = 1
        return element
    unitaries = generator.on_qubits.unitaries(num_qubits)
    if unitaries is None:
        raise MethodError(f"{generator.name} mixes permutations and unitaries; its matrix is not formed")
    element = np.eye(size, dtype=complex)
    for unitary in unitaries:
        element = _strings(unitary, element)
    return element


def _moved(
    generator: GroupGenerator, angle: float, values: Mapping[str, float], data: Mapping[str, DataIndex]
) -> dict[str, float]:
    """Parameters after the group element has moved the data."""
    names = {index: name for name, index in data.items()}
    moved = dict(values) | dict.fromkeys(names.values(), 0.0)
    for (site, column), name in names.items():
        for target, value in _image(generator, angle, (site, column)).items():
            if target in names:
                moved[names[target]] += value * values[name]
    return moved


def _image(generator: GroupGenerator, angle: float, index: DataIndex) -> dict[DataIndex, float]:
    if isinstance(generator, FiniteGenerator):
        return {target: to_float(value) for target, value in generator.on_data.image_of(index).items()}
    site, column = index
    if not isinstance(generator, RotationGenerator) or site not in generator.sites:
        return {index: 1.0}
    velocity = sum(to_float(v) * np.array(so3_generator(a)) for a, v in enumerate(generator.axis))
    matrix: Any = expm(angle * np.asarray(velocity, float))
    return {(site, row): float(matrix[row, column]) for row in range(3)}


def _best_phase(moved: Matrix, reference: Matrix) -> Matrix:
    overlap = np.vdot(reference, moved)
    phase = overlap / abs(overlap) if abs(overlap) > np.finfo(float).eps else 1.0
    return np.asarray(moved - phase * reference)
