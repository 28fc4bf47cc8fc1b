r"""Heisenberg couplings of four qubits that are sums of commuting total spins, exactly and with few CX.

With :math:`C` the sum of all six couplings, :math:`G = x\,C + y\,H_{ab} + z\,H_{cd}` covers the complete graph, the
ring (x = -y = -z) and everything with four equal couplings between two pairs; a star of three legs is C minus the
triangle of the legs. All parts commute.

C depends on the total spin J alone: C = -6, -2, 6 for J = 0, 1, 2. In Bell labels of the two pairs, with the second
label replaced by the sum d of both, C is block diagonal in d: it commutes with XXXX and ZZZZ. A block with d != 0 holds
one state of J = 2 beside three of J = 1. These three states are taken to ``|00>`` of the first label by gates that do
nothing for d = 0, where ``|00>`` is a state of J = 2 as well. So C is -2, plus 8 on ``|00>``, plus a diagonal operator
that is left for d = 0.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from eqcompile.circuits.angle import ExactAngle
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.passes.lowering.fixed_gates import (
    Number,
    bell_labels,
    controlled_reflection,
    corner_phase,
    inverse,
    linear,
    phase,
    plus,
    tilted_reflection,
    times,
    y_turn,
)
from eqcompile.passes.lowering.primitives import ControlledX, Primitive
from eqcompile.passes.lowering.star import Star, couplings, lower_star

QUARTER = Fraction(1, 4)


@dataclass(frozen=True)
class FourSpins:
    """``every * C + first * H(a, b) + second * H(c, d) + legs * (H(b, c) + H(b, d) + H(c, d))``.

    Attributes:
        qubits: a, b, c and d.
        every: strength of the sum of all six couplings.
        first: what the pair a, b has beyond ``every``.
        second: what the pair c, d has beyond ``every``.
        legs: what the triangle of b, c and d has beyond ``every``; zero unless ``first`` and ``second`` are both zero.
    """

    qubits: tuple[int, int, int, int]
    every: Number
    first: Number
    second: Number
    legs: Number


def four_spins_of(part: PauliSum) -> FourSpins | None:
    """The operator in this form, or ``None`` if it is not of this form.

    >>> ring = four_spins_of(PauliSum.parse("H(0,1) + H(1,2) + H(2,3) + H(3,0)", 4))
    >>> ring.qubits, str(ring.every), str(ring.first), str(ring.second)
    ((0, 2, 1, 3), '1', '-1', '-1')
    """
    strengths = couplings(part)
    if strengths is None or len(part.support) != 4:
        return None
    a, *others = part.support
    # Four equal couplings between the pairs: what a pair has beyond C stays with the pair.
    for b in others:
        c, d = (q for q in others if q != b)
        between = {strengths[pair] for pair in strengths if set(pair) not in ({a, b}, {c, d})}
        if len(between) == 1:
            every = between.pop()
            first, second = (plus(strengths[min(p), max(p)], -every) for p in ((a, b), (c, d)))
            return FourSpins((a, b, c, d), every, first, second, Fraction(0))
    # Else a star: three equal arms, and three equal sides between their ends. Six equal couplings were found above.
    for centre in part.support:
        b, c, d = (q for q in part.support if q != centre)
        arms = {strengths[min(centre, q), max(centre, q)] for q in (b, c, d)}
        sides = {strengths[pair] for pair in combinations((b, c, d), 2)}
        if len(arms) == len(sides) == 1:
            every = arms.pop()
            return FourSpins((centre, b, c, d), every, Fraction(0), Fraction(0), plus(sides.pop(), -every))
    return None


def lower_four_spins(four: FourSpins, angle: ExactAngle) -> Iterator[Primitive]:
    r"""Primitive gates for :math:`e^{-i\theta G}`, global phase included, in the order in which they act.

    36 CX for all six couplings, two more for each pair that differs, twelve more for a triangle that does.

    >>> ring = four_spins_of(PauliSum.parse("H(0,1) + H(1,2) + H(2,3) + H(3,0)", 4))
    >>> gates = list(lower_four_spins(ring, ExactAngle.parameter("w")))
    >>> sum(isinstance(gate, ControlledX) for gate in gates)
    40
    """
    a, b, c, d = four.qubits
    labels = [*bell_labels(a, b), *bell_labels(c, d)]
    yield from labels
    for pair, extra in (((a, b), four.first), ((c, d), four.second)):
        if extra:
            yield phase(angle, -extra)
            yield from corner_phase(*pair, angle, times(extra, 4), ones=True)
    yield phase(angle, times(four.every, 2))
    aligned = list(_aligned(a, b, c, d))
    yield from aligned
    yield from corner_phase(a, b, angle, times(four.every, -8), ones=False)
    spread = list(_spread(a, b))
    yield from spread
    yield from _rest(a, b, c, d, four.every, angle)
    yield from map(inverse, reversed([*labels, *aligned, *spread]))
    if four.legs:
        yield from lower_star(Star(b, (c, d), four.legs, four.legs), angle)


def _aligned(a: int, b: int, c: int, d: int) -> Iterator[Primitive]:
    """Take the second label to the sum of both, then the three J = 2 states in blocks d != 0 to ``00`` of the first.

    They start as ``|+0>``, ``|0+>`` and ``|10> + |01>`` for d = 10, 01 and 11. A turn of a makes the first ``|00>`` and
    the second ``|-+>``. Where the first bit of d is one, -Z or X on a, as b is 0 or 1, keeps ``|00>`` and makes the
    third ``|-+>``, in three CX. Where the second bit is one, reflections take ``|-+>`` to ``|00>``.
    """
    yield ControlledX(a, c)
    yield ControlledX(b, d)
    yield y_turn(a, Fraction(-1, 2))
    yield y_turn(a, -QUARTER)
    yield ControlledX(b, a)
    yield y_turn(a, -QUARTER)
    yield ControlledX(c, a)
    yield y_turn(a, QUARTER)
    yield ControlledX(b, a)
    yield y_turn(a, QUARTER)
    yield from controlled_reflection(d, a, axis=-QUARTER)
    yield from controlled_reflection(d, b, axis=QUARTER)


def _spread(a: int, b: int) -> Iterator[Primitive]:
    r"""Take the other states with d = 0 to basis states: singlets of both pairs to ``01``, the other J = 0 to ``10``.

    They are :math:`|{+}1\rangle`, and :math:`\sqrt{2/3}\,|10\rangle + \sqrt{1/3}\,|{-}1\rangle`, whose orthogonal
    partner has J = 2.
    """
    yield from controlled_reflection(b, a, axis=QUARTER)
    yield from tilted_reflection(a, b)


def _rest(a: int, b: int, c: int, d: int, every: Number, angle: ExactAngle) -> Iterator[Primitive]:
    """For d = 0 alone, -4 on ``01`` and ``10`` and 8 on ``11``: there it is ``-2 Z_a - 2 Z_b + 4 Z_a Z_b``; 12 CX.

    The projector on d = 0 is a quarter of ``(1 + Z_c) (1 + Z_d)``.
    """
    single = times(every, Fraction(-1, 2))
    yield from _z_products(b, {c: single, d: single, a: every}, single, angle)
    yield from _z_products(a, {c: single, d: single}, single, angle)


def _z_products(
    target: int, strengths: Mapping[int, Number], alone: Number, angle: ExactAngle
) -> Iterator[Primitive]:
    """Rotations about Z of the target times every product of Z of the controls, in the order of a Gray code.

    A product has the strength of its last control; Z of the target alone has its own.
    """
    controls, inside = list(strengths), set[int]()
    for step in range(1, 1 << len(controls)):
        yield linear("z", target, angle, times(_strength(controls, inside, strengths, alone), 2))
        changed = controls[(step & -step).bit_length() - 1]
        inside ^= {changed}
        yield ControlledX(changed, target)
    yield linear("z", target, angle, times(_strength(controls, inside, strengths, alone), 2))
    yield ControlledX(controls[-1], target)


def _strength(
    controls: Sequence[int], inside: set[int], strengths: Mapping[int, Number], alone: Number
) -> Number:
    return next((strengths[control] for control in reversed(controls) if control in inside), alone)
