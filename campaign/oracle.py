r"""The oracle: :math:`\|R\,U(x) - \lambda\,U(V x)\,R\|` in extended precision, independent of the engine."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from campaign.elements import PI, Action, Array, Element, pauli
from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, Operation, PauliRotation, VectorRotation
from eqcompile.exact.arithmetic.cyclotomic import Cyclotomic
from eqcompile.exact.arithmetic.scalars import Scalar, scalar
from eqcompile.exact.operators.strings import letter, support_of

PRECISION = float(np.finfo(np.longdouble).eps)
ZERO = 1e4 * PRECISION
"""Defect that counts as zero. A hundred gates on vectors of norm one lose less; in 80 bits, relative errors of 1e-9
leave defects far above it."""

NUM_POINTS = 2
NUM_COLUMNS = 2


def defect(
    circuit: Circuit, elements: Sequence[Element], sites: Sequence[str], source: np.random.Generator
) -> float:
    """The largest defect over all elements, at random points and on random states, with the best phase taken out.

    Args:
        circuit: a circuit without opaque gates; its last qubits may be ancillas.
        elements: elements that generate the group.
        sites: names of the sites. Their coordinates are called ``A_x`` and so on; the turn of a vector rotation is
            twice the length of the vector.
        source: source of random parameters, angles and states.
    """
    worst = 0.0
    for element in elements:
        for _ in range(NUM_POINTS):
            action = element.at(np.longdouble(source.uniform(0.5, 3)))
            values = {name: _number(source) for name in circuit.parameters}
            x = np.array([[_number(source) for _ in range(3)] for _ in sites]).reshape(len(sites), 3)
            worst = max(worst, _difference(circuit, action, values, x, sites, source))
    return worst


def _difference(
    circuit: Circuit,
    action: Action,
    values: dict[str, np.longdouble],
    x: Array,
    sites: Sequence[str],
    source: np.random.Generator,
) -> float:
    n, ancillas = circuit.num_qubits, circuit.num_ancillas
    psi = np.zeros((1 << n, NUM_COLUMNS), dtype=np.clongdouble)
    shape = (1 << (n - ancillas), NUM_COLUMNS)
    psi[: shape[0]] = source.normal(size=shape) + 1j * source.normal(size=shape)
    psi /= np.sqrt((abs(psi) ** 2).sum())
    before = _acted(action, evolve(circuit, values | coordinates(x, sites), x, psi), ancillas)
    moved = action.vectors(x)
    after = evolve(circuit, values | coordinates(moved, sites), moved, _acted(action, psi, ancillas))
    overlap = (after.conj() * before).sum()
    size = abs(overlap)
    phase = overlap / size if size > ZERO else np.clongdouble(1)
    return float(np.sqrt((abs(before - phase * after) ** 2).sum()))


def _acted(action: Action, psi: Array, ancillas: int) -> Array:
    """Apply the element to all qubits except the last ones, the ancillas."""
    size = len(psi) >> ancillas
    columns = psi.reshape(1 << ancillas, size, -1).transpose(1, 0, 2).reshape(size, -1)
    moved = action.states(columns, size.bit_length() - 1)
    return moved.reshape(size, 1 << ancillas, -1).transpose(1, 0, 2).reshape(psi.shape)


def coordinates(x: Array, sites: Sequence[str]) -> dict[str, np.longdouble]:
    """Values of all data parameters: coordinates, spherical angles, and twice the length."""
    out: dict[str, np.longdouble] = {}
    for site, (a, b, c) in zip(sites, x, strict=True):
        flat = np.sqrt(a * a + b * b)
        out |= {f"{site}_x": a, f"{site}_y": b, f"{site}_z": c}
        out |= {f"{site}_azimuth": np.arctan2(b, a), f"{site}_elevation": np.arctan2(c, flat)}
        out[f"{site}_turn"] = 2 * np.sqrt(flat * flat + c * c)
    return out


def evolve(circuit: Iterable[Operation], values: dict[str, np.longdouble], x: Array, psi: Array) -> Array:
    """Apply the circuit to the columns of ``psi``."""
    n = len(psi).bit_length() - 1
    for operation in circuit:
        if isinstance(operation, PauliRotation):
            half = number(operation.angle, values) / 2
            image = pauli({q: letter(operation.key, q) for q in operation.support}, psi, n)
            psi = np.cos(half) * psi - 1j * np.sin(half) * image
        elif isinstance(operation, FixedUnitary):
            psi = _summed({key: _complex(value) for key, value in operation.operator.terms.items()}, psi, n)
        elif isinstance(operation, VectorRotation):
            row = (
                np.array([[_complex(scalar(v)).real for v in line] for line in operation.matrix])
                @ x[operation.site]
            )
            half = number(operation.turn, values) / 2
            unit = row / np.sqrt((row * row).sum())
            image = _summed({operation.string(axis): unit[axis] for axis in range(3)}, psi, n)
            psi = np.cos(half) * psi - 1j * np.sin(half) * image
        else:
            raise TypeError(f"the oracle knows no {type(operation).__name__}")
    return psi


def _summed(terms: dict[tuple[int, int], np.clongdouble], psi: Array, num_qubits: int) -> Array:
    out = np.zeros_like(psi)
    for key, value in terms.items():
        out = out + value * pauli({q: letter(key, q) for q in support_of(key)}, psi, num_qubits)
    return out


def number(angle: ExactAngle, values: dict[str, np.longdouble]) -> np.longdouble:
    """The value of an angle in radians."""
    total = _fraction(angle.pi_multiple) * PI
    for monomial, coefficient in angle.terms:
        term = _fraction(coefficient)
        for name in monomial:
            term = term * values[name]
        total = total + term
    return total


def _fraction(value: Fraction) -> np.longdouble:
    """Convert in two pieces, since a double does not hold the fraction."""
    high = float(value)
    return np.longdouble(high) + np.longdouble(float(value - Fraction(high)))


def _complex(value: Scalar) -> np.clongdouble:
    """Value of a Gaussian rational, or of a polynomial in a root of unity."""
    if not isinstance(value, Cyclotomic):
        return _fraction(_exact(value.x)) + np.clongdouble(1j) * _fraction(_exact(value.y))
    turn = 2 * PI / value.order
    total = np.clongdouble(0)
    for power, coefficient in enumerate(value.polynomial.coeffs()):
        angle = power * turn
        total = total + _fraction(_exact(coefficient)) * (np.cos(angle) + np.clongdouble(1j) * np.sin(angle))
    return total


def _exact(value: Any) -> Fraction:
    return Fraction(int(value.numerator), int(value.denominator))


def _number(source: np.random.Generator) -> np.longdouble:
    return np.longdouble(source.normal())
