"""Parts of a generator with a cheaper circuit than a dense one: solvable sums, or one qubit fewer by Pauli symmetry."""

from collections.abc import Iterator
from dataclasses import dataclass

from eqcompile.circuits.angle import ExactAngle
from eqcompile.exact.arithmetic.scalars import Scalar, times_power_of_i
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute
from eqcompile.passes.lowering.four_spins import four_spins_of, lower_four_spins
from eqcompile.passes.lowering.primitives import ControlledX, Primitive
from eqcompile.passes.lowering.star import lower_star, star_of


def lower_solvable(part: PauliSum, angle: ExactAngle) -> Iterator[Primitive] | None:
    r"""Gates for :math:`e^{-i\theta G}` if G is a known solvable sum of Heisenberg couplings, else ``None``.

    >>> lower_solvable(PauliSum.parse("H(0,1) + H(1,2) + H(2,3)", 4), ExactAngle.parameter("w")) is None
    True
    """
    if (star := star_of(part)) is not None:
        return lower_star(star, angle)
    if (four := four_spins_of(part)) is not None:
        return lower_four_spins(four, angle)
    return None


@dataclass(frozen=True)
class Tapered:
    r""":math:`G = T^\dagger (1 \otimes g)\, T` with g on one qubit fewer.

    Attributes:
        frame: the gates of T, all CX, in the order in which they act.
        operator: g, on the register of G.
    """

    frame: tuple[ControlledX, ...]
    operator: PauliSum


def tapered(part: PauliSum) -> Tapered | None:
    r"""Free one qubit of a generator on an odd number of qubits that commutes with ``X X ... X`` and ``Z Z ... Z``.

    The two strings anticommute, so a Clifford T takes them to X and Z of one qubit, on which an operator that commutes
    with both does nothing. Three CX take care of two qubits at a time: they take ``X_c X_a X_d`` to ``X_c``, and Z
    likewise. Every SU(2)-invariant operator is of this kind, and so is every XYZ coupling.

    Args:
        part: any operator.

    Returns:
        The frame and the smaller operator, or ``None`` if there is no such symmetry.

    References:
        Bravyi, Gambetta, Mezzacapo and Temme, arXiv 1701.08213 (2017), with strings that commute.

    >>> found = tapered(PauliSum.parse("H(0,1) + 2*H(0,2)", 3))
    >>> len(found.frame), found.operator
    (3, 2*Z1 + 2*X2 + X1 X2 + Y1 Y2 - 2*Z1 X2 + Z1 Z2)
    """
    support = part.support
    mask = sum(1 << q for q in support)
    if len(support) < 3 or len(support) % 2 == 0:
        return None
    if any(anticommute(key, string) for key in part.terms for string in ((mask, 0), (0, mask))):
        return None
    centre, *others = support
    frame: list[ControlledX] = []
    for a, d in zip(others[::2], others[1::2], strict=True):
        frame += [ControlledX(a, d), ControlledX(d, centre), ControlledX(centre, a)]
    for gate in frame:
        part = _conjugated(gate, part)
    return Tapered(tuple(frame), part)


def _conjugated(gate: ControlledX, op: PauliSum) -> PauliSum:
    """X spreads from the control to the target, Z from the target to the control; signs follow from the products."""
    c, t = 1 << gate.control, 1 << gate.target
    images: dict[PauliKey, Scalar] = {}
    for (x, z), value in op.terms.items():
        image = x ^ (t if x & c else 0), z ^ (c if z & t else 0)
        # A string is i^|x & z| times X^x Z^z, and the gate takes the latter to X^x' Z^z' without any sign.
        images[image] = times_power_of_i(value, (x & z).bit_count() - (image[0] & image[1]).bit_count())
    return PauliSum(op.num_qubits, images)
