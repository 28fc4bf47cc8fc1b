r"""How far a circuit is from equivariance: :math:`\|R\,U(x) - \lambda U(V x)\,R\|` in operator norm.

The phase :math:`\lambda` is the one that fits best. This is a measurement; it proves nothing, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm, norm

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.ansatz import angle_names
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import (
    FixedUnitary,
    OpaqueGate,
    Operation,
    PauliRotation,
    VectorRotation,
    why_undecided,
)
from eqcompile.claims.of_circuit.data_action import all_coordinates, site_map_of
from eqcompile.claims.question import Question
from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, Scalar, to_complex, to_float
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, support_of
from eqcompile.groups.lie import so3_generator
from eqcompile.groups.permutation import Images
from eqcompile.numeric.dense import pauli_action
from eqcompile.symmetry.generators import FiniteGenerator, GroupGenerator, LieGenerator, RotationGenerator
from eqcompile.symmetry.maps import DataIndex, QubitMap
from eqcompile.symmetry.symmetry import Symmetry

MAX_NORM_QUBITS = 10
"""Qubits of a circuit whose defect is an operator norm: the singular values of a matrix of 1024 rows take a few
seconds. Beyond it, weaker: the defect is measured on random states."""

MAX_MEASURED_QUBITS = 14
"""Qubits of a circuit whose defect is measured. Beyond it, weaker: a circuit without an exact form is not decided;
verify a part of it."""

NUM_STATES = 2
"""Number of random states: what one state does not show, a second one hardly hides."""

MAX_ROUNDING = 1e-9
"""Defect that may be rounding; a thousand gates in double precision stay well below it. Beyond it, refused: a circuit
without an exact form is refused as not equivariant; give its angles to full precision."""

ROUNDING_OF_LITERALS = 1e-12
"""Defect below which numbers rounded to double precision stay; an angle that is wrong by 1e-9 exceeds it."""

Matrix: TypeAlias = NDArray[np.complex128]


@dataclass(frozen=True)
class Defect:
    """A measured violation at one random point.

    Attributes:
        generator: generator of the group; a one-parameter group is represented by a random element.
        angle: angle of that element, or 0 for a finite generator.
        norm: operator norm of the difference at the best phase; 0 means equivariant at this point, 2 is the maximum.
        values: the parameters, data included.
    """

    generator: str
    angle: float
    norm: float
    values: Mapping[str, float]

    def __str__(self) -> str:
        about = f" by {self.angle:.3f}" if self.angle else ""
        return f"{self.generator}{about}: {self.norm:.2e}"


def circuit_defect(circuit: Circuit, question: Question, generator: str | int, seed: int = 0) -> Defect:
    """The defect under one generator of the group, at random parameters.

    It is the operator norm for a circuit, on random states above ``MAX_NORM_QUBITS`` qubits; the norm of the difference
    of the two states, at the best phase, for a state; and the difference of the two expectation values for a model.

    Args:
        circuit: a circuit from :func:`eqcompile.readers.circuit.general_circuit`.
        question: which claim is measured, under which group.
        generator: name of the generator, such as ``T_x`` or ``(H1 H2)``, or its place among the generators.
        seed: seed for the parameters and the angle.

    Raises:
        DimensionError: there is no generator of this name.
        LimitError: there are more than ``MAX_MEASURED_QUBITS`` qubits.
        MethodError: a model has no observable.
    """
    symmetry, what = question.symmetry, question.what
    observable = question.measured if what == "model" else None
    found = _named(symmetry, generator)
    if circuit.num_qubits > MAX_MEASURED_QUBITS:
        raise LimitError(f"the defect of {circuit.num_qubits} qubits; the limit is {MAX_MEASURED_QUBITS}")
    source = np.random.default_rng(seed)
    coordinates = all_coordinates(question.data, symmetry, circuit.parameters)
    names = sorted({*circuit.parameters, *coordinates.values()})
    values = dict(zip(names, source.normal(size=len(names)).tolist(), strict=True))
    angle = float(source.uniform(0.5, 3.0)) if isinstance(found, LieGenerator) else 0.0
    moved = _moved(found, angle, values, coordinates, symmetry)
    values, moved = (_with_angles(v, symmetry, coordinates) for v in (values, moved))
    values, moved = (_with_directions(v, symmetry, coordinates) for v in (values, moved))
    start = _zeros(circuit) if what != "circuit" else _states(circuit, symmetry.num_qubits, source)
    before = evolved(circuit, values, start)
    if observable is not None:
        change = _expectation(observable, before) - _expectation(observable, evolved(circuit, moved, start))
        return Defect(found.name, angle, abs(change), values)
    origin = transformed(found, angle, start) if what == "circuit" else start
    difference = _best_phase(transformed(found, angle, before), evolved(circuit, moved, origin))
    return Defect(found.name, angle, float(norm(difference, 2)), values)


def model_difference(first: Circuit, second: Circuit, observable: PauliSum, seed: int = 0) -> float:
    """Difference of the expectation values of two circuits at random parameters, in floating point."""
    names = sorted({*first.parameters, *second.parameters})
    drawn = np.random.default_rng(seed).normal(size=len(names))
    values = dict(zip(names, drawn.tolist(), strict=True))
    one, other = (_expectation(observable, evolved(c, values, _zeros(c))) for c in (first, second))
    return abs(one - other)


def is_measurable(circuit: Circuit) -> bool:
    """Whether register and opaque gates are small enough."""
    return circuit.num_qubits <= MAX_MEASURED_QUBITS and all(
        len(gate.qubits) <= MAX_NORM_QUBITS for gate in circuit.opaque
    )


def _zeros(circuit: Circuit) -> Matrix:
    start = np.zeros((1 << circuit.num_qubits, 1), complex)
    start[0] = 1
    return start


def _states(circuit: Circuit, num_logical: int, source: np.random.Generator) -> Matrix:
    """All basis states of the qubits that are not ancillas, or random states of them; ancillas are in |0>."""
    size = 1 << num_logical
    if circuit.num_qubits <= MAX_NORM_QUBITS:
        return np.eye(1 << circuit.num_qubits, size, dtype=complex)
    start = np.zeros((1 << circuit.num_qubits, NUM_STATES), complex)
    drawn = source.normal(size=(2, size, NUM_STATES))
    start[:size] = drawn[0] + 1j * drawn[1]
    return np.asarray(start / norm(start, axis=0))


def _named(symmetry: Symmetry, generator: str | int) -> GroupGenerator:
    for place, found in enumerate(symmetry.generators):
        if generator in (place, found.name):
            return found
    known = ", ".join(symmetry.generator_names)
    raise DimensionError(f"the group has no generator {generator!r}; known: {known}")


def _expectation(observable: PauliSum, state: Matrix) -> float:
    return float(np.vdot(state, _strings(observable, state)).real)


def _with_angles(
    values: Mapping[str, float], symmetry: Symmetry, coordinates: Mapping[DataIndex, str]
) -> dict[str, float]:
    """The parameters with the spherical angles that the circuit takes for every site, from its vector."""
    out = dict(values)
    for site, name in enumerate(symmetry.site_names):
        x, y, z = (values[coordinates[site, axis]] for axis in range(3))
        angles = np.arctan2(y, x), np.arctan2(z, np.hypot(x, y)), 2 * np.sqrt(x * x + y * y + z * z)
        for angle, value in zip(angle_names(name), angles, strict=True):
            if angle in out:
                out[angle] = float(value)
    return out


def _direction_name(site: int, axis: int) -> str:
    """The name under which a component of the direction of a site's vector stands among the values."""
    return f"|n_{site}|_{axis}"


