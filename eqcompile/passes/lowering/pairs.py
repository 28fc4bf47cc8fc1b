r"""Exact circuits on two qubits: exchange interactions, rotations about a string, and either with a swap behind.

A swap is an exchange by a quarter of pi, :math:`\mathrm{SWAP} = e^{i\pi/4} e^{-i\frac{\pi}{4}(XX+YY+ZZ)}`, so a swap
behind an exchange costs nothing, and a swap behind a rotation about a string costs one CX.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Final

from eqcompile.circuits.angle import ExactAngle
from eqcompile.exact.arithmetic.scalars import Real, Scalar, is_rational, real_part, to_fraction
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey, anticommute, letter
from eqcompile.passes.lowering.primitives import Angle, AxisRotation, ControlledX, GlobalPhase, Primitive

HALF: Final = Fraction(1, 2)

NEXT: Final = {"X": "Y", "Y": "Z", "Z": "X"}


def exact_factor(value: Scalar) -> Fraction | Real:
    """A real coefficient, as a fraction where it is rational."""
    number = real_part(value)
    return to_fraction(number) if is_rational(number) else number


def is_exchange(part: PauliSum) -> bool:
    """Whether the operator is a sum of two or three commuting strings on the same two qubits, such as H(0,1).

    >>> [is_exchange(PauliSum.parse(text, 3)) for text in ("H(0,2)", "X0 Y1 - Y0 X1", "X0 X1", "X0 X1 + Z0")]
    [True, True, False, False]
    """
    return (
        len(part.support) == 2
        and len(part) in (2, 3)
        and all((x | z).bit_count() == 2 for x, z in part.terms)
        and not any(anticommute(a, b) for a, b in combinations(part.terms, 2))
    )


def exchange(part: PauliSum, angle: ExactAngle, swap: bool = False) -> Iterator[Primitive]:
    r""":math:`e^{-i\,\mathrm{angle}\,G}` of an exchange: two CX for two strings, three for three or with a swap.

    Args:
        part: an exchange, see :func:`is_exchange`.
        angle: angle of the evolution.
        swap: whether the qubits are exchanged afterwards.

    References:
        Vatan and Williams, Phys. Rev. A 69, 032315 (2004), Fig. 6.
    """
    i, j = part.support
    first, second, *third = sorted(part.terms)
    turns = {
        name: Angle(angle, 2 * exact_factor(part.terms[key]))
        for name, key in zip("XZ", (first, second), strict=True)
    }
    # Frames turn the first two strings to XX and ZZ. The third is then YY up to a sign, which is the handedness of the
    # two frames: its letter is the product of the other two, on each qubit with a sign of its own.
    signs = [_orientation(letter(first, q), letter(second, q)) for q in (i, j)]
    if third:
        turns["Y"] = Angle(angle, 2 * exact_factor(part.terms[third[0]]) * signs[0] * signs[1])
    frames = {q: _frame(letter(first, q), letter(second, q)) for q in (i, j)}
    for q in (i, j):
        yield from (AxisRotation(axis, q, Angle.of_pi(turn)) for axis, turn in frames[q])
    if third or swap:
        yield from _three_cx(i, j, turns, HALF if swap else Fraction(0))
    else:
        yield ControlledX(i, j)
        yield AxisRotation("x", i, turns["X"])
        yield AxisRotation("z", j, turns["Z"])
        yield ControlledX(i, j)
    # Behind a swap, each frame is undone on the qubit to which its own qubit has gone.
    ends = {i: j, j: i} if swap else {i: i, j: j}
    for q in (i, j):
        yield from (AxisRotation(axis, ends[q], Angle.of_pi(-turn)) for axis, turn in reversed(frames[q]))


def string_and_swap(key: PauliKey, qubits: tuple[int, int], angle: Angle) -> Iterator[Primitive]:
    """exp(-i angle P / 2) of a string on two qubits, then their exchange: three CX."""
    i, j = qubits
    frames = {q: _frame(NEXT[NEXT[letter(key, q)]], letter(key, q)) for q in qubits}
    for q in qubits:
        yield from (AxisRotation(axis, q, Angle.of_pi(turn)) for axis, turn in frames[q])
    yield ControlledX(i, j)
    yield AxisRotation("z", j, angle)
    yield ControlledX(j, i)
    yield ControlledX(i, j)
    for q, end in ((i, j), (j, i)):
        yield from (AxisRotation(axis, end, Angle.of_pi(-turn)) for axis, turn in reversed(frames[q]))


def swap(i: int, j: int) -> Iterator[Primitive]:
    """The exchange of two qubits."""
    yield from (ControlledX(i, j), ControlledX(j, i), ControlledX(i, j))


def _three_cx(i: int, j: int, turns: Mapping[str, Angle], shift: Fraction) -> Iterator[Primitive]:
    """exp(-i (x XX + y YY + z ZZ) / 2) for turns x, y, z, each shifted by a multiple of pi for a swap."""
    x, y, z = (turns.get(name, Angle.of_pi(Fraction(0))).shifted(shift + HALF) for name in "XYZ")
    yield AxisRotation("z", j, Angle.of_pi(-HALF))
    yield ControlledX(j, i)
    yield AxisRotation("z", i, z)
    yield AxisRotation("y", j, -x)
    yield ControlledX(i, j)
    yield AxisRotation("y", j, y)
    yield ControlledX(j, i)
    yield AxisRotation("z", i, Angle.of_pi(HALF))
    yield GlobalPhase(Angle.of_pi(Fraction(1, 4) + shift / 2))


def _orientation(first: str, second: str) -> int:
    """1 if the axes follow each other in the order X, Y, Z, else -1."""
    return 1 if NEXT[first] == second else -1


def _frame(first: str, second: str) -> tuple[tuple[str, Fraction], ...]:
    """Quarter turns, in units of pi and in the order in which they act, that take two axes to X and Z."""
    return _FRAMES[first, second]


_FRAMES: Final[Mapping[tuple[str, str], tuple[tuple[str, Fraction], ...]]] = {
    ("X", "Z"): (),
    ("X", "Y"): (("x", HALF),),
    ("Y", "Z"): (("z", -HALF),),
    ("Y", "X"): (("z", -HALF), ("x", -HALF)),
    ("Z", "X"): (("z", Fraction(1)), ("y", HALF)),
    ("Z", "Y"): (("z", HALF), ("y", HALF)),
}
