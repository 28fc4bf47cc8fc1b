"""Fuse gates that repeat each other."""

from dataclasses import dataclass, replace
from typing import ClassVar

from eqcompile.circuits.angle import ExactAngle
from eqcompile.circuits.operations import EquivariantCircuit, Evolve, Operation, commute


@dataclass(frozen=True)
class MergeRepeats:
    r"""Fuse gates with equal generators: :math:`e^{-iaG} e^{-ibG} = e^{-i(a+b)G}`, across gates that commute with G.

    Exact, also when parameters are shared: angles add and none is dropped. A gate whose angle cancels goes.
    """

    name: ClassVar[str] = "merge-repeats"

    def run(self, circuit: EquivariantCircuit) -> EquivariantCircuit:
        """Every gate moved into the earliest equal one that it can reach."""
        kept: list[Operation] = []
        for operation in circuit:
            place = _partner(kept, operation) if isinstance(operation, Evolve) else None
            if place is None:
                kept.append(operation)
                continue
            earlier = kept[place]
            assert isinstance(earlier, Evolve)
            assert isinstance(operation, Evolve)
            kept[place] = replace(earlier, angle=earlier.angle + operation.angle)
        operations = tuple(o for o in kept if not (isinstance(o, Evolve) and o.angle == ExactAngle()))
        return replace(circuit, operations=operations)


def _partner(kept: list[Operation], operation: Evolve) -> int | None:
    """Place of the nearest earlier gate with the same generator that it can be moved to."""
    for place in range(len(kept) - 1, -1, -1):
        earlier = kept[place]
        if isinstance(earlier, Evolve) and earlier.generator == operation.generator:
            return place
        if not commute(earlier, operation):
            return None
    return None
