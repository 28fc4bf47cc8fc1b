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
from typing import TypeAlias

from eqcompile.exact.pauli import PauliSum, pauli_key
from eqcompile.exact.scalars import Real, is_rational, is_real, real, real_part, square_root, to_fraction
from eqcompile.passes.primitives import Angle, AxisRotation, ControlledX, GlobalPhase, Primitive


@dataclass(frozen=True)
class FixedRotation:
    r""":math:`e^{-i\beta\sigma}` about ``x``, ``y`` or ``z`` by an angle that is no fraction of a turn.

    Attributes:
        axis: of the rotation.
        qubit: that turns.
        cosine: :math:`\cos\beta`, exact.
        sine: :math:`\sin\beta`, exact.
    """

    axis: str
    qubit: int
    cosine: Real
    sine: Real


StarPrimitive: TypeAlias = Primitive | FixedRotation


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
    arm: Fraction | Real
    base: Fraction | Real


def star_of(part: PauliSum) -> Star | None:
    """The operator as a star, or ``None`` if it is none; the identity is no part of one.

    >>> star_of(PauliSum.parse("H(0,1) + H(0,2)", 3))
    Star(centre=0, legs=(1, 2), arm=Fraction(1, 1), base=Fraction(0, 1))
    >>> star_of(PauliSum.parse("H(0,1) + 2*H(0,2)", 3)) is None
    True
    """
    if len(part.support) != 3 or part.locality != 2:
        return None
    strengths: dict[tuple[int, int], Fraction | Real] = {}
    rest = part
    for pair in combinations(part.support, 2):
        value = part.coefficient(pauli_key(dict.fromkeys(pair, "X")))
        if not is_real(value):
            return None
        number = real_part(value)
        strengths[pair] = to_fraction(number) if is_rational(number) else number
        rest = rest - PauliSum.heisenberg(part.num_qubits, *pair).scaled(value)
    if rest:
        return None
    for centre in part.support:
        (first, arm), (second, other) = (item for item in strengths.items() if centre in item[0])
        if arm == other:
            a, d = (next(q for q in pair if q != centre) for pair in (first, second))
            return Star(centre, (a, d), arm, strengths[a, d])
    return None


def lower_star(star: Star, parameter: str) -> Iterator[StarPrimitive]:
    r"""Primitive gates for :math:`e^{-i\theta G}`, global phase included, in the order in which they act: 12 CX.

    The triplets of spin 3/2 have the eigenvalue 2b + e, the legs' singlet -3e, the other doublet e - 4b.

    >>> gates = list(lower_star(Star(0, (1, 2), Fraction(1), Fraction(0)), "w"))
    >>> sum(isinstance(gate, ControlledX) for gate in gates)
    12
    """
    a, d = star.legs
    yield GlobalPhase(Angle(parameter, _times(star.arm, -2) - star.base))
    frame = list(_frame(star.centre, a, d))
    yield from frame
    yield from _corner_phase(a, d, parameter, _times(star.arm, 2) + _times(star.base, 4), ones=True)
    turn = list(_doublet_to_zero(a, d))
    yield from turn
    yield from _corner_phase(a, d, parameter, _times(star.arm, 6), ones=False)
    yield from map(_inverse, reversed(turn))
    yield from map(_inverse, reversed(frame))


def _frame(centre: int, a: int, d: int) -> Iterator[StarPrimitive]:
    """T: the legs' Bell states to labels, and on the centre the Pauli matrix that belongs to the label undone."""
    yield ControlledX(a, d)
    yield ControlledX(d, centre)
    yield ControlledX(centre, a)
    yield _y_turn(a, Fraction(-1, 2))


def _doublet_to_zero(a: int, d: int) -> Iterator[StarPrimitive]:
    r""":math:`|u\rangle = \sqrt{2/3}\,|0\rangle_a|-\rangle_d + \sqrt{1/3}\,|1\rangle_a|0\rangle_d` to
    :math:`|00\rangle`.

    A quarter turn makes it :math:`|0\rangle|0\rangle` and :math:`|1\rangle|+\rangle`, a controlled Hadamard takes
    the second to :math:`|1\rangle|0\rangle`, and then the leg a turns alone.
    """
    yield _y_turn(d, Fraction(3, 4))
    yield ControlledX(a, d)
    yield _y_turn(d, Fraction(-1, 4))
    yield FixedRotation("y", a, square_root(Fraction(2, 3)), -square_root(Fraction(1, 3)))


def _corner_phase(
    a: int, d: int, parameter: str, strength: Fraction | Real, ones: bool
) -> Iterator[StarPrimitive]:
    r""":math:`e^{i\theta\,\mathrm{strength}}` on :math:`|11\rangle`, or on :math:`|00\rangle`."""
    half = Fraction(1, 2)
    single = Angle(parameter, _times(strength, half if ones else -half))
    yield GlobalPhase(Angle(parameter, _times(strength, Fraction(1, 4))))
    yield AxisRotation("z", a, single)
    yield AxisRotation("z", d, single)
    yield ControlledX(a, d)
    yield AxisRotation("z", d, Angle(parameter, _times(strength, -half)))
    yield ControlledX(a, d)


def _y_turn(qubit: int, pi_multiple: Fraction) -> AxisRotation:
    return AxisRotation("y", qubit, Angle(None, Fraction(0), pi_multiple))


def _times(number: Fraction | Real, factor: Fraction | int) -> Fraction | Real:
    return number * Fraction(factor) if isinstance(number, Fraction) else number * real(Fraction(factor))


def _inverse(gate: StarPrimitive) -> StarPrimitive:
    if isinstance(gate, ControlledX):
        return gate
    if isinstance(gate, FixedRotation):
        return FixedRotation(gate.axis, gate.qubit, gate.cosine, -gate.sine)
    assert isinstance(gate, AxisRotation)
    return _y_turn(gate.qubit, -gate.angle.pi_multiple)
