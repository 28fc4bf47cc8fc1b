r"""Powers and controls of exact operations.

A controlled rotation is a product of commuting rotations: with the projector :math:`\Pi` on the control states,
:math:`e^{-i a \Pi P/2}` splits along the Z strings of :math:`\Pi = \prod_j (1 \pm Z_j)/2`.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from eqcompile.circuits.operations import FixedUnitary, Operation, PauliRotation, undone
from eqcompile.exact.arithmetic.scalars import scalar
from eqcompile.exact.operators.pauli import PauliSum

ExactOperation: TypeAlias = PauliRotation | FixedUnitary


def power(operations: Sequence[Operation], exponent: int) -> tuple[Operation, ...]:
    """A product repeated, or its inverse for a negative exponent."""
    repeated = operations if exponent >= 0 else undone(operations)
    return tuple(repeated) * abs(exponent)


def controlled(
    operations: Sequence[ExactOperation], num_controls: int, num_targets: int, state: int
) -> tuple[ExactOperation, ...]:
    """Controlled operations; the controls are the first qubits.

    Args:
        operations: what is controlled, on qubits ``0 .. num_targets-1``.
        num_controls: number of controls.
        num_targets: size of the register of the operations.
        state: bit j is the value that control j must have.

    Returns:
        Operations on ``num_controls + num_targets`` qubits; up to ``2**num_controls`` for every rotation.
    """
    return _controlled(tuple(operations), num_controls, num_targets, state)


@lru_cache(maxsize=256)
def _controlled(
    operations: tuple[ExactOperation, ...], num_controls: int, num_targets: int, state: int
) -> tuple[ExactOperation, ...]:
    """Kept, since a circuit has the same few controlled gates everywhere."""
    size = num_controls + num_targets
    images = range(num_controls, size)
    projector = _projector(size, num_controls, state)
    out: list[ExactOperation] = []
    for operation in operations:
        moved = operation.relabelled(images, size)
        if isinstance(moved, PauliRotation):
            out += _controlled_rotation(moved, num_controls, state)
        elif isinstance(moved, FixedUnitary):
            identity = PauliSum.identity(size)
            out.append(replace(moved, operator=identity + projector * (moved.operator - identity)))
    return tuple(out)


def _controlled_rotation(rotation: PauliRotation, num_controls: int, state: int) -> list[PauliRotation]:
    x, z = rotation.key
    return [
        replace(
            rotation,
            key=(x, z | mask),
            angle=rotation.angle * Fraction(_sign(mask, state), 1 << num_controls),
        )
        for mask in range(1 << num_controls)
    ]


def _projector(size: int, num_controls: int, state: int) -> PauliSum:
    weight = Fraction(1, 1 << num_controls)
    terms = {(0, mask): scalar(weight * _sign(mask, state)) for mask in range(1 << num_controls)}
    return PauliSum(size, terms)


def _sign(mask: int, state: int) -> int:
    """Sign of the string of Z on the mask in the projector: a minus for every control that must be one."""
    return -1 if (mask & state).bit_count() % 2 else 1
