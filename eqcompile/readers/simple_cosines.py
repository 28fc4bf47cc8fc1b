r"""Rotations by rounded angles that are not fractions of pi, but have simple cosines and sines.

:math:`2 \arccos\sqrt{2/3}` is such an angle: a rotation by it is an exact unitary, though its angle is transcendental.
Circuits for sums of spins contain it, and a transpiler may add a multiple of pi/4 to it.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from math import cos, pi, sin

from eqcompile.circuits.angle import ONE_RADIAN, ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import FixedUnitary, Operation, PauliRotation
from eqcompile.exact.arithmetic.scalars import IMAGINARY_UNIT, ONE, Scalar, format_scalar
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY
from eqcompile.readers.angles import MAX_FRACTION, MAX_RATIO
from eqcompile.readers.exact_matrix import ENTRY_TOLERANCE, exact_number
from eqcompile.readers.expressions import NoExactFormError

NUM_SHIFTS = 4
"""Multiples of pi/8 that half an angle may carry besides the simple part; at pi/2 cosine and sine change places."""


def with_simple_cosines(circuit: Circuit) -> Circuit:
    """The circuit with such rotations as fixed unitaries; numbers that are explained are no longer literals.

    A number that only turns the global phase is not a literal either: no claim depends on it.
    """
    notes: dict[str, None] = {}
    operations = tuple(new for old in circuit for new in _explained(old, circuit.num_qubits, notes))
    left = [
        value
        for operation in operations
        if isinstance(operation, PauliRotation) and operation.key != IDENTITY
        for _, value in operation.angle.terms
        if value.denominator > MAX_FRACTION
    ]
    kept = {base for base in circuit.literals if any(_tied(value, base) for value in left)}
    if not all(any(_tied(value, base) for base in kept) for value in left):
        kept = {*circuit.literals}  # a sum of several: it is not known which ones
    literals = tuple(base for base in circuit.literals if base in kept)
    return replace(circuit, operations=operations, notes=circuit.notes + tuple(notes), literals=literals)


def _explained(operation: Operation, num_qubits: int, notes: dict[str, None]) -> Iterator[Operation]:
    if not isinstance(operation, PauliRotation) or operation.key == IDENTITY:
        yield operation
        return
    constant = _rounded(operation)
    found = None if constant is None else simple_cosine(float(constant) / 2)
    if constant is None or found is None:
        yield operation
        return
    cosine, sine, shift = found
    terms = {monomial: value for monomial, value in operation.angle.terms if monomial != ONE_RADIAN}
    angle = ExactAngle.of(terms, operation.angle.pi_multiple + 2 * shift)
    if angle != ExactAngle():
        yield replace(operation, angle=angle)
    string = PauliSum(num_qubits, {operation.key: -IMAGINARY_UNIT * sine})
    yield FixedUnitary(PauliSum.identity(num_qubits).scaled(cosine) + string, operation.origin)
    beside = f" + {2 * shift}*pi" if shift else ""
    text = f"{float(constant)!r} = 2*arccos({format_scalar(cosine)}){beside}"
    notes[f"a float is an angle of simple cosine up to rounding: {text}"] = None


def _rounded(operation: PauliRotation) -> Fraction | None:
    """The constant of an angle that is a float and stands for nothing simple."""
    constant = dict(operation.angle.terms).get(ONE_RADIAN)
    return None if constant is None or constant.denominator <= MAX_FRACTION else constant


def _tied(value: Fraction, base: float) -> bool:
    ratio = value / Fraction(base)
    return ratio.denominator <= MAX_RATIO and abs(ratio.numerator) <= MAX_RATIO


@lru_cache(maxsize=1000)
def simple_cosine(half: float) -> tuple[Scalar, Scalar, Fraction] | None:
    r"""Exact cosine and sine of an angle minus a multiple of pi/8, and that multiple in units of pi.

    >>> from math import acos
    >>> cosine, sine, shift = simple_cosine(acos((2 / 3) ** 0.5) + pi / 4)
    >>> format_scalar(cosine), format_scalar(sine), shift
    ('1/3*sqrt(6)', '1/3*sqrt(3)', Fraction(1, 4))
    >>> simple_cosine(0.3141) is None
    True
    """
    for k in range(NUM_SHIFTS):
        rest = half - k * pi / 8
        try:
            cosine, sine = (exact_number(value, ENTRY_TOLERANCE) for value in (cos(rest), sin(rest)))
        except NoExactFormError:
            continue
        if cosine * cosine + sine * sine == ONE:
            return cosine, sine, Fraction(k, 8)
    return None
