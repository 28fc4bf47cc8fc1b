"""A program as a quantum function of PennyLane, with its observable.

PennyLane counts wires from the most significant one of a matrix; Qiskit and this package count from the least
significant one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from math import prod
from typing import Any

import numpy as np

from eqcompile.budgets import stage
from eqcompile.circuits.angle import Monomial
from eqcompile.circuits.ansatz import ReuploadingAnsatz, angle_names
from eqcompile.declaration.spec import InitialState, ProductKet, Singlets
from eqcompile.emit.compiled import CURE, LOWERING, Compiled, formulas_for
from eqcompile.emit.emitter import Emitter
from eqcompile.errors import BackendError, DimensionError
from eqcompile.exact.arithmetic.scalars import to_complex
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import letter, support_of
from eqcompile.numeric.dense import amplitudes_of

INSTALL = 'pip install -e ".[pennylane]"'

_LETTERS = {
    "0": (),
    "1": ("PauliX",),
    "+": ("Hadamard",),
    "-": ("PauliX", "Hadamard"),
    "r": ("Hadamard", "S"),
    "l": ("Hadamard", "S", "PauliZ"),
}
"""Gates that take |0> to each letter; S and Z are the inverse of S."""


@dataclass(frozen=True)
class LinearForm:
    """A sum of products of named values and a constant."""

    terms: Mapping[Monomial, float]
    constant: float = 0.0

    def __neg__(self) -> "LinearForm":
        return -1.0 * self

    def __rmul__(self, factor: float, /) -> "LinearForm":
        return LinearForm({names: factor * c for names, c in self.terms.items()}, factor * self.constant)

    def at(self, values: Mapping[str, Any]) -> Any:
        """The number that it has for these values."""
        return self.constant + sum(
            c * prod(values[name] for name in names) for names, c in self.terms.items()
        )


@dataclass(frozen=True, eq=False)
class Instruction:
    """An operation of PennyLane.

    Attributes:
        name: name of its class.
        wires: wires on which it acts.
        angle: the angle that it takes, if any.
        array: what it takes instead: a matrix, or amplitudes.
    """

    name: str
    wires: tuple[int, ...]
    angle: LinearForm | None = None
    array: Any = None


class PennyLaneEmitter(Emitter[LinearForm]):
    """Collects instructions under the names of sections.

    Args:
        site_names: names of the data vectors.
    """

    def __init__(self, site_names: tuple[str, ...]) -> None:
        super().__init__()
        self._angles = tuple(angle_names(site) for site in site_names)
        self._sections: list[tuple[str, list[Instruction]]] = []
        self._total = LinearForm({})

    @property
    def sections(self) -> tuple[tuple[str, tuple[Instruction, ...]], ...]:
        """Everything so far; the phase of all gates is the last instruction."""
        whole = tuple((name, tuple(instructions)) for name, instructions in self._sections)
        if not self._total.terms and not self._total.constant:
            return whole
        # PennyLane's gate of an angle is exp(-i angle).
        return (*whole, ("global phase", (Instruction("GlobalPhase", (), -self._total),)))

    def section(self, name: str) -> None:
        """Instructions that follow belong to this section."""
        self._sections.append((name, []))

    def prepare(self, state: InitialState) -> None:
        """Singlets by one CNOT each, letters by gates on one wire, other entangled states by their amplitudes."""
        self.section("initial state")
        if isinstance(state, Singlets):
            for i, j in state.pairs:
                for name, qubit in (("PauliX", i), ("PauliX", j), ("Hadamard", i)):
                    self._add(name, (qubit,))
                self.controlled_x(i, j)
            return
        letters: Mapping[int, str] = dict(enumerate(state.letters)) if isinstance(state, ProductKet) else {}
        if not isinstance(state, ProductKet):
            letters, entangled = state.vector.split()
            others = [qubit for qubit in range(state.vector.num_qubits) if qubit not in letters]
            if others:
                self._add("StatePrep", tuple(reversed(others)), array=amplitudes_of(entangled))
        for qubit, written in sorted(letters.items()):
            for name in _LETTERS[written]:
                self._add(name, (qubit,))

    def angle(self, terms: Mapping[Monomial, float], constant: float) -> LinearForm:
        """The form as it is."""
        return LinearForm(dict(terms), constant)

    def direction(self, site: int, qubit: int) -> tuple[LinearForm, LinearForm]:
        """By the names that :func:`named_values` gives them."""
        azimuth, elevation, _ = self._angles[site]
        return LinearForm({(azimuth,): 1.0}), LinearForm({(elevation,): 1.0})

    def turn(self, site: int, qubit: int, scale: str) -> LinearForm:
        """By the name that :func:`named_values` gives it."""
        return LinearForm({(self._angles[site][2],): 1.0})

    def rotate(self, axis: str, angle: LinearForm, qubit: int) -> None:
        """RX, RY or RZ."""
        self._add(f"R{axis.upper()}", (qubit,), angle)

    def controlled_x(self, control: int, target: int) -> None:
        """CNOT."""
        self._add("CNOT", (control, target))

    def unitary(self, matrix: Any, qubits: list[int]) -> None:
        """A ``QubitUnitary``, whose first wire is the highest bit."""
        self._add("QubitUnitary", tuple(reversed(qubits)), array=matrix)

    def global_phase(self, angle: LinearForm) -> None:
        """Kept until all gates are there."""
        self._total = angle

    def _add(
        self, name: str, wires: tuple[int, ...], angle: LinearForm | None = None, array: Any = None
    ) -> None:
        self._sections[-1][1].append(Instruction(name, wires, angle, array))


def named_values(
    parameters: tuple[str, ...], sites: tuple[tuple[str, str], ...], params: Any, x: Any
) -> dict[str, Any]:
    """Trainable parameters and the angles of every site, by name; leading axes are a batch.

    Args:
        parameters: names in the order of ``params``.
        sites: every site with the name of its scale.
        params: ``(..., num_parameters)``.
        x: positions ``(..., num_sites, 3)`` in angstrom.
    """
    import pennylane as qml

    values = {name: params[..., k] for k, name in enumerate(parameters)}
    for k, (site, scale) in enumerate(sites):
        a, b, c = (x[..., k, axis] for axis in range(3))
        across = qml.math.sqrt(a * a + b * b)
        values[f"{site}_azimuth"] = qml.math.arctan2(b, a)
        values[f"{site}_elevation"] = qml.math.arctan2(c, across)
        values[f"{site}_turn"] = 2 * values[scale] * qml.math.sqrt(a * a + b * b + c * c)
    return values


@dataclass(frozen=True, eq=False)
class PennyLaneCircuit:
    """A quantum function ``circuit(params, x)``, to be called inside a QNode.

    Attributes:
        num_qubits: wires, counted from 0.
        parameter_names: trainable parameters in the order of ``params``.
        sites: every site with the name of its scale, in the order of ``x``.
        sections: instructions in order, under the name of their part of the circuit.
        operator: what is measured; see :attr:`observable`.
    """

    num_qubits: int
    parameter_names: tuple[str, ...]
    sites: tuple[tuple[str, str], ...]
    sections: tuple[tuple[str, tuple[Instruction, ...]], ...] = field(repr=False)
    operator: PauliSum = field(repr=False)

    def __call__(self, params: Any, x: Any = None) -> None:
        """Queue all gates.

        Args:
            params: ``(num_parameters,)``; arrays of numpy, autograd or JAX, or lists.
            x: positions ``(num_sites, 3)`` in angstrom, or ``(batch, num_sites, 3)``; ``None`` where the model takes
                none.

        Raises:
            DimensionError: wrong shapes.
        """
        qml = pennylane()
        params, x = (np.asarray(a) if isinstance(a, list | tuple) else a for a in (params, x))
        shape, positions = np.shape(params), (0, 3) if x is None else np.shape(x)
        if shape[-1:] != (len(self.parameter_names),) or positions[-2:] != (len(self.sites), 3):
            raise DimensionError(
                f"expected parameters of shape ({len(self.parameter_names)},) and positions of shape "
                f"({len(self.sites)}, 3); found {shape} and {positions}"
            )
        values = named_values(self.parameter_names, self.sites, params, x)
        for instruction in self.instructions():
            taken = instruction.array if instruction.angle is None else instruction.angle.at(values)
            operation = getattr(qml, instruction.name)
            operation(*(() if taken is None else (taken,)), wires=instruction.wires)

    def instructions(self) -> Iterator[Instruction]:
        """All instructions in order."""
        for _, instructions in self.sections:
            yield from instructions

    @cached_property
    def observable(self) -> Any:
        """What is measured, as an operator of PennyLane."""
        qml = pennylane()
        letters = {"X": qml.X, "Y": qml.Y, "Z": qml.Z}
        terms = observable_terms(self.operator)
        words = [[letters[name](wire) for name, wire in word] or [qml.Identity(0)] for _, word in terms]
        return qml.Hamiltonian([c for c, _ in terms], [w[0] if len(w) == 1 else qml.prod(*w) for w in words])


def observable_terms(op: PauliSum) -> list[tuple[float, list[tuple[str, int]]]]:
    """Coefficients with letters and wires; the zero operator is 0 times the identity.

    >>> observable_terms(PauliSum.parse("X0 Z2 - 1/2", 3))
    [(-0.5, []), (1.0, [('X', 0), ('Z', 2)])]
    """
    terms = [
        (float(to_complex(op.terms[key]).real), [(letter(key, q), q) for q in support_of(key)])
        for key in sorted(op)
    ]
    return terms or [(0.0, [])]


@stage(LOWERING, CURE)
def pennylane_circuit(
    program: Compiled, prepare: bool = True, trotter: tuple[int, int] | None = None
) -> PennyLaneCircuit:
    """The circuit of a program; PennyLane is not needed before it is called.

    Args and Raises: as for :meth:`eqcompile.program.Program.to_pennylane`.
    """
    ansatz, formulas = program.ansatz, formulas_for(program, trotter)
    emitter = PennyLaneEmitter(ansatz.site_names)
    emitter.model(ansatz, program.spec.state if prepare else None, formulas)
    return PennyLaneCircuit(
        ansatz.num_qubits, ansatz.parameter_names, _scales(ansatz), emitter.sections, program.observable
    )


def to_pennylane(
    program: Compiled, prepare: bool = True, trotter: tuple[int, int] | None = None
) -> PennyLaneCircuit:
    """The circuit of a program, refused at once where PennyLane is not installed.

    Args, Returns and Raises: as for :meth:`eqcompile.program.Program.to_pennylane`.
    """
    pennylane()
    return pennylane_circuit(program, prepare, trotter)


def pennylane() -> Any:
    """The library.

    Raises:
        BackendError: it is not installed; the message says how to install it.
    """
    try:
        return import_module("pennylane")
    except ImportError:
        raise BackendError(f"to_pennylane needs the package pennylane; install it with: {INSTALL}") from None


def _scales(ansatz: ReuploadingAnsatz) -> tuple[tuple[str, str], ...]:
    scale_of = {gate.site: gate.scale for gate in ansatz.encoding}
    return tuple((name, scale_of[site]) for site, name in enumerate(ansatz.site_names))
