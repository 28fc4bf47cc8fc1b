"""Emit circuits and observables to Qiskit. Only here is qubit order little-endian."""

from collections.abc import Mapping
from functools import cache, reduce, singledispatchmethod
from itertools import pairwise
from math import prod
from operator import add
from typing import Any, get_args

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterExpression
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import SparseObservable, SparsePauliOp

from eqcompile.circuits.angle import Monomial
from eqcompile.circuits.ansatz import ReuploadingAnsatz, angle_names, coordinate_names, occurrence_name
from eqcompile.circuits.gates import EncodingGate, Gate
from eqcompile.circuits.operations import EquivariantCircuit, Operation, operation_of
from eqcompile.declaration.spec import InitialState
from eqcompile.emit.binding import IN_POSITIONS, DataForm
from eqcompile.emit.qiskit.parameters import PLAIN, ParameterNames
from eqcompile.emit.qiskit.phases import TotalPhase, linear_form
from eqcompile.emit.qiskit.preparation import prepare
from eqcompile.errors import BackendError
from eqcompile.exact.arithmetic.scalars import to_complex, to_float
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import letter, support_of
from eqcompile.numeric.dense import matrix_of
from eqcompile.passes.formula.product_formula import ProductFormulas
from eqcompile.passes.lowering.lower import lower
from eqcompile.passes.lowering.primitives import (
    Angle,
    AxisRotation,
    ControlledX,
    FixedRotation,
    FrameRotation,
    GlobalPhase,
    NormRotation,
    Primitive,
    SpectralGate,
)

MAX_DENSE_TERMS = 1000
"""Pauli strings of an observable that becomes a `SparsePauliOp`, whose tables hold every qubit. Beyond it, weaker: it
becomes a `SparseObservable`; the operator is the same."""

SPARSE_LETTERS = {name: SparseObservable.BitTerm[name].value for name in "XYZ"}

LARGE = 1e100
"""Lengths in units of 1e-100 angstrom: adding one keeps a denominator off zero and is far below rounding.
(A tiny constant beside a parameter would do the same, but Qiskit drops it when it simplifies.)"""


def qiskit_circuit(
    ansatz: ReuploadingAnsatz,
    state: InitialState | None,
    observable: PauliSum,
    name: str,
    data: DataForm = "positions",
    barriers: bool = False,
    names: ParameterNames = PLAIN,
    formulas: ProductFormulas | None = None,
) -> QuantumCircuit:
    """The whole model as primitive gates with named parameters.

    Args:
        ansatz: the circuit.
        state: how the circuit starts; all qubits in zero by default.
        observable: attached to the circuit as ``.observable``.
        name: name of the circuit.
        data: what the data parameters are. ``"positions"``: the coordinates of every site (``H1_x``, ``H1_y``,
            ``H1_z``, in angstrom). ``"vectors"``: the same, but a vector on one qubit is one ``RVGate``; it has no
            decomposition before its parameters have values, so such a circuit is bound before it is transpiled. A
            vector times X on a parity qubit is as in ``"positions"``. ``"angles"``: the gate angles of every site
            (``H1_azimuth``, ``H1_elevation``, ``H1_turn``), which ``circuit_values`` of
            :mod:`eqcompile.emit.binding` computes; all angles are then single parameters, as OpenQASM and
            hardware like them, and alpha is inside the turn.
            ``"gates"``: the same, but every encoding gate has angles of its own, such as ``H1_3_q0_azimuth`` on qubit 0
            in the encoding number 3, counted from 0; parameter-shift rules need them.
        barriers: separate preparation, encodings and layers, for pictures.
        names: what the parameters are called, and to whom they belong.
        formulas: for gates without exact circuit.

    Returns:
        A circuit with the trainable parameters (``w_0_0_0``, ``eps_0``, ``alpha``) and the data parameters.

    Raises:
        BackendError: unknown ``data``.
        MethodError: a gate without exact circuit, and no formulas.
    """
    if data not in get_args(DataForm):
        raise BackendError(f"unknown form of the data {data!r}; known: {', '.join(get_args(DataForm))}")
    emitter = Emitter(QuantumCircuit(ansatz.num_qubits, name=name), ansatz.site_names, data, names)
    if state is not None:
        prepare(state, emitter.circuit)
    sections: list[tuple[Gate, ...]] = [ansatz.encoding]
    for d in range(ansatz.depth):
        sections += [tuple(ansatz.layer_gates(d)), ansatz.encoding]
    for number, section in enumerate(sections):
        emitter.encoding = number // 2
        if barriers:
            emitter.circuit.barrier()
        whole = EquivariantCircuit(ansatz.num_qubits, tuple(map(operation_of, section)))
        for operation in whole if formulas is None else formulas.run(whole):
            emitter.gate(operation)
    circuit = emitter.circuit
    circuit.observable = qiskit_observable(observable)
    return circuit


