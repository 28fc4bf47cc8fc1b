"""Checks of a circuit that was written in Python: registers, kinds, and that every operation is unitary.

Readers make sound circuits. What a person writes is checked once, before anything is said about it. An operation that
is not unitary would be decided as something else.
"""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from eqcompile.arguments import MAX_REGISTER, found
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit, Placement
from eqcompile.circuits.operations import (
    Evolve,
    FixedUnitary,
    OpaqueGate,
    PauliRotation,
    Singlet,
    Swapped,
    VectorRotation,
)
from eqcompile.declaration.spec import ProductKet
from eqcompile.errors import ArgumentError
from eqcompile.exact.arithmetic.cyclotomic import Rational, RealCyclotomic
from eqcompile.exact.arithmetic.scalars import rational
from eqcompile.exact.operators.pauli import PauliSum

LETTERS = frozenset("01+-rl")


def require_sound(circuit: Circuit) -> None:
    """Refuse what is not a circuit.

    Raises:
        ArgumentError: a wrong kind or size anywhere, a qubit outside the register, or an operation that is not unitary.
    """
    size, ancillas = circuit.num_qubits, circuit.num_ancillas
    if not _is_count(size) or not 0 < size <= MAX_REGISTER:
        raise ArgumentError(
            f"num_qubits: a whole number from 1 to {MAX_REGISTER} is needed; found {found(size)}"
        )
    if not _is_count(ancillas) or ancillas > size:
        raise ArgumentError(f"num_ancillas: a whole number up to {size} is needed; found {found(ancillas)}")
    if not isinstance(circuit.operations, tuple):
        raise ArgumentError(f"operations: a tuple is needed; found {found(circuit.operations)}")
    for number, operation in enumerate(circuit.operations):
        if wrong := _wrong(operation, size):
            raise ArgumentError(f"operations[{number}]: {wrong}")
    start, placement = circuit.start, circuit.placement
    if placement is not None and (wrong := _misplaced(placement, size)):
        raise ArgumentError(f"placement: {wrong}")
    if isinstance(start, ProductKet) and not {*start.letters} <= LETTERS:
        raise ArgumentError(f"start: letters are 0 1 + - r l; found {found(start.letters)}")
    if isinstance(start, ProductKet) and len(start.letters) != len(circuit.initial):
        raise ArgumentError(f"start: {len(circuit.initial)} letters are needed; found {found(start.letters)}")


def _wrong(operation: Any, size: int) -> str:
    """What is wrong with an operation; empty if nothing is."""
    if isinstance(operation, PauliRotation):
        key = operation.key
        # A negative mask has endless bits, and bits beyond the register would be lost without a word.
        masks = isinstance(key, tuple) and len(key) == 2 and all(_is_count(mask) for mask in key)
        if not masks or max(key).bit_length() > size:
            return f"a string is a pair of masks of {size} qubits; found {found(key)}"
        return _wrong_angle(operation.angle)
    if isinstance(operation, Evolve):
        return _wrong_operator(operation.generator, size, "Hermitian") or _wrong_angle(operation.angle)
    if isinstance(operation, FixedUnitary):
        return _wrong_operator(operation.operator, size, "unitary")
    if isinstance(operation, VectorRotation):
        if not _is_count(operation.site):
            return f"a site is a number from 0; found {found(operation.site)}"
        # X on the qubit that turns would overwrite its letter: another gate than was written.
        parity = () if operation.parity is None else (operation.parity,)
        return (
            _wrong_qubits((operation.qubit, *parity), size)
            or _wrong_angle(operation.turn)
            or ("" if _is_orthogonal(operation.matrix) else "its matrix is not an orthogonal 3 x 3 matrix")
        )
    if isinstance(operation, Singlet):
        return _wrong_qubits((operation.first, operation.second), size)
    if isinstance(operation, Swapped):
        # That the gate lies on the two qubits was checked when it was made.
        inner = "" if operation.gate is None else _wrong(operation.gate, size)
        return inner or _wrong_qubits(operation.qubits, size, 2)
    if isinstance(operation, OpaqueGate):
        if operation.gate is None or operation.gate.num_qubits != len(operation.qubits):
            return f"the opaque gate {operation.name} is not a gate on {len(operation.qubits)} qubits"
        return _wrong_qubits(operation.qubits, size)
    return f"not an operation: {found(operation)}"


def _wrong_qubits(qubits: Any, size: int, count: int | None = None) -> str:
    whole = isinstance(qubits, tuple) and all(_is_count(q) and q < size for q in qubits)
    if not whole or len({*qubits}) < len(qubits) or count not in (None, len(qubits)):
        return f"different qubits from 0 to {size - 1} are needed; found {found(qubits)}"
    return ""


def _wrong_angle(angle: Any) -> str:
    if not isinstance(angle, ExactAngle):
        return f"an exact angle is needed, such as ExactAngle.parameter('w'); found {found(angle)}"
    numbers = [angle.pi_multiple, *(value for _, value in angle.terms)]
    names = [name for monomial, _ in angle.terms for name in monomial]
    if not all(isinstance(n, Fraction | int) for n in numbers) or not all(isinstance(n, str) for n in names):
        return "coefficients of an angle are fractions, and its parameters are names"
    return ""


def _wrong_operator(operator: Any, size: int, kind: str) -> str:
    if not isinstance(operator, PauliSum) or operator.num_qubits != size:
        return f"a PauliSum on {size} qubits is needed; found {found(operator)}"
    if kind == "Hermitian":
        return "" if operator.is_hermitian else f"the generator {operator} is not Hermitian"
    product = operator * operator.adjoint()
    return "" if product == PauliSum.identity(size) else f"{operator} is not unitary"


def _is_orthogonal(matrix: Any) -> bool:
    """Exactly, entries being real numbers of the kind that the project computes with."""
    try:
        rows = [list(row) for row in matrix]
        if [len(row) for row in rows] != [3, 3, 3]:
            return False
        if not all(isinstance(x, Rational | RealCyclotomic) for row in rows for x in row):
            return False
        dots = [
            [sum((a * b for a, b in zip(r, s, strict=True)), start=rational(0)) for s in rows] for r in rows
        ]
    except TypeError:
        return False
    return dots == [[rational(int(i == j)) for j in range(3)] for i in range(3)]


def _misplaced(placement: Any, size: int) -> str:
    if not isinstance(placement, Placement):
        return f"a Placement is needed; found {found(placement)}"
    if len(placement.start) != len(placement.end):
        return f"as many starts as ends are needed; found {len(placement.start)} and {len(placement.end)}"
    both: Iterable[Any] = (placement.start, placement.end)
    return next((wrong for qubits in both if (wrong := _wrong_qubits(qubits, size))), "")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
