r"""The dimension of the whole commutant, :math:`\int |\operatorname{tr} R(g)|^2 dg`, also for entangling elements.

An entangling element mixes the weights of operators, so only all of them together have a character.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, TypeAlias

from eqcompile.derivation.generators.twirl import require_normalising
from eqcompile.derivation.witness.turns import spins_of, turns_of
from eqcompile.errors import LimitError, MethodError
from eqcompile.exact.arithmetic.laurent import Exponents, Laurent
from eqcompile.exact.arithmetic.scalars import (
    ONE,
    ZERO,
    Scalar,
    conjugate,
    real_part,
    times_power_of_i,
    to_fraction,
)
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import IDENTITY, PauliKey, product_phase
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.maps import QubitPermutation
from eqcompile.symmetry.pauli import PauliFactor
from eqcompile.symmetry.permutation import PermutationFactor
from eqcompile.symmetry.symmetry import Symmetry

MAX_ENTRIES = 200_000
"""Elements of the finite factors times the 4^n Pauli strings in which each is written. Beyond it, weaker: the
dimension is not checked by characters; the derivation does not need that."""

Angles: TypeAlias = dict[PauliKey, Laurent]
"""An operator whose coefficients depend on angles."""


def count_all(symmetry: Symmetry) -> int:
    r"""Number of independent Hermitian invariants of all weights together, the identity included.

    .. math:: \dim = \int_G |\chi(g)|^2 \, dg

    Raises:
        MethodError: two factors do not normalise one another, or an SU(2) does not commute with the others.
        LimitError: too many elements for so many qubits.

    >>> from eqcompile.symmetry.make import charge, unitaries
    >>> count_all(unitaries(2, cx="1/2*(1 + Z0 + X1 - Z0 X1)")), count_all(charge(3, "Z0 Z1 + Z1 Z2"))
    (10, 24)
    """
    require_normalising(symmetry)
    _require_class_function(symmetry)
    n = symmetry.num_qubits
    continuous = [factor for factor in symmetry.factors if factor.lie_generators]
    torus = _torus(continuous, n)
    spins = [i for i, factor in enumerate(continuous) if spins_of(factor)]
    total, count = ZERO, 0
    for element in _elements(symmetry):
        total = total + _haar_average(_absolute_square(torus, element), spins)
        count += 1
    dimension = to_fraction(real_part(total * 4**n / count))
    assert dimension.denominator == 1, "an average of characters over a group is a whole number"
    return int(dimension)


def _require_class_function(symmetry: Symmetry) -> None:
    """A torus may replace SU(2) only for class functions, so everything else must commute with the SU(2)."""
    for factor in symmetry.factors:
        if spins_of(factor):
            own = [g.operator for g in factor.lie_generators]
            lie = [
                g.operator for other in symmetry.factors if other is not factor for g in other.lie_generators
            ]
            # Weyl's integral over the torus needs a function that is constant on the conjugacy classes of this SU(2).
            # What commutes with the SU(2) makes the function one; what turns along with it does not.
            moved = any(g.on_qubits.conjugate(t) != t for g in symmetry.finite_generators for t in own)
            if moved or not all(t.commutes_with(other) for t in own for other in lie):
                raise MethodError(
                    f"characters of the whole register need factors that commute with {factor.name}; use the null "
                    "space method"
                )


def _torus(continuous: Sequence[Factor], num_qubits: int) -> Angles:
    """The product of all one-parameter groups, one variable each; an SU(2) by its rotations about z."""
    count = len(continuous)
    out: Angles = {IDENTITY: Laurent.constant(1, count)}
    for i, factor in enumerate(continuous):
        for turn in turns_of(factor):
            exponents = tuple(turn.power * int(i == j) for j in range(count))
            out = _turned(out, turn.operator, exponents)
    return out


def _turned(op: Angles, involution: PauliSum, exponents: Exponents) -> Angles:
    r"""The product with :math:`\cos\phi - i P \sin\phi = \tfrac12 (z + 1/z) - \tfrac12 (z - 1/z) P`."""
    half: Scalar = ONE / 2
    opposite = tuple(-e for e in exponents)
    cosine = Laurent({exponents: half}) + Laurent({opposite: half})
    sine = Laurent({exponents: -half}) + Laurent({opposite: half})
    out = {key: value * cosine for key, value in op.items()}
    for left, value in op.items():
        for right, factor in involution.terms.items():
            key = (left[0] ^ right[0], left[1] ^ right[1])
            term = value.scaled(times_power_of_i(factor, product_phase(left, right))) * sine
            out[key] = out[key] + term if key in out else term
    return out


def _elements(symmetry: Symmetry) -> Iterator[PauliSum]:
    """Every element of the finite factors together, as an operator, up to a phase."""
    n = symmetry.num_qubits
    finite = [factor for factor in symmetry.factors if factor.finite_generators]
    lists = [FASTER_OPERATORS.get(type(factor), operators_of)(factor) for factor in finite]
    count = prod(len(ops) for ops in lists)
    _require_few(count, n)
    for chosen in product(*lists):
        total = PauliSum.identity(n)
        for op in chosen:
            total = total * op
        yield total


def _require_few(count: int, num_qubits: int) -> None:
    if count * 4**num_qubits > MAX_ENTRIES:
        raise LimitError(
            f"{count} elements on {num_qubits} qubits, each with 4^{num_qubits} entries, because the symmetry has "
            f"entangling elements; the limit is {MAX_ENTRIES} entries"
        )


def operators_of(factor: Factor) -> list[PauliSum]:
    """Every element of a finite factor of any kind, up to a phase.

    Raises:
        LimitError: the factor has too many elements for so many qubits.
    """
    _require_few(len(factor.elements), factor.num_qubits)
    return [element.operator_on(factor.num_qubits) for element in factor.elements]


def _strings(factor: PauliFactor) -> list[PauliSum]:
    keys: dict[PauliKey, None] = {IDENTITY: None}
    for x, z in factor.keys:
        keys |= {(a ^ x, b ^ z): None for a, b in keys}
        _require_few(len(keys), factor.num_qubits)
    return [PauliSum(factor.num_qubits, {key: ONE}) for key in keys]


def _permutations(factor: PermutationFactor) -> list[PauliSum]:
    n = factor.num_qubits
    _require_few(factor.group.order, n)
    return [QubitPermutation(images[:n]).operator_on(n) for images in factor.group.elements()]


FASTER_OPERATORS: Mapping[type[Factor], Callable[[Any], list[PauliSum]]] = {
    PauliFactor: _strings,
    PermutationFactor: _permutations,
}
"""Kinds whose elements are listed faster; any other kind uses :func:`operators_of`."""


def _absolute_square(torus: Angles, element: PauliSum) -> Laurent:
    r""":math:`|\operatorname{tr}(T F)|^2 / 4^n`; only equal strings have a product with a trace."""
    trace = sum(
        (value.scaled(element.coefficient(key)) for key, value in torus.items() if key in element.terms),
        start=Laurent({}),
    )
    return trace * Laurent({tuple(-e for e in key): conjugate(value) for key, value in trace.terms.items()})


def _haar_average(value: Laurent, spins: Sequence[int]) -> Scalar:
    """The constant term, after multiplication by Weyl's measure 1 - z^2 for every SU(2); z is half the angle."""
    for i in spins:
        shifted = {
            (*key[:i], key[i] + 2, *key[i + 1 :]): coefficient for key, coefficient in value.terms.items()
        }
        value = value - Laurent(shifted)
    return sum((c for key, c in value.terms.items() if not any(key)), start=ZERO)