def qiskit_observable(op: PauliSum) -> SparsePauliOp | SparseObservable:
    """The observable for Qiskit's estimators: long sums, for which dense tables are too large, are sparse.

    >>> type(qiskit_observable(PauliSum.parse("X0 Z2", 3))).__name__
    'SparsePauliOp'
    """
    return sparse_pauli_op(op) if len(op) <= MAX_DENSE_TERMS else sparse_observable(op)


def sparse_observable(op: PauliSum) -> SparseObservable:
    """The operator as Qiskit's ``SparseObservable``: a term takes memory for its own letters only.

    >>> sparse_observable(PauliSum.parse("X0 Z2", 3))
    <SparseObservable with 1 term on 3 qubits: (1+0j)(Z_2 X_0)>
    """
    supports = [(key, support_of(key)) for key in op]
    bits = [SPARSE_LETTERS[letter(key, q)] for key, support in supports for q in support]
    return SparseObservable.from_raw_parts(
        op.num_qubits,
        np.array([to_complex(op.terms[key]) for key, _ in supports], complex),
        np.array(bits, np.uint8),
        np.array([q for _, support in supports for q in support], np.uint32),
        np.cumsum([0, *(len(support) for _, support in supports)], dtype=np.uintp),
    )


def sparse_pauli_op(op: PauliSum) -> SparsePauliOp:
    """The operator in Qiskit's form.

    >>> sparse_pauli_op(PauliSum.parse("X0 Z2", 3)).paulis.to_labels()
    ['ZIX']
    """
    terms = [
        ("".join(letter(key, q) for q in support_of(key)), list(support_of(key)), to_complex(op.terms[key]))
        for key in op
    ]
    return SparsePauliOp.from_sparse_list(terms or [("", [], 0.0)], num_qubits=op.num_qubits)


