"""What one random vector shows: equal, equal up to a phase, or where two vectors differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from eqcompile.claims.field.simulator import Vector


@dataclass(frozen=True)
class Outcome:
    """What one random vector shows.

    Attributes:
        holds: whether the two sides agree, up to a phase.
        phase: whether they agree only up to a phase other than 1.
        difference: a basis state and its amplitudes on both sides, where they differ.
        character: where they agree, the phase by which the group multiplies, or its rate, as a field element.
    """

    holds: bool
    phase: bool = False
    difference: tuple[int, int, int] | None = None
    character: int = 0


def compared(left: Vector, right: Vector, p: int) -> Outcome:
    """Whether two vectors are equal up to a phase; the character is the factor by which the first is multiplied."""
    if left == right:
        return Outcome(True, character=1)
    if proportional(left, right, p):
        return Outcome(True, phase=True, character=ratio(right, left, p))
    return Outcome(False, difference=first_difference(left, right))


def on_register(
    difference: tuple[int, int, int] | None, qubits: Sequence[int]
) -> tuple[int, int, int] | None:
    """A basis state of a few qubits as a basis state of the register."""
    if difference is None:
        return None
    bits, left, right = difference
    return sum((bits >> i & 1) << q for i, q in enumerate(qubits)), left, right


def proportional(left: Vector, right: Vector, p: int) -> bool:
    """Whether one vector is a multiple of the other."""
    place = next((i for i, value in enumerate(right) if value), None)
    if place is None:
        return False
    ratio = left[place] * pow(right[place], -1, p) % p
    return bool(ratio) and all((ratio * b - a) % p == 0 for a, b in zip(left, right, strict=True))


def ratio(left: Vector, right: Vector, p: int) -> int:
    """The factor between two vectors that are proportional; the second is not zero."""
    place = next(i for i, value in enumerate(right) if value)
    return left[place] * pow(right[place], -1, p) % p


def first_difference(left: Vector, right: Vector) -> tuple[int, int, int]:
    return next((i, a, b) for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b)
