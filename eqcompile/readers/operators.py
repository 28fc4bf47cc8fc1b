"""Qiskit's operators and states in exact form. Qiskit writes qubit 0 last. Here it comes first."""

from fractions import Fraction
from math import isfinite

import numpy as np
from qiskit.quantum_info import SparsePauliOp, Statevector

from eqcompile.errors import BackendError, LimitError
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ZERO, RealLike, Scalar, scalar, square_root
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, pauli_key
from eqcompile.exact.states.kets import MAX_AMPLITUDES
from eqcompile.exact.states.state import ExactState
from eqcompile.readers.exact_matrix import exact_number, note_number, number_text
from eqcompile.readers.expressions import NoExactFormError
from eqcompile.readers.readings import Readings

COEFFICIENT_TOLERANCE = 1e-15
"""A relative tolerance: a coefficient is the rounded form of a simple number, or it is meant as it is."""

AMPLITUDE_TOLERANCE = 1e-12
"""Tolerance for amplitudes over the largest one: they come from a simulation, with its rounding errors."""

MAX_DENOMINATOR = 1000
"""Denominator of a coefficient that is recognised in a `SparsePauliOp` of floats. Beyond it, refused: write the
operator as text with exact numbers."""

MAX_SQUARE_DENOMINATOR = 64
"""Denominator of the square of a coefficient that is a square root, in a `SparsePauliOp` of floats. Beyond it,
refused: write the operator as text with exact numbers."""


def sparse_pauli_sum(op: SparsePauliOp, readings: Readings | None = None) -> PauliSum:
    """The exact form of a Pauli sum with rounded coefficients.

    Real and imaginary parts are read as the fraction or square root that they are up to rounding, else as their exact
    binary values. Anything below the rounding of the largest coefficient is zero.

    Args:
        op: the Pauli sum, without free parameters.
        readings: collects the coefficients that are not the doubles next to their exact numbers.

    Raises:
        BackendError: free parameters, or coefficients that are not finite.

    >>> sparse_pauli_sum(SparsePauliOp(["IXX", "ZII"], [0.5, 0.7071067811865476]))
    1/2*sqrt(2)*Z2 + 1/2*X0 X1
    """
    terms: dict[PauliKey, Scalar] = {}
    listed = [(letters, qubits, _finite(value)) for letters, qubits, value in op.to_sparse_list()]
    floor = COEFFICIENT_TOLERANCE * max((abs(value) for _, _, value in listed), default=0.0)
    for letters, qubits, value in listed:
        key = pauli_key(dict(zip(qubits, letters, strict=True)))
        exact = scalar(_coefficient(value.real, floor)) + IMAGINARY_UNIT * scalar(
            _coefficient(value.imag, floor)
        )
        note_number(value, exact, "a coefficient is an exact number up to rounding", readings)
        terms[key] = terms.get(key, ZERO) + exact
    return PauliSum(op.num_qubits, terms)


def exact_state(state: Statevector, readings: Readings | None = None) -> ExactState:
    """The exact form of a state, up to normalisation and a global phase.

    Amplitudes are divided by the largest one. The quotients must be fractions, square roots of fractions, cosines
    of simple fractions of a turn, or such numbers times a root of unity.

    Args:
        state: a state of qubits.
        readings: collects the quotients that are not the doubles next to their exact numbers, and the amplitudes that
            are so small that they count as zero.

    Raises:
        BackendError: an amplitude has no such form, or the vector is zero or not of qubits.
        LimitError: too many amplitudes.

    >>> exact_state(Statevector.from_label("0+"))
    |+0>
    """
    if state.num_qubits is None:
        raise BackendError(f"the state has dimensions {state.dims()}; only states of qubits are understood")
    amplitudes = np.asarray(state.data, complex)
    if not np.isfinite(amplitudes).all():
        raise BackendError("the state has amplitudes that are not finite numbers")
    largest = amplitudes[np.argmax(np.abs(amplitudes))]
    if not largest:
        raise BackendError("the zero vector is not a state; give at least one amplitude")
    quotients = amplitudes / largest
    occupied = np.flatnonzero(np.abs(quotients) > AMPLITUDE_TOLERANCE)
    if len(occupied) > MAX_AMPLITUDES:
        raise LimitError(f"the state has {len(occupied)} amplitudes; the limit is {MAX_AMPLITUDES}")
    known: dict[complex, Scalar] = {}
    for value in np.unique(quotients[occupied]).tolist():
        try:
            known[value] = exact_number(value, AMPLITUDE_TOLERANCE)
        except NoExactFormError as error:
            raise BackendError(
                f"the state has no exact form: over its largest amplitude, {error}; give it as an ExactState"
            ) from None
    for value, exact in known.items():
        note_number(
            value, exact, "an amplitude over the largest one is an exact number up to rounding", readings
        )
    dropped = quotients[(np.abs(quotients) <= AMPLITUDE_TOLERANCE) & (quotients != 0)]
    if readings is not None:
        for value in np.unique(dropped).tolist():
            readings.note("an amplitude far below the largest one is zero", number_text(value), "0")
    return ExactState(state.num_qubits, {int(bits): known[complex(quotients[bits])] for bits in occupied})


def _finite(value: object) -> complex:
    try:
        number = complex(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, RuntimeError):
        raise BackendError(f"the coefficient {value} is not a number; bind the parameters first") from None
    if not (isfinite(number.real) and isfinite(number.imag)):
        raise BackendError(f"the coefficient {number} is not finite")
    return complex(number)


def _coefficient(value: float, floor: float) -> RealLike:
    if abs(value) <= floor:
        return 0
    exact = Fraction(value)
    tolerance = COEFFICIENT_TOLERANCE * abs(value)
    fraction = exact.limit_denominator(MAX_DENOMINATOR)
    if abs(float(fraction) - value) <= tolerance:
        return fraction
    square = Fraction(value * value).limit_denominator(MAX_SQUARE_DENOMINATOR)
    if abs(float(square) ** 0.5 - abs(value)) <= tolerance:
        try:
            return square_root(square) if value > 0 else -square_root(square)
        except LimitError:
            return exact
    return exact