def _with_directions(
    values: Mapping[str, float], symmetry: Symmetry, coordinates: Mapping[DataIndex, str]
) -> dict[str, float]:
    """The direction of every site's vector, for rotations about vectors."""
    out = dict(values)
    for site in range(len(symmetry.site_names)):
        vector = np.array([values[coordinates[site, axis]] for axis in range(3)])
        for axis, component in enumerate(vector / norm(vector)):
            out[_direction_name(site, axis)] = float(component)
    return out


def unitary_of(circuit: Circuit, values: Mapping[str, float]) -> Matrix:
    """The circuit as a matrix; qubit 0 is the least significant bit."""
    return evolved(circuit, values, np.eye(1 << circuit.num_qubits, dtype=complex))


def evolved(circuit: Circuit, values: Mapping[str, float], states: Matrix) -> Matrix:
    """The images of states under the circuit, one in every column."""
    for operation in circuit:
        states = _apply(operation, states, values, circuit.num_qubits)
    return states


def _apply(operation: Operation, matrix: Matrix, values: Mapping[str, float], num_qubits: int) -> Matrix:
    if isinstance(operation, PauliRotation):
        angle = _number(operation.angle, values)
        string = PauliSum(num_qubits, {operation.key: ONE})
        image = _strings(string, matrix) if operation.support else matrix
        return np.asarray(np.cos(angle / 2) * matrix - 1j * np.sin(angle / 2) * image)
    if isinstance(operation, FixedUnitary):
        return _strings(operation.operator, matrix)
    if isinstance(operation, VectorRotation):
        return _about_vector(operation, matrix, values, num_qubits)
    if not isinstance(operation, OpaqueGate):
        raise MethodError(why_undecided(operation))
    return _opaque(operation, matrix, values, num_qubits)


