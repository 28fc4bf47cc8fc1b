r"""Heisenberg couplings of three qubits, two of them alike, exactly and with few CX.

For :math:`G = b\,(H_{ca} + H_{cd}) + e\,H_{ad}` (centre c, legs a and d) all that matters is the spin of the legs and
the total spin. Three CX and a quarter turn, :math:`T`, take the state of total spin to the centre alone:
:math:`T G T^\dagger = 1_c \otimes g`, because :math:`X X X` and :math:`Z Z Z` commute with G and anticommute with each
other. On the legs, g has three eigenspaces: :math:`|11\rangle` (the legs' singlet), one entangled state
:math:`|u\rangle = (|00\rangle + |10\rangle - |01\rangle)/\sqrt 3` (total spin 1/2), and the plane of total spin 3/2.
So :math:`e^{-i\theta g}` is a phase on each of two states. The phases are linear in :math:`\theta`, and every other
angle is fixed and exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from eqcompile.circuits.angle import ExactAngle
from eqcompile.exact.arithmetic.scalars import is_rational, is_real, real_part, to_fraction
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import pauli_key
from eqcompile.passes.lowering.fixed_gates import (
    COSINE,
    SINE,
    Number,
    controlled_reflection,
    corner_phase,
    inverse,
    phase,
    plus,
    times,
    y_turn,
)
from eqcompile.passes.lowering.primitives import ControlledX, FixedRotation, Primitive


@dataclass(frozen=True)
class Star:
    """``arm * (H(centre, a) + H(centre, d)) + base * H(a, d)``.

    Attributes:
        centre: the qubit that is coupled to both legs alike.
        legs: a and d.
        arm: b.
        base: e, zero for a plain star and equal to the arm for a triangle.
    """

    centre: int
    legs: tuple[int, int]
    arm: Number
    base: Number


def star_of(part: PauliSum) -> Star | None:
    """The operator as a star, or ``None`` if it is not one; the identity is not part of a star.

    >>> star_of(PauliSum.parse("H(0,1) + H(0,2)", 3))
    Star(centre=0, legs=(1, 2), arm=Fraction(1, 1), base=Fraction(0, 1))
    >>> star_of(PauliSum.parse("H(0,1) + 2*H(0,2)", 3)) is None
    True
    """
    strengths = couplings(part)
    if strengths is None or len(part.support) != 3:
        return None
    for centre in part.support:
        (first, arm), (second, other) = (item for item in strengths.items() if centre in item[0])
        if arm == other:
            a, d = (next(q for q in pair if q != centre) for pair in (first, second))
            return Star(centre, (a, d), arm, strengths[a, d])
    return None


def couplings(part: PauliSum) -> dict[tuple[int, int], Number] | None:
    """The strength of ``H(i, j)`` for every pair of the support, zeros included; ``None`` for any other operator.

    >>> couplings(PauliSum.parse("H(0,1) - 2*H(1,2)", 3))
    {(0, 1): Fraction(1, 1), (0, 2): Fraction(0, 1), (1, 2): Fraction(-2, 1)}
    """
    strengths: dict[tuple[int, int], Number] = {}
    rest = part
    for pair in combinations(part.support, 2):
        value = part.coefficient(pauli_key(dict.fromkeys(pair, "X")))
        if not is_real(value):
            return None
        number = real_part(value)
        strengths[pair] = to_fraction(number) if is_rational(number) else number
        if value:
            rest = rest - PauliSum.heisenberg(part.num_qubits, *pair).scaled(value)
    return None if rest else strengths


def lower_star(star: Star, angle: ExactAngle) -> Iterator[Primitive]:
    r"""Primitive gates for :math:`e^{-i\theta G}`, global phase included, in the order in which they act.

    The quartet of spin 3/2 has the eigenvalue 2b + e, the legs' singlet -3e, the other doublet e - 4b. Twelve CX.

    >>> gates = list(lower_star(Star(0, (1, 2), Fraction(1), Fraction(0)), ExactAngle.parameter("w")))
    >>> sum(isinstance(gate, ControlledX) for gate in gates)
    12
    """
    a, d = star.legs
    yield phase(angle, plus(times(star.arm, -2), -star.base))
    frame = list(_frame(star.centre, a, d))
    yield from frame
    yield from corner_phase(a, d, angle, plus(times(star.arm, 2), times(star.base, 4)), ones=True)
    turn = list(_doublet_to_zero(a, d))
    yield from turn
    yield from corner_phase(a, d, angle, times(star.arm, 6), ones=False)
    yield from map(inverse, reversed([*frame, *turn]))


def _frame(centre: int, a: int, d: int) -> Iterator[Primitive]:
    """T: take the legs' Bell states to labels, and undo on the centre the Pauli matrix that belongs to the label."""
    yield ControlledX(a, d)
    yield ControlledX(d, centre)
    yield ControlledX(centre, a)
    yield y_turn(a, Fraction(-1, 2))


def _doublet_to_zero(a: int, d: int) -> Iterator[Primitive]:
    r"""Take the doublet, :math:`\sqrt{2/3}\,|0\rangle_a|-\rangle_d + \sqrt{1/3}\,|1\rangle_a|0\rangle_d`, to ``|00>``.

    A quarter turn makes the parts :math:`|00\rangle` and :math:`|1+\rangle`, a controlled Hadamard takes the second
    to :math:`|10\rangle`, and then a turns alone.
    """
    yield y_turn(d, Fraction(1, 2))
    yield from controlled_reflection(a, d, axis=Fraction(1, 4))
    yield FixedRotation(a, COSINE, -SINE)
