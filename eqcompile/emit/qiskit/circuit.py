"""Emit circuits and observables to Qiskit. Only here is qubit order little-endian."""

from collections.abc import Mapping
from functools import reduce
from math import prod
from operator import add
from typing import Any, get_args

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterExpression
from qiskit.circuit.library import UnitaryGate
from qiskit.quantum_info import SparseObservable, SparsePauliOp

from eqcompile.budgets import stage
from eqcompile.circuits.angle import Monomial
from eqcompile.circuits.ansatz import ReuploadingAnsatz, angle_names, coordinate_names, occurrence_name
from eqcompile.circuits.operations import Operation, VectorRotation
from eqcompile.declaration.spec import InitialState
from eqcompile.emit.binding import IN_POSITIONS, DataForm
from eqcompile.emit.compiled import CURE, LOWERING, Compiled, formulas_for
from eqcompile.emit.emitter import Emitter
from eqcompile.emit.qiskit.parameters import PLAIN, ParameterNames
from eqcompile.emit.qiskit.preparation import prepare
from eqcompile.errors import BackendError
from eqcompile.exact.arithmetic.scalars import to_complex
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import letter, support_of
from eqcompile.passes.formula.product_formula import ProductFormulas

MAX_DENSE_TERMS = 1000
"""Pauli strings of an observable that becomes a `SparsePauliOp`, whose tables hold every qubit. Beyond it, weaker: it
becomes a `SparseObservable`; the operator is the same."""

SPARSE_LETTERS = {name: SparseObservable.BitTerm[name].value for name in "XYZ"}

LARGE = 1e100
"""Lengths in units of 1e-100 angstrom: adding one keeps a denominator away from zero and is far below rounding. (A tiny
constant beside a parameter would do the same, but Qiskit drops it when it simplifies.)"""