class Emitter:
    """Appends gates to a circuit, creating each named parameter once.

    Args:
        circuit: what is appended to.
        site_names: names of the data vectors.
        data: form of the data parameters, see :func:`qiskit_circuit`.
        names: what the parameters are called.

    Attributes:
        encoding: number of the encoding that is being appended, which names its angles in the form ``"gates"``.
    """

    def __init__(
        self,
        circuit: QuantumCircuit,
        site_names: tuple[str, ...],
        data: DataForm = "positions",
        names: ParameterNames = PLAIN,
    ) -> None:
        self.circuit = circuit
        self.encoding = 0
        self._names = names
        self._data = "positions" if data in IN_POSITIONS else data
        self._whole_vectors = data == "vectors"
        self._site_names = site_names
        self._coordinates = coordinate_names(site_names)
        self._parameters: dict[str, Parameter] = {}
        self._directions: dict[int, tuple[ParameterExpression, ParameterExpression]] = {}
        self._turns: dict[int, ParameterExpression] = {}
        self._start: ParameterExpression | float | None = None  # phase of what stands before the first gate
        self._phase = TotalPhase()

    def gate(self, gate: Gate | Operation) -> None:
        """Lower a gate exactly and append it."""
        if self._whole_vectors and isinstance(gate, EncodingGate) and gate.parity is None:
            turn = 2 * self.parameter(gate.scale)
            self.circuit.rv(*(turn * component for component in self._vector(gate.site)), gate.qubit)
            return
        if self._start is None:
            self._start = self.circuit.global_phase
        before = self._phase.copy()
        for primitive in lower(gate):
            self._emit(primitive)
        if self._phase != before:
            self.circuit.global_phase = self._start + self._sum(*self._phase.total())

    def parameter(self, name: str) -> Parameter:
        """The circuit parameter of that name."""
        if name not in self._parameters:
            self._parameters[name] = self._names.parameter(name)
        return self._parameters[name]

    @singledispatchmethod
    def _emit(self, primitive: Primitive) -> None:
        raise NotImplementedError(type(primitive).__name__)

    @_emit.register
    def _(self, primitive: AxisRotation) -> None:
        self._rotate(primitive.axis, self._angle(primitive.angle), primitive.qubit)

    @_emit.register
    def _(self, primitive: FixedRotation) -> None:
        angle = np.arctan2(to_float(primitive.sine), to_float(primitive.cosine))
        self.circuit.ry(2 * float(angle), primitive.qubit)

    @_emit.register
    def _(self, primitive: ControlledX) -> None:
        self.circuit.cx(primitive.control, primitive.target)

    @_emit.register
    def _(self, primitive: GlobalPhase) -> None:
        self._phase.add(primitive.angle)

    @_emit.register
    def _(self, primitive: FrameRotation) -> None:
        azimuth, elevation = self._direction(primitive.site, primitive.qubit)
        if primitive.inverse:
            self.circuit.rz(-azimuth, primitive.qubit)
            self.circuit.ry(elevation, primitive.qubit)
        else:
            self.circuit.ry(-elevation, primitive.qubit)
            self.circuit.rz(azimuth, primitive.qubit)

    @_emit.register
    def _(self, primitive: NormRotation) -> None:
        self.circuit.rx(self._turn(primitive.site, primitive.qubit, primitive.scale), primitive.qubit)

    @_emit.register
    def _(self, primitive: SpectralGate) -> None:
        """V, then exp(-i theta Lambda) as rotations about strings of Z, then V^dagger backwards."""
        qubits = list(primitive.generator.support)
        vectors, strings = _spectral_form(primitive.generator)
        theta = self._angle(Angle(primitive.angle))
        self.circuit.append(UnitaryGate(vectors.conj().T), qubits)
        for mask, value in strings:
            involved = [q for bit, q in enumerate(qubits) if mask >> bit & 1]
            if involved:
                self._z_string(involved, 2 * value * theta)
            else:
                self._phase.add_rounded(primitive.angle, -value)
        self.circuit.append(UnitaryGate(vectors), qubits)

    def _z_string(self, qubits: list[int], angle: ParameterExpression) -> None:
        ladder = list(pairwise(qubits))
        for a, b in ladder:
            self.circuit.cx(a, b)
        self.circuit.rz(angle, qubits[-1])
        for a, b in reversed(ladder):
            self.circuit.cx(a, b)

    def _rotate(self, axis: str, angle: ParameterExpression | float, qubit: int) -> None:
        {"x": self.circuit.rx, "y": self.circuit.ry, "z": self.circuit.rz}[axis](angle, qubit)

    def _angle(self, angle: Angle) -> ParameterExpression | float:
        return self._sum(*linear_form(angle))

    def _sum(self, terms: Mapping[Monomial, float], constant: float) -> ParameterExpression | float:
        parts = [value * prod(map(self.parameter, monomial)) for monomial, value in terms.items()]
        if not parts:
            return constant
        expression = reduce(add, parts)
        return expression + constant if constant else expression

    def _vector(self, site: int) -> tuple[Parameter, Parameter, Parameter]:
        x, y, z = (self.parameter(name) for name in self._coordinates[site])
        return x, y, z

    def _angles(self, site: int, qubit: int) -> tuple[Parameter, Parameter, Parameter]:
        name = self._site_names[site]
        if self._data == "gates":
            name = occurrence_name(name, self.encoding, qubit)
        azimuth, elevation, turn = (self.parameter(angle) for angle in angle_names(name))
        return azimuth, elevation, turn

    def _turn(self, site: int, qubit: int, scale: str) -> ParameterExpression:
        """2 alpha |x|."""
        if self._data != "positions":
            return self._angles(site, qubit)[2]
        if site not in self._turns:
            x, y, z = self._vector(site)
            self._turns[site] = 2 * self.parameter(scale) * (x * x + y * y + z * z) ** 0.5
        return self._turns[site]

    def _direction(self, site: int, qubit: int) -> tuple[ParameterExpression, ParameterExpression]:
        """Azimuth and elevation with arctan alone, defined for every vector, the axes and zero included.

        azimuth = sign(y) (pi/2 - arctan(x/abs(y))), elevation = arctan(z/rho), with y and rho kept off zero.
        Qiskit takes intermediate values below 2e-16 for zero, so a coordinate below 1.5e-8 angstrom counts as
        zero beside nothing larger; the form in angles has no such limit.
        """
        if self._data != "positions":
            return self._angles(site, qubit)[:2]
        if site not in self._directions:
            x, y, z = self._vector(site)
            x, y, z = LARGE * x, LARGE * y, LARGE * z
            shifted = y + 1.0
            size = (shifted * shifted) ** 0.5
            azimuth = shifted / size * (np.pi / 2 - (x / size).arctan())
            self._directions[site] = azimuth, (z / (x * x + y * y + 1.0) ** 0.5).arctan()
        return self._directions[site]


@cache
def _spectral_form(generator: PauliSum) -> tuple[Any, tuple[tuple[int, float], ...]]:
    """Eigenvectors on the support; the eigenvalues as a sum over strings of Z, by a Walsh-Hadamard transform."""
    qubits = generator.support
    position = {q: i for i, q in enumerate(qubits)}
    local = generator.relabel(position.get(q, 0) for q in range(generator.num_qubits))
    values, vectors = np.linalg.eigh(matrix_of(PauliSum(len(qubits), local.terms)))
    masks = np.arange(len(values))
    signs = 1 - 2 * (np.bitwise_count(masks[:, None] & masks[None, :]).astype(int) % 2)
    coefficients = signs @ values / len(values)
    return vectors, tuple(
        (int(m), float(c)) for m, c in zip(masks, coefficients, strict=True) if abs(c) > 1e-14
    )
