r"""A one-parameter group as commuting turns, read from its generator alone.

If T is a sum of commuting parts, :math:`T = \sum_k \ell_k P_k` with :math:`P_k^2 = 1`, then
:math:`e^{-i\phi T} = \prod_k (\cos \ell_k\phi - i P_k \sin \ell_k\phi)`. If the :math:`\ell_k` are in rational
proportion, the group closes, and every element is a product of integer powers of one :math:`z = e^{i\phi}`.
"""

from collections import defaultdict
from dataclasses import dataclass
from math import lcm

from eqcompile.errors import DimensionError, LimitError, MethodError
from eqcompile.exact.arithmetic.scalars import ONE, Real, is_rational, real_part, to_fraction
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute, support_of
from eqcompile.groups.rotation import length
from eqcompile.symmetry.factor import Factor
from eqcompile.symmetry.generators import UNIT_VECTORS, RotationGenerator


@dataclass(frozen=True)
class PartialTurn:
    r""":math:`e^{-i\phi P}` for an operator P with :math:`P^2 = 1`, as a power of :math:`z = e^{i\phi}`."""

    operator: PauliSum
    power: int


def spins_of(factor: Factor) -> tuple[int, ...]:
    """The qubits that a factor turns about every axis, all alike, if its continuous part is such an SU(2).

    >>> from eqcompile.symmetry.rotation import AxialFactor, RotationFactor
    >>> spins_of(RotationFactor(3, (0, 2))), spins_of(AxialFactor(3, (0, 0, 1), (0, 2)))
    ((0, 2), ())
    """
    found = [g for g in factor.lie_generators if isinstance(g, RotationGenerator)]
    if len(found) != 3 or len(factor.lie_generators) != 3:
        return ()
    same = len({frozenset(g.qubits) for g in found}) == 1
    return found[0].qubits if same and {tuple(g.axis) for g in found} == {*UNIT_VECTORS} else ()


def turns_of(factor: Factor) -> list[PartialTurn]:
    """The continuous part of a factor: a maximal torus of an SU(2), or the whole of a one-parameter group.

    Raises:
        MethodError: the factor has several generators that do not form an SU(2) of spins, or one that is not a sum of
            turns in rational proportion.

    >>> from eqcompile.symmetry.charge import ChargeFactor
    >>> charge = ChargeFactor(2, PauliSum.parse("1/2*Z0 Z1 - X0 X1", 2))
    >>> [(str(turn.operator), turn.power) for turn in turns_of(charge)]
    [('Z0 Z1', 1), ('-X0 X1', 2)]
    """
    n = factor.num_qubits
    if spins := spins_of(factor):
        return [PartialTurn(PauliSum.string(n, {q: "Z"}), 1) for q in spins]
    if len(factor.lie_generators) != 1:
        raise MethodError(f"characters of {factor.name} are not known; use the null space method")
    parts = _involutions(factor.lie_generators[0].operator.without_identity())
    proportions = [size / parts[0][1] for _, size in parts]
    if any(part * part != PauliSum.identity(n) for part, _ in parts) or not all(
        map(is_rational, proportions)
    ):
        raise MethodError(f"characters of {factor.name} are not known; use the null space method")
    fractions = [to_fraction(proportion) for proportion in proportions]
    common = lcm(*(value.denominator for value in fractions))
    return [PartialTurn(part, int(value * common)) for (part, _), value in zip(parts, fractions, strict=True)]


def _involutions(generator: PauliSum) -> list[tuple[PauliSum, Real]]:
    r"""The commuting parts of the operator, each divided by the norm of its coefficients, and that norm.

    Strings that anticommute stay together. If all strings of a part anticommute, its square is a number.
    """
    parts: dict[int, list[PauliKey]] = {}
    touching: dict[int, set[int]] = defaultdict(set)
    for number, key in enumerate(generator.terms):
        near = {part for q in support_of(key) for part in touching[q] if part in parts}
        clashing = sorted(part for part in near if any(anticommute(key, other) for other in parts[part]))
        parts[number] = [other for part in clashing for other in parts.pop(part)] + [key]
        for other in parts[number]:
            for qubit in support_of(other):
                touching[qubit].add(number)
    sums = ({key: generator.terms[key] for key in part} for part in parts.values())
    return [_normalised(PauliSum(generator.num_qubits, terms)) for terms in sums]


def _normalised(part: PauliSum) -> tuple[PauliSum, Real]:
    try:
        size = length([real_part(value) for value in part.terms.values()])
    except (DimensionError, LimitError):
        size = real_part(ONE)
    return part.scaled(ONE / size), size
