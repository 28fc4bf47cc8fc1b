"""Exact values as a spec writes them: operators, numbers, axes."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from eqcompile.exact.arithmetic.scalars import Real, format_real, is_rational, real, to_fraction
from eqcompile.exact.operators.notation import shorthand
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.groups.rotation import Vector
from eqcompile.symmetry.generators import UNIT_VECTORS

Tree: TypeAlias = Any
"""Text, whole numbers, and lists and dicts of these, as in YAML."""

MAX_SUPPORT = 60
"""Qubits of an operator within which Heisenberg pairs are looked for when a spec is written. Beyond it, weaker: the
text is longer and says the same."""


def operator_text(op: PauliSum) -> str:
    """An operator, with Heisenberg pairs abbreviated where they are found quickly."""
    return shorthand(op) if len(op.support) <= MAX_SUPPORT else str(op)


def axis_tree(axis: Vector) -> Tree:
    """x, y, z, or three components."""
    return "xyz"[UNIT_VECTORS.index(axis)] if axis in UNIT_VECTORS else vector_tree(axis)


def vector_tree(vector: Sequence[Real]) -> Tree:
    """The components: whole numbers as such, others as text."""
    numbers = map(real, vector)
    return [number_tree(to_fraction(n)) if is_rational(n) else format_real(n) for n in numbers]


def number_tree(value: Fraction) -> Tree:
    """A whole number, or text such as 1/2."""
    return int(value) if value.denominator == 1 else str(value)


def placed_tree(qubits: Sequence[int], parity: int | None, turning: Sequence[int]) -> dict[str, Tree]:
    """The keys ``qubits`` and ``parity``, where they are not implied."""
    tree: dict[str, Tree] = {}
    if set(qubits) != set(turning):
        tree["qubits"] = list(qubits)
    return tree if parity is None else tree | {"parity": parity}
