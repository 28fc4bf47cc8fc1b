"""The values that one-dimensional characters can take on the generators of a group."""

from fractions import Fraction
from math import gcd

from eqcompile.errors import MethodError
from eqcompile.exact.arithmetic.cyclotomic import root_of_unity
from eqcompile.exact.arithmetic.scalars import ONE, ZERO, Scalar, scalar
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.spectra.spectrum import eigenvalues
from eqcompile.exact.states.state import ExactState
from eqcompile.groups.rotation import length
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import FiniteGenerator, LieGenerator, RotationGenerator

MAX_ORDER = 360
"""Order of a single element whose characters are searched for invariant states. Beyond it, refused: write the state
yourself."""

MAX_PHASE_ORDER = 120
"""Order of the phase that a power of an element may be, beyond the element's own order. Beyond it, refused: write the
state yourself."""


def lie_values(factor: Factor, generator: LieGenerator) -> list[Scalar]:
    """Possible eigenvalues of T in a joint eigenvector: 0 for SU(2), the spectrum of T for a U(1).

    Raises:
        MethodError: a charge has irrational eigenvalues.
        LimitError: a charge has too many eigenvalues.

    >>> from eqcompile.symmetry.make import U1
    >>> (u1,) = U1(2).factors
    >>> [str(value) for value in lie_values(u1, u1.lie_generators[0])]
    ['0', '1', '-1']
    """
    if len(factor.lie_generators) > 1:
        return [ZERO]
    if isinstance(generator, RotationGenerator):
        size, count = length(generator.axis), len(generator.qubits)
        momenta = sorted(range(-count, count + 1, 2), key=lambda m: (abs(m), -m))
        return [scalar(size * m / 2) for m in momenta]
    values = eigenvalues(generator.operator)
    if not all(isinstance(value, Fraction) for value in values):
        raise MethodError(f"{factor.name} has irrational eigenvalues; write the state yourself")
    return [scalar(value) for value in sorted(values, key=lambda value: (abs(value), -value))]


def finite_values(generator: FiniteGenerator, num_qubits: int) -> list[Scalar]:
    r"""Possible eigenvalues of R: the m-th roots of :math:`R^m`, the first power that is a phase; 1 and -1 first.

    Raises:
        MethodError: no power up to ``MAX_ORDER`` is a phase, or the phase is not a root of unity.

    >>> from eqcompile.symmetry.make import permutations
    >>> finite_values(permutations(2, [(0, 1)]).finite_generators[0], 2)
    [QQ_I(1, 0), QQ_I(-1, 0)]
    """
    order = _order(generator, num_qubits)
    state = start = ExactState(num_qubits, {0: ONE})
    for _ in range(order):
        state = generator.on_qubits.apply(state)
    phase = start.eigenvalue_of(state)
    exponent = next((k for k in range(1, MAX_PHASE_ORDER + 1) if phase is not None and phase**k == ONE), None)
    if phase is None or exponent is None:
        raise MethodError(f"the phase of {generator.name} to the power {order} is not a root of unity")
    turns = next(k for k in range(exponent) if root_of_unity(exponent, k) == phase)
    values = [_root(turns + exponent * j, exponent * order) for j in range(order)]
    return sorted(values, key=lambda value: (value != ONE, value != -ONE))


def _order(generator: FiniteGenerator, num_qubits: int) -> int:
    letters = [PauliSum.string(num_qubits, {q: name}) for q in range(num_qubits) for name in "XZ"]
    images = letters
    for order in range(1, MAX_ORDER + 1):
        images = [generator.on_qubits.conjugate(op) for op in images]
        if images == letters:
            return order
    raise MethodError(
        f"no power of {generator.name} up to {MAX_ORDER} is the identity; write the state yourself"
    )


def _root(numerator: int, denominator: int) -> Scalar:
    common = gcd(numerator, denominator)
    return root_of_unity(denominator // common, numerator // common)