@stage(LOWERING, CURE)
def circuit_of(
    program: Compiled,
    data: DataForm | None = None,
    barriers: bool = False,
    prepare: bool = True,
    prefix: str = "",
    trotter: tuple[int, int] | None = None,
) -> QuantumCircuit:
    """The circuit of a program, without a back end.

    Args, Returns and Raises: as for :meth:`eqcompile.program.Program.to_qiskit`.
    """
    spec, formulas = program.spec, formulas_for(program, trotter)
    state, names = spec.state if prepare else None, ParameterNames.of(spec, prefix)
    return qiskit_circuit(
        program.ansatz, state, program.observable, spec.name, data or "positions", barriers, names, formulas
    )


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
        observable: the observable, attached to the circuit as ``.observable``.
        name: name of the circuit.
        data: what the data parameters are. ``"positions"``: the coordinates of every site (``H1_x``, ``H1_y``,
            ``H1_z``, in angstrom). ``"vectors"``: the same, but a vector on one qubit is one ``RVGate``; it has no
            decomposition before its parameters have values, so such a circuit is bound before it is transpiled. A
            vector times X on a parity qubit is as in ``"positions"``. ``"angles"``: the gate angles of every site
            (``H1_azimuth``, ``H1_elevation``, ``H1_turn``), which ``circuit_values`` of :mod:`eqcompile.emit.binding`
            computes; all angles are then single parameters, as OpenQASM and hardware like them, and alpha is inside the
            turn. ``"gates"``: the same, but every encoding gate has angles of its own, such as ``H1_3_q0_azimuth`` on
            qubit 0 in encoding number 3, counted from 0; parameter-shift rules need them.
        barriers: whether barriers separate preparation, encodings and layers, for pictures.
        names: what the parameters are called, and whom they belong to.
        formulas: product formulas for gates without an exact circuit.

    Returns:
        A circuit with the trainable parameters (``w_0_0_0``, ``eps_0``, ``alpha``) and the data parameters.

    Raises:
        BackendError: unknown ``data``.
        MethodError: a gate has no exact circuit, and there are no formulas.
    """
    if data not in get_args(DataForm):
        raise BackendError(f"unknown form of the data {data!r}; known: {', '.join(get_args(DataForm))}")
    emitter = QiskitEmitter(
        QuantumCircuit(ansatz.num_qubits, name=name), ansatz.site_names, data, names, barriers
    )
    emitter.model(ansatz, state, formulas)
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


class QiskitEmitter(Emitter[Any]):
    """Appends gates to a circuit, creating each named parameter once; angles are expressions or numbers of Qiskit.

    Args:
        circuit: what is appended to.
        site_names: names of the data vectors.
        data: form of the data parameters, see :func:`qiskit_circuit`.
        names: what the parameters are called.
        barriers: whether every section begins with a barrier.
    """

    def __init__(
        self,
        circuit: QuantumCircuit,
        site_names: tuple[str, ...],
        data: DataForm = "positions",
        names: ParameterNames = PLAIN,
        barriers: bool = False,
    ) -> None:
        super().__init__()
        self.circuit = circuit
        self._names = names
        self._data = "positions" if data in IN_POSITIONS else data
        self._whole_vectors = data == "vectors"
        self._barriers = barriers
        self._site_names = site_names
        self._coordinates = coordinate_names(site_names)
        self._parameters: dict[str, Parameter] = {}
        self._directions: dict[int, tuple[ParameterExpression, ParameterExpression]] = {}
        self._turns: dict[int, ParameterExpression] = {}
        self._start: Any = None  # phase of what stands before the first gate

    def gate(self, gate: Operation) -> None:
        """Lower a gate exactly and append it; in the form ``"vectors"``, a vector on one qubit stays as it is."""
        if self._whole_vectors and isinstance(gate, VectorRotation) and gate.is_plain:
            turn = 2 * self.parameter(gate.scale)
            self.circuit.rv(*(turn * component for component in self._vector(gate.site)), gate.qubit)
            return
        if self._start is None:
            self._start = self.circuit.global_phase
        super().gate(gate)

    def section(self, name: str) -> None:
        """A barrier, for pictures."""
        if self._barriers:
            self.circuit.barrier()

    def prepare(self, state: InitialState) -> None:
        """Gates that turn zeros into the state."""
        prepare(state, self.circuit)

    def parameter(self, name: str) -> Parameter:
        """The circuit parameter of that name."""
        if name not in self._parameters:
            self._parameters[name] = self._names.parameter(name)
        return self._parameters[name]

    def angle(self, terms: Mapping[Monomial, float], constant: float) -> ParameterExpression | float:
        """An expression in the parameters; the constant alone where there are none."""
        parts = [value * prod(map(self.parameter, monomial)) for monomial, value in terms.items()]
        if not parts:
            return constant
        expression = reduce(add, parts)
        return expression + constant if constant else expression

    def rotate(self, axis: str, angle: ParameterExpression | float, qubit: int) -> None:
        """RX, RY or RZ."""
        {"x": self.circuit.rx, "y": self.circuit.ry, "z": self.circuit.rz}[axis](angle, qubit)

    def controlled_x(self, control: int, target: int) -> None:
        """CX."""
        self.circuit.cx(control, target)

    def unitary(self, matrix: Any, qubits: list[int]) -> None:
        """A ``UnitaryGate``, whose first qubit is the lowest bit in Qiskit too."""
        self.circuit.append(UnitaryGate(matrix), qubits)

    def global_phase(self, angle: ParameterExpression | float) -> None:
        """Added to the phase that the circuit had before its first gate."""
        self.circuit.global_phase = self._start + angle

    def turn(self, site: int, qubit: int, scale: str) -> ParameterExpression:
        """2 alpha |x|."""
        if self._data != "positions":
            return self._angles(site, qubit)[2]
        if site not in self._turns:
            x, y, z = self._vector(site)
            self._turns[site] = 2 * self.parameter(scale) * (x * x + y * y + z * z) ** 0.5
        return self._turns[site]

    def direction(self, site: int, qubit: int) -> tuple[ParameterExpression, ParameterExpression]:
        """Azimuth and elevation with arctan alone, defined for every vector, the axes and zero included.

        azimuth = sign(y) (pi/2 - arctan(x/abs(y))), elevation = arctan(z/rho), with y and rho kept away from zero.
        Qiskit takes intermediate values below 2e-16 for zero, so a coordinate below 1.5e-8 angstrom counts as zero
        where no larger one stands beside it. The form in angles has no such limit.
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

    def _vector(self, site: int) -> tuple[Parameter, Parameter, Parameter]:
        x, y, z = (self.parameter(name) for name in self._coordinates[site])
        return x, y, z

    def _angles(self, site: int, qubit: int) -> tuple[Parameter, Parameter, Parameter]:
        name = self._site_names[site]
        if self._data == "gates":
            name = occurrence_name(name, self.encoding, qubit)
        azimuth, elevation, turn = (self.parameter(angle) for angle in angle_names(name))
        return azimuth, elevation, turn
