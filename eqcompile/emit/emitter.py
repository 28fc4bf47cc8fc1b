"""The way through a model that back ends share, and the eight methods that make a back end.

A back end that writes circuits is a class with the abstract methods of :class:`Emitter`. Sections, product formulas,
lowering to primitive gates, diagonalisation and the sum of the global phases are common to all and stand here.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cache, singledispatchmethod
from itertools import pairwise
from typing import Any, Generic, Protocol, Self, TypeVar

import numpy as np

from eqcompile.circuits.angle import Monomial
from eqcompile.circuits.ansatz import ReuploadingAnsatz
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Evolve, Operation, VectorRotation
from eqcompile.declaration.spec import InitialState
from eqcompile.emit.phases import TotalPhase, linear_form
from eqcompile.exact.arithmetic.scalars import to_float
from eqcompile.exact.operators.pauli import PauliSum
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


class AngleOfBackEnd(Protocol):
    """What a back end computes with: a number, or an expression in its parameters."""

    def __neg__(self) -> Self: ...

    def __rmul__(self, factor: float, /) -> Self: ...


A = TypeVar("A", bound=AngleOfBackEnd)


class Emitter(ABC, Generic[A]):
    """Writes a model gate by gate; a subclass says what each gate is in the language of a back end.

    Attributes:
        encoding: number of the encoding that is being written, counted from 0.
    """

    def __init__(self) -> None:
        self.encoding = 0
        self._phase = TotalPhase()

    @abstractmethod
    def prepare(self, state: InitialState) -> None:
        """Turn zeros into the initial state."""

    @abstractmethod
    def angle(self, terms: Mapping[Monomial, float], constant: float) -> A:
        """A linear form of products of trainable parameters, by name, as an angle."""

    @abstractmethod
    def direction(self, site: int, qubit: int) -> tuple[A, A]:
        """Azimuth and elevation of a site's vector, for the encoding that is being written on a qubit."""

    @abstractmethod
    def turn(self, site: int, qubit: int, scale: str) -> A:
        """2 alpha |x| of a site's vector, alpha by name."""

    @abstractmethod
    def rotate(self, axis: str, angle: A, qubit: int) -> None:
        r""":math:`e^{-i\,\mathrm{angle}\,\sigma/2}` about ``x``, ``y`` or ``z``."""

    @abstractmethod
    def controlled_x(self, control: int, target: int) -> None:
        """CX."""

    @abstractmethod
    def unitary(self, matrix: Any, qubits: list[int]) -> None:
        """A matrix ``(2**k, 2**k)`` on k qubits; bit i of its indices is ``qubits[i]``."""

    @abstractmethod
    def global_phase(self, angle: A) -> None:
        r"""Put the phase :math:`e^{i\,\mathrm{angle}}` in front of all gates so far, in place of any earlier phase."""

    def section(self, name: str) -> None:
        """A part of the circuit begins, such as ``encoding 0`` or ``layer 0``; by default nothing marks it."""

    def model(
        self, ansatz: ReuploadingAnsatz, state: InitialState | None, formulas: ProductFormulas | None = None
    ) -> None:
        """Write a whole model.

        Args:
            ansatz: the circuit.
            state: how it starts; all qubits in zero by default.
            formulas: product formulas for gates without an exact circuit.

        Raises:
            MethodError: a gate has no exact circuit, and there are no formulas.
        """
        if state is not None:
            self.prepare(state)
        for number, gates in enumerate(_sections(ansatz)):
            self.encoding = number // 2
            self.section(f"{'layer' if number % 2 else 'encoding'} {number // 2}")
            whole = Circuit(ansatz.num_qubits, gates)
            for operation in whole if formulas is None else formulas.run(whole):
                self.gate(operation)

    def gate(self, gate: Operation) -> None:
        """Lower a gate exactly and write it."""
        before = self._phase.copy()
        for primitive in lower(gate):
            self._emit(primitive)
        if self._phase != before:
            self.global_phase(self.angle(*self._phase.total()))

    @singledispatchmethod
    def _emit(self, primitive: Primitive) -> None:
        raise NotImplementedError(type(primitive).__name__)

    @_emit.register
    def _(self, primitive: AxisRotation) -> None:
        self.rotate(primitive.axis, self.angle(*linear_form(primitive.angle)), primitive.qubit)

    @_emit.register
    def _(self, primitive: FixedRotation) -> None:
        angle = np.arctan2(to_float(primitive.sine), to_float(primitive.cosine))
        self.rotate("y", self.angle({}, 2 * float(angle)), primitive.qubit)

    @_emit.register
    def _(self, primitive: ControlledX) -> None:
        self.controlled_x(primitive.control, primitive.target)

    @_emit.register
    def _(self, primitive: GlobalPhase) -> None:
        self._phase.add(primitive.angle)

    @_emit.register
    def _(self, primitive: FrameRotation) -> None:
        azimuth, elevation = self.direction(primitive.site, primitive.qubit)
        if primitive.inverse:
            self.rotate("z", -azimuth, primitive.qubit)
            self.rotate("y", elevation, primitive.qubit)
        else:
            self.rotate("y", -elevation, primitive.qubit)
            self.rotate("z", azimuth, primitive.qubit)

    @_emit.register
    def _(self, primitive: NormRotation) -> None:
        self.rotate("x", self.turn(primitive.site, primitive.qubit, primitive.scale), primitive.qubit)

    @_emit.register
    def _(self, primitive: SpectralGate) -> None:
        """V, then exp(-i theta Lambda) as rotations about strings of Z, then V^dagger backwards."""
        qubits = list(primitive.generator.support)
        vectors, strings = _spectral_form(primitive.generator)
        theta = self.angle(*linear_form(Angle(primitive.angle)))
        self.unitary(vectors.conj().T, qubits)
        for mask, value in strings:
            involved = [q for bit, q in enumerate(qubits) if mask >> bit & 1]
            if involved:
                self._z_string(involved, 2 * value * theta)
            else:
                self._phase.add_rounded(primitive.angle, -value)
        self.unitary(vectors, qubits)

    def _z_string(self, qubits: list[int], angle: A) -> None:
        ladder = list(pairwise(qubits))
        for a, b in ladder:
            self.controlled_x(a, b)
        self.rotate("z", angle, qubits[-1])
        for a, b in reversed(ladder):
            self.controlled_x(a, b)


def _sections(ansatz: ReuploadingAnsatz) -> Iterator[tuple[VectorRotation | Evolve, ...]]:
    """An encoding, and a layer and an encoding for each unit of depth."""
    yield ansatz.encoding
    for d in range(ansatz.depth):
        yield tuple(ansatz.layer_gates(d))
        yield ansatz.encoding


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