def _strings(op: PauliSum, matrix: Matrix) -> Matrix:
    """An operator on the first qubits applied to every column."""
    op = PauliSum(matrix.shape[0].bit_length() - 1, op.terms)
    out = np.zeros_like(matrix)
    for source, phase in pauli_action(op):
        out += phase[:, None] * matrix[source]
    return out


def _about_vector(
    operation: VectorRotation, matrix: Matrix, values: Mapping[str, float], num_qubits: int
) -> Matrix:
    """cos(turn/2) - i sin(turn/2) n.sigma, with the direction of the site's vector after the operation's matrix."""
    names = [_direction_name(operation.site, axis) for axis in range(3)]
    if not {*names} <= values.keys():
        raise MethodError(
            "rotations about vectors have a matrix only where the vectors have values; give the circuit as it was read"
        )
    vector = [values[name] for name in names]
    turn = _number(operation.turn, values)
    out = np.cos(turn / 2) * matrix
    for axis, row in enumerate(operation.matrix):
        component = sum(to_float(m) * v for m, v in zip(row, vector, strict=True))
        string = PauliSum(num_qubits, {operation.string(axis): ONE})
        out = out - 1j * np.sin(turn / 2) * component * _strings(string, matrix)
    return np.asarray(out)


def _number(exact: ExactAngle, values: Mapping[str, float]) -> float:
    total = float(exact.pi_multiple) * np.pi
    for monomial, coefficient in exact.terms:
        total += float(coefficient) * float(np.prod([values[name] for name in monomial]))
    return total


def _opaque(gate: OpaqueGate, matrix: Matrix, values: Mapping[str, float], num_qubits: int) -> Matrix:
    """The gate as Qiskit applies it."""
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Operator

    size = len(gate.qubits)
    circuit = QuantumCircuit(size)
    circuit.append(gate.gate, range(size))
    bound = circuit.assign_parameters({p: values[p.name] for p in circuit.parameters})
    small = Operator(bound).data.reshape((2,) * (2 * size))
    axes = [num_qubits - 1 - qubit for qubit in reversed(gate.qubits)]
    tensor = matrix.reshape((2,) * num_qubits + matrix.shape[1:])
    image = np.tensordot(small, tensor, axes=(range(size, 2 * size), axes))
    return np.asarray(np.moveaxis(image, range(size), axes).reshape(matrix.shape))


