"""Fuse gates that repeat each other."""

from dataclasses import dataclass, replace
from typing import ClassVar

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.circuit import Circuit
from eqcompile.circuits.operations import Evolve, Operation, PauliRotation, commute
from eqcompile.exact.operators.pauli import PauliSum
from eqcompile.exact.operators.strings import PauliKey


@dataclass(frozen=True)
class MergeRepeats:
    r"""Fuse gates with equal generators: :math:`e^{-iaG} e^{-ibG} = e^{-i(a+b)G}`, across gates that commute with G.

    Exact, also when parameters are shared: angles add and none is dropped. A gate whose angle cancels is removed.
    """

    name: ClassVar[str] = "merge-repeats"

    def run(self, circuit: Circuit) -> Circuit:
        """Move every gate into the earliest equal one that it can reach."""
        kept: list[Operation] = []
        for operation in circuit:
            turn = isinstance(operation, Evolve | PauliRotation)
            place = _partner(kept, operation) if turn else None
            if place is None:
                kept.append(operation)
                continue
            earlier = kept[place]
            assert isinstance(earlier, Evolve | PauliRotation)
            assert isinstance(operation, Evolve | PauliRotation)
            kept[place] = replace(earlier, angle=earlier.angle + operation.angle)
        operations = tuple(
            o for o in kept if not (isinstance(o, Evolve | PauliRotation) and o.angle == ExactAngle())
        )
        return replace(circuit, operations=operations)


def _partner(kept: list[Operation], operation: Operation) -> int | None:
    """Place of the nearest earlier gate with the same generator that it can be moved to."""
    for place in range(len(kept) - 1, -1, -1):
        earlier = kept[place]
        if _axis(earlier) == _axis(operation):
            return place
        if not commute(earlier, operation):
            return None
    return None


def _axis(operation: Operation) -> PauliSum | PauliKey | None:
    """What an evolution or a rotation turns about; ``None`` for all else."""
    if isinstance(operation, Evolve):
        return operation.generator
    return operation.key if isinstance(operation, PauliRotation) else None