def transformed(generator: GroupGenerator, angle: float, states: Matrix) -> Matrix:
    """The group element applied to states; qubits beyond those of the group are left unchanged."""
    if isinstance(generator, LieGenerator):
        for length, terms in _commuting_parts(generator):
            states = np.cos(angle * length) * states - 1j * np.sin(angle * length) / length * _strings(
                terms, states
            )
        return states
    return _finite(generator.on_qubits, states)


def _commuting_parts(generator: LieGenerator) -> list[tuple[float, PauliSum]]:
    """The generator as a sum of commuting parts that square to a number: the root of this number, and the part."""
    op, groups = generator.operator, dict[Any, dict[PauliKey, Scalar]]()
    for key, value in op.terms.items():
        place = support_of(key) if isinstance(generator, RotationGenerator) else key
        groups.setdefault(place, {})[key] = value
    parts = [PauliSum(op.num_qubits, terms) for terms in groups.values()]
    return [(float(norm([abs(to_complex(v)) for v in part.terms.values()])), part) for part in parts]


def _finite(element: QubitMap, states: Matrix) -> Matrix:
    num_qubits = states.shape[0].bit_length() - 1
    for step in element.steps(num_qubits):
        states = _strings(step, states) if isinstance(step, PauliSum) else _permuted(step, states)
    return states


def _permuted(images: Images, states: Matrix) -> Matrix:
    num_qubits = states.shape[0].bit_length() - 1
    bits = np.arange(states.shape[0])
    everywhere = [*images, *range(len(images), num_qubits)]
    moved = np.zeros_like(states)
    moved[sum((bits >> q & 1) << image for q, image in enumerate(everywhere))] = states
    return moved


def _moved(
    generator: GroupGenerator,
    angle: float,
    values: Mapping[str, float],
    coordinates: Mapping[DataIndex, str],
    symmetry: Symmetry,
) -> dict[str, float]:
    """Parameters after the group element has moved the data."""
    moved = dict(values) | dict.fromkeys(coordinates.values(), 0.0)
    for index, name in coordinates.items():
        for target, value in _image(generator, angle, index, symmetry).items():
            moved[coordinates[target]] += value * values[name]
    return moved


def moved_positions(
    generator: GroupGenerator, angle: float, x: NDArray[np.float64], symmetry: Symmetry
) -> NDArray[np.float64]:
    r"""V x for an element of the group.

    Args:
        generator: generator of the group.
        angle: angle of the element, if the generator is continuous.
        x: positions, ``(..., num_sites, 3)``.
        symmetry: the symmetry to which the generator belongs.

    Returns:
        The moved positions, in the same shape.
    """
    moved = np.zeros_like(x)
    for source in np.ndindex(x.shape[-2:]):
        index = int(source[0]), int(source[1])
        for (site, axis), value in _image(generator, angle, index, symmetry).items():
            moved[..., site, axis] += value * x[..., index[0], index[1]]
    return moved


def _image(
    generator: GroupGenerator, angle: float, index: DataIndex, symmetry: Symmetry
) -> dict[DataIndex, float]:
    if isinstance(generator, FiniteGenerator):
        image = site_map_of(generator, symmetry).image_of(index)
        return {target: to_float(value) for target, value in image.items()}
    site, column = index
    if not isinstance(generator, RotationGenerator) or site not in generator.sites:
        return {index: 1.0}
    velocity = sum(to_float(v) * np.array(so3_generator(a)) for a, v in enumerate(generator.axis))
    matrix: Any = expm(angle * np.asarray(velocity, float))
    return {(site, row): float(matrix[row, column]) for row in range(3)}


def _best_phase(moved: Matrix, reference: Matrix) -> Matrix:
    """The difference, with the phase that makes it least in the Frobenius norm; no phase if all do equally well."""
    overlap = np.vdot(reference, moved)
    phase = overlap / abs(overlap) if abs(overlap) > MAX_ROUNDING * norm(moved) ** 2 else 1.0
    return np.asarray(moved - phase * reference)
